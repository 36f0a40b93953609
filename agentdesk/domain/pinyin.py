"""Finding Chinese text by its pinyin: ``kcy``, ``kaichangyu`` and ``kaich`` find 开场语.

Readings come from committed tables (see ``scripts/generate-pinyin``); characters with
several common readings match any of them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from agentdesk.domain._pinyin_table import ALTERNATES, FIRST, INITIALS
from agentdesk.domain._syllable_table import BASE, NAMES, NUMBERS, READINGS

EXACT = 600
"""Score of a text that is the query."""
PREFIX = 500
"""Score of a text that begins with the query."""
SUBSTRING = 400
"""Score of a text that holds the query."""
INITIALS_PREFIX = 300
"""Score of a text whose initials, or syllables written out, begin with the query."""
INITIALS_SUBSTRING = 200
"""Score of a text whose initials or syllables hold the query."""
SUBSEQUENCE = 100
"""Score of a text whose initials hold the letters of the query in order."""

_LATE = 50  # a match further along scores less, but never falls into the next class

_SPELT = 60
"""Letters of pinyin at most: what is longer is a text, not a search."""

_READINGS = {entry[0]: entry[1:] for entry in ALTERNATES.split()}
_SYLLABLES = ("", *NAMES.split())
_SEVERAL = {entry[0]: tuple(entry[1:].split("/")) for entry in READINGS.split()}


@lru_cache(maxsize=4096)
def initials(text: str) -> str:
    """First letters of the pinyin of ``text``: 开场语 gives ``kcy``.

    Latin letters and digits stay, in lower case and half width; everything else is left
    out. A character with several readings gives its most common one.
    """
    return "".join(letters[0] for _, letters in _units(text))


def spelling(text: str) -> str:
    """The pinyin of ``text`` written out without tones: 开场语 gives ``kaichangyu``.

    Like :func:`initials` otherwise.
    """
    return "".join((syllables(char) or letters[0:1])[0] for char, letters in _units(text))


def syllables(char: str) -> tuple[str, ...]:
    """The readings of one character written out; empty for what is no Chinese character."""
    if several := _SEVERAL.get(char):
        return several
    index = ord(char) - FIRST
    name = _SYLLABLES[ord(NUMBERS[index]) - BASE] if 0 <= index < len(NUMBERS) else ""
    return (name,) if name else ()


def matches(query: str, text: str) -> int | None:
    """How well ``query`` finds ``text``, higher is better; ``None`` when it does not.

    Classes, best first: the text itself, its beginning, inside it, the beginning of its
    pinyin, inside it, the letters in order with gaps (two letters or more). Within a
    class an earlier match is better. Case, width and spaces do not matter; pinyin may be
    initials or written out, the last syllable begun only, and mixed with characters
    (``开c``, ``kaic``, ``kaichangy``). An empty query matches everything with 0.
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
    letters = "".join(wanted)
    for start in range(len(units) if len(letters) <= _SPELT else 0):
        if _fits(letters[0], units[start]) and _spelt(letters, units, start):
            return INITIALS_PREFIX if start == 0 else INITIALS_SUBSTRING - min(start, _LATE)
    return _subsequence(wanted, units)


def _spelt(wanted: str, units: Sequence[tuple[str, str]], start: int) -> bool:
    """Whether ``wanted`` stands at ``start``, each unit given as itself, initial or syllable."""
    reached = {0}
    for place in range(start, len(units)):
        char, letters = units[place]
        beyond: set[int] = set()
        for at in reached:
            rest = wanted[at:]
            for piece in (char, *letters, *syllables(char)):
                if piece.startswith(rest):
                    return True
                if rest.startswith(piece):
                    beyond.add(at + len(piece))
        if not beyond:
            return False
        reached = beyond
    return False


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
