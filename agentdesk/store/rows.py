"""What queries give back, and what is kept of unfinished typing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from agentdesk.domain.events import EntityId


class Typing(Struct, frozen=True):
    """What stands in the fields of a call and is not yet an event.

    Attributes:
        call_id: the call it belongs to.
        values: field name to text, as typed.
        focus: name of the field that had the focus.
        cursor: row and column of the caret in that field.
        saved_at: when it was kept; aware.
    """

    call_id: EntityId
    values: Mapping[str, str]
    focus: str
    cursor: tuple[int, int]
    saved_at: datetime


class CallRow(Struct, frozen=True):
    """One call as the lists show it; times are milliseconds since 1970, UTC.

    Attributes:
        missing: names of required items not yet given.
        source: where the call came from (a phone system, typed by hand).
        install: the seat that took it.
    """

    id: EntityId
    phase: str | None
    direction: str | None
    number: str | None
    customer: str | None
    surname: str | None
    title: str | None
    category: str | None
    disposition: str | None
    offered_at: int | None
    answered_at: int | None
    ended_at: int | None
    closed_at: int | None
    ended_by: str | None
    source: str | None
    missing: tuple[str, ...]
    note: str | None
    install: str | None = None

    @property
    def began_at(self) -> int | None:
        """When the call first showed itself, in milliseconds since 1970."""
        return next(
            (at for at in (self.offered_at, self.answered_at, self.ended_at) if at is not None),
            None,
        )


def call_row(row: Sequence[Any]) -> CallRow:
    """The row of a ``SELECT`` over the call table's columns, in their order."""
    values = list(row)
    values[15] = tuple(json.loads(values[15])) if values[15] else ()
    return CallRow(*values)


class TicketRow(Struct, frozen=True):
    """One work order as the lists show it; times are milliseconds since 1970, UTC.

    Attributes:
        level: 1 comes first, to 4; ``priority`` sorts within it, smaller first.
        department, form_sent_at: of the oldest form that is not back; empty and None for none.
        followup_since: since when a follow-up call is owed.
        correcting: 1 while a wrong answer has not been called back about.
        breaches: targets recorded as missed.
        missing: what a closed one still lacks, by key.
        due_at: the next due time of all its clocks, None without one or while paused;
            ``clock`` is the key of that clock, ``warn_at`` when it begins to show as near.
        paused: 1 while its clocks stand still.
    """

    id: EntityId
    state: str
    category: str
    type: str
    severity: str
    tier: str
    network: str
    area: str
    zone: str
    channel: str
    owner: str
    first_owner: str
    customer: str
    surname: str
    number: str
    summary: str
    level: int
    priority: int
    call_id: str
    department: str
    form_sent_at: int | None
    followup_since: int | None
    correcting: int
    nudges: int
    breaches: int
    told: int
    created_at: int
    resolved_at: int | None
    closed_at: int | None
    changed_at: int
    missing: tuple[str, ...]
    due_at: int | None
    warn_at: int | None
    clock: str
    paused: int

    @property
    def open(self) -> bool:
        """Somebody still has to do something."""
        return self.state not in ("closed", "cancelled")


class TicketDue(Struct, frozen=True):
    """When an open ticket is due; milliseconds since 1970.

    Attributes:
        next_at: when its clocks change by themselves next (a band, a due time).
        stamp: the ticket's stamp it was computed for.
        basis: what it was computed with: standard and calendar.
    """

    id: EntityId
    due_at: int | None
    warn_at: int | None
    next_at: int | None
    clock: str
    paused: bool
    stamp: int
    basis: str


class TicketFilter(Struct, frozen=True):
    """Which tickets a list shows; every condition given must hold.

    Attributes:
        text: words, each of which must stand somewhere in what is searched: summary,
            customer, number, account, waybill, address, owner, or the pinyin initials.
        meanings: what the words of ``text`` may name besides, one for each: ``category:complaint
            state:new severity:urgent``, or nothing. A ticket fits a word that stands in it or
            names what it is.
        number: last digits of the number.
        states: empty means any open state, or any at all with ``closed``.
        closed: closed and cancelled ones too.
        due_before: milliseconds; an overdue list gives the present instant.
        idle_before: milliseconds; nothing happened to it since then.
        followup, form_out, correcting: only those that owe a call, wait for a department, or
            have a wrong answer to put right.
        level: at most this level (1 is the most urgent); 0 for any.
        order: ``due``, ``priority`` or ``newest``.
    """

    text: str = ""
    number: str = ""
    states: tuple[str, ...] = ()
    owner: str = ""
    category: str = ""
    tier: str = ""
    zone: str = ""
    department: str = ""
    closed: bool = False
    due_before: int | None = None
    idle_before: int | None = None
    followup: bool = False
    form_out: bool = False
    correcting: bool = False
    level: int = 0
    order: str = "due"
    meanings: tuple[str, ...] = ()


def ticket_row(row: Sequence[Any]) -> TicketRow:
    """The row of a ``SELECT`` over the columns of :class:`TicketRow`, in their order."""
    values = list(row)
    values[_MISSING] = tuple(json.loads(values[_MISSING])) if values[_MISSING] else ()
    return TicketRow(*values)


_MISSING = TicketRow.__struct_fields__.index("missing")


def milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970.

    Raises:
        ValueError: ``moment`` has no time zone; what it means would depend on the seat.
    """
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise ValueError("a time without a zone cannot be stored")
    return round(moment.timestamp() * 1000)
