"""A snapshot taken in by pieces, by a console that may die at any statement while somebody acts."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Raw

from agentdesk.domain.events import Draft, EntityId, Event
from agentdesk.store import Store
from agentdesk.store.installing import Snapshot
from agentdesk.store.journal import canonical
from agentdesk.store.project import COLUMNS, GET
from agentdesk.store.replica import Place, Replica
from agentdesk.wire import Cursor, Page, Stored, Trailer, encode
from tests.simulation.histories import FAST
from tests.simulation.mortal import Mortal

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MS = int(NINE.timestamp() * 1000)
TEAM = "team:A"
KINDS = ("call.offered", "call.answered", "call.set", "call.closed")


class Death(BaseException):
    """The console died."""


class Console:
    """A store on a disk; opened again after every death."""

    def __init__(self, path: Path) -> None:
        self.path, self.left = path, -1
        self.open()

    def open(self) -> None:
        self.store = Store.open(self.path, clock=lambda: NINE)
        held: Any = self.store
        held._db.execute("PRAGMA synchronous = OFF")
        held._db = held.memory._db = Mortal(held._db, self._moment)
        self.replica = Replica(self.store)

    def _moment(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise Death

    def revive(self) -> None:
        self.left = -1
        self.store.close()
        self.open()

    def act(self, number: int) -> Event:
        body = {"at": MS, "number": f"1380000{number:04}"}
        draft = Draft("call.offered", "call", EntityId(f"{900 + number:032x}"), body)
        return self.store.commit([draft], actor="8001")[0]


def stored(seq: int, what: int, txn: int, event: Event | None = None) -> Stored:
    """An event of another seat, or an own one as it comes back."""
    body = {"at": MS, "set": {"note": str(seq)}} if KINDS[what % 4] == "call.set" else {"at": MS}
    theirs = (f"{seq + 1000:032x}", f"{txn + 1000:032x}", KINDS[what % 4], f"{what // 4:032x}")
    hlc, actor, install = (MS << 16) + seq, "8002", "f" * 32
    if event is not None:
        theirs, body = (event.id, event.txn, event.kind, event.entity_id), dict(event.body)
        hlc, actor, install = event.stamp, event.actor, event.install
    id, txn_id, kind, entity_id = theirs
    return Stored(
        seq, TEAM, hlc, "ok", id, txn_id, kind, 1, "call", entity_id, hlc, actor, install,
        Raw(canonical(body).encode()),
    )  # fmt: skip


def snapshot(events: Sequence[Stored], cur: Cursor) -> Snapshot:
    lines = [encode(event) + b"\n" for event in events]
    return Snapshot(
        TEAM, lines, Trailer("e1", cur, len(lines), sha256(b"".join(lines)).hexdigest())
    )


def tables(store: Store) -> dict[str, set[tuple[Any, ...]]]:
    return {entity: set(store.connection.execute(GET[entity])) for entity in COLUMNS}


def journal(store: Store) -> set[tuple[Any, ...]]:
    return set(store.connection.execute("SELECT id, seq, eff, verdict, scope, mine FROM event"))


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 15), st.booleans()), min_size=1, max_size=20),
    st.data(),
)
def test_wherever_it_dies_it_is_gone_through_again_and_acts_are_kept(
    journal_of: list[tuple[int, bool]], data: st.DataObject
) -> None:
    """What retention has left of a journal replaces what was read of it before."""
    with tempfile.TemporaryDirectory(prefix="desk", dir=FAST) as folder:
        console = Console(Path(folder) / "store.db")
        own = [console.act(number) for number in range(3)]
        txn, events = 0, list[Stored]()
        for seq, (what, follows) in enumerate(journal_of, 1):
            txn = txn if follows else seq
            mine = own[seq // 3 - 1] if seq % 3 == 0 and seq <= 6 else None
            events.append(stored(seq, what, txn, mine))
        read = data.draw(st.integers(1, len(events)), "read")
        page = Page(TEAM, "e1", events[:read], events[read - 1].place, len(events))
        console.replica.apply(page, Cursor())
        place = console.replica.place(TEAM)
        gone = data.draw(st.sets(st.integers(0, 15)), "entities purged")
        left = [
            each for each, (what, _) in zip(events, journal_of, strict=True) if what not in gone
        ]
        cur = events[-1].place
        acts = list(own)
        for number, deaths in enumerate(data.draw(st.lists(st.integers(1, 40), max_size=3), "die")):
            _until_death(console, snapshot(left, cur), deaths, acts, number)
            here = console.replica.place(TEAM)
            if here != Place("e1", cur):
                assert here == place, "a cursor between"
            assert console.store.refold() == [] and console.store.audit() == []
        whole = snapshot(left, cur)
        while not whole.done:
            console.replica.take_snapshot(whole, 2)
        assert console.replica.place(TEAM) == Place("e1", cur)
        _is_whole(console.store, left, acts, Path(folder))
        console.store.close()


def _until_death(
    console: Console, taken: Snapshot, deaths: int, acts: list[Event], number: int
) -> None:
    """Take it in, somebody acting in between, until that many statements were made."""
    try:
        while not taken.done:
            console.left = deaths
            console.replica.take_snapshot(taken, 2)
            deaths, console.left = console.left, -1
            if len(acts) == 3 + number:
                acts.append(console.act(10 + number))
    except Death:
        pass
    console.revive()


def _is_whole(store: Store, left: list[Stored], acts: list[Event], folder: Path) -> None:
    """It equals the same snapshot taken in at once by a store that knew nothing else."""
    assert store.refold() == [] and store.audit() == []
    held = {row[0].hex(): row for row in journal(store)}
    assert {event.id for event in acts} <= held.keys()
    assert {id for id, row in held.items() if not row[5]} == {
        event.id for event in left if event.install == "f" * 32
    }
    assert {id: row[1] for id, row in held.items() if row[1] is not None}.items() >= {
        event.id: event.seq for event in left
    }.items()
    with closing(Store.open(folder / "other.db", clock=lambda: NINE)) as other:
        other.absorb(acts)
        fresh = snapshot(left, left[-1].place if left else Cursor())
        while not fresh.done:
            Replica(other).take_snapshot(fresh, 1000)
        assert tables(other) == tables(store)
