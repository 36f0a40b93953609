"""Decisions about a ticket: ``decide(ticket, command, context) -> events or a refusal``.

Pure: the present instant, the pack and fresh ids come in with the context. What a guard
advises against is returned as :class:`Advised`; the same command with a reason passes and
leaves a ``ticket.guarded`` event.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from agentdesk.domain.ticket import acts
from agentdesk.domain.ticket import commands as c
from agentdesk.domain.ticket.context import Context as Context
from agentdesk.domain.ticket.context import Decision, draft
from agentdesk.domain.ticket.guards import advice
from agentdesk.domain.ticket.intake import open_ticket, set_fields
from agentdesk.domain.ticket.state import Ticket, TicketState


def decide(ticket: Ticket | None, command: c.Command, context: Context) -> Decision:
    """What ``command`` makes happen.

    Returns:
        Events to store (none when it is already so), a :class:`Refused` when the command
        makes no sense in the ticket's state or the standard forbids it, or the first
        :class:`Advised` guard.
    """
    if isinstance(command, c.Open):
        return open_ticket(ticket, command, context)
    if ticket is None:
        return c.Refused("refused.ticket.none")
    allowed = _STATES.get(type(command))
    if allowed is not None and ticket.state not in allowed:
        return c.Refused("refused.ticket.state", {"state": ticket.state.value})
    said = advice(ticket, command, context.pack)
    refused = next((item for item in said if isinstance(item, c.Refused)), None)
    if refused is not None:
        return refused
    advised = [item for item in said if isinstance(item, c.Advised)]
    because = getattr(command, "because", "").strip()
    if advised and not because:
        return advised[0]
    decided = _HANDLERS[type(command)](ticket, command, context)
    if not isinstance(decided, tuple):
        return decided
    passed = tuple(
        draft(ticket, "guarded", context, guard=a.guard.value, rule=a.rule, reason=because)
        for a in advised
    )
    return (*passed, *decided)


_ACTIVE = frozenset(state for state in TicketState if state.active)
_OPEN = frozenset(state for state in TicketState if state.open)
_KEPT = frozenset(TicketState) - {TicketState.CANCELLED}

_STATES: Mapping[type, frozenset[TicketState]] = {
    c.SetFields: _KEPT,
    c.Assign: _OPEN,
    c.Dispatch: _ACTIVE,
    c.ReturnForm: _KEPT,
    c.Respond: _OPEN,
    c.Reply: _OPEN,
    c.Reach: _OPEN,
    c.Pause: _ACTIVE,
    c.Resume: _OPEN,
    c.Resolve: _ACTIVE,
    c.Tell: _OPEN,
    c.FollowUp: _KEPT,
    c.Close: frozenset({TicketState.RESOLVED}),
    c.Reopen: frozenset({TicketState.RESOLVED, TicketState.CLOSED, TicketState.CANCELLED}),
    c.Correct: _KEPT,
    c.TellCorrection: _KEPT,
    c.Nudge: _OPEN,
    c.Cancel: _OPEN,
    c.ReadBack: _OPEN,
    c.Note: _KEPT,
}
"""States a command makes sense in; a command not listed makes sense in any."""

_HANDLERS: Mapping[type, Callable[[Ticket, Any, Context], Decision]] = {
    c.SetFields: set_fields,
    c.Assign: acts.assign,
    c.Dispatch: acts.dispatch,
    c.ReturnForm: acts.return_form,
    c.Respond: acts.respond,
    c.Reply: acts.reply,
    c.Reach: acts.reach,
    c.Pause: acts.pause,
    c.Resume: acts.resume,
    c.Resolve: acts.resolve,
    c.Tell: acts.tell,
    c.FollowUp: acts.follow_up,
    c.Close: acts.close,
    c.Reopen: acts.reopen,
    c.Correct: acts.correct,
    c.TellCorrection: acts.tell_correction,
    c.Nudge: acts.nudge,
    c.Cancel: acts.cancel,
    c.Link: acts.link,
    c.ReadBack: acts.read_back,
    c.Note: acts.note,
}
