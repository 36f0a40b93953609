"""Pictures of the board at the three sizes it is made for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import pytest
from textual.pilot import Pilot

from agentdesk.desk import demo_orders
from agentdesk.tui.screens.board import Board

if TYPE_CHECKING:
    from tests.tui.conftest import Seat, User

Snap = Callable[..., bool]
Play = Callable[["User"], Awaitable[None]]
Shoot = Callable[[Play], None]

SIZES = [(80, 24), (120, 36), (160, 48)]
three_sizes = pytest.mark.parametrize("size", SIZES, ids=[f"{w}x{h}" for w, h in SIZES])
one_size = pytest.mark.parametrize("size", [(120, 36)], ids=["120x36"])


@pytest.fixture
def shoot(seat: Seat, size: tuple[int, int], snap_compare: Snap) -> Shoot:
    """Opens the board of a telecom seat, plays, and compares the picture."""

    def compare(play: Play) -> None:
        app = seat.app()

        async def before(pilot: Pilot[None]) -> None:
            user = seat.user(app, pilot)
            await user.settle()
            await user.until(lambda: bool(user.app.snapshot.pack.id))
            await user.keys("2")
            await ready(user)
            await play(user)
            await ready(user)
            await user.quiet()

        assert snap_compare(app, terminal_size=size, run_before=before)

    return compare


@pytest.fixture(autouse=True)
def telecom(request: pytest.FixtureRequest, seat: Seat) -> None:
    """Orders in every state, told to the desk as if they had happened."""
    language, theme = getattr(request, "param", ("zh-CN", "dark"))
    desk = seat.open_desk()
    desk.set_profile(demo_orders.profile(language, theme))
    demo_orders.tell(desk, seat.clock)
    desk.close()


def board(user: User) -> Board:
    screen = user.app.place_screen("board")
    assert isinstance(screen, Board)
    return screen


async def ready(user: User) -> None:
    """The list was read, and the order under the cursor."""
    await user.until(lambda: not board(user).reading and board(user)._rest is None)
    item = board(user).item
    if item is not None and item.ticket is not None:
        await user.until(lambda: board(user).detail is not None)


@three_sizes
def test_opened(shoot: Shoot) -> None:
    """You should see late orders first with ▲ 超时, paused ones last, why the first is late."""

    async def play(user: User) -> None:
        await user.settle()

    shoot(play)


@three_sizes
def test_an_order_in_full(shoot: Shoot) -> None:
    """You should see 陈先生 with both clocks, the sum and who has the form; alone at 80x24."""

    async def play(user: User) -> None:
        await user.keys("j")
        await ready(user)
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

    async def play(user: User) -> None:
        await user.settle()

    shoot(play)
