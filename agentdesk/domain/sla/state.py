"""How a clock stands: a function of what happened, the clock and the time.

:func:`plan` works out what does not depend on the present (start, due time, when the bands
begin), :func:`state` reads a plan at an instant. A board keeps the plans of its open items,
puts each into a heap by ``next_change`` and never looks at the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import Enum

from msgspec import Struct

from agentdesk.domain.sla.clocks import Binding, Clock
from agentdesk.domain.sla.engine import Course, worked
from agentdesk.domain.sla.instants import NEVER, Span, from_us, micros, to_span, to_us, union
from agentdesk.domain.sla.table import Place, Table
from agentdesk.domain.sla.target import Kind, resolve

REOPENED = "reopened"
"""Mark of an item that was finished and is not; the time between counts as paused."""

FINAL = frozenset({"resolved", "order_done", "installed", "replaced"})
"""Marks a later ``reopened`` takes back; a first response stays given."""

LATE = "late"
"""Name of what follows the last band: the target is missed."""


class Pause(Struct, frozen=True):
    """A span in which clocks that name its reason stand still; no end while it lasts."""

    start: datetime
    end: datetime | None = None
    reason: str = ""


class History(Struct, frozen=True):
    """What happened to an item; the order of both lists does not matter.

    Attributes:
        marks: ``(mark, instant)``, of ``provision.CLOCK_MARKS`` and ``reopened``.
    """

    marks: tuple[tuple[str, datetime], ...]
    pauses: tuple[Pause, ...] = ()


class State(Enum):
    """What a clock is doing."""

    NONE = "none"  # not started, or no deadline
    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    BREACHED = "breached"
    REACHED = "reached"  # a threshold: it has been that long
    SHORT = "short"  # a threshold: stopped before it was that long


class Level(Enum):
    """How urgent it is."""

    NONE = "none"
    OK = "ok"
    WARN = "warn"
    LATE = "late"


class Plan:
    """What is known of a clock whatever the time; instants and lengths in microseconds.

    Attributes:
        begin, stop: None if the mark is missing.
        pauses: a union in order.
        length: the target on ``table``; 0 is no deadline.
        due: None while there is none.
        warnings: when each band begins, in order, with its id.
        missed: when the target was first missed, as recorded earlier.
    """

    __slots__ = (
        "_paused",
        "_place",
        "_resumed",
        "begin",
        "clock",
        "due",
        "length",
        "missed",
        "pauses",
        "stop",
        "table",
        "warnings",
    )

    def __init__(
        self,
        clock: Clock,
        begin: int | None,
        stop: int | None,
        pauses: list[Span],
        missed: int | None,
    ) -> None:
        self.clock = clock
        self.begin = begin
        self.stop = stop
        self.pauses = pauses
        self.missed = missed
        self.table: Table = clock.calendar.table
        self.length = 0
        self.due: int | None = None
        self.warnings: Sequence[tuple[int, str]] = ()
        self._place: Place = (0, 0)
        self._resumed = pauses[-1][1] if pauses else 0
        self._paused = 0
        if begin is None:
            return
        target = clock.target
        if target.kind is Kind.DURATION:
            self.length = micros(target.length)
        else:
            resolved = resolve(target, clock.calendar, clock.every_hour, begin)
            self.table, self.length = resolved.calendar.table, resolved.length
        self._place = self.table.place(begin)
        for paused, resumed in pauses if self._resumed < NEVER else ():
            self._paused += self.table.between(max(begin, paused), resumed)
        if self.length:
            self._find(begin)

    def _find(self, begin: int) -> None:
        """Work out the due time and when the bands begin."""
        when = self._unpaused
        if self.pauses:
            when = Course(self.table, begin, self.pauses, self.length).when
        self.due = when(self.length)
        if self.clock.binding is Binding.THRESHOLD:
            return
        warnings = []
        for band in self.clock.bands:
            if band.left is None:
                part = -(-self.length * band.share // 100)
            else:
                part = self.length - micros(band.left)
            at = when(part) if part > 0 else begin
            if at is not None:
                warnings.append((at, band.id))
        if len(warnings) > 1:
            warnings.sort()
        self.warnings = warnings

    def _unpaused(self, length: int) -> int | None:
        number, before = self._place
        return self.table.reach(number, before + length)

    def elapsed(self, until: int, counted: dict[tuple[int, int], int]) -> int:
        """Working time from the start to an instant, pauses left out.

        Args:
            counted: what has been found for the same instant and other plans: working time
                since the beginning of a chunk of a table.
        """
        begin = self.begin or 0
        if until <= begin:
            return 0
        if until < self._resumed:
            return worked(self.table, begin, until, self.pauses)
        first, before = self._place
        known = counted.get((id(self.table), first))
        if known is None:
            last, done = self.table.place(until)
            known = done + self.table.through(first, last)
            counted[id(self.table), first] = known
        return known - before - self._paused


class ClockState(Struct, frozen=True):
    """How a clock stands at an instant.

    A board makes thousands of these and shows thirty, so instants and lengths are kept in
    microseconds (``…_us``) and turned into ``datetime`` and ``timedelta`` when asked for.

    Attributes:
        band: id of the band it is in, ``late``, or empty.
        disputed: a miss is recorded, but by what is known now the target was not missed.
        early: done before the least the standard asks for had passed (answered on the first
            ring where two are wanted).
    """

    clock: Clock
    state: State
    level: Level = Level.NONE
    band: str = ""
    start_us: int | None = None
    due_us: int | None = None
    length_us: int = 0
    elapsed_us: int = 0
    change_us: int | None = None
    stopped_us: int | None = None
    missed_us: int | None = None
    disputed: bool = False
    early: bool = False

    @property
    def start(self) -> datetime | None:
        """When it began; None if it has not."""
        return _instant(self.start_us)

    @property
    def due(self) -> datetime | None:
        """When it is due; None while there is no due time."""
        return _instant(self.due_us)

    @property
    def remaining(self) -> timedelta | None:
        """Working time left, negative when late, frozen while paused; None without a deadline."""
        return to_span(self.length_us - self.elapsed_us) if self.length_us else None

    @property
    def elapsed(self) -> timedelta:
        """Working time since the start, to the stop if there is one."""
        return to_span(self.elapsed_us)

    @property
    def next_change(self) -> datetime | None:
        """When ``level`` changes next if nothing happens; None if it will not."""
        return _instant(self.change_us)

    @property
    def stopped_at(self) -> datetime | None:
        """When it stopped; None while it has not."""
        return _instant(self.stopped_us)

    @property
    def missed_at(self) -> datetime | None:
        """When the target was first missed. A recorded instant stays, whatever comes to light."""
        return _instant(self.missed_us)


def _instant(value: int | None) -> datetime | None:
    return None if value is None else from_us(value)


def plan(clock: Clock, history: History, missed: datetime | None = None) -> Plan:
    """What a clock comes to for an item.

    Args:
        missed: when the target was first missed, if that was recorded.

    Raises:
        SlaError: an instant has no zone or lies outside 1900-9800; ``field`` names it.
    """
    begin = stop = None
    ends: list[tuple[int, bool]] = []
    for name, moment in history.marks:
        if name == clock.start:
            at = to_us(moment, name)
            begin = at if begin is None else min(begin, at)
        if name == clock.stop:
            ends.append((to_us(moment, name), False))
        elif name == REOPENED and clock.stop in FINAL:
            ends.append((to_us(moment, name), True))
    spans = [
        (
            to_us(pause.start, "pause.start"),
            NEVER if pause.end is None else to_us(pause.end, "pause.end"),
        )
        for pause in history.pauses
        if pause.reason in clock.pauses
    ]
    if begin is not None and ends:
        stop = _stop(begin, sorted(ends), spans)
    known = None if missed is None else to_us(missed, "missed")
    return Plan(clock, begin, stop, union(spans) if spans else spans, known)


def state(planned: Plan, now: datetime) -> ClockState:
    """How a clock stands at ``now``.

    Raises:
        SlaError: ``now`` has no zone.
    """
    return _state(planned, to_us(now, "now"), {})


def states(plans: Iterable[Plan], now: datetime) -> list[ClockState]:
    """How many clocks stand at ``now``.

    Raises:
        SlaError: ``now`` has no zone.
    """
    instant = to_us(now, "now")
    counted: dict[tuple[int, int], int] = {}
    return [_state(planned, instant, counted) for planned in plans]


def _state(planned: Plan, now: int, counted: dict[tuple[int, int], int]) -> ClockState:
    clock, begin, due, stop = planned.clock, planned.begin, planned.due, planned.stop
    if begin is None:
        return ClockState(clock, State.NONE)
    if stop is None or stop > now:
        stop, at = None, now
        elapsed = planned.elapsed(now, counted)
    else:
        at = stop
        elapsed = planned.elapsed(stop, {})
    missed, level, band, change = planned.missed, Level.NONE, "", None
    late = False
    if not planned.length:
        kind = State.NONE
    elif clock.binding is Binding.THRESHOLD:
        kind = _threshold(due is not None and at >= due, stop is not None, planned.pauses, now)
        change = due if kind is State.RUNNING else None
    elif (late := due is not None and at > due) or missed is not None:
        kind, level, band = State.BREACHED, Level.LATE, LATE
        missed = due if missed is None else missed
    elif stop is not None:
        kind, level = State.MET, Level.OK
    else:
        kind, level = _running(planned.pauses, now), Level.OK
        change = due + 1 if due is not None else None
        for begins, name in planned.warnings:
            if begins > at:
                change = begins
                break
            level, band = Level.WARN, name
    return ClockState(
        clock,
        kind,
        level,
        band,
        begin,
        due,
        planned.length,
        elapsed,
        change,
        stop,
        missed,
        missed is not None and not late,
        stop is not None and elapsed < micros(clock.target.least),
    )


def _running(pauses: Sequence[Span], now: int) -> State:
    for begin, end in pauses:
        if begin <= now < end:
            return State.PAUSED
    return State.RUNNING


def _threshold(reached: bool, stopped: bool, pauses: Sequence[Span], now: int) -> State:
    if reached:
        return State.REACHED
    return State.SHORT if stopped else _running(pauses, now)


def _stop(begin: int, ends: Sequence[tuple[int, bool]], spans: list[Span]) -> int | None:
    """When the clock stopped for good; what was finished and reopened is added to ``spans``.

    Args:
        ends: instants in order, each with whether it is a reopening.
    """
    stop: int | None = None
    for at, reopened in ends:
        if not reopened:
            stop = at if stop is None or stop < begin <= at else stop
        elif stop is not None:
            spans.append((stop, at))
            stop = None
    # Done before the clock even began counts as done at once.
    return None if stop is None else max(stop, begin)
