"""Pictures of the leader's roll-up at the three sizes it is made for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agentdesk.desk import demo_orders
from agentdesk.tui.screens.roll_up import RollUpScreen
from tests.order_kit import orders_of_a_team
from tests.pictures import Play, Shoot, nothing, one_size, pack_is_there, three_sizes

if TYPE_CHECKING:
    from tests.tui.conftest import Seat, User


@pytest.fixture(autouse=True)
def team(request: pytest.FixtureRequest, seat: Seat) -> None:
    """The orders of four agents in three areas, two of nobody, some late, some nearly."""
    language, theme = getattr(request, "param", ("zh-CN", "dark"))
    desk = seat.open_desk()
    desk.set_profile(demo_orders.profile(language, theme))
    orders_of_a_team(desk, seat.clock)
    desk.close()


@pytest.fixture
def opening() -> Play:
    """The roll-up, from the board."""

    async def opened(user: User) -> None:
        await pack_is_there(user)
        await user.keys("2", "L")
        await counted(user)

    return opened


@pytest.fixture
def ready() -> Play:
    """The orders of the row."""
    return counted


async def counted(user: User) -> None:
    """Everything was counted, and the orders of the row were read."""

    def reached() -> bool:
        screen = user.app.screen
        return isinstance(screen, RollUpScreen) and bool(screen.orders) and not screen.reading

    await user.until(reached)


@three_sizes
def test_by_owner(shoot: Shoot) -> None:
    """You should see sums, a row for each agent, worst first, and their most urgent orders."""
    shoot(nothing)


@three_sizes
def test_by_area(shoot: Shoot) -> None:
    """You should see the areas, and the orders of the second; at 80x24 below the table."""

    async def play(user: User) -> None:
        await user.keys("B", "j")
        await counted(user)

    shoot(play)


@one_size
@pytest.mark.parametrize("team", [("en", "dark"), ("zh-CN", "light")], indirect=True)
def test_other_looks(shoot: Shoot) -> None:
    """You should see the states in English, and by daylight."""

    async def play(user: User) -> None:
        await user.keys("B", "B")
        await counted(user)

    shoot(play)
