"""The one writer: pushes wait in a queue, and everything that waits is committed together.

While one group goes to disk the next one gathers, so groups grow with the load by themselves
and a push that comes alone waits for nothing but its own commit.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Protocol

from msgspec import Struct

from agentdesk.server.caller import Caller
from agentdesk.server.problem import ServerProblem
from agentdesk.wire import Push, Pushed

WAITING = 20_000
"""Most events that wait; beyond that seats are asked to come back."""
GROUP = 2_000
"""Most events of one commit, unless a single push has more."""
RETRY_SECONDS = 2
"""When a seat that was turned away may come back; the routes spread it."""


class Admits(Protocol):
    """What takes groups in: :class:`agentdesk.server.service.Service`."""

    def admit(self, pushes: Sequence[tuple[Caller, Push]]) -> list[Pushed | Exception]:
        """One transaction, one answer a push."""


class _Waiting(Struct, frozen=True):
    who: Caller
    push: Push
    future: Future[Pushed]


class Writer:
    """A thread that commits groups.

    Args:
        service: takes a group in.
        waiting: most events in the queue.
        group: most events of a commit.
        start: False to begin later with :meth:`start` (a test fills the queue first).

    Attributes:
        waiting: events in the queue now.
    """

    def __init__(
        self, service: Admits, *, waiting: int = WAITING, group: int = GROUP, start: bool = True
    ) -> None:
        self._service, self._most, self._group = service, waiting, group
        self._queue: deque[_Waiting] = deque()
        self._changed = threading.Condition()
        self._ending = False
        self.waiting = 0
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        if start:
            self.start()

    def start(self) -> None:
        """Begin to commit."""
        self._thread.start()

    def submit(self, who: Caller, push: Push) -> Future[Pushed]:
        """Take in a push with the next group.

        Returns:
            Its answer, once it is on disk; or the exception :meth:`Service.push` would raise.

        Raises:
            ServerProblem: 503 ``busy``: too much is waiting, or the server is ending.
        """
        future: Future[Pushed] = Future()
        with self._changed:
            if self._ending:
                raise ServerProblem(503, "busy", "the server is ending", RETRY_SECONDS)
            if self.waiting and self.waiting + len(push.events) > self._most:
                raise ServerProblem(503, "busy", "too much is waiting", RETRY_SECONDS)
            self._queue.append(_Waiting(who, push, future))
            self.waiting += len(push.events)
            self._changed.notify()
        return future

    def close(self) -> None:
        """Commit what waits, then end."""
        with self._changed:
            self._ending = True
            self._changed.notify()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        while group := self._next():
            live = [each for each in group if each.future.set_running_or_notify_cancel()]
            try:
                answers = self._service.admit([(each.who, each.push) for each in live])
            except BaseException as error:  # nobody may wait for ever, whatever happened
                for each in live:
                    each.future.set_exception(error)
                continue
            for each, answer in zip(live, answers, strict=True):
                if isinstance(answer, Exception):
                    each.future.set_exception(answer)
                else:
                    each.future.set_result(answer)

    def _next(self) -> list[_Waiting]:
        """Everything that waits, up to a group; empty when there is nothing more to come."""
        with self._changed:
            while not self._queue and not self._ending:
                self._changed.wait()
            group: list[_Waiting] = []
            events = 0
            while self._queue:
                size = len(self._queue[0].push.events)
                if group and events + size > self._group:
                    break
                group.append(self._queue.popleft())
                events += size
            self.waiting -= events
            return group
