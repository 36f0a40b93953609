"""Finding any of many strings in a text: the protocol and a way without dependencies.

::

    matcher = HashMatcher(["没办法", "办法"])
    matcher.find("真没办法")  # [(1, 4, 0), (2, 4, 1)]

A pack of a standard has a few hundred strings, which :class:`HashMatcher` finds about as
fast as anything; a list of many thousands wants a compiled automaton, which
:mod:`agentdesk.standards.compiled` brings if it is installed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from operator import add
from typing import Protocol

Found = tuple[int, int, int]
"""Start, end (code points) and number of the string."""


class Matcher(Protocol):
    """Finds strings given when it was made."""

    def find(self, text: str) -> Sequence[Found]:
        """Every occurrence of every string, overlapping ones too, in any order."""
        ...


Builder = Callable[[Sequence[str]], Matcher]
"""Makes a matcher for strings that are all different and not empty."""

Node = dict[str, "Node"]
"""A trie: what may follow, by character; an empty character ends a word."""

_HEAD = 2
_FEW = 1500  # heads; beyond, one regular expression of them is slower than looking up each pair


class HashMatcher:
    """The standard library's way: where one of the first pairs stands, look up each length.

    A search takes time in proportion to the text, times the number of different lengths
    of strings that begin alike; memory is that of a dictionary of the strings.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        self._numbers = {key: number for number, key in enumerate(keys)}
        lengths: dict[str, set[int]] = {}
        for key in keys:
            lengths.setdefault(key[:_HEAD], set()).add(len(key))
        self._lengths = {head: tuple(sorted(sizes)) for head, sizes in lengths.items()}
        self._single = any(len(head) < _HEAD for head in self._lengths)
        self._regex = trie_regex(self._lengths) if len(self._lengths) <= _FEW else None

    def find(self, text: str) -> list[Found]:
        """Every occurrence of every string, by place, shorter ones first."""
        found: list[Found] = []
        numbers, lengths = self._numbers, self._lengths
        single, length = self._single, len(text)
        for start in self._starts(text):
            pair = text[start : start + _HEAD]
            for head in (pair, pair[0]) if single and len(pair) == _HEAD else (pair,):
                for size in lengths.get(head, ()):
                    end = start + size
                    if end <= length and (number := numbers.get(text[start:end], -1)) >= 0:
                        found.append((start, end, number))
        return found

    def _starts(self, text: str) -> Iterable[int]:
        """Places where a string may begin."""
        if not self._lengths:
            return ()
        if self._regex is not None:
            return self._places(self._regex, text)
        lengths = self._lengths
        if self._single:
            return range(len(text))
        if self._lengths.keys().isdisjoint(map(add, text, text[1:])):
            return ()
        return [at for at in range(len(text) - 1) if text[at : at + _HEAD] in lengths]

    def _places(self, regex: re.Pattern[str], text: str) -> list[int]:
        """Where heads stand. The expression goes on behind a pair it has found, so whether
        another begins with the pair's second character is looked up."""
        lengths = self._lengths
        places: list[int] = []
        for match in regex.finditer(text):
            start, end = match.span()
            places.append(start)
            start += 1
            if start < end and (text[start] in lengths or text[start : start + _HEAD] in lengths):
                places.append(start)
        return places


def trie_regex(words: Iterable[str]) -> re.Pattern[str] | None:
    """One expression that finds any of ``words``; ``None`` for no words.

    Shared beginnings are written once, which keeps the search fast for hundreds of words.
    """
    root: Node = {}
    for word in words:
        node = root
        for char in word:
            node = node.setdefault(char, {})
        node[""] = {}
    return re.compile(_branch(root)) if root else None


def _branch(node: Node, depth: int = 0) -> str:
    if "" in node:
        return ""  # a shorter word ends here, which is all that must be known
    if depth and len(node) > 1 and all(list(below) == [""] for below in node.values()):
        return f"[{''.join(map(re.escape, sorted(node)))}]"
    ways = [re.escape(char) + _branch(below, depth + 1) for char, below in sorted(node.items())]
    return ways[0] if len(ways) == 1 else f"(?:{'|'.join(ways)})"
