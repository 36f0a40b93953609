"""``agentdesk keys``: every command and the keys that run it, as they now are."""

from __future__ import annotations

import argparse
import sys

from agentdesk.cli.context import Context, show_error
from agentdesk.strings import Strings


def add_arguments(parser: argparse.ArgumentParser, strings: Strings) -> None:
    """No arguments."""


def run(args: argparse.Namespace, context: Context) -> int:
    """Print command id, keys and label, tab-separated; problems of ``[keys]`` go to stderr.

    Returns:
        1 if ``[keys]`` has problems (the default keys hold then), else 0.
    """
    from agentdesk.config import located
    from agentdesk.tui.commands import all_commands
    from agentdesk.tui.keymap import read_keymap, shown

    config, strings = context.config, context.strings
    commands = all_commands()
    keymap, problems = read_keymap(commands, config.keys)
    for command in commands:
        keys = shown(keymap[command.id()])
        context.put(command.id(), keys, strings(command.label_key()))
    for problem in problems:
        show_error(located(config, problem), strings, sys.stderr)
    return 1 if problems else 0
