"""The header line and the nearest deadline of all."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from agentdesk.config import Shift
from agentdesk.desk.snapshot import Snapshot
from agentdesk.domain.call.timers import Level
from agentdesk.domain.moments import from_ms
from agentdesk.tui.panels.common import View, span
from agentdesk.tui.panels.right import due_level, due_words
from agentdesk.tui.widgets.header import Deadline, HeaderModel

if TYPE_CHECKING:
    from agentdesk.store.rows import TicketRow

_STATE = {Level.RUNNING: "good", Level.WARN: "warn", Level.OVER: "bad"}


def header_model(
    snapshot: Snapshot,
    shift: Shift,
    view: View,
    sync: tuple[str, str],
    ticket: TicketRow | None = None,
) -> HeaderModel:
    """What the header shows.

    Args:
        ticket: the order that is due first.
        sync: state (``good``, ``warn``, ``bad``) and its word.
    """
    s = view.s
    profile = snapshot.profile
    hours, left = _shift(shift, view)
    return HeaderModel(
        seat=s("header.seat", no=profile.agent_no, name=profile.agent_name).strip(),
        shift=s("header.shift") if hours else "",
        hours=hours,
        left=left,
        deadline_label=s("header.deadline"),
        deadline=nearest(snapshot, view, ticket),
        sync_state=sync[0],
        sync=sync[1],
        clock=view.now.astimezone(view.zone).strftime("%H:%M:%S"),
    )


def nearest(snapshot: Snapshot, view: View, ticket: TicketRow | None = None) -> Deadline | None:
    """The open promise, callback or order that is due first."""
    now = view.now
    found = [
        (p.due_at, due_level(p.made_at, p.due_at, now), _promised(p.text, view))
        for p in snapshot.promises[:1]
    ]
    found += [
        (c.due_at, due_level(c.made_at, c.due_at, now), _missed(c.customer, c.number, view))
        for c in snapshot.callbacks[:1]
    ]
    if ticket is not None and ticket.due_at is not None:
        due = from_ms(ticket.due_at)
        near = ticket.warn_at is not None and now >= from_ms(ticket.warn_at)
        level = Level.OVER if now > due else Level.WARN if near else Level.RUNNING
        who = ticket.customer or view.number(ticket.number)
        owner = view.s("board.deadline", code=ticket.id[-6:], who=who, owner=ticket.owner)
        found.append((due, level, owner))
    if not found:
        return None
    due, level, owner = min(found, key=lambda item: item[0])
    return Deadline(_STATE.get(level, "good"), due_words(level, due, view), owner)


def _promised(text: str, view: View) -> str:
    return view.s("call.promise", who=text or view.s("call.who.none"))


def _missed(customer: str, number: str, view: View) -> str:
    return view.s("call.callback", who=customer or view.number(number))


def _shift(shift: Shift, view: View) -> tuple[str, str]:
    """Hours of the shift and the time to its end; an end before the start is next day."""
    if shift.start is None or shift.end is None:
        return "", ""
    hours = f"{shift.start:%H:%M}–{shift.end:%H:%M}"
    left = time_left(view.now.astimezone(view.zone), shift.start, shift.end)
    if left is None:
        return hours, ""
    text = span(left).rsplit(":", 1)[0] if left >= timedelta(hours=1) else span(left)
    return hours, view.s("header.left", time=text)


def time_left(now: datetime, start: time, end: time) -> timedelta | None:
    """Time to the end of the shift ``now`` lies in; None outside it."""
    for day in (now.date() - timedelta(days=1), now.date()):
        begins = datetime.combine(day, start, now.tzinfo)
        ends = datetime.combine(day, end, now.tzinfo)
        if ends <= begins:
            ends += timedelta(days=1)
        if begins <= now < ends:
            return ends - now
    return None
