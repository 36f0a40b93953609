"""The clocks of one order: how each stands, and why it is due when it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from agentdesk.domain.sla.state import ClockState, Level, State, states
from agentdesk.domain.sla.sums import explain_plan, sum_line, whole
from agentdesk.domain.sla.target import Kind, Target
from agentdesk.domain.ticket.clocks import TicketClock
from agentdesk.strings import Strings
from agentdesk.tui.cells import cell_len, pad, wrap
from agentdesk.tui.panels.common import View, span
from agentdesk.tui.widgets.lines import Line, Piece, line

_LEVEL = {
    Level.NONE: ("○", "quiet"),
    Level.OK: ("●", "good"),
    Level.WARN: ("◐", "warn"),
    Level.LATE: ("▲", "bad"),
}
NAME = 14
"""Cells of a clock's name."""
MOST = 8
"""Clocks that are shown; no order has more that run."""


def clock_lines(clocks: Sequence[TicketClock], view: View, width: int) -> list[Line]:
    """A row for each clock, as they stand now; those that run first."""
    if not clocks:
        return [line(("○ ", "quiet"), (view.s("board.clock.none"), "quiet"))]
    now = states([clock.plan for clock in clocks], view.now)
    return [_row(c, state, view.s, width) for c, state in zip(clocks[:MOST], now, strict=False)]


def _row(clock: TicketClock, state: ClockState, s: Strings, width: int) -> Line:
    glyph, role, words = _standing(state, s)
    name = pad(clock.choice.clock.title.get(s.language), min(NAME, max(8, width // 3)))
    limit = s("board.limit", limit=limit_words(clock.choice.clock.target, s))
    room = width - 3 - cell_len(name) - cell_len(words)
    pieces: list[Piece] = [(f"{glyph} ", role), (name, "text"), (f" {words}", f"{role} bold")]
    if room >= cell_len(limit) + 2:
        pieces.append((f"  {limit}", "quiet"))
    return line(*pieces)


def _standing(state: ClockState, s: Strings) -> tuple[str, str, str]:
    """Glyph, role and words of a clock."""
    late = state.level is Level.LATE
    if state.stopped_us is not None:
        taken = span(state.elapsed)
        if late:
            return "▲", "bad", s("board.clock.late", time=taken)
        return "✓", "good", s("board.clock.met", time=taken)
    if state.state is State.PAUSED:
        return "‖", "quiet", s("board.level.paused")
    glyph, role = _LEVEL[state.level]
    left = state.remaining
    if left is None:
        return glyph, role, s("board.level.none")
    if state.state in (State.REACHED, State.SHORT):
        return "○", "text", s("board.clock.reached", time=span(state.elapsed))
    word = s("board.level.late" if late else "board.level.warn") if late or role == "warn" else ""
    return glyph, role, f"{word} {length(left, s)}".strip()


def length(left: timedelta, s: Strings) -> str:
    """A span of working time, in days when it is long."""
    hours = abs(left.total_seconds()) / 3600
    if hours >= 72:
        return s("board.days", days=round(hours / 24))
    return span(left)


def limit_words(target: Target, s: Strings) -> str:
    """The figure of a standard in words."""
    if target.at_once:
        return s("board.target.at_once")
    if target.kind is Kind.DURATION:
        minutes = round(target.length.total_seconds() / 60)
        if minutes % 60 == 0 and minutes:
            return s("sla.span.hours", n=minutes // 60)
        if minutes:
            return s("sla.span.minutes", n=minutes)
        return s("sla.span.seconds", n=round(target.length.total_seconds()))
    hour, minute = divmod(target.at // 60_000_000, 60)
    return s(f"board.target.{target.kind.value}", n=target.count, time=f"{hour:02d}:{minute:02d}")


def why_lines(clocks: Sequence[TicketClock], view: View, width: int) -> list[Line]:
    """The sum of each clock that runs, its clause and what it was chosen by."""
    found: list[Line] = []
    for clock in clocks:
        if not clock.running:
            continue
        # Of the plan whose rows are shown: made again it could be another one.
        told = explain_plan(clock.plan, view.now, clock.choice)
        if told is None:
            continue
        title = clock.choice.clock.title.get(view.s.language)
        rule = clock.choice.clock.rule
        if cell_len(title) + cell_len(rule) + 2 <= width:
            found.append(line((title, "bright"), (f"  {rule}", "accent")))
        else:
            found += [line((title, "bright")), line((f"  {rule}", "accent"))]
        found += [
            line((f"  {part}", "text")) for part in wrap(sum_line(whole(told), view.s), width - 2)
        ]
        names = [view.s(f"sla.dimension.{name}") for name in clock.choice.matched]
        matched = view.s("sla.list").join(names) or view.s("sla.matches_all")
        found += [
            line((f"  {part}", "quiet"))
            for part in wrap(view.s("board.matched", what=matched), width - 2)
        ]
    return found
