"""What ``agentdesk check`` prints: lines for people, JSON and SARIF for programs.

Everything is written as it is found, so that a large file needs no memory for its hits.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from functools import lru_cache
from typing import Protocol, TextIO
from urllib.parse import quote

from msgspec import Struct

from agentdesk import __version__
from agentdesk.cli.context import write
from agentdesk.domain.pack import Severity
from agentdesk.domain.text import visible
from agentdesk.strings import Strings

RANK = {Severity.ADVISE: 0, Severity.REASON: 1, Severity.BLOCK: 2}
"""Severities from the mildest."""

_LEVELS = {Severity.ADVISE: "note", Severity.REASON: "warning", Severity.BLOCK: "error"}
_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_SHOWN = 60  # characters of a hit in a line for people
_PLACE = "\0"  # stands for the place; the name of a file cannot hold it
_ALIKE = 1024  # lines for people that are written once

# Valid in JSON, yet a terminal would obey them, or no encoding could carry them.
_STEERS = re.compile(
    "[\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e0fff]"
)


class Finding(Struct, frozen=True):
    """A hit where it stands in the input.

    Attributes:
        file: as it was named on the command line.
        line, column: from 1.
        start, end: code points of the whole input, its byte order mark left out.
        text: what was said there (of an escaped transcript: unescaped).
        phrase: the phrase of the rule, or the kind of number.
        shown: ``text`` as it may be shown to anybody; numbers are masked.
    """

    file: str
    line: int
    column: int
    start: int
    end: int
    text: str
    phrase: str
    rule: str
    category: str
    severity: Severity
    suggestion: str
    shown: str = ""

    @property
    def record(self) -> dict[str, object]:
        """The finding for programs."""
        return {
            "file": self.file,
            "line": self.line,
            "start": self.start,
            "end": self.end,
            "text": self.text,
            "phrase": self.phrase,
            "rule": self.rule,
            "category": self.category,
            "severity": self.severity.value,
            "suggestion": self.suggestion,
        }


class Missing(Struct, frozen=True):
    """A required element a file lacks.

    Attributes:
        element: its id in the pack, or the name of the guard.
        title: its name in the user's language.
        value: how often it is there (of what must not be: how often it was).
        target: how often it should be.
    """

    file: str
    element: str
    title: str
    rule: str
    value: int
    target: int

    @property
    def record(self) -> dict[str, object]:
        """The gap for programs."""
        return {
            "file": self.file,
            "element": self.element,
            "rule": self.rule,
            "value": self.value,
            "target": self.target,
        }


class Writer(Protocol):
    """One format."""

    def hit(self, finding: Finding) -> None:
        """Take a hit."""

    def gap(self, missing: Missing) -> None:
        """Take a required element that is missing."""

    def end(self) -> None:
        """Nothing follows."""


class TextWriter:
    """A line a finding: place, severity, clause, class, words and better words."""

    def __init__(self, strings: Strings, out: TextIO, *, required: bool = False) -> None:
        self._strings, self._out = strings, out
        self._around = lru_cache(maxsize=_ALIKE)(self._written)  # of hits that differ in place
        self._name = lru_cache(maxsize=1)(_one_line)

    def hit(self, finding: Finding) -> None:
        """Take a hit."""
        before, after = self._around(
            finding.rule,
            finding.category,
            finding.severity,
            finding.shown or finding.text,
            "" if finding.suggestion == finding.shown else finding.suggestion,
        )
        place = f"{self._name(finding.file)}:{finding.line}:{finding.column}"
        write(f"{before}{place}{after}", self._out)

    def _written(
        self, rule: str, category: str, severity: Severity, shown: str, suggestion: str
    ) -> tuple[str, str]:
        """What stands before and after the place of a hit."""
        s = self._strings
        shown = _one_line(shown)
        if len(shown) > _SHOWN:
            shown = f"{shown[:_SHOWN]}…"
        named = f"category.{category}"  # a list of the centre's own has its own classes
        text = s(
            "cli.check.hit",
            place=_PLACE,
            severity=s(f"cli.check.severity.{severity.value}"),
            rule=rule,
            category=s(named) if named in s else category,
            text=shown,
        )
        before, _, after = text.partition(_PLACE)
        if suggestion:
            after += s("cli.check.better", suggestion=_one_line(suggestion))
        return _one_line(before), _one_line(after)

    def gap(self, missing: Missing) -> None:
        """Take a required element that is missing."""
        key = "cli.check.missing" if missing.target else "cli.check.broken"
        text = self._strings(
            key,
            file=missing.file,
            title=missing.title,
            rule=missing.rule,
            value=missing.value,
            target=missing.target,
        )
        write(_one_line(text), self._out)

    def end(self) -> None:
        """Nothing follows."""


class JsonWriter:
    """A list of hits; with required elements an object of two lists."""

    def __init__(self, strings: Strings, out: TextIO, *, required: bool = False) -> None:
        self._out, self._required = out, required
        self._gaps: list[Missing] = []
        self._list = _List(out)
        if required:
            out.write('{"hits": ')

    def hit(self, finding: Finding) -> None:
        """Take a hit."""
        self._list.add(finding.record)

    def gap(self, missing: Missing) -> None:
        """Take a required element that is missing."""
        self._gaps.append(missing)

    def end(self) -> None:
        """Nothing follows."""
        self._list.end()
        if self._required:
            self._out.write(', "missing": ')
            gaps = _List(self._out)
            for missing in self._gaps:
                gaps.add(missing.record)
            gaps.end()
            self._out.write("}")
        self._out.write("\n")


class SarifWriter:
    """SARIF 2.1.0 (OASIS): one run, the clauses as rules, offsets in code points.

    The hits come first and the tool with its rules last, since the rules are those that were
    broken; the order of members means nothing in JSON. Numbers of customers are masked.
    """

    def __init__(self, strings: Strings, out: TextIO, *, required: bool = False) -> None:
        self._strings, self._out = strings, out
        self._rules: dict[str, tuple[int, str]] = {}
        out.write(f'{{"$schema": "{_SCHEMA}", "version": "2.1.0", "runs": [\n')
        out.write('{"columnKind": "unicodeCodePoints", "results": ')
        self._list = _List(out)

    def _index(self, rule: str, category: str) -> int:
        return self._rules.setdefault(rule, (len(self._rules), category))[0]

    def hit(self, finding: Finding) -> None:
        """Take a hit."""
        shown = finding.shown or finding.text
        message = self._strings("cli.check.sarif", text=shown, rule=finding.rule)
        if finding.suggestion:
            message += self._strings("cli.check.better", suggestion=finding.suggestion)
        region: dict[str, object] = {
            "startLine": finding.line,
            "startColumn": finding.column,
            "endLine": finding.line,
            "endColumn": finding.column + finding.end - finding.start,
            "charOffset": finding.start,
            "charLength": finding.end - finding.start,
        }
        place = {"artifactLocation": {"uri": _uri(finding.file)}, "region": region}
        self._list.add(
            {
                "ruleId": finding.rule,
                "ruleIndex": self._index(finding.rule, finding.category),
                "level": _LEVELS[finding.severity],
                "message": {"text": message},
                "locations": [{"physicalLocation": place}],
                "properties": {"phrase": finding.phrase, "category": finding.category},
            }
        )

    def gap(self, missing: Missing) -> None:
        """Take a required element that is missing."""
        key = "cli.check.missing" if missing.target else "cli.check.broken"
        text = self._strings(
            key,
            file=missing.file,
            title=missing.title,
            rule=missing.rule,
            value=missing.value,
            target=missing.target,
        )
        place = {"artifactLocation": {"uri": _uri(missing.file)}}
        self._list.add(
            {
                "ruleId": missing.rule,
                "ruleIndex": self._index(missing.rule, "required"),
                "level": "note",
                "message": {"text": text},
                "locations": [{"physicalLocation": place}],
            }
        )

    def end(self) -> None:
        """Nothing follows."""
        self._list.end()
        rules = [
            {"id": rule, "shortDescription": {"text": rule}, "properties": {"category": category}}
            for rule, (_, category) in self._rules.items()
        ]
        driver = {"name": "agentdesk", "version": __version__, "rules": rules}
        self._out.write(', "tool": ')
        self._out.write(dump({"driver": driver}, self._out))
        self._out.write("}\n]}\n")


class _List:
    """A JSON list, written item by item."""

    def __init__(self, out: TextIO) -> None:
        self._out, self._count = out, 0

    def add(self, item: object) -> None:
        """Write the next item."""
        self._out.write(",\n" if self._count else "[\n")
        self._out.write(dump(item, self._out))
        self._count += 1

    def end(self) -> None:
        """Close the list."""
        self._out.write("\n]" if self._count else "[]")


WRITERS: dict[str, Callable[..., Writer]] = {
    "text": TextWriter,
    "json": JsonWriter,
    "sarif": SarifWriter,
}
"""Formats by name."""


def writer(name: str, strings: Strings, *, required: bool) -> Writer:
    """The writer of a format, on the standard output."""
    return WRITERS[name](strings, sys.stdout, required=required)


def dump(value: object, out: TextIO) -> str:
    """A value as JSON that any terminal and the encoding of ``out`` can take."""
    unicode = (out.encoding or "utf-8").lower().replace("-", "").startswith("utf")
    return _STEERS.sub(_escape, json.dumps(value, ensure_ascii=not unicode))


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x10000:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"


def _one_line(text: str) -> str:
    return visible(text).replace("\n", " ")


def _uri(file: str) -> str:
    """A file name as a relative or absolute path of a URI."""
    return quote(file.encode("utf-8", "surrogateescape"), safe="/-._~")
