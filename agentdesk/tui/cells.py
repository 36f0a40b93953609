"""Text measured in terminal cells. Pure functions.

::

    fit("宽带夜间掉线", 7)      # "宽带夜…"
    pad("投诉", 8)              # "投诉    "
    wrap("请您稍等 3 天，好吗？", 12)
"""

from __future__ import annotations

import itertools

from rich.cells import cell_len

__all__ = ["cell_len", "fit", "pad", "wrap", "wrap_offsets"]

ELLIPSIS = "…"
NOT_FIRST = frozenset("，。！？；：、）》」』】〕”’…%‰℃·,.!?;:)]}>～—–")
"""Marks that do not begin a line."""
NOT_LAST = frozenset("（《「『【〔“‘([{<￥¥$")
"""Marks that do not end a line."""


def fit(text: str, width: int) -> str:
    """``text`` in at most ``width`` cells, cut with ``…`` when it is longer."""
    if cell_len(text) <= width:
        return text
    if width <= 0:
        return ""
    room = width - 1
    used = 0
    end = 0
    for char in text:
        used += cell_len(char)
        if used > room:
            break
        end += 1
    kept = text[:end]
    # A joined sequence may be wider than its characters one by one (emoji selectors).
    while kept and cell_len(kept + ELLIPSIS) > width:
        kept = kept[:-1]
    return kept + ELLIPSIS


def pad(text: str, width: int, *, right: bool = False) -> str:
    """``text`` in exactly ``width`` cells; ``right`` aligns numbers."""
    kept = fit(text, width)
    space = " " * (max(0, width) - cell_len(kept))
    return space + kept if right else kept + space


def _breakable(before: str, after: str) -> bool:
    """Whether a line may end between two characters."""
    if after == " " or after in NOT_FIRST or before in NOT_LAST:
        return False
    if before == " ":
        return True
    return cell_len(before) == 2 or cell_len(after) == 2


def wrap_offsets(text: str, width: int, *, hang: bool = True) -> list[int]:
    """Where one line of text is broken: offsets at which a new line begins.

    Breaks by cells between Chinese characters and at blanks, keeps Latin words and numbers
    whole, and puts no closing mark at the start and no opening mark at the end of a line. Only
    a piece that is wider than a line is cut anywhere. With ``hang`` blanks may stand beyond the
    end of a line, where they are not seen.
    """
    if width <= 0 or cell_len(text) <= width:
        return []
    breaks: list[int] = []
    start = 0  # offset of the current line
    last = 0  # last offset the current line may be broken at
    used = 0
    since = 0  # cells used up to ``last``
    for index, char in enumerate(text):
        size = cell_len(char)
        if index > start and _breakable(text[index - 1], char):
            last, since = index, used
        if used + size > width and index > start and not (hang and char == " "):
            if last > start:
                breaks.append(last)
                start, used = last, used - since
            if used + size > width and index > start:
                breaks.append(index)
                start, used = index, 0
            last, since = start, 0
        used += size
    return breaks


def wrap(text: str, width: int) -> list[str]:
    """Lines of at most ``width`` cells; see ``wrap_offsets``. Blanks at line ends are dropped."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        offsets = [0, *wrap_offsets(paragraph, width), len(paragraph)]
        lines.extend(paragraph[start:end].rstrip(" ") for start, end in itertools.pairwise(offsets))
    return lines
