"""Local time of IANA zones: what a wall clock shows, turned into instants.

A local time that does not exist moves forward by the gap; one that exists twice means the
first. Both are what ``fold=0`` means to :mod:`zoneinfo`.
"""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo
from functools import lru_cache

from agentdesk.domain.sla.instants import DAY, EPOCH, micros
from agentdesk.domain.zones import has_zones, zone_of
from agentdesk.errors import SlaError

_HOST_DEPENDENT = {"localtime", "posixrules"}
"""Names some systems have for the zone they happen to be in."""

_MIDNIGHT = datetime(1970, 1, 1)
EPOCH_DAY = _MIDNIGHT.toordinal()
"""1 January 1970 in the days :meth:`datetime.date.toordinal` counts."""


Stretch = tuple[list[int], list[int]]
"""Beginnings of some weeks and the end of the last; numbers of those with a change of clocks."""


class Zone:
    """A time zone.

    Args:
        name: its IANA name.

    Raises:
        SlaError: there is no such zone (``sla.zone``), or this machine knows none
            (``sla.no_zones``); China's and UTC can be had on any.
    """

    def __init__(self, name: str) -> None:
        try:
            if name in _HOST_DEPENDENT:
                raise KeyError(name)
            self.info: tzinfo = zone_of(name)
        except (KeyError, ValueError) as error:
            code = "sla.zone" if has_zones() else "sla.no_zones"
            raise SlaError(code, field="timezone", value=name[:60]) from error
        self._weeks: dict[int, int] = {}
        self._changes: dict[int, int] = {}
        self._stretches: dict[int, Stretch] = {}

    def instant(self, day: int, wall: int = 0) -> int:
        """Microseconds since 1970, UTC, of a wall time.

        Args:
            day: local day, in days since 1 January 1970.
            wall: microseconds the wall clock is past midnight; 24:00 and more are later days.
        """
        local = _MIDNIGHT + timedelta(days=day, microseconds=wall)
        return day * DAY + wall - self._offset(local)

    def week(self, number: int) -> int:
        """The offset from UTC at local midnight beginning a week (of seven days since 1970).

        Two weeks that begin with the same offset have no change between them: no zone has
        changed twice within a week since 1970.
        """
        offset = self._weeks.get(number)
        if offset is None:
            offset = self._offset(datetime.fromordinal(EPOCH_DAY + number * 7))
            self._weeks[number] = offset
        return offset

    def change(self, number: int) -> int:
        """The local day (since 1970) on which the clocks change in a week that has a change."""
        found = self._changes.get(number)
        if found is None:
            before, low, high = self.week(number), number * 7, number * 7 + 7
            while high - low > 1:
                middle = (low + high) // 2
                if self._offset(datetime.fromordinal(EPOCH_DAY + middle)) == before:
                    low = middle
                else:
                    high = middle
            found = self._changes[number] = low
        return found

    def stretch(self, first: int, count: int) -> Stretch:
        """When each of ``count`` weeks begins, and in which the clocks change; kept."""
        found = self._stretches.get(first)
        if found is None:
            offsets = [self.week(week) for week in range(first - 1, first + count + 1)]
            starts = [(first + at) * 7 * DAY - offset for at, offset in enumerate(offsets[1:])]
            changes = [
                at
                for at in range(count)
                if offsets[at + 1] != offsets[at + 2]
                # What does not exist moves into the next week from the last day of one.
                or (
                    offsets[at] != offsets[at + 1]
                    and self.change(first + at - 1) == (first + at) * 7 - 1
                )
            ]
            found = self._stretches[first] = (starts, changes)
        return found

    def _offset(self, local: datetime) -> int:
        # Asked directly, a zone takes a naive time for its own.
        offset = self.info.utcoffset(local)
        return micros(offset) if offset is not None else 0

    def local(self, instant: int) -> datetime:
        """The local time of an instant, with its zone."""
        return (EPOCH + timedelta(microseconds=instant)).astimezone(self.info)

    def wall(self, instant: int) -> tuple[int, int]:
        """Local day (since 1970) and microseconds past its midnight on the wall clock."""
        span = self.local(instant).replace(tzinfo=None) - _MIDNIGHT
        return span.days, micros(span) - span.days * DAY


@lru_cache(maxsize=64)
def zone(name: str) -> Zone:
    """The zone of a name, made once.

    Raises:
        SlaError: there is no such zone.
    """
    return Zone(name)
