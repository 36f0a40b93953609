"""Characters that sound alike: the same syllable, whatever the tone.

A sound key replaces every common character by one that stands for its syllable, so that two
spellings of one sound become equal; a syllable spelled in Latin letters (ban) becomes the
same. Tables are read when first needed.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from functools import cache
from string import ascii_lowercase

_FIRST = 0xE000  # private use: never in packed text
_AFTER = 0xA000  # Chinese characters in use are below; others stand for themselves
LATIN = "\x00"
"""Stands in :func:`spelled` for a character written as a Latin syllable."""

_RUN = re.compile("[a-z]+")
_LONGEST_SYLLABLE = 6
_LONGEST_RUN = 24


@cache
def _tables() -> tuple[list[int], dict[str, str]]:
    """What stands for each character up to the last common one, and for Latin syllables."""
    from agentdesk.domain.phrases._sounds import SYLLABLES

    codes = list(range(_AFTER))  # numbers are made in a fifth of the time of characters
    latin: dict[str, str] = {}
    for number, entry in enumerate(SYLLABLES.split(" ")):
        alike = entry.lstrip(ascii_lowercase)
        latin[entry[: len(entry) - len(alike)]] = chr(_FIRST + number)
        for code in map(ord, alike):
            codes[code] = _FIRST + number
    return codes, latin


def sound(packed: str) -> str:
    """``packed`` text by sound, of the same length."""
    return packed.translate(_tables()[0])  # a list is twice as fast as a dictionary


def has_latin(packed: str) -> bool:
    """Whether a syllable may be spelled in letters."""
    return _RUN.search(packed) is not None


def spelled(packed: str) -> tuple[str, str, Sequence[int]]:
    """``packed`` with its Latin syllables taken for characters.

    Returns:
        by sound; as written, :data:`LATIN` for each Latin syllable; and for every character
        of both the place in ``packed`` where it begins, with the length of ``packed`` last.
    """
    _, latin = _tables()
    sounds: list[str] = []
    plain: list[str] = []
    places = array("I")
    at = 0
    for match in _RUN.finditer(packed):
        syllables = _split(match[0], latin) if len(match[0]) <= _LONGEST_RUN else None
        if syllables is None:
            continue
        between = packed[at : match.start()]
        sounds.append(sound(between))
        plain.append(between)
        places.extend(range(at, match.start()))
        at = match.start()
        for syllable in syllables:
            sounds.append(latin[syllable])
            plain.append(LATIN)
            places.append(at)
            at += len(syllable)
    sounds.append(sound(packed[at:]))
    plain.append(packed[at:])
    places.extend(range(at, len(packed) + 1))
    return "".join(sounds), "".join(plain), places


def _split(letters: str, latin: dict[str, str]) -> list[str] | None:
    """``letters`` as syllables, the longest first; ``None`` if they are none."""
    best: list[list[str] | None] = [None] * len(letters) + [[]]
    for at in range(len(letters) - 1, -1, -1):
        for size in range(min(_LONGEST_SYLLABLE, len(letters) - at), 0, -1):
            rest = best[at + size]
            if rest is not None and letters[at : at + size] in latin:
                best[at] = [letters[at : at + size], *rest]
                break
    return best[0]
