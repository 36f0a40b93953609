"""Due times and elapsed time: working hours, minus what was paused, to the microsecond."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from agentdesk.domain.sla.calendar import Calendar
from agentdesk.domain.sla.instants import NEVER, Span, from_us, micros, to_span, to_us, union
from agentdesk.domain.sla.table import Place, Table
from agentdesk.errors import SlaError

Interval = tuple[datetime, datetime | None]
"""A pause: begin (included) and end (excluded); no end while it lasts."""


def due(
    calendar: Calendar,
    start: datetime,
    target: timedelta | None,
    pauses: Iterable[Interval] = (),
) -> datetime | None:
    """When the working time since ``start``, pauses left out, reaches ``target``.

    It is the earliest such instant: a target that is used up at closing time is due at closing
    time, not at the next opening. Pauses may overlap, repeat and stand in any order; one that
    ends before it begins counts as nothing.

    Returns:
        The instant in UTC. None when there is no deadline: no target or zero, a pause that
        still lasts and began before the target was reached, or not within a hundred years.

    Raises:
        SlaError: an instant has no zone (``sla.naive``) or lies outside 1900-9800
            (``sla.range``), or the target is negative (``sla.negative``); ``field`` names it.
    """
    begin = to_us(start, "start")
    spans = pause_spans(pauses)
    length = target_length(target)
    if not length:
        return None
    found = due_at(calendar.table, begin, length, spans)
    return None if found is None else from_us(found)


def elapsed(
    calendar: Calendar, start: datetime, end: datetime, pauses: Iterable[Interval] = ()
) -> timedelta:
    """Working time between two instants, pauses left out; zero if ``end`` is not later.

    Raises:
        SlaError: an instant has no zone or lies outside 1900-9800; ``field`` names it.
    """
    begin, until = to_us(start, "start"), to_us(end, "end")
    return to_span(worked(calendar.table, begin, until, pause_spans(pauses)))


def pause_spans(pauses: Iterable[Interval]) -> list[Span]:
    """The pauses as one union of spans, in order; an open one ends at ``NEVER``.

    Raises:
        SlaError: an instant has no zone; ``field`` is ``pauses[0].start`` or the like.
    """
    spans = [
        (
            to_us(begin, f"pauses[{at}].start"),
            NEVER if end is None else to_us(end, f"pauses[{at}].end"),
        )
        for at, (begin, end) in enumerate(pauses)
    ]
    return union(spans) if spans else spans


def target_length(target: timedelta | None) -> int:
    """A target in microseconds; 0 for none.

    Raises:
        SlaError: it is negative.
    """
    length = 0 if target is None else micros(target)
    if length < 0:
        raise SlaError("sla.negative", field="target", value=str(target))
    return length


class Course:
    """Working time since a start, pauses left out.

    Args:
        table: the hours that count.
        begin: the start, in microseconds since 1970.
        pauses: a union in order.
        most: working time after which pauses do not matter any more.
    """

    __slots__ = ("_done", "_places", "ends", "table")

    def __init__(self, table: Table, begin: int, pauses: Sequence[Span], most: int) -> None:
        place = table.place(begin)
        self.table = table
        # Legs between pauses: what was worked before each, and where it begins.
        self._done = [0]
        self._places: list[Place] = [place]
        self.ends: int | None = None
        """What was worked when a pause began that still lasts."""
        for paused, resumed in pauses:
            if resumed <= begin:
                continue
            if paused > begin:
                done = self._done[-1] + table.between(begin, paused)
                if done >= most:
                    return
            else:
                done = self._done[-1]
            if resumed == NEVER:
                self.ends = done
                return
            begin = resumed
            self._done.append(done)
            self._places.append(table.place(resumed))

    def when(self, length: int) -> int | None:
        """The first instant at which ``length`` (> 0, at most ``most``) has been worked."""
        if self.ends is not None and length > self.ends:
            return None
        # Of legs that begin with nothing worked since the last one, the latest counts.
        leg = bisect_left(self._done, length) - 1
        number, before = self._places[leg]
        return self.table.reach(number, before + length - self._done[leg])


def due_at(table: Table, begin: int, length: int, pauses: Sequence[Span]) -> int | None:
    """:func:`due` in microseconds; ``length`` is positive, ``pauses`` a union in order."""
    if not pauses:
        return table.after(begin, length)
    return Course(table, begin, pauses, length).when(length)


def worked(table: Table, begin: int, end: int, pauses: Sequence[Span]) -> int:
    """:func:`elapsed` in microseconds; ``pauses`` is a union."""
    total = table.between(begin, end)
    for paused, resumed in pauses:
        total -= table.between(max(begin, paused), min(end, resumed))
    return total
