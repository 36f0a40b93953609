"""Kinds of targets: days, working days, the same day, by a time."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from agentdesk.domain.sla import Calendar
from agentdesk.domain.sla.target import NO_TARGET, Kind, Target, due_by, lasting, read_target
from agentdesk.errors import SlaError

HOURS = [["09:00", "12:00"], ["13:30", "18:00"]]
CALENDAR = Calendar.from_dict(
    {
        "timezone": "Asia/Shanghai",
        "hours": {day: HOURS for day in ("mon", "tue", "wed", "thu", "fri")},
        "holidays": [f"2026-10-0{day}" for day in range(1, 8)],
        "extra_workdays": {"2026-10-10": HOURS},
    }
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


@pytest.mark.parametrize(
    ("target", "start", "expected"),
    [
        ("4h", "2026-03-10T11:00", "2026-03-10T16:30"),
        ("90s", "2026-03-10T17:59", "2026-03-11T09:00:30"),
        ("2d", "2026-03-13T17:30", "2026-03-15T17:30"),  # over a weekend, by the wall clock
        ("1mo", "2026-01-31T10:00", "2026-02-28T10:00"),
        ("3wd", "2026-03-10T11:00", "2026-03-13T18:00"),
        ("1wd", "2026-03-14T11:00", "2026-03-16T18:00"),  # a Saturday: Monday is the first
        ("3wd", "2026-09-30T20:00", "2026-10-10T18:00"),  # 8, 9 and the make-up day
        ("same_day", "2026-03-10T11:00", "2026-03-10T18:00"),
        ("same_day", "2026-03-10T19:00", "2026-03-11T00:00"),  # closed already
        ("same_day", "2026-03-14T11:00", "2026-03-15T00:00"),  # closed all day
        ("by 10:00", "2026-03-10T08:00", "2026-03-10T10:00"),
        ("by 10:00", "2026-03-10T10:00", "2026-03-11T10:00"),  # the next time it is ten
        ("by 10:00 +1d", "2026-03-13T08:00", "2026-03-14T10:00"),
        ("by 10:00 +1wd", "2026-03-13T08:00", "2026-03-16T10:00"),
    ],
)
def test_due_without_pauses(target: str, start: str, expected: str) -> None:
    assert due_by(read_target(target), CALENDAR, at(start)) == at(expected)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("3wd", "2026-03-16T10:00"),  # an hour more, of working time
        ("2d", "2026-03-12T12:00"),
        ("same_day", "2026-03-10T19:00"),
        ("by 10:00", "2026-03-11T11:00"),
    ],
)
def test_every_kind_is_moved_by_a_pause(target: str, expected: str) -> None:
    pause = (at("2026-03-10T11:00"), at("2026-03-10T12:00"))
    assert due_by(read_target(target), CALENDAR, at("2026-03-10T11:00"), (pause,)) == at(expected)
    still = (at("2026-03-10T11:00"), None)
    assert due_by(read_target(target), CALENDAR, at("2026-03-10T11:00"), (still,)) is None


def test_days_keep_the_wall_clock_when_the_clocks_change() -> None:
    berlin = Calendar.round_the_clock("Europe/Berlin")
    start = datetime.fromisoformat("2026-03-28T12:00+01:00")
    assert due_by(read_target("2d"), berlin, start) == datetime.fromisoformat(
        "2026-03-30T12:00+02:00"
    )
    assert due_by(read_target("48h"), berlin, start) == datetime.fromisoformat(
        "2026-03-30T13:00+02:00"
    )


def test_zero_is_no_deadline() -> None:
    assert read_target("0h") == read_target("0d") == lasting(timedelta(0)) == NO_TARGET
    assert due_by(NO_TARGET, CALENDAR, at("2026-03-10T11:00")) is None


def test_working_days_that_never_come_are_no_deadline() -> None:
    once = Calendar.from_dict({"timezone": "UTC", "extra_workdays": {"2026-03-12": HOURS}})
    start = at("2026-03-10T11:00")
    assert due_by(Target(Kind.WORKING_DAYS, count=1), once, start) is not None
    assert due_by(Target(Kind.WORKING_DAYS, count=2), once, start) is None


@pytest.mark.parametrize("text", ["", "4", "h", "4 h", "四小时", "4h30", "by 25:00", "1wd2h", "٤h"])
def test_what_is_no_target_says_so(text: str) -> None:
    with pytest.raises(SlaError) as caught:
        read_target(text)
    assert caught.value.params["field"] == "target"


def test_a_negative_target_is_refused() -> None:
    with pytest.raises(SlaError, match=r"sla\.negative"):
        read_target("-4h")
    with pytest.raises(SlaError, match=r"sla\.negative"):
        lasting(timedelta(hours=-4))
