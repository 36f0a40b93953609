"""From what was found to what is a fault: gaps, edges, exceptions, place and speaker."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Generic, TypeVar

from agentdesk.domain.pack import Match, PhraseRule
from agentdesk.domain.phrases.folding import HIDDEN, PAUSE, SOFT, STOP
from agentdesk.domain.phrases.index import Index
from agentdesk.domain.phrases.matching import Found
from agentdesk.domain.phrases.modes import fits, of_another
from agentdesk.domain.phrases.pattern import ANY, Pattern, parse, words_of
from agentdesk.domain.phrases.sheet import (
    Sheet,
    View,
    Way,
    asks_whether,
    ends_there,
    holds_together,
    said_often,
    sounds_as,
    stands_alone,
    whole_end,
)

Candidate = tuple[Way, Found]
"""How something was found, and where in that form of the line."""

_Phrase = tuple[int, int, PhraseRule, str, Pattern]
"""Number of a phrase, place of its rule, the rule, the phrase and how it is looked for."""

Verdict = tuple[int, str, int, int]
"""Place of the rule, phrase of the rule, start and end in the line."""

_T = TypeVar("_T")
_number: Callable[[tuple[int, object]], int] = itemgetter(0)

_REST = re.compile(f"[^{SOFT}{PAUSE}{STOP}{HIDDEN}]{{1,{ANY}}}")
_CACHED = 4096
_FEW = 16  # phrases or exceptions; fewer are tried sooner than looked up
_KNOWN = 100_000  # places of which it is remembered how far an exception reaches
_WIDE = 64  # characters of an exception beyond which every place is looked at once only

# The short way for what most candidates are: the phrase itself, or a word inside a sentence.
_ANYWHERE = (Match.ANYWHERE, Match.PARTIAL, Match.FREQUENCY)
_OPENING = (Match.UTTERANCE, Match.UTTERANCE_START)


class Judge:
    """Decides about candidates.

    Args:
        rules: those the index was made of.
    """

    def __init__(self, rules: Sequence[PhraseRule], index: Index) -> None:
        self.index = index
        self._rules = rules
        self._words = lru_cache(maxsize=_FEW)(lambda order: words_of(rules[order]))
        self._phrase = lru_cache(maxsize=_CACHED)(self._read)
        self._behind = lru_cache(maxsize=_CACHED)(self._read_behind)
        self._going_on = lru_cache(maxsize=_CACHED)(self._read_going_on)
        self._counting = lru_cache(maxsize=_CACHED)(self._read_counting)
        self._exceptions = lru_cache(maxsize=_CACHED)(self._read_exceptions)
        self._exempt = lru_cache(maxsize=_CACHED)(self._read_exempt)

    def rule(self, order: int) -> PhraseRule:
        """The rule at that place."""
        return self._rules[order]

    def counts(self, order: int) -> bool:
        """Whether only too many hits of a rule are a fault."""
        return self._rules[order].match is Match.FREQUENCY

    def verdicts(self, sheet: Sheet, found: Iterable[Candidate]) -> list[Verdict]:
        """The faults among candidates, one for each phrase behind them at most."""
        verdicts: list[Verdict] = []
        for way, item in found:
            verdicts += self._verdicts(sheet, way, item)
        return verdicts

    def leading(self, sheet: Sheet, found: Iterable[Candidate]) -> list[Verdict]:
        """The faults among candidates but those that begin inside an earlier one, for the time
        of those alone.

        Args:
            found: none of a rule that counts; what was found in the line earlier is before it.
        """
        verdicts: list[Verdict] = []
        place, reached, farthest = -1, sheet.reached, sheet.reached
        for way, item in sorted(found, key=sheet.place):
            at = sheet.place((way, item))
            if at != place:
                place, reached = at, farthest
            if at < reached:
                continue
            for verdict in self._verdicts(sheet, way, item):
                verdicts.append(verdict)
                if verdict[3] > farthest:
                    farthest = verdict[3]
        return verdicts

    def any_counts(self, found: Iterable[Candidate]) -> bool:
        """Whether a candidate is of a rule of which only too many hits are a fault."""
        return any(
            self._counting(key) for key in {item[2] for way, item in found if way is not Way.SPOKEN}
        )

    def _verdicts(self, sheet: Sheet, way: Way, item: Found) -> list[Verdict]:
        """The faults of one candidate."""
        start, end, key = item
        verdicts: list[Verdict] = []
        behind: Sequence[_Phrase] = self._behind(way is Way.SPOKEN, key)
        if len(behind) > _FEW and way is not Way.SPOKEN:
            behind = self._going_on(key).at(sheet.plain(way), end)
        last: PhraseRule | None = None
        same, span = None, None
        for number, order, rule, phrase, pattern in behind:
            # The same phrase of another rule has been looked at already.
            if pattern is not same or not (
                last and rule.match is last.match and rule.allow == last.allow
            ):
                same, last, span = pattern, rule, None
                if _is_the_phrase(pattern, sheet, way, start, end):
                    span = _stretch(rule, pattern, sheet, way, start, end)
                if span and rule.allow and self._allowed(number, sheet, span[0], span[2]):
                    span = None
            if span is not None:
                verdicts.append((order, phrase, span[0], span[1]))
        return verdicts

    def _read_behind(self, spoken: bool, key: int) -> tuple[_Phrase, ...]:
        keys = self.index.spoken if spoken else self.index.written
        return tuple(map(self._phrase, keys.behind(key))) if keys is not None else ()

    def _read_going_on(self, key: int) -> _GoingOn[_Phrase]:
        return _GoingOn((item[4], item) for item in self._behind(False, key))

    def _read_counting(self, key: int) -> bool:
        return any(rule.match is Match.FREQUENCY for _, _, rule, _, _ in self._behind(False, key))

    def _read(self, number: int) -> _Phrase:
        order = self.index.rules[number]
        rule = self._rules[order]
        phrase = self._words(order)[self.index.words[number]]
        pattern = parse(phrase)
        if pattern is None:
            raise ValueError(f"phrase {number} of the index has nothing to look for")
        return number, order, rule, phrase, pattern

    def _read_exempt(self, order: int) -> _Exempt:
        found = (parse(text) for text in self._rules[order].allow)
        return _Exempt(order, [item for item in found if item is not None])

    def _read_exceptions(self, number: int) -> tuple[int, tuple[Pattern, ...]]:
        """Exceptions of a phrase's rule that can cover it at all, and characters of the longest."""
        _, _, rule, _, pattern = self._phrase(number)
        found = (parse(text) for text in rule.allow)
        items = tuple(
            item
            for item in found
            if item is not None
            and (len(item.pieces) > 1 or item.open_end or len(item.key) >= len(pattern.key))
        )
        return max(map(_longest, items), default=0), items

    def _allowed(self, number: int, sheet: Sheet, first: int, last: int) -> bool:
        """Whether a longer expression that the rule allows covers a hit."""
        longest, items = self._exceptions(number)
        low, high = sheet.packed_place(first), sheet.packed_place(last)
        if len(items) > _FEW or longest > _WIDE:
            return self._exempt(self.index.rules[number]).covers(sheet, low, last)
        near = sheet.packed[max(0, low - longest) : high + longest]
        for item in items:
            if item.key in near and _covers(item, sheet, first, last, low, high):
                return True
        return False


class _GoingOn(Generic[_T]):
    """What stands behind a string of which much goes on behind a wildcard: what of it can
    stand at a place is looked up by its second piece, not tried one by one.

    Args:
        behind: all of it, with what it is for.
    """

    def __init__(self, behind: Iterable[tuple[Pattern, _T]]) -> None:
        self._whole: list[tuple[int, _T]] = []
        self._by_second: dict[str, list[tuple[int, _T]]] = {}
        for number, (pattern, item) in enumerate(behind):
            if len(pattern.pieces) == 1:
                self._whole.append((number, item))
            else:
                second = self._by_second.setdefault(pattern.pieces[1].text, [])
                second.append((number, item))
        self._sizes = _sizes(self._by_second)
        self._alone = [item for _, item in self._whole]

    def at(self, plain: str, end: int) -> Sequence[_T]:
        """What may stand where the string ends at ``end``, in the order given."""
        texts = {
            text
            for place in range(end + 1, min(end + 1 + ANY, len(plain)))
            for size in self._sizes.get(plain[place], ())
            if (text := plain[place : place + size]) in self._by_second
        }
        if not texts:
            return self._alone
        found = [pair for text in texts for pair in self._by_second[text]]
        return [item for _, item in sorted((*self._whole, *found), key=_number)]


class _Exempt:
    """A great many expressions in which a rule allows what it forbids: looked up by place,
    each place of a line once.

    Args:
        order: place of the rule.
        items: the expressions.
    """

    def __init__(self, order: int, items: Sequence[Pattern]) -> None:
        self._order = order
        by_key: dict[str, list[tuple[Pattern, Pattern]]] = {}
        for item in items:
            by_key.setdefault(item.key, []).append((item, item))
        self._by_key = {key: _GoingOn(some) for key, some in by_key.items()}
        self._sizes = _sizes(by_key)
        self._longest = max(map(_longest, items), default=0)

    def covers(self, sheet: Sheet, low: int, last: int) -> bool:
        """Whether one that begins at ``low`` of the packed line or before reaches ``last`` of
        the line."""
        known, order = sheet.exempt, self._order
        if len(known) > _KNOWN:
            known.clear()  # places are gone through in order: the earlier are seldom wanted again
        for at in range(low, max(-1, low - self._longest), -1):
            reach = known.get((order, at))
            if reach is None:
                reach = known[order, at] = self._reach(sheet, at)
            if reach >= last:
                return True
        return False

    def _reach(self, sheet: Sheet, at: int) -> int:
        """Where in the line the farthest of those ends that begin at a place; 0 for none."""
        packed = sheet.packed
        found = (
            _reach(item, sheet, at) or 0
            for size in self._sizes.get(packed[at : at + 1], ())
            if (going_on := self._by_key.get(packed[at : at + size])) is not None
            for item in going_on.at(packed, at + size)
        )
        return max(found, default=0)


def _sizes(strings: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """Lengths of strings by their first character."""
    sizes: dict[str, set[int]] = {}
    for string in strings:
        sizes.setdefault(string[0], set()).add(len(string))
    return {first: tuple(sorted(some)) for first, some in sizes.items()}


def _stretch(
    rule: PhraseRule, pattern: Pattern, sheet: Sheet, way: Way, start: int, end: int
) -> tuple[int, int, int] | None:
    """Where in the line a phrase stands that a stretch of a view says, if that is a fault.

    Returns:
        Start and end, and the end of what an exception must cover.
    """
    if way is Way.WRITTEN:
        if pattern.plain and rule.match in _ANYWHERE:
            at = None if rule.allow else sheet.only(pattern.key)
            at = sheet.as_it_is(start, end) if at is None else at
            if at is not None:
                fixed = at + len(pattern.key)
                if not sheet.is_own(at):
                    return None
                if rule.match is Match.PARTIAL and of_another(sheet.folded, at, fixed):
                    return None
                return at, whole_end(sheet.line, fixed), fixed
        elif start and rule.match in _OPENING and sheet.goes_on(start, end):
            return None
    view, folded = sheet.view(way), sheet.folded
    if not holds_together(folded, view, start, end, pattern.pieces[0]):
        return None
    stop = _rest_of(pattern, view, folded, end)
    if stop is None:
        return None
    first, last = view.span(start, stop)
    fixed = last
    if pattern.open_end:
        rest = _REST.match(folded, last)
        if rest is None:
            return None
        last = rest.end()
    if way is Way.SPOKEN and not ends_there(pattern, view.plain[end - 1], folded, last):
        return None
    span = fits(rule.match, folded, first, last, len(pattern.key))
    if span is None or asks_whether(pattern.key, folded, first):
        return None
    if not stands_alone(sheet, *span) or not sheet.is_own(first):
        return None
    return span[0], whole_end(sheet.line, span[1]), fixed


def _is_the_phrase(pattern: Pattern, sheet: Sheet, way: Way, start: int, end: int) -> bool:
    """Whether a stretch says the phrase and not only something like it."""
    plain = sheet.plain(way)[start:end]
    if way is Way.WRITTEN:
        return plain == pattern.key
    if way is Way.ONCE:
        return (
            plain == pattern.squeezed and said_often(pattern, sheet.view(way), start, end) is True
        )
    if not sounds_as(pattern, plain):
        return False
    if not sheet.doubled:
        return pattern.squeezed == pattern.key
    return said_often(pattern, sheet.view(way), start, end) is not None


def _rest_of(pattern: Pattern, view: View, folded: str, end: int) -> int | None:
    """Where the last piece ends whose first ends at ``end``; ``None`` if one is missing."""
    for piece in pattern.pieces[1:]:
        size = len(piece.text)
        at = view.plain.find(piece.text, end + 1, end + ANY + size)
        if at < 0 or STOP in folded[view.last[end - 1] + 1 : view.first[at]]:
            return None
        if not holds_together(folded, view, at, at + size, piece):
            return None
        end = at + size
    return end


def _longest(pattern: Pattern) -> int:
    """Characters an expression takes at most."""
    return sum(len(piece.text) + ANY for piece in pattern.pieces)


def _covers(allowed: Pattern, sheet: Sheet, first: int, last: int, begin: int, after: int) -> bool:
    """Whether an allowed expression stands in the line around ``first:last``.

    Args:
        begin, after: the same in the packed line.
    """
    view, packed, key = sheet.view(Way.WRITTEN), sheet.packed, allowed.key
    longest = _longest(allowed)
    low, high = max(0, begin - longest), after + longest
    at = packed.find(key, low, high)
    while at >= 0 and view.first[at] <= first:
        if (reach := _reach(allowed, sheet, at)) is not None and reach >= last:
            return True
        at = packed.find(key, at + 1, high)
    return False


def _reach(allowed: Pattern, sheet: Sheet, at: int) -> int | None:
    """Where in the line an expression ends that begins at a place of the packed line."""
    view, end = sheet.view(Way.WRITTEN), at + len(allowed.key)
    if not holds_together(sheet.folded, view, at, end, allowed.pieces[0]):
        return None
    stop = _rest_of(allowed, view, sheet.folded, end)
    if stop is None:
        return None
    reach = view.last[stop - 1] + 1
    inside = sheet.folded[view.first[at] : reach]
    if (PAUSE in inside or STOP in inside) and not any(piece.joints for piece in allowed.pieces):
        return None  # 不清楚，您问别人 is not 不清楚您
    rest = _REST.match(sheet.folded, reach) if allowed.open_end else None
    return rest.end() if rest else reach
