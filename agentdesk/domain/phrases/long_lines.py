"""A line of megabytes: what may be hits in it comes part by part, never all at once.

A megabyte of text without a line end may hold a hit at every character. A part's candidates
are judged and forgotten before the next part is looked through, so that memory is that of
the line and of one part. What is found is the same: the places where something begins are
gone through in order, whatever form of the line it was found in.
"""

from __future__ import annotations

from collections.abc import Iterator
from heapq import merge

from agentdesk.domain.phrases.index import Index, Keys
from agentdesk.domain.phrases.judging import Candidate
from agentdesk.domain.phrases.sheet import Sheet, Way

_WAYS = tuple(Way)

_Placed = tuple[int, int, int, int, int]
"""Place in the line, number of the way, start, end and key in that form of the line."""


def batches(index: Index, sheet: Sheet, size: int) -> Iterator[list[Candidate]]:
    """Everything that may be a hit in a line, in parts that have no place in common.

    Args:
        size: candidates of a part, about, and characters that are searched at once.
    """
    ways = [_in_order(sheet, Way.WRITTEN, index.written, size)]
    if sheet.doubled:
        ways.append(_in_order(sheet, Way.ONCE, index.written, size))
    if index.spoken is not None:
        ways.append(_in_order(sheet, Way.SPOKEN, index.spoken, size))
    batch: list[Candidate] = []
    last = -1
    for place, way, start, end, key in merge(*ways):
        if not sheet.is_own(place):
            continue
        if place != last and len(batch) >= size:
            yield batch
            batch = []
        last = place
        batch.append((_WAYS[way], (start, end, key)))
    if batch:
        yield batch


def _in_order(sheet: Sheet, way: Way, keys: Keys, size: int) -> Iterator[_Placed]:
    """What is found in one form of the line, in order of the places where it begins."""
    text = sheet.form(way)
    number = _WAYS.index(way)
    for begin in range(0, len(text), size):
        found = keys.find(text[begin : begin + size + keys.longest - 1])
        found = sorted(item for item in found if item[0] < size)
        if not found:
            continue
        first = sheet.view(way).first
        for start, end, key in found:
            yield first[begin + start], number, begin + start, begin + end, key
