"""Taking a matter in, and the fields of its record."""

from __future__ import annotations

from collections.abc import Mapping

from agentdesk.domain.call.taken import NUMBER, taken_over
from agentdesk.domain.events import Draft
from agentdesk.domain.ticket import commands as c
from agentdesk.domain.ticket.context import Context, Decision, draft, parts, set_draft
from agentdesk.domain.ticket.read import HIDDEN
from agentdesk.domain.ticket.state import Ticket
from agentdesk.domain.ticket.words import canonical

CLASS_FIELDS = frozenset(
    {"category", "type", "severity", "tier", "network", "area", "zone", "channel"}
    | {"urgency", "priority"}
)
"""Fields that choose clocks and priority; a change of theirs is an act of its own."""

_SHOWN = 80
"""Characters of a former value that its change keeps."""


def open_ticket(ticket: Ticket | None, command: c.Open, context: Context) -> Decision:
    """Open a ticket; one that is there already stays as it is."""
    if ticket is not None:
        return ()
    # What was left empty was not taken in: there is nothing it could clear.
    given = {name: text for name, text in _typed(command.values).items() if text.strip()}
    category = given.get("category", "")
    if category and context.pack.categories and context.pack.category(category) is None:
        return c.Refused("refused.ticket.category", {"category": category})
    if command.summary.strip():
        given["summary"] = command.summary
    if not given.get("summary", "").strip() and not category:
        return c.Refused("refused.ticket.empty")
    phone = taken_over(given, given.get(NUMBER, ""), context.pack)
    given |= phone
    taken = {name: source for name, source in command.taken.items() if given.get(name)}
    taken |= dict.fromkeys(phone, NUMBER)
    typed_owner = given.pop("owner", "").strip()  # a form may ask who is responsible
    short = {name: given.pop(name) for name in list(given) if name in CLASS_FIELDS}
    body = {
        "at": context.at,
        "owner": command.owner.strip() or typed_owner or context.actor,
        "call": command.call_id,
        "pack": context.pack.id,
        "values": short,
        **({"taken": taken} if taken else {}),
    }
    ticket_id = command.ticket_id
    drafts = [Draft("ticket.opened", "ticket", ticket_id, body)]
    drafts += [set_draft("ticket.set", ticket_id, part, context) for part in parts(given)]
    if command.call_id:
        link = {"at": context.at, "call": command.call_id}
        drafts.append(Draft("ticket.linked", "ticket", ticket_id, link))
    if command.read_back:
        drafts.append(Draft("ticket.read_back", "ticket", ticket_id, {"at": context.at}))
    return tuple(drafts)


def _typed(values: Mapping[str, str]) -> dict[str, str]:
    """Fields as kept: none of the ticket's own, tiers and networks by key."""
    return {
        name: canonical(name, text)
        for name, text in values.items()
        if name and not name.startswith(HIDDEN)
    }


def set_fields(ticket: Ticket, command: c.SetFields, context: Context) -> Decision:
    """Set what changed; what chooses clocks apart from the rest, with its former values."""
    given = _typed(command.values)
    given.pop("owner", None)  # a new owner is an act of its own
    changed = {k: v for k, v in given.items() if ticket.values.get(k, "") != v}
    category = changed.get("category", "")
    if category and context.pack.categories and context.pack.category(category) is None:
        return c.Refused("refused.ticket.category", {"category": category})
    chosen = {k: v for k, v in changed.items() if k in CLASS_FIELDS}
    plain = {k: v for k, v in changed.items() if k not in CLASS_FIELDS}
    drafts = [set_draft("ticket.set", ticket.id, part, context) for part in parts(plain)]
    for part in parts(chosen):
        before = {name: ticket.values.get(name, "")[:_SHOWN] for name in part}
        reason = command.because.strip()
        drafts.append(draft(ticket, "classed", context, set=part, before=before, reason=reason))
    return tuple(drafts)
