"""``agentdesk sync``: exchange once with the site's server, or say how things stand.

While the console runs it has the store, and does the exchange itself: then this asks it to hurry,
and what it answers is shown.
"""

from __future__ import annotations

import argparse
import json
import time
from random import Random
from typing import TYPE_CHECKING, Any

from agentdesk import __version__
from agentdesk.cli import exchange
from agentdesk.cli.context import Context
from agentdesk.errors import StoreLocked, UsageError
from agentdesk.strings import Strings

if TYPE_CHECKING:
    from agentdesk.store.outbox import Pending
    from agentdesk.store.replica import Applied
    from agentdesk.store.store import Store
    from agentdesk.sync.engine import Engine
    from agentdesk.sync.status import Reason, Status

NOT_DONE = 4
"""Exit code: not everything was sent and read."""

PATIENCE = 30.0
"""Seconds without any progress after which it is given up."""


def add_arguments(parser: argparse.ArgumentParser, strings: Strings) -> None:
    """``--once`` or ``status``."""
    parser.add_argument("--once", action="store_true", help=strings("cli.sync.once"))
    actions = parser.add_subparsers(dest="action", metavar="status")
    about = strings("cli.sync.status")
    status = actions.add_parser(
        "status", prog="agentdesk sync status", strings=strings, about=about, help=about
    )
    status.add_argument("--json", action="store_true", help=strings("cli.sync.json"))


def run(args: argparse.Namespace, context: Context) -> int:
    """Do it; 0 when everything was sent and read.

    Raises:
        UsageError: neither was asked for.
        StoreLocked: a console has the store open and does not answer.
        RemoteError: the tokens cannot be read.
    """
    if args.action == "status":
        return _status(context, as_json=args.json)
    if not args.once:
        raise UsageError("sync.what")
    try:
        return exchange.with_store(context, lambda store: _once(store, context))
    except StoreLocked:
        return _hurry(context)


# ------------------------------------------------------------------------------ once


class _Counts:
    """What came and what was confirmed."""

    def __init__(self) -> None:
        self.received = self.confirmed = self.refused = 0

    def take(self, applied: Applied) -> None:
        """A page was applied."""
        self.received += len(applied.new)
        self.confirmed += len(applied.confirmed)
        self.refused += len(applied.refused)


def _once(store: Store, context: Context) -> int:
    from agentdesk.store.replica import Replica
    from agentdesk.sync.clock import ServerClock
    from agentdesk.sync.engine import Engine
    from agentdesk.sync.pace import Pace

    kept = exchange.tokens(context)
    if not kept.held.tokens:
        raise UsageError("sync.signed_out")
    number = context.config.agent.no or exchange.agent_no(store)
    transport = exchange.server(context, exchange.chosen_url(context, None, kept.held.url))
    counts = _Counts()
    engine = Engine(
        Replica(store),
        transport,
        kept,
        ServerClock.of_machine(),
        monotonic=time.monotonic,
        rng=Random(),
        app=__version__,
        actor=lambda: number,
        changed=counts.take,
        pace=Pace(page=500, gather=0.0, echo=0.0),
    )
    try:
        _drive(engine)
    finally:
        transport.close()
    return _tell(engine.status, Replica(store).pending(), counts, context)


def _drive(engine: Engine) -> None:
    """Let it work until nothing is left to do, or nothing can be done."""
    from agentdesk.sync.status import State

    last, since = None, time.monotonic()
    while True:
        wait = engine.step()
        status = engine.status
        if status.state in (State.REFUSED, State.LOCAL, State.OFFLINE):
            return
        read = status.contact and engine.reading.scopes and engine.reading.caught_up
        if read and status.settled:
            return
        now, seen = time.monotonic(), (status.waiting, status.contact, status.not_accepted)
        if seen != last:
            last, since = seen, now
        elif now - since > PATIENCE:
            return
        time.sleep(min(wait, 0.2))


def _tell(status: Status, pending: Pending, counts: _Counts, context: Context) -> int:
    from agentdesk.sync.status import State

    strings = context.strings
    context.put("sent", str(counts.confirmed))
    context.put("received", str(counts.received))
    context.put("waiting", str(pending.count))
    context.put("not_accepted", str(pending.not_accepted))
    done = status.state is State.SYNCED and not pending.count
    key = "cli.sync.done" if done else "cli.sync.not_done"
    context.say(
        strings(
            key,
            sent=counts.confirmed,
            received=counts.received,
            waiting=pending.count,
            refused=pending.not_accepted,
        )
    )
    for reason in () if done else status.reasons:
        context.say(reason_words(reason, strings))
    return 0 if done else NOT_DONE


def reason_words(reason: Reason, strings: Strings) -> str:
    """A reason in words; one there are none for is named."""
    key = f"sync.reason.{reason.code}"
    try:
        return strings(key, **reason.params) if key in strings else reason.code
    except KeyError:
        return reason.code


def _hurry(context: Context) -> int:
    """The console has the store: it does the exchange, and is asked how it went."""
    found = exchange.ask_console(context, "now", timeout=PATIENCE)
    if found is None:
        raise StoreLocked("sync.locked", path=str(context.locations.store_file), pid="?")
    context.say(context.strings("cli.sync.console"))
    return _print(found, context, as_json=False)


# ---------------------------------------------------------------------------- status


def _status(context: Context, *, as_json: bool) -> int:
    try:
        found = exchange.with_store(context, lambda store: _facts(store, context))
    except StoreLocked as error:
        asked = exchange.ask_console(context, "status")
        if asked is None:
            raise error
        found = asked
    return _print(found, context, as_json=as_json)


def _facts(store: Store, context: Context) -> dict[str, Any]:
    """How things stand as far as the store tells; nobody is asked."""
    from agentdesk.store.replica import Replica

    replica, kept = Replica(store), exchange.tokens(context)
    pending = replica.pending()
    return {
        "state": "local" if not kept.held.tokens else "not_running",
        "url": kept.held.url,
        "site": replica.site(),
        "seat": kept.held.seat,
        "people": list(kept.people()),
        "install": replica.install,
        "agent_no": exchange.agent_no(store),
        "waiting": pending.count,
        "waiting_by": {each.actor: each.count for each in pending.waiting},
        "not_accepted": pending.not_accepted,
        "reasons": [],
    }


def _print(found: dict[str, Any], context: Context, *, as_json: bool) -> int:
    """Show it; 4 when the exchange does not work although somebody is signed in."""
    if as_json:
        context.put(json.dumps(found, ensure_ascii=False, sort_keys=True))
    else:
        for name in ("state", "url", "site", "seat", "waiting", "not_accepted"):
            context.put(name, str(found.get(name, "")))
        people = found.get("people")
        context.put("people", " ".join(map(str, people)) if isinstance(people, list) else "")
        reasons = found.get("reasons")
        for reason in reasons if isinstance(reasons, list) else ():
            context.say(str(reason))
    bad = found.get("state") in ("offline", "refused", "reset")
    return NOT_DONE if bad else 0
