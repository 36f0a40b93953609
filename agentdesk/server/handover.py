"""From the writer's thread back to the loop.

Waking a loop from another thread is a call to the system and lets go of the interpreter; so it
is woken once for all answers of a group, not once for each.
"""

from __future__ import annotations

import asyncio
from collections import deque
from concurrent.futures import Future
from contextlib import suppress
from typing import Generic, TypeVar

_T = TypeVar("_T")


class Handover(Generic[_T]):
    """Lets requests of one loop wait for what other threads finish."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._done: deque[tuple[asyncio.Future[_T], Future[_T]]] = deque()
        self._woken = False

    def wait(self, future: Future[_T]) -> asyncio.Future[_T]:
        """The same on the loop; whoever stops waiting for it stops nothing."""
        mine: asyncio.Future[_T] = self._loop.create_future()
        future.add_done_callback(lambda done: self._finished(mine, done))
        return mine

    def _finished(self, mine: asyncio.Future[_T], done: Future[_T]) -> None:
        """On any thread."""
        self._done.append((mine, done))
        if not self._woken:
            self._woken = True
            with suppress(RuntimeError):  # it has ended, and with it whoever waited
                self._loop.call_soon_threadsafe(self._settle)

    def _settle(self) -> None:
        """On the loop. What comes from here on wakes it again, so nothing is left lying."""
        self._woken = False
        while self._done:
            mine, done = self._done.popleft()
            if mine.done():
                continue  # whoever waited has gone
            error = done.exception()
            if error is None:
                mine.set_result(done.result())
            elif isinstance(error, Exception) and not isinstance(error, StopIteration):
                mine.set_exception(error)
            else:  # it would end the loop, or cannot be handed over at all
                mine.set_exception(RuntimeError(type(error).__name__))
