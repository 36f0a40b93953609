"""``agentdesk`` without a sub-command: open the console."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from agentdesk.cli.context import Context
from agentdesk.errors import TerminalError
from agentdesk.strings import Strings

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser, strings: Strings) -> None:
    """No arguments."""


def run(args: argparse.Namespace, context: Context) -> int:
    """Check the terminal, then open the console; its exit code."""
    return open_console(context)


def open_console(context: Context) -> int:
    """The same without arguments."""
    config = context.config
    prepare_terminal(context.env)

    from agentdesk.tui.main import run_console

    return run_console(config, context.locations)


def prepare_terminal(env: Mapping[str, str]) -> None:
    """Refuse a terminal that cannot show the console; call before Textual is imported.

    Raises:
        TerminalError: no terminal, too simple a one, or not UTF-8.
    """
    # Textual reads stdin and draws on stderr; stdout is free.
    for stream in (sys.__stdin__, sys.__stderr__):
        if stream is None or not stream.isatty():
            raise TerminalError("terminal.not_a_terminal")
    check_kind(env, getattr(sys.__stderr__, "encoding", None) or "ascii")
    # With the kitty protocol an input method's commit of five characters arrives as garbage.
    os.environ.setdefault("TEXTUAL_DISABLE_KITTY_KEY", "1")


def check_kind(env: Mapping[str, str], encoding: str) -> None:
    """Refuse by ``TERM`` and encoding.

    Raises:
        TerminalError: ``terminal.dumb`` or ``terminal.encoding``.
    """
    term = env.get("TERM", "")
    if term in ("", "dumb", "unknown"):
        raise TerminalError("terminal.dumb", term=term or '""')
    if encoding.lower().replace("-", "").replace("_", "") != "utf8":
        raise TerminalError("terminal.encoding", encoding=encoding)
    # Python itself goes on in UTF-8 under LC_ALL=C; tmux and ssh in the same shell do not.
    forced = env.get("LC_ALL", "")
    if forced and "utf8" not in forced.lower().replace("-", ""):
        raise TerminalError("terminal.encoding", encoding=f"LC_ALL={forced}")
