"""When the standard asks for a follow-up call."""

from __future__ import annotations

from agentdesk.domain.pack import Pack
from agentdesk.domain.provision import Provision, ProvisionKind
from agentdesk.domain.ticket.citing import cites
from agentdesk.domain.ticket.state import Ticket
from agentdesk.domain.ticket.words import kind_of

OFFICE = "P1-3.4.2.2-office-followup"
_REPAIRS = frozenset({"repair", "fault", "outage"})


def owed_on_return(ticket: Ticket, pack: Pack) -> str:
    """The clause that wants a call once a department's form is back; empty for none."""
    return next(
        (
            item.rule
            for item in pack.provisions_of(ProvisionKind.LIMIT)
            if item.start == "form_returned" and item.stop == "followup_done" and _for(item, ticket)
        ),
        "",
    )


def owed_on_resolve(ticket: Ticket, pack: Pack) -> str:
    """The clause that wants a call once the matter is settled; empty for none.

    Office repairs are called one by one; apartments and malls report back by their own people
    (P1-3.4.2.2-office-followup). Another pack may have a limit from the resolution to the call.
    """
    office = ticket.values.get("zone") == "office" and kind_of(ticket.category) in _REPAIRS
    if office and cites(pack, OFFICE):
        return OFFICE
    return next(
        (
            item.rule
            for item in pack.provisions_of(ProvisionKind.LIMIT)
            if item.start == "resolved" and item.stop == "followup_done" and _for(item, ticket)
        ),
        "",
    )


def _for(item: Provision, ticket: Ticket) -> bool:
    """Whether a provision speaks of tickets like this one."""
    if item.categories and ticket.category not in item.categories:
        return False
    return not item.zones or ticket.values.get("zone", "") in item.zones
