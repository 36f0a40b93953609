"""Screens made out of sight: the same when shown, in nobody's way before."""

from __future__ import annotations

from asyncio import create_task, sleep
from typing import TYPE_CHECKING, Any

import pytest
from textual._compositor import Compositor
from textual.app import App
from textual.dom import DOMNode
from textual.events import Key
from textual.screen import Screen
from textual.widgets.text_area import Edit

from agentdesk.tui.main import read_ahead
from agentdesk.tui.screens.board import Board
from agentdesk.tui.screens.settings import Settings
from agentdesk.tui.screens.standards import Standards

if TYPE_CHECKING:
    from tests.tui.conftest import Seat, User

KEYS = {"board": "2", "standards": "8", "settings": "9"}


async def shown(user: User, place: str) -> list[str]:
    """What stands on the terminal once a place was opened by its key."""
    await user.keys(KEYS[place])
    screen = user.app.screen
    if isinstance(screen, Board):
        await user.until(lambda: not screen.reading and screen.detail is not None)
    if isinstance(screen, Standards):
        await user.until(lambda: screen.library.complete)
    await user.settle()
    return user.rows()


async def make(user: User, place: str) -> None:
    await user.app.make_ready(place)
    await user.settle()
    await user.app.draw_ahead(place)
    await user.settle()


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (160, 48)])
@pytest.mark.parametrize("place", list(KEYS))
async def test_it_looks_like_one_that_was_not_ready(
    telecom: Seat, place: str, size: tuple[int, int]
) -> None:
    async with telecom.open(size) as user:
        plain = await shown(user, place)
    async with telecom.open(size) as user:
        await user.until(lambda: bool(user.app.snapshot.pack.id))
        read_ahead(user.app)
        await make(user, place)
        assert await shown(user, place) == plain


@pytest.mark.parametrize("place", list(KEYS))
async def test_nobody_notices_it_being_made(telecom: Seat, place: str) -> None:
    async with telecom.open() as user:
        await user.talks()
        await user.notes("客户问进度")
        note, before = user.app.focused, user.rows()
        cursor, messages = user.app.cursor_position, list(user.app.messages)
        await make(user, place)
        assert (user.app.current_mode, user.app.focused) == ("call", note)
        assert user.app.cursor_position == cursor
        assert (user.rows(), user.app.messages) == (before, messages)
        await user.types("，已记下")
        assert user.screen.note.text == "客户问进度，已记下"


async def test_what_is_typed_meanwhile_is_not_kept_waiting_to_the_end(telecom: Seat) -> None:
    done: list[str] = []
    async with telecom.open() as user:
        await user.talks()
        await user.notes("先")
        note = user.screen.note
        edit = note.edit

        def edited(change: Edit) -> Any:
            done.append("typed")
            return edit(change)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(note, "edit", edited)
            making = create_task(user.app.make_ready("board"))
            making.add_done_callback(lambda _: done.append("made"))
            user._send(Key("x", "x"))
            await making
            await user.settle()
        assert note.text == "先x"
        assert done == ["typed", "made"]


async def test_who_goes_there_meanwhile_finds_it_whole(telecom: Seat) -> None:
    waited: list[float] = []
    real = App.delay_update

    def delay_update(app: App[Any], delay: float = 0.05) -> None:
        waited.append(delay)
        real(app, delay)

    async with telecom.open() as user:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(App, "delay_update", delay_update)
            making = create_task(user.app.make_ready("board"))
            await sleep(0)  # it has begun
            assert user.app.place_screen("board") is not None and not making.done()
            user.app.go("board")
            await making
            await user.settle()
        board = user.app.screen
        assert isinstance(board, Board)
        assert waited == [0.05]  # half made, it is not seen
        await user.until(lambda: not board.reading and board.detail is not None)
        assert user.app._screen_stacks["board"] == [board]


async def test_it_is_painted_at_once_and_no_other_is_made(telecom: Seat) -> None:
    waited: list[float] = []
    async with telecom.open() as user:
        await make(user, "board")
        ready = user.app.place_screen("board")
        await user.app.make_ready("board")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(App, "delay_update", lambda app, delay=0.05: waited.append(delay))
            await user.keys("2")
        assert waited == []
        assert user.app.screen is ready


async def test_out_of_sight_the_board_reads_once_and_again_when_it_is_shown(
    telecom: Seat,
) -> None:
    async with telecom.open() as user:
        await make(user, "board")
        board = user.app.place_screen("board")
        assert isinstance(board, Board) and board._asked == 1
        await user.talks()
        await user.after(60)
        assert board._asked == 1
        user.app.go("board")
        await user.settle()
        assert board._asked > 1


async def test_only_the_standard_in_force_is_read_before_they_are_shown(telecom: Seat) -> None:
    async with telecom.open() as user:
        await user.until(lambda: bool(user.app.snapshot.pack.id))
        read_ahead(user.app)
        await make(user, "standards")
        screen = user.app.place_screen("standards")
        assert isinstance(screen, Standards)
        force = set(user.app._in_force())
        assert set(screen.library.entries) == force
        assert len(screen.clauses.rows) > 10
        await user.keys("8")
        await user.until(lambda: screen.library.complete)
        assert set(screen.library.entries) > force


async def test_all_are_made_once_it_is_quiet(telecom: Seat) -> None:
    async with telecom.open() as user:
        user.app.touched = -1e9
        user.app.make_screens_ready()
        await user.until(lambda: set(KEYS) <= set(user.app._screen_stacks))
        settings = user.app.place_screen("settings")
        assert isinstance(settings, Settings)
        assert user.app.current_mode == "call"


@pytest.mark.parametrize("place", list(KEYS))
async def test_nothing_is_drawn_that_is_not_painted(telecom: Seat, place: str) -> None:
    drawn: list[int] = []
    async with telecom.open() as user:
        real = Compositor.render_update

        def render_update(compositor: Compositor, **how: Any) -> Any:
            drawn.append(user.app._batch_count)
            return real(compositor, **how)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Compositor, "render_update", render_update)
            await shown(user, place)
            await user.until(lambda: bool(drawn))
        assert set(drawn) == {0}


@pytest.mark.parametrize(
    ("size", "names"),
    [((80, 24), {"-narrow", "-short"}), ((120, 36), {"-middle", "-tall"})],
)
async def test_a_screen_is_styled_once_for_its_size(
    telecom: Seat, size: tuple[int, int], names: set[str]
) -> None:
    again: list[object] = []
    real = DOMNode.update_node_styles

    def update_node_styles(node: DOMNode, animate: bool = False) -> None:
        if isinstance(node, Screen):
            again.append(node)
        real(node, animate)

    async with telecom.open(size) as user:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(DOMNode, "update_node_styles", update_node_styles)
            await shown(user, "board")
        assert names <= user.app.screen.classes
        assert [node for node in again if isinstance(node, Board)] == []
