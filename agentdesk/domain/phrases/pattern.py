"""From a phrase of the standard to what is searched.

A phrase is cut at its wildcards (``***``, ``XX``, ``{slot}``) into pieces of packed text. The
first piece is looked for by a matcher; whether the rest follows, and whether what stands in
between may stand there, is looked at on the spot.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter

from agentdesk.domain.pack import Match, PhraseRule
from agentdesk.domain.phrases.folding import HIDDEN, SEPARATORS, fold, pack

_WILDCARD = re.compile(r"[*＊×]+|(?<![A-Za-z])[XxＸｘ]{2,}(?![A-Za-z])|\{[a-z_]*\}")
_RUN = re.compile(r"(.)\1+", re.DOTALL)
_once = itemgetter(1)  # of a match of it

SHORTEST_BY_SOUND = 4
"""Characters of the shortest phrase that is also found by its sound."""

DENIALS = "不没"
"""What makes a question of the word before: 是不是, 有没有."""

ANY = 8
"""Most characters a wildcard stands for."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Text of a phrase without a wildcard in it.

    Attributes:
        text: packed.
        joints: places in ``text`` before which the phrase itself has punctuation, where any
            may stand and none must, and how long it is.
    """

    text: str
    joints: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pattern:
    """One phrase, ready to be looked for.

    Attributes:
        key: what a matcher looks for, the text of the first piece.
        pieces: at least one; one to :data:`ANY` characters stand between two.
        open_end: a wildcard ends the phrase.
        squeezed: the first piece with every character said once.
        runs: how often each of those is said in the phrase.
        plain: it has neither wildcards nor Latin letters, digits or a denial at its ends.
    """

    key: str
    pieces: tuple[Piece, ...]
    open_end: bool
    squeezed: str
    runs: tuple[int, ...]
    plain: bool

    @property
    def by_sound(self) -> bool:
        """Whether its sound is enough to find it; it has no wildcard then."""
        return len(self.pieces) == 1 and not self.open_end


def words_of(rule: PhraseRule) -> tuple[str, ...]:
    """What is looked for, as the rule has it.

    ``PARTIAL`` looks for the cores and for the whole phrases, so that a phrase said in full
    is one hit and not one per core; ``LIST`` has no words, its classes' rules report.
    """
    if rule.match is Match.LIST:
        return ()
    if rule.match is Match.PARTIAL:
        return tuple(dict.fromkeys((*rule.cores, *rule.phrases)))
    return tuple(dict.fromkeys(rule.phrases))


@lru_cache(maxsize=4096)
def parse(phrase: str) -> Pattern | None:
    """A phrase as a pattern; ``None`` if there is nothing in it to look for.

    A wildcard at the start says nothing, one at the end stays. Punctuation at the end goes.
    """
    pieces: list[Piece] = []
    at, open_end = 0, False
    for match in _WILDCARD.finditer(phrase):
        if piece := _piece(phrase[at : match.start()]):
            pieces.append(piece)
        at, open_end = match.end(), True
    if piece := _piece(phrase[at:]):
        pieces.append(piece)
        open_end = False
    if not pieces:
        return None
    return _pattern(tuple(pieces), open_end)


def parse_all(phrases: Sequence[str]) -> Iterator[Pattern | None]:
    """Each as :func:`parse` has it; most of a long list is plain words, which takes little time."""
    text = "\n".join(phrases)
    packed, folded, at = pack(text).split("\n"), fold(text), 0
    if len(packed) != len(phrases):  # line ends inside
        yield from map(parse, phrases)
        return
    for phrase, form in zip(phrases, packed, strict=True):
        end = at + len(phrase)
        if form and form == folded[at:end] and "xx" not in form:  # nor any other wildcard
            yield _pattern((Piece(form),), False)
        else:
            yield parse(phrase)
        at = end + 1


def _pattern(pieces: tuple[Piece, ...], open_end: bool) -> Pattern:
    key = pieces[0].text
    squeezed = squeeze(key)
    runs = (1,) * len(key) if squeezed == key else tuple(size for _, size in runs_of(key))
    plain = len(pieces) == 1 and not open_end and key[0] not in DENIALS
    plain = plain and not key[0].isascii() and not key[-1].isascii()
    return Pattern(key, pieces, open_end, squeezed, runs, plain)


def _piece(text: str) -> Piece | None:
    folded = fold(text)
    packed = pack(text).replace("\n", "")
    if not packed:
        return None
    if packed == folded:
        return Piece(packed)
    joints: dict[int, int] = {}
    size = 0
    for char, form in zip(text, folded, strict=True):
        if form not in SEPARATORS:
            size += len(pack(char))
        elif form != HIDDEN and 0 < size < len(packed):
            joints[size] = joints.get(size, 0) + 1
    return Piece(packed, joints)


def squeeze(text: str) -> str:
    """``text`` with every character said once in a row."""
    return _RUN.sub(_once, text)


def runs_of(text: str) -> Iterator[tuple[int, int]]:
    """Start and length of every run of one character."""
    at = 0
    for match in _RUN.finditer(text):
        yield from ((place, 1) for place in range(at, match.start()))
        yield match.start(), match.end() - match.start()
        at = match.end()
    yield from ((place, 1) for place in range(at, len(text)))
