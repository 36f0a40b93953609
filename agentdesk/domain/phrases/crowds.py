"""How many phrases of a list may have to be looked at in one place of a text.

Time for a text is its length times that number, whatever the text is; a list in which too
many phrases begin alike (没***甲, 没***乙 … a hundred thousand times) is told so when it is
read, instead of being slow for ever. Lists of real words stay far below the bounds: a word
begins with a few shorter ones, and of many endings behind a wildcard few can stand together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from agentdesk.domain.phrases.pattern import ANY, Pattern
from agentdesk.domain.phrases.sounds import sound

MOST_WRITTEN = 32
"""Phrases that may stand at one place of a text; one counts as often as it has wildcards."""

MOST_SPOKEN = 128
"""Phrases that may sound alike at one place of a text; each takes less time by far."""

MOST_WILDCARDS = 8
"""Wildcards of a phrase."""


def wildcards(pattern: Pattern) -> int:
    """How often a phrase leaves open what stands there."""
    return len(pattern.pieces) - 1 + pattern.open_end


def crowd(weights: Mapping[str, int]) -> tuple[str, int]:
    """Of strings with weights the one with the greatest weight together with all that it
    begins with, and that weight; an empty string and 0 for none.

    Time is that of sorting them.
    """
    most = ("", 0)
    within: list[tuple[str, int]] = []
    for string in sorted(weights):
        while within and not string.startswith(within[-1][0]):
            within.pop()
        total = weights[string] + (within[-1][1] if within else 0)
        within.append((string, total))
        if total > most[1]:
            most = string, total
    return most


def written(patterns: Iterable[Pattern]) -> tuple[str, int]:
    """How many of some phrases can stand at one place of a text at most, and where they begin.

    Of those with a wildcard only the ones count whose second piece can stand there too: at
    each of the :data:`~agentdesk.domain.phrases.pattern.ANY` places behind the first.
    """
    weights: dict[str, int] = {}
    seconds: dict[str, dict[str, int]] = {}
    for pattern in patterns:
        for key in {pattern.key, pattern.squeezed}:
            if len(pattern.pieces) == 1:
                weights[key] = weights.get(key, 0) + 1
                continue
            second = seconds.setdefault(key, {})
            text = pattern.pieces[1].text
            second[text] = second.get(text, 0) + len(pattern.pieces) - 1
    for key, second in seconds.items():
        possible = min(sum(second.values()), ANY * crowd(second)[1])
        weights[key] = weights.get(key, 0) + possible
    return crowd(weights)


def spoken(patterns: Iterable[Pattern], shortest: int) -> tuple[str, int]:
    """How many of some phrases can sound alike at one place, and one of the longest of them.

    Args:
        shortest: characters a phrase must have to be found by its sound.
    """
    weights: dict[str, int] = {}
    said: dict[str, str] = {}
    for pattern in patterns:
        if pattern.by_sound and len(pattern.key) >= shortest:
            heard = sound(pattern.squeezed)
            weights[heard] = weights.get(heard, 0) + 1
            said.setdefault(heard, pattern.key)
    heard, total = crowd(weights)
    return said.get(heard, ""), total
