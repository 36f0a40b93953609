"""From a text field to another screen: digits are typed there, and picked in the palette."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentdesk.tui.screens.board import Board

if TYPE_CHECKING:
    from tests.tui.conftest import Seat


async def test_a_digit_in_the_palette_goes_to_the_screen_of_that_digit(seat: Seat) -> None:
    async with seat.open() as user:
        await user.talks()
        await user.notes("客户催件")
        await user.keys("2")
        assert user.screen.note.text == "客户催件2"
        await user.keys("ctrl+p", "2")
        assert isinstance(user.app.screen, Board)
        await user.keys("1")
        assert user.screen.note.text == "客户催件2"


async def test_commands_are_found_by_their_whole_pinyin_and_nothing_found_says_so(
    seat: Seat,
) -> None:
    async with seat.open() as user:
        await user.keys("ctrl+p")
        await user.types("jieting")
        assert user.sees("接听振铃的来电")
        await user.types("xyzzy")
        assert not user.sees("接听振铃的来电")
        assert user.sees("没有找到。换个词")
