"""Bench the server: batches, single pushes, pages, and how long an outage takes to drain.

Everything is measured on SQLite and on a PostgreSQL this starts itself (durable: it waits for
its disk), against a floor of the same run: rounds of ours and of the floor take turns.

Bars (design, performance): batches of 500 events, folded and durable, ≥ 0.6 × raw local
``executemany`` of the same rows (SQLite) and ≥ 0.4 × ``COPY`` into the same indexes
(PostgreSQL); single-event pushes over HTTP ≥ 1,500/s; pages ≥ 100,000 events/s; what 10,000
seats did in four hours (nine million events) drained in fifteen minutes.

    scripts/bench server [--json] [--only sqlite|postgres] [--rounds 20] [--seconds 6]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from agentdesk.domain.people import Role
from agentdesk.server.caller import Caller
from agentdesk.server.opening import now_ms, open_service
from agentdesk.server.service import Service
from agentdesk.server.writer import Writer
from agentdesk.wire import BATCH, Cursor, Page, Push, Pushed, Stored, encode
from scripts.benchmarks import _floors
from scripts.loading.client import Connection, get, post
from scripts.loading.serving import Gauge, Place, Serving, enrol, enrol_in, machine, scratch
from scripts.loading.traffic import Hand

SEATS = 64
OUTAGE = 9_000_000
"""Events of 10,000 seats in four hours."""
BARS = {
    "sqlite": {"batch_ratio": 0.6},
    "postgres": {"batch_ratio": 0.4},
    "both": {"singles_per_s": 1_500, "pages_per_s": 100_000, "drain_minutes": -15.0},
}
"""Least values; a negative one is a greatest value."""
Kind = str


def timed(work: Callable[[], object]) -> float:
    """Seconds ``work`` takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def spread_ms(seconds: Sequence[float]) -> dict[str, float]:
    """p50 and p99 in milliseconds."""
    return {
        "p50": round(median(seconds) * 1e3, 2),
        "p99": round(quantiles(seconds, n=100, method="inclusive")[98] * 1e3, 2),
    }


def caller_of(place: Place) -> Caller:
    """What the token of a seat stands for."""
    scopes = ("site", f"team:{place.team}", f"person:{place.person}", f"seat:{place.seat}")
    return Caller(
        place.person, "王敏", Role.AGENT, place.team, place.seat, place.install, False, scopes
    )


def hands(places: Sequence[Place], seed: int) -> list[Hand]:
    """Somebody at every seat."""
    return [
        Hand(place.person, place.install, random.Random(seed * 100_003 + number), now_ms)
        for number, place in enumerate(places)
    ]


# -- batches and pages, in this process ----------------------------------------------------


class Local:
    """A service with its writer and its floor.

    Attributes:
        events: what the service told of, in the journal's order.
    """

    def __init__(self, kind: Kind, url: str, floor: _floors.Floor) -> None:
        self.kind, self.floor = kind, floor
        self.service = open_service(url)
        self.places = enrol_in(self.service, SEATS)
        self.writer = Writer(self.service)
        self.hands = hands(self.places, 1)
        self.events: list[Stored] = []
        self.service.on_commit(self.events.extend)

    def pushes(self, count: int, turn: int) -> list[tuple[Caller, Push]]:
        """Full batches, each of another seat."""
        made: list[tuple[Caller, Push]] = []
        for number in range(count):
            at = (turn * count + number) % SEATS
            push = Push(now_ms(), self.hands[at].batch(BATCH))
            made.append((caller_of(self.places[at]), push))
        return made

    def take(self, pushes: Sequence[tuple[Caller, Push]]) -> float:
        """Seconds until all of them are on disk."""
        self.events.clear()

        def work() -> None:
            waiting: list[Future[Pushed]] = [self.writer.submit(*push) for push in pushes]
            for future in waiting:
                future.result()

        took = timed(work)
        refused = [event for event in self.events if event.verdict != "ok"]
        if refused or len(self.events) != sum(len(push.events) for _, push in pushes):
            first = refused[0] if refused else None
            raise SystemExit(f"not taken in as it should be: {len(self.events)} {first}")
        return took

    def close(self) -> None:
        """Let go of the database."""
        self.writer.close()
        self.service.close()


def bench_batches(local: Local, rounds: int) -> dict[str, Any]:
    """One batch a commit against its floor, and four in flight against the floor of all four."""
    single: list[float] = []
    floor_single: list[float] = []
    grouped: list[float] = []
    floor_grouped: list[float] = []
    for turn in range(rounds + 2):
        for size, ours, floor in ((1, single, floor_single), (4, grouped, floor_grouped)):
            took = local.take(local.pushes(size, turn))
            events = list(local.events)
            rows = _floors.rows_of(local.service, events)
            work = local.floor.many(_floors.records_of(events), rows)
            raw = timed(work)
            if turn >= 2:  # the first ones make files grow and plans
                ours.append(took)
                floor.append(raw)
    one, four = median(single), median(grouped)
    return {
        "batch_ms": round(one * 1e3, 2),
        "floor_ms": round(median(floor_single) * 1e3, 2),
        "batch_events_per_s": round(BATCH / one),
        "floor_events_per_s": round(BATCH / median(floor_single)),
        "batch_ratio": round(median(floor_single) / one, 2),
        "grouped_events_per_s": round(4 * BATCH / four),
        "grouped_floor_events_per_s": round(4 * BATCH / median(floor_grouped)),
        "grouped_ratio": round(median(floor_grouped) / four, 2),
    }


def bench_pages(local: Local, rounds: int = 5) -> dict[str, Any]:
    """Every page of every team, read and encoded."""
    teams = {place.team: place for place in local.places}
    rates: list[float] = []
    for _ in range(rounds):
        count, began = 0, time.perf_counter()
        for place in teams.values():
            count += _read_scope(local.service, caller_of(place), f"team:{place.team}")
        rates.append(count / (time.perf_counter() - began))
    return {"pages_per_s": round(median(rates)), "pages_worst_per_s": round(min(rates))}


def _read_scope(service: Service, who: Caller, scope: str) -> int:
    cursor, epoch, count = Cursor(), "", 0
    while True:
        page = service.pull(who, scope, cursor, epoch)
        if not isinstance(page, Page):
            raise SystemExit(f"a reset: {page}")
        encode(page)
        count += len(page.events)
        cursor, epoch = page.cur, page.epoch
        if cursor.seq >= page.head:
            return count


# -- over HTTP, the server in a process of its own ------------------------------------------


async def bench_http(serving: Serving, places: Sequence[Place], args: Any) -> dict[str, Any]:
    """Single pushes, full batches, then pages."""
    people = hands(places, 2)
    links = [await Connection.connect(serving.address) for _ in range(args.clients)]
    found: dict[str, Any] = {}
    await _pushing(links, people, places, 1, 1.0)
    gauge = Gauge(serving.pid)
    count, seconds, took = await _pushing(links, people, places, 1, args.seconds)
    cpu = gauge.cpu_percent()
    found |= {
        "singles_per_s": round(count / took),
        "singles_ms": spread_ms(seconds),
        "singles_cpu_percent": cpu,
        "singles_starved_percent": gauge.starved_percent(),
        "singles_per_cpu_s": round(count / took / cpu * 100),
    }
    gauge = Gauge(serving.pid)
    count, seconds, took = await _pushing(links[:8], people, places, BATCH, args.seconds)
    rate, cpu = count / took, gauge.cpu_percent()
    found |= {
        "http_batch_starved_percent": gauge.starved_percent(),
        "http_batch_events_per_cpu_s": round(rate / cpu * 100),
        "http_batch_events_per_s": round(rate),
        "http_batch_ms": spread_ms(seconds),
        "drain_minutes": round(OUTAGE / rate / 60, 1),
    }
    found["http_pages_per_s"] = await _paging(links[:4], places, args.seconds / 2)
    found["rss_mib"] = gauge.rss_mib()
    for link in links:
        link.close()
    return found


async def _pushing(
    links: Sequence[Connection],
    people: Sequence[Hand],
    places: Sequence[Place],
    size: int,
    seconds: float,
) -> tuple[int, list[float], float]:
    """Events taken in, seconds of every push, and how long all of it took.

    What is sent is made beforehand as far as possible: the client shares the machine.
    """
    ready: dict[int, list[bytes]] = {}
    wanted = 60 if size == 1 else 40
    for at in range(len(links)):
        place = places[at % len(places)]
        ready[at] = _requests(people[at % len(places)], place, size, wanted)
    latencies: list[float] = []
    taken = 0
    began = time.perf_counter()
    end = began + seconds

    async def one(at: int, link: Connection) -> None:
        nonlocal taken
        place, hand = places[at % len(places)], people[at % len(places)]
        while time.perf_counter() < end:
            if not ready[at]:
                ready[at] = _requests(hand, place, size, 20 if size == 1 else 1)
            answer = await link.ask(ready[at].pop())
            if answer.status != 200:
                raise SystemExit(f"{answer.status}: {answer.body!r}")
            latencies.append(answer.seconds)
            taken += size

    await asyncio.gather(*(one(at, link) for at, link in enumerate(links)))
    return taken, latencies, time.perf_counter() - began


def _requests(hand: Hand, place: Place, size: int, count: int) -> list[bytes]:
    events = hand.batch(size * count)
    made = [
        post("/v1/push", place.token, encode(Push(now_ms(), events[at : at + size])))
        for at in range(0, len(events), size)
    ]
    return made[::-1]  # the oldest is popped first


async def _paging(links: Sequence[Connection], places: Sequence[Place], seconds: float) -> int:
    """Events a second in pages of 500, not packed."""
    end = time.perf_counter() + seconds
    began, count = time.perf_counter(), 0

    async def one(at: int, link: Connection) -> None:
        nonlocal count
        place = places[at * 20 % len(places)]
        cursor, epoch = Cursor(), ""
        while time.perf_counter() < end:
            path = f"/v1/pull?scope=team:{place.team}&epoch={epoch}&seq={cursor.seq}&id={cursor.id}"
            answer = await link.ask(get(path, place.token))
            if answer.status != 200:
                raise SystemExit(f"{answer.status}: {answer.body!r}")
            head = _PAGE(answer.body)
            count += answer.body.count(b'"hlc":')
            cursor, epoch = head.cur, head.epoch
            if cursor.seq >= head.head:
                cursor = Cursor()

    await asyncio.gather(*(one(at, link) for at, link in enumerate(links)))
    return round(count / (time.perf_counter() - began))


def _page_decoder() -> Callable[[bytes], Any]:
    """Only what leads to the next page: the client shares the machine."""
    import msgspec

    class Head(msgspec.Struct):
        epoch: str
        cur: Cursor
        head: int

    return msgspec.json.Decoder(Head).decode


_PAGE = _page_decoder()


# -- all of it ------------------------------------------------------------------------------


@contextmanager
def databases(kind: Kind, folder: Path) -> Iterator[tuple[str, str, Callable[[], Any]]]:
    """Addresses of two empty databases, and what makes a floor."""
    if kind == "sqlite":
        first, second = folder / "local" / "s.db", folder / "http" / "s.db"
        first.parent.mkdir()
        second.parent.mkdir()
        yield (
            f"sqlite:///{first}",
            f"sqlite:///{second}",
            lambda: _floors.SqliteFloor(folder / "floor" / "f.db"),
        )
        return
    from tests.postgres import server

    with server(durable=True) as running:
        one, two, three = running.fresh(), running.fresh(), running.fresh()

        def floor() -> _floors.PostgresFloor:
            made = _floors.PostgresFloor(three)
            made.plan_months(now_ms())
            return made

        yield _url(one), _url(two), floor


def _url(dsn: str) -> str:
    """A connection string as an address."""
    parts = dict(part.split("=", 1) for part in dsn.split())
    return f"postgresql:///{parts['dbname']}?host={parts['host']}&user={parts['user']}"


def measure(kind: Kind, args: Any) -> dict[str, Any]:
    """All figures on one database."""
    import uvloop

    with scratch() as folder, databases(kind, folder) as (here, there, make_floor):
        floor = make_floor()
        local = Local(kind, here, floor)
        try:
            found = bench_batches(local, args.rounds) | bench_pages(local)
        finally:
            local.close()
            floor.close()
        places = enrol(there, SEATS)
        serving = Serving(there, folder)
        try:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                found |= runner.run(bench_http(serving, places, args))
        finally:
            serving.stop()
        return found


def missed(kind: Kind, found: dict[str, Any]) -> list[str]:
    """Names of the bars that were not reached."""
    return [
        name
        for name, bar in {**BARS[kind], **BARS["both"]}.items()
        if (found[name] < bar if bar > 0 else found[name] > -bar)
    ]


def main(arguments: Sequence[str]) -> int:
    """Measure and print; 1 when a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--only", choices=("sqlite", "postgres"))
    parser.add_argument("--rounds", type=int, default=20, help="of batches")
    parser.add_argument("--seconds", type=float, default=6.0, help="of each load over HTTP")
    parser.add_argument("--clients", type=int, default=64)
    args = parser.parse_args(arguments)
    result: dict[str, Any] = {"machine": machine()}
    lacking: dict[str, list[str]] = {}
    for kind in (args.only,) if args.only else ("sqlite", "postgres"):
        result[kind] = measure(kind, args)
        lacking[kind] = missed(kind, result[kind])
    result |= {"bars": BARS, "missed": lacking}
    if args.json:
        print(json.dumps(result, indent=2))
    else:
        for area, figures in result.items():
            print(area)
            for name, value in figures.items():
                print(f"  {name:28} {value}")
    return 1 if any(lacking.values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
