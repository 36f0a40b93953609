"""Line numbers of the keys of a TOML text, which :mod:`tomllib` does not give.

Only meant for text that ``tomllib`` has accepted: it finds where keys stand, it does not
judge them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

_PART = re.compile(r"""\s*(?:"((?:\\.|[^"\\])*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*""")


def key_lines(text: str) -> dict[str, int]:
    """Dotted key -> line number (from 1) of every table and key.

    Repeated tables (``[[x]]``) and keys of inline tables are not told apart: they are found
    under the line of the first ``[[x]]`` and of the key that holds the inline table.
    """
    found: dict[str, int] = {}
    table: tuple[str, ...] = ()
    for number, line in _statements(text):
        header = line.startswith("[")
        path = _key_path(line.lstrip("[") if header else line)
        if header:
            table = path
        full = path if header else table + path
        for length in range(1, len(full) + 1):
            found.setdefault(".".join(full[:length]), number)
    return found


def line_of(lines: Mapping[str, int], key: str) -> int:
    """Line of a dotted key, or of the nearest table above it; 0 when none is known."""
    while key:
        if key in lines:
            return lines[key]
        key = key.rpartition(".")[0]
    return 0


def _key_path(line: str) -> tuple[str, ...]:
    """The dotted key a statement begins with."""
    path: list[str] = []
    position = 0
    while match := _PART.match(line, position):
        path.append(next(part for part in match.groups() if part is not None))
        position = match.end()
        if line[position : position + 1] != ".":
            break
        position += 1
    return tuple(path)


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """First lines of statements, without those inside multi-line strings and arrays."""
    quote = ""
    depth = 0
    for number, line in enumerate(text.split("\n"), 1):
        bare = line.strip()
        if not quote and not depth and bare and not bare.startswith("#"):
            yield number, bare
            if bare.startswith("["):
                continue
        quote, depth = _after(line, quote, depth)


def _after(line: str, quote: str, depth: int) -> tuple[str, int]:
    """Open multi-line quote and bracket depth after one more line."""
    position = 0
    while position < len(line):
        char = line[position]
        if quote:
            if char == "\\" and quote[0] == '"':
                position += 2
                continue
            if line.startswith(quote, position):
                position += len(quote)
                quote = ""
                continue
        elif char == "#":
            break
        elif char in "\"'":
            quote = char * 3 if line.startswith(char * 3, position) else char
            position += len(quote)
            continue
        elif char in "[{":
            depth += 1
        elif char in "]}":
            depth -= 1
        position += 1
    return (quote if len(quote) == 3 else ""), depth
