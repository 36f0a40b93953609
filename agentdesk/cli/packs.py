"""``agentdesk packs list | show | diff | lint``: the service standards and what is in them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from agentdesk.cli.context import Context, show_error
from agentdesk.domain.provision import ProvisionKind
from agentdesk.errors import PackError
from agentdesk.strings import Strings

if TYPE_CHECKING:
    from agentdesk.domain.pack import Pack
    from agentdesk.standards.lint import Report
    from agentdesk.standards.loader import PackRegistry

_ACTIONS = ("list", "show", "diff", "lint")


def add_arguments(parser: argparse.ArgumentParser, strings: Strings) -> None:
    """The actions, each with its own arguments."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="|".join(_ACTIONS))
    for name in _ACTIONS:
        about = strings(f"cli.packs.{name}.help")
        action = actions.add_parser(
            name, prog=f"agentdesk packs {name}", strings=strings, about=about, help=about
        )
        _add_own(name, action, strings)


def _add_own(name: str, action: argparse.ArgumentParser, strings: Strings) -> None:
    if name == "lint":
        action.add_argument("files", metavar="FILE", nargs="+", help=strings("cli.packs.lint.file"))
    if name == "show":
        action.add_argument("id", metavar="ID", help=strings("cli.packs.id"))
        action.add_argument("rule", metavar="RULE", nargs="?", help=strings("cli.packs.show.rule"))
    if name == "diff":
        action.add_argument("left", metavar="A", help=strings("cli.packs.id"))
        action.add_argument("right", metavar="B", help=strings("cli.packs.id"))
    if name in ("show", "diff"):
        action.add_argument("--json", action="store_true", help=strings("cli.packs.json"))


def run(args: argparse.Namespace, context: Context) -> int:
    """List the standards, print one, compare two, or check files.

    Returns:
        1 if a standard has a mistake, 2 if ``lint`` could not look at a file.

    Raises:
        PackError: there is no such standard or clause.
    """
    from agentdesk.standards.loader import PackRegistry

    registry = PackRegistry(context.locations.packs_dir)
    if args.action == "list":
        return _list(registry, context)
    if args.action == "lint":
        return _lint([Path(name) for name in args.files], registry, context)
    from agentdesk.cli import packs_show

    if args.action == "show":
        packs_show.show(registry, args.id, args.rule, context, as_json=args.json)
    else:
        packs_show.diff(registry, args.left, args.right, context, as_json=args.json)
    for problem in registry.problems:
        show_error(problem, context.strings, sys.stderr)
    return 1 if registry.problems else 0


def _list(registry: PackRegistry, context: Context) -> int:
    registry.check()
    for pack_id in registry.ids():
        try:
            pack = registry.get(pack_id)
        except PackError:
            continue  # among the problems below
        title = pack.title.get(context.strings.language)
        context.put(pack_id, title, _counts(pack, context.strings))
    for problem in registry.problems:
        show_error(problem, context.strings, sys.stderr)
    return 1 if registry.problems else 0


def _lint(paths: list[Path], registry: PackRegistry, context: Context) -> int:
    from agentdesk.standards.lint import lint_file

    strings, unread, count = context.strings, False, 0
    for path in paths:
        try:
            for file in _files(path):
                report = lint_file(file, registry)
                count += len(report.problems) + len(report.findings)
                _put_report(file, report, context)
        except PackError as problem:
            unread = True
            show_error(problem, strings, sys.stderr)
    if count:
        context.say(strings("cli.packs.unsound", count=count))
    elif not unread:
        context.say(strings("cli.packs.sound"))
    return 2 if unread else 1 if count else 0


def _files(path: Path) -> Iterator[Path]:
    """The file, or the pack files of a folder in alphabetical order."""
    yield from sorted(path.glob("*.toml")) or [path] if path.is_dir() else [path]


def _put_report(file: Path, report: Report, context: Context) -> None:
    """One line for each thing wrong: place, key, and what to do about it."""
    strings = context.strings
    if report.pack is not None:
        title = report.pack.title.get(strings.language)
        context.put(report.pack.id, title, _counts(report.pack, strings))
    for problem in report.problems:
        _, body = strings.error(problem)
        place = f"{problem.params['file']}:{problem.params['line']}"
        context.put(place, str(problem.params["key"]), body.replace("\n", " "))
    for finding in report.findings:
        text = strings(f"cli.packs.{finding.code}", example=finding.text, rule=finding.rule)
        if finding.nearest:
            text = f"{text} {strings('error.nearest', nearest=finding.nearest)}"
        place = f"{finding.file or file}:{finding.line}"
        context.put(place, f"{finding.table}.{finding.key} {finding.name}", text)


def _counts(pack: Pack, strings: Strings) -> str:
    return strings(
        "cli.packs.counts",
        lines=len(pack.lines),
        phrases=len(pack.phrases),
        requirements=len(pack.requirements),
        clocks=len(pack.clocks),
        limits=len(pack.provisions_of(ProvisionKind.LIMIT)),
    )
