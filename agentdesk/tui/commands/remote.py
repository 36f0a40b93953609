"""Acts that have to do with the server and with colleagues' calls for help."""

from __future__ import annotations

from agentdesk.tui.commands.command import Command


class Sync(Command):
    """What was sent, what waits and why, and what was not accepted."""

    # Every ctrl+letter and every F-key with shift has its meaning; ctrl with F-keys is free.
    keys = ("ctrl+f6", "W")


class HelpCalls(Command):
    """Colleagues' calls for help that wait for a leader."""

    keys = ("ctrl+f7", "H")
    group = "lead"


class TakeHelp(Command):
    """Take the call for help that is shown."""

    keys = ("ctrl+f8", "T")
    group = "lead"


COMMANDS: tuple[type[Command], ...] = (Sync, HelpCalls, TakeHelp)
"""Commands of a seat that has a server."""
