"""Pictures of the Standards screen at the three sizes it is made for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agentdesk.desk.demo import profile
from agentdesk.tui.screens.standards import Standards
from tests.pictures import Play, Shoot, nothing, one_size, pack_is_there, three_sizes

if TYPE_CHECKING:
    from tests.tui.conftest import Seat, User


@pytest.fixture
def opening() -> Play:
    """The screen, with everything read."""

    async def opened(user: User) -> None:
        await pack_is_there(user)
        await user.keys("8")
        await user.until(lambda: standards(user).library.complete)

    return opened


def standards(user: User) -> Standards:
    screen = user.app.place_screen("standards")
    assert isinstance(screen, Standards)
    return screen


async def found(user: User, query: str) -> None:
    await user.keys("slash")
    await user.types(query)
    await user.keys("enter")


@three_sizes
def test_opened(shoot: Shoot) -> None:
    """You should see F6 marked ✓, its clauses, the first one read, its section at the left."""
    shoot(nothing)


@three_sizes
def test_a_clause_others_differ_from(shoot: Shoot) -> None:
    """You should see what F6 says beside what B3 and E4 say, and what the console does."""

    async def play(user: User) -> None:
        await found(user, "F6-4.4-hold-return")
        await user.keys("enter", "j")

    shoot(play)


@three_sizes
def test_search(shoot: Shoot) -> None:
    """You should see the caret behind dh, how many were found in all standards, cut with …"""

    async def play(user: User) -> None:
        await user.keys("a", "slash")
        await user.types("dh")

    shoot(play)


@three_sizes
def test_compare(shoot: Shoot) -> None:
    """You should see the matters F6 and B3 differ on first, both their clauses in full."""

    async def play(user: User) -> None:
        await user.keys("v")
        await user.types("B3")
        await user.keys("enter")

    shoot(play)


@one_size
def test_nothing_found(shoot: Shoot) -> None:
    """You should see that nothing was found and which key searches everywhere."""

    async def play(user: User) -> None:
        await found(user, "没有这样的条款")

    shoot(play)


@one_size
def test_a_broken_file(shoot: Shoot, seat: Seat) -> None:
    """You should see ▲ before F6, and in its sheet what is wrong in which line."""
    seat.places.packs_dir.mkdir(parents=True)
    # No path in the picture: it is another one on every machine.
    (seat.places.packs_dir / "F6.toml").write_text("[pack]\nid = \n", "utf-8")

    async def play(user: User) -> None:
        await user.keys("shift+tab", "shift+tab", "shift+tab")
        standards(user).sheet.set_sheet(standards(user).sheet.rows[:4])

    shoot(play)


@one_size
@pytest.mark.parametrize(
    ("language", "theme"), [("en", "dark"), ("zh-CN", "light"), ("zh-CN", "contrast")]
)
def test_other_looks(shoot: Shoot, seat: Seat, language: str, theme: str) -> None:
    """You should see the same clause in English, in daylight, and in high contrast."""
    seat.answered(profile(language, theme))

    async def play(user: User) -> None:
        await found(user, "F6-4.4-hold-return")

    shoot(play)
