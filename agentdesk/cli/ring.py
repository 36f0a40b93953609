"""``agentdesk ring``: tell the running console of a phone call, as a phone system would.

Prints the call's id on stdout; give it back with ``--id`` to answer or end that call.
"""

from __future__ import annotations

import argparse
import secrets

from agentdesk.cli.context import Context
from agentdesk.domain.phone import PHONE_KINDS
from agentdesk.errors import UsageError
from agentdesk.strings import Strings


def add_arguments(parser: argparse.ArgumentParser, strings: Strings) -> None:
    """Numbers, name, queue, id and what happened."""
    parser.add_argument("--from", dest="caller", metavar="NUMBER", help=strings("cli.ring.from"))
    parser.add_argument("--to", dest="called", metavar="NUMBER", help=strings("cli.ring.to"))
    parser.add_argument("--outbound", action="store_true", help=strings("cli.ring.outbound"))
    parser.add_argument("--name", help=strings("cli.ring.name"))
    parser.add_argument("--queue", help=strings("cli.ring.queue"))
    parser.add_argument("--id", dest="call_id", metavar="ID", help=strings("cli.ring.id"))
    parser.add_argument(
        "--event",
        choices=PHONE_KINDS,
        default="offered",
        metavar="|".join(PHONE_KINDS),
        help=strings("cli.ring.event"),
    )


def run(args: argparse.Namespace, context: Context) -> int:
    """Send the event and print the call's id.

    Raises:
        UsageError: no number to ring from, or no id of the call to change.
        RemoteError: no console is running, or it did not take the event.
    """
    party, option = (args.called, "--to") if args.outbound else (args.caller, "--from")
    if args.event == "offered" and not party:
        raise UsageError("usage.ring_from", event=args.event, option=option)
    if args.event != "offered" and not args.call_id:
        raise UsageError("usage.ring_id", event=args.event)

    from agentdesk.telephony.client import send

    call_id = args.call_id or f"ring-{secrets.token_hex(6)}"
    fields = {
        "event": args.event,
        "callId": call_id,
        "direction": "outbound" if args.outbound else "inbound",
        "from": args.caller,
        "to": args.called,
        "name": args.name,
        "queue": args.queue,
    }
    given = {name: value for name, value in fields.items() if value}
    if not send(context.locations.control_file, given):
        context.say(context.strings("cli.ring.unknown", id=call_id))
        return 1
    context.put(call_id)
    return 0
