"""Which lines of a long text may have hits: one search over many lines at a time.

A search costs as much for its start as for a line, so a text is searched in stretches of many
lines; a stretch is small enough to stay in the processor's cache from one step to the next,
which makes every step up to twice as fast as over the whole text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from agentdesk.domain.phrases.folding import pack
from agentdesk.domain.phrases.index import Index, Keys
from agentdesk.domain.phrases.judging import Candidate
from agentdesk.domain.phrases.long_lines import batches
from agentdesk.domain.phrases.matching import Found
from agentdesk.domain.phrases.sheet import Sheet, Way, may_hide
from agentdesk.domain.phrases.sounds import sound

STRETCH = 64_000
"""Code points of a stretch at least; it ends where a line does."""

LONG = 100_000
"""Code points of a line from which it is not held with all that may be hits in it."""

Lined = tuple[int, Sheet, list[Candidate]]
"""Where a line begins in the text, the line, and what may be a hit in it."""

_DOUBLE = re.compile(r"(.)(?=\1)")
_LATIN = re.compile("[a-z]")
_ZERO = re.compile(rb"\0")
_SELDOM = 8  # one place in so many; beyond, asking for each would take longer than looking


def search(index: Index, text: str, size: int = STRETCH, long: int = LONG) -> Iterator[Lined]:
    """Lines of ``text`` that may have hits, in order; a long one several times, with what may be
    hits in one part of it after the other.

    Args:
        size: code points of a stretch.
        long: code points of a line from which it is a stretch of its own.
    """
    for begin, stretch in stretches(text, size, long):
        packed = pack(stretch)
        if len(stretch) > long and "\n" not in stretch:
            sheet = Sheet(stretch, packed)
            for batch in batches(index, sheet, max(size // 8, 1)):
                yield begin, sheet, batch
            continue
        found = _Found(index, stretch, packed).candidates
        if not found:
            continue
        lines = stretch.split("\n")
        last, counted = 0, 0
        for first in sorted(found):
            at = last + packed.count("\n", counted, first)
            begin += sum(map(len, lines[last:at])) + at - last
            last, counted = at, first
            yield begin, Sheet(lines[at], packed[first : _end(packed, first)]), found[first]


def stretches(text: str, size: int, long: int = LONG) -> Iterator[tuple[int, str]]:
    """``text`` cut at ends of lines into parts of at least ``size``, and where each begins.

    What comes before a line of more than ``long`` is a part of its own, too.
    """
    begin = 0
    while begin <= len(text):
        end = text.find("\n", begin + size)
        end = len(text) if end < 0 else end
        if end - begin - size > long and (before := text.rfind("\n", begin, begin + size)) >= 0:
            end = before
        yield begin, text[begin:end]
        begin = end + 1


def doubles(packed: str) -> list[int]:
    """Places of the characters that another of their kind follows, but for ends of lines.

    The text is taken for one large number, and that number is compared with itself moved on by
    a character: half the time of looking at every pair. Only the lower half of each character
    is compared, then the characters where those are alike.
    """
    data = packed.encode("utf-16-le", "surrogatepass")
    size = len(packed)
    if len(data) == 2 * size and "\n\n" not in packed:
        number = int.from_bytes(data[::2], "little")
        alike = (number ^ (number >> 8)).to_bytes(size, "little")
        if alike.count(0) * _SELDOM < size:
            places = (match.start() for match in _ZERO.finditer(alike, 0, size - 1))
            return [at for at in places if packed[at] == packed[at + 1]]
    return [match.start() for match in _DOUBLE.finditer(packed)]


def without(text: str, places: Iterable[int]) -> str:
    """``text`` without the characters at some places of it, in order."""
    parts, first = [], 0
    for place in places:
        parts.append(text[first:place])
        first = place + 1
    parts.append(text[first:])
    return "".join(parts)


class _Found:
    """What may be a hit in a stretch of lines.

    The same is found as in every line by itself: in lines with repeated characters once more
    when they are said once, in lines with Latin letters by themselves.

    Args:
        packed: the stretch, packed.

    Attributes:
        candidates: by the place in the packed stretch where the line begins.
    """

    def __init__(self, index: Index, stretch: str, packed: str) -> None:
        self.candidates: dict[int, list[Candidate]] = {}
        for first, found in _by_line(packed, index.written.find(packed)):
            self._add(first, Way.WRITTEN, found)
        double = doubles(packed)
        once = without(packed, double)
        if hiding := dict(_hiding(packed, once, double)):
            begins = accumulate((len(line) + 1 for line in hiding.values()), initial=0)
            lines = dict(zip(begins, hiding, strict=False))  # the last begin is the end
            text = "\n".join(hiding.values())
            for first, found in _by_line(text, index.written.find(text)):
                self._add(lines[first], Way.ONCE, found)
        if index.spoken is not None:
            self._listen(index.spoken, stretch, packed, once, double)

    def _listen(
        self, spoken: Keys, stretch: str, packed: str, once: str, double: list[int]
    ) -> None:
        """Find by sound, every character said once."""
        moved = [place - at for at, place in enumerate(double)]  # where the last of each is
        for first, found in _by_line(once, spoken.find(sound(once))):
            self._add(first + bisect_left(moved, first), Way.SPOKEN, found)
        if _LATIN.search(packed) is None:
            return
        written = stretch.split("\n")
        after, at, counted = -1, 0, 0
        for match in _LATIN.finditer(packed):
            if match.start() < after:
                continue
            first, after = _edges(packed, match.start())
            at, counted = at + packed.count("\n", counted, first), first
            kept = [item for item in self.candidates.pop(first, ()) if item[0] is not Way.SPOKEN]
            spelled = Sheet(written[at], packed[first:after]).spoken()
            kept += ((Way.SPOKEN, item) for item in spoken.find(spelled))
            if kept:
                self.candidates[first] = kept

    def _add(self, first: int, way: Way, found: Iterable[Found]) -> None:
        self.candidates.setdefault(first, []).extend((way, item) for item in found)


def _by_line(text: str, items: Iterable[Found]) -> Iterator[tuple[int, list[Found]]]:
    """Where each line begins in which something was found, and what was found in the line."""
    first, after = 0, -1
    line: list[Found] = []
    for start, end, key in sorted(items):
        if start >= after:
            if line:
                yield first, line
            first, after = _edges(text, start)
            line = []
        line.append((start - first, end - first, key))
    if line:
        yield first, line


def _hiding(packed: str, once: str, double: Sequence[int]) -> Iterator[tuple[int, str]]:
    """Where lines begin whose repeated characters may hide a phrase, and those lines said once.

    Args:
        once: all lines, every character said once.
        double: the :func:`doubles`, which ``once`` goes without.
    """
    after = -1
    for place in double:
        if place > after and may_hide(packed, place):
            first, after = _edges(packed, place)
            gone, all_gone = bisect_left(double, first), bisect_left(double, after)
            yield first, once[first - gone : after - all_gone]


def _edges(text: str, place: int) -> tuple[int, int]:
    """Where the line begins and ends that a place is in."""
    return text.rfind("\n", 0, place) + 1, _end(text, place)


def _end(text: str, place: int) -> int:
    after = text.find("\n", place)
    return len(text) if after < 0 else after
