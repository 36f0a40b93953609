"""Every command of the console. Imports nothing heavy: ``agentdesk keys`` uses it.

::

    for command in all_commands():
        print(command.id(), command.keys, strings(command.label_key()))
"""

from __future__ import annotations

from agentdesk.tui.commands import board, call, frame, lists, remote, standards
from agentdesk.tui.commands.command import Command

__all__ = ["Command", "all_commands", "by_id"]


def all_commands() -> tuple[type[Command], ...]:
    """All commands, in the order help shows them."""
    return (
        *call.COMMANDS,
        *frame.COMMANDS,
        *remote.COMMANDS,
        board.GoBoard,
        *board.COMMANDS,
        standards.GoStandards,
        *standards.COMMANDS,
        *lists.COMMANDS,
        lists.Leave,
    )


def by_id(command_id: str) -> type[Command]:
    """The command with that id.

    Raises:
        KeyError: there is none.
    """
    for command in all_commands():
        if command.id() == command_id:
            return command
    raise KeyError(command_id)
