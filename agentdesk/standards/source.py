"""A pack file's text, and the line of anything in it.

``tomllib`` gives values without places. The line of a mistake is found by reading the text
again, which happens only when there is a mistake.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from agentdesk.errors import PackError
from agentdesk.standards.schema import SINGLE

_HEADER = re.compile(r"\s*\[\[?\s*([A-Za-z_][\w-]*)")
_LINE_IN_MESSAGE = re.compile(r"at line (\d+)")


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: the ``index``-th table of that name, a key in it, and ``text``
    in the key's value."""

    table: str = ""
    index: int = 0
    key: str = ""
    text: str = ""

    @property
    def name(self) -> str:
        """The place in words of the file, for example ``line[3].text``."""
        numbered = self.table not in SINGLE and (self.index or self.key)
        number = f"[{self.index + 1}]" if numbered else ""
        return f"{self.table}{number}.{self.key}".strip(".")


@dataclass(frozen=True, slots=True)
class Source:
    """One pack file.

    Attributes:
        file: what people call it: a path, or the plain name of a shipped file.
        text: its content.
    """

    file: str
    text: str

    def line_of(self, place: Place) -> int:
        """Line number, from 1: of the text, else of its key, else of the table, else 1."""
        lines, _ = _layout(self.text)
        start, end = self._table(place)
        if not place.key:
            return start + 1
        key = re.compile(rf"\s*[\"']?{re.escape(place.key)}[\"']?\s*[=.]")
        for number in range(start, end):
            if key.match(lines[number]):
                found = (n for n in range(number, end) if place.text in lines[n])
                return next(found, number) + 1
        return start + 1

    def _table(self, place: Place) -> tuple[int, int]:
        """First line of a table and the line after its last, from 0."""
        lines, headers = _layout(self.text)
        found = [position for position, (_, name) in enumerate(headers) if name == place.table]
        if not place.table or len(found) <= place.index:
            plain = re.compile(rf"\s*{re.escape(place.table)}\s*[=.]")
            hits = [n for n, text in enumerate(lines) if place.table and plain.match(text)]
            return (hits[0], len(lines)) if hits else (0, len(lines))
        position = found[place.index]
        after = headers[position + 1][0] if position + 1 < len(headers) else len(lines)
        return headers[position][0], after

    def error(
        self,
        code: str,
        place: Place,
        *,
        value: object = "",
        expected: str = "",
        among: Iterable[str] = (),
    ) -> PackError:
        """The mistake ``pack.<code>`` at a place.

        Args:
            value: what stands there now.
            expected: what would be right, in words of the file.
            among: right names; the nearest one to ``value`` is suggested.
        """
        shown = str(value)[:120]
        return PackError(
            f"pack.{code}",
            file=self.file,
            line=self.line_of(place),
            key=place.name,
            value=shown,
            expected=expected,
            nearest=nearest(shown, among),
        )

    def syntax_error(self, message: str) -> PackError:
        """The file is not TOML; the parser's message names the line."""
        found = _LINE_IN_MESSAGE.search(message)
        line = int(found.group(1)) if found else self.text.count("\n") + 1
        return PackError(
            "pack.syntax",
            file=self.file,
            line=line,
            key="",
            value=message[:200],
            expected="TOML",
            nearest="",
        )


@lru_cache(maxsize=2)
def _layout(text: str) -> tuple[list[str], list[tuple[int, str]]]:
    """The lines of a text, and of its tables the line and the name; kept because a file with
    one mistake often has more."""
    lines = text.split("\n")
    return lines, [(n, m.group(1)) for n, line in enumerate(lines) if (m := _HEADER.match(line))]


def nearest(name: str, among: Iterable[str]) -> str:
    """The name in ``among`` most like ``name``, or ``""`` if none is like it."""
    import difflib  # only when something is wrong

    found = difflib.get_close_matches(name, list(among), n=1, cutoff=0.5)
    return found[0] if found else ""
