"""A console that is played up to a picture, and the picture compared."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from textual.pilot import Pilot

from tests.pictures import Play, Shoot, nothing

if TYPE_CHECKING:
    from tests.tui.conftest import Seat


@pytest.fixture
def opening() -> Play:
    """How the screen of a file is reached, before each of its scenes."""
    return nothing


@pytest.fixture
def ready() -> Play:
    """Until the screen of a file has read what it shows."""
    return nothing


@pytest.fixture
def shoot(
    seat: Seat,
    size: tuple[int, int],
    snap_compare: Callable[..., bool],
    opening: Play,
    ready: Play,
) -> Shoot:
    """Plays a scene on a seat's console and compares the picture of its end."""

    def compare(play: Play) -> None:
        app = seat.app()

        async def before(pilot: Pilot[None]) -> None:
            user = seat.user(app, pilot)
            await user.settle()
            await opening(user)
            await play(user)
            await ready(user)
            await user.quiet()

        assert snap_compare(app, terminal_size=size, run_before=before)

    return compare
