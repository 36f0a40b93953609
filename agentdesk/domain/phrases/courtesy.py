"""Counting polite words and finding 你 where the standard wants 您."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from agentdesk.domain.phrases.folding import fold
from agentdesk.domain.phrases.speech import Span, begins_in, not_own_words

# 请 inside these words asks for nothing.
_NOT_POLITE = {"请": r"(?<![申邀聘宴])请(?![假示柬])"}

_NI = re.compile(r"(?<!迷)[你妳](?:们)?")


def polite_count(text: str, words: Sequence[str]) -> int:
    """How often ``words`` occur in the agent's own words, without overlaps.

    The longest word wins, so 请问 is one occurrence when 请 counts too.
    """
    pattern = _alternation(tuple(words))
    if pattern is None:
        return 0
    return sum(1 for _ in _own(pattern, text))


def uses_ni(text: str) -> tuple[Span, ...]:
    """Where ``text`` says 你 or 你们 and not 您, outside reported speech."""
    if "你" not in text and "妳" not in text:
        return ()
    return tuple(_own(_NI, text))


def _own(pattern: re.Pattern[str], text: str) -> Iterator[Span]:
    """Matches of ``pattern`` in ``text`` that are the agent's own words."""
    offset = 0
    for line in text.split("\n"):
        others: Sequence[int] | None = None
        for match in pattern.finditer(fold(line)):
            if others is None:
                others = not_own_words(line)
            if not begins_in(match.start(), others):
                yield match.start() + offset, match.end() + offset
        offset += len(line) + 1


@lru_cache(maxsize=64)
def _alternation(words: tuple[str, ...]) -> re.Pattern[str] | None:
    ordered = sorted({folded for word in words if (folded := fold(word).strip())}, key=len)
    if not ordered:
        return None
    return re.compile("|".join(_NOT_POLITE.get(word, re.escape(word)) for word in ordered[::-1]))
