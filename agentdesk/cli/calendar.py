"""``agentdesk calendar show | import | check``: China's public holidays and make-up days."""

from __future__ import annotations

import argparse
import json
import re
import sys
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from agentdesk.cli.context import Context, show_error, write
from agentdesk.errors import UsageError
from agentdesk.strings import Strings

if TYPE_CHECKING:
    from agentdesk.domain.calendar_cn import China, Year

_ACTIONS = ("show", "import", "check")
_BEIJING = timezone(timedelta(hours=8))
_YEAR = re.compile(r"\d{4}", re.ASCII)


def add_arguments(parser: argparse.ArgumentParser, strings: Strings) -> None:
    """The actions, each with its own arguments."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="|".join(_ACTIONS))
    for name in _ACTIONS:
        about = strings(f"cli.calendar.{name}.help")
        action = actions.add_parser(
            name, prog=f"agentdesk calendar {name}", strings=strings, about=about, help=about
        )
        if name == "show":
            action.add_argument(
                "when", metavar="YEAR|DATE", nargs="?", help=strings("cli.calendar.when")
            )
            action.add_argument("--json", action="store_true", help=strings("cli.calendar.json"))
        else:
            action.add_argument("file", metavar="FILE", help=strings("cli.calendar.file"))


def run(args: argparse.Namespace, context: Context) -> int:
    """Show a year or a day, or check or keep a notice.

    Raises:
        UsageError: what is asked for is no year or date.
        SlaError: a file cannot be read or is wrong.
        StoreReadOnly: an imported notice cannot be stored.
    """
    from agentdesk.standards import holidays

    china, problems = holidays.china(context.locations.data_dir)
    if args.action == "show":
        for problem in problems:
            show_error(problem, context.strings, sys.stderr)
        _show(args.when or str(datetime.now(UTC).astimezone(_BEIJING).year), china, args, context)
        return 1 if problems else 0
    notice = holidays.read_notice(Path(args.file))
    changed = _changes(china, notice)
    strings = context.strings
    if args.action == "import":
        place = holidays.keep(notice, context.locations.data_dir)
        context.say(strings("cli.calendar.kept", year=notice.year, path=str(place)))
    off = sum(day.is_off_day for day in notice.days)
    worked = len(notice.days) - off
    context.put(str(notice.year), strings("cli.calendar.counts", off=off, worked=worked))
    if china.published(notice.year):
        context.put(strings("cli.calendar.changes", count=len(changed)))
        for day in changed:
            context.put(day.isoformat())
    return 0


def _changes(china: China, notice: Year) -> list[date]:
    """Days of the year a notice says something else about than what is known."""
    known = china.years.get(notice.year)
    if known is None:
        return []
    before = {day.date: day.is_off_day for day in known.days}
    after = {day.date: day.is_off_day for day in notice.days}
    return sorted(
        day for day in before.keys() | after.keys() if before.get(day) is not after.get(day)
    )


def _show(when: str, china: China, args: argparse.Namespace, context: Context) -> None:
    if _YEAR.fullmatch(when):
        _show_year(int(when), china, context, as_json=args.json)
        return
    try:
        day = date.fromisoformat(when)
    except ValueError as error:
        raise UsageError("calendar.when", value=when) from error
    if args.json:
        write(json.dumps(_day_data(day, china), ensure_ascii=False), sys.stdout)
    else:
        context.put(*_day_columns(day, china, context.strings))


def _show_year(year: int, china: China, context: Context, *, as_json: bool) -> None:
    notice = china.years.get(year)
    if as_json:
        from agentdesk.domain.notice_cn import show_year

        data: dict[str, object] = {"year": year, "published": notice is not None}
        if notice is not None:
            data.update(show_year(notice))
        write(json.dumps(data, ensure_ascii=False), sys.stdout)
        return
    if notice is None:
        context.put(str(year), context.strings("calendar.kind.unpublished"))
        context.say(context.strings("cli.calendar.unpublished", year=year))
        return
    for day in notice.days:
        context.put(*_day_columns(day.date, china, context.strings))
    for paper in notice.papers:
        context.put(context.strings("cli.calendar.source"), paper)


def _day_columns(day: date, china: China, strings: Strings) -> tuple[str, ...]:
    found = china.day(day)
    kind = strings(f"calendar.kind.{china.kind(day).value}")
    weekday = strings(f"calendar.weekday.{day.weekday()}")
    return day.isoformat(), weekday, kind, found.name if found else ""


def _day_data(day: date, china: China) -> dict[str, object]:
    found = china.day(day)
    return {
        "date": day.isoformat(),
        "kind": china.kind(day).value,
        "name": found.name if found else None,
        "workday": china.is_workday(day) if china.published(day.year) else None,
    }
