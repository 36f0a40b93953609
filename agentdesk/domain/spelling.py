"""Pinyin written out as a pattern of characters: quick to look for in many long texts.

:func:`agentdesk.domain.pinyin.matches` says how well a query fits one short text. A search
through ten thousand orders asks only whether a word is there; :func:`spelt` answers that with
one compiled expression per word::

    spelt("kuandai", "王先生宽带断网")    # True: kuan-dai
    spelt("kuand", "王先生宽带断网")      # True: the last syllable begun only
    spelt("kd", "王先生宽带断网")         # False: initials alone are looked for elsewhere
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import islice

from agentdesk.domain._pinyin_table import FIRST
from agentdesk.domain._syllable_table import NAMES
from agentdesk.domain.pinyin import syllables

_LONGEST = 60
"""Letters of a word at most: what is longer is a text, not a search."""
_WAYS = 8
"""Ways to read a word that are looked for, those of the longest syllables first."""
_TAIL = 3
"""Initials that may follow whole syllables (``wangxs``)."""
_CHARACTERS = range(FIRST, 0x9FB0)
_LATIN = re.compile("[a-z]")

# Sounds without a vowel (嗯, 呣) would make a syllable of every initial.
_NAMES = frozenset(name for name in NAMES.split() if set(name) & set("aeiouv"))
_BEGUN = frozenset(name[:end] for name in _NAMES for end in range(1, len(name)))
_MOST = max(map(len, _NAMES))

Way = tuple[str, ...]
"""A word cut into syllables, the last of which may be begun only."""


def is_spelt(word: str) -> bool:
    """Whether a word can be read as pinyin of which at least two letters are one syllable's."""
    return bool(_ways(word))


def spelt(word: str, text: str) -> bool:
    """Whether ``word``, as pinyin written out without tones, stands in ``text``.

    Every reading of a character counts; the last syllable may be begun only, or initials may
    follow (``wangxs``), and characters may stand as themselves (``开changyu``).
    """
    found = _pattern(word)
    return found is not None and found.search(text) is not None


@lru_cache(maxsize=64)
def _pattern(word: str) -> re.Pattern[str] | None:
    ways = _ways(word)
    return re.compile(_written_as(ways)) if ways else None


def _written_as(ways: Sequence[Way]) -> str:
    """The ways as one expression; what several begin with is looked for once."""
    after: dict[str, list[Way]] = {}
    for way in ways:
        after.setdefault(way[0], []).append(way[1:])
    # A way that ends finds all that a longer one does.
    found = [
        _class(piece, last=True) if () in rests else _class(piece) + _written_as(rests)
        for piece, rests in after.items()
    ]
    return found[0] if len(found) == 1 else f"(?:{'|'.join(found)})"


@lru_cache(maxsize=256)
def _ways(word: str) -> tuple[Way, ...]:
    """The ways to read a word; none where no syllable is written out."""
    folded = unicodedata.normalize("NFKC", word).lower()
    if len(folded) > _LONGEST or not _LATIN.search(folded):
        return ()
    able = _able(folded)
    whole = (way for way in _cut(folded, 0, able) if any(len(piece) > 1 for piece in way))
    return tuple(islice(whole, _WAYS))


def _able(word: str) -> list[bool]:
    """From which places on the rest of the word can be read."""
    able = [False] * len(word) + [True]
    for at in range(len(word) - 1, -1, -1):
        able[at] = _tail(word, at) or any(able[end] for end in _ends(word, at))
    return able


def _cut(word: str, at: int, able: list[bool]) -> Iterator[Way]:
    if at == len(word):
        yield ()
        return
    for end in _ends(word, at):
        if able[end]:
            for rest in _cut(word, end, able):
                yield (word[at:end], *rest)
    if _tail(word, at) and word[at] not in _NAMES:
        yield tuple(word[at:])


def _tail(word: str, at: int) -> bool:
    """Whether nothing but a few initials is left."""
    return at > 0 and len(word) - at <= _TAIL and set(word[at:]) <= _BEGUN


def _ends(word: str, at: int) -> Iterator[int]:
    """Where a syllable that begins at ``at`` may end, the longest first."""
    if "\u4e00" <= word[at] <= "\u9fff":
        yield at + 1
        return
    for end in range(min(len(word), at + _MOST), at, -1):
        piece = word[at:end]
        if piece in _NAMES or (end == len(word) and end > at + 1 and piece in _BEGUN):
            yield end


@cache
def _class(piece: str, *, last: bool = False) -> str:
    """The characters a piece stands for, as a set of an expression; the last may be begun."""
    if not piece.isascii():
        return piece
    exact = piece in _NAMES and not last
    names = [piece] if exact else [name for name in _NAMES if name.startswith(piece)]
    return f"[{''.join(sorted({char for name in names for char in _written()[name]}))}]"


@cache
def _written() -> dict[str, str]:
    """By syllable, the characters that can be read so."""
    found: dict[str, list[str]] = {name: [] for name in _NAMES}
    for code in _CHARACTERS:
        for name in syllables(chr(code)):
            if name in found:
                found[name].append(chr(code))
    return {name: "".join(chars) for name, chars in found.items()}
