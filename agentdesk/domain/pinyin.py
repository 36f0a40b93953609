"""Finding Chinese text by the first letters of its pinyin: ``kcy`` finds 开场语.

Initials come from a committed table (see ``scripts/generate-pinyin``); characters with
several common readings match any of them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from agentdesk.domain._pinyin_table import ALTERNATES, FIRST, INITIALS

EXACT = 600
"""Score of a text that is the query."""
PREFIX = 500
"""Score of a text that begins with the query."""
SUBSTRING = 400
"""Score of a text that holds the query."""
INITIALS_PREFIX = 300
"""Score of a text whose initials begin with the query."""
INITIALS_SUBSTRING = 200
"""Score of a text whose initials hold the query."""
SUBSEQUENCE = 100
"""Score of a text whose initials hold the letters of the query in order."""

_LATE = 50  # a match further along scores less, but never falls into the next class

_READINGS = {entry[0]: entry[1:] for entry in ALTERNATES.split()}


@lru_cache(maxsize=4096)
def initials(text: str) -> str:
    """First letters of the pinyin of ``text``: 开场语 gives ``kcy``.

    Latin letters and digits stay, in lower case and half width; everything else is left
    out. A character with several readings gives its most common one.
    """
    return "".join(letters[0] for _, letters in _units(text))


def matches(query: str, text: str) -> int | None:
    """How well ``query`` finds ``text``, higher is better; ``None`` when it does not.

    Classes, best first: the text itself, its beginning, inside it, the beginning of its
    initials, inside them, the letters in order with gaps (two letters or more). Within a
    class an earlier match is better. Case, width and spaces do not matter; characters and
    initials may be mixed (``开c``). An empty query matches everything with 0.
    """
    wanted = [char for char, _ in _units(query)]
    if not wanted:
        return None if query.strip() else 0
    units = _units(text)
    plain = "".join(char for char, _ in units)
    at = plain.find("".join(wanted))
    if at == 0:
        return EXACT if len(plain) == len(wanted) else PREFIX
    if at > 0:
        return SUBSTRING - min(at, _LATE)
    for start in range(len(units) - len(wanted) + 1):
        if all(_fits(want, units[start + i]) for i, want in enumerate(wanted)):
            return INITIALS_PREFIX if start == 0 else INITIALS_SUBSTRING - min(start, _LATE)
    return _subsequence(wanted, units)


def _fits(want: str, unit: tuple[str, str]) -> bool:
    return want == unit[0] or want in unit[1]


def _subsequence(wanted: Sequence[str], units: Sequence[tuple[str, str]]) -> int | None:
    """Score of the letters in order with gaps, each taken as early as it can be."""
    if len(wanted) < 2:
        return None
    found, first = 0, 0
    for position, unit in enumerate(units):
        if _fits(wanted[found], unit):
            first = position if found == 0 else first
            found += 1
            if found == len(wanted):
                return SUBSEQUENCE - min(position - first, _LATE)
    return None


@lru_cache(maxsize=4096)
def _units(text: str) -> tuple[tuple[str, str], ...]:
    """(character, its initials) of everything that can be searched, folded."""
    units = []
    for char in unicodedata.normalize("NFKC", text).lower():
        if letters := _letters(char):
            units.append((char, letters))
    return tuple(units)


def _letters(char: str) -> str:
    if known := _READINGS.get(char):
        return known
    index = ord(char) - FIRST
    if 0 <= index < len(INITIALS):
        letter = INITIALS[index]
        return char if letter == "." else letter
    return char if char.isalnum() else ""
