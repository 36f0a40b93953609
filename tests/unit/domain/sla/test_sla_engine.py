"""Due times and calendars: the published cases, the clocks that change, and what is refused."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from agentdesk.domain.sla import Calendar, due, elapsed
from agentdesk.domain.sla.instants import DAY
from agentdesk.domain.sla.reading import DAYS
from agentdesk.domain.sla.zones import Zone
from agentdesk.errors import AgentdeskError, SlaError
from agentdesk.strings import LANGUAGES, Strings

FILE = Path(__file__).parents[3] / "data" / "sla_examples.json"
CASES = json.loads(FILE.read_text(encoding="utf-8"))["cases"]
HOUR = timedelta(hours=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def week(zone: str, *hours: tuple[str, str], days: int = 7) -> dict[str, Any]:
    return {"timezone": zone, "hours": {day: [list(pair) for pair in hours] for day in DAYS[:days]}}


OFFICE = week("Asia/Shanghai", ("09:00", "12:00"), ("13:30", "18:00"), days=5)


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["id"]))
def test_published_cases(case: dict[str, Any]) -> None:
    calendar = Calendar.from_dict(case["calendar"])
    pauses = [(at(begin), at(end) if end else None) for begin, end in case["pauses"]]
    if case["kind"] == "elapsed":
        spent = elapsed(calendar, at(case["start"]), at(case["end"]), pauses)
        assert spent // timedelta(minutes=1) == case["expected_elapsed_minutes"]
        return
    minutes = case["target_minutes"]
    target = None if minutes is None else timedelta(minutes=minutes)
    expected = case["expected_due"]
    assert due(calendar, at(case["start"]), target, pauses) == (at(expected) if expected else None)


def test_a_target_used_up_at_closing_time_is_due_then() -> None:
    calendar = Calendar.from_dict(OFFICE)
    assert due(calendar, at("2026-03-10T17:00+08:00"), HOUR) == at("2026-03-10T18:00+08:00")
    one_more = HOUR + timedelta(microseconds=1)
    expected = at("2026-03-11T09:00:00.000001+08:00")
    assert due(calendar, at("2026-03-10T17:00+08:00"), one_more) == expected


def test_work_over_midnight_is_two_intervals_and_counts_on() -> None:
    night = week("Asia/Shanghai", ("22:00", "24:00"), ("00:00", "06:00"))
    calendar = Calendar.from_dict(night)
    assert due(calendar, at("2026-03-10T21:00+08:00"), 8 * HOUR) == at("2026-03-11T06:00+08:00")
    assert due(calendar, at("2026-03-10T23:59:59.5+08:00"), timedelta(seconds=1)) == at(
        "2026-03-11T00:00:00.5+08:00"
    )


@pytest.mark.parametrize(
    ("start", "target", "hours", "expected"),
    [
        # Berlin, 29 March 2026: 02:00 to 03:00 does not exist.
        ("2026-03-29T00:00+01:00", 24 * HOUR, ("00:00", "24:00"), "2026-03-30T01:00+02:00"),
        # 02:30 does not exist: it moves to 03:30, and half an hour is left until 04:00.
        ("2026-03-29T00:00+01:00", HOUR / 2, ("02:30", "04:00"), "2026-03-29T04:00+02:00"),
        # Closing moves with it: 01:00 to 02:30 lasts an hour and a half all the same.
        ("2026-03-29T00:00+01:00", 1.5 * HOUR, ("01:00", "02:30"), "2026-03-29T03:30+02:00"),
        # 25 October: 02:00 to 03:00 comes twice; an opening in it means the first.
        ("2026-10-25T00:00+02:00", 2 * HOUR, ("02:30", "04:00"), "2026-10-25T03:30+01:00"),
        # A closing in it as well: the second 02:00 to 02:30 is not worked.
        ("2026-10-25T00:00+02:00", 1.5 * HOUR, ("01:00", "02:30"), "2026-10-25T02:30+02:00"),
    ],
)
def test_clocks_that_change(
    start: str, target: timedelta, hours: tuple[str, str], expected: str
) -> None:
    calendar = Calendar.from_dict(week("Europe/Berlin", hours))
    assert due(calendar, at(start), target) == at(expected)


@pytest.mark.parametrize(
    "zone", ["Atlantic/Azores", "America/Nuuk", "America/Scoresbysund", "Africa/Cairo"]
)
def test_clocks_that_change_around_midnight_lose_and_double_nothing(zone: str) -> None:
    """There the hour that does not exist lies at midnight, or moves work over it.

    Work is laid out week by week; what moves over the cut must be counted once.
    """
    calendar = Calendar.from_dict(week(zone, ("23:15", "23:45"), ("00:00", "00:30")))
    first = at("2025-12-31T12:00Z")
    days = [first + timedelta(days=number) for number in range(367)]
    parts = [elapsed(calendar, one, other) for one, other in pairwise(days)]
    assert elapsed(calendar, days[0], days[-1]) == sum(parts, timedelta(0))
    assert all(part <= 1.5 * HOUR for part in parts)
    assert sum(part == HOUR for part in parts) >= 363


@pytest.mark.parametrize("name", ["Africa/Casablanca", "Asia/Gaza", "Africa/Cairo", "UTC"])
def test_no_zone_changes_and_changes_back_within_a_week(name: str) -> None:
    """What laying out work by weeks rests on."""
    place = Zone(name)
    for number in range(0, 53 * 60):
        if place.week(number) == place.week(number + 1):
            days = {day * DAY - place.instant(day) for day in range(number * 7, number * 7 + 7)}
            assert days == {place.week(number)}


def test_an_open_pause_leaves_no_due_time_unless_the_target_was_reached_before() -> None:
    calendar, start = Calendar.from_dict(OFFICE), at("2026-03-10T09:00+08:00")
    assert due(calendar, start, HOUR, [(at("2026-03-10T09:30+08:00"), None)]) is None
    assert due(calendar, start, HOUR, [(at("2026-03-10T10:00+08:00"), None)]) is not None
    frozen = elapsed(
        calendar, start, at("2026-03-12T18:00+08:00"), [(at("2026-03-10T09:30+08:00"), None)]
    )
    assert frozen == HOUR / 2


def test_make_up_days_win_over_weekday_and_holiday() -> None:
    data = {
        **OFFICE,
        "holidays": ["2026-10-10", "2026-10-12"],
        "extra_workdays": {"2026-10-10": [["10:00", "11:00"]]},
    }
    calendar = Calendar.from_dict(data)
    saturday = at("2026-10-10T00:00+08:00")
    assert due(calendar, saturday, HOUR) == at("2026-10-10T11:00+08:00")
    assert due(calendar, saturday, 2 * HOUR) == at("2026-10-13T10:00+08:00")


def test_no_deadline_within_reach_ends_the_search() -> None:
    only = {"timezone": "UTC", "extra_workdays": {"2026-10-10": [["10:00", "11:00"]]}}
    calendar = Calendar.from_dict(only)
    start = at("2026-01-01T00:00Z")
    assert due(calendar, start, HOUR) == at("2026-10-10T11:00Z")
    assert due(calendar, start, 2 * HOUR) is None


def test_no_target_is_no_deadline_and_a_negative_span_is_nothing() -> None:
    calendar, start = Calendar.from_dict(OFFICE), at("2026-03-10T09:00+08:00")
    assert due(calendar, start, None) is None
    assert due(calendar, start, timedelta(0)) is None
    assert elapsed(calendar, start, start - HOUR) == timedelta(0)
    assert due(calendar, start, HOUR, [(start + HOUR, start)]) == start + HOUR


def test_a_calendar_survives_its_own_format() -> None:
    data = {
        **OFFICE,
        "holidays": ["2026-10-01"],
        "extra_workdays": {"2026-10-10": [["09:00", "24:00"]]},
        "published": [2025, 2026],
        "name": "话务组",
    }
    calendar = Calendar.from_dict(data)
    assert Calendar.from_dict(calendar.to_dict()) == calendar
    assert calendar.unpublished(date(2026, 12, 30), date(2027, 1, 4)) == (2027,)
    assert Calendar.from_dict(OFFICE).unpublished(date(2026, 1, 1), date(2030, 1, 1)) == ()


MISTAKES: list[tuple[dict[str, Any], str, str]] = [
    ({}, "sla.missing", "timezone"),
    ({"timezone": 8, "hours": {}}, "sla.type", "timezone"),
    (week("Asia/Peking", ("09:00", "18:00")), "sla.zone", "timezone"),
    (week("../etc/passwd", ("09:00", "18:00")), "sla.zone", "timezone"),
    (week("localtime", ("09:00", "18:00")), "sla.zone", "timezone"),
    (week("Asia", ("09:00", "18:00")), "sla.zone", "timezone"),
    (week("Asia/上海\0", ("09:00", "18:00")), "sla.zone", "timezone"),
    (week("UTC", ("18:00", "09:00")), "sla.backwards", "hours.mon[0]"),
    (week("UTC", ("09:00", "09:00")), "sla.backwards", "hours.mon[0]"),
    (week("UTC", ("09:00", "12:00"), ("11:59", "18:00")), "sla.overlap", "hours.mon[1]"),
    (week("UTC", ("09:00", "25:00")), "sla.time", "hours.mon[0][1]"),
    (week("UTC", ("24:00", "24:00")), "sla.time", "hours.mon[0][0]"),
    (week("UTC", ("9:00", "18:00")), "sla.time", "hours.mon[0][0]"),
    (week("UTC", ("０９:00", "18:00")), "sla.time", "hours.mon[0][0]"),
    ({"timezone": "UTC", "hours": {"mon": "09:00-18:00"}}, "sla.type", "hours.mon"),
    ({"timezone": "UTC", "hours": {"mon": [["09:00"]]}}, "sla.type", "hours.mon[0]"),
    ({"timezone": "UTC", "hours": {"周一": []}}, "sla.unknown", "hours.周一"),
    ({**OFFICE, "holidys": []}, "sla.unknown", "holidys"),
    ({**OFFICE, "holidays": ["2026-02-30"]}, "sla.date", "holidays[0]"),
    ({**OFFICE, "holidays": ["20261001"]}, "sla.date", "holidays[0]"),
    ({**OFFICE, "holidays": [datetime(2026, 10, 1)]}, "sla.date", "holidays[0]"),
    ({**OFFICE, "holidays": "2026-10-01"}, "sla.type", "holidays"),
    ({**OFFICE, "extra_workdays": {"2026-13-01": []}}, "sla.date", "extra_workdays.2026-13-01"),
    ({**OFFICE, "extra_workdays": ["2026-10-10"]}, "sla.type", "extra_workdays"),
    ({**OFFICE, "published": ["2026"]}, "sla.type", "published"),
    ({"timezone": "UTC", "hours": {}}, "sla.empty", "hours"),
    ({"timezone": "UTC", "hours": {day: [] for day in DAYS}}, "sla.empty", "hours"),
]


@pytest.mark.parametrize(("data", "code", "field"), MISTAKES)
def test_a_mistake_in_a_calendar_names_its_field(
    data: dict[str, Any], code: str, field: str
) -> None:
    with pytest.raises(SlaError) as caught:
        Calendar.from_dict(data)
    assert (caught.value.code, caught.value.params["field"]) == (code, field)
    for language in LANGUAGES:
        title, body = Strings(language).error(caught.value)
        assert title != code and "?" not in body.replace("？", "")


def test_a_mistake_in_an_argument_names_it() -> None:
    calendar, start = Calendar.from_dict(OFFICE), at("2026-03-10T09:00+08:00")
    naive = datetime(2026, 3, 10, 9)

    def field(error: pytest.ExceptionInfo[AgentdeskError]) -> object:
        return error.value.params["field"]

    with pytest.raises(SlaError) as caught:
        due(calendar, naive, HOUR)
    assert (caught.value.code, field(caught)) == ("sla.naive", "start")
    with pytest.raises(SlaError) as caught:
        elapsed(calendar, start, naive)
    assert field(caught) == "end"
    with pytest.raises(SlaError) as caught:
        due(calendar, start, HOUR, [(start, start), (start, naive)])
    assert field(caught) == "pauses[1].end"
    with pytest.raises(SlaError) as caught:
        due(calendar, start, -HOUR)
    assert (caught.value.code, field(caught)) == ("sla.negative", "target")
    with pytest.raises(ValueError, match=r"sla\.range"):
        due(calendar, datetime(1, 1, 1, tzinfo=UTC), HOUR)


def test_a_huge_value_in_an_error_is_cut() -> None:
    with pytest.raises(SlaError) as caught:
        Calendar.from_dict({"timezone": "UTC", "hours": {"mon": "午" * 10_000}})
    assert len(Strings().error(caught.value)[1]) < 200
