"""Searching what a screen lists: one key for it, the same on every screen."""

from __future__ import annotations

from agentdesk.tui.commands.command import Command


class Search(Command):
    """Search the list of this screen by text, pinyin initials or number."""

    # Under an input method the key of the slash gives one of its two Chinese twins.
    keys = ("slash", "shift+f3", "ideographic_comma", "fullwidth_solidus")
    footer_rank = 10
