"""A thorough look at a pack, with the real phrase checker: for ``packs lint`` and tests.

Loading already refuses a pack that contradicts itself, at the first mistake. Here every mistake
of a file is listed, the examples a pack gives for each banned phrase are run, everything it
says is checked as if an agent had typed it, and every rule it cites must be a known clause.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from agentdesk.domain.pack import Pack
from agentdesk.domain.phrases import PhraseBook
from agentdesk.errors import PackError
from agentdesk.standards import checks
from agentdesk.standards.build import build
from agentdesk.standards.checks import Items
from agentdesk.standards.loader import PackRegistry
from agentdesk.standards.packfile import SUFFIX, inherited, parse_tables, read_bytes
from agentdesk.standards.reader import Item
from agentdesk.standards.schema import PACK_ID
from agentdesk.standards.source import nearest

MAX_PROBLEMS = 100
"""Most mistakes listed for one file; whoever has more starts with these."""

_LOOKS_FAR = 10
"""Unknown rules of an unknown standard for which all clauses are compared; that is slow."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong in a pack that loads.

    Attributes:
        code: ``missed`` (a bad example is not found), ``false_alarm`` (a good example is),
            ``own_ban`` (something to say is itself banned) or ``unknown_rule`` (a rule that
            is cited is no clause).
        rule: clause of the phrase, or the unknown rule.
        table, name, key: the item, by its table and what tells it apart, and its key.
        text: the sentence, or the unknown rule.
        file, line: where it stands; empty and 0 if only the pack was looked at.
        nearest: the right name most like a wrong one.
    """

    code: str
    rule: str
    table: str
    name: str
    key: str
    text: str
    file: str = ""
    line: int = 0
    nearest: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What is wrong with one file; ``pack`` is None where it cannot be used."""

    pack: Pack | None
    problems: tuple[PackError, ...]
    findings: tuple[Finding, ...]


def lint(pack: Pack) -> tuple[Finding, ...]:
    """What the phrase checker finds wrong in a pack; empty for a sound one."""
    return tuple((*_examples(pack), *_own_words(pack)))


def lint_file(path: Path, registry: PackRegistry) -> Report:
    """Everything wrong with a pack file.

    Args:
        registry: packs it may extend, beside those in its own folder.

    Raises:
        PackError: it cannot be read at all: missing, too large, not UTF-8.
    """
    data = read_bytes(path, str(path))
    problems: list[PackError] = []
    try:
        own = parse_tables(data, str(path), _listing(problems))
        if not problems:
            problems += islice(checks.unique(own), MAX_PROBLEMS)
    except _EnoughError:
        return Report(None, tuple(problems), ())
    except PackError as problem:
        if problem.code != "pack.syntax":
            raise
        problems.append(problem)
    if problems:
        return Report(None, tuple(problems), ())
    try:
        items, extends = inherited(own, _Nearby(path.parent, registry))
    except PackError as problem:
        return Report(None, (problem,), ())
    pack = build(items, extends)
    problems += islice(checks.problems(pack, items), MAX_PROBLEMS)
    if problems:
        return Report(None, tuple(problems), ())
    findings = [_located(finding, items) for finding in lint(pack)]
    return Report(pack, (), (*findings, *_unknown_rules(own, items)))


class _EnoughError(Exception):
    """So many mistakes that no more are looked for."""


def _listing(problems: list[PackError]) -> Callable[[PackError], None]:
    def report(problem: PackError) -> None:
        problems.append(problem)
        if len(problems) == MAX_PROBLEMS:
            raise _EnoughError

    return report


class _Nearby:
    """The packs a file may extend: those beside it first."""

    def __init__(self, folder: Path, registry: PackRegistry) -> None:
        self._folder = folder
        self._registry = registry

    def ids(self) -> tuple[str, ...]:
        """Ids of the packs that can be extended."""
        beside = (path.stem for path in self._folder.glob(f"*{SUFFIX}"))
        return tuple(sorted({*self._registry.ids(), *filter(PACK_ID.fullmatch, beside)}))

    def tables(self, pack_id: str, *, original: bool = False) -> Items:
        """The tables of one of them; see ``merge.Library``."""
        path = self._folder / (pack_id + SUFFIX)
        if original or not path.is_file():
            return self._registry.tables(pack_id, original=original)
        return parse_tables(read_bytes(path, str(path)), str(path))


def _examples(pack: Pack) -> Iterator[Finding]:
    whole = PhraseBook(pack.phrases)
    for rule in pack.phrases:
        # Alone, so that a longer phrase of another rule cannot stand in for this one.
        alone = PhraseBook([rule])
        for text in rule.bad:
            if not alone.check(text):
                yield Finding("missed", rule.rule, "phrase", rule.rule, "bad", text)
        for text in rule.good:
            for hit in whole.check(text):
                yield Finding("false_alarm", hit.rule.rule, "phrase", rule.rule, "good", text)


def _own_words(pack: Pack) -> Iterator[Finding]:
    book = PhraseBook(pack.phrases)
    said = [("line", line.id, "text", line.text) for line in pack.lines]
    said += [("phrase", rule.rule, "replacement", rule.replacement) for rule in pack.phrases]
    said += [("reason", reason.key, "proposal", reason.proposal) for reason in pack.reasons]
    said += [("guidance", rule, "text", text) for rule, text in pack.guidance]
    for table, name, key, text in said:
        for hit in book.check(text):
            yield Finding("own_ban", hit.rule.rule, table, name, key, text)


def _located(finding: Finding, items: Items) -> Finding:
    """The same with file and line."""
    found = [item for item in items[finding.table] if item.name == finding.name]
    exact = [item for item in found if finding.text == item.text(finding.key)]
    for item in exact or found:
        line = item.source.line_of(item.place(finding.key, finding.text))
        return replace(finding, file=item.source.file, line=line)
    return finding


def _unknown_rules(own: Items, items: Items) -> Iterator[Finding]:
    """Rules the file cites that neither a shipped standard nor the file's own clauses have."""
    from agentdesk.standards.clauses import clause_ids

    known = clause_ids() | {item.name for item in items["clause"]}
    shown = 0
    for table, entries in own.items():
        for item in entries:
            for key, rule in _cited(item):
                if rule in known:
                    continue
                if shown == MAX_PROBLEMS:
                    return
                shown += 1
                among = [name for name in known if name[:3] == rule[:3]]
                if not among and shown <= _LOOKS_FAR:
                    among = list(known)
                place = item.place(key, rule)
                yield Finding(
                    "unknown_rule",
                    rule,
                    table,
                    item.name,
                    key,
                    rule,
                    item.source.file,
                    item.source.line_of(place),
                    nearest(rule, among),
                )


def _cited(item: Item) -> Iterator[tuple[str, str]]:
    if item.table == "guards":
        yield from ((key, str(rule)) for key, rule in item.values.items())
    if item.has("rule"):
        yield "rule", item.text("rule")
    if item.table == "clause":
        for key in ("see", "conflicts"):
            yield from ((key, rule) for rule in item.texts(key))
