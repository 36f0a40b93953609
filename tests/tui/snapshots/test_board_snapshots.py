"""Pictures of the board at the three sizes it is made for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agentdesk.desk import demo_orders
from tests.board_kit import board
from tests.pictures import Play, Shoot, nothing, one_size, pack_is_there, three_sizes

if TYPE_CHECKING:
    from tests.tui.conftest import Seat, User


@pytest.fixture
def opening() -> Play:
    """The board of a telecom seat."""

    async def opened(user: User) -> None:
        await pack_is_there(user)
        await user.keys("2")
        await read(user)

    return opened


@pytest.fixture
def ready() -> Play:
    """The list and the order under the cursor."""
    return read


@pytest.fixture(autouse=True)
def telecom(request: pytest.FixtureRequest, seat: Seat) -> None:
    """Orders in every state, told to the desk as if they had happened."""
    language, theme = getattr(request, "param", ("zh-CN", "dark"))
    desk = seat.open_desk()
    desk.set_profile(demo_orders.profile(language, theme))
    demo_orders.tell(desk, seat.clock)
    desk.close()


async def read(user: User) -> None:
    """The list was read, and the order under the cursor."""
    await user.until(lambda: not board(user).reading and board(user)._rest is None)
    item = board(user).item
    if item is not None and item.ticket is not None:
        await user.until(lambda: board(user).detail is not None)


@three_sizes
def test_opened(shoot: Shoot) -> None:
    """You should see late orders first with ▲ 超时, paused ones last, why the first is late."""
    shoot(nothing)


@three_sizes
def test_an_order_in_full(shoot: Shoot) -> None:
    """You should see 陈先生 with both clocks, the sum and who has the form; alone at 80x24."""

    async def play(user: User) -> None:
        await user.keys("j")
        await read(user)
        await user.keys("enter")

    shoot(play)


@three_sizes
def test_a_new_order(shoot: Shoot) -> None:
    """You should see the form over the list, stars on what is a must, what is still missing."""

    async def play(user: User) -> None:
        await user.keys("n")
        await user.types("14000001234")
        await user.keys("enter", "enter", "enter", "2", "f9")

    shoot(play)


@one_size
def test_what_can_be_done(shoot: Shoot) -> None:
    """You should see the acts that make sense with their digits and keys."""

    async def play(user: User) -> None:
        await user.keys("x")

    shoot(play)


@one_size
def test_found(shoot: Shoot) -> None:
    """You should see kd in the search and the two broadband orders."""

    async def play(user: User) -> None:
        await user.keys("slash")
        await user.types("kd")
        await user.until(lambda: board(user).listing.spot.query == "kd")

    shoot(play)


@one_size
def test_day_clear(shoot: Shoot) -> None:
    """You should see how many orders are left before sign-off."""

    async def play(user: User) -> None:
        await user.keys("V", "6")
        await user.until(lambda: board(user).listing.spot.view == "dayclear")

    shoot(play)


@one_size
def test_nothing_in_a_list(shoot: Shoot) -> None:
    """You should see that nothing owes a follow-up call, and which key leads on."""

    async def play(user: User) -> None:
        await user.keys("V", "4")
        await user.until(lambda: board(user).listing.spot.view == "followups")

    shoot(play)


@one_size
@pytest.mark.parametrize(
    "telecom", [("en", "dark"), ("zh-CN", "light"), ("zh-CN", "contrast")], indirect=True
)
def test_other_looks(shoot: Shoot) -> None:
    """You should see the same list in English, in daylight, and in high contrast."""
    shoot(nothing)


@three_sizes
def test_in_groups(shoot: Shoot) -> None:
    """You should see the orders under their states, one group folded with count and next due."""

    async def play(user: User) -> None:
        screen = board(user)
        await user.keys("B")
        await user.until(lambda: bool(screen.listing.groups) and not screen.reading)
        working = next(g for g in screen.listing.groups if g.part.key == "working")
        screen.rows.move_to(working.start)
        await user.keys("F")
        await user.until(lambda: screen.item is not None and screen.item.folded)
        await read(user)

    shoot(play)


@one_size
def test_which_step(shoot: Shoot) -> None:
    """You should see the dated steps the standard has for the order, each with its digit."""

    async def play(user: User) -> None:
        rows = board(user).rows
        known = list(rows.pages.known())
        rows.move_to(next(at for at, row in enumerate(known) if row.title[:4] == "4008"))
        await read(user)
        await user.keys("w")

    shoot(play)
