"""What a decision about a ticket is given and gives, and how its events are made."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from agentdesk.domain.events import Draft, EntityId
from agentdesk.domain.moments import to_ms
from agentdesk.domain.pack import Pack
from agentdesk.domain.ticket import commands as c
from agentdesk.domain.ticket.state import Ticket

Decision = tuple[Draft, ...] | c.Refused | c.Advised

PART_BYTES = 24 * 1024
"""Room for the fields of one event (it has at most 32 KiB); a part is more only if one field
alone is."""


class Context(Struct, frozen=True):
    """What a decision may look at besides the ticket.

    Attributes:
        now: the present instant, aware.
        actor: agent number of whoever acts.
        new_id: gives a fresh entity id.
    """

    now: datetime
    pack: Pack
    actor: str
    new_id: Callable[[], EntityId]

    @property
    def at(self) -> int:
        """``now`` in milliseconds."""
        return to_ms(self.now)


def draft(ticket: Ticket, kind: str, context: Context, **body: Any) -> Draft:
    """An event of a ticket; it happened now unless the body says when."""
    return Draft(f"ticket.{kind}", "ticket", ticket.id, {"at": context.at, **body})


def happened(
    ticket: Ticket, at: datetime | None, context: Context, *, before: timedelta = timedelta(0)
) -> dict[str, int] | c.Refused:
    """``at`` and, when it was written down later, ``logged``; never before the ticket was.

    Args:
        before: how long before the intake it may have been all the same.
    """
    if at is None:
        return {"at": context.at}
    if not ticket.opened_at - before <= at <= context.now:
        return c.Refused("refused.ticket.at")
    return {"at": to_ms(at), "logged": context.at}


def set_draft(
    kind: str, ticket_id: EntityId, values: Mapping[str, object], context: Context, reason: str = ""
) -> Draft:
    """An event that sets fields."""
    body: dict[str, object] = {"at": context.at, "set": dict(values)}
    return Draft(kind, "ticket", ticket_id, body | ({"reason": reason} if reason else {}))


def parts(values: Mapping[str, str]) -> list[dict[str, str]]:
    """The values in as few events as fit (an event has at most 32 KiB)."""
    found: list[dict[str, str]] = []
    room = 0
    for name, text in values.items():
        size = len(json.dumps([name, text], ensure_ascii=False).encode(errors="replace"))
        if not found or size > room:
            found.append({})
            room = PART_BYTES
        found[-1][name] = text
        room -= size
    return found
