"""The State Council's calendar, day by day where it departs from the week."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from agentdesk.domain.calendar_cn import YEARS, holiday_name, is_workday, published


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2025, 1, 28), "春节"),
        (date(2025, 1, 27), None),
        (date(2025, 10, 6), "中秋节"),
        (date(2025, 10, 8), "国庆节"),
        (date(2026, 1, 3), "元旦"),
        (date(2026, 1, 4), None),
        (date(2026, 2, 14), None),
        (date(2026, 2, 23), "春节"),
        (date(2026, 9, 26), "中秋节"),
        (date(2026, 10, 8), None),
        (date(2027, 10, 1), None),
    ],
)
def test_holiday_name(day: date, name: str | None) -> None:
    assert holiday_name(day) == name


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2025, 1, 26), True),  # Sunday, made up
        (date(2025, 10, 11), True),
        (date(2026, 2, 14), True),
        (date(2026, 2, 28), True),
        (date(2026, 9, 20), True),
        (date(2026, 10, 7), False),
        (date(2026, 10, 8), True),
        (date(2026, 11, 21), False),
        (date(2027, 10, 1), True),  # unpublished: a Friday, no more is known
    ],
)
def test_is_workday(day: date, worked: bool) -> None:
    assert is_workday(day) is worked


def test_days_off_and_made_up_as_the_notices_count_them() -> None:
    counts = {
        year: (
            sum(day.is_off_day for day in data.days),
            sum(not day.is_off_day for day in data.days),
        )
        for year, data in YEARS.items()
    }
    assert counts == {2025: (28, 5), 2026: (33, 6)}


@pytest.mark.parametrize("year", YEARS)
def test_make_up_days_are_weekend_days_and_no_day_is_named_twice(year: int) -> None:
    days = YEARS[year].days
    assert all(day.date.weekday() >= 5 for day in days if not day.is_off_day)
    assert len({day.date for day in days}) == len(days)
    assert {day.date.year for day in days} == {year}


def test_unpublished_years_say_so() -> None:
    assert published(2026)
    assert not published(2027)


def test_a_datetime_is_read_as_its_day() -> None:
    china = datetime(2026, 10, 1, tzinfo=UTC) + timedelta(hours=1)
    assert holiday_name(china) == "国庆节"
    assert not is_workday(china)
