"""Words and figures every panel shares."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

from msgspec import Struct

from agentdesk.domain.call.state import Call
from agentdesk.domain.call.timers import Level
from agentdesk.domain.text import mask_phone
from agentdesk.strings import Strings
from agentdesk.tui.widgets.lines import Line, Piece, line

GLYPH = {
    Level.IDLE: ("○", "quiet"),
    Level.RUNNING: ("●", "good"),
    Level.WARN: ("◐", "warn"),
    Level.OVER: ("▲", "bad"),
    Level.DONE: ("✓", "good"),
}
"""Glyph and role of a clock's level; a word always stands beside them."""


class View(Struct, frozen=True):
    """What every panel needs to draw.

    Attributes:
        now: the present instant.
        zone: the centre's zone, for dates and times.
        shown: fields revealed right now.
    """

    s: Strings
    now: datetime
    zone: tzinfo
    shown: frozenset[str] = frozenset()

    def clock(self, moment: datetime) -> str:
        """``09:41`` in the centre's zone."""
        return moment.astimezone(self.zone).strftime("%H:%M")

    def day(self, moment: datetime) -> str:
        """``11-20`` in the centre's zone."""
        return moment.astimezone(self.zone).strftime("%m-%d")

    def number(self, number: str) -> str:
        """The customer's number, masked unless it is revealed."""
        if not number:
            return self.s("call.number.none")
        return number if "number" in self.shown else mask_phone(number)

    def who(self, call: Call) -> str:
        """The customer's name as the card knows it."""
        return call.customer or call.name or self.s("call.who.none")


def span(length: timedelta) -> str:
    """A duration as ``m:ss`` or ``h:mm:ss``; the sign is dropped."""
    seconds = abs(int(length.total_seconds()))
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


def minutes_words(minutes: int, s: Strings) -> str:
    """The figure of a promise in words: minutes up to two hours, then hours as well."""
    if abs(minutes) <= 120:
        return s("ask.promise.minutes", minutes=minutes)
    hours, rest = divmod(minutes, 60)
    return s("sla.span.both", hours=hours, minutes=rest) if rest else s("sla.span.hours", n=hours)


def heading(text: str, extra: str = "", role: str = "quiet") -> Line:
    """A dim title with an optional remark."""
    pieces: list[Piece] = [(text, "quiet")]
    if extra:
        pieces.append((f"  {extra}", role))
    return line(*pieces)


BLANK = Line()


def closer(lines: list[Line], height: int) -> list[Line]:
    """The same lines without blank ones while there are more than ``height``."""
    over = len(lines) - height
    kept: list[Line] = []
    for each in lines:
        if over > 0 and each == BLANK:
            over -= 1
        else:
            kept.append(each)
    return kept
