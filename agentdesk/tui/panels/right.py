"""Right column: what else waits - promises, callbacks, escalations, other calls, gaps."""

from __future__ import annotations

from datetime import datetime, timedelta

from agentdesk.desk.snapshot import Snapshot
from agentdesk.domain.call.commands import UNDO_SECONDS
from agentdesk.domain.call.timers import Level, level_of
from agentdesk.domain.followups import EscalationView
from agentdesk.tui.cells import fit, pad, wrap
from agentdesk.tui.panels.common import BLANK, GLYPH, View, heading, span
from agentdesk.tui.widgets.lines import Line, line

WARN_SHARE = 2 / 3
"""A promise shows as nearly due when two thirds of its time are gone."""
TIME = 13
"""Cells of the time column."""
LISTED = 6
"""Rows of one list; more are counted."""
HELP_LATE = timedelta(seconds=60)
"""A delivered call for help nobody took for so long is late. The standards say "at once" and name
no figure (F6-4.3-manager-contacts-at-once): this one is the console's."""


def due_level(made: datetime, due: datetime, now: datetime) -> Level:
    """Level of a promise or callback."""
    total = (due - made).total_seconds()
    return level_of(now - made, total, total * WARN_SHARE)


def due_words(level: Level, due: datetime, view: View) -> str:
    """``12:40`` left, or the word for late and by how much."""
    left = due - view.now
    text = span(left)
    return view.s("unit.over", time=text) if level is Level.OVER else text


def right_lines(snapshot: Snapshot, view: View, width: int) -> list[Line]:
    """The whole column."""
    s = view.s
    lines = _due(snapshot, view, width)
    escalations = snapshot.of_call(snapshot.call.id) if snapshot.call else ()
    if escalations:
        lines += [BLANK, heading(s("call.panel.escalation"))]
        for item in escalations[-3:]:
            lines += _escalation(item, snapshot, view, width)
    if snapshot.waiting:
        lines += [BLANK, heading(s("call.panel.waiting"), str(len(snapshot.waiting)), "warn")]
        for call in snapshot.waiting[:LISTED]:
            text = f"{s(f'phase.{call.phase.value}')}  {view.who(call)}  {view.number(call.number)}"
            lines.append(line(("◐ ", "warn"), (fit(text, width - 2), "text")))
    if snapshot.incomplete:
        lines += [BLANK, heading(s("call.panel.incomplete"), str(len(snapshot.incomplete)), "warn")]
        for call in snapshot.incomplete[:LISTED]:
            gaps = s("call.incomplete.item", count=len(call.gaps))
            text = f"{view.clock(call.offered_at)}  {view.who(call)}"
            lines.append(line(("○ ", "warn"), (pad(text, width - 12), "text"), (gaps, "warn")))
    lines += _guidance(snapshot, view, width)
    return lines


def _due(snapshot: Snapshot, view: View, width: int) -> list[Line]:
    s = view.s
    rows: list[tuple[datetime, Line]] = []
    for promise in snapshot.promises:
        level = due_level(promise.made_at, promise.due_at, view.now)
        what = s("call.promise", who=promise.text or s("call.who.none"))
        rows.append((promise.due_at, _row(level, promise.due_at, what, view, width)))
    for callback in snapshot.callbacks:
        level = due_level(callback.made_at, callback.due_at, view.now)
        what = s("call.callback", who=callback.customer or view.number(callback.number))
        rows.append((callback.due_at, _row(level, callback.due_at, what, view, width)))
    rows.sort(key=lambda row: row[0])
    count = str(len(rows)) if rows else ""
    lines = [heading(s("call.panel.due"), count, "bright")]
    lines += [row for _, row in rows[:LISTED]]
    if len(rows) > LISTED:
        lines.append(line((f"  +{len(rows) - LISTED}", "quiet")))
    if not rows:
        lines.append(line((fit(s("call.due.none"), width), "quiet")))
    return lines


def _row(level: Level, due: datetime, what: str, view: View, width: int) -> Line:
    glyph, role = GLYPH[level]
    time = pad(due_words(level, due, view), TIME - 2)
    return line((f"{glyph} ", role), (time, f"{role} bold"), (fit(what, width - TIME), "text"))


def _escalation(item: EscalationView, snapshot: Snapshot, view: View, width: int) -> list[Line]:
    s = view.s
    level = next((x for x in snapshot.pack.levels if x.key == item.level), None)
    title = level.title.get(s.language) if level else item.level
    lines = [
        line(
            (f"{view.clock(item.raised_at)}  → ", "quiet"), (fit(title, width - 10), "bright bold")
        )
    ]
    text, role = _standing(item, snapshot, view)
    lines.append(line((fit(text, width), role)))
    left = timedelta(seconds=UNDO_SECONDS) - (view.now - item.raised_at)
    if item.state == "sent" and left > timedelta():
        seconds = max(1, round(left.total_seconds()))
        lines.append(line((s("call.esc.undo", seconds=seconds), "accent")))
    if item.report_owed and item.state != "withdrawn":
        lines.append(line((fit(s("call.esc.owed"), width), "bad")))
    text = s("call.esc.proposal", proposal=item.proposal)
    lines += [line((part, "quiet")) for part in wrap(text, width)[:2]]
    return lines


def _standing(item: EscalationView, snapshot: Snapshot, view: View) -> tuple[str, str]:
    """How far a call for help has come: noted, delivered, taken; never more than is known."""
    s = view.s
    if item.state == "withdrawn":
        return s("call.esc.withdrawn"), "quiet"
    if item.state == "taken":
        known = item.confirmed or not snapshot.shared
        key = "call.esc.taken" if known else "call.esc.claimed"
        return s(key, by=item.taken_by), "good" if known else "accent"
    if not snapshot.shared:
        return s("call.esc.sent"), "warn"
    if not item.delivered:
        return s("call.esc.pending"), "warn"
    waits = view.now - (item.sent_at or item.raised_at)
    late = waits >= HELP_LATE
    key = "call.esc.late" if late else "call.esc.delivered"
    return s(key, time=span(max(timedelta(), waits))), "bad" if late else "warn"


def _guidance(snapshot: Snapshot, view: View, width: int) -> list[Line]:
    """One sentence of the standard's guidance, another every five minutes."""
    items = snapshot.pack.guidance
    if not items:
        return []
    rule, text = items[int(view.now.timestamp() // 300) % len(items)]
    lines = [BLANK, heading(view.s("call.panel.guidance"), rule, "accent")]
    return lines + [line((part, "quiet")) for part in wrap(text, width)[:4]]
