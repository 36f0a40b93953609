"""Why a clock is due when it is: the clock that was chosen and the sum behind its time.

The sum is data, a list of segments that lie end to end; :func:`sum_line` turns it into one
line for people::

    09:00 + 60 分 + 暂停 12 分 + 午休 90 分 = 11:42
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from enum import Enum

from msgspec import Struct
from msgspec.structs import replace

from agentdesk.domain.sla.calendar import Calendar
from agentdesk.domain.sla.clocks import Choice
from agentdesk.domain.sla.instants import NEVER, Span, from_us, to_span, to_us
from agentdesk.domain.sla.state import ClockState, History, Plan, plan, state
from agentdesk.domain.sla.zones import EPOCH_DAY

Words = Callable[..., str]
"""A string table: ``words(key, **values)``."""


class SegmentKind(Enum):
    """What a stretch of time counts as."""

    WORK = "work"
    PAUSE = "pause"
    BREAK = "break"  # closed within a day: lunch
    NIGHT = "night"  # closed from one day to the next
    WEEKEND = "weekend"  # closed for a day or more
    HOLIDAY = "holiday"  # the same, with a holiday in it


class Segment(Struct, frozen=True):
    """A stretch of time between start and due time (or now).

    Attributes:
        length: end minus begin; for a pause what it cost, its working time only.
    """

    kind: SegmentKind
    begin: datetime
    end: datetime
    length: timedelta


class Explanation(Struct, frozen=True):
    """A clock with its sum.

    Attributes:
        calendar: what it is counted on.
        choice: the clock, what it matched in, and which clocks it beat; None for a bare sum.
        target: working time, pauses not counted.
        segments: from the start to the due time, or while there is none to now; end to end.
        worked: what the working segments come to.
        paused: what the pauses cost.
    """

    calendar: Calendar
    start: datetime
    due: datetime | None
    target: timedelta
    segments: tuple[Segment, ...]
    worked: timedelta
    paused: timedelta
    state: ClockState
    choice: Choice | None = None


def explain(choice: Choice, history: History, now: datetime) -> Explanation | None:
    """The sum of a clock for an item; None if it has not started.

    This is what ``sla explain`` prints, for a case in a file and for a ticket alike.

    Raises:
        SlaError: an instant has no zone or lies outside 1900-9800; ``field`` names it.
    """
    return explain_plan(plan(choice.clock, history), now, choice)


def explain_plan(planned: Plan, now: datetime, choice: Choice | None = None) -> Explanation | None:
    """The sum of a plan; None if it has not started.

    Raises:
        SlaError: ``now`` has no zone.
    """
    if planned.begin is None:
        return None
    clock = planned.clock
    counted = clock.calendar if planned.table is clock.calendar.table else clock.every_hour
    return _explained(planned, counted, to_us(now, "now"), choice, state(planned, now))


def _explained(
    planned: Plan, calendar: Calendar, now: int, choice: Choice | None, shown: ClockState
) -> Explanation:
    begin = planned.begin or 0
    end = planned.due if planned.due is not None else _until(planned, now)
    segments = _segments(calendar, begin, end, planned.pauses)
    spent = {SegmentKind.WORK: timedelta(0), SegmentKind.PAUSE: timedelta(0)}
    for segment in segments:
        if segment.kind in spent:
            spent[segment.kind] += segment.length
    return Explanation(
        calendar,
        from_us(begin),
        None if planned.due is None else from_us(planned.due),
        to_span(planned.length),
        segments,
        spent[SegmentKind.WORK],
        spent[SegmentKind.PAUSE],
        shown,
        choice,
    )


def _until(planned: Plan, now: int) -> int:
    """Where a sum without a due time ends: at the open pause, or now."""
    begin = planned.begin or 0
    for paused, resumed in planned.pauses:
        if resumed == NEVER:
            return max(begin, paused)
    return max(begin, now)


def _segments(calendar: Calendar, begin: int, end: int, pauses: list[Span]) -> tuple[Segment, ...]:
    """The time between two instants: worked, paused, closed."""
    found: list[Segment] = []
    at = begin
    for paused, resumed in pauses:
        first, last = max(paused, at), min(resumed, end)
        if last > first:
            _open_time(calendar, at, first, found)
            cost = calendar.table.between(first, last)
            found.append(_segment(SegmentKind.PAUSE, first, last, cost))
            at = last
    _open_time(calendar, at, end, found)
    return tuple(found)


def _open_time(calendar: Calendar, begin: int, end: int, found: list[Segment]) -> None:
    """Working spans between two instants, and what lies between them."""
    at = begin
    for opens, closes in calendar.table.spans(begin, end):
        if opens > at:
            found.append(_segment(_closed(calendar, at, opens), at, opens))
        found.append(_segment(SegmentKind.WORK, opens, closes))
        at = closes
    if end > at:
        found.append(_segment(_closed(calendar, at, end), at, end))


def _closed(calendar: Calendar, begin: int, end: int) -> SegmentKind:
    """What it is called when nobody works between two instants."""
    first, wall = calendar.zone.wall(begin)
    last, until = calendar.zone.wall(end)
    hours_on = calendar.table.hours_on
    # A day counts as closed for good if nobody works on it and more than its edge is meant.
    whole = [
        day
        for day in range(first, last + 1)
        if not hours_on(day) and not (day == last and until == 0 and last > first)
    ]
    if any(calendar.is_holiday(date.fromordinal(EPOCH_DAY + day)) for day in whole):
        return SegmentKind.HOLIDAY
    if whole:
        return SegmentKind.WEEKEND
    hours = hours_on(first)
    if first == last and hours[0][0] < wall and until <= hours[-1][1]:
        return SegmentKind.BREAK
    return SegmentKind.NIGHT


def _segment(kind: SegmentKind, begin: int, end: int, cost: int | None = None) -> Segment:
    length = to_span(end - begin if cost is None else cost)
    return Segment(kind, from_us(begin), from_us(end), length)


def whole(shown: Explanation) -> Explanation:
    """The same to the second, for people: a work order is taken in at some millisecond."""

    def cut(at: datetime) -> datetime:
        return at.replace(microsecond=0)

    segments = tuple(
        replace(part, begin=cut(part.begin), end=cut(part.end)) for part in shown.segments
    )
    due = None if shown.due is None else cut(shown.due)
    return replace(shown, start=cut(shown.start), due=due, segments=segments)


def sum_line(shown: Explanation, words: Words) -> str:
    """The sum in one line, in the words of a string table."""
    zone = shown.calendar.zone
    begin = shown.start.astimezone(zone.info)
    parts = [words("sla.sum.start", at=moment(begin))]
    if shown.target:
        parts.append(words("sla.sum.target", length=span(shown.target, words)))
    for kind in SegmentKind:
        if kind is SegmentKind.WORK:
            continue
        total = sum(
            (part.end - part.begin for part in shown.segments if part.kind is kind),
            timedelta(0),
        )
        if total:
            parts.append(words(f"sla.sum.{kind.value}", length=span(total, words)))
    line = " + ".join(parts)
    if shown.due is None:
        end = words("sla.sum.paused") if shown.target else words("sla.sum.none")
    else:
        end = moment(shown.due.astimezone(zone.info), begin)
    return f"{line} = {end}"


def moment(local: datetime, beside: datetime | None = None) -> str:
    """A local time; without its date if it is on the same day as ``beside``."""
    if local.microsecond:
        clock = local.strftime("%H:%M:%S.%f")
    else:
        clock = local.strftime("%H:%M:%S" if local.second else "%H:%M")
    if beside is not None and beside.date() == local.date():
        return clock
    return f"{local.date().isoformat()} {clock}"


def span(length: timedelta, words: Words) -> str:
    """A length of time: minutes up to two hours, else hours and minutes."""
    sign = "-" if length < timedelta(0) else ""
    length = abs(length)
    seconds = length // timedelta(seconds=1)
    rest = length.microseconds
    if seconds % 60 or rest:
        shown = f"{seconds}.{rest:06}".rstrip("0") if rest else str(seconds)
        return sign + words("sla.span.seconds", n=shown)
    minutes = seconds // 60
    if minutes <= 120:
        return sign + words("sla.span.minutes", n=minutes)
    hours, minutes = divmod(minutes, 60)
    if not minutes:
        return sign + words("sla.span.hours", n=hours)
    return sign + words("sla.span.both", hours=hours, minutes=minutes)
