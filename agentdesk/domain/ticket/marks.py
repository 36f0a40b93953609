"""The moments of a ticket in the vocabulary clocks run between, and its pauses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from agentdesk.domain.ticket.state import Ticket
from agentdesk.domain.ticket.words import kind_of

REGISTERED: Mapping[str, tuple[str, ...]] = {
    "complaint": ("complaint_registered",),
    "fault": ("fault_registered",),
    "outage": ("fault_registered",),
    "repair": ("fault_registered", "repair_accepted"),
    "order": ("order_accepted",),
}
"""Kind of matter -> the marks its intake sets. Most standards give their limits no starting
point; these are the readings of the catalogue."""

INTAKE = frozenset(
    {"ticket_created", "complaint_registered", "fault_registered", "order_accepted"}
    | {"repair_accepted"}
)
"""Marks that are the intake of the ticket itself, whatever its category is called."""

REPEATED = frozenset({"chat_message_received", "callback_promised"})
"""Marks that begin anew each time: every message wants its reply, every promise its call."""

SETTLING = ("order_done", "installed", "replaced")
"""Marks that a resolution implies when nobody recorded them by themselves."""


class Interval(Struct, frozen=True):
    """A span that does not count; ``end`` None while it lasts."""

    start: datetime
    end: datetime | None
    reason: str


def marks_of(ticket: Ticket) -> Mapping[str, tuple[datetime, ...]]:
    """When each clock mark was reached, in order; marks never reached are absent.

    ``resolved`` holds only the resolution that stands: one undone by a reopening did not
    settle the matter, and its span is a pause. Telling the customer is a contact, and the
    formal reply unless one was given before; any reply is a first response.
    """
    found: dict[str, list[datetime]] = {
        mark: list(moments) for mark, moments in ticket.points.items()
    }

    def add(mark: str, moment: datetime | None) -> None:
        if moment is not None:
            found.setdefault(mark, []).append(moment)

    add("ticket_created", ticket.opened_at)
    for mark in REGISTERED.get(kind_of(ticket.category), ()):
        if mark not in found:
            add(mark, ticket.opened_at)
    for form in ticket.forms:
        add("dispatched", form.sent_at)
        add("feedback_form_sent", form.sent_at)
        add("form_returned", form.returned_at)
    for owed in ticket.followups:
        add("followup_done", owed.done_at)
    add("followup_done", ticket.followup_at)
    add("resolved", ticket.resolved_at)
    for mark in SETTLING:
        if mark not in found:
            add(mark, ticket.resolved_at)
    if "formal_reply" not in found:
        add("formal_reply", ticket.told_at)
    add("customer_contacted", ticket.told_at)
    add("customer_contacted", ticket.followup_at)
    if "first_response" not in found:
        replies = found.get("formal_reply", []) + found.get("customer_contacted", [])
        add("first_response", min(replies, default=None))
    return {mark: tuple(sorted(set(moments))) for mark, moments in sorted(found.items())}


def pauses_of(ticket: Ticket) -> tuple[Interval, ...]:
    """Everything that does not count: pauses with their reasons, and spans it was settled."""
    spans = [Interval(pause.start, pause.end, pause.reason) for pause in ticket.pauses]
    spans += [Interval(start, end, "settled") for start, end in ticket.settled]
    return tuple(sorted(spans, key=lambda span: (span.start, span.end or span.start, span.reason)))
