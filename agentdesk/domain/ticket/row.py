"""The row of a ticket that lists and searches read; a pure function of its events."""

from __future__ import annotations

import json
from datetime import datetime

from agentdesk.domain.events import EntityId
from agentdesk.domain.fold import EntityState
from agentdesk.domain.moments import to_ms
from agentdesk.domain.pinyin import initials
from agentdesk.domain.ticket.gaps import known
from agentdesk.domain.ticket.priority import priority_of
from agentdesk.domain.ticket.read import read_ticket
from agentdesk.domain.ticket.state import Ticket, TicketState

SUMMARY_LENGTH = 120
"""Characters of a summary a list holds; the whole stands in the ticket."""

TEXT_LENGTH = 80
"""Characters of one searched text."""

_SEARCHED = ("summary", "name", "surname", "number", "account", "waybill", "address", "content")
_SHORT = 60
_EMPTY = EntityId("")

Row = dict[str, str | int | None]


def row_of(state: EntityState) -> Row:
    """Row of ``ticket`` without its id; empty while no opening is known.

    ``search`` holds, in lower case, everything a search looks in, and the pinyin initials of
    what people say (summary and customer).
    """
    ticket = read_ticket(_EMPTY, state)
    if ticket is None:
        return {}
    values = ticket.values
    open_forms, owed = ticket.forms_out, ticket.owed
    priority, summary = priority_of(values), summary_of(ticket)
    return {
        "state": ticket.state.value,
        **{name: values.get(name, "")[:_SHORT] for name in _CLASS},
        "owner": ticket.owner[:_SHORT],
        "first_owner": ticket.first_owner[:_SHORT],
        "customer": ticket.customer[:_SHORT],
        "surname": values.get("surname", "")[:_SHORT],
        "number": ticket.number[:_SHORT],
        "summary": summary,
        "search": _search(ticket, summary),
        "level": priority.level,
        "priority": priority.rank,
        "call_id": ticket.calls[0] if ticket.calls else "",
        "department": open_forms[0].department[:_SHORT] if open_forms else "",
        "form_sent_at": to_ms(open_forms[0].sent_at) if open_forms else None,
        "followup_since": to_ms(min(item.since for item in owed)) if owed else None,
        "correcting": int(bool(ticket.corrections_open)),
        "nudges": len(ticket.nudges),
        "breaches": len(ticket.breaches),
        "told": int(ticket.told),
        "created_at": to_ms(ticket.opened_at),
        "resolved_at": _ms(ticket.resolved_at),
        "closed_at": _ms(ticket.closed_at) if ticket.state is TicketState.CLOSED else None,
        "changed_at": to_ms(ticket.changed_at),
        "missing": _missing(ticket),
        "stamp": ticket.stamp,
    }


def _missing(ticket: Ticket) -> str:
    """What was left open on closing and still is, as a JSON list."""
    if not ticket.closing_gaps:
        return "[]"
    filled = known(ticket)
    gaps = [key for key in ticket.closing_gaps if not filled.get(key)]
    return json.dumps(gaps, ensure_ascii=False)


_CLASS = ("category", "type", "severity", "tier", "network", "area", "zone", "channel")


def _ms(moment: datetime | None) -> int | None:
    return None if moment is None else to_ms(moment)


def summary_of(ticket: Ticket) -> str:
    """One line: the summary, else what the form says first."""
    texts = (ticket.values.get(name, "") for name in ("summary", "content", "matter", "note"))
    text = next((text for text in texts if text.strip()), "")
    return " ".join(text.split())[:SUMMARY_LENGTH]


def _search(ticket: Ticket, summary: str) -> str:
    customer = ticket.customer
    texts = [ticket.values.get(name, "")[:TEXT_LENGTH] for name in _SEARCHED]
    texts += [customer[:_SHORT], ticket.owner[:_SHORT]]
    # What another text already holds (the surname in the name) need not stand twice.
    spoken = [initials(summary), initials(customer[:_SHORT])]
    held = ""
    for text in sorted({text.lower() for text in (*texts, *spoken) if text}, key=_length):
        held = held if text in held else f"{held}\n{text}"
    return held[1:]


def _length(text: str) -> tuple[int, str]:
    return -len(text), text
