"""What this seat still has to send, and what a server did not accept.

The outbox is no table: it is the own events without a sequence of the server. Only a pull takes
one out of it (a reply to a push is a hint), and nothing here ever deletes one.
"""

from __future__ import annotations

from collections.abc import Sequence
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
OUTBOX = (
    "SELECT lseq, id, txn, kind, v, entity, entity_id, hlc, actor, install, body, prev "
    f"{_TO_SEND} AND lseq > ?1 AND (?2 IS NULL OR actor = ?2) ORDER BY lseq LIMIT ?3"
)
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
    """

    events: list[WireEvent]
    last: int = 0
    places: list[int] = []
    more: bool = False


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
        never.

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
        taken = whole or taken
        events = [_wire(row) for row in rows[:taken]]
        places = [int(row[0]) for row in rows[:taken]]
        return Batch(events, places[-1], places, taken < len(rows))

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
