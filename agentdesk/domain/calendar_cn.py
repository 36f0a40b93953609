"""Public holidays and make-up workdays of mainland China, as the State Council announced them.

Make-up workdays follow no rule and are announced for one year at a time (in November), so a
year without a notice is *unpublished*: it has no holidays here and callers must say so
rather than guess. The data has the shape of ``holiday-cn``: a year, its papers, its days.
Later years are imported from files of that shape (:mod:`agentdesk.domain.notice_cn`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from enum import Enum

from msgspec import Struct


class Day(Struct, frozen=True):
    """A day the notice names.

    Attributes:
        name: the holiday it belongs to, for example ``春节``.
        is_off_day: free; else a weekend day worked to make up for it.
    """

    name: str
    date: date
    is_off_day: bool


class Year(Struct, frozen=True):
    """One year's notice.

    Attributes:
        papers: addresses of the notices the days come from.
    """

    year: int
    papers: tuple[str, ...]
    days: tuple[Day, ...]


_MonthDay = tuple[int, int]


def _year(
    year: int,
    paper: str,
    *breaks: tuple[str, _MonthDay, _MonthDay, tuple[_MonthDay, ...]],
) -> Year:
    """A year from rows of (holiday, first day off, last day off, make-up workdays)."""
    days: list[Day] = []
    for name, first, last, worked in breaks:
        start, end = date(year, *first), date(year, *last)
        for offset in range((end - start).days + 1):
            days.append(Day(name, start + timedelta(days=offset), True))
        days.extend(Day(name, date(year, *day), False) for day in worked)
    return Year(year, (paper,), tuple(sorted(days, key=lambda day: day.date)))


YEARS: dict[int, Year] = {
    # 国办发明电〔2024〕12号. Its single break for 国庆节 and 中秋节 is split here, so that
    # a greeting can name the day.
    2025: _year(
        2025,
        "https://www.gov.cn/zhengce/zhengceku/202411/content_6986383.htm",
        ("元旦", (1, 1), (1, 1), ()),
        ("春节", (1, 28), (2, 4), ((1, 26), (2, 8))),
        ("清明节", (4, 4), (4, 6), ()),
        ("劳动节", (5, 1), (5, 5), ((4, 27),)),
        ("端午节", (5, 31), (6, 2), ()),
        ("国庆节", (10, 1), (10, 5), ((9, 28), (10, 11))),
        ("中秋节", (10, 6), (10, 6), ()),
        ("国庆节", (10, 7), (10, 8), ()),
    ),
    # 国办发明电〔2025〕7号, 4 November 2025.
    2026: _year(
        2026,
        "https://www.gov.cn/zhengce/zhengceku/202511/content_7047091.htm",
        ("元旦", (1, 1), (1, 3), ((1, 4),)),
        ("春节", (2, 15), (2, 23), ((2, 14), (2, 28))),
        ("清明节", (4, 4), (4, 6), ()),
        ("劳动节", (5, 1), (5, 5), ((5, 9),)),
        ("端午节", (6, 19), (6, 21), ()),
        ("中秋节", (9, 25), (9, 27), ()),
        ("国庆节", (10, 1), (10, 7), ((9, 20), (10, 10))),
    ),
}
"""Published years."""


class DayKind(Enum):
    """What a day is to people who work by the public calendar."""

    STATUTORY = "statutory"  # 法定: a public holiday by law
    REST = "rest"  # 调休休: a weekday that is off in exchange
    MAKE_UP = "make_up"  # 补班: a weekend day that is worked in exchange
    WEEKEND = "weekend"  # 周末
    WORK = "work"  # 工作
    UNPUBLISHED = "unpublished"  # 未公布: the year's notice is not known


class China:
    """The public calendar of mainland China, as far as notices are known.

    Args:
        years: year -> its notice. A date a notice of another year names counts as well, since
            a break at New Year may begin in December.
    """

    def __init__(self, years: Mapping[int, Year]) -> None:
        self.years = dict(years)
        self._days = {day.date: day for _, year in sorted(years.items()) for day in year.days}

    def published(self, year: int) -> bool:
        """Whether the State Council's notice for ``year`` is known."""
        return year in self.years

    def day(self, day: date) -> Day | None:
        """What a notice says of a date; None if it says nothing."""
        return self._days.get(_plain(day))

    def holiday_name(self, day: date) -> str | None:
        """The holiday ``day`` is off for; ``None`` on other days and in unpublished years."""
        found = self.day(day)
        return found.name if found and found.is_off_day else None

    def is_workday(self, day: date) -> bool:
        """Whether ``day`` is worked; in unpublished years Monday to Friday."""
        found = self.day(day)
        return not found.is_off_day if found else day.weekday() < 5

    def kind(self, day: date) -> DayKind:
        """What ``day`` is; never a guess in an unpublished year."""
        from agentdesk.domain.festivals_cn import is_statutory

        found = self.day(day)
        if found is None:
            if not self.published(day.year):
                return DayKind.UNPUBLISHED
            return DayKind.WORK if day.weekday() < 5 else DayKind.WEEKEND
        if not found.is_off_day:
            return DayKind.MAKE_UP
        if is_statutory(_plain(day)):
            return DayKind.STATUTORY
        return DayKind.REST if day.weekday() < 5 else DayKind.WEEKEND

    def days(self) -> Iterator[Day]:
        """Every day the notices name, in order."""
        for _, day in sorted(self._days.items()):
            yield day


SHIPPED = China(YEARS)
"""The calendar as it comes with the program."""


def published(year: int) -> bool:
    """Whether the State Council's notice for ``year`` comes with the program."""
    return SHIPPED.published(year)


def holiday_name(day: date) -> str | None:
    """The holiday ``day`` is off for; ``None`` on other days and in unpublished years."""
    return SHIPPED.holiday_name(day)


def is_workday(day: date) -> bool:
    """Whether ``day`` is worked; in unpublished years Monday to Friday (see `published`)."""
    return SHIPPED.is_workday(day)


def _plain(day: date) -> date:
    """``day`` as a date; a datetime equals no date and would miss every holiday."""
    return date(day.year, day.month, day.day)
