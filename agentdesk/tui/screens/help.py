"""Help: what the focused place is, then its keys, then all keys; searchable.

A screen or widget explains itself by having ``explanation(self) -> Sequence[Line]`` (a clock's
sum, a mark's clause) and ``commands_here(self) -> Sequence[type[Command]]``; both are optional
and looked for from the focused widget upwards.
"""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult

from agentdesk.strings import Strings
from agentdesk.tui.cells import cell_len, pad
from agentdesk.tui.commands.command import Command
from agentdesk.tui.keymap import Keymap, shown
from agentdesk.tui.widgets.lines import Line, LinesPanel
from agentdesk.tui.widgets.picker import Picker, PickRow

MOST_EXPLAINED = 10
"""Rows an explanation may take; the keys need room too."""


def help_rows(
    here: Sequence[type[Command]],
    commands: Sequence[type[Command]],
    keymap: Keymap,
    s: Strings,
) -> list[PickRow[type[Command]]]:
    """All keys, those of the focused place first."""
    wanted = [(s("frame.help.here"), command) for command in here]
    for command in commands:
        if command not in here:
            wanted.append((s(f"frame.group.{command.group}"), command))
    column = max((cell_len(s(command.label_key())) for _, command in wanted), default=0) + 2
    return [
        PickRow(
            command,
            pad(s(command.label_key()), column) + s(command.help_key()),
            key=shown(keymap.get(command.id(), command.keys)) or "–",
            group=group,
            search=command.id(),
        )
        for group, command in wanted
    ]


class HelpScreen(Picker[type[Command]]):
    """The help dialog. Enter closes it and runs the chosen command where that is possible."""

    IS_HELP = True
    DEFAULT_CSS = "HelpScreen #help-why { margin-bottom: 1; }"

    def __init__(
        self,
        here: Sequence[type[Command]],
        commands: Sequence[type[Command]],
        keymap: Keymap,
        s: Strings,
        explanation: Sequence[Line] = (),
    ) -> None:
        super().__init__(
            s("frame.help.title"),
            help_rows(here, commands, keymap, s),
            hint=s("frame.help.hint"),
            preview_height=0,
            opener="help",
        )
        self._explanation = tuple(explanation)[:MOST_EXPLAINED]

    def compose(self) -> ComposeResult:
        """The picker; the explanation goes between search and keys."""
        yield from super().compose()

    def on_mount(self) -> None:
        """Put the explanation above the keys."""
        super().on_mount()
        if self._explanation:
            why = LinesPanel(self._explanation, id="help-why", classes="lines")
            why.styles.height = len(self._explanation)
            self.query_one(".box").mount(why, before="#pick-rows")
