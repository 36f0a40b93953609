"""A sheet to read: lines that scroll, some of which lead to another clause.

::

    text = SheetText(width)
    text.heading("相关条款", "2")
    text.link("F6-4.4-hold-return", "回到通话先致谢。")
    sheet.set_sheet(text.rows)

Moving goes from link to link while the next one is in sight and scrolls otherwise, so one
key reads a long sheet to its end. ``RowList.Chosen`` tells of Enter or a click on a link.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import zip_longest

from msgspec import Struct
from textual.events import Click
from textual.strip import Strip

from agentdesk.domain.text import visible
from agentdesk.tui.cells import cell_len, fit, pad, wrap
from agentdesk.tui.widgets.lines import Line, Piece, draw, line, look_of
from agentdesk.tui.widgets.rows import RowList

GAP = 2
"""Cells between two columns."""
TWO_COLUMNS = 52
"""Narrower sheets put one side under the other."""


class SheetRow(Struct, frozen=True):
    """One row; ``target`` is the rule id it leads to, empty for plain text."""

    line: Line = Line()
    target: str = ""


class Block(Struct, frozen=True):
    """A titled piece of text of one side of a comparison; ``target`` as in :class:`SheetRow`."""

    title: str
    text: str
    target: str = ""


class SheetText:
    """Builds the rows of a sheet; every text may come from anybody.

    Args:
        width: cells of a row.
    """

    def __init__(self, width: int) -> None:
        self.width = max(10, width)
        self.rows: list[SheetRow] = []

    def row(self, *pieces: Piece, target: str = "") -> None:
        """One row as it is."""
        self.rows.append(SheetRow(line(*pieces), target))

    def gap(self) -> None:
        """An empty row between two parts."""
        if self.rows and self.rows[-1].line.pieces:
            self.rows.append(SheetRow())

    def heading(self, text: str, extra: str = "") -> None:
        """A dim title after a gap."""
        self.gap()
        self.row((text, "quiet"), (f"  {extra}" if extra else "", "quiet"))

    def text(self, text: str, role: str = "text", *, indent: int = 0, first: str = "") -> None:
        """A paragraph, wrapped; ``first`` stands before its first row, in the indent."""
        for number, part in enumerate(_wrapped(text, self.width - indent)):
            lead = pad(first if number == 0 else "", indent)
            self.row((lead, "quiet"), (part, role))

    def ruled(self, text: str, role: str = "bright") -> None:
        """A paragraph behind the thick left rule: what is read now."""
        for part in _wrapped(text, self.width - 2):
            self.row(("▌ ", "accent"), (part, role))

    def link(self, rule: str, text: str) -> None:
        """A clause one can go to, with the beginning of its text."""
        name = fit(rule, self.width - 4)
        room = self.width - 6 - cell_len(name)
        self.row(
            ("  → ", "accent"),
            (name, "accent"),
            (f"  {fit(visible(text), room)}", "text"),
            target=rule,
        )

    def sides(self, left: Sequence[Block], right: Sequence[Block]) -> None:
        """Two sides of a matter beside each other, or one under the other where it is narrow."""
        if self.width < TWO_COLUMNS:
            for title, role, target in _cells((*left, *right), self.width - 2):
                self.row((f"  {title}", role), target=target)
            return
        column = (self.width - GAP) // 2
        rest = self.width - GAP - column
        here, there = _cells(left, column), _cells(right, rest)
        for one, other in zip_longest(here, there, fillvalue=("", "text", "")):
            self.row(
                (pad(one[0], column), one[1]),
                (" " * GAP, "text"),
                (other[0], other[1]),
                target=other[2] or one[2],
            )


def _wrapped(text: str, width: int) -> list[str]:
    return wrap(visible(text), max(8, width))


def _cells(blocks: Sequence[Block], width: int) -> list[tuple[str, str, str]]:
    """Rows of one column: text, role, target."""
    rows: list[tuple[str, str, str]] = []
    for block in blocks:
        arrow = "→ " if block.target else ""
        title = fit(visible(f"{arrow}{block.title}"), width)
        rows.append((title, "accent", block.target))
        rows += [(part, "text", "") for part in _wrapped(block.text, width)]
    return rows


class Sheet(RowList[SheetRow]):
    """The widget; see the module.

    Args:
        more: says how many rows are below the last one in sight.
    """

    def __init__(self, more: Callable[[int], str] = str, *, id: str | None = None) -> None:
        super().__init__(self._draw_row, selectable=lambda row: bool(row.target), id=id)
        self.more = more

    def set_sheet(self, rows: Sequence[SheetRow], *, keep: bool = False) -> None:
        """Show these rows from the top; ``keep`` stays where one has read to."""
        top, cursor = self._top, self._cursor
        self._rows = rows
        self._top = min(top, self._last_top) if keep else 0
        self._cursor = cursor if keep and cursor < len(rows) else self._link_in_sight()
        self.refresh()

    @property
    def _room(self) -> int:
        """Rows of text in sight; the last row says how much more there is."""
        height = self.size.height
        return height - 1 if len(self._rows) > height > 1 else height

    @property
    def _last_top(self) -> int:
        return max(0, len(self._rows) - self._room)

    def _link_in_sight(self) -> int:
        links = [i for i, row in enumerate(self._rows) if row.target]
        inside = [i for i in links if self._top <= i < self._top + self._room]
        return inside[0] if inside else -1

    def move(self, step: int) -> None:
        """To the next link in sight, or on by a row; several rows at once only scroll."""
        if abs(step) == 1:
            onward = range(self._cursor + 1, len(self._rows))
            back = range(self._cursor - 1, -1, -1)
            if not self._sees(self._cursor):
                onward = range(self._top, len(self._rows))
                back = range(self._top + self._room - 1, -1, -1)
            found = next((i for i in (onward if step > 0 else back) if self._links(i)), None)
            if found is not None and self._sees(found):
                self._cursor = found
                self.refresh()
                return
        self.move_to(self._top + step)

    def move_to(self, index: int, *, force: bool = False) -> None:
        """Scroll so that this row is the first one, as far as there is text."""
        self._top = max(0, min(index, self._last_top))
        if not self._sees(self._cursor):
            self._cursor = self._link_in_sight()
        self.refresh()

    def _links(self, at: int) -> bool:
        return 0 <= at < len(self._rows) and bool(self._rows[at].target)

    def _sees(self, at: int) -> bool:
        return self._top <= at < self._top + self._room

    def _show_cursor(self) -> None:
        self._top = max(0, min(self._top, self._last_top))

    def on_click(self, event: Click) -> None:
        """Follow the link under the pointer; the sheet stays where it is."""
        event.prevent_default()  # the list would scroll to the row
        at = self._top + event.y
        if self._links(at) and self._sees(at):
            self._cursor = at
            self.refresh()
            self.post_message(self.Chosen(self, at))

    def _draw_row(self, row: SheetRow, width: int, selected: bool) -> Line:
        if selected and self.has_focus:
            return Line(row.line.pieces, "on-selected")
        return row.line

    def render_line(self, y: int) -> Strip:
        """Draw one row; the last one tells how much is below."""
        left = len(self._rows) - self._top - self._room
        if left > 0 and y == self._room:
            content = line((self.more(left), "quiet"))
            return draw(content, self.size.width, look_of(self), self.rich_style)
        return super().render_line(y)
