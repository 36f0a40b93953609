"""Where the desk runs: one thread of its own, or in line.

The store and everything decided from it live on one thread, so acts happen in the order
they were asked for and the screen never waits for a disk. Tests and shell commands use
:class:`InlineWorker`, which does the same at once.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from agentdesk.desk.desk import Desk


T = TypeVar("T")


class Worker(Protocol):
    """Runs functions of the desk, one after another."""

    def submit(self, work: Callable[[Desk], T]) -> Future[T]:
        """Run ``work`` with the desk; its result or error is in the future."""

    def close(self) -> None:
        """Finish what was asked for and close the store."""


class InlineWorker:
    """Runs everything at once on the caller's thread."""

    def __init__(self, open_desk: Callable[[], Desk]) -> None:
        self._open = open_desk
        self._desk: Desk | None = None

    def submit(self, work: Callable[[Desk], T]) -> Future[T]:
        """See :class:`Worker`."""
        future: Future[T] = Future()
        try:
            future.set_result(work(self._get()))
        except Exception as error:  # handed to whoever reads the future
            future.set_exception(error)
        return future

    def _get(self) -> Desk:
        if self._desk is None:
            self._desk = self._open()
        return self._desk

    def close(self) -> None:
        """See :class:`Worker`."""
        if self._desk is not None:
            self._desk.close()
            self._desk = None


class ThreadWorker:
    """Runs everything on one background thread."""

    def __init__(self, open_desk: Callable[[], Desk]) -> None:
        self._inline = InlineWorker(open_desk)
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="desk")

    def submit(self, work: Callable[[Desk], T]) -> Future[T]:
        """See :class:`Worker`."""
        return self._pool.submit(lambda: self._inline.submit(work).result())

    def close(self) -> None:
        """See :class:`Worker`."""
        self._pool.submit(self._inline.close).result()
        self._pool.shutdown()
