"""What may be asked of a work order: one frozen record per act.

``because`` on a guarded command is the reason for going on all the same. ``at`` on an act
that happened elsewhere is when it did (a department returned its form at ten); None is now.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import Enum

from msgspec import Struct, field

from agentdesk.domain.call.commands import Refused as Refused
from agentdesk.domain.events import EntityId


class Open(Struct, frozen=True):
    """A matter is taken in.

    Attributes:
        values: everything known: category, tier, customer, form fields, by key.
        summary: one line that says what it is about; shown in every list.
        owner: who follows it to the end; empty means whoever takes it in
            (T0-1.2-first-contact-ownership).
        call_id: the call it came from, if any.
        read_back: the record was already read back to the customer.
        taken: fields nobody typed and where their values are from: ``call`` or another field.
    """

    ticket_id: EntityId
    values: Mapping[str, str] = field(default_factory=dict)
    summary: str = ""
    owner: str = ""
    call_id: EntityId = EntityId("")
    read_back: bool = False
    because: str = ""
    taken: Mapping[str, str] = field(default_factory=dict)


class SetFields(Struct, frozen=True):
    """Fields as they stand now; those that choose clocks are recorded as a change of class.

    ``because`` says why, for a change of priority, severity, tier or category.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    because: str = ""


class Assign(Struct, frozen=True):
    """Somebody else follows it from now on."""

    to: str
    reason: str = ""


class Dispatch(Struct, frozen=True):
    """Sent to a department, with a form that has to come back.

    Attributes:
        form_id: id of this sheet; pairs it with its return.
        form: name of the form, as the standard calls it.
        assignee: who took the order (P1-3.4.2-dispatch-fields).
    """

    form_id: EntityId
    department: str
    form: str = ""
    assignee: str = ""
    text: str = ""
    because: str = ""


class ReturnForm(Struct, frozen=True):
    """The department gave its form back; what it did is a must."""

    form_id: EntityId
    result: str
    at: datetime | None = None


class Respond(Struct, frozen=True):
    """The customer got a first response."""

    text: str = ""
    at: datetime | None = None


class Reply(Struct, frozen=True):
    """The customer got the formal reply."""

    text: str
    at: datetime | None = None


class Reach(Struct, frozen=True):
    """One of the other moments clocks know (``provision.CLOCK_MARKS``) was reached."""

    mark: str
    text: str = ""
    at: datetime | None = None


class Pause(Struct, frozen=True):
    """The clocks stand still: one of ``PAUSE_REASONS`` or a pack's own."""

    pause_id: EntityId
    reason: str
    text: str = ""


class Resume(Struct, frozen=True):
    """The clocks go on; without ``pause_id`` every pause ends."""

    pause_id: EntityId = EntityId("")


class Resolve(Struct, frozen=True):
    """The matter is settled; ``told`` when the customer heard it in the same breath."""

    result: str
    told: bool = False


class Tell(Struct, frozen=True):
    """The customer was told the result; ``how`` is the way (phone, message)."""

    how: str = ""
    text: str = ""


class FollowUp(Struct, frozen=True):
    """The follow-up call was made; its result is a must.

    Attributes:
        owed: which one of those owed it settles; empty settles all.
    """

    result: str
    text: str = ""
    owed: EntityId = EntityId("")


class Close(Struct, frozen=True):
    """The loop is closed."""

    because: str = ""


class Reopen(Struct, frozen=True):
    """It was not over; also takes a cancelled one back."""

    reason: str


class Correct(Struct, frozen=True):
    """A wrong answer was found: the ticket stays open until the customer was called back."""

    correction_id: EntityId
    wrong: str
    right: str = ""


class TellCorrection(Struct, frozen=True):
    """The customer was called back about a wrong answer (F6-3.6-call-back-mistake)."""

    correction_id: EntityId
    text: str


class Nudge(Struct, frozen=True):
    """Somebody who owes work was chased (催办)."""

    whom: str
    text: str = ""
    form_id: EntityId = EntityId("")


class Cancel(Struct, frozen=True):
    """It should not exist (taken twice, by mistake); nothing is deleted."""

    reason: str


class Link(Struct, frozen=True):
    """Another call was about it."""

    call_id: EntityId


class ReadBack(Struct, frozen=True):
    """The record was read back to the customer and is right."""


class Breach(Struct, frozen=True):
    """A target was missed: ``key`` of the clock and its due instant."""

    key: str
    due_at: datetime


class Warned(Struct, frozen=True):
    """A clock entered a warning band."""

    key: str
    band: str


class Note(Struct, frozen=True):
    """What the clocks found since they were looked at last; each is kept once."""

    breaches: tuple[Breach, ...] = ()
    warnings: tuple[Warned, ...] = ()


Command = (
    Open
    | SetFields
    | Assign
    | Dispatch
    | ReturnForm
    | Respond
    | Reply
    | Reach
    | Pause
    | Resume
    | Resolve
    | Tell
    | FollowUp
    | Close
    | Reopen
    | Correct
    | TellCorrection
    | Nudge
    | Cancel
    | Link
    | ReadBack
    | Note
)

PAUSE_REASONS = (
    "waiting_customer",
    "waiting_department",
    "waiting_parts",
    "waiting_visit",
    "outside_hours",
    "other",
)
"""Why clocks may stand still where the pack names no reasons of its own."""


class TicketGuard(Enum):
    """Moments of a ticket at which the standard wants something first."""

    TOLD_BEFORE_CLOSE = "told_before_close"
    CORRECTION_BEFORE_CLOSE = "correction_before_close"
    FOLLOWUP_BEFORE_CLOSE = "followup_before_close"
    FORMS_BEFORE_CLOSE = "forms_before_close"
    FIELDS_BEFORE_CLOSE = "fields_before_close"
    READ_BACK_BEFORE_DISPATCH = "read_back_before_dispatch"


class Advised(Struct, frozen=True):
    """A guard advises against it; sending the command again with a reason goes on."""

    guard: TicketGuard
    rule: str
    params: Mapping[str, object] = field(default_factory=dict)
