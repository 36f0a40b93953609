"""One form for text and rules, so that width, case and punctuation do not hide a phrase.

Folding replaces each code point by exactly one, hence offsets in folded text are offsets
in the text the agent typed. Three classes of separators remain: :data:`STOP` ends an
utterance, :data:`PAUSE` is a comma's worth, :data:`SOFT` is everything a reader skips.
"""

from __future__ import annotations

import unicodedata

STOP = "。"
"""What every end of an utterance folds to."""
PAUSE = ","
"""What every pause inside an utterance folds to."""
SOFT = " "
"""What spaces, symbols, emoji, marks and invisible characters fold to."""

_STOPS = "。！？!?;；｡\n"
_PAUSES = "，,、､.．:：…—–~～⋯·"


class _Folding(dict[int, str]):
    """Code point to its folded form, worked out when first met."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold_one(chr(code))
        return folded


def _fold_one(char: str) -> str:
    if char in _STOPS:
        return STOP
    if char in _PAUSES:
        return PAUSE
    plain = unicodedata.normalize("NFKC", char).casefold()
    if len(plain) == 1:
        char = plain
    # Letters and numbers carry meaning; every other class can be typed in between to hide it.
    return char if unicodedata.category(char)[0] in "LN" else SOFT


_TABLE = _Folding()


def fold(text: str) -> str:
    """``text`` folded, of the same length."""
    return text.translate(_TABLE)


def compact(folded: str) -> str:
    """Folded text without what a reader skips; the ends of utterances stay."""
    return folded.replace(SOFT, "").replace(PAUSE, "")
