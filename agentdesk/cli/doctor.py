"""``agentdesk doctor``: is everything here that the console needs, and what to do if not."""

from __future__ import annotations

import argparse
import os
import sqlite3
import sys
from collections.abc import Iterator, Mapping

from msgspec import Struct

from agentdesk.cli.context import Context
from agentdesk.config import located, unknown_variables
from agentdesk.config.model import PACK_DEFAULT, Spans
from agentdesk.errors import AgentdeskError, PackError, StoreLocked, TerminalError
from agentdesk.strings import Strings

WAL_SOUND = (3, 51, 3)
"""First SQLite without the WAL-reset corruption of two connections that checkpoint at once."""


class Finding(Struct, frozen=True):
    """One line of the report.

    Attributes:
        level: ``good``, ``warn`` or ``bad``.
        topic: string key of what was looked at.
        text: what was found, in the interface language.
    """

    level: str
    topic: str
    text: str


def add_arguments(parser: argparse.ArgumentParser, strings: Strings) -> None:
    """No arguments."""


def run(args: argparse.Namespace, context: Context) -> int:
    """Print the report; 1 if anything is wrong, else 0."""
    strings = context.strings
    wrong = 0
    for check in CHECKS:
        for finding in check(context):
            wrong += finding.level == "bad"
            mark = strings(f"cli.doctor.{finding.level}")
            text = finding.text.replace("\n", "\n    ")
            context.put(f"{mark}  {strings(finding.topic)}  {text}")
    key = "cli.doctor.summary.bad" if wrong else "cli.doctor.summary.good"
    context.say(strings(key, count=wrong))
    return 1 if wrong else 0


def _error(context: Context, topic: str, error: AgentdeskError) -> Finding:
    return Finding("bad", topic, "\n".join(context.strings.error(error)))


def _python(context: Context) -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding("good", "cli.doctor.python", f"{version}  {sys.executable}")


def _sqlite(context: Context) -> Iterator[Finding]:
    yield sqlite_finding(sqlite3.sqlite_version_info, context.strings)


def sqlite_finding(version: tuple[int, ...], strings: Strings) -> Finding:
    """What a version of SQLite means for the database."""
    sound = version >= WAL_SOUND
    key = "cli.doctor.sqlite.sound" if sound else "cli.doctor.sqlite.affected"
    text = strings(key, version=".".join(map(str, version)))
    return Finding("good" if sound else "warn", "cli.doctor.sqlite", text)


def _terminal(context: Context) -> Iterator[Finding]:
    from agentdesk.cli.console import check_kind

    strings, topic = context.strings, "cli.doctor.terminal"
    stream = sys.__stderr__
    if stream is None or not stream.isatty():
        yield Finding("warn", topic, strings("cli.doctor.terminal.none"))
        return
    try:
        check_kind(context.env, stream.encoding)
    except TerminalError as error:
        yield _error(context, topic, error)
        return
    columns, rows = os.get_terminal_size(stream.fileno())
    facts = {"columns": columns, "rows": rows}
    if columns < 80 or rows < 24:
        yield Finding("warn", topic, strings("cli.doctor.terminal.small", **facts))
    term = context.env.get("TERM", "")
    text = strings("cli.doctor.terminal.facts", term=term, encoding=stream.encoding, **facts)
    yield Finding("good", topic, text)


def _config(context: Context) -> Iterator[Finding]:
    from agentdesk.tui.commands import all_commands
    from agentdesk.tui.keymap import read_keymap

    strings, topic = context.strings, "cli.doctor.config"
    for name in unknown_variables(context.env):
        yield Finding("warn", topic, strings("cli.doctor.variable", name=name))
    try:
        config = context.config
    except AgentdeskError as error:
        yield _error(context, topic, error)
        return
    for problem in read_keymap(all_commands(), config.keys)[1]:
        yield _error(context, topic, located(config, problem))
    absent = strings("cli.doctor.config.default", path=context.locations.config_file)
    yield Finding("good", topic, str(config.source) if config.source else absent)


def _folders(context: Context) -> Iterator[Finding]:
    places, topic = context.locations, "cli.doctor.folder"
    for folder in (places.data_dir, places.state_dir, places.runtime_dir):
        # Nothing is made here: the nearest folder that exists decides.
        existing = next(path for path in (folder, *folder.parents) if path.exists())
        if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
            text = context.strings("cli.doctor.folder.unwritable", path=existing)
            yield Finding("bad", topic, text)
        else:
            yield Finding("good", topic, str(folder))


def _packs(context: Context) -> Iterator[Finding]:
    from agentdesk.standards.loader import PackRegistry

    strings, topic = context.strings, "cli.doctor.packs"
    registry = PackRegistry(context.locations.packs_dir)
    registry.check()
    for problem in registry.problems:
        yield _error(context, topic, problem)
    usable = []
    for pack_id in registry.ids():
        try:
            usable.append(registry.get(pack_id).id)
        except PackError:
            continue  # among the problems above
    names = " ".join(usable)
    settings = context.settings
    chosen = PACK_DEFAULT if isinstance(settings, AgentdeskError) else settings.pack or PACK_DEFAULT
    if chosen not in usable:
        text = strings("cli.doctor.packs.chosen", name=chosen, names=names)
        yield Finding("bad", topic, text)
    yield Finding("good", topic, strings("cli.doctor.packs.good", count=len(usable), names=names))


def _queues(context: Context) -> Iterator[Finding]:
    """Queues whose standard cannot be had."""
    settings, topic = context.settings, "cli.doctor.queues"
    if isinstance(settings, AgentdeskError) or not settings.queues:
        return
    from agentdesk.standards.loader import PackRegistry
    from agentdesk.tui.main import queue_problems

    registry = PackRegistry(context.locations.packs_dir)
    problems = list(queue_problems(settings, registry.get))
    for problem in problems:
        yield _error(context, topic, problem)
    wrong = {problem.params.get("key") for problem in problems}
    good = [f"{name} → {pack}" for name, pack in settings.queues.items() if name not in wrong]
    if good:
        text = context.strings("cli.doctor.queues.good", count=len(good), names=", ".join(good))
        yield Finding("good", topic, text)


def _hours(context: Context) -> Iterator[Finding]:
    """Working hours and public holidays; a wrong ``[hours]`` is named with the settings."""
    settings, strings, topic = context.settings, context.strings, "cli.doctor.hours"
    if isinstance(settings, AgentdeskError):
        return
    from datetime import datetime

    from agentdesk.standards.working import settings_of

    places, hours = context.locations, settings.hours
    try:
        made, problems = settings_of(hours, settings.timezone, places.data_dir)
    except AgentdeskError as error:
        yield _error(context, topic, error)
        return
    for problem in problems:
        yield _error(context, topic, problem)
    today = datetime.now(settings.zone()).date()
    for year in made.working.unpublished(today, today):
        yield Finding("warn", topic, strings("cli.doctor.hours.unpublished", year=year))
    text = strings(
        "cli.doctor.hours.good",
        hours=_week(hours.week, strings),
        visiting=_spans(hours.visiting),
        timezone=settings.timezone,
    )
    years = ", ".join(map(str, made.working.published))
    china = "cli.doctor.hours.china" if hours.public_holidays else "cli.doctor.hours.weekly"
    yield Finding("good", topic, f"{text}; {strings(china, years=years)}")


def _week(week: Mapping[str, Spans], strings: Strings) -> str:
    """Working days with their hours; days in a row that have the same are joined."""
    from itertools import groupby

    from agentdesk.domain.sla.reading import DAYS

    names = {day: strings(f"calendar.weekday.{at}") for at, day in enumerate(DAYS)}
    shown = []
    for spans, group in groupby(DAYS, lambda day: week.get(day, ())):
        days = [names[day] for day in group]
        if spans:
            between = f"{days[0]}–{days[-1]}" if len(days) > 1 else days[0]
            shown.append(f"{between} {_spans(spans)}")
    return ", ".join(shown)


def _spans(spans: Spans) -> str:
    return " ".join(f"{opens}–{closes}" for opens, closes in spans)


def _store(context: Context) -> Iterator[Finding]:
    strings, topic = context.strings, "cli.doctor.store"
    path = context.locations.store_file
    if not path.exists():
        yield Finding("good", topic, strings("cli.doctor.store.absent"))
        return
    from datetime import UTC, datetime

    from agentdesk.store import Store

    try:
        store = Store.open(path, clock=lambda: datetime.now(UTC))
        try:
            damage = store.quick_check()
            differences = store.refold() if not damage else []
        finally:
            store.close()
    except StoreLocked:
        yield Finding("warn", topic, strings("cli.doctor.store.locked"))
        return
    except AgentdeskError as error:
        yield _error(context, topic, error)
        return
    for key, problems in (("damage", damage), ("difference", differences)):
        for problem in problems:
            text = strings(f"cli.doctor.store.{key}", problem=problem)
            yield Finding("bad", topic, text)
    if not damage and not differences:
        yield Finding("good", topic, strings("cli.doctor.store.good", path=path))


CHECKS = (
    _python,
    _sqlite,
    _terminal,
    _config,
    _folders,
    _packs,
    _queues,
    _hours,
    _store,
)
"""In the order of the report."""
