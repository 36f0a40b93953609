"""One load from its first seat to its last answer."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from contextlib import suppress
from random import Random
from time import perf_counter
from typing import Any

from msgspec import Struct, field

from scripts.loading.client import Address
from scripts.loading.seats import Seat, Tally
from scripts.loading.serving import Gauge, Place, Serving
from scripts.loading.slow import SlowReaders
from scripts.loading.timeline import EVERY_SECONDS, Sample, Timeline

TICK = 0.02
EVENTS_PER_ACT = 1.14
"""Mean of :class:`scripts.loading.traffic.Hand`."""
OPENED_A_SECOND = 400
"""Seats that come in a second before anything is measured."""
DRAIN_SECONDS = 20.0
RECOVERY_SECONDS = 180.0
OPENING_SECONDS = 3600.0
AGE_SECONDS = 30.0


class Plan(Struct, frozen=True):
    """What to do.

    Attributes:
        rate: events a second of all seats together (Poisson).
        watch: seats of each team that take the time of what they hear.
        storm: restart the server halfway.
        first_day: every seat reads the whole site first; otherwise they have read it before.
        slow: teams one of whose seats stops reading for half of the time.
        backlog: events that wait in each of ``holders`` seats when it begins.
    """

    seats: int
    rate: float
    seconds: float
    seed: int
    watch: int
    storm: bool = False
    first_day: bool = False
    slow: int = 0
    backlog: int = 0
    holders: int = 0


class Result(Struct):
    """What happened; times in seconds, see :class:`scripts.loading.seats.Tally`.

    Attributes:
        late: by how much the load itself was behind its own clock, each tick.
        left: events no push had brought home in the end.
        server, client: ``cpu_percent`` and ``starved_percent`` (of one core),
            ``rss_mib``, ``peak_mib``.
        recovery: of every seat since the restarted server took requests.
        down: seconds nobody listened at its address.
        opening: seconds until all seats were there; ``absent`` never were.
        drained: seconds until the last backlog was home, 0 for not.
        holes: events each slow reader never came to read.
        stored: events the journal holds of it in the end; None if it cannot be looked at.
    """

    tally: Tally
    seconds: float = 0.0
    late: list[float] = field(default_factory=list)
    left: int = 0
    server: dict[str, float] = field(default_factory=dict)
    client: dict[str, float] = field(default_factory=dict)
    recovery: list[float] = field(default_factory=list)
    down: float = 0.0
    missing: int = 0
    storm_statuses: dict[int, int] = field(default_factory=dict)
    opening: float = 0.0
    absent: int = 0
    drained: float = 0.0
    stored: int | None = None
    backlog: int = 0
    holes: list[int] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)


class Load:
    """A load.

    Args:
        serving: the server's process if it is ours: it is measured, and restarted.
    """

    def __init__(
        self, plan: Plan, address: Address, places: Sequence[Place], serving: Serving | None
    ) -> None:
        self._plan, self._serving = plan, serving
        self._random = Random(plan.seed)
        self._tally = Tally()
        self._result = Result(self._tally)
        watched: dict[str, int] = {}
        lame = slow_places(places[: plan.seats], plan.slow)
        self.seats: list[Seat] = []
        for place in places[: plan.seats]:
            count = watched[place.team] = watched.get(place.team, 0) + 1
            random = Random(self._random.getrandbits(64))
            slow = place in lame
            watch = count <= plan.watch and not slow
            self.seats.append(Seat(place, address, self._tally, random, watch=watch, slow=slow))
        self._slow = SlowReaders(self.seats)
        self._lives: list[asyncio.Task[None]] = []

    async def run(self) -> Result:
        """Everything."""
        await self._open()
        mine = Gauge(os.getpid())
        theirs = Gauge(self._serving.pid) if self._serving else None
        self._tally.begin()
        await self._load_backlog()
        began = perf_counter()
        keeping = [asyncio.create_task(self._age())]
        bringing: list[asyncio.Task[None]] = []
        half = self._plan.seconds / 2
        if self._plan.storm:
            await self._work(half)
            await self._storm()
            theirs = Gauge(self._serving.pid) if self._serving else None
            await self._work(half)
        else:
            line = Timeline(self._tally, theirs.rss_mib if theirs else lambda: 0.0, began)
            self._result.samples = line.samples
            keeping.append(asyncio.create_task(self._look(line)))
            bringing = [asyncio.create_task(self._bring_backlog(began))]
            keeping += bringing
            if self._result.backlog and not self._plan.rate:
                await asyncio.wait(bringing, timeout=self._plan.seconds)
            else:
                await self._work(half / 2)
                self._slow.pause()
                await self._work(half)
                self._slow.resume()
                await self._work(half / 2)
        self._result.seconds = perf_counter() - began
        self._result.client = _used(mine)
        if theirs is not None:
            self._result.server = _used(theirs)
        await self._drain()
        if not self._result.left:
            await asyncio.gather(*bringing)
        for task in keeping:
            task.cancel()
        self._result.holes = await self._slow.holes()
        await self._close()
        return self._result

    async def _open(self) -> None:
        """All seats, not at once; unless it is their first day, one reads the site for all."""
        began, rest = perf_counter(), self.seats
        if not self._plan.first_day:
            first, *rest = self.seats
            self._lives.append(asyncio.create_task(first.live(0.0)))
            if await self._until_recovered(0.0, [first], OPENING_SECONDS):
                raise RuntimeError("not even one seat gets in")
            for seat in rest:
                seat.as_installed(first)
        for number, seat in enumerate(rest):
            self._lives.append(asyncio.create_task(seat.live(number / OPENED_A_SECOND)))
        self._result.absent = await self._until_recovered(0.0, rest, OPENING_SECONDS)
        self._result.opening = perf_counter() - began

    async def _until_recovered(
        self, since: float, seats: Sequence[Seat], seconds: float = RECOVERY_SECONDS
    ) -> int:
        """Wait for seats to listen again; how many did not."""
        end = perf_counter() + seconds
        waiting = list(seats)
        while waiting and perf_counter() < end:
            await asyncio.sleep(0.1)
            waiting = [seat for seat in waiting if seat.recovered <= since]
        return len(waiting)

    async def _load_backlog(self) -> None:
        """Write what an outage left in the outboxes of some seats."""
        for seat in self.seats[: self._plan.holders if self._plan.backlog else 0]:
            seat.write(seat.hand.events(self._plan.backlog))
            self._result.backlog += len(seat.outbox)
            await asyncio.sleep(0)

    async def _bring_backlog(self, began: float) -> None:
        """All of them at once; home is what was there at first, not what is done meanwhile."""
        waiting = {seat: seat.outbox[-1].id for seat in self.seats if seat.outbox}
        for seat in waiting:
            seat.begin_sending()
        while waiting:
            await asyncio.sleep(0.1)
            waiting = {
                seat: last
                for seat, last in waiting.items()
                if any(event.id == last for event in seat.outbox)
            }
        self._result.drained = perf_counter() - began

    async def _look(self, line: Timeline) -> None:
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            line.take(perf_counter())

    async def _work(self, seconds: float) -> None:
        """Acts of anybody, as they come, whether the server keeps up or not."""
        random, acts = self._random, self._plan.rate / EVENTS_PER_ACT
        began = due = perf_counter()
        due += random.expovariate(acts) if acts else seconds
        tick = began
        while (now := perf_counter()) < began + seconds:
            while due <= now:
                random.choice(self.seats).act()
                due += random.expovariate(acts)
            tick = max(tick + TICK, now)
            await asyncio.sleep(max(0.0, tick - perf_counter()))
            self._result.late.append(max(0.0, perf_counter() - tick))

    async def _storm(self) -> None:
        """Restart the server while everybody has something to send."""
        assert self._serving is not None
        before = dict(self._tally.statuses)
        loop = asyncio.get_running_loop()
        for seat in self.seats:
            seat.act()
        down = perf_counter()
        await loop.run_in_executor(None, self._serving.restart)
        up = perf_counter()
        self._result.down = up - down
        # Whoever was let go of before the restart is not back yet.
        self._result.missing = await self._until_recovered(down, self.seats)
        back = [max(0.0, seat.recovered - up) for seat in self.seats if seat.recovered > down]
        self._result.recovery = back
        after = self._tally.statuses
        self._result.storm_statuses = {
            code: count - before.get(code, 0)
            for code, count in after.items()
            if count != before.get(code, 0)
        }

    async def _drain(self) -> None:
        end = perf_counter() + DRAIN_SECONDS
        while any(seat.outbox for seat in self.seats) and perf_counter() < end:
            await asyncio.sleep(0.1)
        self._result.left = sum(len(seat.outbox) for seat in self.seats)

    async def _age(self) -> None:
        while True:
            await asyncio.sleep(AGE_SECONDS)
            self._tally.age()

    async def _close(self) -> None:
        for seat in self.seats:
            seat.stop()
        for life in self._lives:
            life.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*self._lives, return_exceptions=True)


def slow_places(places: Sequence[Place], teams: int) -> set[Place]:
    """The last seat of each of the first ``teams`` teams that have another one."""
    last: dict[str, list[Place]] = {}
    for place in places:
        last.setdefault(place.team, []).append(place)
    return {found[-1] for found in [each for each in last.values() if len(each) > 1][:teams]}


def _used(gauge: Gauge) -> dict[str, Any]:
    return {
        "cpu_percent": gauge.cpu_percent(),
        "starved_percent": gauge.starved_percent(),
        "rss_mib": gauge.rss_mib(),
        "peak_mib": gauge.peak_mib(),
    }
