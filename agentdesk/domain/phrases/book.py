"""The checker: which forbidden words stand in a text, and the better ones in their place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from agentdesk.domain.pack import PhraseRule, Severity
from agentdesk.domain.phrases.folding import PAUSE, SOFT, STOP, compact, fold
from agentdesk.domain.phrases.pattern import Pattern, allowed_of, patterns_of, trie_regex
from agentdesk.domain.phrases.speech import begins_in, not_own_words

_RANK = {Severity.BLOCK: 0, Severity.REASON: 1, Severity.ADVISE: 2}

_CACHED_LINES = 2048


@dataclass(frozen=True, slots=True)
class Hit:
    """A forbidden phrase in a text.

    Attributes:
        start, end: code points of the text as typed, tight around the phrase.
        text: ``text[start:end]``.
        rule: what it breaks.
    """

    start: int
    end: int
    text: str
    rule: PhraseRule


class PhraseBook:
    """The forbidden phrases of one standard.

    Build it once for a pack; checking is cached by line, so only the line that was typed
    in costs anything.
    """

    def __init__(self, rules: Sequence[PhraseRule]) -> None:
        patterns = [item for order, rule in enumerate(rules) for item in patterns_of(rule, order)]
        self._patterns = patterns
        self._allowed = {order: allowed_of(rule) for order, rule in enumerate(rules) if rule.allow}
        self._anywhere = trie_regex(item.probe for item in patterns if not item.anchor)
        self._starts = tuple({item.probe for item in patterns if item.anchor == "start"})
        self._wholes = frozenset(item.probe for item in patterns if item.anchor == "whole")
        self._check_line = lru_cache(maxsize=_CACHED_LINES)(self._scan)

    def check(self, text: str) -> tuple[Hit, ...]:
        """Forbidden phrases in ``text``, in order and without overlaps.

        The earliest wins, then the longest, then the more severe. The customer's words,
        quotations and mentions of what is forbidden are left alone.
        """
        if "\n" not in text:
            return self._check_line(text)
        hits: list[Hit] = []
        offset = 0
        for line in text.split("\n"):
            for hit in self._check_line(line):
                hits.append(Hit(hit.start + offset, hit.end + offset, hit.text, hit.rule))
            offset += len(line) + 1
        return tuple(hits)

    def replace(self, text: str, hit: Hit) -> tuple[str, int]:
        """``text`` with the better wording in place of ``hit``, and the caret after it.

        Punctuation is not doubled: a pause or full stop that already follows is kept, a
        question or exclamation mark gives way to the replacement's own end. A replacement
        that follows anyway (喂，您好) is not said twice. Without a replacement, or when the
        text has changed under the hit, the text comes back unchanged.
        """
        new = hit.rule.replacement
        if not new or text[hit.start : hit.end] != hit.text:
            return text, min(hit.end, len(text))
        before, after = text[: hit.start], text[hit.end :]
        following = after.lstrip()
        if fold(new[-1:]) in (STOP, PAUSE) and fold(following[:1]) in (STOP, PAUSE):
            if following[0] in "。.；;\n" or fold(following[0]) == PAUSE:
                new = new[:-1]
            else:
                after = following[1:]
        skipped = _skipped(after)
        if after[skipped:].startswith(new):
            return before + after[skipped:], hit.start + len(new)
        return before + new + after, hit.start + len(new)

    def _scan(self, line: str) -> tuple[Hit, ...]:
        """The hits of one line."""
        folded = fold(line)
        packed = compact(folded)
        if not self._suspicious(packed):
            return ()
        exempt = not_own_words(line)
        found = [
            (start, -end, _RANK[item.rule.severity], item.order, item.rule)
            for item in self._patterns
            if item.probe in packed
            for start, end in _spans(item, folded)
            if not begins_in(start, exempt) and not self._is_allowed(item, folded, start, end)
        ]
        found.sort(key=lambda entry: entry[:4])
        hits: list[Hit] = []
        reached = 0
        for start, minus_end, _, _, rule in found:
            if start >= reached:
                reached = -minus_end
                hits.append(Hit(start, reached, line[start:reached], rule))
        return tuple(hits)

    def _suspicious(self, packed: str) -> bool:
        """Whether a compacted line may hold a hit at all; cheap, and true a little too often."""
        if self._anywhere is not None and self._anywhere.search(packed):
            return True
        if not self._starts and not self._wholes:
            return False
        return any(
            piece in self._wholes or piece.startswith(self._starts) for piece in packed.split(STOP)
        )

    def _is_allowed(self, item: Pattern, folded: str, start: int, end: int) -> bool:
        """Whether an allowed longer expression of the rule covers the hit."""
        return any(
            match.start() <= start and end <= match.end()
            for regex in self._allowed.get(item.order, ())
            for match in regex.finditer(folded)
        )


def _spans(item: Pattern, folded: str) -> Iterator[tuple[int, int]]:
    """Every place the pattern matches, overlapping ones too."""
    regex, at = item.regex, 0
    while match := regex.search(folded, at):
        yield match.span(1)
        at = match.start(1) + 1


def _skipped(text: str) -> int:
    """How many characters stand before the first word of ``text`` on the same line."""
    line = fold(text.split("\n", 1)[0])
    return len(line) - len(line.lstrip(SOFT + PAUSE + STOP))
