"""What is done quicker than Textual does it: the same picture, and fails when Textual changes."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
import textual
from textual._compositor import Compositor
from textual.app import App
from textual.css.stylesheet import Stylesheet
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip

from agentdesk.tui.frame import FrameScreen
from agentdesk.tui.quick import QuickCompositor
from agentdesk.tui.screens.board import Board
from agentdesk.tui.screens.call import CallScreen
from agentdesk.tui.screens.standards import Standards

if TYPE_CHECKING:
    from tests.tui.conftest import Seat, User


def test_textual_is_the_release_this_was_read_in() -> None:
    # Another one: read the four places again (quick.py names them), then change this.
    assert textual.__version__ == "8.2.8"
    assert "_get_renders(crop)" in inspect.getsource(Compositor._render_chops)
    assert "first_cut" in inspect.getsource(Compositor._render_chops)
    assert "self._load_screen_css(screen)" in inspect.getsource(App._init_mode)
    assert "screen._css_update_count != self._css_update_count" in inspect.getsource(App._init_mode)
    assert "self.delay_update()" in inspect.getsource(App.switch_mode)
    assert "event.refresh_styles" in inspect.getsource(Screen._on_screen_resume)


def picture(compositor: Compositor) -> list[list[Any]]:
    return [list(strip.simplify()) for strip in compositor.render_strips()]


def plain(screen: Screen[Any]) -> list[list[Any]]:
    """The picture as Textual's own compositor draws it."""

    def renders(crop: Region | None = None) -> Any:
        return Compositor._get_renders(screen._compositor, crop)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(screen._compositor, "_get_renders", renders)
        return picture(screen._compositor)


@pytest.mark.parametrize("place", ["call", "board", "standards"])
async def test_the_picture_is_that_of_textual(telecom: Seat, place: str) -> None:
    async with telecom.open() as user:
        user.app.go(place)
        await user.until(lambda: not getattr(user.app.screen, "reading", False))
        await user.settle()
        screen = user.app.screen
        assert isinstance(screen._compositor, QuickCompositor)
        assert picture(screen._compositor) == plain(screen)


async def test_only_the_lines_that_changed_are_drawn(telecom: Seat) -> None:
    async with telecom.open() as user:
        board = await opened(user)
        await user.keys("j")
        await user.settle()
        drawn: list[tuple[str, int]] = []
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(board, "rest", lambda: None)  # the right column follows later
            for widget in board.walk_children():
                patch.setattr(widget, "render_lines", counting(widget, drawn), raising=False)
            await user.keys("j")
            await user.settle()
        # Two rows of the list, and nothing that stands before, behind or beside it.
        assert drawn and set(drawn) == {("board-list", 2)}


def counting(widget: Any, drawn: list[tuple[str, int]]) -> Any:
    real = widget.render_lines

    def render_lines(crop: Region) -> list[Strip]:
        drawn.append((widget.id, crop.height))
        lines: list[Strip] = real(crop)
        return lines

    return render_lines


async def opened(user: User) -> Board:
    await user.keys("2")
    board = user.app.screen
    assert isinstance(board, Board)
    await user.until(lambda: not board.reading and board.detail is not None)
    await user.settle()
    return board


async def test_a_screen_shown_first_has_its_style_and_no_css_is_read_again(telecom: Seat) -> None:
    async with telecom.open() as user:
        again: list[str] = []
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Stylesheet, "reparse", lambda sheet: again.append("reparse"))
            board = await opened(user)
        assert again == []
        assert board.query_one("#board-side").outer_size.width == 38  # from board.tcss


async def test_another_theme_reaches_the_screens_that_were_not_shown(telecom: Seat) -> None:
    async with telecom.open() as user:
        board = await opened(user)
        await user.keys("1")
        dark = board.styles.background
        user.app.set_theme("light")
        await user.settle()
        await user.keys("2")
        await user.settle()
        assert board.styles.background != dark
        assert board.query_one("#board-side").outer_size.width == 38


async def test_a_screen_shown_again_is_painted_at_once(telecom: Seat) -> None:
    async with telecom.open() as user:
        waited: list[float] = []
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(App, "delay_update", lambda app, delay=0.05: waited.append(delay))
            await opened(user)
            assert waited == [0.05]  # half made, it is not seen
            await user.keys("1")
            await user.keys("2")
            assert waited == [0.05]


def selectors(screen: type[FrameScreen]) -> Iterator[tuple[str, str]]:
    """The first name of every selector of a screen's CSS file, and its text."""
    sheet = Stylesheet()
    folder = inspect.getfile(next(c for c in screen.__mro__ if "CSS_PATH" in c.__dict__))
    sheet.read(folder.rpartition("/")[0] + f"/{screen.CSS_PATH}")
    for rule in sheet.rules:
        for found in rule.selector_set:
            yield found.selectors[0].name, rule.css


@pytest.mark.parametrize("screen", [CallScreen, Board])
def test_the_css_of_a_screen_names_the_screen(screen: type[FrameScreen]) -> None:
    # What it says of others would not reach those that are open already.
    names = {each.__name__ for each in screen.__mro__ if issubclass(each, Screen)} - {"Screen"}
    for name, css in selectors(screen):
        assert name in names, css


def test_every_screen_with_a_file_is_checked() -> None:
    assert Standards.CSS_PATH is None
