"""Why: the clause behind every mark and the sum behind every clock of the card."""

from __future__ import annotations

from datetime import datetime, timedelta

from agentdesk.desk.snapshot import Snapshot
from agentdesk.domain.call.commands import Advised
from agentdesk.domain.call.meters import meters
from agentdesk.domain.call.timers import Level, timers
from agentdesk.domain.phrases import Hit
from agentdesk.tui.panels.common import View, span
from agentdesk.tui.panels.strip import category_name
from agentdesk.tui.widgets.lines import Line, line


def explain(snapshot: Snapshot, view: View, hit: Hit | None, advised: Advised | None) -> list[Line]:
    """Lines help shows above the keys, what is wrong now first."""
    lines: list[Line] = []
    s = view.s
    if advised is not None:
        guard = s(f"guard.{advised.guard.value}", hung_up="", silent="")
        lines.append(_row("▲", "bad", guard, advised.rule))
    if hit is not None:
        name = category_name(hit.rule.category, s)
        text = f"{name}  {s('call.strip.quote', text=hit.text)}"
        lines.append(_row("▲", "bad", text, hit.rule.rule))
        lines.append(line(("  → ", "quiet"), (hit.rule.replacement, "text")))
    lines += _clocks(snapshot, view)
    lines += _promises(snapshot, view)
    if snapshot.call is not None:
        wanted = [m for m in meters(snapshot.call, snapshot.pack) if not m.done]
        for item in wanted[:4]:
            title = item.requirement.title.get(s.language)
            lines.append(_row("○", "quiet", title, item.requirement.rule))
    return lines


def _row(glyph: str, role: str, text: str, rule: str) -> Line:
    return line((f"{glyph} ", role), (text, "text"), (f"  {rule}", "accent"))


def _sum(start: datetime, length: timedelta, view: View) -> str:
    """``09:41:00 + 0:15 = 09:41:15``."""
    zone = view.zone
    begin = start.astimezone(zone).strftime("%H:%M:%S")
    end = (start + length).astimezone(zone).strftime("%H:%M:%S")
    return f"{begin} + {span(length)} = {end}"


def _clocks(snapshot: Snapshot, view: View) -> list[Line]:
    call = snapshot.call
    lines: list[Line] = []
    for timer in timers(call, snapshot.pack, view.now) if call else ():
        if timer.elapsed is None or timer.level is Level.DONE:
            continue
        limit = timedelta(seconds=timer.clock.limit_seconds)
        title = timer.clock.title.get(view.s.language)
        text = f"{title}  {_sum(view.now - timer.elapsed, limit, view)}"
        lines.append(_row("◐", "warn", text, timer.clock.rule))
    return lines


def _promises(snapshot: Snapshot, view: View) -> list[Line]:
    lines: list[Line] = []
    for promise in snapshot.promises[:2]:
        clock = snapshot.pack_of(promise.call_id).clock("promise")
        rule = clock.rule if clock else ""
        who = view.s("call.promise", who=promise.text or view.s("call.who.none"))
        text = f"{who}  {_sum(promise.made_at, timedelta(minutes=promise.minutes), view)}"
        lines.append(_row("◐", "warn", text, rule))
    return lines
