"""What every test of a picture is made of: the sizes, and somebody who plays up to it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.tui.conftest import User

Play = Callable[["User"], Awaitable[None]]
Shoot = Callable[[Play], None]

SIZES = [(80, 24), (120, 36), (160, 48)]

three_sizes = pytest.mark.parametrize("size", SIZES, ids=[f"{w}x{h}" for w, h in SIZES])
"""The sizes the console is made for."""
one_size = pytest.mark.parametrize("size", [(120, 36)], ids=["120x36"])


async def nothing(user: User) -> None:
    """Look at what is there."""
    await user.settle()


async def pack_is_there(user: User) -> None:
    """The standard of the seat was read."""
    await user.until(lambda: bool(user.app.snapshot.pack.id))
