"""A notice imported by the user decides greetings, as it decides due times."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from agentdesk.domain.calendar_cn import Day, Year
from agentdesk.standards.holidays import folder, keep

if TYPE_CHECKING:
    from tests.tui.conftest import Seat

ZONE = ZoneInfo("Asia/Shanghai")
OFF, WORKED, WEEKEND = date(2027, 3, 9), date(2027, 3, 13), date(2027, 3, 20)
"""A Tuesday off, the Saturday worked for it, a Saturday no notice names."""


@pytest.fixture
def year() -> Year:
    return Year(2027, (), (Day("端午节", OFF, True), Day("端午节", WORKED, False)))


def at(seat: Seat, day: date) -> Seat:
    """The seat on a day of 2027, which no shipped notice knows."""
    seat.clock.to(datetime(day.year, day.month, day.day, 14, 30, tzinfo=ZONE))
    return seat


async def greeting(seat: Seat) -> str:
    """What the agent is given to say first."""
    async with seat.open() as user:
        await user.talks()
        await user.until(lambda: bool(user.panel("speak")))
        return user.panel("speak")


@pytest.mark.parametrize(
    ("day", "known", "unknown"),
    [
        (OFF, "端午节期间，示例速运照常很高兴为您服务", "您好，下午好！"),
        (WORKED, "您好，下午好！", "周末"),
        (WEEKEND, "周末", "周末"),
    ],
)
async def test_an_imported_notice_is_greeted_by(
    seat: Seat, year: Year, day: date, known: str, unknown: str
) -> None:
    assert unknown in await greeting(at(seat, day))
    keep(year, seat.places.data_dir)
    said = await greeting(at(seat, day))
    assert known in said
    assert ("周末" in said) == (day == WEEKEND)


@pytest.mark.parametrize(("day", "word"), [(OFF, "端午节"), (WORKED, ""), (WEEKEND, "周末")])
async def test_a_worked_saturday_is_nobodys_weekend(
    seat: Seat, year: Year, day: date, word: str
) -> None:
    """A line picked by hand names the day that is, or leaves a blank to be seen."""
    keep(year, seat.places.data_dir)
    async with at(seat, day).open() as user:
        await user.talks()
        line = user.app.snapshot.pack.line("greeting-holiday")
        assert line is not None and line.text.startswith("您好！{holiday}期间")
        said = user.screen.fill_line(line).text
        assert said.startswith(f"您好！{word or '〔'}")


async def test_a_broken_notice_leaves_the_shipped_calendar(seat: Seat) -> None:
    place = folder(seat.places.data_dir)
    place.mkdir(parents=True)
    (place / "cn-2026.json").write_text('{"year": 2026, "days": [', encoding="utf-8")
    said = await greeting(at(seat, date(2026, 10, 2)))
    assert "国庆节期间" in said
