"""Which lines of a long text may have hits: one search over many lines at a time.

A search costs as much for its start as for a line, so a text is searched in stretches of many
lines; a stretch is small enough to stay in the processor's cache from one step to the next,
which makes every step up to twice as fast as over the whole text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from agentdesk.domain.phrases.folding import pack
from agentdesk.domain.phrases.index import Index, Keys
from agentdesk.domain.phrases.judging import Candidate
from agentdesk.domain.phrases.matching import Found
from agentdesk.domain.phrases.pattern import squeeze
from agentdesk.domain.phrases.sheet import Sheet, Way, may_hide
from agentdesk.domain.phrases.sounds import sound

STRETCH = 64_000
"""Code points of a stretch at least; it ends where a line does."""

Lined = tuple[int, Sheet, list[Candidate]]
"""Where a line begins in the text, the line, and what may be a hit in it."""

_DOUBLE = re.compile(r"(.)\1")
_LATIN = re.compile("[a-z]")
_ZERO = re.compile(rb"\0")
_SELDOM = 8  # one place in so many; beyond, asking for each would take longer than looking


def search(index: Index, text: str, size: int = STRETCH) -> Iterator[Lined]:
    """Lines of ``text`` that may have hits, in order.

    Args:
        size: code points of a stretch.
    """
    for begin, stretch in stretches(text, size):
        found = _Found(index, stretch)
        if not found.candidates:
            continue
        lines = stretch.split("\n")
        last = 0
        for at in sorted(found.candidates):
            begin += sum(map(len, lines[last:at])) + at - last
            last = at
            yield begin, Sheet(lines[at], found.packed[at]), found.candidates[at]


def stretches(text: str, size: int) -> Iterator[tuple[int, str]]:
    """``text`` cut at ends of lines into parts of at least ``size``, and where each begins."""
    begin = 0
    while begin <= len(text):
        end = text.find("\n", begin + size)
        end = len(text) if end < 0 else end
        yield begin, text[begin:end]
        begin = end + 1


def doubles(packed: str) -> list[int]:
    """Places of characters that stand twice in a row, at least one for every such row.

    Ends of lines are none. The text is taken for one large number, and that number is compared
    with itself moved on by a character: half the time of looking at every pair. Only the lower
    half of each character is compared, then the characters where those are alike.
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


class _Found:
    """What may be a hit in a stretch of lines.

    The same is found as in every line by itself: in lines with repeated characters once more
    when they are said once, in lines with Latin letters by themselves.

    Attributes:
        candidates: by number of the line.
        packed: those lines at least, packed.
    """

    def __init__(self, index: Index, stretch: str) -> None:
        self.candidates: dict[int, list[Candidate]] = {}
        self.packed: dict[int, str] = {}
        packed = pack(stretch)
        self._collect(Way.WRITTEN, packed, index.written.find(packed))
        double = doubles(packed)
        hiding = _lines_at(packed, (at for at in double if may_hide(packed, at)))
        if hiding:
            self.packed |= hiding
            once = squeeze("\n".join(hiding.values()))  # none is empty
            self._collect(Way.ONCE, once, index.written.find(once), list(hiding))
        if index.spoken is not None:
            self._listen(index.spoken, stretch, packed, _lines_at(packed, double))

    def _listen(self, spoken: Keys, stretch: str, packed: str, doubled: dict[int, str]) -> None:
        """Find by sound, every character said once.

        Args:
            doubled: the lines with repeated characters.
        """
        lines = packed.split("\n")
        self.packed = dict(enumerate(lines))
        if doubled:
            once = squeeze("\n".join(doubled.values())).split("\n")
            for at, line in zip(doubled, once, strict=True):
                lines[at] = line
            packed = "\n".join(lines)
        self._collect(Way.SPOKEN, packed, spoken.find(sound(packed)))
        latin = _lines_at(packed, (match.start() for match in _LATIN.finditer(packed)))
        if not latin:
            return
        written = stretch.split("\n")
        for at in latin:
            kept = [item for item in self.candidates.pop(at, ()) if item[0] is not Way.SPOKEN]
            spelled = Sheet(written[at], self.packed[at]).spoken()
            kept += ((Way.SPOKEN, item) for item in spoken.find(spelled))
            if kept:
                self.candidates[at] = kept

    def _collect(
        self, way: Way, text: str, items: Iterable[Found], known: Sequence[int] | None = None
    ) -> None:
        """Add what was found anywhere in ``text`` to the lines it is in.

        Args:
            known: the numbers of the lines of ``text``, if they are not all.
        """
        count, counted, first, after = 0, 0, 0, -1
        for start, end, key in sorted(items):
            if start >= after:
                count += text.count("\n", counted, start)
                counted = start
                first, after = _edges(text, start)
                at = count if known is None else known[count]
                found = self.candidates.setdefault(at, [])
                if way is Way.WRITTEN:
                    self.packed[at] = text[first:after]
            found.append((way, (start - first, end - first, key)))


def _lines_at(text: str, places: Iterable[int]) -> dict[int, str]:
    """The lines of ``text`` that the places, in order, are in; by number."""
    count, counted, after = 0, 0, -1
    lines: dict[int, str] = {}
    for place in places:
        if place >= after:
            count += text.count("\n", counted, place)
            counted = place
            first, after = _edges(text, place)
            lines[count] = text[first:after]
    return lines


def _edges(text: str, place: int) -> tuple[int, int]:
    """Where the line begins and ends that a place is in."""
    after = text.find("\n", place)
    return text.rfind("\n", 0, place) + 1, len(text) if after < 0 else after
