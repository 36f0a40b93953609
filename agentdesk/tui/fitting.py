"""How high a dialog's parts are: a list, and below it whatever its chosen row says in full."""

from __future__ import annotations

LEAST_ROWS = 3
"""Rows of the list that stay in sight however long the text below is."""


def heights(room: int, rows: int, text: int, least: int) -> tuple[int, int]:
    """Cells for the list and for the text below it; no more than they need.

    Args:
        room: rows there are for both.
        rows: how many the list has.
        text: lines of the text.
        least: lines kept for the text, so that moving through short ones moves nothing.
    """
    below = max(text, least)
    above = max(1, rows)
    if above + below > room:
        below = max(least, min(below, room - min(above, max(LEAST_ROWS, room // 2))))
        above = max(LEAST_ROWS, room - below)
    return above, below
