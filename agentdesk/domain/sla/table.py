"""Working time laid out week by week, so that counting it is a few look-ups.

Weeks that depart in nothing share one pattern; weeks with a holiday, a make-up day or a change
of the clocks have their own, made when somebody looks inside. Fifty-two weeks stand together
in a chunk with the sum worked until each of them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate
from operator import sub

from agentdesk.domain.sla.instants import DAY, Span, union
from agentdesk.domain.sla.zones import Zone

Hours = tuple[Span, ...]
"""Opening and closing times of a day, in microseconds past midnight, in order, not touching."""

WEEKS = 52
CHUNK = WEEKS * 7 * DAY
Place = tuple[int, int]
"""An instant, as the number of its chunk and what has been worked in it before."""

LONGEST = 100
"""Chunks looked through for a due time: a hundred years."""


class Pattern:
    """The working spans of one week, counted from its beginning."""

    __slots__ = ("closes", "done", "opens", "total")

    def __init__(self, spans: Sequence[Span]) -> None:
        self.opens = [opens for opens, _ in spans]
        self.closes = [closes for _, closes in spans]
        self.done: list[int] = list(accumulate(map(sub, self.closes, self.opens)))
        self.total = self.done[-1] if self.done else 0


class Chunk:
    """Fifty-two weeks.

    Attributes:
        starts: when each week begins, and the end of the last; local midnights.
        done: what has been worked in the chunk until each of them.
        patterns: of each week; None until somebody looks inside.
    """

    __slots__ = ("done", "first", "high", "low", "patterns", "starts", "total")

    def __init__(
        self, first: int, starts: list[int], totals: list[int], patterns: list[Pattern | None]
    ) -> None:
        self.first = first
        self.starts = starts
        self.low, self.high = starts[0], starts[-1]
        self.done = list(accumulate(totals, initial=0))
        self.total = self.done[-1]
        self.patterns = patterns


class Table:
    """All working time of a calendar.

    Args:
        week: hours of Monday to Sunday.
        exceptions: hours of days (since 1970) that differ from their week.
    """

    def __init__(self, place: Zone, week: Sequence[Hours], exceptions: Mapping[int, Hours]) -> None:
        self._zone = place
        # Days are counted from a Thursday.
        self._week = [*week[3:], *week[:3]]
        self._lengths = [_length(hours) for hours in self._week]
        self._exceptions = exceptions
        self._special = sorted(exceptions)
        self._plain = Pattern(_laid_out(self._week))
        self._chunks: dict[int, Chunk] = {}

    def between(self, begin: int, end: int) -> int:
        """Working time between two instants; 0 if ``end`` is not after ``begin``."""
        if end <= begin:
            return 0
        first, before = self.place(begin)
        last, done = self.place(end)
        return done - before if first == last else self.through(first, last) - before + done

    def after(self, begin: int, length: int) -> int | None:
        """The first instant at which ``length`` (> 0) has been worked since ``begin``.

        None if that is not within a hundred years.
        """
        number, before = self.place(begin)
        return self.reach(number, before + length)

    def place(self, instant: int) -> Place:
        """The chunk an instant lies in, and what has been worked in it until then."""
        number = instant // CHUNK  # where it would be in UTC; local time is hours off
        chunk = self._chunks.get(number) or self._make(number)
        if instant < chunk.low:
            number -= 1
            chunk = self.chunk(number)
        elif instant >= chunk.high:
            number += 1
            chunk = self.chunk(number)
        index = bisect_right(chunk.starts, instant) - 1
        pattern = chunk.patterns[index] or self._pattern(chunk, index)
        instant -= chunk.starts[index]
        # Pattern.at, spelt out: this is the inner loop of a board.
        last = bisect_right(pattern.opens, instant) - 1
        if last < 0:
            return number, chunk.done[index]
        left = pattern.closes[last] - instant
        done = chunk.done[index] + pattern.done[last]
        return number, done - left if left > 0 else done

    def through(self, first: int, last: int) -> int:
        """What is worked in the chunks from ``first`` up to, not with, ``last``."""
        return sum(self.chunk(number).total for number in range(first, last))

    def reach(self, number: int, wanted: int) -> int | None:
        """The first instant at which ``wanted`` (> 0) has been worked since a chunk began.

        None if that is not within a hundred years.
        """
        chunk = self.chunk(number)
        last = number + LONGEST
        while wanted > chunk.total:
            if number >= last:
                return None
            wanted -= chunk.total
            number += 1
            chunk = self.chunk(number)
        index = bisect_left(chunk.done, wanted) - 1
        pattern = chunk.patterns[index] or self._pattern(chunk, index)
        wanted -= chunk.done[index]
        at = bisect_left(pattern.done, wanted)
        return chunk.starts[index] + pattern.closes[at] - (pattern.done[at] - wanted)

    def spans(self, begin: int, end: int) -> list[Span]:
        """The working spans between two instants, cut to them, touching ones joined."""
        found: list[Span] = []
        for number in range(self.place(begin)[0], self.place(end)[0] + 1):
            chunk = self.chunk(number)
            for index in range(WEEKS):
                base = chunk.starts[index]
                if base >= end or chunk.starts[index + 1] <= begin:
                    continue
                pattern = chunk.patterns[index] or self._pattern(chunk, index)
                for opens, closes in zip(pattern.opens, pattern.closes, strict=True):
                    found.append((max(base + opens, begin), min(base + closes, end)))
        return union(found)

    def hours_on(self, day: int) -> Hours:
        """Hours of a local day since 1970."""
        return self._exceptions.get(day, self._week[day % 7])

    def chunk(self, number: int) -> Chunk:
        """The chunk of a number; chunk 0 begins in 1970."""
        return self._chunks.get(number) or self._make(number)

    def _make(self, number: int) -> Chunk:
        first = number * WEEKS
        starts, changes = self._zone.stretch(first, WEEKS)
        totals = [self._plain.total] * WEEKS
        patterns: list[Pattern | None] = [self._plain] * WEEKS
        begin, after = first * 7, (first + WEEKS) * 7
        special = self._special
        for day in special[bisect_left(special, begin) : bisect_left(special, after)]:
            week, weekday = divmod(day - begin, 7)
            totals[week] += _length(self._exceptions[day]) - self._lengths[weekday]
            patterns[week] = None
        for week in changes:
            changed = self._changing(first + week, starts[week], starts[week + 1])
            patterns[week], totals[week] = changed, changed.total
        made = self._chunks[number] = Chunk(first, starts, totals, patterns)
        return made

    def _pattern(self, chunk: Chunk, index: int) -> Pattern:
        """The spans of a week with holidays or make-up days."""
        first = (chunk.first + index) * 7
        made = Pattern(_laid_out([self.hours_on(first + day) for day in range(7)]))
        chunk.patterns[index] = made
        return made

    def _changing(self, week: int, low: int, high: int) -> Pattern:
        """The spans of a week, between two instants, in or just before which clocks change."""
        first = week * 7
        place = self._zone
        changes = [
            place.change(number)
            for number in (week - 1, week)
            if place.week(number) != place.week(number + 1)
        ]
        instant = place.instant
        spans: list[Span] = []
        for day in range(first - 1, first + 7):
            if day in changes or day < first:
                for opens, closes in self.hours_on(day):
                    begin, end = instant(day, opens), instant(day, closes)
                    if begin < high and end > low:
                        spans.append((max(begin, low) - low, min(end, high) - low))
            else:
                # Before the change the day counts from this week's begin, after it from the end.
                if day < changes[-1]:
                    base = (day - first) * DAY
                else:
                    base = high - low - (first + 7 - day) * DAY
                spans += [(base + opens, base + closes) for opens, closes in self.hours_on(day)]
        return Pattern(union(spans))


def _laid_out(days: Sequence[Hours]) -> list[Span]:
    """Seven days as one week."""
    return [
        (day * DAY + opens, day * DAY + closes)
        for day, hours in enumerate(days)
        for opens, closes in hours
    ]


def _length(hours: Hours) -> int:
    return sum(closes - opens for opens, closes in hours)
