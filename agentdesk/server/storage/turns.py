"""A lock whose holder cannot take it again before those who wait had their turn."""

from __future__ import annotations

import threading
from types import TracebackType


class Turns:
    """A re-entrant lock with a door in front.

    A writer that commits group after group gives a plain lock back and has it again before any
    reader wakes up: under load a read could wait for seconds. Here one who waits stands in the
    door, and the writer has to queue behind.
    """

    def __init__(self) -> None:
        self._door = threading.Lock()
        self._lock = threading.Lock()
        self._owner = self._depth = 0

    @property
    def held(self) -> bool:
        """Whether somebody has it."""
        return self._lock.locked()

    @property
    def awaited(self) -> bool:
        """Whether somebody stands in the door."""
        return self._door.locked()

    def __enter__(self) -> None:
        """Wait for one's turn; whoever holds it already goes on."""
        me = threading.get_ident()
        if self._owner != me:  # nobody else ever writes our name there
            with self._door:
                self._lock.acquire()
            self._owner = me
        self._depth += 1

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give it back."""
        self._depth -= 1
        if not self._depth:
            self._owner = 0
            self._lock.release()
