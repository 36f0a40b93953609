"""From arguments to a sub-command."""

from __future__ import annotations

import gc
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from agentdesk import __version__
from agentdesk.cli.context import Context
from agentdesk.config import load
from agentdesk.errors import ConfigError, UsageError
from agentdesk.locations import Locations
from agentdesk.strings import LANGUAGES, Strings

if TYPE_CHECKING:
    import argparse


COMMANDS: Mapping[str, str] = {
    "ring": "agentdesk.cli.ring",
    "calls": "agentdesk.cli.calls",
    "tickets": "agentdesk.cli.tickets",
    "login": "agentdesk.cli.login",
    "logout": "agentdesk.cli.logout",
    "sync": "agentdesk.cli.sync",
    "export": "agentdesk.cli.export",
    "import": "agentdesk.cli.import_",
    "demo": "agentdesk.cli.demo",
    "packs": "agentdesk.cli.packs",
    "check": "agentdesk.cli.check",
    "sla": "agentdesk.cli.sla",
    "calendar": "agentdesk.cli.calendar",
    "serve": "agentdesk.cli.serve",
    "server": "agentdesk.cli.server",
    "audit": "agentdesk.cli.audit",
    "keys": "agentdesk.cli.keys",
    "paths": "agentdesk.cli.paths",
    "doctor": "agentdesk.cli.doctor",
    "rescue": "agentdesk.cli.rescue",
}
"""Sub-command -> module, in the order of the help."""

_CONSOLE = "agentdesk.cli.console"
_SHARED = {
    "language": "language",
    "theme": "theme",
    "pack": "pack",
    "agent_no": "agent.no",
}


def dispatch(argv: Sequence[str], env: Mapping[str, str]) -> int:
    """Run what the arguments ask for; the exit code.

    Raises:
        AgentdeskError: what went wrong, to be shown by the caller.
    """
    strings = guess_strings(argv, env)
    if not argv:
        # What is started every day: no need for a parser.
        from agentdesk.cli.console import open_console

        return open_console(_context({}, env, strings))
    gc.enable()
    from agentdesk.cli.parser import Parser

    # Taken out first, so that they may stand before or after the sub-command.
    outer = Parser("agentdesk", strings, "", with_help=False)
    _add_shared(outer, strings)
    shared, rest = outer.parse_known_args(list(argv))
    context = _context(vars(shared), env, strings)
    name = rest[0] if rest and not rest[0].startswith("-") else None
    if name is None:
        _main_parser(context.strings).parse_args(rest)
        return _run(_CONSOLE, "agentdesk", [], context, context.strings("cli.about"))
    if name not in COMMANDS:
        from difflib import get_close_matches

        nearest = get_close_matches(name, COMMANDS, n=1)
        raise UsageError("usage.command", value=name, nearest=nearest[0] if nearest else "")
    about = context.strings(f"cli.{name}.help")
    return _run(COMMANDS[name], f"agentdesk {name}", rest[1:], context, about)


def guess_strings(argv: Sequence[str], env: Mapping[str, str]) -> Strings:
    """Words before the settings are read: ``--language``, else ``AGENTDESK_LANGUAGE``."""
    asked = env.get("AGENTDESK_LANGUAGE", "")
    for position, argument in enumerate(argv):
        if argument == "--language":
            asked = argv[position + 1] if position + 1 < len(argv) else ""
        elif argument.startswith("--language="):
            asked = argument.partition("=")[2]
    return Strings(asked if asked in LANGUAGES else LANGUAGES[0])


def _add_shared(parser: argparse.ArgumentParser, strings: Strings) -> None:
    parser.add_argument("--config", metavar="FILE", help=strings("cli.option.config"))
    parser.add_argument("--language", metavar="zh-CN|en", help=strings("cli.option.language"))
    parser.add_argument("--theme", metavar="NAME", help=strings("cli.option.theme"))
    parser.add_argument("--pack", metavar="ID", help=strings("cli.option.pack"))
    parser.add_argument("--agent-no", metavar="NO", help=strings("cli.option.agent"))


def _main_parser(strings: Strings) -> argparse.ArgumentParser:
    """The parser behind ``agentdesk --help``."""
    from agentdesk.cli.parser import Parser

    width = max(map(len, COMMANDS)) + 2
    lines = [strings("cli.commands")]
    lines += [f"  {name:{width}}{strings(f'cli.{name}.help')}" for name in COMMANDS]
    lines += ["", strings("cli.codes")]
    parser = Parser("agentdesk", strings, strings("cli.about"), "\n".join(lines))
    _add_shared(parser, strings)
    parser.add_argument(
        "--version",
        action="version",
        version=f"agentdesk {__version__}",
        help=strings("cli.option.version"),
    )
    return parser


def _context(shared: Mapping[str, str | None], env: Mapping[str, str], strings: Strings) -> Context:
    locations = Locations.find(env)
    if config_file := shared.get("config"):
        chosen = Path(config_file).expanduser().absolute()
        locations = replace(locations, chosen_config=chosen)
    flags = {key: shared.get(option) for option, key in _SHARED.items()}
    required = locations.chosen_config is not None
    try:
        config = load(locations.config_file, env, flags, required=required)
    except ConfigError as error:
        return Context(env, locations, error, strings, shared)
    strings = Strings(config.language or LANGUAGES[0])
    return Context(env, locations, config, strings, shared)


def _run(module: str, prog: str, argv: Sequence[str], context: Context, about: str) -> int:
    try:
        command = import_module(module)
    except ImportError as error:
        raise UsageError("usage.unavailable", value=prog, reason=str(error)) from error
    from agentdesk.cli.parser import Parser

    parser = Parser(prog, context.strings, about)
    command.add_arguments(parser, context.strings)
    code: int = command.run(parser.parse_args(list(argv)), context)
    sys.stdout.flush()
    return code
