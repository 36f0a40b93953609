"""When work is done: hours of the week in a time zone, holidays, make-up working days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property

from msgspec import Struct

from agentdesk.domain.sla import reading
from agentdesk.domain.sla.instants import DAY, MINUTE
from agentdesk.domain.sla.table import Hours, Table
from agentdesk.domain.sla.zones import EPOCH_DAY, Zone, zone

ALL_DAY: Hours = ((0, DAY),)


class Calendar(Struct, frozen=True, dict=True):
    """Working hours of one place.

    Attributes:
        timezone: IANA name.
        week: hours of Monday to Sunday, each ``(opens, closes)`` in microseconds past midnight
            on the wall clock; 24:00 closes a day. Work over midnight is two intervals.
        holidays: closed days, in order.
        extra_workdays: hours of days that depart from the week, in order; they win over the
            weekday and over a holiday (调休补班).
        published: years whose public holidays are known here; empty if the calendar does not
            follow any. See :meth:`unpublished`.
    """

    timezone: str
    week: tuple[Hours, ...]
    holidays: tuple[date, ...] = ()
    extra_workdays: tuple[tuple[date, Hours], ...] = ()
    published: tuple[int, ...] = ()
    name: str = ""

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Calendar:
        """The calendar of a mapping read from JSON or TOML::

            {"timezone": "Asia/Shanghai",
             "hours": {"mon": [["09:00", "12:00"], ["13:30", "18:00"]], ...},
             "holidays": ["2026-10-01"],
             "extra_workdays": {"2026-10-10": [["09:00", "18:00"]]}}

        Weekdays that are missing are free. ``name`` and ``published`` (years whose public
        holidays are known) may stand there too.

        Raises:
            SlaError: something is wrong or no time is ever worked (``sla.empty``); ``field``
                names the place, such as ``hours.mon[1]``.
        """
        read = reading.calendar(data)
        zone(read.timezone)
        return cls(
            read.timezone,
            read.week,
            read.holidays,
            read.extra_workdays,
            read.published,
            read.name,
        )

    @classmethod
    def round_the_clock(cls, timezone: str) -> Calendar:
        """Every hour of every day.

        Raises:
            SlaError: there is no such zone.
        """
        zone(timezone)
        return cls(timezone, (ALL_DAY,) * 7)

    @classmethod
    def daily(cls, timezone: str, hours: Sequence[Sequence[str]]) -> Calendar:
        """The same hours every day, such as ``[["08:00", "22:00"]]`` for visits.

        Raises:
            SlaError: zone or hours are wrong.
        """
        return cls.from_dict({"timezone": timezone, "hours": dict.fromkeys(reading.DAYS, hours)})

    def to_dict(self) -> dict[str, object]:
        """The mapping :meth:`from_dict` reads."""
        data: dict[str, object] = {
            "timezone": self.timezone,
            "hours": {
                day: _shown(hours) for day, hours in zip(reading.DAYS, self.week, strict=True)
            },
            "holidays": [day.isoformat() for day in self.holidays],
            "extra_workdays": {
                day.isoformat(): _shown(hours) for day, hours in self.extra_workdays
            },
        }
        if self.published:
            data["published"] = list(self.published)
        if self.name:
            data["name"] = self.name
        return data

    @property
    def zone(self) -> Zone:
        """The zone its hours are in."""
        return zone(self.timezone)

    @cached_property
    def table(self) -> Table:
        """Its working time, laid out; made once."""
        exceptions: dict[int, Hours] = {day.toordinal() - EPOCH_DAY: () for day in self.holidays}
        for day, hours in self.extra_workdays:
            exceptions[day.toordinal() - EPOCH_DAY] = hours
        return Table(self.zone, self.week, exceptions)

    def hours_on(self, day: date) -> Hours:
        """Hours of a local date; empty when it is closed."""
        return self.table.hours_on(day.toordinal() - EPOCH_DAY)

    def is_holiday(self, day: date) -> bool:
        """Whether a date is closed for a holiday."""
        return day in self._holidays and not self.hours_on(day)

    def unpublished(self, first: date, last: date) -> tuple[int, ...]:
        """Years from ``first`` to ``last`` whose public holidays are not known (未公布)."""
        if not self.published:
            return ()
        years = range(first.year, last.year + 1)
        return tuple(year for year in years if year not in self.published)

    @cached_property
    def _holidays(self) -> frozenset[date]:
        return frozenset(self.holidays)


def _shown(hours: Hours) -> list[list[str]]:
    return [[clock(opens), clock(closes)] for opens, closes in hours]


def clock(wall: int) -> str:
    """Microseconds past midnight as ``09:00``, with seconds if there are any."""
    minutes, rest = divmod(wall, MINUTE)
    text = f"{minutes // 60:02}:{minutes % 60:02}"
    return f"{text}:{rest // 1_000_000:02}" if rest else text
