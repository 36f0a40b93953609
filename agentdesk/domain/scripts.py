"""Lines to say: which fit the call, what they say with this caller's details, how to find one.

A line's ``when`` names conditions; :func:`facts` says what holds now. Placeholders that have
no value yet stay visible as a blank, never as nothing: an agent reads what is on the screen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from agentdesk.domain import pinyin
from agentdesk.domain.calendar_cn import SHIPPED, China
from agentdesk.domain.pack import MOMENTS, Line
from agentdesk.domain.text import clean

Direction = Literal["inbound", "outbound"]
Daypart = Literal["morning", "noon", "afternoon", "evening", "night"]

DAYPARTS: tuple[tuple[int, Daypart], ...] = (
    (5, "morning"),
    (12, "noon"),
    (14, "afternoon"),
    (18, "evening"),
    (23, "night"),
)
"""Hour from which each part of the day runs: morning 05:00-11:59, noon 12:00-13:59,
afternoon 14:00-17:59, evening 18:00-22:59, night 23:00-04:59."""

DAYPART_WORDS: Mapping[Daypart, str] = MappingProxyType(
    {
        "morning": "上午好",
        "noon": "中午好",
        "afternoon": "下午好",
        "evening": "晚上好",
        "night": "晚上好",
    }
)
"""What the ``{daypart}`` slot says; spoken Chinese, whatever the interface language.
Before nine it is 早上好, see :func:`daypart_word`."""

WEEKEND_WORD = "周末"
"""What the ``{holiday}`` slot says on a weekend that is no holiday."""

_YES_NO = ("yes", "no")
CONDITIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "direction": ("inbound", "outbound"),
        "daypart": tuple(name for _, name in DAYPARTS),
        "weekend": _YES_NO,
        "holiday": _YES_NO,
        "late": _YES_NO,
        "known": _YES_NO,
        "promised": _YES_NO,
        "long_hold": _YES_NO,
    }
)
"""Names and values a line's ``when`` may use. ``holiday`` also takes a holiday's name."""


class Situation(Struct, frozen=True):
    """What a line's conditions are held against.

    Attributes:
        weekend: a Saturday or Sunday that is not worked to make up for a holiday.
        holiday: name of the public holiday, if today is one.
        late: the call was answered after the ring limit.
        known: the customer has called before.
        promised: a callback was promised to this customer on this call.
        keeps: this call is the callback that was promised on an earlier one. It opens like
            one, but does not close as if it was still to come.
        long_hold: the customer was on hold beyond the limit.
    """

    direction: Direction
    daypart: Daypart
    weekend: bool
    holiday: str | None = None
    late: bool = False
    known: bool = False
    promised: bool = False
    long_hold: bool = False
    keeps: bool = False


def daypart(now: datetime) -> Daypart:
    """The part of the day of ``now`` in its own zone; bounds in :data:`DAYPARTS`."""
    found: Daypart = "night"
    for hour, name in DAYPARTS:
        if now.hour >= hour:
            found = name
    return found


def daypart_word(now: datetime) -> str:
    """The greeting of the hour for the ``{daypart}`` slot, 早上好 from five until nine."""
    return "早上好" if 5 <= now.hour < 9 else DAYPART_WORDS[daypart(now)]


def situation(
    now: datetime,
    direction: Direction,
    *,
    holiday: str | None,
    late: bool = False,
    known: bool = False,
    promised: bool = False,
    long_hold: bool = False,
    keeps: bool = False,
    china: China = SHIPPED,
) -> Situation:
    """The situation at ``now``, which must be in the centre's time zone.

    Args:
        china: the public calendar as far as it is known here, for make-up workdays.

    Raises:
        ValueError: ``now`` has no time zone.
    """
    if now.tzinfo is None:
        raise ValueError("now must have a time zone")
    weekend = now.weekday() >= 5 and not china.is_workday(now.date())
    part = daypart(now)
    return Situation(direction, part, weekend, holiday, late, known, promised, long_hold, keeps)


def facts(s: Situation) -> dict[str, frozenset[str]]:
    """For each condition the values that hold; the keys are those of :data:`CONDITIONS`."""

    def yes(holds: bool) -> frozenset[str]:
        return frozenset({"yes" if holds else "no"})

    return {
        "direction": frozenset({s.direction}),
        "daypart": frozenset({s.daypart}),
        "weekend": yes(s.weekend),
        "holiday": yes(s.holiday is not None) | ({s.holiday} if s.holiday else set()),
        "late": yes(s.late),
        "known": yes(s.known),
        "promised": yes(s.promised),
        "long_hold": yes(s.long_hold),
    }


_KEPT = "callback_call"
"""Trigger of lines said when a promise is kept."""


def fits(line: Line, s: Situation) -> bool:
    """Whether every condition of ``line`` holds; an unknown condition never does."""
    if not line.when:
        return True
    if s.keeps and (line.moment == "opening" or line.trigger == _KEPT):
        s = replace(s, promised=True)
    held = facts(s)
    return all(
        not held.get(name, frozenset()).isdisjoint(allowed) for name, allowed in line.when.items()
    )


def select(lines: Iterable[Line], moment: str, s: Situation) -> list[Line]:
    """Lines of ``moment`` that fit, those made for fewer situations first, then by order."""
    fitting = [line for line in lines if line.moment == moment and fits(line, s)]
    return sorted(fitting, key=lambda line: (-_narrowness(line), line.order))


def as_wanted(lines: Iterable[Line], moment: str, s: Situation) -> list[Line]:
    """All lines in the order somebody looks for one: what can be said next first.

    Those that fit the situation begin with ``moment``, then come the moments after it and
    those before; lines for another situation (of outbound calls while one is answered) stand
    behind them in the same order.
    """
    start = MOMENTS.index(moment) if moment in MOMENTS else 0

    def place(line: Line) -> tuple[bool, int, int, int]:
        turn = (MOMENTS.index(line.moment) - start) % len(MOMENTS)
        return not fits(line, s), turn, -_narrowness(line), line.order

    return sorted(lines, key=place)


def _narrowness(line: Line) -> int:
    """How many conditions say something: 'by day or in the evening' is nearly always true."""
    return sum(_narrows(name, allowed) for name, allowed in line.when.items())


def _narrows(name: str, allowed: Sequence[str]) -> bool:
    """Whether a condition leaves out at least half of what could be."""
    values = CONDITIONS.get(name, ())
    return 2 * len(set(values) - set(allowed)) >= len(values)


class Part(Struct, frozen=True):
    """A stretch of a filled line.

    Attributes:
        slot: the slot it came from, ``None`` for the line's own words.
        missing: the slot has no value and ``text`` is its blank.
    """

    text: str
    slot: str | None = None
    missing: bool = False


class Filled(Struct, frozen=True):
    """A line with its slots filled or shown as blanks."""

    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        """The whole line."""
        return "".join(part.text for part in self.parts)

    @property
    def missing(self) -> tuple[str, ...]:
        """Slots without a value, each once, in order."""
        return tuple(dict.fromkeys(part.slot for part in self.parts if part.missing and part.slot))

    @property
    def complete(self) -> bool:
        """Whether the line can be said as it stands."""
        return not self.missing


_SLOT = re.compile(r"\{\s*([^{}]*?)\s*\}")


def fill(line_text: str, slots: Mapping[str, str], blank: Callable[[str], str]) -> Filled:
    """``line_text`` with the values of ``slots``.

    Values are cleaned and trimmed; ``customer`` is put together from ``surname`` and
    ``title`` when it is not given. A slot without a value becomes ``blank(slot)``. Braces
    that make no placeholder are dropped.
    """
    parts: list[Part] = []
    at = 0
    for match in _SLOT.finditer(line_text):
        _add_words(parts, line_text[at : match.start()])
        at = match.end()
        if not (slot := match[1]):
            continue
        value = _value(slots, slot)
        parts.append(Part(value or blank(slot) or f"〔{slot}?〕", slot, missing=not value))
    _add_words(parts, line_text[at:])
    return Filled(tuple(parts))


def _add_words(parts: list[Part], words: str) -> None:
    if words := words.replace("{", "").replace("}", ""):
        parts.append(Part(words))


def _value(slots: Mapping[str, str], slot: str) -> str:
    value = clean(slots.get(slot, "")).strip()
    if not value and slot == "customer":
        surname, title = _value(slots, "surname"), _value(slots, "title")
        return surname + title if surname and title else ""
    return value


_ID_SCORE = 350  # between words found in the text and initials that happen to fit


def search(lines: Sequence[Line], query: str, language: str = "zh-CN") -> list[Line]:
    """Lines that match every word of ``query``, best first; all of them for no query.

    Looked through are title (also by initials and with gaps), text (also by initials of
    three letters or more), line id and rule id.
    """
    words = query.split()
    if not words:
        return list(lines)
    found: list[tuple[int, int, int, Line]] = []
    for line in lines:
        scores = [_score(line, word, language) for word in words]
        if all(scores):
            moment = MOMENTS.index(line.moment) if line.moment in MOMENTS else len(MOMENTS)
            found.append((-sum(scores), moment, line.order, line))
    return [entry[3] for entry in sorted(found, key=lambda entry: entry[:3])]


def _score(line: Line, word: str, language: str) -> int:
    """The best score of one word in a line; 0 when it is nowhere."""
    best = 0
    for title in {line.title.get(language), line.title.zh}:
        best = max(best, pinyin.matches(word, title) or 0)
    in_text = pinyin.matches(word, line.text) or 0
    # Three letters in order are found in any long sentence; that says nothing.
    floor = pinyin.SUBSEQUENCE if len(word) >= 3 else pinyin.INITIALS_PREFIX
    if in_text > floor:
        best = max(best, min(in_text, pinyin.SUBSTRING) - 1)
    if word.lower() in line.rule.lower() or word.lower() in line.id.lower():
        best = max(best, _ID_SCORE)
    return best


def suggest(lines: Iterable[Line], note_text: str) -> list[Line]:
    """Lines whose ``hears`` occur in the note; most words first, then by their order."""
    note = clean(note_text, multiline=True).casefold()
    heard = [(sum(word.casefold() in note for word in line.hears if word), line) for line in lines]
    return [
        line
        for count, line in sorted(heard, key=lambda entry: (-entry[0], entry[1].order))
        if count
    ]
