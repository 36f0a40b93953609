"""The journal: rows of ``event``, their canonical text and the chain that seals them.

Every event written here carries in ``prev`` the SHA-256 of the one written before it, so
a row changed, removed or inserted later shows (the audit chain of the sync design).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

import msgspec

from agentdesk.domain.events import EntityId, Event, EventId, Stamp
from agentdesk.errors import StoreError

BODY_LIMIT = 32 * 1024
"""Most bytes of a body in UTF-8."""

TYPING_LIMIT = 1024 * 1024
"""The same for unfinished typing, which is never sent anywhere."""

Record = tuple[bytes, int, str, str, bytes | None, bytes, int, str, int, str, str, str]
"""One row to insert, in the order of ``INSERT``."""

INSERT = """
INSERT INTO event
  (id, mine, actor, install, prev, txn, hlc, kind, v, entity, entity_id, body)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""

SELECT = """
SELECT id, kind, v, entity, entity_id, body, coalesce(eff, hlc), actor, install, txn, seq
FROM event
"""
"""Events as they are joined: by the server's stamp once it has given one."""

COUNTS = "(verdict IS NULL OR verdict = 'ok')"
"""Events a server has refused stay in the journal and change nothing."""

WRITTEN = """
SELECT id, kind, v, entity, entity_id, body, hlc, actor, install, txn, NULL, prev FROM event
"""
"""Events as they were written here, with the seal before them."""

_OF_ENTITY = (
    f"{SELECT}WHERE entity = ? AND entity_id = ? AND {COUNTS} ORDER BY coalesce(eff, hlc), id"
)
_OF_KIND_SINCE = f"{SELECT}WHERE entity = ? AND entity_id >= ? AND {COUNTS} ORDER BY entity_id"
_BY_ENTITY = f"{SELECT}WHERE {COUNTS} ORDER BY entity, entity_id"
_AT_ONCE = 128  # one prepared statement serves batches of every size
_HELD = "SELECT id FROM event WHERE id IN (" + ", ".join("?" * _AT_ONCE) + ")"
_OF_SOME = f"{SELECT}WHERE entity = ? AND entity_id IN ({', '.join('?' * _AT_ONCE)}) AND {COUNTS}"
_OWN = WRITTEN + "INDEXED BY event_mine WHERE install = ? AND mine = 1 "

_encode = msgspec.json.Encoder(order="sorted").encode
_decode = msgspec.json.Decoder().decode

_SCALARS = frozenset({str, int, bool, type(None)})


def plain(value: Any) -> Any:
    """A copy of ``value`` made only of what JSON gives back unchanged.

    The state kept in memory must equal the one folded from disk later, and must not
    change when the caller goes on using the body.

    Raises:
        TypeError: something an event may not hold (a float, a datetime, bytes, a key
            that is not a string). Floats drift between machines.
    """
    if type(value) in _SCALARS:
        return value
    if isinstance(value, Mapping):
        for name in value:
            if type(name) is not str:
                raise TypeError(f"a key of an event's body must be a string: {name!r}")
        return {
            name: held if type(held) in _SCALARS else plain(held) for name, held in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [plain(held) for held in value]
    raise TypeError(f"an event's body cannot hold {type(value).__name__}")


def canonical(value: Any) -> str:
    """The one JSON text of ``value``: keys sorted, no spaces, characters as themselves.

    Raises:
        UnicodeEncodeError: half a surrogate pair.
    """
    return _encode(value).decode()


def read_body(text: str | bytes) -> dict[str, Any]:
    """The body of a canonical text (or its UTF-8).

    Raises:
        ValueError: the text was damaged.
    """
    try:
        body = _decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError(str(error)) from error
    if type(body) is not dict:
        raise ValueError("the body of an event is an object")
    return body


def checked_body(
    kind: str, body: Mapping[str, Any], limit: int = BODY_LIMIT
) -> tuple[dict[str, Any], str]:
    """The body as it will be read back, and its canonical text.

    Half a surrogate pair has no place in UTF-8; it becomes ``?`` rather than losing the
    act it came with (text is cleaned on input, so this is the last line of defence).

    Raises:
        TypeError: see :func:`plain`.
        StoreError: ``store.event_too_large``.
    """
    copied: dict[str, Any] = plain(body)
    try:
        data = _encode(copied)
    except UnicodeEncodeError:
        copied = _whole(copied)
        data = _encode(copied)
    size, text = len(data), data.decode()
    if size > limit:
        raise StoreError("store.event_too_large", kind=kind, size=size, limit=limit)
    return copied, text


def _whole(value: Any) -> Any:
    """``value`` with half surrogate pairs replaced, in keys too."""
    if isinstance(value, str):
        return value.encode(errors="replace").decode()
    if isinstance(value, dict):
        return {_whole(name): _whole(held) for name, held in value.items()}
    return [_whole(held) for held in value] if isinstance(value, list) else value


def seal(event: Event, body: str, prev: bytes | None) -> bytes:
    """SHA-256 over everything that makes up an event and the seal before it.

    Names of free form carry their length, so that no two events give the same text.
    """
    kind, entity, entity_id = event.kind, event.entity, event.entity_id
    actor, install = event.actor, event.install
    text = (
        f"{event.id} {event.txn} {event.version} {event.stamp} {prev.hex() if prev else '-'} "
        f"{len(kind)}:{kind} {len(entity)}:{entity} {len(entity_id)}:{entity_id} "
        f"{len(actor)}:{actor} {len(install)}:{install} {body}"
    )
    return sha256(text.encode(errors="surrogatepass")).digest()


def record(event: Event, body: str, *, mine: bool, prev: bytes | None) -> Record:
    """The row of an event."""
    return (
        bytes.fromhex(event.id),
        int(mine),
        event.actor,
        event.install,
        prev,
        bytes.fromhex(event.txn),
        event.stamp,
        event.kind,
        event.version,
        event.entity,
        event.entity_id,
        body,
    )


def from_row(row: tuple[Any, ...]) -> Event:
    """The event of a row of ``SELECT`` or ``WRITTEN``."""
    return Event(
        id=EventId(row[0].hex()),
        kind=row[1],
        version=row[2],
        entity=row[3],
        entity_id=EntityId(row[4]),
        body=read_body(row[5]),
        stamp=Stamp(row[6]),
        actor=row[7],
        install=row[8],
        txn=EventId(row[9].hex()),
        seq=row[10],
    )


def of_entity(db: sqlite3.Connection, entity: str, entity_id: EntityId) -> list[Event]:
    """Events of one entity by ``(stamp, id)``, those a server refused left out."""
    return [from_row(row) for row in db.execute(_OF_ENTITY, (entity, entity_id))]


def of_some(
    db: sqlite3.Connection, entity: str, ids: Sequence[EntityId]
) -> Iterator[tuple[EntityId, list[Event]]]:
    """Events of each of ``ids``, in no order; nothing for those without any."""
    for start in range(0, len(ids), _AT_ONCE):
        some: list[str | None] = [*ids[start : start + _AT_ONCE]]
        some += [None] * (_AT_ONCE - len(some))
        found: dict[EntityId, list[Event]] = {}
        for row in db.execute(_OF_SOME, (entity, *some)):
            event = from_row(row)
            found.setdefault(event.entity_id, []).append(event)
        yield from found.items()


def since(db: sqlite3.Connection, entity: str, least_id: str) -> Iterator[Event]:
    """Events of all entities of one kind with ids from ``least_id`` on, entity by entity."""
    return map(from_row, db.execute(_OF_KIND_SINCE, (entity, least_id)))


def by_entity(db: sqlite3.Connection) -> Iterator[Event]:
    """Every event, entity by entity."""
    return map(from_row, db.execute(_BY_ENTITY))


def unseen(db: sqlite3.Connection, events: Iterable[Event]) -> list[Event]:
    """Those of ``events`` the journal does not hold yet, each once."""
    fresh = {bytes.fromhex(event.id): event for event in events}
    ids: list[bytes | None] = list(fresh)
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        some += [None] * (_AT_ONCE - len(some))
        for (id,) in db.execute(_HELD, some).fetchall():
            del fresh[id]
    return list(fresh.values())


def head(db: sqlite3.Connection, install: str) -> tuple[Stamp, bytes | None]:
    """Where the clock and the chain stand: the last own stamp and the last own seal.

    Both are read from the journal itself, so they advance with a commit or not at all.
    """
    row = db.execute(_OWN + "ORDER BY lseq DESC LIMIT 1", (install,)).fetchone()
    if row is None:
        return Stamp(0), None
    event = from_row(row)
    return event.stamp, seal(event, row[5], row[11])


def broken_links(db: sqlite3.Connection, install: str) -> list[EventId]:
    """Own events that do not continue the chain: altered, or following one that was."""
    broken: list[EventId] = []
    last: bytes | None = None
    for row in db.execute(_OWN + "ORDER BY lseq", (install,)):
        event = from_row(row)
        if row[11] != last:
            broken.append(event.id)
        last = seal(event, row[5], row[11])
    return broken
