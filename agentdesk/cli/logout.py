"""``agentdesk logout``: forget the tokens of this seat, or of one person at it.

The journal and what waits to be sent stay as they are.
"""

from __future__ import annotations

import argparse

from agentdesk.cli import exchange
from agentdesk.cli.context import Context
from agentdesk.errors import StoreLocked
from agentdesk.strings import Strings


def add_arguments(parser: argparse.ArgumentParser, strings: Strings) -> None:
    """Nothing of its own; ``--agent-no`` is one of the shared options."""


def run(args: argparse.Namespace, context: Context) -> int:
    """Forget them, and say how much waits.

    Returns:
        1 when nobody of that number was signed in.

    Raises:
        RemoteError: the file cannot be written.
    """
    kept, strings = exchange.tokens(context), context.strings
    person = context.asked.get("agent_no")
    people = kept.people()
    if not people or (person and person not in people):
        context.say(strings("cli.logout.nobody"))
        return 1
    if person:
        kept.drop(person)
    else:
        kept.clear()
    for each in (person,) if person else people:
        context.put(each)
        context.say(strings("cli.logout.done", person=each))
    try:
        seat = exchange.seat(context)
    except StoreLocked:
        context.say(strings("cli.logout.kept"))
        return 0
    if seat.waiting:
        context.say(strings("cli.logout.waiting", count=seat.waiting))
    if seat.console:
        exchange.ask_console(context, "login")
    return 0
