"""What each act on a ticket makes happen, once its state and its guards allow it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from agentdesk.domain.events import Draft
from agentdesk.domain.moments import to_ms
from agentdesk.domain.provision import CLOCK_MARKS
from agentdesk.domain.ticket import commands as c
from agentdesk.domain.ticket.context import Context, Decision, draft, happened, set_draft
from agentdesk.domain.ticket.gaps import ticket_gaps
from agentdesk.domain.ticket.owing import owed_on_resolve, owed_on_return
from agentdesk.domain.ticket.read import VOID_AT, VOID_REASON
from agentdesk.domain.ticket.state import Ticket, TicketState

OWN_ACTS = frozenset(
    {"ticket_created", "dispatched", "feedback_form_sent", "form_returned", "first_response"}
    | {"formal_reply", "resolved", "followup_done"}
)
"""Marks that acts of their own set."""

BEFORE_INTAKE = timedelta(days=7)
"""How long before the intake a step may have been: a customer queues before anybody writes."""


def assign(ticket: Ticket, command: c.Assign, context: Context) -> Decision:
    """Hand the ticket on; it is told who had it."""
    to = command.to.strip()
    if not to:
        return c.Refused("refused.ticket.owner")
    if to == ticket.owner:
        return ()
    body = {"set": {"owner": to}, "from": ticket.owner, "reason": command.reason}
    return (draft(ticket, "assigned", context, **body),)


def dispatch(ticket: Ticket, command: c.Dispatch, context: Context) -> Decision:
    """Send it to a department with a form."""
    if not command.department.strip():
        return c.Refused("refused.ticket.department")
    if any(form.id == command.form_id for form in ticket.forms):
        return ()
    body = {
        "form": command.form_id,
        "department": command.department.strip(),
        "name": command.form,
        "assignee": command.assignee,
        "text": command.text,
    }
    return (draft(ticket, "dispatched", context, **body),)


def return_form(ticket: Ticket, command: c.ReturnForm, context: Context) -> Decision:
    """Take a department's form back; where the standard wants a call, it is owed now."""
    form = next((form for form in ticket.forms if form.id == command.form_id), None)
    if form is None:
        return c.Refused("refused.ticket.form")
    if form.returned_at is not None:
        return ()
    if not command.result.strip():
        return c.Refused("refused.ticket.form_result", rule="P1-3.4.4-form-returned")
    when = happened(ticket, command.at, context)
    if isinstance(when, c.Refused):
        return when
    body = when | {"form": form.id, "result": command.result}
    returned = draft(ticket, "form_returned", context, **body)
    rule = owed_on_return(ticket, context.pack)
    if not rule:
        return (returned,)
    owed = when | {"owed": context.new_id(), "form": form.id, "rule": rule}
    return (returned, draft(ticket, "followup_owed", context, **owed))


def respond(ticket: Ticket, command: c.Respond, context: Context) -> Decision:
    """The first response."""
    when = happened(ticket, command.at, context)
    if isinstance(when, c.Refused):
        return when
    return (draft(ticket, "responded", context, **when, text=command.text),)


def reply(ticket: Ticket, command: c.Reply, context: Context) -> Decision:
    """The formal reply, with what was said."""
    if not command.text.strip():
        return c.Refused("refused.ticket.reply")
    when = happened(ticket, command.at, context)
    if isinstance(when, c.Refused):
        return when
    return (draft(ticket, "replied", context, **when, text=command.text),)


def reach(ticket: Ticket, command: c.Reach, context: Context) -> Decision:
    """Another mark of the clocks."""
    if command.mark not in CLOCK_MARKS or command.mark in OWN_ACTS:
        return c.Refused("refused.ticket.mark", {"mark": command.mark})
    when = happened(ticket, command.at, context, before=BEFORE_INTAKE)
    if isinstance(when, c.Refused):
        return when
    return (draft(ticket, "reached", context, **when, mark=command.mark, text=command.text),)


def pause(ticket: Ticket, command: c.Pause, context: Context) -> Decision:
    """Stop the clocks for a reason; the same reason twice is one pause."""
    reason = command.reason.strip()
    if not reason:
        return c.Refused("refused.ticket.pause_reason")
    if any(pause.end is None and pause.reason == reason for pause in ticket.pauses):
        return ()
    body = {"pause": command.pause_id, "reason": reason, "text": command.text}
    return (draft(ticket, "paused", context, **body),)


def resume(ticket: Ticket, command: c.Resume, context: Context) -> Decision:
    """End one pause, or all."""
    return tuple(
        draft(ticket, "resumed", context, pause=pause.id)
        for pause in ticket.pauses
        if pause.end is None and command.pause_id in ("", pause.id)
    )


def resolve(ticket: Ticket, command: c.Resolve, context: Context) -> Decision:
    """Settle the matter: pauses end, a follow-up call may be owed, the customer may know."""
    if not command.result.strip():
        return c.Refused("refused.ticket.result")
    going_on = resume(ticket, c.Resume(), context)
    drafts = [*going_on] if isinstance(going_on, tuple) else []
    drafts.append(draft(ticket, "resolved", context, result=command.result))
    if rule := owed_on_resolve(ticket, context.pack):
        body = {"owed": context.new_id(), "form": "", "rule": rule}
        drafts.append(draft(ticket, "followup_owed", context, **body))
    if command.told:
        drafts.append(draft(ticket, "told", context, how="", text=""))
    return tuple(drafts)


def tell(ticket: Ticket, command: c.Tell, context: Context) -> Decision:
    """The customer heard the result."""
    return (draft(ticket, "told", context, how=command.how, text=command.text),)


def follow_up(ticket: Ticket, command: c.FollowUp, context: Context) -> Decision:
    """The follow-up call, with its result."""
    if not command.result.strip():
        return c.Refused("refused.ticket.followup_result", rule="P1-3.4.4-followup-same-day")
    owed = [item.id for item in ticket.owed if command.owed in ("", item.id)]
    if command.owed and not owed:
        return c.Refused("refused.ticket.followup_gone")
    body = {"owed": owed, "result": command.result, "text": command.text}
    return (draft(ticket, "followup", context, **body),)


def close(ticket: Ticket, command: c.Close, context: Context) -> Decision:
    """Close the loop, and keep what was still missing."""
    missing = list(ticket_gaps(ticket, context.pack))
    return (draft(ticket, "closed", context, missing=missing, reason=command.because),)


def reopen(ticket: Ticket, command: c.Reopen, context: Context) -> Decision:
    """It goes on; time it was thought over counts against nobody."""
    if not command.reason.strip():
        return c.Refused("refused.ticket.reopen_reason")
    body: dict[str, Any] = {"reason": command.reason}
    if ticket.state is not TicketState.CANCELLED:
        return (draft(ticket, "reopened", context, **body),)
    if ticket.void_at is not None:
        body["since"] = to_ms(ticket.void_at)  # nobody owed anything meanwhile
    back = set_draft("ticket.voided", ticket.id, {VOID_REASON: "", VOID_AT: None}, context)
    return (back, draft(ticket, "reopened", context, **body))


def correct(ticket: Ticket, command: c.Correct, context: Context) -> Decision:
    """A wrong answer was found."""
    if not command.wrong.strip():
        return c.Refused("refused.ticket.wrong", rule="F6-3.6-call-back-mistake")
    if any(item.id == command.correction_id for item in ticket.corrections):
        return ()
    body = {
        "correction": command.correction_id,
        "wrong": command.wrong,
        "right": command.right,
        "rule": "F6-3.6-call-back-mistake",
    }
    return (draft(ticket, "corrected", context, **body),)


def tell_correction(ticket: Ticket, command: c.TellCorrection, context: Context) -> Decision:
    """The customer was called back about it."""
    owing = [item.id for item in ticket.corrections_open]
    if command.correction_id not in owing:
        return c.Refused("refused.ticket.correction")
    if not command.text.strip():
        return c.Refused("refused.ticket.correction_text", rule="F6-3.6-call-back-mistake")
    body = {"correction": command.correction_id, "text": command.text}
    return (draft(ticket, "correction_told", context, **body),)


def nudge(ticket: Ticket, command: c.Nudge, context: Context) -> Decision:
    """Chase somebody."""
    if not command.whom.strip():
        return c.Refused("refused.ticket.whom", rule="N2-12.8-stuck-tickets")
    body = {"whom": command.whom.strip(), "text": command.text, "form": command.form_id}
    return (draft(ticket, "nudged", context, **body),)


def cancel(ticket: Ticket, command: c.Cancel, context: Context) -> Decision:
    """Void it; nothing is deleted."""
    if not command.reason.strip():
        return c.Refused("refused.ticket.cancel_reason")
    values = {VOID_REASON: command.reason, VOID_AT: context.at}
    return (set_draft("ticket.voided", ticket.id, values, context),)


def link(ticket: Ticket, command: c.Link, context: Context) -> Decision:
    """Another call about it."""
    if not command.call_id or command.call_id in ticket.calls:
        return ()
    return (draft(ticket, "linked", context, call=command.call_id),)


def read_back(ticket: Ticket, command: c.ReadBack, context: Context) -> Decision:
    """The record was read back."""
    return (draft(ticket, "read_back", context),)


def note(ticket: Ticket, command: c.Note, context: Context) -> Decision:
    """Each once per clock or band, also when several seats or restarts find the same."""
    drafts: dict[tuple[str, str], Draft] = {}
    for breach in command.breaches:
        if breach.key not in ticket.breaches:
            body = {"key": breach.key, "due": to_ms(breach.due_at)}
            drafts.setdefault((breach.key, ""), draft(ticket, "breached", context, **body))
    for warning in command.warnings:
        if (warning.key, warning.band) not in ticket.warned:
            said = {"key": warning.key, "band": warning.band}
            drafts.setdefault((warning.key, warning.band), draft(ticket, "warned", context, **said))
    return tuple(drafts.values())
