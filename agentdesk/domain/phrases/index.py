"""All phrases of a list of rules in a form that can be searched, kept and loaded.

A matcher knows only strings that are all different; an :class:`Index` says which phrases of
which rules stand behind each of them. It holds numbers and strings only, so it can be
written to a file and read back without reading the rules.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from agentdesk.domain.pack import Match, PhraseRule
from agentdesk.domain.phrases.matching import Builder, Found, Matcher
from agentdesk.domain.phrases.pattern import SHORTEST_BY_SOUND, parse, parse_all, words_of
from agentdesk.domain.phrases.sounds import sound

_BY_SOUND = (Match.ANYWHERE, Match.PARTIAL, Match.UTTERANCE, Match.UTTERANCE_START)


@dataclass(frozen=True, slots=True)
class Unusable:
    """A phrase in which nothing is left to look for.

    Attributes:
        order: place of the rule in the list.
        rule: its id.
        field: ``phrases``, ``cores`` or ``allow``.
        number: place of the phrase in that field, from zero.
    """

    order: int
    rule: str
    field: str
    number: int
    phrase: str


@dataclass(frozen=True, slots=True)
class Keys:
    """Strings of one kind.

    Attributes:
        matcher: finds them.
        first: for every string where its phrases begin in ``owners``, and the end last.
        owners: numbers of phrases, string by string.
        longest: characters of the longest string.
    """

    matcher: Matcher
    first: array[int]
    owners: array[int]
    longest: int

    def find(self, packed: str) -> Sequence[Found]:
        """Every occurrence of every string."""
        return self.matcher.find(packed)

    def behind(self, number: int) -> array[int]:
        """Numbers of the phrases behind a string."""
        return self.owners[self.first[number] : self.first[number + 1]]


@dataclass(frozen=True, slots=True)
class Index:
    """What is looked for.

    Attributes:
        written: by their characters.
        spoken: by their sound; ``None`` when sounds are not looked at.
        rules: for every phrase the place of its rule.
        words: for every phrase its place in :func:`words_of` its rule.
    """

    written: Keys
    spoken: Keys | None
    rules: array[int]
    words: array[int]


@dataclass(frozen=True, slots=True)
class Plan:
    """An index before its matchers are made: strings and the phrases behind each."""

    written: dict[str, list[int]]
    spoken: dict[str, list[int]]
    rules: array[int]
    words: array[int]


def plan(
    rules: Iterable[PhraseRule], *, homophones: bool, shortest: int = SHORTEST_BY_SOUND
) -> Plan:
    """The strings to look for.

    Args:
        homophones: whether phrases are found by their sound too.
        shortest: characters a phrase must have for that.
    """
    made = Plan({}, {}, array("I"), array("I"))
    for order, rule in enumerate(rules):
        by_sound = homophones and rule.match in _BY_SOUND
        for place, pattern in enumerate(parse_all(words_of(rule))):
            if pattern is None:
                continue
            number = len(made.rules)
            made.rules.append(order)
            made.words.append(place)
            made.written.setdefault(pattern.key, []).append(number)
            if pattern.squeezed != pattern.key:
                made.written.setdefault(pattern.squeezed, []).append(number)
            if by_sound and pattern.by_sound and len(pattern.key) >= max(shortest, 2):
                made.spoken.setdefault(sound(pattern.squeezed), []).append(number)
    return made


def build(made: Plan, builder: Builder) -> Index:
    """The index of a plan."""
    spoken = _keys(made.spoken, builder) if made.spoken else None
    return Index(_keys(made.written, builder), spoken, made.rules, made.words)


def _keys(owners: dict[str, list[int]], builder: Builder) -> Keys:
    first, all_owners = postings(owners.values())
    return Keys(builder(list(owners)), first, all_owners, longest_of(owners))


def longest_of(strings: Iterable[str]) -> int:
    """Characters of the longest of some strings; 0 for none."""
    return max(map(len, strings), default=0)


def postings(lists: Iterable[Sequence[int]]) -> tuple[array[int], array[int]]:
    """Lists of numbers one behind the other, and where each begins with the end last."""
    first, owners = array("I", [0]), array("I")
    for numbers in lists:
        owners.extend(numbers)
        first.append(len(owners))
    return first, owners


def unusable(rules: Iterable[PhraseRule]) -> tuple[Unusable, ...]:
    """Phrases and exceptions in which nothing is left to look for, such as punctuation alone.

    A book ignores them; whoever reads a file of rules should refuse them by name.
    """
    return tuple(
        Unusable(order, rule.rule, field, number, phrase)
        for order, rule in enumerate(rules)
        for field in ("phrases", "cores", "allow")
        for number, phrase in enumerate(getattr(rule, field))
        if parse(phrase) is None
    )
