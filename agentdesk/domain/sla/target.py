"""What a time limit asks for: a length, days, working days, the same day, by a time, at once.

Every kind comes down to a calendar and a length of working time on it (:func:`resolve`), so
that pauses move all of them alike: what was paused is added, in the time that counts.

=============  ======================================================  ====================
kind           due, without pauses                                     counted on
=============  ======================================================  ====================
duration       when ``length`` has been worked                         the clock's calendar
days           the same wall time, ``count`` days later                every hour
months         the same wall time, ``count`` months later (or the      every hour
               month's last day)
working_days   when the ``count``-th working day after the day of the  the clock's calendar
               start closes
same_day       when the day of the start closes; once that is over,    every hour
               at midnight
by             at wall time ``at``: the next time it is that late;     every hour
               with ``count`` on that many days later, with
               ``working`` on that many working days later
none           no deadline                                             (none)
=============  ======================================================  ====================

A limit counted in rings is a duration, ``count`` rings long; one that says "at once" is a
duration too, the grace the centre gives it.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, datetime, timedelta
from enum import Enum

from msgspec import Struct

from agentdesk.domain.sla import reading
from agentdesk.domain.sla.calendar import Calendar
from agentdesk.domain.sla.engine import Interval, due_at, pause_spans, target_length
from agentdesk.domain.sla.instants import DAY, HOUR, MINUTE, SECOND, from_us, to_span, to_us
from agentdesk.domain.sla.zones import EPOCH_DAY
from agentdesk.errors import SlaError

MOST_DAYS = 36_500
"""Days looked through for a working day: a hundred years."""


class Kind(Enum):
    """How a target is counted."""

    DURATION = "duration"
    DAYS = "days"
    MONTHS = "months"
    WORKING_DAYS = "working_days"
    SAME_DAY = "same_day"
    BY = "by"
    NONE = "none"


class Target(Struct, frozen=True):
    """A figure of a standard.

    Attributes:
        length: for durations.
        count: of days, months or working days; for a duration in rings how many rings.
        at: for ``BY`` microseconds past midnight.
        working: for ``BY`` whether ``count`` is of working days.
        least: what must at least have passed, where a standard gives both ends (2-3 rings).
        at_once: the standard says "at once"; ``length`` is the grace given.
    """

    kind: Kind
    length: timedelta = timedelta(0)
    count: int = 0
    at: int = 0
    working: bool = False
    least: timedelta = timedelta(0)
    at_once: bool = False


NO_TARGET = Target(Kind.NONE)


def lasting(length: timedelta) -> Target:
    """A duration; zero is no deadline.

    Raises:
        SlaError: it is negative.
    """
    return Target(Kind.DURATION, length) if target_length(length) else NO_TARGET


class Resolved(Struct, frozen=True):
    """A target counted from a start.

    Attributes:
        calendar: what it is counted on.
        length: working time on it, in microseconds; 0 is no deadline.
    """

    calendar: Calendar
    length: int


def resolve(target: Target, calendar: Calendar, every_hour: Calendar, start: int) -> Resolved:
    """The length a target has from ``start`` (microseconds) on.

    Args:
        calendar: the clock's own.
        every_hour: the same zone around the clock; see ``Calendar.round_the_clock``.
    """
    kind = target.kind
    if kind is Kind.DURATION:
        return Resolved(calendar, target_length(target.length))
    if kind is Kind.NONE:
        return Resolved(calendar, 0)
    end = _end(target, calendar, start)
    counted = calendar if kind is Kind.WORKING_DAYS else every_hour
    return Resolved(counted, counted.table.between(start, end) if end is not None else 0)


def due_by(
    target: Target, calendar: Calendar, start: datetime, pauses: tuple[Interval, ...] = ()
) -> datetime | None:
    """When a target of any kind is due; as :func:`agentdesk.domain.sla.due`.

    Raises:
        SlaError: as there.
    """
    begin = to_us(start, "start")
    every_hour = Calendar.round_the_clock(calendar.timezone)
    resolved = resolve(target, calendar, every_hour, begin)
    spans = pause_spans(pauses)
    if not resolved.length:
        return None
    found = due_at(resolved.calendar.table, begin, resolved.length, spans)
    return None if found is None else from_us(found)


def _end(target: Target, calendar: Calendar, start: int) -> int | None:
    """When a target that names a day ends; None if there is no such working day."""
    day, wall = calendar.zone.wall(start)
    instant = calendar.zone.instant
    if target.kind is Kind.DAYS:
        return instant(day + target.count, wall)
    if target.kind is Kind.MONTHS:
        return instant(_months_later(day, target.count), wall)
    if target.kind is Kind.WORKING_DAYS:
        last = _working_day(calendar, day, target.count)
        return None if last is None else instant(last, calendar.table.hours_on(last)[-1][1])
    if target.kind is Kind.SAME_DAY:
        hours = calendar.table.hours_on(day)
        closes = instant(day, hours[-1][1]) if hours else 0
        return closes if closes > start else instant(day, DAY)
    if not target.count:
        today = instant(day, target.at)
        return today if today > start else instant(day + 1, target.at)
    found = _working_day(calendar, day, target.count) if target.working else day + target.count
    return None if found is None else instant(found, target.at)


def _working_day(calendar: Calendar, day: int, count: int) -> int | None:
    """The ``count``-th working day after a day."""
    for later in range(day + 1, day + MOST_DAYS):
        if calendar.table.hours_on(later):
            count -= 1
            if count <= 0:
                return later
    return None


def _months_later(day: int, count: int) -> int:
    start = date.fromordinal(EPOCH_DAY + day)
    years, month = divmod(start.month - 1 + count, 12)
    year, month = start.year + years, month + 1
    last = monthrange(year, month)[1]
    return date(year, month, min(start.day, last)).toordinal() - EPOCH_DAY


_PART = re.compile(r"(\d{1,7})(s|m|h)", re.ASCII)
_DAYS = re.compile(r"(\d{1,4})(d|wd|mo)", re.ASCII)
_BY = re.compile(r"by (\d\d:\d\d)(?: \+(\d{1,4})(d|wd))?", re.ASCII)
_UNIT = {"s": SECOND, "m": MINUTE, "h": HOUR}
_FORMS = "4h · 1h30m · 45s · 2d · 3wd · 1mo · same_day · by 10:00 · by 10:00 +1d"
_COUNTED = {"d": Kind.DAYS, "wd": Kind.WORKING_DAYS, "mo": Kind.MONTHS}


def read_target(text: str) -> Target:
    """A target as it is written on a command line or in settings.

    ``4h``, ``1h30m``, ``45s``; ``2d`` days, ``3wd`` working days, ``1mo`` month; ``same_day``;
    ``by 10:00`` (the next time it is ten), ``by 10:00 +1d`` (next day), ``by 10:00 +2wd``.
    Zero is no deadline.

    Raises:
        SlaError: it is none of these (``sla.target``) or negative (``sla.negative``).
    """
    text = text.strip()
    if text.startswith("-"):
        raise SlaError("sla.negative", field="target", value=text)
    if text == "same_day":
        return Target(Kind.SAME_DAY)
    if match := _BY.fullmatch(text):
        at = reading.clock(match[1], "target", closing=True)
        return Target(Kind.BY, at=at, count=int(match[2] or 0), working=match[3] == "wd")
    if match := _DAYS.fullmatch(text):
        count = int(match[1])
        return Target(_COUNTED[match[2]], count=count) if count else NO_TARGET
    length, at = 0, 0
    while match := _PART.match(text, at):
        length += int(match[1]) * _UNIT[match[2]]
        at = match.end()
    if not text or at < len(text):
        raise SlaError("sla.target", field="target", value=text, expected=_FORMS)
    return lasting(to_span(length))
