"""Pictures of the console in every state of a call, at the three sizes it is made for.

A picture is compared cell by cell and colour by colour. After a change that is meant::

    pytest tests/tui/snapshots --snapshot-update

and look at what changed before it is committed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from textual.pilot import Pilot

from agentdesk.desk.demo import profile
from tests.pictures import Shoot, nothing, one_size, three_sizes

if TYPE_CHECKING:
    from tests.tui.conftest import Seat, User

NOTE = (
    "客户称快件三天没有更新，十分着急。\n已查：停在江北分拨。\n答复：这事不归我管，请等网点通知。"
)


async def busy(user: User) -> None:
    """A customer on the line, a form half filled, a note with a banned phrase, work waiting."""
    await user.rings("13900139000", call="c0")
    await user.after(21)
    await user.phone("ended", "c0")
    await user.after(400)
    await user.talks()
    await user.names("邓")
    await user.category("complaint")
    await user.focus("content")
    await user.types("快件三天没有更新")
    await user.keys("f7")
    await user.after(95)


async def lacking(user: User) -> None:
    """The same call; what it is about was not written down."""
    await busy(user)
    await user.focus("content")
    await user.keys("end", *["backspace"] * 8)


async def noted(user: User) -> None:
    await busy(user)
    await user.notes(NOTE)
    await user.until(lambda: user.saved() == NOTE)


@three_sizes
def test_idle(shoot: Shoot) -> None:
    """You should see today's two calls, the missed one with ▲, its callback at the right with
    its time left, the timeline of the call under the cursor, and what F2 does.
    """

    async def play(user: User) -> None:
        await lacking(user)
        await user.keys("ctrl+underscore", "f9", "f9", "1")
        await user.after(300)

    shoot(play)


@three_sizes
def test_nothing_yet(shoot: Shoot) -> None:
    """You should see an empty day that says what to do next."""
    shoot(nothing)


@three_sizes
def test_ringing(shoot: Shoot) -> None:
    """You should see one banner row with the masked number, 0:12 against 15 s, and F2."""

    async def play(user: User) -> None:
        await user.rings(name="邓女士")
        await user.after(12)

    shoot(play)


@three_sizes
def test_ringing_while_talking(shoot: Shoot) -> None:
    """You should see the banner over the card; the caret still stands in the note."""

    async def play(user: User) -> None:
        await noted(user)
        await user.rings("13700137000", call="c2")
        await user.after(17)

    shoot(play)


@three_sizes
def test_talking_with_a_marked_phrase(shoot: Shoot) -> None:
    """You should see 这事不归我管 underlined, and below it its class, clause and better wording."""
    shoot(noted)


@three_sizes
def test_held(shoot: Shoot) -> None:
    """You should see ‖ 保持中, the hold clock about to run out, and the line for coming back."""

    async def play(user: User) -> None:
        await busy(user)
        await user.keys("f4", "f4", "1")
        await user.after(100)

    shoot(play)


@three_sizes
def test_guard_advice(shoot: Shoot) -> None:
    """You should see the guard's words with clause, how to go on, and the line that settles it."""

    async def play(user: User) -> None:
        await busy(user)
        await user.keys("f9")

    shoot(play)


@three_sizes
def test_escalated(shoot: Shoot) -> None:
    """You should see the escalation at the right: to whom, not delivered, 3 s left to undo."""

    async def play(user: User) -> None:
        await busy(user)
        await user.keys("f5", "1", "f8", "2", "enter")
        await user.after(2)

    shoot(play)


@three_sizes
def test_wrap_up_with_gaps(shoot: Shoot) -> None:
    """You should see what is still missing named once, the caret in the first missing field."""

    async def play(user: User) -> None:
        await lacking(user)
        await user.keys("ctrl+underscore", "f9")
        await user.after(30)

    shoot(play)


@three_sizes
def test_disposition(shoot: Shoot) -> None:
    """You should see the results with their digits."""

    async def play(user: User) -> None:
        await lacking(user)
        await user.keys("ctrl+underscore", "f9", "f9")

    shoot(play)


@three_sizes
def test_scripts(shoot: Shoot) -> None:
    """You should see what 投诉 in the note suggests first, then the moments in order."""

    async def play(user: User) -> None:
        await busy(user)
        await user.notes("客户要投诉上次的坐席")
        await user.keys("f3")

    shoot(play)


@three_sizes
def test_help(shoot: Shoot) -> None:
    """You should see what is marked explained with its clause, then the keys of this place."""

    async def play(user: User) -> None:
        await noted(user)
        await user.keys("f1")

    shoot(play)


@three_sizes
def test_palette(shoot: Shoot) -> None:
    """You should see what can be done now first, what cannot dim below."""

    async def play(user: User) -> None:
        await busy(user)
        await user.keys("ctrl+p")

    shoot(play)


@three_sizes
def test_settings(shoot: Shoot) -> None:
    """You should see the profile with labels in one column."""

    async def play(user: User) -> None:
        await user.app.action_command("go-settings")
        await user.settle()

    shoot(play)


@three_sizes
def test_first_start(fresh: Seat, size: tuple[int, int], snap_compare: Callable[..., bool]) -> None:
    """You should see three questions, the first focused, and how to begin."""
    app = fresh.app()

    async def before(pilot: Pilot[None]) -> None:
        await fresh.user(app, pilot).settle()

    assert snap_compare(app, terminal_size=size, run_before=before)


@one_size
@pytest.mark.parametrize("state", ["talking", "idle"])
@pytest.mark.parametrize(
    ("language", "theme"), [("en", "dark"), ("zh-CN", "light"), ("zh-CN", "contrast")]
)
def test_other_looks(shoot: Shoot, seat: Seat, language: str, theme: str, state: str) -> None:
    """You should see the same screen in English, in daylight, and in high contrast."""
    seat.answered(profile(language, theme))

    async def play(user: User) -> None:
        await noted(user)
        if state == "idle":
            await user.keys("ctrl+underscore", "f9", "f9", "1", "3")

    shoot(play)
