"""What waits to be sent, what was set aside, and files of before there were servers."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from agentdesk.domain.events import Draft, EntityId
from agentdesk.store import Store, arrivals, backing, outbox, salvage
from agentdesk.store.journal import canonical
from agentdesk.store.migrations import MIGRATIONS, migrate, version
from agentdesk.store.replica import Replica

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MS = int(NINE.timestamp() * 1000)


def entity(number: int) -> EntityId:
    return EntityId(f"{number:032x}")


def draft(kind: str, number: int = 1, **body: Any) -> Draft:
    return Draft(kind, kind.partition(".")[0], entity(number), {"at": MS, **body})


def test_transactions_stay_whole_and_what_is_local_stays_here(
    store: Store, replica: Replica
) -> None:
    one = store.commit([draft("call.offered"), draft("call.answered")], actor="8001")
    store.commit([Draft("seat.set", "seat", entity(0), {"set": {"agent_no": "8"}})], actor="8001")
    two = store.commit([draft("call.said", text=f"第{n}句") for n in range(3)], actor="8001")
    ids = [event.id for event in (*one, *two)]
    batch = replica.outbox(4, 1 << 20)
    assert [event.id for event in batch.events] == ids[:2] and batch.more
    assert len(batch.places) == 2 and batch.places[-1] == batch.last
    rest = replica.outbox(4, 1 << 20, after=batch.last)
    assert [event.id for event in rest.events] == ids[2:] and not rest.more
    assert bytes(rest.events[0].body).decode() == canonical(two[0].body)
    # Only a transaction that is larger than the limit is cut.
    assert len(replica.outbox(1, 1 << 20).events) == 1
    assert len(replica.outbox(10, 10).events) == 1
    assert replica.pending().count == 5
    assert replica.outbox(9, 1 << 20, after=rest.last).events == []


def test_of_a_transaction_the_confirmed_part_goes_along(store: Store, replica: Replica) -> None:
    """The server knows it by its ids, or was put back and would have the other half alone."""
    (before,) = store.commit([draft("call.offered", 9)], actor="8001")
    whole = store.commit([draft("call.offered"), draft("call.answered")], actor="8001")
    (after,) = store.commit([draft("call.offered", 8)], actor="8001")
    ids = [event.id for event in whole]
    confirm = "UPDATE event SET seq = 7, verdict = ?, reason = ? WHERE id = ?"
    for said, reason, along in (
        ("ok", None, ids[:1]),
        ("forbidden", "role", ids[:1]),
        ("conflict", "altered", []),
        ("forged", None, []),
    ):
        store.connection.execute(confirm, (said, reason, bytes.fromhex(ids[0])))
        batch = replica.outbox(9, 1 << 20)
        if not along:
            found = [event.id for event in batch.events]
            assert found == [before.id, ids[1], after.id] and not batch.along
            continue
        # What comes before it goes first: nothing else travels with a confirmed part.
        assert [event.id for event in batch.events] == [before.id] and batch.more
        half = replica.outbox(9, 1 << 20, after=batch.last)
        assert [event.id for event in half.events] == ids and half.along == set(along)
        assert half.more and len(half.places) == 2
        rest = replica.outbox(9, 1 << 20, after=half.last)
        assert [event.id for event in rest.events] == [after.id] and not rest.more
        # Larger than the limits it was never sent whole.
        for limits in ((1, 1 << 20), (9, 500)):
            cut = replica.outbox(*limits, after=batch.last)
            assert [event.id for event in cut.events] == ids[1:] and not cut.along
    store.connection.execute("UPDATE event SET seq = NULL, verdict = NULL, reason = 'elsewhere'")
    replica.release("invalid")
    assert replica.outbox(9, 1 << 20).events == []
    store.connection.execute(
        "UPDATE event SET reason = NULL WHERE id = ?", (bytes.fromhex(ids[1]),)
    )
    assert replica.outbox(9, 1 << 20).along == {ids[0]}


def test_each_person_waits_for_their_own_token(store: Store, replica: Replica) -> None:
    store.commit([draft("call.offered", 1)], actor="8001")
    store.commit([draft("call.offered", 2)], actor="8002")
    store.commit([draft("call.offered", 3)], actor="8001")
    waiting = replica.pending().waiting
    assert [(each.actor, each.count) for each in waiting] == [("8001", 2), ("8002", 1)]
    found = replica.outbox(9, 1 << 20, "8002").events
    assert [event.entity_id for event in found] == [entity(2)]
    assert replica.unsent("8001", waiting[0].last) != replica.unsent("8001", 1)


def test_what_is_set_aside_shows_and_holds_nothing_up(store: Store, replica: Replica) -> None:
    (bad,) = store.commit([draft("call.offered", 1, note="不收的")], actor="8001")
    (good,) = store.commit([draft("call.offered", 2)], actor="8001")
    replica.set_aside([bad.id], "conflict")
    assert [event.id for event in replica.outbox(9, 1 << 20).events] == [good.id]
    pending = replica.pending()
    assert (pending.aside, pending.not_accepted, pending.count) == ({"conflict": 1}, 1, 1)
    (shown,) = replica.not_accepted()
    assert (shown.id, shown.verdict, shown.reason) == (bad.id, "", "conflict")
    assert shown.body["note"] == "不收的"
    # It still stands here: the seat reads its own writes.
    assert store.state("call", entity(1)).items and store.refold() == []
    replica.release("conflict")
    assert len(replica.outbox(9, 1 << 20).events) == 2


def test_an_older_file_learns_of_servers(tmp_path: Path) -> None:
    made = Store.open(Path(":memory:"), clock=lambda: NINE)
    made.commit([draft("call.offered")], actor="8001")
    rows = made.connection.execute("SELECT * FROM event").fetchall()
    made.close()
    path = tmp_path / "store.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        migrate(db, None, MIGRATIONS[:2])
        columns = len(db.execute("PRAGMA table_info(event)").fetchall())
        marks = ", ".join("?" * columns)
        db.executemany(f"INSERT INTO event VALUES ({marks})", [row[:columns] for row in rows])
        db.execute("INSERT INTO meta VALUES ('install', 'another')")
        db.execute("INSERT INTO meta VALUES ('app', 'older')")
    with closing(Store.open(path, clock=lambda: NINE)) as store:
        assert version(store.connection) == len(MIGRATIONS)
        # The call was taken in an earlier store of this seat: it is still its own.
        assert store.installs == ("another", made.install)
        assert [call for call, _ in store.open_calls()] == [entity(1)]
        assert store.refold() == [] and Replica(store).pending().count == 1


def test_what_is_salvaged_is_what_was_written(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with closing(Store.open(path, clock=lambda: NINE)) as store:
        events = store.commit([draft("call.offered"), draft("call.answered")], actor="8001")
        said = "UPDATE event SET seq = lseq, eff = hlc + 5000, verdict = 'forbidden' WHERE lseq = ?"
        store.connection.executemany(said, [(1,), (2,)])
        install = store.install
    assert salvage(path) == events
    with closing(Store.open(tmp_path / "new.db", clock=lambda: NINE)) as store:
        store.absorb(events, mine=True)
        assert store.installs == (store.install, install) and len(store.open_calls()) == 1
        assert Replica(store).pending().count == 2
    with closing(Store.open(tmp_path / "new.db", clock=lambda: NINE)) as store:
        assert install in store.installs


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (outbox.OUTBOX, "event_outbox"),
        (outbox.WAITING, "event_outbox"),
        (outbox.REFUSED, "event_refused"),
        (outbox.NOT_ACCEPTED, "event_refused"),
        (outbox.REST, "event_own_txn"),
        (backing.NEWEST, "event_scope"),
        (backing.AFTER, "event_scope"),
        (backing.OTHERS, "event_scope"),
        (arrivals._KNOWN, "event_id"),
    ],
)
def test_the_exchange_reads_indexes(store: Store, query: str, index: str) -> None:
    values = ["x"] * (128 if query in (arrivals._KNOWN, outbox.REST) else 3)
    if "?1" not in query:
        values = values[: query.count("?")]
    values = values[: 2 if query == backing.OTHERS else None]
    steps = store.connection.execute("EXPLAIN QUERY PLAN " + query, values).fetchall()
    assert index in " | ".join(row[3] for row in steps)
