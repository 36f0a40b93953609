"""``agentdesk server …``: what an administrator does to a server, running or not.

People and teams, codes for seats, revocations, copies, epochs, retention. A PIN comes from a
prompt or standard input, never from an argument others could read.
"""

from __future__ import annotations

import argparse
from typing import Any

from agentdesk.cli.context import Context
from agentdesk.cli.server_open import add_database
from agentdesk.strings import Strings


def add_arguments(parser: argparse.ArgumentParser, strings: Strings) -> None:
    """Every act with its options."""
    names = "users|teams|enrol|revoke|tokens|backup|restore|epoch|retention"
    acts = parser.add_subparsers(dest="act", metavar=names, required=True)
    _users(_act(acts, "users", strings), strings)
    _teams(_act(acts, "teams", strings), strings)
    enrol = _leaf(acts, "enrol", strings)
    enrol.add_argument("--person", required=True, metavar="NO", help=strings("cli.server.person"))
    enrol.add_argument("--seat", required=True, metavar="NAME", help=strings("cli.server.seat"))
    revoke = _leaf(acts, "revoke", strings)
    revoke.add_argument("--person", default="", metavar="NO", help=strings("cli.server.person"))
    revoke.add_argument("--seat", default="", metavar="NAME", help=strings("cli.server.seat"))
    revoke.add_argument("--sessions", action="store_true", help=strings("cli.server.sessions"))
    tokens = _leaf(acts, "tokens", strings)
    tokens.add_argument("--json", action="store_true", help=strings("cli.server.json"))
    backup = _leaf(acts, "backup", strings)
    backup.add_argument("file", metavar="FILE", help=strings("cli.server.copy"))
    restore = _leaf(acts, "restore", strings)
    restore.add_argument("file", metavar="FILE", help=strings("cli.server.copy"))
    restore.add_argument("--force", action="store_true", help=strings("cli.server.force"))
    epoch = _leaf(acts, "epoch", strings)
    epoch.add_argument("--new", action="store_true", help=strings("cli.server.epoch.new"))
    epoch.add_argument("--note", default="", metavar="TEXT", help=strings("cli.server.epoch.note"))
    retention = _leaf(acts, "retention", strings)
    retention.add_argument(
        "--older-than", required=True, metavar="180d", help=strings("cli.server.older")
    )
    retention.add_argument("--dry-run", action="store_true", help=strings("cli.server.dry_run"))


def _users(parser: argparse.ArgumentParser, strings: Strings) -> None:
    acts = parser.add_subparsers(dest="step", metavar="list|add|set|off|pin|import", required=True)
    listed = _leaf(acts, "list", strings, "users")
    listed.add_argument("--json", action="store_true", help=strings("cli.server.json"))
    for name in ("add", "set"):
        one = _leaf(acts, name, strings, "users")
        one.add_argument("number", metavar="NO", help=strings("cli.server.number"))
        one.add_argument("--name", required=name == "add", help=strings("cli.server.name"))
        one.add_argument("--role", metavar="ROLE", help=strings("cli.server.role"))
        one.add_argument("--team", metavar="TEAM", help=strings("cli.server.team"))
        _pin(one, strings)
        if name == "set":
            one.add_argument("--on", action="store_true", help=strings("cli.server.on"))
    off = _leaf(acts, "off", strings, "users")
    off.add_argument("number", metavar="NO", help=strings("cli.server.number"))
    pin = _leaf(acts, "pin", strings, "users")
    pin.add_argument("number", metavar="NO", help=strings("cli.server.number"))
    pin.add_argument("--pin-stdin", action="store_true", help=strings("cli.server.pin_stdin"))
    taken = _leaf(acts, "import", strings, "users")
    taken.add_argument("file", metavar="FILE", help=strings("cli.server.csv"))
    taken.add_argument("--dry-run", action="store_true", help=strings("cli.server.dry_run"))


def _teams(parser: argparse.ArgumentParser, strings: Strings) -> None:
    acts = parser.add_subparsers(dest="step", metavar="list|set", required=True)
    listed = _leaf(acts, "list", strings, "teams")
    listed.add_argument("--json", action="store_true", help=strings("cli.server.json"))
    one = _leaf(acts, "set", strings, "teams")
    one.add_argument("team", metavar="ID", help=strings("cli.server.team"))
    one.add_argument("name", metavar="NAME", help=strings("cli.server.name"))


def _pin(parser: argparse.ArgumentParser, strings: Strings) -> None:
    parser.add_argument("--pin", action="store_true", help=strings("cli.server.pin"))
    parser.add_argument("--pin-stdin", action="store_true", help=strings("cli.server.pin_stdin"))


def _act(acts: Any, name: str, strings: Strings, group: str = "") -> argparse.ArgumentParser:
    path = f"{group} {name}".strip()
    about = strings(f"cli.server.{path.replace(' ', '.')}.help")
    made: argparse.ArgumentParser = acts.add_parser(
        name, prog=f"agentdesk server {path}", strings=strings, about=about, help=about
    )
    return made


def _leaf(acts: Any, name: str, strings: Strings, group: str = "") -> argparse.ArgumentParser:
    made = _act(acts, name, strings, group)
    add_database(made, strings)
    return made


def run(args: argparse.Namespace, context: Context) -> int:
    """Do one act; the exit code.

    Raises:
        AgentdeskError: what stands against it; nothing was changed.
    """
    if args.act in ("users", "teams"):
        from agentdesk.cli import server_users

        return server_users.run(args, context)
    if args.act in ("enrol", "revoke", "tokens"):
        from agentdesk.cli import server_keys

        return server_keys.run(args, context)
    from agentdesk.cli import server_journal

    return server_journal.run(args, context)
