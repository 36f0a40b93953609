"""Events: what happened, written once and never changed.

Every act of a person or a device becomes one or more events. An entity's state is the
join of its events; the join is commutative, associative and idempotent, so any order of
arrival gives the same state (see :mod:`agentdesk.domain.fold`).

Kinds fall in three merge classes:

* ``SET``: the event is a member of a grow-only set (a line spoken, a call answered);
* ``FIELD``: the body's ``set`` maps field names to values; per field the greatest
  ``(stamp, id)`` wins;
* ``CLAIM``: the first one wins (an escalation taken by a leader): the one the server put
  first, else the least ``(stamp, id)``.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, NewType

from msgspec import Struct, field

EventId = NewType("EventId", str)
"""A UUIDv7 as 32 lower-case hexadecimal digits."""

EntityId = NewType("EntityId", str)
"""A UUIDv7 as 32 lower-case hexadecimal digits, or a fixed name such as ``local``."""

Stamp = NewType("Stamp", int)
"""Hybrid logical clock: milliseconds since 1970 shifted left 16 bits, plus a counter."""

Body = Mapping[str, Any]
"""JSON-able content of an event: strings, integers, booleans, None, lists, mappings."""


class Merge(Enum):
    """How events of a kind join."""

    SET = "set"
    FIELD = "field"
    CLAIM = "claim"


class Draft(Struct, frozen=True):
    """An event a decision asks for; the store gives it identity and a stamp."""

    kind: str
    entity: str
    entity_id: EntityId
    body: Body = field(default_factory=dict)


class Event(Struct, frozen=True, gc=False):
    """One immutable entry of the journal.

    Attributes:
        id: identity, unique everywhere.
        kind: dotted name, for example ``call.answered``; its table is ``KINDS``.
        version: version of the body's shape.
        entity, entity_id: what it happened to, for example ``call`` and its id.
        body: the content.
        stamp: logical time of writing; order between seats, never wall time.
        actor: agent number of whoever acted.
        install: id of the store it was written in.
        txn: id shared by all events of one transaction.
        seq: place in the server's journal; None while no server has confirmed it.
    """

    id: EventId
    kind: str
    version: int
    entity: str
    entity_id: EntityId
    body: Body
    stamp: Stamp
    actor: str
    install: str
    txn: EventId
    seq: int | None = None


class Kind(Struct, frozen=True):
    """What the house knows of one kind of event."""

    name: str
    merge: Merge
    version: int = 1


_SET = [
    "call.offered",
    "call.answered",
    "call.held",
    "call.resumed",
    "call.transferred",
    "call.ended",
    "call.missed",
    "call.said",
    "call.ticked",
    "call.unticked",
    "call.phrase",
    "call.guarded",
    "call.revealed",
    "call.closed",
    "call.silent",
    "promise.made",
    "callback.made",
    "escalation.raised",
    "escalation.withdrawn",
    "ticket.opened",
    "ticket.linked",
    "ticket.dispatched",
    "ticket.form_returned",
    "ticket.responded",
    "ticket.replied",
    "ticket.reached",
    "ticket.paused",
    "ticket.resumed",
    "ticket.resolved",
    "ticket.told",
    "ticket.followup_owed",
    "ticket.followup",
    "ticket.closed",
    "ticket.reopened",
    "ticket.corrected",
    "ticket.correction_told",
    "ticket.nudged",
    "ticket.read_back",
    "ticket.guarded",
    "ticket.undone",
]
_FIELD = [
    "call.set",
    "promise.set",
    "callback.set",
    "escalation.set",
    "seat.set",
    "ticket.set",
    "ticket.classed",
    "ticket.assigned",
    "ticket.voided",
    "person.set",
    "team.set",
]
# A breach is claimed per clock, a warning per clock and band: the first record of it stands.
_CLAIM = ["escalation.taken", "ticket.breached", "ticket.warned"]

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        *(Kind(name, Merge.SET) for name in _SET),
        *(Kind(name, Merge.FIELD) for name in _FIELD),
        *(Kind(name, Merge.CLAIM) for name in _CLAIM),
    )
}
"""Every kind this version can fold, by name."""

ENTITIES = ("call", "promise", "callback", "escalation", "seat", "ticket", "person", "team")
"""Every entity that has a table of its own."""
