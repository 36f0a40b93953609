"""Full and failing disks under a server, a broken file under a seat, a seat away for a day."""

from __future__ import annotations

import os
import random
import sqlite3
import statistics
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from agentdesk.domain.events import Draft, EntityId
from agentdesk.errors import StoreCorrupt
from agentdesk.server.problem import ServerProblem
from agentdesk.server.service import Service
from agentdesk.store import Store, quarantine, salvage
from agentdesk.store.replica import Replica
from agentdesk.sync.clock import ServerClock
from agentdesk.sync.credentials import Credentials
from agentdesk.sync.engine import Engine
from agentdesk.sync.pace import Pace
from agentdesk.sync.status import State
from agentdesk.wire import Enrol, Limits
from tests.seat_kit import Direct
from tests.server_kit import Clock, Numbered, Seat, caller, entity, everything, serve
from tests.serving import Console, Served, codes, journal

SEED = 20261122
PAGE = 4096


# -- the server's disk


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and limits of processes")
def test_a_server_whose_disk_is_full_says_so_and_goes_on_when_there_is_room(tmp_path: Path) -> None:
    """The limit on file size stands in for a full disk: the write itself fails."""
    import resource

    file = tmp_path / "server.sqlite3"
    url = f"sqlite:///{file}"
    (code,) = codes(url, 1)
    served = Served(url, limit=file.stat().st_size + 150_000)
    console = Console(tmp_path, "8001", served.url, code, SEED)
    problems: list[tuple[int, str, str]] = []
    push = console.transport.push

    def noting(token: str, msg: Any) -> Any:
        from agentdesk.sync.transport import TransportError

        try:
            return push(token, msg)
        except TransportError as error:
            problems.append((error.status, error.problem.code, error.problem.detail))
            raise

    console.transport.push = noting  # type: ignore[method-assign]
    until = time.monotonic() + 30
    while not problems:
        console.act()
        console.work(20)
        assert time.monotonic() < until, "the disk is never full"
    refused = len(console.received)
    for _ in range(3):
        console.engine.hurry()
        console.act()
        console.work(20)
    assert refused and len(console.received) == refused, "success without room"
    assert {each[:2] for each in problems} == {(503, "busy")}
    assert all(detail in ("disk full", "store.failed") for _, _, detail in problems), problems
    assert console.engine.status.waiting, "nothing is forgotten"
    # There is room again: nobody restarts anything.
    resource.prlimit(
        served.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    )
    console.drain()
    served.close()
    kept = {each.id for each in journal(url)}
    assert console.received | console.written <= kept
    console.close()


class Failing:
    """A connection whose disk fails at some statement, in one way."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self.code, self.left = 0, 0

    def _moment(self, statement: str) -> None:
        syncing = self.code == sqlite3.SQLITE_IOERR_FSYNC
        if self.code and (not syncing or statement == "COMMIT"):
            self.left -= 1
            if self.left < 0:
                error = sqlite3.OperationalError("disk I/O error")
                error.sqlite_errorcode = self.code
                raise error

    def execute(self, statement: str, *values: Any) -> sqlite3.Cursor:
        if statement != "ROLLBACK":
            self._moment(statement)
        return self._db.execute(statement, *values)

    def executemany(self, statement: str, values: Any) -> sqlite3.Cursor:
        self._moment(statement)
        return self._db.executemany(statement, values)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._db, name)


@pytest.mark.parametrize(
    ("code", "lasting"),
    [
        (sqlite3.SQLITE_IOERR_WRITE, False),
        (sqlite3.SQLITE_IOERR_READ, False),
        (sqlite3.SQLITE_IOERR_SHORT_READ, False),
        (sqlite3.SQLITE_FULL, False),
        (sqlite3.SQLITE_IOERR_FSYNC, True),
    ],
)
def test_a_server_whose_disk_fails_acknowledges_nothing_it_has_not(
    tmp_path: Path, code: int, lasting: bool
) -> None:
    """After a failed ``fsync`` nobody knows what is on the disk: it writes no more at all."""
    clock, ids = Clock(), Numbered(0xFFF)
    path = tmp_path / "server.db"
    service = Service.open(path, clock=clock, new_id=ids)
    seat = Seat(caller(), clock, Numbered(1))
    storage: Any = service.storage
    failing = storage._db = Failing(storage._db)
    acknowledged: set[str] = set()
    refused = 0
    for left in range(30):
        failing.code, failing.left = code, 0 if lasting else left
        event = seat.write("call.said", entity(left))
        try:
            acknowledged |= {*seat.push(service, event).received}
        except ServerProblem as problem:
            assert (problem.status, problem.problem.code) == (503, "busy")
            assert problem.problem.detail in ("disk full", "store.failed")
            refused += 1
        failing.code = 0
        if lasting and event.id not in acknowledged:
            with pytest.raises(ServerProblem):
                seat.push(service, seat.write("call.said", entity(99)))
            service.close()
            service = Service.open(path, clock=clock, new_id=ids)
            storage = service.storage
            failing = storage._db = Failing(storage._db)
        acknowledged |= {*seat.push(service, event).received}
        kept = {each.id for each in everything(service)}
        assert event.id in acknowledged and acknowledged <= kept
        clock.now += 1000
    assert refused > 5
    assert service.verify() == [] and service.differences() == []
    service.close()


# -- a seat's disk


def running() -> Direct:
    """A whole server by the real clock, in no hurry to be asked less."""
    server = Direct(serve(people=True, clock=lambda: time.time_ns() // 1_000_000))
    server.service.limits = Limits(rps=1_000_000)
    return server


def engine_of(store: Store, server: Direct, person: str, pace: Pace) -> Engine:
    credentials = Credentials(None)
    code = f"join-{time.monotonic_ns()}"
    server.codes[code] = person
    credentials.put(server.enrol(Enrol(code, store.install, "s1")))
    return Engine(
        Replica(store),
        server,
        credentials,
        ServerClock.of_machine(),
        monotonic=time.monotonic,
        rng=random.Random(SEED),
        actor=lambda: person,
        pace=pace,
    )


def drive(engine: Engine, between: Callable[[], None] = lambda: None) -> int:
    """Until nothing is left to do; how many steps that took."""
    for step in range(20_000):
        wait = engine.step()
        between()
        if wait > 0 and engine.status.state is State.SYNCED and not engine.status.waiting:
            return step
    raise AssertionError(f"never done: {engine.status}")


def act(store: Store, serial: int, text: str = "客户称空调不制冷") -> set[str]:
    at = int(time.time() * 1000)
    drafts = [
        Draft("call.said", "call", EntityId(f"{serial:032x}"), {"at": at, "text": text * 5}),
        Draft("call.set", "call", EntityId(f"{serial:032x}"), {"at": at, "set": {"note": text}}),
    ]
    return {event.id for event in store.commit(drafts, actor="8001")}


def now() -> datetime:
    return datetime.now(UTC)


@pytest.mark.parametrize(("first", "every"), [(0, 7), (3, 5), (1, 40)])
def test_what_can_be_read_of_a_broken_seat_still_reaches_the_server(
    tmp_path: Path, first: int, every: int
) -> None:
    """Sent before, not sent yet, and written after the file was put aside: all of it arrives."""
    server = running()
    path = tmp_path / "store.db"
    store = Store.open(path, clock=now)
    made = store.connection.execute("PRAGMA page_count").fetchone()[0]
    before = set().union(*(act(store, serial) for serial in range(100)))
    engine = engine_of(store, server, "8001", Pace(gather=0.0, echo=0.0))
    drive(engine)
    sent = {each.id for each in everything(server.service)}
    assert before <= sent
    unsent = set().union(*(act(store, serial) for serial in range(100, 150)))
    store.close()
    data = bytearray(path.read_bytes())
    # Not the pages that say what tables there are: then nothing can be read at all.
    for begin in range((made + first) * PAGE, len(data), every * PAGE):
        data[begin : begin + 200] = b"\xa5" * 200
    path.write_bytes(data)
    with pytest.raises(StoreCorrupt), closing(Store.open(path, clock=now)) as broken:
        broken.rebuild()  # somebody uses what is damaged
    aside = quarantine(path, now=now())
    saved = salvage(aside)
    store = Store.open(path, clock=now)
    assert store.absorb(saved, mine=True) == len(saved)
    after = act(store, 1000)
    drive(engine_of(store, server, "8001", Pace(gather=0.0, echo=0.0)))
    readable = {event.id for event in saved}
    journal_ids = {each.id for each in everything(server.service)}
    assert readable | after <= journal_ids
    assert len(readable & unsent) >= len(unsent) * 0.4, "most of it is not on the broken pages"
    assert all(each.verdict == "ok" for each in everything(server.service))
    here = {row[0].hex() for row in store.connection.execute("SELECT id FROM event")}
    team = {each.id for each in everything(server.service) if each.scope == "team:A"}
    assert team <= here, "what the file had lost is read back"
    assert store.refold() == [] and store.quick_check() == []
    store.close()


def test_a_seat_away_for_a_day_comes_back_while_somebody_works(tmp_path: Path) -> None:
    """5,000 events wait, and as many of others; whoever sits there goes on acting meanwhile."""
    server = running()
    others = Store.open(tmp_path / "others.db", clock=now)
    for serial in range(1000):
        act(others, 1_000_000 + serial, "同事的记录")
    drive(engine_of(others, server, "8001", Pace(page=500, gather=0.0, echo=0.0)))
    others.close()
    store = Store.open(tmp_path / "store.db", clock=now)
    store.connection.execute("PRAGMA synchronous = OFF")
    for serial in range(2_500):
        act(store, serial % 600)
    store.connection.execute("PRAGMA synchronous = FULL")
    assert Replica(store).pending().count == 5_000
    took: list[float] = []

    def commit() -> None:
        if len(took) < 400:
            begin = time.perf_counter()
            act(store, len(took))
            took.append((time.perf_counter() - begin) * 1000)

    begin = time.perf_counter()
    steps = drive(engine_of(store, server, "8001", Pace(page=100, gather=0.0, echo=0.0)), commit)
    seconds = time.perf_counter() - begin
    took.sort()
    print(
        f"{steps} steps in {seconds:.1f} s; acts meanwhile: {statistics.median(took):.1f} ms, "
        f"99 of 100 under {took[int(len(took) * 0.99)]:.1f} ms, at most {took[-1]:.1f} ms"
    )
    mine = {row[0].hex(): row[1] for row in store.connection.execute("SELECT id, seq FROM event")}
    theirs = {each.id: each.seq for each in everything(server.service) if each.scope == "team:A"}
    assert len(theirs) == 7_000 + 2 * len(took)
    assert {key: mine.get(key) for key in theirs} == theirs
    assert store.refold() == [] and server.service.verify() == []
    store.close()
