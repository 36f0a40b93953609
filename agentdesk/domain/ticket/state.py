"""A work order as its events tell it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import Enum

from msgspec import Struct

from agentdesk.domain.events import EntityId, Stamp


class TicketState(Enum):
    """Where a ticket stands. Derived from what happened, never stored by itself."""

    NEW = "new"
    WORKING = "working"
    DISPATCHED = "dispatched"  # a department has a form of ours
    WAITING = "waiting"  # the clocks stand still
    RESOLVED = "resolved"  # settled; telling the customer and closing are left
    CLOSED = "closed"
    CANCELLED = "cancelled"

    @property
    def open(self) -> bool:
        """Somebody still has to do something."""
        return self not in (TicketState.CLOSED, TicketState.CANCELLED)

    @property
    def active(self) -> bool:
        """The matter itself is not settled yet."""
        return self.open and self is not TicketState.RESOLVED


class Form(Struct, frozen=True):
    """A sheet sent to a department; the first return counts."""

    id: EntityId
    department: str
    name: str
    assignee: str
    text: str
    sent_at: datetime
    returned_at: datetime | None
    result: str


class Pause(Struct, frozen=True):
    """An interval in which the clocks stand still; ``end`` None while it lasts."""

    id: EntityId
    reason: str
    text: str
    start: datetime
    end: datetime | None


class Owed(Struct, frozen=True):
    """A follow-up call that the standard asks for.

    Attributes:
        form_id: the returned form it is about, if any.
        rule: the clause.
        done_at, result: once it was made.
    """

    id: EntityId
    form_id: EntityId
    rule: str
    since: datetime
    done_at: datetime | None
    result: str


class Correction(Struct, frozen=True):
    """A wrong answer found later; open until the call back is logged."""

    id: EntityId
    wrong: str
    right: str
    found_at: datetime
    told_at: datetime | None


class Nudge(Struct, frozen=True):
    """One chase, with who did it."""

    at: datetime
    actor: str
    whom: str
    text: str
    form_id: EntityId


class Ticket(Struct, frozen=True):
    """One matter, from intake to the closed loop.

    Attributes:
        values: fields by key as they stand: category, type, severity, tier, network, area,
            zone, channel, urgency, priority, surname, title, number, and the form's own.
        summary: one line for lists.
        pack: id of the standard in force when it was taken in; its clocks follow that.
        owner: who follows it now; ``first_owner`` took it in and stays on record.
        calls: calls it is about, the one it came from first.
        points: other instants by clock mark, in order; responses and replies among them.
        settled: spans between a resolution and the reopening that undid it.
        told_at: when the customer was told after the latest resolution.
        followups: those owed, done or not; ``followup_at`` is the latest follow-up call.
        breaches: per clock key the instant its target was first missed, as recorded.
        warned: ``(clock key, band)`` that were announced.
        read_back_at: when the record was last read back; ``stale_read_back`` when a field
            of the form changed after it.
        closing_gaps: what was missing when it was closed.
        changed_at: when somebody did something to it last.
        stamp: greatest stamp of the events that could move a clock; tells whether a due time
            that was reckoned is still right.
    """

    id: EntityId
    state: TicketState
    values: Mapping[str, str]
    summary: str
    pack: str
    owner: str
    first_owner: str
    opened_at: datetime
    opened_by: str
    calls: tuple[EntityId, ...]
    forms: tuple[Form, ...]
    pauses: tuple[Pause, ...]
    points: Mapping[str, tuple[datetime, ...]]
    settled: tuple[tuple[datetime, datetime], ...]
    resolved_at: datetime | None
    result: str
    told_at: datetime | None
    closed_at: datetime | None
    followups: tuple[Owed, ...]
    followup_at: datetime | None
    followup_result: str
    corrections: tuple[Correction, ...]
    nudges: tuple[Nudge, ...]
    reopened: int
    void_reason: str
    void_at: datetime | None
    breaches: Mapping[str, datetime]
    warned: frozenset[tuple[str, str]]
    read_back_at: datetime | None
    stale_read_back: bool
    overridden: frozenset[str]
    closing_gaps: tuple[str, ...]
    changed_at: datetime
    stamp: Stamp

    @property
    def category(self) -> str:
        """The pack's category key."""
        return self.values.get("category", "")

    @property
    def customer(self) -> str:
        """Surname and title as they are spoken; the name that is known otherwise."""
        surname, title = self.values.get("surname", ""), self.values.get("title", "")
        return f"{surname}{title}" if surname and title else self.values.get("name", surname)

    @property
    def number(self) -> str:
        """The customer's telephone number."""
        return self.values.get("number", "")

    @property
    def forms_out(self) -> tuple[Form, ...]:
        """Forms no department has returned, the oldest first."""
        return tuple(form for form in self.forms if form.returned_at is None)

    @property
    def owed(self) -> tuple[Owed, ...]:
        """Follow-up calls still to be made."""
        return tuple(item for item in self.followups if item.done_at is None)

    @property
    def corrections_open(self) -> tuple[Correction, ...]:
        """Wrong answers the customer has not been called back about."""
        return tuple(item for item in self.corrections if item.told_at is None)

    @property
    def paused(self) -> Pause | None:
        """The oldest pause that still lasts."""
        return next((pause for pause in self.pauses if pause.end is None), None)

    @property
    def told(self) -> bool:
        """The customer knows the present result."""
        return self.told_at is not None
