"""What this seat still has to send, and what a server did not accept.

The outbox is no table: it is the own events without a sequence of the server. Only a pull takes
one out of it (a reply to a push is a hint), and nothing here ever deletes one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import takewhile
from typing import Any

from msgspec import Raw, Struct

from agentdesk.domain.events import Body, EntityId, EventId, Stamp
from agentdesk.domain.scopes import LOCAL_KINDS
from agentdesk.store.failures import mapped
from agentdesk.store.journal import read_body
from agentdesk.store.store import Store
from agentdesk.wire import WireEvent

ELSEWHERE = "elsewhere"
"""Reason of an event the server has taken in where this seat may not read."""

_LOCAL = ", ".join(f"'{kind}'" for kind in sorted(LOCAL_KINDS))
_OWN = "FROM event INDEXED BY event_outbox WHERE seq IS NULL AND mine"
_TO_SEND = f"{_OWN} AND reason IS NULL AND kind NOT IN ({_LOCAL})"
_SENT = "SELECT lseq, id, txn, kind, v, entity, entity_id, hlc, actor, install, body, prev "
OUTBOX = f"{_SENT}{_TO_SEND} AND lseq > ?1 AND (?2 IS NULL OR actor = ?2) ORDER BY lseq LIMIT ?3"
_AT_ONCE = 128  # one prepared statement serves batches of every size
REST = (
    f"{_SENT}FROM event INDEXED BY event_own_txn WHERE mine "
    f"AND (seq IS NOT NULL OR reason = '{ELSEWHERE}') "
    "AND verdict IS NOT 'forged' AND reason IS NOT 'altered' "
    f"AND txn IN ({', '.join('?' * _AT_ONCE)})"
)
"""What the server has of transactions, as far as anybody knows: it may have lost it since."""
WAITING = (
    f"SELECT actor, count(*), min(hlc), max(lseq) {_TO_SEND} GROUP BY actor ORDER BY min(lseq)"
)
ASIDE = f"SELECT reason, count(*) {_OWN} AND reason IS NOT NULL GROUP BY reason"
REFUSED = "SELECT count(*) FROM event INDEXED BY event_refused WHERE verdict <> 'ok'"
_CELLS = "lseq, id, kind, entity, entity_id, body, actor, hlc, verdict, reason, role"
NOT_ACCEPTED = (
    f"SELECT {_CELLS} FROM event INDEXED BY event_refused WHERE verdict <> 'ok' "
    f"UNION ALL SELECT {_CELLS} {_OWN} AND reason IS NOT NULL AND reason <> '{ELSEWHERE}' "
    "ORDER BY lseq DESC LIMIT ?"
)
_SET_ASIDE = "UPDATE event SET reason = ? WHERE id = ? AND seq IS NULL AND mine"
_RELEASE = "UPDATE event SET reason = NULL WHERE seq IS NULL AND mine AND reason = ?"
_UNSENT = f"SELECT id {_TO_SEND} AND lseq <= ? AND actor = ?"
_OVERHEAD = 420  # bytes of an event on the wire beside its body


class Batch(Struct, frozen=True):
    """Events to send, the oldest first; transactions stay whole.

    Attributes:
        last: where the next batch begins (``after``); 0 for an empty one.
        places: the same for each event.
        more: whether anything comes after it.
        along: ids of those among them that were confirmed before.
    """

    events: list[WireEvent]
    last: int = 0
    places: list[int] = []
    more: bool = False
    along: frozenset[str] = frozenset()


class Waiting(Struct, frozen=True):
    """What one person's acts still have to be sent.

    Attributes:
        oldest: stamp of the oldest.
        last: place of the newest in the outbox, comparable with :attr:`Batch.last`.
    """

    actor: str
    count: int
    oldest: Stamp
    last: int


class Pending(Struct, frozen=True):
    """The outbox at a glance.

    Attributes:
        waiting: by person, whoever waits longest first.
        aside: events not sent any more by reason (``conflict``, ``too_large``, ``invalid``,
            :data:`ELSEWHERE`).
        refused: events the server has refused.
    """

    waiting: tuple[Waiting, ...] = ()
    aside: dict[str, int] = {}
    refused: int = 0

    @property
    def count(self) -> int:
        """Events that still have to be sent."""
        return sum(each.count for each in self.waiting)

    @property
    def not_accepted(self) -> int:
        """Events that count for nobody else and somebody should look at."""
        return self.refused + sum(
            count for reason, count in self.aside.items() if reason != ELSEWHERE
        )


class NotAccepted(Struct, frozen=True):
    """An act the server did not accept; what was typed is in ``body``.

    Attributes:
        verdict: one of :data:`agentdesk.wire.VERDICTS`; empty when the seat itself set the
            event aside because the server would not even store it.
        reason: why.
        role: the role its author had for the server.
    """

    id: EventId
    kind: str
    entity: str
    entity_id: EntityId
    body: Body
    actor: str
    stamp: Stamp
    verdict: str
    reason: str
    role: str


class Outbox:
    """What of one open store has to be sent; used from the store's thread.

    Every method raises :class:`agentdesk.errors.StoreError` when the file cannot be used.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._db = store.connection

    def _ask(self, query: str, values: Any = ()) -> list[tuple[Any, ...]]:
        with mapped(self._store.path):
            return self._db.execute(query, values).fetchall()

    def outbox(
        self, limit_events: int, limit_bytes: int, actor: str | None = None, after: int = 0
    ) -> Batch:
        """The next events to send.

        A transaction larger than the limits is the only one ever cut: better in two parts than
        never. One of which a part was confirmed is sent alone and whole: the server knows that
        part by its ids, or has been put back to a time before it and lacks both.

        Args:
            actor: only acts of that person; None for everybody's.
            after: ``last`` of the batch before, 0 for the beginning.
        """
        rows = self._ask(OUTBOX, (after, actor, limit_events + 1))
        taken, size = 0, 0
        for row in rows[:limit_events]:
            size += len(row[10].encode()) + _OVERHEAD
            if taken and size > limit_bytes:
                break
            taken += 1
        if not taken:
            return Batch([])
        whole = taken
        while whole and whole < len(rows) and rows[whole][2] == rows[whole - 1][2]:
            whole -= 1
        sent = rows[: whole or taken]
        if rest := self._rest({row[2] for row in sent}):
            sent, along = _until_half(sent, rest)
            size = sum(len(row[10].encode()) + _OVERHEAD for row in (*along, *sent))
            if along and len(along) + len(sent) <= limit_events and size <= limit_bytes:
                return _completed(along, sent, more=len(sent) < len(rows))
        events = [_wire(row) for row in sent]
        places = [int(row[0]) for row in sent]
        return Batch(events, places[-1], places, len(sent) < len(rows))

    def _rest(self, txns: Collection[bytes]) -> dict[bytes, list[tuple[Any, ...]]]:
        """What of some transactions was confirmed."""
        found: dict[bytes, list[tuple[Any, ...]]] = {}
        wanted: list[bytes | None] = [*txns]
        for start in range(0, len(wanted), _AT_ONCE):
            some = wanted[start : start + _AT_ONCE]
            for row in self._ask(REST, some + [None] * (_AT_ONCE - len(some))):
                found.setdefault(row[2], []).append(row)
        return found

    def pending(self) -> Pending:
        """What waits, what was set aside and what was refused."""
        waiting = tuple(Waiting(*row) for row in self._ask(WAITING))
        aside = {str(reason): int(count) for reason, count in self._ask(ASIDE)}
        return Pending(waiting, aside, int(self._ask(REFUSED)[0][0]))

    def unsent(self, actor: str, until: int) -> list[EventId]:
        """Events of a person up to a place (:attr:`Batch.last`) no pull has brought back yet."""
        return [EventId(row[0].hex()) for row in self._ask(_UNSENT, (until, actor))]

    def not_accepted(self, limit: int = 200) -> list[NotAccepted]:
        """Acts the server did not accept, the newest first."""
        return [_not_accepted(row) for row in self._ask(NOT_ACCEPTED, (limit,))]

    def set_aside(self, ids: Sequence[EventId], reason: str) -> None:
        """Send these no more, so that the others go on; they stay, and are shown."""
        with self._store.writing() as db:
            db.executemany(_SET_ASIDE, [(reason, bytes.fromhex(event_id)) for event_id in ids])

    def release(self, reason: str) -> None:
        """Send what was set aside for ``reason`` again."""
        with self._store.writing() as db:
            db.execute(_RELEASE, (reason,))

    def note(self, name: str, value: str | None) -> None:
        """Keep a local value of the exchange with the server; None removes it."""
        self._store.set_setting(_NOTE + name, value)

    def noted(self, name: str) -> str | None:
        """A value kept by :meth:`note`."""
        return self._store.setting(_NOTE + name)

    @property
    def install(self) -> str:
        """The id of this store, which the server knows the seat's events by."""
        return self._store.install


_NOTE = "sync."


def _until_half(
    rows: list[tuple[Any, ...]], rest: Mapping[bytes, list[tuple[Any, ...]]]
) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """The rows before the first transaction with a part in ``rest``, or if it is the first of
    all its rows and that part."""
    first = rows[0][2]
    if first in rest:
        return [row for row in rows if row[2] == first], rest[first]
    return list(takewhile(lambda row: row[2] not in rest, rows)), []


def _completed(along: list[tuple[Any, ...]], rows: list[tuple[Any, ...]], *, more: bool) -> Batch:
    """One transaction, in the order it was written."""
    events = [_wire(row) for row in sorted((*along, *rows))]
    last = int(rows[-1][0])
    return Batch(events, last, [last] * len(events), more, frozenset(row[1].hex() for row in along))


def _wire(row: tuple[Any, ...]) -> WireEvent:
    prev = row[11]
    return WireEvent(
        id=row[1].hex(),
        txn=row[2].hex(),
        kind=row[3],
        v=row[4],
        entity=row[5],
        entity_id=row[6],
        hlc=row[7],
        actor=row[8],
        install=row[9],
        body=Raw(row[10].encode()),
        prev=prev.hex() if prev else None,
    )


def _not_accepted(row: tuple[Any, ...]) -> NotAccepted:
    return NotAccepted(
        EventId(row[1].hex()),
        row[2],
        row[3],
        EntityId(row[4]),
        read_body(row[5]),
        row[6],
        Stamp(row[7]),
        row[8] or "",
        row[9] or "",
        row[10] or "",
    )
