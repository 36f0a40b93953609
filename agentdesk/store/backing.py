"""Taking back what a server said: rows of the journal that go, or wait to be sent again.

Part of :mod:`agentdesk.store.replica`; whoever calls holds the transaction and folds the
entities named in :attr:`Back.keys` anew.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from typing import Any

from msgspec import Struct, field

from agentdesk.domain.events import EntityId
from agentdesk.store.project import Key
from agentdesk.wire import Cursor

REGAINED = 2
"""``mine`` of an event of this very install that came back from the server after the store was
put back to an older copy: its own, but no part of the chain written since."""
FORGED = "forged"

NEWEST = (
    "SELECT seq, id, recv_at FROM event INDEXED BY event_scope "
    "WHERE scope = ? AND seq <= ? ORDER BY seq DESC LIMIT 1"
)
CHECKPOINT = (
    "SELECT e.seq, e.id, e.recv_at FROM event e INDEXED BY event_scope "
    "WHERE e.scope = ?1 AND e.seq <= ?2 AND e.txn IS NOT (SELECT n.txn FROM event n "
    "INDEXED BY event_scope WHERE n.scope = ?1 AND n.seq > e.seq ORDER BY n.seq LIMIT 1) "
    "ORDER BY e.seq DESC LIMIT 1"
)
"""The newest event where a transaction ends: going back there leaves none of them in halves."""
_ROWS = (
    "SELECT id, mine, entity, entity_id, seq, verdict "
    "FROM event INDEXED BY event_scope WHERE scope = ?1 "
)
AFTER = _ROWS + "AND seq > ?2 ORDER BY seq DESC LIMIT ?3"
OTHERS = _ROWS + "AND seq IS NOT NULL AND mine = 0 ORDER BY seq DESC LIMIT ?2"
_ALL = _ROWS + "AND seq IS NOT NULL"
SINCE = _ROWS + "AND seq > ?2 ORDER BY seq LIMIT ?3"
_LOOKED_AT = 8  # as many cost as much as one that is taken back
_UNCONFIRM = """
UPDATE event
SET seq = NULL, eff = NULL, verdict = NULL, reason = NULL, role = NULL, scope = NULL,
    recv_at = NULL
WHERE id = ?
"""
_DELETE = "DELETE FROM event WHERE id = ?"
_UNPARK = "DELETE FROM parked WHERE event_id = ?"
_PUT_CURSOR = """
INSERT OR REPLACE INTO cursor (scope, epoch, seq, event_id, at) VALUES (?, ?, ?, ?, ?)
"""
_RELEASE = "UPDATE event SET reason = NULL WHERE seq IS NULL AND mine AND reason = ?"

_BEGAN = "coalesce(offered_at, answered_at, ended_at)"
FINISHED = {
    "call": f"SELECT id FROM call WHERE {_BEGAN} < ?1 AND phase IN ('closed', 'missed') ",
    "promise": "SELECT id FROM promise WHERE state = 'done' AND due_at < ?1 ",
    "callback": "SELECT id FROM callback WHERE state = 'done' AND due_at < ?1 ",
    "escalation": "SELECT id FROM escalation WHERE raised_at < ?1 ",
    "ticket": ("SELECT id FROM ticket WHERE changed_at < ?1 AND state IN ('closed', 'cancelled') "),
}
"""Per entity what is over since an instant; the others stay for good."""
_OF_OTHERS = {
    entity: f"{query}AND NOT EXISTS (SELECT 1 FROM event WHERE entity = '{entity}' "
    f"AND entity_id = {entity}.id AND (mine OR instr(?2, ' ' || install || ' '))) LIMIT ?3"
    for entity, query in FINISHED.items()
}
_UNPARK_ALL = """
DELETE FROM parked WHERE event_id IN (SELECT id FROM event WHERE entity = ? AND entity_id = ?)
"""
_FORGET = "DELETE FROM event WHERE entity = ? AND entity_id = ? AND NOT mine"


class Back(Struct):
    """Rows to be taken back.

    Attributes:
        keys_of: entity by event id, in the order found.
        own: those of this seat.
        least: the least sequence among them.
        keys: the entities, each once.
    """

    keys_of: dict[bytes, Key] = field(default_factory=dict)
    own: list[bytes] = field(default_factory=list)
    least: int = 0
    keys: dict[Key, None] = field(default_factory=dict)


def _back(rows: Sequence[tuple[Any, ...]]) -> Back:
    found = Back(least=min((row[4] for row in rows), default=0))
    for event_id, mine, entity, entity_id, _seq, verdict in rows:
        key = (str(entity), EntityId(entity_id))
        found.keys_of[event_id] = key
        found.keys[key] = None
        # What only the server had of this install, and called a forgery, is not this seat's to
        # send: it would wait for ever for somebody else's token.
        if mine and not (mine == REGAINED and verdict == FORGED):
            found.own.append(event_id)
    return found


def newest_after(db: sqlite3.Connection, scope: str, seq: int, limit: int) -> Back:
    """The newest events of a scope after ``seq``."""
    return _back(db.execute(AFTER, (scope, seq, limit)).fetchall())


def others_of(db: sqlite3.Connection, scope: str, limit: int) -> Back:
    """The newest events of a scope that are not this seat's."""
    return _back(db.execute(OTHERS, (scope, limit)).fetchall())


def not_among(db: sqlite3.Connection, scope: str, kept: Collection[bytes], *, own: bool) -> Back:
    """Events of a scope that are not among ``kept``; this seat's only with ``own``."""
    rows = db.execute(_ALL, (scope,))
    return _back([row for row in rows if row[0] not in kept and (own or not row[1])])


def sweep(
    db: sqlite3.Connection, scope: str, seq: int, kept: Collection[bytes], limit: int, *, own: bool
) -> tuple[Back, int | None]:
    """Look at the next events of a scope after ``seq``, until ``limit`` are found.

    Returns:
        Those that are not among ``kept`` (this seat's only with ``own``), and the last one looked
        at; None when no other comes after it.
    """
    rows = db.execute(SINCE, (scope, seq, limit * _LOOKED_AT)).fetchall()
    gone = [row for row in rows if row[0] not in kept and (own or not row[1])]
    if len(gone) > limit:
        return _back(gone[:limit]), int(gone[limit - 1][4])
    return _back(gone), int(rows[-1][4]) if len(rows) == limit * _LOOKED_AT else None


def take_back(db: sqlite3.Connection, found: Back) -> None:
    """Own events wait to be sent again, the others go."""
    own = frozenset(found.own)
    others = [(event_id,) for event_id in found.keys_of if event_id not in own]
    db.executemany(_UNCONFIRM, [(event_id,) for event_id in found.own])
    db.executemany(_UNPARK, others)
    db.executemany(_DELETE, others)


def put_cursor(db: sqlite3.Connection, scope: str, epoch: str, cursor: Cursor) -> None:
    """Note how far a scope was read."""
    db.execute(_PUT_CURSOR, (scope, epoch, cursor.seq, bytes.fromhex(cursor.id), cursor.at))


def step_back(db: sqlite3.Connection, scope: str, found: Back, common: Cursor) -> None:
    """Move a cursor to the event before those taken back; the epoch stays the old one."""
    row = db.execute(NEWEST, (scope, found.least - 1)).fetchone()
    place = row or (common.seq, bytes.fromhex(common.id), common.at)
    db.execute("UPDATE cursor SET seq = ?, event_id = ?, at = ? WHERE scope = ?", (*place, scope))


def drop_cursor(db: sqlite3.Connection, scope: str, *, for_good: bool) -> None:
    """Forget how far a scope was read; until it is for good it counts as not read at all."""
    if for_good:
        db.execute("DELETE FROM cursor WHERE scope = ?", (scope,))
    else:
        db.execute("UPDATE cursor SET seq = 0, event_id = x'', at = 0 WHERE scope = ?", (scope,))


def release(db: sqlite3.Connection, reason: str) -> None:
    """Send what was set aside for a reason again."""
    db.execute(_RELEASE, (reason,))


def finished(
    db: sqlite3.Connection, before_ms: int, installs: Sequence[str], limit: int
) -> dict[Key, None]:
    """Things of others that are over since ``before_ms``."""
    own = f" {' '.join(installs)} "
    found: dict[Key, None] = {}
    for entity, query in _OF_OTHERS.items():
        rows = db.execute(query, (before_ms, own, limit - len(found)))
        found |= dict.fromkeys((entity, EntityId(row[0])) for row in rows)
    return found


def forget(db: sqlite3.Connection, entity: str, entity_id: EntityId) -> None:
    """Delete the events of a thing."""
    db.execute(_UNPARK_ALL, (entity, entity_id))
    db.execute(_FORGET, (entity, entity_id))
