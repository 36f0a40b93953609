"""Pictures of the leader's roll-up at the three sizes it is made for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import pytest
from textual.pilot import Pilot

from agentdesk.desk import demo_orders
from agentdesk.domain.events import Draft, EntityId
from agentdesk.domain.moments import to_ms
from agentdesk.domain.ticket import commands as c
from agentdesk.store.rows import TicketFilter
from agentdesk.tui.screens.roll_up import RollUpScreen

if TYPE_CHECKING:
    from tests.tui.conftest import Seat, User

Snap = Callable[..., bool]
Play = Callable[["User"], Awaitable[None]]
Shoot = Callable[[Play], None]

SIZES = [(80, 24), (120, 36), (160, 48)]
three_sizes = pytest.mark.parametrize("size", SIZES, ids=[f"{w}x{h}" for w, h in SIZES])
one_size = pytest.mark.parametrize("size", [(120, 36)], ids=["120x36"])

AREAS = ("城东", "城西", "开发区", "")
OWNERS = ("8012", "8015", "8021", "8033")


@pytest.fixture(autouse=True)
def team(request: pytest.FixtureRequest, seat: Seat) -> None:
    """The orders of four agents in three areas, two of nobody, some late, some nearly."""
    language, theme = getattr(request, "param", ("zh-CN", "dark"))
    desk = seat.open_desk()
    desk.set_profile(demo_orders.profile(language, theme))
    orders = tuple(each for each in demo_orders.MATTERS for _ in range(4))
    demo_orders.tell(desk, seat.clock, orders)
    rows = desk.tickets.board(TicketFilter(), 0, 100).rows
    for at, row in enumerate(rows):
        desk.tickets.act(row.id, c.SetFields({"area": AREAS[at % 7 % 4]}))
        desk.tickets.act(row.id, c.Assign(OWNERS[at % 11 % 4]))
    at = to_ms(seat.clock())
    for number in range(2):  # came in from elsewhere, nobody follows them
        body = {"at": at, "owner": "", "call": "", "pack": "C5", "values": {"category": "fault"}}
        opened = Draft("ticket.opened", "ticket", EntityId(f"{number:032x}"), body)
        desk._store.commit((opened,), actor="")
    desk.close()


@pytest.fixture
def shoot(seat: Seat, size: tuple[int, int], snap_compare: Snap) -> Shoot:
    """Opens the roll-up from the board, plays, and compares the picture."""

    def compare(play: Play) -> None:
        app = seat.app()

        async def before(pilot: Pilot[None]) -> None:
            user = seat.user(app, pilot)
            await user.settle()
            await user.until(lambda: bool(user.app.snapshot.pack.id))
            await user.keys("2", "L")
            await ready(user)
            await play(user)
            await ready(user)
            await user.quiet()

        assert snap_compare(app, terminal_size=size, run_before=before)

    return compare


async def ready(user: User) -> None:
    """Everything was counted, and the orders of the row were read."""

    def reached() -> bool:
        screen = user.app.screen
        return isinstance(screen, RollUpScreen) and bool(screen.orders) and not screen.reading

    await user.until(reached)


@three_sizes
def test_by_owner(shoot: Shoot) -> None:
    """You should see sums, a row for each agent, worst first, and their most urgent orders."""

    async def play(user: User) -> None:
        await user.settle()

    shoot(play)


@three_sizes
def test_by_area(shoot: Shoot) -> None:
    """You should see the areas, and the orders of the second; at 80x24 below the table."""

    async def play(user: User) -> None:
        await user.keys("B", "j")
        await ready(user)

    shoot(play)


@one_size
@pytest.mark.parametrize("team", [("en", "dark"), ("zh-CN", "light")], indirect=True)
def test_other_looks(shoot: Shoot) -> None:
    """You should see the states in English, and by daylight."""

    async def play(user: User) -> None:
        await user.keys("B", "B")
        await ready(user)

    shoot(play)
