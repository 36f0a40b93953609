"""``agentdesk packs list | lint FILE``: the service standards and what is wrong with one."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from agentdesk.cli.context import Context, show_error
from agentdesk.strings import Strings

if TYPE_CHECKING:
    from agentdesk.domain.pack import Pack


def add_arguments(parser: argparse.ArgumentParser, strings: Strings) -> None:
    """``list``, or ``lint`` with a file."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="list|lint")
    for name in ("list", "lint"):
        about = strings(f"cli.packs.{name}.help")
        action = actions.add_parser(
            name, prog=f"agentdesk packs {name}", strings=strings, about=about, help=about
        )
        if name == "lint":
            action.add_argument("file", metavar="FILE", help=strings("cli.packs.lint.file"))


def run(args: argparse.Namespace, context: Context) -> int:
    """Print the standards, or check one.

    Returns:
        1 if a standard has a mistake.

    Raises:
        PackError: the file given to ``lint`` cannot be used.
    """
    return _lint(Path(args.file), context) if args.action == "lint" else _list(context)


def _list(context: Context) -> int:
    from agentdesk.errors import PackError
    from agentdesk.standards.loader import PackRegistry

    registry = PackRegistry(context.locations.packs_dir)
    registry.check()
    for pack_id in registry.ids():
        try:
            pack = registry.get(pack_id)
        except PackError:
            continue  # among the problems below
        title = pack.title.get(context.strings.language)
        context.put(pack.id, title, _counts(pack, context.strings))
    for problem in registry.problems:
        show_error(problem, context.strings, sys.stderr)
    return 1 if registry.problems else 0


def _lint(path: Path, context: Context) -> int:
    from agentdesk.standards.loader import load_pack

    strings = context.strings
    pack = load_pack(path)
    context.put(pack.id, pack.title.get(strings.language), _counts(pack, strings))
    problems = example_problems(pack)
    for key, rule, example in problems:
        context.put(strings(key, rule=rule, example=example))
    if problems:
        context.say(strings("cli.packs.unsound", count=len(problems)))
        return 1
    context.say(strings("cli.packs.sound"))
    return 0


def example_problems(pack: Pack) -> list[tuple[str, str, str]]:
    """Examples of the phrase rules that turn out otherwise, as (string key, rule, example).

    A bad example must be found by its own rule, a good one by none: it is what an agent
    should say instead.
    """
    from agentdesk.domain.phrases import PhraseBook

    book = PhraseBook(pack.phrases)
    problems = []
    for rule in pack.phrases:
        own = PhraseBook((rule,))
        problems += [
            ("cli.packs.missed", rule.rule, example)
            for example in rule.bad
            if not own.check(example)
        ]
        problems += [
            ("cli.packs.overreached", rule.rule, example)
            for example in rule.good
            if book.check(example)
        ]
    return problems


def _counts(pack: Pack, strings: Strings) -> str:
    return strings(
        "cli.packs.counts",
        lines=len(pack.lines),
        phrases=len(pack.phrases),
        requirements=len(pack.requirements),
        clocks=len(pack.clocks),
    )
