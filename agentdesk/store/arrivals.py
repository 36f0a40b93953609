"""Events as a server sends them: checked, compared with what is here, made into rows."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Raw, Struct, field
from msgspec.structs import astuple

from agentdesk.domain.events import EntityId, Event, EventId, Stamp
from agentdesk.domain.ids import hexadecimal
from agentdesk.store import journal, project
from agentdesk.store.backing import REGAINED
from agentdesk.store.inserting import Insert
from agentdesk.store.nearby import near
from agentdesk.wire import OK, Stored

ALTERED = "altered"
"""Reason of an own event the server holds with another content."""

_INTO_EVENT = Insert(
    "event",
    [
        "id", "mine", "scope", "actor", "install", "prev", "txn", "hlc", "kind", "v", "entity",
        "entity_id", "body", "seq", "eff", "verdict", "reason", "role", "recv_at",
    ],
)  # fmt: skip
INSERT = _INTO_EVENT.one
CONFIRM = """
UPDATE event
SET seq = ?, eff = ?, verdict = ?, reason = ?, role = ?, scope = ?, recv_at = ?
WHERE id = ?
"""
_AT_ONCE = 128
_KNOWN = (
    "SELECT id, mine, kind, v, entity, entity_id, hlc, actor, install, txn, body, seq, eff, "
    f"verdict, recv_at FROM event WHERE id IN ({', '.join('?' * _AT_ONCE)})"
)
AMONG = "SELECT id FROM event INDEXED BY event_id WHERE id BETWEEN ? AND ? LIMIT ?"
_MOST = 2**63
_LONGEST = 1200  # characters of all names of an event together
_DEEPEST = 64  # objects and lists within one another
_IDS = re.compile(r"[0-9a-f]{64}").fullmatch


class Plan(Struct):
    """What events from a server change here.

    Attributes:
        rows, updates: for :data:`INSERT` and :data:`CONFIRM`.
        joined: events to be joined onto what their entities are.
        anew: entities to be folded from their rows.
        touched: entities anything changed about.
        new: accepted events of others, not known before.
        confirmed: own events the server has accepted.
        refused: events it has refused.
        altered: events it holds with another content than this seat; ours stay as they are.
        latest: the greatest stamp among the accepted ones.
    """

    rows: list[tuple[Any, ...]] = field(default_factory=list)
    updates: list[tuple[Any, ...]] = field(default_factory=list)
    joined: list[Event] = field(default_factory=list)
    anew: dict[project.Key, None] = field(default_factory=dict)
    touched: dict[project.Key, None] = field(default_factory=dict)
    new: list[Event] = field(default_factory=list)
    confirmed: list[EventId] = field(default_factory=list)
    refused: list[EventId] = field(default_factory=list)
    altered: list[EventId] = field(default_factory=list)
    latest: Stamp = Stamp(0)

    def write(self, db: sqlite3.Connection) -> None:
        """Write the journal's part; the caller holds the transaction."""
        _INTO_EVENT.all(db, self.rows)
        db.executemany(CONFIRM, self.updates)


def check_all(events: Sequence[Stored], scope: str) -> None:
    """See that every one can be kept; a few looks for all of them together.

    Raises:
        ValueError: as :func:`check`.
    """
    if not _sound(events, scope):
        for stored in events:
            check(stored, scope)


def _sound(events: Sequence[Stored], scope: str) -> bool:
    """True only if :func:`check` has nothing to say about any of them."""
    if not events:
        return True
    (
        seq, scopes, eff, verdict, ids, txns, kind, v, entity, entity_ids, hlc, actor, install,
        bodies, prev, reason, role, recv_at,
    ) = zip(*map(astuple, events), strict=True)  # fmt: skip
    seals = [seal for seal in prev if seal is not None]
    names = set(zip(kind, entity, actor, install, verdict, reason, role, strict=True))
    figures = (seq, eff, hlc, v, recv_at)
    return (
        {*map(len, ids), *map(len, txns)} == {32}
        and hexadecimal("".join(ids + txns))
        and not set(map(len, seals)) - {64}
        and hexadecimal("".join(seals))
        and set(scopes) == {scope}
        and min(map(min, figures)) >= 0
        and max(map(max, figures)) < _MOST
        and max(map(len, entity_ids)) + max(sum(map(len, each)) for each in names) <= _LONGEST
        and max([len(memoryview(body)) for body in bodies]) <= journal.BODY_LIMIT
    )


def check(stored: Stored, scope: str) -> None:
    """See that an event can be kept at all.

    Raises:
        ValueError: it cannot, or is of another scope.
    """
    if not _IDS(stored.id + stored.txn) or len(stored.id) != 32:
        raise ValueError("not an event id")
    if stored.prev is not None and not _IDS(stored.prev):
        raise ValueError("not a seal")
    if stored.scope != scope:
        raise ValueError("an event of another scope")
    if not (
        0 <= stored.seq < _MOST
        and 0 <= stored.eff < _MOST
        and 0 <= stored.hlc < _MOST
        and 0 <= stored.v < _MOST
        and 0 <= stored.recv_at < _MOST
    ):
        raise ValueError("a number out of range")
    names = f"{stored.kind}{stored.entity}{stored.entity_id}{stored.actor}{stored.install}"
    if len(names) + len(stored.verdict) + len(stored.reason) + len(stored.role) > _LONGEST:
        raise ValueError("names too long")
    if len(memoryview(stored.body)) > journal.BODY_LIMIT:
        raise ValueError("a body too large")


def known(db: sqlite3.Connection, ids: Iterable[str]) -> dict[str, tuple[Any, ...]]:
    """Rows of those of ``ids`` the journal holds."""
    wanted: list[bytes | None] = [*map(bytes.fromhex, ids)]
    found: dict[str, tuple[Any, ...]] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        some += [None] * (_AT_ONCE - len(some))
        for row in db.execute(_KNOWN, some):
            found[row[0].hex()] = row
    return found


def _near(db: sqlite3.Connection, ids: Sequence[str]) -> Sequence[str]:
    """Those of ``ids`` the journal may hold."""
    return near(ids, lambda *ends: [id for (id,) in db.execute(AMONG, ends)])


def plan(db: sqlite3.Connection, events: Sequence[Stored], installs: Sequence[str]) -> Plan:
    """What ``events``, all checked, change here.

    Raises:
        ValueError: a body that is no JSON object, or an id twice.
    """
    ids = [stored.id for stored in events]
    held = known(db, _near(db, ids))
    if len(set(ids)) != len(ids):
        raise ValueError("an event came twice on one page")
    made = Plan()
    for stored in events:
        row = held.get(stored.id) if held else None
        if row is None:
            _take(made, stored, installs)
        elif not _same(row, stored):
            _differs(made, row, stored)
        elif row[11:15] != (stored.seq, stored.eff, stored.verdict, stored.recv_at):
            _confirm(made, row, stored)
    made.latest = Stamp(max([each.eff for each in events if each.verdict == OK], default=0))
    return made


def _key(stored: Stored) -> project.Key:
    return (stored.entity, EntityId(stored.entity_id))


def _text(stored: Stored) -> str:
    return bytes(stored.body).decode()


def _take(made: Plan, stored: Stored, installs: Sequence[str]) -> None:
    """Somebody else's event, or one of ours that we had lost."""
    (
        seq, scope, eff, verdict, id, txn, kind, v, entity, entity_id, hlc, actor, install,
        sent, prev, reason, role, recv_at,
    ) = astuple(stored)  # fmt: skip
    text, body = _read(sent)
    made.rows.append(
        (
            bytes.fromhex(id), REGAINED if install in installs else 0, scope, actor, install,
            bytes.fromhex(prev) if prev else None, bytes.fromhex(txn), hlc, kind, v, entity,
            entity_id, text, seq, eff, verdict, reason or None, role or None, recv_at,
        )
    )  # fmt: skip
    if verdict == OK:
        event = Event(
            EventId(id), kind, v, entity, entity_id, body, Stamp(eff), actor, install,
            EventId(txn), seq,
        )  # fmt: skip
        made.touched[entity, entity_id] = None
        made.joined.append(event)
        made.new.append(event)
    else:
        made.refused.append(EventId(id))


def check_body(stored: Stored) -> None:
    """See that the body of an event can be read and kept.

    Raises:
        ValueError: it is no JSON object, or nested too deep.
    """
    _read(stored.body)


def _read(sent: Raw) -> tuple[str, dict[str, Any]]:
    raw = bytes(sent)
    text, body = raw.decode(), journal.read_body(raw)
    if text.count("[") + text.count("{") > _DEEPEST and _deep(body):
        raise ValueError("a body nested too deep")
    return text, body


def _deep(body: dict[str, Any]) -> bool:
    """Whether reading it again, perhaps from further down, could fail."""
    level: list[Any] = [body]
    for _ in range(_DEEPEST):
        inner = [each.values() if isinstance(each, dict) else each for each in level]
        level = [value for each in inner for value in each if isinstance(value, dict | list)]
    return bool(level)


def _event(stored: Stored, body: dict[str, Any]) -> Event:
    return Event(
        EventId(stored.id),
        stored.kind,
        stored.v,
        stored.entity,
        EntityId(stored.entity_id),
        body,
        Stamp(stored.eff),
        stored.actor,
        stored.install,
        EventId(stored.txn),
        stored.seq,
    )


def _same(row: tuple[Any, ...], stored: Stored) -> bool:
    """Whether the server's copy says what ours says."""
    names = (stored.kind, stored.v, stored.entity, stored.entity_id, stored.hlc)
    if row[2:7] != names or row[7:9] != (stored.actor, stored.install):
        return False
    if row[9].hex() != stored.txn:
        return False
    text = _text(stored)
    return bool(row[10] == text or row[10] == journal.canonical(journal.read_body(text)))


def _differs(made: Plan, row: tuple[Any, ...], stored: Stored) -> None:
    """Never written over: an own one counts no longer, is shown, and keeps its text."""
    made.altered.append(EventId(stored.id))
    if row[1] and row[11] != stored.seq:
        told = (stored.seq, row[6], "conflict", ALTERED, None, stored.scope, stored.recv_at)
        made.updates.append((*told, row[0]))
        key = (str(row[4]), EntityId(row[5]))
        made.touched[key] = made.anew[key] = None


def _confirm(made: Plan, row: tuple[Any, ...], stored: Stored) -> None:
    """Fill in what the server says about an event that is here."""
    key = _key(stored)
    made.touched[key] = None
    made.updates.append(
        (
            stored.seq,
            stored.eff,
            stored.verdict,
            stored.reason or None,
            stored.role or None,
            stored.scope,
            stored.recv_at,
            row[0],
        )
    )
    counted = row[13] in (None, OK)
    if stored.verdict == OK and counted and (row[12] or row[6]) == stored.eff and row[11] is None:
        made.joined.append(_event(stored, journal.read_body(_text(stored))))
    else:
        made.anew[key] = None
    (made.confirmed if stored.verdict == OK else made.refused).append(EventId(stored.id))
