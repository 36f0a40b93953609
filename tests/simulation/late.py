"""A desk whose answers come when they are let through, and the stores it begins with."""

from __future__ import annotations

import tempfile
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from agentdesk.cli.demo import build
from agentdesk.desk import demo_orders
from agentdesk.desk.demo import MovingClock
from agentdesk.desk.desk import Desk
from agentdesk.desk.worker import InlineWorker
from agentdesk.errors import StoreError
from tests.tui.conftest import AT, CONFIG, Seat

T = TypeVar("T")


class LateWorker(InlineWorker):
    """A desk whose answers come when they are let through, in the order asked.

    Attributes:
        late: whether they wait at all.
        failing: how many of the next acts find a disk that cannot be written.
    """

    def __init__(self, open_desk: Callable[[], Desk]) -> None:
        super().__init__(open_desk)
        self.late = False
        self.failing = 0
        self._waiting: deque[Callable[[], None]] = deque()

    def submit(self, work: Callable[[Desk], T]) -> Future[T]:
        """See :class:`Worker`."""
        found = _Late[T](self)

        def do() -> None:
            done = super(LateWorker, self).submit(self._broken if self.failing else work)
            self.failing = max(0, self.failing - 1)
            error = done.exception()
            found.set_exception(error) if error else found.set_result(done.result())

        self._waiting.append(do)
        if not self.late:
            self.let(len(self._waiting))
        return found

    def _broken(self, _: Desk) -> Any:
        raise StoreError("store.failed", path="x", detail="disk I/O error")

    def let(self, count: int) -> None:
        """Let so many answers through."""
        for _ in range(min(count, len(self._waiting))):
            self._waiting.popleft()()

    @property
    def waits(self) -> int:
        """Answers that wait."""
        return len(self._waiting)

    def close(self) -> None:
        """See :class:`Worker`."""
        self.failing = 0
        self.let(len(self._waiting))
        super().close()


class _Late(Future[T]):
    """Whoever waits for it waits for everything asked for before it."""

    def __init__(self, worker: LateWorker) -> None:
        super().__init__()
        self._worker = worker

    def result(self, timeout: float | None = None) -> T:
        while not self.done():
            self._worker.let(1)
        return super().result(timeout)


@cache
def stores() -> Path:
    """A folder with the stores a spree may begin with; made once in a process."""
    folder = Path(tempfile.mkdtemp(prefix="monkey"))
    for name in ("demo", "orders", "fresh"):
        places = folder / name
        seat = Seat(places)
        seat.places.prepare()
        if name == "demo":
            build(seat.places, CONFIG, MovingClock(AT))
        if name == "orders":
            seat.answered(demo_orders.profile())
            desk = seat.open_desk()
            demo_orders.tell(desk, seat.clock)
            desk.close()
    return folder
