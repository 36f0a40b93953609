"""``agentdesk server enrol|revoke|tokens``: who may come in, and from where."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime

from agentdesk.cli.context import Context
from agentdesk.cli.server_open import reach


def run(args: argparse.Namespace, context: Context) -> int:
    """One act; the exit code.

    Raises:
        AgentdeskError: what stands against it.
    """
    acts = {"enrol": _enrol, "revoke": _revoke, "tokens": _tokens}
    return acts[args.act](args, context)


def _enrol(args: argparse.Namespace, context: Context) -> int:
    with reach(args, context) as act:
        given = act("enrol", person=args.person, seat=args.seat.strip())
    context.put(given["code"])
    said = {"person": given["person"], "name": given["name"], "seat": given["seat"]}
    context.say(context.strings("cli.server.enrol.done", **said))
    return 0


def _revoke(args: argparse.Namespace, context: Context) -> int:
    kind = "session" if args.sessions else ""
    with reach(args, context) as act:
        count = act("revoke", person=args.person, seat=args.seat.strip(), kind=kind)["count"]
    context.say(context.strings("cli.server.revoke.done", count=count))
    return 0


def _tokens(args: argparse.Namespace, context: Context) -> int:
    with reach(args, context) as act:
        found = act("tokens")
    strings = context.strings
    for token in found["tokens"]:
        if args.json:
            context.put(json.dumps(token, ensure_ascii=False))
            continue
        state = "good"
        if token["revoked"]:
            state = "revoked"
        elif 0 < token["expires"] <= found["now"]:
            state = "expired"
        context.put(
            strings(f"cli.server.token.{token['kind']}"),
            token["person"],
            token["seat"],
            moment(token["seen"], context),
            strings(f"cli.server.token.{state}"),
        )
    return 0


def moment(at: int, context: Context) -> str:
    """An instant (milliseconds since 1970) by the clock on the wall; empty for 0."""
    if not at:
        return ""
    return f"{datetime.fromtimestamp(at / 1000, UTC).astimezone(context.config.zone()):%F %H:%M}"
