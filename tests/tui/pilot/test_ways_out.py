"""Wherever one is, the smallest terminal says how to leave, and that works."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import pytest

from agentdesk.tui.commands import all_commands, by_id
from agentdesk.tui.dialog import Dialog
from agentdesk.tui.keymap import read_keymap
from agentdesk.tui.screens.standards import Standards
from agentdesk.tui.widgets.footer import footer_line
from agentdesk.tui.widgets.inputs import SafeInput
from tests.board_kit import opened, ready

if TYPE_CHECKING:
    from tests.tui.conftest import Seat, User

Reach = Callable[["User"], Awaitable[object]]


async def of_order(user: User, *keys: str) -> None:
    """Keys pressed on the first order of the board."""
    await opened(user)
    await ready(user)
    await user.keys(*keys)


async def of_call(user: User, *keys: str) -> None:
    """Keys pressed while a customer is on the line."""
    await user.talks()
    await user.keys(*keys)


async def of_place(user: User, *keys: str) -> None:
    """Keys pressed with nothing in hand."""
    for key in keys:
        await user.keys(key)
        await user.settle()


async def a_clause(user: User) -> None:
    """A clause is read, once the standards are there."""
    await user.keys("8")
    screen = user.app.place_screen("standards")
    assert isinstance(screen, Standards)
    await user.until(lambda: screen.clauses.selected is not None)
    await user.keys("enter")


DIALOGS: dict[str, Reach] = {
    "views": lambda user: of_order(user, "V"),
    "acts": lambda user: of_order(user, "x"),
    "people": lambda user: of_order(user, "O"),
    "departments": lambda user: of_order(user, "d"),
    "reason": lambda user: of_order(user, "r"),
    "order": lambda user: of_order(user, "n"),
    "edit": lambda user: of_order(user, "e"),
    "palette": lambda user: of_place(user, "ctrl+p"),
    "help": lambda user: of_place(user, "f1"),
    "jump": lambda user: of_place(user, "9", "ctrl+a"),
    "sync": lambda user: of_place(user, "ctrl+f6"),
    "scripts": lambda user: of_call(user, "f3"),
    "promise": lambda user: of_call(user, "f5"),
    "transfer": lambda user: of_call(user, "f6"),
    "escalation": lambda user: of_call(user, "f8"),
    "proposal": lambda user: of_call(user, "f8", "1"),
    "reveal": lambda user: of_call(user, "ctrl+w"),
    "tick": lambda user: of_call(user, "ctrl+s"),
}

INSIDE: dict[str, Reach] = {
    "the order": lambda user: of_order(user, "enter"),
    "the search": lambda user: of_order(user, "slash"),
    "a state": lambda user: of_order(user, "right_square_bracket"),
    "a view": lambda user: of_order(user, "V", "2"),
    "the roll-up": lambda user: of_order(user, "L"),
    "a clause": a_clause,
    "a search of clauses": lambda user: of_place(user, "8", "slash"),
}
"""Places inside a screen one goes back from by Esc."""


@pytest.mark.parametrize("place", DIALOGS)
async def test_a_dialog_says_how_to_leave(telecom: Seat, place: str) -> None:
    async with telecom.open((80, 24)) as user:
        await DIALOGS[place](user)
        dialog = user.app.screen
        assert isinstance(dialog, Dialog)
        assert user.sees("Esc"), "\n".join(user.rows())
        await user.keys("escape")
        assert user.app.screen is not dialog


def footer(user: User) -> str:
    return user.rows()[-1]


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("place", INSIDE)
async def test_the_footer_says_how_to_go_back(telecom: Seat, place: str, language: str) -> None:
    async with telecom.open((80, 24)) as user:
        user.app.set_language(language)
        word = user.app.s(by_id("leave").label_key())
        assert f"Esc {word}" not in footer(user)
        await INSIDE[place](user)
        await user.until(lambda: f"Esc {word}" in footer(user))
        for command in ("escalate", "help", "palette"):  # never cut off for it
            assert user.app.s(by_id(command).label_key()) in footer(user)
        if isinstance(user.app.focused, SafeInput):
            await user.keys("escape")
        for _ in range(3):
            await user.keys("escape")
        await user.until(lambda: f"Esc {word}" not in footer(user))


async def test_the_word_in_the_footer_can_be_clicked(telecom: Seat) -> None:
    from agentdesk.tui.widgets.footer import FooterLine

    async with telecom.open((80, 24)) as user:
        await of_order(user, "enter")
        screen = user.app.screen
        await user.until(lambda: "Esc" in footer(user))
        line = screen.query_one(FooterLine)
        _, spots = footer_line(line.items, 80)
        start = next(start for start, _, command in spots if command == "leave")
        await user.pilot.click(FooterLine, offset=(start + 1, 0))
        await user.settle()
        assert not screen.has_class("-detail")


def test_the_key_that_leads_back_is_in_help_and_cannot_be_changed() -> None:
    commands = all_commands()
    keymap, problems = read_keymap(commands, {"leave": "f9"})
    assert keymap["leave"] == ("escape",)
    assert [problem.code for problem in problems] == ["config.key_fixed"]
