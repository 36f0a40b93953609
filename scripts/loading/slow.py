"""Slow readers: seats that stop reading while a colleague brings home what an outage left.

The server may hold a ring of the newest events for all of a team and nothing for one seat, so it
has to let go of them; once they read again they must come to stand where everybody stands, and
must have read every event there is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from time import perf_counter

from scripts.loading.seats import Seat

BROUGHT = 8000
"""Events the colleague brings: some megabytes, more than a ring and the system hold."""
CAUGHT_UP_SECONDS = 60.0


class SlowReaders:
    """Some slow seats, each with a colleague of the same team who is not.

    Args:
        seats: all seats; each slow one is the one with :attr:`Seat.known`.
    """

    def __init__(self, seats: Sequence[Seat]) -> None:
        quick = {seat.place.team: seat for seat in seats if seat.known is None}
        self.pairs = [
            (seat, quick[seat.place.team])
            for seat in seats
            if seat.known is not None and seat.place.team in quick
        ]

    def pause(self) -> None:
        """They stop reading, and their colleagues begin to send."""
        for slow, colleague in self.pairs:
            slow.deaf(on=True)
            colleague.write(colleague.hand.events(BROUGHT))
            colleague.begin_sending()

    def resume(self) -> None:
        """They read again."""
        for slow, _ in self.pairs:
            slow.deaf(on=False)

    async def holes(self) -> list[int]:
        """Of each of them, how many events of its team it never came to read."""
        return [await self._holes(slow, colleague) for slow, colleague in self.pairs]

    async def _holes(self, slow: Seat, colleague: Seat) -> int:
        there = {id.encode() for id in await colleague.history()}
        assert slow.known is not None
        end = perf_counter() + CAUGHT_UP_SECONDS
        while not there <= slow.known and perf_counter() < end:
            await asyncio.sleep(0.1)
        return len(there - slow.known)
