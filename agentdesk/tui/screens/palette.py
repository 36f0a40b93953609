"""The palette: every command, found by name, pinyin initials or id; Enter runs it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from agentdesk.strings import Strings
from agentdesk.tui.commands.command import Command
from agentdesk.tui.keymap import Keymap, shown
from agentdesk.tui.widgets.picker import Picker, PickRow

State = Callable[[type[Command]], bool | None]
"""Whether a command can run: True, None (dim) or False (not here)."""


def command_rows(
    commands: Sequence[type[Command]], keymap: Keymap, s: Strings, state: State
) -> list[PickRow[type[Command]]]:
    """Palette rows: what can run first; commands that are not possible here stand below, dim."""
    rows = [
        PickRow(
            command,
            s(command.label_key()),
            key=_digit(keymap.get(command.id(), command.keys)),
            detail=shown(keymap.get(command.id(), command.keys)),
            preview=s(command.help_key()),
            search=command.id(),
            dim=not state(command),
        )
        for command in commands
        if not command.hidden
    ]
    return sorted(rows, key=lambda row: row.dim)


def _digit(keys: Sequence[str]) -> str:
    """The digit a command is bound to, which picks it here too: a text field takes digits."""
    return next((key for key in keys if len(key) == 1 and key in "123456789"), " ")


class Palette(Picker[type[Command]]):
    """A picker of commands; answers the command to run."""

    def __init__(
        self, commands: Sequence[type[Command]], keymap: Keymap, s: Strings, state: State
    ) -> None:
        super().__init__(
            s("frame.palette.title"),
            command_rows(commands, keymap, s, state),
            hint=s("frame.palette.hint"),
            opener="palette",
        )
