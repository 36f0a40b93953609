"""The console's own questions to the tables: short, indexed, in plain SQL.

Searches people type freely are in :mod:`agentdesk.store.history`.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from agentdesk.domain.events import EntityId
from agentdesk.store.project import GET
from agentdesk.store.rows import CallRow, Typing, call_row, milliseconds

TAIL = 7
"""Digits two numbers must share at the end to be possibly the same line."""

_BEGAN = "coalesce(offered_at, answered_at, ended_at)"
# Calls of this seat only; the installs it goes by stand in one text, " a b ".
_OPEN = (
    "SELECT id FROM call WHERE phase NOT IN ('closed', 'missed') "
    "AND instr(?, ' ' || install || ' ') ORDER BY id"
)
_BETWEEN = GET["call"] + f" WHERE {_BEGAN} >= ? AND {_BEGAN} < ? ORDER BY {_BEGAN} DESC, id DESC"
_OWN_BETWEEN = GET["call"] + (
    f" WHERE {_BEGAN} >= ? AND {_BEGAN} < ? AND instr(?, ' ' || install || ' ')"
    f" ORDER BY {_BEGAN} DESC, id DESC"
)
_SAME_TAIL = (
    GET["call"] + f" WHERE substr(number, -7) = ? ORDER BY {_BEGAN} DESC, id DESC LIMIT 200"
)
_EXACT = GET["call"] + f" WHERE number = ? ORDER BY {_BEGAN} DESC, id DESC LIMIT ?"
_KEEP = """
INSERT OR REPLACE INTO typing (call_id, "values", focus, cursor_row, cursor_column, saved_at)
VALUES (?, ?, ?, ?, ?, ?)
"""
_KEPT = """
SELECT call_id, "values", focus, cursor_row, cursor_column, saved_at FROM typing
WHERE call_id = ?
"""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def open_calls(db: sqlite3.Connection, installs: Sequence[str]) -> list[EntityId]:
    """Ids of calls of ``installs`` that still need somebody, oldest first."""
    return [EntityId(row[0]) for row in db.execute(_OPEN, (_listed(installs),))]


def _listed(installs: Sequence[str]) -> str:
    return f" {' '.join(installs)} "


def calls_between(
    db: sqlite3.Connection, start: datetime, end: datetime, installs: Sequence[str] = ()
) -> list[CallRow]:
    """Calls that began in ``[start, end)``, newest first; of ``installs``, or of all."""
    span = (milliseconds(start), milliseconds(end))
    if installs:
        return [call_row(row) for row in db.execute(_OWN_BETWEEN, (*span, _listed(installs)))]
    return [call_row(row) for row in db.execute(_BETWEEN, span)]


def find_customer(
    db: sqlite3.Connection, number: str, limit: int = 20
) -> list[tuple[CallRow, bool]]:
    """Earlier calls of a number: exact ones first, then those that end alike; newest first.

    Only the end may be alike: 66208888 and 02166208888 are possibly one line, with or
    without the area code; both must have at least seven digits.
    """
    if not number:
        return []
    found = [(call_row(row), True) for row in db.execute(_EXACT, (number, limit))]
    if len(number) >= TAIL:
        alike = map(call_row, db.execute(_SAME_TAIL, (number[-TAIL:],)))
        found += [(row, False) for row in alike if _may_be(number, row.number or "")]
    return found[:limit]


def _may_be(one: str, other: str) -> bool:
    return one != other and (one.endswith(other) or other.endswith(one))


def keep_typing(db: sqlite3.Connection, typing: Typing, values: str) -> None:
    """Write a draft; ``values`` is the JSON text of its fields."""
    row, column = typing.cursor
    saved_at = milliseconds(typing.saved_at)
    db.execute(_KEEP, (typing.call_id, values, typing.focus, row, column, saved_at))


def kept_typing(db: sqlite3.Connection, call_id: EntityId) -> Typing | None:
    """The draft of a call, None if there is none."""
    row = db.execute(_KEPT, (call_id,)).fetchone()
    if row is None:
        return None
    saved_at = _EPOCH + timedelta(milliseconds=row[5])
    return Typing(EntityId(row[0]), json.loads(row[1]), row[2], (row[3], row[4]), saved_at)


def drop_typing(db: sqlite3.Connection, call_ids: Sequence[str]) -> None:
    """Delete the drafts of these calls."""
    db.executemany("DELETE FROM typing WHERE call_id = ?", [(call_id,) for call_id in call_ids])


def meta(db: sqlite3.Connection, name: str) -> str | None:
    """A value of ``meta``."""
    row = db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
    return None if row is None else str(row[0])


def set_meta(db: sqlite3.Connection, name: str, value: str | None) -> None:
    """Write a value of ``meta``; None removes it."""
    if value is None:
        db.execute("DELETE FROM meta WHERE name = ?", (name,))
    else:
        db.execute("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", (name, value))


_FORGET = """
DELETE FROM parked WHERE event_id IN (SELECT id FROM event WHERE entity = ? AND entity_id = ?)
"""


def forget_parked(db: sqlite3.Connection, entity: str, entity_id: EntityId) -> None:
    """Give the parked events of an entity another chance; it is folded anew."""
    db.execute(_FORGET, (entity, entity_id))


_STANDING = {
    "promise": "SELECT id FROM promise WHERE state = 'open' "
    "AND instr(?, ' ' || install || ' ') ORDER BY id",
    "callback": "SELECT id FROM callback WHERE state = 'open' "
    "AND instr(?, ' ' || install || ' ') ORDER BY id",
}
_RELATED = {
    "promise": "SELECT id FROM promise WHERE call_id = ? ORDER BY id",
    "callback": "SELECT id FROM callback WHERE call_id = ? ORDER BY id",
    "escalation": "SELECT id FROM escalation WHERE call_id = ? ORDER BY id",
}
_INCOMPLETE = """
SELECT id FROM call
WHERE phase = 'closed' AND missing NOT IN ('', '[]') AND instr(?, ' ' || install || ' ')
ORDER BY offered_at DESC, id DESC LIMIT ?
"""


def standing(db: sqlite3.Connection, entity: str, installs: Sequence[str]) -> list[EntityId]:
    """Promises or callbacks of ``installs`` nobody has settled yet."""
    return [EntityId(row[0]) for row in db.execute(_STANDING[entity], (_listed(installs),))]


def related(db: sqlite3.Connection, entity: str, call_id: EntityId) -> list[EntityId]:
    """What a call left behind, of one kind."""
    return [EntityId(row[0]) for row in db.execute(_RELATED[entity], (call_id,))]


def incomplete_calls(db: sqlite3.Connection, installs: Sequence[str], limit: int) -> list[EntityId]:
    """Closed calls of ``installs`` with gaps, newest first."""
    return [EntityId(row[0]) for row in db.execute(_INCOMPLETE, (_listed(installs), limit))]
