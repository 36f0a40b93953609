"""Taking back the last act on a ticket, while whoever did it still has it in mind.

Nothing is deleted: ``ticket.undone`` names the events of the act, and readers pass over those
that are on their own (a form sent, a pause, a nudge); fields are set back to what they were.
What the customer has heard, what was settled and what was taken in stay; each refusal says
what to do instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from agentdesk.domain.events import Draft, Event
from agentdesk.domain.fold import fold
from agentdesk.domain.hlc import wall
from agentdesk.domain.ticket import commands as c
from agentdesk.domain.ticket.context import Context, Decision, draft, parts, set_draft
from agentdesk.domain.ticket.read import OF_CLOCKS, read_ticket
from agentdesk.domain.ticket.state import Ticket
from agentdesk.domain.ticket.undone import UNDONE, UNDONE_KINDS

UNDO_SECONDS = 30
"""How long an act can be taken back. It is our own figure: no standard names one."""

FIELD_KINDS = frozenset({"ticket.set", "ticket.classed", "ticket.assigned"})
"""Kinds whose fields are set back."""

_BESIDE = frozenset({"ticket.guarded"})
"""What stays on record when the act it came with is taken back: that a guard was passed."""

_KEPT = "refused.undo.kept"
_WHY_NOT: Mapping[str, str] = {
    "ticket.opened": "refused.undo.void",
    "ticket.reopened": _KEPT,
    UNDONE: "refused.undo.done",
    "ticket.responded": "refused.undo.told",
    "ticket.replied": "refused.undo.told",
    "ticket.told": "refused.undo.told",
    "ticket.followup": "refused.undo.told",
    "ticket.correction_told": "refused.undo.told",
    "ticket.resolved": "refused.undo.reopen",
    "ticket.closed": "refused.undo.reopen",
    "ticket.voided": "refused.undo.reopen",
}
"""Kind to reason; of an act of several events the first that stands here counts."""


def can_undo(events: Iterable[Event]) -> bool:
    """Whether what was just stored is an act that can be taken back."""
    kinds = {event.kind for event in events} - OF_CLOCKS - _BESIDE
    return bool(kinds) and kinds <= UNDONE_KINDS | FIELD_KINDS


def undo(history: Sequence[Event], context: Context, install: str) -> Decision:
    """Take the last act of a ticket back.

    Args:
        history: every event of the ticket.
        install: the store somebody sits at; only what was done here is taken back here.

    Returns:
        ``ticket.undone`` and what sets fields back, or a :class:`Refused` with the reason: it
        was somebody else's act, the customer has heard of it, it ended the ticket (reopen it),
        it was taken back already, or ``UNDO_SECONDS`` have passed.
    """
    acts = [event for event in history if event.kind not in OF_CLOCKS]
    if not acts:
        return c.Refused("refused.ticket.none")
    last = max(acts, key=_order)
    act = sorted((event for event in acts if event.txn == last.txn), key=_order)
    if (last.actor, last.install) != (context.actor, install):
        return c.Refused("refused.undo.other", {"actor": last.actor})
    if not can_undo(act):
        kinds = {event.kind for event in act}
        return c.Refused(next((_WHY_NOT[kind] for kind in _WHY_NOT if kind in kinds), _KEPT))
    if (context.now - wall(last.stamp)).total_seconds() > UNDO_SECONDS:
        return c.Refused("refused.undo.late", {"seconds": UNDO_SECONDS})
    earlier = fold(event for event in history if event.txn != last.txn)
    before = read_ticket(last.entity_id, earlier)
    if before is None:
        return c.Refused(_KEPT)
    taken = [event for event in act if event.kind not in _BESIDE]
    body = {
        "of": [event.id for event in taken],
        "kinds": list(dict.fromkeys(event.kind for event in taken)),
    }
    back = (each for event in taken for each in _set_back(event, before, context))
    return (draft(before, "undone", context, **body), *back)


def _order(event: Event) -> tuple[int, str]:
    return event.stamp, event.id


def _set_back(event: Event, before: Ticket, context: Context) -> list[Draft]:
    """What sets the fields of one event back; nothing for an act that is passed over."""
    changed = event.body.get("set")
    if event.kind not in FIELD_KINDS or not isinstance(changed, Mapping):
        return []
    values = {name: before.values.get(name, "") for name in changed}
    if "owner" in values:
        values["owner"] = before.owner
    if event.kind == "ticket.assigned":
        given = str(changed.get("owner", ""))
        return [draft(before, "assigned", context, **{"set": values, "from": given})]
    return [set_draft(event.kind, before.id, part, context) for part in parts(values)]
