"""The dated steps of an order: moments its limits run between and that no other act records.

A form sent or a reply given has an act of its own. What is left (the customer joined the queue
of the hall, the repair began, a chat message came) is recorded by choosing it from this list.
"""

from __future__ import annotations

from agentdesk.domain.ticket.clocks import Policy, facts_of, marks_by
from agentdesk.domain.ticket.marks import INTAKE, REPEATED
from agentdesk.domain.ticket.state import Ticket

STEPS = frozenset(
    {"appointment_made", "callback_made", "callback_promised", "chat_message_received"}
    | {"chat_opened", "copy_received", "customer_contacted", "escalated_to_leader"}
    | {"first_greeting", "installed", "order_done", "pre_accepted", "queue_joined"}
    | {"repair_started", "replaced", "reply_sent", "served", "spare_phone_offered"}
)
"""Marks that may be a step of an order. Those of a call or a shift never are."""


def steps_of(ticket: Ticket, policy: Policy) -> tuple[str, ...]:
    """The marks that may be recorded now: what ends a limit that runs, then what begins one.

    A mark is offered again only where its limit begins anew each time.
    """
    if not ticket.state.open:
        return ()
    marks = marks_by(ticket, policy)
    ends: list[str] = []
    starts: list[str] = []
    for choice in policy.choices(facts_of(ticket)):
        clock = choice.clock
        again = clock.start in REPEATED
        if clock.stop in STEPS and (clock.start in marks or clock.start in INTAKE):
            waits = max(marks.get(clock.start, ()), default=ticket.opened_at)
            ended = marks.get(clock.stop, ())
            if not ended or (again and max(ended) < waits):
                ends.append(clock.stop)
        if clock.start in STEPS and (again or clock.start not in marks):
            starts.append(clock.start)
    return tuple(dict.fromkeys((*ends, *starts)))
