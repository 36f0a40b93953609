"""The board in front of a test's user: reaching it, and waiting until it shows what is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentdesk.tui.screens.board import Board

if TYPE_CHECKING:
    from tests.tui.conftest import User


def board(user: User) -> Board:
    """The board, whatever lies over it."""
    screen = user.app.place_screen("board")
    assert isinstance(screen, Board)
    return screen


async def ready(user: User) -> None:
    """The list was read, and the order under the cursor if an order is."""
    await user.until(lambda: not board(user).reading)
    item = board(user).item
    if item is not None and item.ticket is not None:
        await user.until(lambda: board(user).detail is not None)


async def opened(user: User) -> Board:
    """Go to the board and wait for the list."""
    await user.keys("2")
    await user.until(lambda: not board(user).reading)
    await user.settle()
    return board(user)
