"""Acts of the frame: the same on every screen."""

from __future__ import annotations

from agentdesk.tui.commands.command import Command


class Palette(Command):
    """Search every command by name, pinyin or id."""

    keys = ("ctrl+p",)
    footer_rank = 2
    pinned = True


class Help(Command):
    """Explain the focused place and list its keys."""

    keys = ("f1", "question_mark", "fullwidth_question_mark")
    footer_rank = 1
    pinned = True
    anywhere = True


class Jump(Command):
    """Label every region; one more key goes there."""

    keys = ("ctrl+a", "grave_accent")


class Today(Command):
    """The calls of today."""

    # 2 to 8 are kept for the screens of the design; ctrl+] has no other meaning anywhere.
    keys = ("0", "ctrl+right_square_bracket")
    footer_rank = 60


class GoCall(Command):
    """Go to the call screen."""

    keys = ("1",)
    group = "go"


class GoSettings(Command):
    """Go to the settings."""

    keys = ("9",)
    group = "go"


class Quit(Command):
    """Leave agentdesk; everything is kept."""

    keys = ("ctrl+q",)
    anywhere = True


COMMANDS: tuple[type[Command], ...] = (Palette, Help, Jump, Today, GoCall, GoSettings, Quit)
"""Commands that hold on every screen."""
