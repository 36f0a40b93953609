"""How a row of the board is drawn: the time first, then who, what and where it stands."""

from __future__ import annotations

from datetime import tzinfo

from msgspec import Struct

from agentdesk.strings import Strings
from agentdesk.tui.cells import cell_len, fit, pad
from agentdesk.tui.panels.board_groups import group_line
from agentdesk.tui.panels.board_items import MARK, Item, Kind, Standing, figure
from agentdesk.tui.widgets.lines import Line, Piece, line, safe

FIGURE = 11
"""Cells of the time left: ``明天 10:00``, ``03-12 10:00``, ``23:59:59``."""


class Columns(Struct, frozen=True):
    """Cells of each column; 0 leaves it out."""

    word: int
    code: int
    who: int
    what: int
    title: int
    state: int
    owner: int

    @property
    def time(self) -> int:
        """Cells from the start of a row to the end of its time."""
        return 3 + self.word + 1 + FIGURE


def columns(width: int, s: Strings) -> Columns:
    """The columns of a list that wide; the title gets what is left."""
    word = max(cell_len(s(f"board.level.{standing.value}")) for standing in Standing)
    wide = width >= 100
    code = 6 if wide else 4
    who = 10 if wide else 8
    what = 16 if wide else 10
    state = 8 if s.language != "en" else 10
    owner = 8 if wide else 6 if width >= 76 else 0
    used = (
        3 + word + 1 + FIGURE + sum(cells + 1 for cells in (code, who, what, state, owner) if cells)
    )
    return Columns(word, code, who, what, max(4, width - used - 1), state, owner)


def time_text(item: Item, now: int, zone: tzinfo, s: Strings) -> tuple[Standing, str]:
    """What of a row changes as time passes: how it stands, and the figure."""
    return item.standing(now), figure(item, now, zone, s)


def time_pieces(standing: Standing, text: str, shape: Columns, s: Strings) -> list[Piece]:
    """``▲ 超时    3:20:15``."""
    glyph, role = MARK[standing]
    bold = " bold" if standing in (Standing.LATE, Standing.WARN) else ""
    figures = role if standing in (Standing.LATE, Standing.WARN) else "bright"
    return [
        (f"{glyph} ", role),
        (pad(s(f"board.level.{standing.value}"), shape.word), role + bold),
        (pad(text, FIGURE + 1, right=True), figures + bold),
    ]


def board_line(
    item: Item, shape: Columns, when: tuple[Standing, str], s: Strings, here: bool, focus: bool
) -> Line:
    """One row.

    Args:
        when: from :func:`time_text`.
        here: the cursor stands on it; ``focus``: and keys go to the list.
    """
    bar: Piece = ("▌", "accent" if focus else "quiet") if here else (" ", "text")
    fill = ("on-selected" if focus else "on-panel") if here else ""
    ink = "quiet" if item.over else "bright" if here else "text"
    if item.kind is Kind.GROUP:
        time = time_pieces(*when, shape, s)
        return group_line(item, time, shape.time - 1, s, bar, fill)
    if item.kind is Kind.REMINDER:
        glyph: list[Piece] = [("· ", "quiet"), (" " * (shape.time - 3), "quiet")]
    else:
        glyph = time_pieces(*when, shape, s)
    pieces = [bar, *glyph]
    cells = (
        (item.code[-shape.code :], shape.code, "quiet"),
        (item.who, shape.who, ink),
        (item.what, shape.what, "text" if ink != "quiet" else ink),
        (item.title, shape.title, ink),
        (item.remark or item.state, shape.state, "warn" if item.remark else "quiet"),
        (item.owner, shape.owner, "quiet"),
    )
    for text, width, role in cells:
        if width:
            pieces.append((f" {pad(safe(text), width)}", role))
    return line(*pieces, fill=fill)


def waiting_line(shape: Columns, s: Strings) -> Line:
    """A row that is still being read."""
    return line((" " * (shape.time + 1), "text"), (fit(s("board.reading"), 20), "quiet"))
