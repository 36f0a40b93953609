"""Rows of the tables people query, computed from an entity's state.

One function per entity; the store keeps a table for each and writes what these return.
Timestamps are integer milliseconds since 1970, UTC.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime

from agentdesk.domain.call.state import phase_of, read_call
from agentdesk.domain.events import EntityId
from agentdesk.domain.fold import EntityState, Item
from agentdesk.domain.followups import read_callback, read_escalation, read_promise
from agentdesk.domain.moments import to_ms

Row = dict[str, str | int | None]
"""One row without its id; empty when the entity has no root event yet."""

_NOWHERE = EntityId("")
_LEAST_MS, _MOST_MS = -62_135_596_800_000, 253_402_300_799_999
"""What a date can be, the years 1 to 9999."""


def _ms(moment: datetime | None) -> int | None:
    return None if moment is None else to_ms(moment)


def project_call(state: EntityState) -> Row:
    """Row of ``call``."""
    try:
        row = _call_at_once(state)
    except Exception:
        row = None
    return _call(state) if row is None else row


def _call(state: EntityState) -> Row:
    """By reading the call, which also says what is wrong with it."""
    call = read_call(_NOWHERE, state, words=False)
    if call is None:
        return {}
    return {
        "phase": call.phase.value,
        "direction": call.direction,
        "number": call.number,
        "customer": call.customer or call.name,
        "surname": call.values.get("surname", ""),
        "title": call.values.get("title", ""),
        "category": call.values.get("category", ""),
        "disposition": call.disposition,
        "offered_at": _ms(call.offered_at),
        "answered_at": _ms(call.answered_at),
        "ended_at": _ms(call.ended_at),
        "closed_at": _ms(call.closed_at),
        "ended_by": call.ended_by,
        "source": call.source,
        "missing": json.dumps(list(call.gaps), ensure_ascii=False),
        "note": call.values.get("note", ""),
        "install": call.install,
    }


def _call_at_once(state: EntityState) -> Row | None:
    """The same row in one pass and without a date, a quarter of the time; None when in doubt.

    A server and a catching-up seat make this row for every call of every batch.
    """
    first: dict[str, tuple[Item, int]] = {}
    last: dict[str, tuple[Item, int]] = {}
    held = False
    items = [(item.stamp, item.id, item) for item in state.items.values()]
    items.sort()  # ids differ, so no two items are ever compared
    for _, _, item in items:
        at, kind = item.body["at"], item.kind
        if type(at) is not int or not _LEAST_MS <= at <= _MOST_MS:
            return None
        last[kind] = found = (item, at)
        first.setdefault(kind, found)
        if kind == "call.held":
            held = True
        elif kind == "call.resumed":
            held = False
    if "call.offered" not in first:
        return None
    offered, offered_at = first["call.offered"]
    answered = first.get("call.answered")
    ended = last.get("call.ended") or last.get("call.transferred")
    closed, over = last.get("call.closed"), ended or last.get("call.missed")
    values = {name: str(each[2]) for name, each in state.fields.items() if each[2] is not None}
    body, get = offered.body, values.get
    surname, title = get("surname", ""), get("title", "")
    stands, number = get("disposition", ""), state.value("number")
    missing = () if closed is None else tuple(closed[0].body.get("missing", ()))
    gaps = [key for key in missing if not get(key, "").strip()]
    chosen = "" if closed is None else str(closed[0].body.get("disposition", "")) or stands
    return {
        "phase": phase_of(last.keys(), held and ended is None).value,
        "direction": str(body.get("direction", "inbound")),
        "number": str(number or body.get("number", "")),
        "customer": f"{surname}{title}" if surname and title else str(body.get("name", "")),
        "surname": surname,
        "title": title,
        "category": get("category", ""),
        "disposition": chosen,
        "offered_at": offered_at,
        "answered_at": None if answered is None else answered[1],
        "ended_at": None if over is None else over[1],
        "closed_at": None if closed is None else closed[1],
        "ended_by": "" if ended is None else str(ended[0].body.get("by", "")),
        "source": str(body.get("source", "")),
        "missing": json.dumps(gaps, ensure_ascii=False) if gaps else "[]",
        "note": get("note", ""),
        "install": offered.install,
    }


def project_promise(state: EntityState) -> Row:
    """Row of ``promise``."""
    promise = read_promise(_NOWHERE, state)
    if promise is None:
        return {}
    return {
        "call_id": promise.call_id,
        "text": promise.text,
        "minutes": promise.minutes,
        "made_at": _ms(promise.made_at),
        "due_at": _ms(promise.due_at),
        "state": promise.state,
        "done_at": _ms(promise.done_at),
        "install": promise.install,
    }


def project_callback(state: EntityState) -> Row:
    """Row of ``callback``."""
    callback = read_callback(_NOWHERE, state)
    if callback is None:
        return {}
    return {
        "call_id": callback.call_id,
        "number": callback.number,
        "customer": callback.customer,
        "due_at": _ms(callback.due_at),
        "state": callback.state,
        "made_at": _ms(callback.made_at),
        "install": callback.install,
    }


def project_escalation(state: EntityState) -> Row:
    """Row of ``escalation``."""
    escalation = read_escalation(_NOWHERE, state)
    if escalation is None:
        return {}
    return {
        "call_id": escalation.call_id,
        "reason": escalation.reason,
        "level": escalation.level,
        "proposal": escalation.proposal,
        "raised_at": _ms(escalation.raised_at),
        "state": escalation.state,
        "taken_by": escalation.taken_by,
        "taken_at": _ms(escalation.taken_at),
        "emergency": int(escalation.emergency),
        "raised_by": escalation.raised_by,
        "install": escalation.install,
    }


def project_seat(state: EntityState) -> Row:
    """Row of ``seat``."""
    names = ("agent_no", "agent_name", "company", "pack", "language")
    return {name: str(state.value(name, "") or "") for name in names} if state.fields else {}


def project_ticket(state: EntityState) -> Row:
    """Row of ``ticket``."""
    # Nothing of tickets is needed for the first screen of a console.
    from agentdesk.domain.ticket.row import row_of

    return row_of(state)


def project_person(state: EntityState) -> Row:
    """Row of ``person``."""
    # A console that never saw a server has no people to read.
    from agentdesk.domain.people import project_person as row_of

    return row_of(state)


def project_team(state: EntityState) -> Row:
    """Row of ``team``."""
    from agentdesk.domain.people import project_team as row_of

    return row_of(state)


PROJECT: Mapping[str, Callable[[EntityState], Row]] = {
    "call": project_call,
    "promise": project_promise,
    "callback": project_callback,
    "escalation": project_escalation,
    "seat": project_seat,
    "ticket": project_ticket,
    "person": project_person,
    "team": project_team,
}
"""Row maker per entity."""
