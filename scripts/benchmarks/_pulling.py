"""The seat's side of a pull: applying what others did, and acting while that goes on."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from itertools import takewhile
from pathlib import Path
from statistics import median, quantiles

from agentdesk.domain.events import EntityId
from agentdesk.domain.ids import Ids
from agentdesk.store import Store, arrivals, files, migrations, project
from agentdesk.store.installing import Snapshot
from agentdesk.store.replica import Replica
from agentdesk.wire import BATCH, Cursor, Page, Stored, Trailer, WireEvent, encode
from scripts.loading.traffic import Hand

SCOPE, EPOCH = "team:A", "e" * 32
PAGE = 100
"""Events of a page of a seat that catches up (:class:`agentdesk.sync.pace.Pace`)."""
READY = 800
"""Pages made beforehand."""
BAR_APPLY, BAR_ACT_MS = 2.0, 20.0
AGENT = "8012"


def now_ms() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def wall() -> datetime:
    """The present instant."""
    return datetime.now(UTC)


class Colleagues:
    """What twenty others of the team do, page by page as a server tells it."""

    def __init__(self, seed: int) -> None:
        self._hands = [
            Hand(f"90{number:02}", f"{number:032x}", random.Random(seed * 100 + number), now_ms)
            for number in range(20)
        ]
        self._random = random.Random(seed)
        self._seq = 0
        self.cursor = Cursor()

    def page(self, size: int) -> tuple[Page, Cursor]:
        """The next page, and where it is pulled from."""
        after, events = self.cursor, list[Stored]()
        while len(events) < size:
            events += [self._stored(event) for event in self._random.choice(self._hands).act()]
        self.cursor = events[-1].place
        return Page(SCOPE, EPOCH, events, self.cursor, self._seq), after

    def _stored(self, event: WireEvent) -> Stored:
        self._seq += 1
        return Stored(
            self._seq, SCOPE, event.hlc, "ok", event.id, event.txn, event.kind, event.v,
            event.entity, event.entity_id, event.hlc, event.actor, event.install, event.body,
            event.prev, "", "agent", now_ms(),
        )  # fmt: skip


class Floor:
    """Rows that are ready, by ``executemany`` into the same tables, durable."""

    def __init__(self, path: Path) -> None:
        self.db = files.connect(path)
        migrations.migrate(self.db, None)

    def work(self, store: Store, events: Sequence[Stored]) -> None:
        """Make the rows of a page ready; :meth:`go` is timed."""
        plan = arrivals.plan(self.db, events, store.installs)
        self._events = plan.rows
        self._rows: dict[str, list[tuple[project.Cell, ...]]] = {}
        for entity, entity_id in dict.fromkeys((each.entity, each.entity_id) for each in events):
            row = store.connection.execute(ROW[entity], (entity_id,)).fetchone()
            if row is not None:
                self._rows.setdefault(entity, []).append(row)

    def go(self) -> None:
        """One transaction."""
        self.db.execute("BEGIN IMMEDIATE")
        self.db.executemany(arrivals.INSERT, self._events)
        for entity, rows in self._rows.items():
            self.db.executemany(project.PUT[entity], rows)
        self.db.execute("COMMIT")


ROW = {entity: f"{query} WHERE id = ?" for entity, query in project.GET.items()}


def bench_apply(folder: Path, rounds: int = 20) -> dict[str, object]:
    """500 pulled events in one page, against ``executemany`` of the rows they make."""
    store = Store.open(folder / "replica.db", clock=wall)
    replica, floor = Replica(store), Floor(folder / "floor-pull.db")
    others, times, raws = Colleagues(1), list[float](), list[float]()
    for turn in range(rounds + 2):
        page, after = others.page(BATCH)
        began = time.perf_counter()
        applied = replica.apply(page, after)
        took = time.perf_counter() - began
        if applied.behind or len(applied.new) != len(page.events):
            raise SystemExit(f"not applied: {applied.behind} {len(applied.new)}")
        floor.work(store, page.events)
        began = time.perf_counter()
        floor.go()
        if turn >= 2:
            raws.append((time.perf_counter() - began) * 1e3)
            times.append(took * 1e3)
    store.close()
    floor.db.close()
    ours, raw = median(times), median(raws)
    return {
        "raw_ms": round(raw, 2),
        "apply_ms": round(ours, 2),
        "apply_events_per_s": round(BATCH / ours * 1e3),
        "ratio": round(ours / raw, 2),
        "bar": BAR_APPLY,
    }


def bench_acts_during_pull(folder: Path, acts: int = 300) -> dict[str, object]:
    """A line said on the desk's thread while pages of 100 are applied there without a pause.

    The wait for the thread counts: that is what the person at the screen waits for.
    """
    return _bench_acts(folder / "pull.db", _Pull, acts)


def bench_acts_during_snapshot(folder: Path, events: int = 30_000) -> dict[str, object]:
    """The same while a snapshot of a scope is put in the place of what is here of it.

    Half of it is here already, and a quarter as much that is not in it.
    """

    def install(port: object) -> _Install:
        return _Install(port, events)

    return {"events": events, **_bench_acts(folder / "snapshot.db", install)}


def _bench_acts(
    path: Path, background: Callable[[object], _Pull | _Install], acts: int = 300
) -> dict[str, object]:
    from agentdesk.desk.desk import Desk
    from agentdesk.desk.remote import SyncPort
    from agentdesk.desk.snapshot import Profile
    from agentdesk.desk.worker import ThreadWorker
    from agentdesk.domain.call import commands as c
    from agentdesk.standards.loader import load_shipped

    new_id = Ids(now_ms, random.Random(5).getrandbits)

    def open_desk() -> Desk:
        store = Store.open(path, clock=wall, new_id=new_id)
        seat = Profile(AGENT, "李敏", "示例速运", "F6", "zh-CN", "")
        return Desk(store, cache(load_shipped), clock=wall, new_id=new_id, zone=UTC, defaults=seat)

    worker = ThreadWorker(open_desk)
    pull = background(SyncPort(worker, lambda news: None))
    offer = c.Offer(EntityId(new_id()), "14000001234", "王女士", "outbound")
    worker.submit(lambda desk: desk.answer_or_new(offer=offer)).result()
    quiet = _acts(worker, acts // 3)
    pull.start()
    busy = _acts(worker, acts, pull.goes_on)
    rate = pull.stop()
    worker.close()
    p99 = _p99(busy)
    return {
        "quiet_ms": {"p50": round(median(quiet), 2), "p99": round(_p99(quiet), 2)},
        "during_ms": {
            "p50": round(median(busy), 2),
            "p99": round(p99, 2),
            "worst": round(max(busy), 2),
        },
        "pulled_events_per_s": rate,
        "bar_p99_ms": BAR_ACT_MS,
    }


def _p99(times: Sequence[float]) -> float:
    return quantiles(times, n=100, method="inclusive")[98]


def _acts(
    worker: object, count: int, goes_on: Callable[[int], bool] = lambda done: True
) -> list[float]:
    """Milliseconds from asking for each act until it is on disk.

    Args:
        count: most of them.
        goes_on: told how many were done; whether there shall be another.
    """
    from agentdesk.desk.worker import ThreadWorker
    from agentdesk.domain.call import commands as c

    assert isinstance(worker, ThreadWorker)
    chance, times = random.Random(7), list[float]()
    for number in takewhile(goes_on, range(count)):
        time.sleep(chance.uniform(0.005, 0.03))
        command = c.SetFields({"note": f"客户称空调不制冷，外机有异响，第{number}次补充。"})
        began = time.perf_counter()
        outcome = worker.submit(lambda desk, command=command: desk.act(command)).result()  # type: ignore[misc]
        times.append((time.perf_counter() - began) * 1e3)
        if outcome.problem is not None or not outcome.events:
            raise SystemExit(f"the act was refused: {outcome.problem}")
    return times


class _Pull(threading.Thread):
    """Applies one page after another, through the port the exchange uses."""

    def __init__(self, port: object) -> None:
        super().__init__(name="pull", daemon=True)
        self._port, self._ending = port, threading.Event()
        self._others = Colleagues(3)
        # Made beforehand: reading a page is the exchange's thread's work, making one is nobody's.
        self._ready = [self._others.page(PAGE) for _ in range(READY)]
        self._count, self._seconds = 0, 1e-9

    def goes_on(self, done: int) -> bool:
        """It never ends by itself."""
        return True

    def run(self) -> None:
        """Until told to end."""
        from agentdesk.desk.remote import SyncPort

        assert isinstance(self._port, SyncPort)
        began = time.perf_counter()
        for page, after in self._endless():
            if self._ending.is_set():
                break
            self._port.apply(page, after)
            self._count += len(page.events)
        self._seconds = time.perf_counter() - began

    def _endless(self) -> Iterator[tuple[Page, Cursor]]:
        yield from self._ready
        while True:
            yield self._others.page(PAGE)

    def stop(self) -> int:
        """End; events a second it applied."""
        self._ending.set()
        self.join()
        return round(self._count / self._seconds)


class _Install(threading.Thread):
    """Puts one snapshot in the place of an older half of it, through the port."""

    def __init__(self, port: object, events: int) -> None:
        from agentdesk.desk.remote import SyncPort

        assert isinstance(port, SyncPort)
        super().__init__(name="install", daemon=True)
        self._port, others = port, Colleagues(4)
        pages = [others.page(BATCH) for _ in range(events // BATCH)]
        for page, after in pages[: len(pages) // 2]:
            port.apply(page, after)
        # Every fourth page of that half was purged at the server.
        kept = [page for at, (page, _) in enumerate(pages) if at % 4 or at >= len(pages) // 2]
        self._lines = [encode(event) + b"\n" for page in kept for event in page.events]
        digest = sha256(b"".join(self._lines)).hexdigest()
        self._trailer = Trailer(EPOCH, others.cursor, len(self._lines), digest)
        self._seconds = 1e-9

    def goes_on(self, done: int) -> bool:
        """Till it is done, and a little is known about acts meanwhile."""
        return self.is_alive() or done < 20

    def run(self) -> None:
        """Read it and take it in."""
        began = time.perf_counter()
        snapshot = Snapshot(SCOPE, self._lines, self._trailer)
        while not snapshot.done:
            self._port.take_snapshot(snapshot)
        self._seconds = time.perf_counter() - began

    def stop(self) -> int:
        """Wait for the end; events a second it took in."""
        self.join()
        return round(len(self._lines) / self._seconds)
