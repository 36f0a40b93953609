"""Moving in a focused list. Plain letters: they never fire while text is typed."""

from __future__ import annotations

from agentdesk.tui.commands.command import Command


class ListCommand(Command):
    """Base of the list commands."""

    group = "list"
    hidden = True


class ListDown(ListCommand):
    """One row down."""

    keys = ("j", "down")


class ListUp(ListCommand):
    """One row up."""

    keys = ("k", "up")


class ListPageDown(ListCommand):
    """One page down."""

    keys = ("pagedown", "space")


class ListPageUp(ListCommand):
    """One page up."""

    keys = ("pageup",)


class ListTop(ListCommand):
    """First row."""

    keys = ("g", "home")


class ListEnd(ListCommand):
    """Last row."""

    keys = ("G", "end")


class ListOpen(ListCommand):
    """Open or choose the row."""

    keys = ("enter",)


class Leave(ListCommand):
    """Back by one step: out of a dialog, a field, a search; everything typed is kept."""

    keys = ("escape",)
    fixed = True  # every dialog says so at its bottom


COMMANDS: tuple[type[Command], ...] = (
    ListDown,
    ListUp,
    ListPageDown,
    ListPageUp,
    ListTop,
    ListEnd,
    ListOpen,
)
"""Commands of a focused list."""
