"""``agentdesk tickets list|show|new``: work orders, for screen readers and scripts.

Numbers are masked and the texts of forms left out of the list. The database takes one program
at a time: while the console is open this says so instead of reading beside it.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from agentdesk.cli.context import Context
from agentdesk.errors import StoreLocked, UsageError
from agentdesk.strings import Strings

if TYPE_CHECKING:
    from agentdesk.cli.ticket_words import Words
    from agentdesk.desk.desk import Desk
    from agentdesk.domain.events import EntityId
    from agentdesk.store.rows import TicketFilter

MOST = 10_000
_WHOLE_ID = 32


def add_arguments(parser: argparse.ArgumentParser, strings: Strings) -> None:
    """``list`` with its filters, ``show ID`` and ``new``."""
    actions = parser.add_subparsers(dest="action", metavar="list|show|new")
    listed = _action(actions, "list", strings)
    listed.add_argument(
        "--state", action="append", default=[], metavar="STATE", help=strings("cli.tickets.state")
    )
    listed.add_argument("--owner", default="", metavar="NO", help=strings("cli.tickets.owner"))
    listed.add_argument("--category", default="", help=strings("cli.tickets.category"))
    listed.add_argument("--text", default="", help=strings("cli.tickets.text"))
    listed.add_argument("--number", default="", help=strings("cli.tickets.number"))
    listed.add_argument("--overdue", action="store_true", help=strings("cli.tickets.overdue"))
    listed.add_argument("--all", action="store_true", help=strings("cli.tickets.all"))
    listed.add_argument("--limit", type=int, default=200, help=strings("cli.tickets.limit"))
    listed.add_argument("--json", action="store_true", help=strings("cli.tickets.json"))
    show = _action(actions, "show", strings)
    show.add_argument("id", metavar="ID", help=strings("cli.tickets.id"))
    show.add_argument("--json", action="store_true", help=strings("cli.tickets.json"))
    new = _action(actions, "new", strings)
    new.add_argument("--category", default="", help=strings("cli.tickets.new.category"))
    new.add_argument("--summary", default="", help=strings("cli.tickets.new.summary"))
    new.add_argument("--owner", default="", metavar="NO", help=strings("cli.tickets.new.owner"))
    new.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help=strings("cli.tickets.new.set"),
    )
    new.add_argument("--json", action="store_true", help=strings("cli.tickets.json"))


def _action(actions: Any, name: str, strings: Strings) -> argparse.ArgumentParser:
    about = strings(f"cli.tickets.{name}")
    made: argparse.ArgumentParser = actions.add_parser(
        name, prog=f"agentdesk tickets {name}", strings=strings, about=about, help=about
    )
    return made


def run(args: argparse.Namespace, context: Context) -> int:
    """List, show or open work orders.

    Raises:
        UsageError: no such ticket or state, it was refused, or nobody knows whose it is.
        StoreLocked: the console has the database open.
    """
    action = args.action or "list"
    if args.action is None:
        args = argparse.Namespace(
            state=[],
            owner="",
            category="",
            text="",
            number="",
            overdue=False,
            all=False,
            limit=200,
            json=False,
        )
    wanted = _filter(args) if action == "list" else None
    values = _values(args.set) if action == "new" else {}
    if action != "new" and not context.locations.store_file.exists():
        if action == "show":
            raise UsageError("tickets.unknown", value=args.id)
        context.say(context.strings("cli.tickets.none"))
        return 0
    with ticket_desk(context) as desk:
        from agentdesk.cli.ticket_words import Words

        words = Words(desk.tickets, context.strings, context.config.zone())
        if action == "show":
            _show(desk, args.id, words, context, as_json=args.json)
        elif action == "new":
            _new(desk, args, values, words, context)
        else:
            assert wanted is not None
            _list(desk, wanted, args, words, context)
    return 0


@contextmanager
def ticket_desk(context: Context) -> Iterator[Desk]:
    """The desk over this seat's database, closed afterwards.

    Raises:
        StoreLocked: the console has the database open.
    """
    from agentdesk.standards.loader import PackRegistry
    from agentdesk.tui.main import open_desk

    config, places = context.config, context.locations
    try:
        desk = open_desk(config, places, lambda: PackRegistry(places.packs_dir))
    except StoreLocked as error:
        raise StoreLocked("tickets.locked", **error.params) from error
    try:
        yield desk
    finally:
        desk.close()


def _filter(args: argparse.Namespace) -> TicketFilter:
    from agentdesk.domain.ticket.state import TicketState
    from agentdesk.store.rows import TicketFilter

    known = [state.value for state in TicketState]
    for state in args.state:
        if state not in known:
            raise UsageError("tickets.state", value=state, expected=" ".join(known))
    if not 1 <= args.limit <= MOST:
        raise UsageError("tickets.limit", value=args.limit, most=MOST)
    return TicketFilter(
        text=args.text,
        number=args.number,
        states=tuple(args.state),
        owner=args.owner,
        category=args.category,
        closed=args.all,
    )


def _values(pairs: list[str]) -> dict[str, str]:
    values = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals or not name.strip():
            raise UsageError("tickets.set", value=pair)
        values[name.strip()] = text
    return values


def _list(
    desk: Desk, wanted: TicketFilter, args: argparse.Namespace, words: Words, context: Context
) -> None:
    from msgspec.structs import replace

    if args.overdue:
        wanted = replace(wanted, due_before=words.now_ms())
    desk.tickets.ready()
    page = desk.tickets.board(wanted, 0, args.limit)
    for row in page.rows:
        if args.json:
            context.put(json.dumps(words.record(row), ensure_ascii=False))
        else:
            context.put(*words.row(row))
    count = len(page.rows)
    key = "more" if page.total is None or page.total > count else "count"
    context.say(context.strings(f"cli.tickets.{key if count else 'none'}", count=count))


def _show(desk: Desk, wanted: str, words: Words, context: Context, *, as_json: bool) -> None:
    ticket_id = find_ticket(desk, wanted)
    card = desk.tickets.card(ticket_id)
    row = desk.tickets.row(ticket_id)
    if card is None or row is None:
        raise UsageError("tickets.unknown", value=wanted)
    moments = desk.tickets.timeline(ticket_id)
    if as_json:
        record = words.record(row) | words.detail(card, moments)
        context.put(json.dumps(record, ensure_ascii=False))
        return
    context.put(*words.row(row))
    for line in words.clocks(card):
        context.put(*line)
    if card.gaps:
        context.put(words.missing(card))
    for moment in moments:
        context.put(words.at(moment.at), moment.actor, words.sentence(moment, card.pack))


def find_ticket(desk: Desk, wanted: str) -> EntityId:
    """The ticket whose id ends so.

    Raises:
        UsageError: none or several do.
    """
    found = desk.tickets.find(wanted)
    if len(found) > 1:
        raise UsageError("tickets.ambiguous", value=wanted, count=len(found))
    if not found or len(wanted) > _WHOLE_ID:
        raise UsageError("tickets.unknown", value=wanted)
    return found[0]


def _new(
    desk: Desk, args: argparse.Namespace, values: dict[str, str], words: Words, context: Context
) -> None:
    from agentdesk.domain.ticket.commands import Open

    if args.category:
        values["category"] = args.category
    if not desk.snapshot().profile.agent_no:
        raise UsageError("tickets.nobody")
    ticket_id = desk.tickets.new_id()
    outcome = desk.tickets.open(Open(ticket_id, values, args.summary, args.owner))
    if outcome.problem is not None or outcome.ticket is None:
        raise UsageError("tickets.refused", reason=words.problem(outcome.problem))
    row = desk.tickets.row(ticket_id)
    if row is not None:
        if args.json:
            context.put(json.dumps(words.record(row), ensure_ascii=False))
        else:
            context.put(*words.row(row))
    context.say(context.strings("cli.tickets.opened", id=ticket_id))
