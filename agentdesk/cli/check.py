"""``agentdesk check``: forbidden phrases and customers' numbers in files, by a standard.

Exit codes: 0 nothing found · 1 something at or above ``--min-severity`` (with ``--required``
also: something is missing) · 2 wrong usage, or a file that cannot be read. A file that cannot
be read does not keep the others from being checked.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from heapq import merge
from pathlib import Path
from typing import TYPE_CHECKING

from agentdesk.cli.context import Context, show_error
from agentdesk.errors import AgentdeskError
from agentdesk.strings import Strings

if TYPE_CHECKING:
    from agentdesk.cli.check_output import Finding, Missing
    from agentdesk.domain.pack import Pack, Severity
    from agentdesk.domain.phrases import PhraseBook
    from agentdesk.domain.phrases.required import Required
    from agentdesk.domain.transcript import Utterance

SPEAKERS = ("agent", "customer", "note")
FORMATS = ("text", "json", "sarif")
SEVERITIES = ("advise", "reason", "block")

_LONG = 64 * 1024
"""Bytes from which a list of rules takes longer to read than its kept book."""
_READER = b"rules file 2\n"  # raised when the same file would give other rules

_NUMBERS = "confidentiality"
"""Category of customers' numbers, and their rule where no standard has one."""


def add_arguments(parser: argparse.ArgumentParser, strings: Strings) -> None:
    """Files, whose words they are, by which rules, and how to print the outcome."""
    parser.add_argument("files", nargs="*", metavar="FILE", help=strings("cli.check.files"))
    parser.add_argument("--rules", metavar="FILE", help=strings("cli.check.rules"))
    parser.add_argument("--speaker", choices=SPEAKERS, help=strings("cli.check.speaker"))
    parser.add_argument(
        "--format", choices=FORMATS, default="text", help=strings("cli.check.format")
    )
    parser.add_argument(
        "--min-severity",
        choices=SEVERITIES,
        default="advise",
        help=strings("cli.check.min_severity"),
    )
    parser.add_argument(
        "--encoding",
        choices=("utf-8", "gb18030"),
        default="utf-8",
        type=str.lower,
        help=strings("cli.check.encoding"),
    )
    parser.add_argument("--transcript", action="store_true", help=strings("cli.check.transcript"))
    parser.add_argument("--required", action="store_true", help=strings("cli.check.required"))
    parser.add_argument("--numbers", action="store_true", help=strings("cli.check.numbers"))


def run(args: argparse.Namespace, context: Context) -> int:
    """Check the files; the exit code.

    Raises:
        PackError: the standard or the list of rules cannot be used.
        UsageError: a file cannot be read, and it is the only one.
    """
    from agentdesk.cli.check_output import RANK, writer
    from agentdesk.domain.pack import Severity

    checker = _Checker.of(args, context)
    wanted = RANK[Severity(args.min_severity)]
    out = writer(args.format, context.strings, required=args.required)
    counts = {severity: 0 for severity in RANK}
    gaps = 0
    failed = False
    for file in args.files or ["-"]:
        try:
            said = checker.read(file)
        except AgentdeskError as error:
            failed = True
            show_error(error, context.strings, sys.stderr)
            continue
        for finding in checker.findings(file, said):
            if RANK[finding.severity] >= wanted:
                counts[finding.severity] += 1
                out.hit(finding)
        for missing in checker.missing(file, context.strings):
            gaps += 1
            out.gap(missing)
    out.end()
    if failed:
        context.say(context.strings("cli.check.unread"))
    _say_counts(context, checker, counts, gaps, clean=not failed)
    return 2 if failed else int(any(counts.values()) or gaps > 0)


class _Checker:
    """Rules, and what they find in one file after the other."""

    def __init__(
        self, args: argparse.Namespace, name: str, book: PhraseBook, pack: Pack | None
    ) -> None:
        from agentdesk.domain.phrases.detectors import confidentiality_rule
        from agentdesk.domain.phrases.speech import Speaker

        self.name = name
        self._args, self._book, self._pack = args, book, pack
        self._numbers_rule = confidentiality_rule(pack) if pack is not None else None
        if args.numbers and self._numbers_rule is None:
            self._numbers_rule = _NUMBERS
        self._speaker = Speaker(args.speaker) if args.speaker else None
        self._required = self._counter()

    @classmethod
    def of(cls, args: argparse.Namespace, context: Context) -> _Checker:
        """By a list of rules if one is given, else by the configured standard."""
        from agentdesk.domain.phrases import PhraseBook
        from agentdesk.errors import UsageError
        from agentdesk.standards.loader import PackRegistry

        if args.rules is not None:
            if args.required:
                raise UsageError("check.required_needs_pack")
            book = _own_book(Path(args.rules), context.locations.cache_dir / "phrases")
            return cls(args, args.rules, book, None)
        registry = PackRegistry(context.locations.packs_dir)
        pack = registry.get(context.config.with_stored({}).pack or "")
        for problem in registry.problems:  # a broken file of the centre; the shipped one is used
            show_error(problem, context.strings, sys.stderr)
        return cls(args, pack.id, PhraseBook(pack.phrases), pack)

    def read(self, file: str) -> list[Utterance]:
        """What is said in a file."""
        from agentdesk.cli.check_input import is_transcript, read_text, utterances

        text = read_text(file, self._args.encoding)
        lines = is_transcript(file, self._args.transcript)
        one_by_one = self._required is not None
        said = utterances(file, text, self._speaker, lines=lines, one_by_one=one_by_one)
        self._required = self._counter()
        return said

    def findings(self, file: str, said: list[Utterance]) -> Iterator[Finding]:
        """Everything found in the utterances of a file, in order."""
        for utterance in said:
            banned = 0
            for finding in self._in(file, utterance):
                banned += finding.category != _NUMBERS
                yield finding
            if self._required is not None:
                self._required.append(utterance.speaker, utterance.text, banned=banned)

    def missing(self, file: str, strings: Strings) -> Iterator[Missing]:
        """What the file just gone through lacks, if that was asked for."""
        from agentdesk.cli.check_output import Missing

        for element in self._required.missing() if self._required is not None else ():
            asked = element.requirement
            title = asked.title.get(strings.language) if asked else strings(f"guard.{element.id}")
            yield Missing(file, element.id, title, element.rule, element.value, element.target)

    def _counter(self) -> Required | None:
        from agentdesk.domain.phrases.required import Required

        return Required(self._pack) if self._args.required and self._pack is not None else None

    def _in(self, file: str, utterance: Utterance) -> Iterator[Finding]:
        """Phrases and numbers in an utterance, in order."""
        place = _Places(utterance)
        phrases = self._phrases(file, utterance, place)
        numbers = self._numbers(file, utterance, place)
        return merge(phrases, numbers, key=lambda finding: finding.start)

    def _phrases(self, file: str, utterance: Utterance, place: _Places) -> Iterator[Finding]:
        """Forbidden phrases in an utterance."""
        from agentdesk.cli.check_output import Finding

        for hit in self._book.hits(utterance.text, utterance.speaker):
            line, column, start, end = place(hit.start, hit.end)
            rule = hit.rule
            yield Finding(
                file=file,
                line=line,
                column=column,
                start=start,
                end=end,
                text=hit.text,
                phrase=hit.phrase,
                rule=rule.rule,
                category=rule.category,
                severity=rule.severity,
                suggestion=rule.replacement,
            )

    def _numbers(self, file: str, utterance: Utterance, place: _Places) -> Iterator[Finding]:
        """Customers' numbers in what the agent says or writes, if they are asked for."""
        from agentdesk.cli.check_output import Finding
        from agentdesk.domain.pack import Severity
        from agentdesk.domain.phrases.detectors import detect
        from agentdesk.domain.phrases.speech import Speaker

        if self._numbers_rule is None or utterance.speaker is Speaker.CUSTOMER:
            return
        for number in detect(utterance.text):
            line, column, start, end = place(number.start, number.end)
            yield Finding(
                file=file,
                line=line,
                column=column,
                start=start,
                end=end,
                text=number.text,
                phrase=number.kind.value,
                rule=self._numbers_rule,
                category=_NUMBERS,
                severity=Severity.REASON,
                suggestion=number.masked,
                shown=number.masked,
            )


def _own_book(path: Path, cache: Path) -> PhraseBook:
    """The book of a list of rules; a long one is kept ready for next time."""
    from agentdesk.standards.compiled import digest, kept_book, new_book
    from agentdesk.standards.rulesfile import SHORTEST_BY_SOUND, parse_rules, read_bytes

    data = read_bytes(path)
    name = str(path)
    if len(data) < _LONG:
        return new_book(parse_rules(data, name), shortest=SHORTEST_BY_SOUND)
    key = digest(_READER + data, shortest=SHORTEST_BY_SOUND)
    book = kept_book(key, cache)
    if book is None:
        book = new_book(parse_rules(data, name), key, cache, shortest=SHORTEST_BY_SOUND)
    return book


class _Places:
    """Where things of an utterance stand in the input; lines are counted at the first hit."""

    def __init__(self, utterance: Utterance) -> None:
        self._utterance = utterance
        self._starts: list[int] = []

    def __call__(self, start: int, end: int) -> tuple[int, int, int, int]:
        """Line and column (from 1), start and end in the whole input."""
        from bisect import bisect_right

        start, end = self._utterance.span(start, end)
        self._starts = self._starts or self._utterance.line_starts()
        behind = bisect_right(self._starts, start)
        line = self._utterance.line + behind - 1
        return line, start - self._starts[behind - 1] + 1, start, end


def _say_counts(
    context: Context, checker: _Checker, counts: dict[Severity, int], gaps: int, *, clean: bool
) -> None:
    """A line or two about the whole on stderr; that nothing is wrong only if all was read."""
    total = sum(counts.values())
    strings = context.strings
    if not total and not gaps:
        if clean:
            context.say(strings("cli.check.clean", name=checker.name))
        return
    each = "  ".join(
        f"{strings(f'cli.check.severity.{severity.value}')} {count}"
        for severity, count in reversed(counts.items())
        if count
    )
    context.say(strings("cli.check.summary", name=checker.name, count=total, each=each))
    if gaps:
        context.say(strings("cli.check.gaps", count=gaps))
