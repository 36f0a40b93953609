"""Snapshots: whole and sound or not at all, taken in piece by piece."""

from __future__ import annotations

from hashlib import sha256

import pytest
from msgspec import Raw
from msgspec.structs import replace

from agentdesk.store import Store, backing
from agentdesk.store.installing import Snapshot
from agentdesk.store.replica import Replica
from agentdesk.wire import Cursor, Trailer, encode
from tests.unit.store.test_replica import TEAM, confirmed, draft, entity, fill, theirs


def trailer_of(lines: list[bytes], cur: Cursor) -> Trailer:
    return Trailer("e9", cur, len(lines), sha256(b"".join(lines)).hexdigest())


def install(replica: Replica, snapshot: Snapshot) -> None:
    while not snapshot.done:
        replica.take_snapshot(snapshot, 1)


def test_a_snapshot_replaces_a_scope_or_nothing(store: Store, replica: Replica) -> None:
    fill(replica, 5)
    (own,) = store.commit([draft("call.offered", 50)], actor="8001")
    (unsent,) = store.commit([draft("call.offered", 51)], actor="8001")
    events = [theirs("call.offered", 300, 60), confirmed(own, 301)]
    lines = [encode(event) + b"\n" for event in events]
    cur = Cursor(301, own.id)
    trailer = trailer_of(lines, cur)
    for wrong in (replace(trailer, count=3), replace(trailer, sha256="0" * 64)):
        with pytest.raises(ValueError):
            Snapshot(TEAM, lines, wrong)
    assert replica.cursors()[TEAM].cursor.seq == 15
    install(replica, Snapshot(TEAM, lines, trailer))
    ids = {row[0] for row in store.connection.execute("SELECT id FROM call")}
    assert ids == {entity(50), entity(51), entity(60)}
    assert [event.id for event in replica.outbox(9, 1 << 20).events] == [unsent.id]
    assert replica.cursors()[TEAM].cursor == cur and replica.cursors()[TEAM].epoch == "e9"
    assert store.refold() == [] and store.audit() == []


def test_nothing_of_a_snapshot_with_a_bad_event_is_taken_in(replica: Replica) -> None:
    good = theirs("call.offered", 1, 1)
    for bad in (
        theirs("call.offered", 1, 2),
        replace(theirs("call.offered", 2, 2), id=good.id),
        replace(theirs("call.offered", 2, 2), scope="team:B"),
        replace(theirs("call.offered", 2, 2), body=Raw(b"[1]")),
        replace(theirs("call.offered", 2, 2), body=Raw(b'{"a":' + b"[" * 99 + b"]" * 99 + b"}")),
    ):
        lines = [encode(event) + b"\n" for event in (good, bad)]
        with pytest.raises(ValueError):
            Snapshot(TEAM, lines, trailer_of(lines, bad.place))


def test_no_piece_is_long_whatever_has_to_go(store: Store, replica: Replica) -> None:
    """Everything here is gone from the server; a long transaction alone is not cut."""
    fill(replica, 200)
    long = [replace(theirs("call.offered", 900 + n, 300 + n), txn="9" * 32) for n in range(30)]
    events = [*(theirs("call.offered", 700 + n, 250 + n) for n in range(25)), *long]
    lines = [encode(event) + b"\n" for event in events]
    snapshot, pieces = Snapshot(TEAM, lines, trailer_of(lines, events[-1].place)), list[int]()
    while not snapshot.done:
        before = store.connection.total_changes
        pieces.append(len(replica.take_snapshot(snapshot, 10).entities))
        assert store.connection.total_changes - before < 200 and store.refold() == []
    assert sum(pieces) == 255 and max(pieces[:-1]) == 10 and pieces[-1] == 35
    assert replica.cursors()[TEAM].cursor == events[-1].place


def test_what_is_swept_is_found_by_the_index(store: Store) -> None:
    steps = store.connection.execute("EXPLAIN QUERY PLAN " + backing.SINCE, (TEAM, 0, 9))
    assert "event_scope" in " | ".join(row[3] for row in steps.fetchall())
