"""The seat's time, put right by the server's.

An answer of the server anchors its time to the clock that counts since the machine started, also
while it sleeps. From then on the seat's time is that anchor plus what has passed since, whatever
somebody does to the wall clock. After a restart of the machine the anchor means nothing any more:
the wall clock counts again, but never a time before the last contact.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from msgspec import Struct

SLOW = 5_000
"""An answer that took longer, milliseconds, says too little about the time."""
OFF = 120_000
"""A wall clock off by more, milliseconds, is worth a banner."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = 253_402_300_799_999  # the end of the year 9999
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class Anchor(Struct, frozen=True):
    """The server's time at a moment of this machine; milliseconds.

    Attributes:
        server: milliseconds since 1970.
        passed: the machine's own count then.
        boot: which start of the machine that count belongs to.
        wall: what the wall clock said.
    """

    server: int
    passed: int
    boot: str
    wall: int


class ServerClock:
    """Tells the time; safe to ask from any thread.

    Args:
        wall: milliseconds since 1970, as the machine has it.
        passed: milliseconds counted steadily since the machine started.
        boot: which start of the machine this is; empty if it cannot be told.
    """

    def __init__(self, wall: Callable[[], int], passed: Callable[[], int], boot: str) -> None:
        self._wall, self._passed, self._boot = wall, passed, boot
        self._anchor: Anchor | None = None

    @classmethod
    def of_machine(cls) -> ServerClock:
        """The clock of the machine this runs on."""
        return cls(lambda: time.time_ns() // 1_000_000, _since_boot, _boot_id())

    def passed(self) -> int:
        """Milliseconds counted steadily; for :meth:`anchor`."""
        return self._passed()

    def anchor(self, server_time: int, sent: int, arrived: int) -> bool:
        """Take over the server's time.

        Args:
            server_time: milliseconds since 1970, taken between the two others.
            sent, arrived: :meth:`passed` before the request and after the answer.

        Returns:
            Whether it was believed: an answer that took long or makes no sense is not.
        """
        taken = arrived - sent
        if not 0 <= taken <= SLOW or not 0 < server_time <= _LAST:
            return False
        now = server_time + taken // 2
        # The wall clock as it was on arrival, although this may run a little later.
        wall = self._wall() - (self._passed() - arrived)
        self._anchor = Anchor(now, arrived, self._boot, wall)
        return True

    def now_ms(self) -> int:
        """The time in milliseconds since 1970, as well as it is known."""
        anchor = self._anchor
        if anchor is None:
            return self._wall()
        if self._holds(anchor):
            return anchor.server + self._passed() - anchor.passed
        return max(self._wall(), anchor.server)

    def now(self) -> datetime:
        """The time, aware, UTC."""
        return _EPOCH + timedelta(milliseconds=min(max(self.now_ms(), 0), _LAST))

    def offset_ms(self) -> int:
        """How far the wall clock is ahead of the server's time; 0 when it is not known."""
        anchor = self._anchor
        if anchor is None or not self._holds(anchor):
            return 0
        return self._wall() - self.now_ms()

    def _holds(self, anchor: Anchor) -> bool:
        return bool(self._boot) and anchor.boot == self._boot and self._passed() >= anchor.passed

    def kept(self) -> str:
        """What :meth:`restore` takes; empty when nothing is known."""
        return msgspec.json.encode(self._anchor).decode() if self._anchor else ""

    def restore(self, text: str | None) -> None:
        """Go on with an earlier anchor; what is no anchor is left out."""
        try:
            self._anchor = msgspec.json.decode(text or "", type=Anchor)
        except (msgspec.DecodeError, UnicodeError):
            return


def _since_boot() -> int:
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return (time.monotonic_ns() if clock is None else time.clock_gettime_ns(clock)) // 1_000_000


def _boot_id() -> str:
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        # Without it an anchor holds as long as this process, which is safe everywhere.
        return f"process-{time.monotonic_ns()}"
