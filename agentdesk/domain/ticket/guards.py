"""Guards of a ticket: what the standard wants before it is closed or sent out.

Where the pack in force cites the clause, telling the customer and calling back about a wrong
answer cannot be passed over. Every other guard advises: a reason goes on and is recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct

from agentdesk.domain.pack import Pack
from agentdesk.domain.ticket.citing import cites
from agentdesk.domain.ticket.commands import (
    Advised,
    Close,
    Command,
    Dispatch,
    Refused,
    TicketGuard,
)
from agentdesk.domain.ticket.gaps import needs_read_back, ticket_gaps
from agentdesk.domain.ticket.state import Ticket

Finding = Mapping[str, object] | None
"""What a guard has to say, as values for its sentence; None when it has nothing to say."""


class _Guard(Struct, frozen=True):
    """One guard: when it speaks, the clauses it rests on, whether a reason passes it."""

    guard: TicketGuard
    on: type
    rules: tuple[str, ...]
    finds: Callable[[Ticket, Pack], Finding]
    strict: bool = False


def _not_told(ticket: Ticket, pack: Pack) -> Finding:
    return None if ticket.told else {}


def _correction(ticket: Ticket, pack: Pack) -> Finding:
    owing = ticket.corrections_open
    return {"wrong": owing[0].wrong} if owing else None


def _followup(ticket: Ticket, pack: Pack) -> Finding:
    return {"count": len(ticket.owed)} if ticket.owed else None


def _forms(ticket: Ticket, pack: Pack) -> Finding:
    out = ticket.forms_out
    return {"department": out[0].department} if out else None


def _fields(ticket: Ticket, pack: Pack) -> Finding:
    missing = ticket_gaps(ticket, pack)
    return {"fields": list(missing)} if missing else None


def _read_back(ticket: Ticket, pack: Pack) -> Finding:
    return {} if needs_read_back(ticket, pack) else None


GUARDS: tuple[_Guard, ...] = (
    _Guard(
        TicketGuard.CORRECTION_BEFORE_CLOSE,
        Close,
        ("F6-3.6-call-back-mistake",),
        _correction,
        strict=True,
    ),
    _Guard(
        TicketGuard.TOLD_BEFORE_CLOSE,
        Close,
        (
            "T0-1.2-closed-loop",
            "T0-1.3-step6-close",
            "T0-1.3-step5-feedback",
            "T1-1.5-stage4-feedback",
        ),
        _not_told,
        strict=True,
    ),
    _Guard(
        TicketGuard.FOLLOWUP_BEFORE_CLOSE,
        Close,
        ("P1-3.4.4-followup-same-day", "P1-3.4.2.2-office-followup"),
        _followup,
    ),
    _Guard(TicketGuard.FORMS_BEFORE_CLOSE, Close, ("P1-3.7-dept-24h",), _forms),
    _Guard(TicketGuard.FIELDS_BEFORE_CLOSE, Close, ("P1-3.5-log-everything",), _fields),
    _Guard(
        TicketGuard.READ_BACK_BEFORE_DISPATCH,
        Dispatch,
        ("P1-3.2-understand", "F6-4.2-record-customer", "E4-3.8-read-back"),
        _read_back,
    ),
)
"""In the order they speak."""


def advice(ticket: Ticket, command: Command, pack: Pack) -> tuple[Advised | Refused, ...]:
    """Every guard that speaks against ``command`` now; a :class:`Refused` no reason passes."""
    found: list[Advised | Refused] = []
    for guard in GUARDS:
        if not isinstance(command, guard.on):
            continue
        said = guard.finds(ticket, pack)
        if said is None:
            continue
        demanded = next((rule for rule in guard.rules if cites(pack, rule)), "")
        if demanded and guard.strict:
            found.append(Refused(f"refused.ticket.{guard.guard.value}", said, demanded))
        else:
            found.append(
                Advised(guard.guard, demanded or (guard.rules[0] if guard.strict else ""), said)
            )
    return tuple(found)
