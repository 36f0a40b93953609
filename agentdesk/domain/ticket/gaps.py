"""What a ticket's record still lacks: must-fill fields and the read-back."""

from __future__ import annotations

from collections.abc import Mapping

from agentdesk.domain.pack import Pack
from agentdesk.domain.provision import Provision, ProvisionKind
from agentdesk.domain.ticket.state import Ticket, TicketState
from agentdesk.domain.ticket.words import KINDS, kind_of


def known(ticket: Ticket) -> Mapping[str, str]:
    """The ticket's fields with what its course itself fills in.

    A form's "taken by" and "dispatched at" (P1-3.4.2-dispatch-fields) are facts of the
    dispatch; nobody types them twice. Instants are ISO texts in UTC.
    """
    last = ticket.forms[-1] if ticket.forms else None
    derived = {
        "phone": ticket.number,
        "reported_at": ticket.opened_at.isoformat(),
        "complained_at": ticket.opened_at.isoformat(),
        "reporter": ticket.customer,
        "complainant": ticket.customer,
        "owner": ticket.owner,
        "result": ticket.result,
        "assignee": last.assignee if last else "",
        "department": last.department if last else "",
        "dispatched_at": last.sent_at.isoformat() if last else "",
        "followup_at": ticket.followup_at.isoformat() if ticket.followup_at else "",
        "followup_result": ticket.followup_result,
    }
    return derived | {name: text for name, text in ticket.values.items() if text.strip()}


def triggers_of(ticket: Ticket) -> frozenset[str]:
    """Triggers of the catalogue's vocabulary that this ticket sets off."""
    category, severity = ticket.category, ticket.values.get("severity", "")
    kind = kind_of(category)
    names = {"ticket_created"}
    names |= {f"category_{word}" for word in (category, kind) if word}
    if severity:
        names.add(f"severity_{severity}")
        names |= {f"category_{word}_{severity}" for word in (category, kind) if word}
        names |= {f"severity_{severity}_{kind}"} if kind else set()
        if kind in ("repair", "outage"):  # a repair is reported because of a fault
            names.add(f"severity_{severity}_fault")
    if ticket.forms:
        names |= {"dispatched", "feedback_form_sent"}
    if any(form.returned_at for form in ticket.forms):
        names.add("form_returned")
    if ticket.resolved_at is not None and kind in ("repair", "fault", "outage"):
        names.add("repair_done")
    return frozenset(names)


def required_fields(ticket: Ticket, pack: Pack) -> tuple[str, ...]:
    """Keys that must be filled: the category's, then those a severity or an act adds.

    Without a category the one key is ``category``. What a trigger adds are the form fields
    that cite the same clause as a step the trigger brings up (P1-3.5-fault-fields).
    """
    category = pack.category(ticket.category)
    if category is None:
        return ("category",) if pack.categories else ()
    keys = list(category.required)
    triggers = triggers_of(ticket)
    rules = {
        item.rule
        for item in pack.provisions
        if item.kind is ProvisionKind.STEP
        and item.fields
        and item.trigger in triggers
        and _concerns(item, ticket)
    }
    keys += [item.key for item in pack.fields if item.rule in rules]
    return tuple(dict.fromkeys(keys))


def _concerns(step: Provision, ticket: Ticket) -> bool:
    """A step of the repairs' procedure says nothing about a complaint."""
    if step.categories:
        return ticket.category in step.categories
    return step.flow not in KINDS or step.flow == kind_of(ticket.category)


def ticket_gaps(ticket: Ticket, pack: Pack) -> tuple[str, ...]:
    """Required keys that are not filled yet, in order.

    What only the further course can give is not missing before its time: who took the order
    before it was dispatched, the outcome before it is resolved, the follow-up before it.
    """
    values = known(ticket)
    early: set[str] = set()
    if not ticket.forms:
        early |= _WITH_DISPATCH
    if ticket.state.active:
        early |= _WITH_RESULT
    if ticket.followup_at is None:
        early |= _WITH_FOLLOWUP
    return tuple(
        key
        for key in required_fields(ticket, pack)
        if key not in early and not values.get(key, "").strip()
    )


_WITH_DISPATCH = frozenset({"assignee", "dispatched_at", "department"})
_WITH_RESULT = frozenset({"result", "fault_result", "fault_cause", "accident_result"})
_WITH_FOLLOWUP = frozenset({"followup_at", "followup_result"})


def needs_read_back(ticket: Ticket, pack: Pack) -> bool:
    """The category asks for a read-back, and none was made since the fields last changed."""
    category = pack.category(ticket.category)
    if category is None or not category.read_back or ticket.state is TicketState.CANCELLED:
        return False
    return ticket.read_back_at is None or ticket.stale_read_back
