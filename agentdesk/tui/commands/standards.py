"""Acts of the Standards screen."""

from __future__ import annotations

from agentdesk.tui.commands.command import Command
from agentdesk.tui.commands.search import Search


class GoStandards(Command):
    """Go to the service standards."""

    keys = ("8",)
    group = "go"


class StandardsCommand(Command):
    """Base of the acts of the screen: a plain key, and one that works while text is typed."""

    group = "standards"


class AllStandards(StandardsCommand):
    """Show the clauses of all standards, or of the chosen one again."""

    keys = ("a", "shift+f12")
    footer_rank = 12


class CompareStandards(StandardsCommand):
    """Compare the chosen standard with another one, or stop comparing."""

    keys = ("v", "shift+f1")
    footer_rank = 11


class StandardsBack(StandardsCommand):
    """Go back to the clause this one was reached from."""

    keys = ("backspace",)
    footer_rank = 13


COMMANDS: tuple[type[Command], ...] = (
    Search,
    AllStandards,
    CompareStandards,
    StandardsBack,
)
"""Acts of the screen, in the order help and footer show them."""
