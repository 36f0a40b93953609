"""Promising a callback: the figure as it is said, and never another one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.tui.conftest import Seat


@pytest.mark.parametrize(
    ("said", "minutes"),
    [
        ("+45", 45),
        ("+４５分钟内", 45),
        (" 45", 45),
        ("三十分钟以内", 30),
        ("+2h30m", 150),
        ("两个小时内", 120),
        ("半小时后", 30),
    ],
)
async def test_a_figure_is_kept_as_it_is_said(seat: Seat, said: str, minutes: int) -> None:
    async with seat.open() as user:
        await user.talks()
        await user.keys("f5")
        await user.types(said)
        await user.keys("enter")
        assert user.last("promise.made")["minutes"] == minutes


async def test_a_time_of_day_is_no_number_of_minutes(seat: Seat) -> None:
    async with seat.open() as user:
        await user.talks()
        await user.keys("f5")
        await user.types("明天10:30")
        await user.keys("enter")
        now = user.app.clock().astimezone(user.app.zone)
        due = (now + timedelta(days=1)).replace(hour=10, minute=30, second=0, microsecond=0)
        minutes = (due - now) // timedelta(minutes=1)
        assert user.last("promise.made")["minutes"] == minutes
        assert f"{minutes // 60} 小时" in "".join(user.toasts())


@pytest.mark.parametrize("said", ["明天", "+25:99", "十月45日 9:00", "十二个半包裹"])
async def test_a_figure_that_is_no_time_is_asked_for_again(seat: Seat, said: str) -> None:
    async with seat.open() as user:
        await user.talks()
        await user.keys("f5")
        await user.types(said)
        await user.keys("enter")
        assert user.events("promise") == []
        assert user.sees(said)
        assert user.toasts()
        await user.keys("escape")
        assert user.events("promise") == []
