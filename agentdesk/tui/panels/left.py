"""Left column: who is on the line, how long, and what the standard wants of the call."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from agentdesk.desk.snapshot import Snapshot
from agentdesk.domain.call.meters import Meter
from agentdesk.domain.call.state import Call, Phase
from agentdesk.domain.call.timers import Level, Timer
from agentdesk.tui.cells import fit, pad, wrap
from agentdesk.tui.panels.common import BLANK, GLYPH, View, heading, span
from agentdesk.tui.widgets.lines import Line, Piece, line

_PHASE = {
    Phase.OFFERED: ("◐", "warn"),
    Phase.TALKING: ("●", "good"),
    Phase.HELD: ("‖", "warn"),
    Phase.WRAP_UP: ("◐", "accent"),
    Phase.CLOSED: ("○", "quiet"),
    Phase.MISSED: ("○", "quiet"),
}
LABEL = 12
"""Cells of a label in this column."""


def left_lines(
    snapshot: Snapshot, timers: Sequence[Timer], meters: Sequence[Meter], view: View, width: int
) -> list[Line]:
    """The whole column."""
    call = snapshot.call
    s = view.s
    if call is None:
        return [heading(s("call.panel.call")), line(("○ ", "quiet"), (s("phase.idle"), "quiet"))]
    lines = [heading(s("call.panel.call")), *_card(snapshot, call, view, width), BLANK]
    if timers:
        lines += [heading(s("call.panel.timers")), *(_timer(t, view, width) for t in timers)]
        lines += [BLANK]
    lines += [heading(s("call.panel.needs"), snapshot.pack.id, "accent")]
    lines += _standard(snapshot, call, view, width)
    lines += [_meter(item, view, width) for item in meters]
    return lines


def _standard(snapshot: Snapshot, call: Call, view: View, width: int) -> list[Line]:
    """Which standard this call follows, where it is not the seat's own."""
    pack = snapshot.pack
    if pack.id == snapshot.profile.pack:
        return []
    title = f"{pack.id} {pack.title.get(view.s.language)}"
    key = "call.queue" if call.queue else "call.standard"
    text = view.s(key, queue=call.queue, pack=title)
    return [
        line(("◐ ", "warn"), (part, "text")) if number == 0 else line(("  ", ""), (part, "text"))
        for number, part in enumerate(wrap(text, width - 2)[:2])
    ]


def _card(snapshot: Snapshot, call: Call, view: View, width: int) -> list[Line]:
    s = view.s
    glyph, role = _PHASE[call.phase]
    start = call.answered_at or call.offered_at
    length = span((call.ended_at or view.now) - start)
    state = line(
        (f"{glyph} ", role),
        (s(f"phase.{call.phase.value}"), f"{role} bold"),
        (f"  {length}", "bright bold"),
    )
    name = call.customer or call.name
    who: list[Piece] = [
        (fit(name or s("call.customer.unknown"), width - 10), "bright bold" if name else "quiet")
    ]
    who.append((f"  {s(f'call.direction.{call.direction}')}", "quiet"))
    if call.upset:
        who.append((f" ▲{s('call.upset.1')}", "bad bold"))
    number: list[Piece] = [(view.number(call.number), "text")]
    lines = [state, line(*who)]
    known = snapshot.known
    if known is not None:
        number.append((f"  {s('call.known.times', times=known.times + 1)}", "quiet"))
    lines.append(line(*number))
    if known is not None and not known.exact and known.customer:
        lines.append(line((fit(s("call.known.maybe", customer=known.customer), width), "warn")))
    if known is not None and known.last_at is not None:
        category = snapshot.pack_of(known.last_id).category(known.last_category)
        title = category.title.get(s.language) if category else ""
        text = s("call.known.last", day=view.day(known.last_at), category=title)
        lines.append(line((fit(text, width), "quiet")))
    return lines


def _timer(timer: Timer, view: View, width: int) -> Line:
    s = view.s
    glyph, role = ("▲", "bad") if timer.late else GLYPH[timer.level]
    narrow = width < 30
    limit = span(timedelta(seconds=timer.clock.limit_seconds))
    tail = f" /{limit}" if narrow else f"  {s('call.timer.limit', limit=limit)}"
    label = pad(timer.clock.title.get(s.language), LABEL - 2)
    if timer.elapsed is None:
        figure = pad("–", 6, right=True)
        return line((f"{glyph} ", role), (label, "quiet"), (figure + tail, "quiet"))
    figure = pad(span(timer.elapsed), 6, right=True)
    strong = role if timer.level in (Level.WARN, Level.OVER) or timer.late else "bright"
    if timer.late:
        tail = f"  {s('call.timer.late')}"
    tail_role = "bad bold" if timer.late else "quiet"
    return line((f"{glyph} ", role), (label, "text"), (figure, f"{strong} bold"), (tail, tail_role))


def _meter(item: Meter, view: View, width: int) -> Line:
    title = item.requirement.title.get(view.s.language)
    if item.ban:
        glyph, role = ("✓", "good") if item.done else ("▲", "bad")
        figure = str(item.value) if item.value else ""
    else:
        glyph, role = (
            ("✓", "good") if item.done else ("◐", "warn") if item.value else ("○", "quiet")
        )
        figure = f"{item.value}/{item.target}" if item.target > 1 else ""
    name_role = "bad bold" if item.ban and not item.done else "text" if item.value else "quiet"
    label = pad(title, max(8, min(22, width - 8)))
    return line(
        (f"{glyph} ", role), (label, name_role), (figure, "bright" if not item.ban else "bad bold")
    )
