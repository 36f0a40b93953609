"""``agentdesk sla due | explain``: when something is due, and the sum behind it."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from agentdesk.cli.context import Context
from agentdesk.domain.sla.reading import brief
from agentdesk.errors import SlaError, UsageError
from agentdesk.strings import Strings

if TYPE_CHECKING:
    from agentdesk.domain.sla import Calendar
    from agentdesk.domain.sla.state import Pause
    from agentdesk.domain.sla.sums import Explanation
    from agentdesk.domain.sla.target import Target

_ACTIONS = ("due", "explain")
_INSTANT = "2026-03-10T09:00:00+08:00"


def add_arguments(parser: argparse.ArgumentParser, strings: Strings) -> None:
    """The actions, each with its own arguments."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="|".join(_ACTIONS))
    for name in _ACTIONS:
        about = strings(f"cli.sla.{name}.help")
        action = actions.add_parser(
            name, prog=f"agentdesk sla {name}", strings=strings, about=about, help=about
        )
        if name == "due":
            _add_due(action, strings)
        else:
            one = action.add_mutually_exclusive_group(required=True)
            one.add_argument("ticket", metavar="TICKET", nargs="?", help=strings("cli.sla.ticket"))
            one.add_argument("--case", metavar="FILE", help=strings("cli.sla.case"))
        action.add_argument("--json", action="store_true", help=strings("cli.sla.json"))


def _add_due(action: argparse.ArgumentParser, strings: Strings) -> None:
    action.add_argument(
        "--calendar", metavar="FILE.json", required=True, help=strings("cli.sla.calendar")
    )
    action.add_argument("--china", action="store_true", help=strings("cli.sla.china"))
    action.add_argument("--start", metavar="ISO", required=True, help=strings("cli.sla.start"))
    action.add_argument("--target", metavar="4h", required=True, help=strings("cli.sla.target"))
    action.add_argument(
        "--pause", metavar="A..B", action="append", default=[], help=strings("cli.sla.pause")
    )


def run(args: argparse.Namespace, context: Context) -> int:
    """Work it out and print it.

    Raises:
        SlaError: a file, an instant, a target or a pause means nothing; ``field`` names it.
        PackError: the standard of a case cannot be used.
        UsageError: there is no such work order.
        StoreLocked: the console has the database open.
    """
    if args.action == "explain" and args.ticket is not None:
        _ticket(args.ticket, context, as_json=args.json)
        return 0
    from agentdesk.cli.sla_output import put

    found = _due(args, context) if args.action == "due" else _case(Path(args.case), context)
    put(found, context, as_json=args.json)
    return 0


def _ticket(wanted: str, context: Context, *, as_json: bool) -> None:
    """The clocks of a work order: which hold and why, and the sum of each."""
    if not context.locations.store_file.exists():
        raise UsageError("tickets.unknown", value=wanted)
    from agentdesk.cli.sla_output import put_ticket
    from agentdesk.cli.ticket_words import Words
    from agentdesk.cli.tickets import find_ticket, ticket_desk

    with ticket_desk(context) as desk:
        tickets = desk.tickets
        ticket_id = find_ticket(desk, wanted)
        ticket, row = tickets.get(ticket_id), tickets.row(ticket_id)
        if ticket is None or row is None:
            raise UsageError("tickets.unknown", value=wanted)
        pack = tickets.pack_of(ticket)
        found = tickets.why(ticket_id)
        if pack.id in tickets.faults:
            raise tickets.faults[pack.id]
        words = Words(tickets, context.strings, context.config.zone())
        put_ticket(row, pack, found, words, context, as_json=as_json)


def _due(args: argparse.Namespace, context: Context) -> list[Explanation]:
    from agentdesk.domain.sla.target import read_target

    data = _mapping(_read(Path(args.calendar)), "calendar")
    calendar = _calendar(data, context, china=args.china)
    pauses = [_pause(text, at) for at, text in enumerate(args.pause)]
    return _sum(calendar, _instant(args.start, "start"), read_target(args.target), pauses)


def _sum(
    calendar: Calendar, start: datetime, target: Target, pauses: list[Pause]
) -> list[Explanation]:
    """The sum of a bare target."""
    from agentdesk.domain.sla import Calendar
    from agentdesk.domain.sla.clocks import Clock
    from agentdesk.domain.sla.state import History, plan
    from agentdesk.domain.sla.sums import explain_plan
    from agentdesk.domain.title import Title

    clock = Clock(
        id="",
        rule="",
        title=Title("", ""),
        start="start",
        stop="stop",
        target=target,
        calendar=calendar,
        every_hour=Calendar.round_the_clock(calendar.timezone),
        pauses=("",),
    )
    planned = plan(clock, History((("start", start),), tuple(pauses)))
    found = explain_plan(planned, start)
    return [found] if found is not None else []


def _case(path: Path, context: Context) -> list[Explanation]:
    """The clocks of a case in a file: a bare target, or an item with its facts and marks."""
    from agentdesk.domain.sla.state import Pause
    from agentdesk.domain.sla.target import lasting, read_target

    case = _mapping(_read(path), "case")
    calendar = _calendar(_mapping(case.get("calendar"), "calendar"), context, china=False)
    pauses = [
        Pause(*_ends(pair, f"pauses[{at}]"), _reason(pair))
        for at, pair in enumerate(_list(case.get("pauses"), "pauses"))
    ]
    if "marks" in case:
        return _item(case, calendar, pauses, context)
    start = _instant(case.get("start"), "start")
    if "target" in case:
        target = read_target(str(case["target"]))
    else:
        from datetime import timedelta

        minutes = case.get("target_minutes") or 0
        if type(minutes) not in (int, float) or not abs(float(str(minutes))) < 1e9:
            raise SlaError(
                "sla.target", field="target_minutes", value=brief(minutes), expected="60"
            )
        target = lasting(timedelta(minutes=float(str(minutes))))
    return _sum(calendar, start, target, [_plain(pause) for pause in pauses])


def _item(
    case: Mapping[str, object], calendar: Calendar, pauses: list[Pause], context: Context
) -> list[Explanation]:
    """The clocks of a standard that hold for the item of a case."""
    from agentdesk.domain.sla.clocks import DIMENSIONS, Facts, Settings, choose, clocks
    from agentdesk.domain.sla.state import History
    from agentdesk.domain.sla.sums import explain
    from agentdesk.standards.loader import PackRegistry

    registry = PackRegistry(context.locations.packs_dir)
    pack = registry.get(str(case.get("pack") or context.config.with_stored({}).pack or ""))
    given = _mapping(case.get("facts") or {}, "facts")
    for name, value in given.items():
        if name not in (*DIMENSIONS, "role"):
            raise SlaError("sla.unknown", field=f"facts.{name}", nearest="")
        if not isinstance(value, str):
            raise SlaError("sla.type", field=f"facts.{name}", value=brief(value), expected='"…"')
    facts = Facts(**{name: str(value) for name, value in given.items()})
    marks = tuple(
        (name, _instant(at, f"marks.{name}"))
        for name, at in _mapping(case["marks"], "marks").items()
    )
    now = _instant(case["now"], "now") if "now" in case else datetime.now(UTC)
    history = History(marks, tuple(pauses))
    chosen = choose(clocks(pack.provisions, Settings(calendar)), facts)
    shown = [explain(choice, history, now) for choice in chosen]
    return [found for found in shown if found is not None]


def _calendar(data: Mapping[str, object], context: Context, *, china: bool) -> Calendar:
    """The calendar of a mapping, with the public holidays if they are asked for."""
    from agentdesk.domain.sla import Calendar

    if china:
        from agentdesk.domain.sla.china import with_china
        from agentdesk.standards import holidays

        data = with_china(data, holidays.china(context.locations.data_dir)[0])
    return Calendar.from_dict(data)


def _read(path: Path) -> object:
    from agentdesk.standards.holidays import read_json

    return read_json(path)


def _pause(text: str, at: int) -> Pause:
    """A pause written ``A..B``; ``A..`` still lasts."""
    from agentdesk.domain.sla.state import Pause

    field = f"pause[{at}]"
    begin, dots, end = text.partition("..")
    if not dots:
        raise SlaError("sla.pause", field=field, value=text, expected=f"{_INSTANT}..")
    start = _instant(begin, field)
    until = _instant(end, field) if end.strip() else None
    if until is not None and until < start:
        raise SlaError("sla.pause_backwards", field=field, value=text)
    return Pause(start, until)


def _plain(pause: Pause) -> Pause:
    """A pause without its reason: it stops a bare target whatever it was for."""
    from agentdesk.domain.sla.state import Pause

    return Pause(pause.start, pause.end)


def _ends(pair: object, field: str) -> tuple[datetime, datetime | None]:
    if isinstance(pair, Mapping):
        pair = [pair.get("start"), pair.get("end")]
    if not isinstance(pair, list) or len(pair) != 2:
        raise SlaError("sla.type", field=field, value=brief(pair), expected=f'["{_INSTANT}", null]')
    end = None if pair[1] is None else _instant(pair[1], f"{field}.end")
    return _instant(pair[0], f"{field}.start"), end


def _reason(pair: object) -> str:
    return str(pair.get("reason", "")) if isinstance(pair, Mapping) else ""


def _instant(value: object, field: str) -> datetime:
    """An instant in ISO 8601 with its offset."""
    try:
        moment = datetime.fromisoformat(str(value).strip())
    except ValueError as error:
        raise SlaError("sla.instant", field=field, value=brief(value), expected=_INSTANT) from error
    if moment.tzinfo is None:
        raise SlaError("sla.naive", field=field, value=brief(value))
    return moment


def _mapping(value: object, field: str) -> Mapping[str, object]:
    if value is None:
        raise SlaError("sla.missing", field=field, expected="{…}")
    if not isinstance(value, Mapping):
        raise SlaError("sla.type", field=field, value=brief(value), expected="{…}")
    return value


def _list(value: object, field: str) -> list[object]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise SlaError("sla.type", field=field, value=brief(value), expected="[…]")
    return value
