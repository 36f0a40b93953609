"""China's public calendar: kinds of days, imported notices, working calendars made of it."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from agentdesk.domain.calendar_cn import SHIPPED, YEARS, China, Day, DayKind, Year
from agentdesk.domain.festivals_cn import is_statutory
from agentdesk.domain.notice_cn import read_year, show_year
from agentdesk.domain.sla import Calendar, due
from agentdesk.domain.sla.china import with_china
from agentdesk.domain.sla.reading import DAYS
from agentdesk.errors import SlaError
from agentdesk.strings import LANGUAGES, Strings


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (date(2026, 2, 16), DayKind.STATUTORY),  # the eve of Spring Festival
        (date(2026, 2, 19), DayKind.STATUTORY),
        (date(2026, 2, 20), DayKind.REST),
        (date(2026, 2, 15), DayKind.WEEKEND),
        (date(2026, 2, 14), DayKind.MAKE_UP),
        (date(2026, 10, 3), DayKind.STATUTORY),  # a Saturday
        (date(2026, 10, 4), DayKind.WEEKEND),
        (date(2026, 10, 10), DayKind.MAKE_UP),
        (date(2026, 9, 25), DayKind.STATUTORY),
        (date(2026, 10, 8), DayKind.WORK),
        (date(2026, 11, 21), DayKind.WEEKEND),
        (date(2027, 10, 1), DayKind.UNPUBLISHED),
        (date(2024, 10, 1), DayKind.UNPUBLISHED),
    ],
)
def test_kind_of_day(day: date, kind: DayKind) -> None:
    assert SHIPPED.kind(day) is kind


@pytest.mark.parametrize("year", YEARS)
def test_thirteen_days_are_free_by_law_and_every_one_is_in_the_notice(year: int) -> None:
    days = [date(year, 1, 1) + timedelta(days=number) for number in range(365)]
    assert sum(map(is_statutory, days)) == 13
    assert Counter(map(SHIPPED.kind, days))[DayKind.STATUTORY] == 13


def test_a_date_of_the_year_before_counts_although_its_year_is_unpublished() -> None:
    eve = Day("元旦", date(2026, 12, 31), True)
    china = China({2027: Year(2027, (), (eve,))})
    assert china.kind(date(2026, 12, 31)) is DayKind.REST
    assert china.kind(date(2026, 12, 30)) is DayKind.UNPUBLISHED


NOTICE: dict[str, Any] = {
    "$schema": "https://example.invalid/schema.json",
    "year": 2027,
    "papers": ["https://example.invalid/notice"],
    "days": [
        {"name": "元旦", "date": "2027-01-01", "isOffDay": True},
        {"name": "元旦", "date": "2026-12-31", "isOffDay": True},
        {"name": "春节", "date": "2027-02-20", "isOffDay": False},
    ],
}


def test_a_notice_is_read_and_written() -> None:
    year = read_year(NOTICE)
    assert [day.date.day for day in year.days] == [31, 1, 20]
    assert read_year(show_year(year)) == year
    for known in YEARS.values():
        assert read_year(show_year(known)) == known


def _with(**change: object) -> dict[str, Any]:
    return {**NOTICE, **change}


def _day(**change: object) -> dict[str, Any]:
    return _with(days=[{"name": "元旦", "date": "2027-01-01", "isOffDay": True, **change}])


@pytest.mark.parametrize(
    ("data", "code", "field"),
    [
        ([], "sla.type", "file"),
        ({"days": []}, "sla.missing", "year"),
        ({"year": 2027}, "sla.missing", "days"),
        (_with(year="2027"), "sla.type", "year"),
        (_with(year=True), "sla.type", "year"),
        (_with(year=1027), "sla.type", "year"),
        (_with(papers="https://example.invalid"), "sla.type", "papers"),
        (_with(days={}), "sla.type", "days"),
        (_with(days=[]), "notice.empty", "days"),
        (_with(days=["2027-01-01"]), "sla.type", "days[0]"),
        (_with(holidays=[]), "sla.unknown", "holidays"),
        (_with(days=[{"name": "元旦", "date": "2027-01-01"}]), "sla.missing", "days[0].isOffDay"),
        (_day(isOffDay=1), "sla.type", "days[0].isOffDay"),
        (_day(name=""), "sla.type", "days[0].name"),
        (_day(name="\x1b\u202e"), "sla.type", "days[0].name"),
        (_day(date="2027-02-30"), "sla.date", "days[0].date"),
        (_day(date="2028-01-01"), "notice.outside", "days[0].date"),
        (_day(date="2026-10-01"), "notice.outside", "days[0].date"),
        (_day(date="2027-01-04", isOffDay=False), "notice.weekday", "days[0].date"),
        (_with(days=[NOTICE["days"][0]] * 2), "notice.twice", "days[1].date"),
    ],
)
def test_a_mistake_in_a_notice_names_its_field(data: object, code: str, field: str) -> None:
    with pytest.raises(SlaError) as caught:
        read_year(data)
    assert (caught.value.code, caught.value.params["field"]) == (code, field)
    for language in LANGUAGES:
        assert Strings(language).error(caught.value)[0] != code


def test_names_from_strangers_steer_no_terminal() -> None:
    year = read_year(_day(name="元\x1b[31m旦"))
    assert "\x1b" not in year.days[0].name


def test_a_working_calendar_with_public_holidays() -> None:
    office: dict[str, object] = {
        "timezone": "Asia/Shanghai",
        "hours": {day: [["09:00", "18:00"]] for day in DAYS[:5]},
    }
    calendar = Calendar.from_dict(with_china(office, SHIPPED))
    friday = datetime.fromisoformat("2026-02-13T17:00:00+08:00")
    # Saturday 14 is made up, then nothing until Tuesday 24.
    assert due(calendar, friday, timedelta(hours=11)) == datetime.fromisoformat(
        "2026-02-24T10:00:00+08:00"
    )
    assert calendar.unpublished(date(2026, 12, 31), date(2027, 1, 1)) == (2027,)


def test_what_a_centre_says_of_a_date_wins() -> None:
    office: dict[str, object] = {
        "timezone": "Asia/Shanghai",
        "hours": {day: [["09:00", "18:00"]] for day in DAYS[:5]},
        "holidays": ["2026-02-14"],
        "extra_workdays": {"2026-02-17": [["10:00", "12:00"]]},
    }
    calendar = Calendar.from_dict(with_china(office, SHIPPED))
    assert calendar.hours_on(date(2026, 2, 14)) == ()
    assert calendar.hours_on(date(2026, 2, 17)) != ()
    assert calendar.hours_on(date(2026, 2, 28)) == calendar.week[0]


@pytest.mark.parametrize(
    "change", [{"hours": []}, {"hours": 3}, {"holidays": "x"}, {"extra_workdays": [1]}]
)
def test_a_mapping_that_is_none_is_refused(change: dict[str, object]) -> None:
    data = {"timezone": "Asia/Shanghai", "hours": {"mon": [["09:00", "18:00"]]}, **change}
    with pytest.raises(SlaError):
        Calendar.from_dict(with_china(data, SHIPPED))
