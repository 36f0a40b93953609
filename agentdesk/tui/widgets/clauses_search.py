"""Finding clauses by text, pinyin initials or rule id, fast enough for every key.

Each clause is folded once (:func:`findable`); a query is then only looked for in short
strings first: 681 clauses take a few milliseconds.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from msgspec import Struct

from agentdesk.domain.clause import Clause
from agentdesk.domain.pinyin import SUBSEQUENCE, initials, matches

_RULE, _TEXT, _TITLE, _WORDS, _INITIALS = 500, 400, 300, 200, 100
_START = 50
"""What a find at the beginning is worth more."""


class Findable(Struct, frozen=True):
    """A clause folded for searching.

    Attributes:
        clause: the clause.
        rule: its id as words.
        text: its Chinese text, folded.
        title: its English title as words.
        words: what is said or banned where it is used, folded.
        letters: pinyin initials of its text.
        sounds: pinyin initials of ``words``.
    """

    clause: Clause
    rule: str
    text: str
    title: str
    words: str
    letters: str
    sounds: str


def fold(text: str) -> str:
    """Lower case, half width, letters and digits only."""
    plain = unicodedata.normalize("NFKC", text).lower()
    return re.sub(r"[\W_]+", "", plain)


def words_of(text: str) -> str:
    """Words and numbers, each after one blank: ``F6-4.4-hold`` is `` f6 4 4 hold``."""
    plain = unicodedata.normalize("NFKC", text).lower()
    return "".join(f" {word}" for word in re.split(r"[\W_]+", plain) if word)


def findable(clause: Clause, words: str = "") -> Findable:
    """A clause made ready; ``words`` are further words to find it by."""
    return Findable(
        clause,
        words_of(clause.id),
        fold(clause.text),
        words_of(clause.title_en),
        fold(words),
        initials(clause.text),
        initials(words),
    )


def search(clauses: Iterable[Findable], query: str) -> list[Clause]:
    """The clauses a query finds, best first; all of them, in order, for an empty query.

    A query of nothing but signs finds nothing.
    """
    wanted = fold(query)
    if not wanted:
        return [] if query.strip() else [each.clause for each in clauses]
    known, spaced = list(clauses), words_of(query)
    scored = [
        (-score, place, each.clause)
        for place, each in enumerate(known)
        if (score := _score(each, wanted, spaced))
    ]
    if not scored:
        # What the folded strings do not know: other readings of a character, 开c for 开场.
        # Letters with gaps between them would find nearly every clause and do not count.
        scored = [
            (-score, place, each.clause)
            for place, each in enumerate(known)
            if (score := matches(wanted, each.clause.text) or 0) > SUBSEQUENCE
        ]
    return [clause for _, _, clause in sorted(scored, key=lambda item: item[:2])]


def _score(each: Findable, wanted: str, spaced: str) -> int:
    """How well a clause fits; 0 when it does not. Latin words fit from their beginning."""
    for worth, text, query in (
        (_RULE, each.rule, spaced),
        (_TEXT, each.text, wanted),
        (_TITLE, each.title, spaced),
        (_WORDS, each.words, wanted),
    ):
        at = text.find(query)
        if at >= 0:
            return worth + (_START if at == 0 else 0)
    if wanted.isascii():
        for extra, letters in ((1, each.letters), (0, each.sounds)):
            at = letters.find(wanted)
            if at >= 0:
                return _INITIALS + extra + (_START if at == 0 else 0)
    return 0
