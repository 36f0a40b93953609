"""The keys a field is edited by, in every field there is.

Calls have F-keys with ctrl twins, and some twins are editing keys of a text field. Where such a
key means something now it does that; where it does not the field has it, and nobody is told that
a call cannot be promised while he empties a search.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import pytest
from textual.app import App, ComposeResult
from textual.widgets import Input

from agentdesk.tui.commands import all_commands
from agentdesk.tui.dialog import Dialog
from agentdesk.tui.widgets.inputs import EDITING, SafeInput
from tests.board_kit import opened as board_opened
from tests.board_kit import ready

if TYPE_CHECKING:
    from tests.tui.conftest import Seat, User

TEXT, CARET = "kd wang li", 5

TWINS = sorted(
    key
    for key in EDITING & {key for command in all_commands() for key in command.keys}
    if key.startswith("ctrl+")
)
"""Keys that edit and are a command's as well."""

Reach = Callable[["User"], Awaitable[None]]


async def board_search(user: User) -> None:
    await board_opened(user)
    await user.keys("slash")


async def clause_search(user: User) -> None:
    await user.keys("8")
    await user.settle()
    await user.keys("slash")


async def settings(user: User) -> None:
    await user.keys("9")
    await user.settle()


async def palette(user: User) -> None:
    await user.keys("ctrl+p")


async def help_(user: User) -> None:
    await user.keys("f1")


async def views(user: User) -> None:
    await board_opened(user)
    await user.keys("V")


async def people(user: User) -> None:
    await board_opened(user)
    await ready(user)
    await user.keys("O")


async def reason(user: User) -> None:
    await board_opened(user)
    await ready(user)
    await user.keys("r")


async def order(user: User) -> None:
    await board_opened(user)
    await user.keys("n", "enter", "enter", "enter", "right")  # some category, for its fields


async def scripts(user: User) -> None:
    await user.talks()
    await user.keys("f3")


async def promise(user: User) -> None:
    await user.talks()
    await user.keys("f5")


async def proposal(user: User) -> None:
    await user.talks()
    await user.keys("f8", "1")


PLACES: dict[str, Reach] = {
    each.__name__: each
    for each in (
        board_search,
        clause_search,
        settings,
        palette,
        help_,
        views,
        people,
        reason,
        order,
        scripts,
        promise,
        proposal,
    )
}

MEANT = {
    "ctrl+a": (board_search, clause_search, settings),  # jump, on every full screen
    "ctrl+k": (scripts,),  # the key that opened it
    "ctrl+u": (promise,),
    "ctrl+e": (proposal,),
}
"""Where a twin does something else than edit."""


class Bare(App[None]):
    """Textual's own field, which says what a key does."""

    def compose(self) -> ComposeResult:
        yield Input(TEXT, select_on_focus=False)


async def edited(key: str) -> tuple[str, int]:
    """What a key makes of the text and the caret."""
    app = Bare()
    async with app.run_test() as pilot:
        field = app.query_one(Input)
        field.cursor_position = CARET
        await pilot.press(key)
        return field.value, field.cursor_position


def test_there_are_twins() -> None:
    assert {"ctrl+u", "ctrl+k", "ctrl+w", "ctrl+a", "ctrl+e", "ctrl+d"} == set(TWINS)


def fields(user: User) -> list[SafeInput]:
    shown = [each for each in user.app.screen.query(SafeInput) if each.region.area]
    assert shown
    return shown


@pytest.mark.parametrize("place", PLACES)
async def test_editing_keys_edit(telecom: Seat, place: str) -> None:
    wanted = {key: await edited(key) for key in TWINS}
    async with telecom.open() as user:
        await PLACES[place](user)
        screen = user.app.screen
        for field in fields(user):
            for key in TWINS:
                if PLACES[place] in MEANT.get(key, ()):
                    continue
                field.focus()
                await user.settle()
                field.value = TEXT
                await user.settle()
                field.cursor_position = CARET
                await user.quiet()
                await user.keys(key)
                where = f"{place} {field.id} {key}"
                assert user.app.screen is screen, where
                assert (field.value, field.cursor_position) == wanted[key], where
                assert not user.toasts(), where


async def test_what_means_something_now_is_done(telecom: Seat) -> None:
    async with telecom.open() as user:
        await user.talks()
        user.app.go("board")
        await user.settle()
        await ready(user)
        await user.keys("slash")
        await user.types(TEXT)
        await user.keys("ctrl+u")  # while a customer is on the line it promises a call back
        assert isinstance(user.app.screen, Dialog) and user.app.current_mode == "call"
        await user.keys("ctrl+u")  # and the key that opened a question leaves it
        assert user.card_is_shown


async def test_the_keys_of_a_call_edit_nothing_on_its_card(telecom: Seat) -> None:
    """Nothing typed is lost to a key somebody pressed for the call."""
    async with telecom.open() as user:
        await user.talks()
        await user.keys("f9")
        await user.notes("客户问宽带")
        await user.focus("surname")
        await user.types("王")
        await user.keys("ctrl+underscore")
        await user.settle()
        before = user.screen.values()
        await user.quiet()
        await user.keys("ctrl+k")  # no line is looked for once the call is over
        assert user.screen.values() == before
        assert any("现在不能" in each for each in user.toasts())
