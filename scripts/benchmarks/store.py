"""Bench the store against raw sqlite3 in the same interleaved run.

Bars (design, performance): one act p50 ≤ 4 × raw; 500 events in one transaction, pulled ones
too, ≤ 2 × raw ``executemany``; a person's act while pages are applied p99 ≤ 20 ms; rebuilding
all tables ≥ 30,000 events/s. Figures of one run compare with
each other only: absolute times of a shared machine move by a factor of two.

    scripts/bench store [--json] [--acts 1500] [--journal 100000]
"""

from __future__ import annotations

import argparse
import json
import random
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

from agentdesk.domain.events import Draft, EntityId, Event, EventId
from agentdesk.domain.ids import Ids
from agentdesk.store import Store, files, journal, migrations, project
from scripts.benchmarks import _pulling

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SENTENCE = "您好，这里是客户服务热线，很高兴为您服务，请问有什么可以帮您？"
NOTE = "客户称空调不制冷，外机有异响，约明天上午上门检查，已核对地址与电话。"

ROW = project.GET["call"] + " WHERE id = ?"


class Clock:
    """A wall clock that moves by a second each time it is read."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        """The next second."""
        self.now += timedelta(seconds=1)
        return self.now

    @property
    def ms(self) -> int:
        """The present second, in milliseconds since 1970."""
        return int(self.now.timestamp() * 1000)


def call(call_id: EntityId, at: int) -> list[list[Draft]]:
    """The acts of one ordinary call, each the drafts of one commit."""

    def act(kind: str, **body: object) -> Draft:
        return Draft(kind, "call", call_id, {"at": at, **body})

    def fields(**values: str) -> Draft:
        return Draft("call.set", "call", call_id, {"at": at, "set": values})

    said = {"line": "inbound-greeting", "text": SENTENCE, "names": 0, "polite": 2}
    return [
        [act("call.offered", number=f"138{at % 10**8:08d}", direction="inbound", source="push")],
        [act("call.answered")],
        [act("call.said", **said, marks=["greeting"])],
        [fields(surname="王", title="先生"), act("call.said", **said, marks=["ask_name"])],
        [fields(category="repair"), act("call.said", **said, marks=[])],
        [fields(note=NOTE)],
        [act("call.ticked", requirement="read_back")],
        [act("call.said", **said, marks=["anything_else"])],
        [act("call.said", **said, marks=["closing"])],
        [act("call.ended", by="customer")],
        [act("call.closed", disposition="resolved", missing=[])],
    ]


def acts(clock: Clock, ids: Callable[[], EventId], count: int) -> Iterator[list[Draft]]:
    """``count`` acts, call after call."""
    while count > 0:
        for act in call(EntityId(ids()), clock.ms):
            yield act
            count -= 1
            if count == 0:
                return


class Floor:
    """The least anyone could do: one row into the same indexed journal, one upsert."""

    def __init__(self, path: Path) -> None:
        self.db = files.connect(path)
        migrations.migrate(self.db, None)

    def act(self, records: Sequence[journal.Record], row: tuple[project.Cell, ...]) -> None:
        """One transaction with ready-made rows."""
        self.db.execute("BEGIN IMMEDIATE")
        for record in records:
            self.db.execute(journal.INSERT, record)
        self.db.execute(project.PUT["call"], row)
        self.db.execute("COMMIT")

    def many(
        self, records: Sequence[journal.Record], rows: Sequence[tuple[project.Cell, ...]]
    ) -> None:
        """One transaction by ``executemany``."""
        self.db.execute("BEGIN IMMEDIATE")
        self.db.executemany(journal.INSERT, records)
        self.db.executemany(project.PUT["call"], rows)
        self.db.execute("COMMIT")


def records_of(events: Sequence[Event]) -> list[journal.Record]:
    """Rows of events, as the floor inserts them."""
    return [
        journal.record(event, journal.canonical(event.body), mine=True, prev=bytes(32))
        for event in events
    ]


def timed(work: Callable[[], object]) -> float:
    """Microseconds ``work`` takes."""
    start = perf_counter()
    work()
    return (perf_counter() - start) * 1e6


def spread(times: Sequence[float]) -> dict[str, float]:
    """p50 and p99."""
    return {"p50": round(median(times), 1), "p99": round(quantiles(times, n=100)[98], 1)}


def bench_acts(folder: Path, count: int) -> dict[str, object]:
    """One act: the store against the floor, act by act in turn."""
    clock, ids = Clock(), Ids(lambda: int(START.timestamp() * 1000), random.Random(1).getrandbits)
    floor = Floor(folder / "floor.db")
    store = Store.open(folder / "store.db", clock=clock)
    raw: list[float] = []
    ours: list[float] = []
    for drafts in acts(clock, ids, count):
        kept: list[Event] = []

        def commit(drafts: list[Draft] = drafts, kept: list[Event] = kept) -> None:
            kept += store.commit(drafts, actor="8001")

        ours.append(timed(commit))
        records = records_of(kept)
        id = kept[0].entity_id
        row = store.connection.execute(ROW, (id,)).fetchone()
        raw.append(timed(lambda records=records, row=row: floor.act(records, row)))  # type: ignore[misc]
    store.close()
    floor.db.close()
    floor_times, store_times = spread(raw), spread(ours)
    return {
        "raw_us": floor_times,
        "store_us": store_times,
        "ratio_p50": round(store_times["p50"] / floor_times["p50"], 2),
        "ratio_p99": round(store_times["p99"] / floor_times["p99"], 2),
        "bar_p50": 4.0,
    }


def bench_batches(folder: Path, rounds: int = 20, size: int = 500) -> dict[str, object]:
    """Batches of events written elsewhere, and of own drafts, against ``executemany``."""
    clock, ids = Clock(), Ids(lambda: int(START.timestamp() * 1000), random.Random(2).getrandbits)
    source = Store.open(Path(":memory:"), clock=clock)
    floor = Floor(folder / "floor-batch.db")
    pulled = Store.open(folder / "pulled.db", clock=clock)
    own = Store.open(folder / "own.db", clock=clock)
    raw: list[float] = []
    absorbed: list[float] = []
    committed: list[float] = []
    for _ in range(rounds):
        drafts = [draft for act in acts(clock, ids, size) for draft in act][:size]
        events = source.commit(drafts, actor="8002")
        records = records_of(events)
        touched = {event.entity_id: None for event in events}
        rows = [source.connection.execute(ROW, (id,)).fetchone() for id in touched]
        raw.append(timed(lambda: floor.many(records, rows)))  # noqa: B023
        absorbed.append(timed(lambda: pulled.absorb(events)))  # noqa: B023
        committed.append(timed(lambda: own.commit(drafts, actor="8001")))  # noqa: B023
    for store in (source, pulled, own):
        store.close()
    floor.db.close()
    base = median(raw)
    return {
        "raw_ms": round(base / 1e3, 2),
        "absorb_ms": round(median(absorbed) / 1e3, 2),
        "commit_ms": round(median(committed) / 1e3, 2),
        "ratio_absorb": round(median(absorbed) / base, 2),
        "ratio_commit": round(median(committed) / base, 2),
        "bar": 2.0,
    }


def bench_rebuild(folder: Path, size: int) -> dict[str, object]:
    """Rebuilding and checking all tables of a long journal; and what a month costs to open."""
    clock = Clock()
    ids = Ids(lambda: clock.ms, random.Random(3).getrandbits)
    path = folder / "month.db"
    store = Store.open(path, clock=clock)
    written = 0
    while written < size:
        batch = [draft for act in acts(clock, ids, 2200) for draft in act]
        store.commit(batch, actor="8001")
        written += len(batch)
        clock.now += timedelta(minutes=20)
    scan = timed(lambda: store.connection.execute("SELECT * FROM event").fetchall()) / 1e6
    refold = timed(lambda: _sound(store.refold())) / 1e6
    rebuild = timed(store.rebuild) / 1e6
    check = timed(lambda: _sound(store.quick_check())) / 1e3
    store.close()
    opened = timed(lambda: Store.open(path, clock=clock).close()) / 1e3
    return {
        "events": written,
        "file_mib": round(path.stat().st_size / 2**20, 1),
        "scan_events_per_s": round(written / scan),
        "refold_events_per_s": round(written / refold),
        "rebuild_events_per_s": round(written / rebuild),
        "bar_events_per_s": 30_000,
        "quick_check_ms": round(check, 1),
        "open_and_close_ms": round(opened, 2),
        **bench_search(path, clock),
    }


def bench_search(path: Path, clock: Clock) -> dict[str, object]:
    """Searching all calls: a hit, a miss, a number's end."""
    from agentdesk.store.history import History

    store = Store.open(path, clock=clock)
    history = History(store)
    questions: dict[str, dict[str, str]] = {
        "hit": {"text": "空调"},
        "miss": {"text": "没有这个词"},
        "suffix": {"number_suffix": "1234567"},
    }
    figures = {}
    for name, question in questions.items():
        times = [timed(lambda: history.search_calls(**question)) for _ in range(20)]  # type: ignore[arg-type]  # noqa: B023
        figures[f"search_{name}_ms"] = round(quantiles(times[1:], n=20)[18] / 1e3, 1)
    (calls,) = store.connection.execute("SELECT count(*) FROM call").fetchone()
    store.close()
    return {"calls": calls, **figures, "bar_search_ms": 50}


def _sound(found: list[str]) -> None:
    if found:
        raise SystemExit(f"the store is not sound: {found[:3]}")


def main(arguments: Sequence[str]) -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--acts", type=int, default=1500)
    parser.add_argument("--journal", type=int, default=100_000, help="events to rebuild from")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="agentdesk-bench-") as name:
        folder = Path(name)
        result = {
            "sqlite": sqlite3.sqlite_version,
            "act": bench_acts(folder, chosen.acts),
            "batch_500": bench_batches(folder),
            "pulled_500": _pulling.bench_apply(folder),
            "act_during_pull": _pulling.bench_acts_during_pull(folder),
            "act_during_snapshot": _pulling.bench_acts_during_snapshot(folder),
            "rebuild": bench_rebuild(folder, chosen.journal),
        }
    if chosen.json:
        print(json.dumps(result, indent=2))
        return
    for area, figures in result.items():
        print(area, figures if isinstance(figures, str) else "")
        if isinstance(figures, dict):
            for key, value in figures.items():
                print(f"  {key:24} {value}")


if __name__ == "__main__":
    main(sys.argv[1:])
