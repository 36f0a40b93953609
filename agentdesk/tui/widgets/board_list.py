"""The board's list: 10,000 live rows cost what thirty cost.

Rows come a page at a time, asked for when they come into sight (``BoardList.Need``). A tick
draws only the time column of those rows in sight whose text has changed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import overload

from rich.style import Style
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from agentdesk.strings import Strings
from agentdesk.tui.panels.board_items import Item, Kind, Standing
from agentdesk.tui.panels.board_rows import (
    Columns,
    board_line,
    columns,
    time_text,
    waiting_line,
)
from agentdesk.tui.widgets.clauses_sheet import Sheet
from agentdesk.tui.widgets.lines import Line, draw, look_of
from agentdesk.tui.widgets.rows import RowList

PAGE = 200
"""Rows asked for at once."""
KEPT = 400
"""Drawn rows that are kept, so that scrolling draws only the row that comes in."""


class Rows(Sequence[Item | None]):
    """Rows of a list of which only some pages are known; the others are None.

    Args:
        total: rows there are.
        first: those from the beginning on that are known.
    """

    def __init__(self, total: int = 0, first: Sequence[Item] = ()) -> None:
        self._total = max(total, len(first))
        self._pages: dict[int, Sequence[Item]] = {}
        for at in range(0, len(first), PAGE):
            self._pages[at // PAGE] = first[at : at + PAGE]

    def __len__(self) -> int:
        return self._total

    @overload
    def __getitem__(self, at: int) -> Item | None: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Item | None]: ...
    def __getitem__(self, at: int | slice) -> Item | Sequence[Item | None] | None:
        if isinstance(at, slice):
            return [self[index] for index in range(*at.indices(self._total))]
        page, place = divmod(at, PAGE)
        rows = self._pages.get(page, ())
        return rows[place] if 0 <= place < len(rows) else None

    def put(self, page: int, rows: Sequence[Item], total: int | None = None) -> None:
        """A page was read; ``total`` where the number of rows is another one now."""
        self._pages[page] = rows
        if total is not None:
            self._total = total

    def replace(self, item: Item) -> int:
        """Put a row in place of the one with its id; where it stands, or -1."""
        for page, rows in self._pages.items():
            for place, row in enumerate(rows):
                if row.id == item.id:
                    self._pages[page] = [*rows[:place], item, *rows[place + 1 :]]
                    return page * PAGE + place
        return -1

    def find(self, item_id: str) -> int:
        """Where a row stands among those that are known, or -1."""
        for page, rows in self._pages.items():
            for place, row in enumerate(rows):
                if row.id == item_id:
                    return page * PAGE + place
        return -1

    def known(self) -> Iterable[Item]:
        """The rows that were read."""
        for rows in self._pages.values():
            yield from rows

    def has(self, page: int) -> bool:
        """Whether a page was read."""
        return page in self._pages


class BoardList(RowList["Item | None"]):
    """The list; see the module.

    Args:
        s: the texts, asked for anew when the language changes (:meth:`relabel`).
        zone: the centre's zone.
    """

    @dataclass
    class Need(Message):
        """Rows of a page came into sight that are not known."""

        rows: BoardList
        page: int

    def __init__(self, s: Strings, zone: tzinfo, *, id: str | None = None) -> None:
        super().__init__(self._line, id=id)
        self._rows = Rows()
        self._s = s
        self._zone = zone
        self._now = 0
        self._shape: Columns = columns(80, s)
        self._drawn: dict[int, tuple[Standing, str]] = {}
        self._asked: set[int] = set()
        self._strips: dict[int, tuple[Item, object, Strip]] = {}
        self._base: Style | None = None
        self.empty: Sequence[Line] = ()
        self._dues: list[int] = []
        self._warns: list[int] = []

    # ---------------------------------------------------------------- what is shown

    def show(self, rows: Rows, cursor: int, now: int) -> None:
        """Show these rows, the cursor on one of them."""
        self._now = now
        self._asked.clear()
        self._drawn.clear()
        self._forget()
        top = self._top
        self._rows = rows
        self._count(rows)
        self._cursor = max(0, min(cursor, len(rows) - 1))
        self._top = max(0, min(top, len(rows) - max(1, self.size.height)))
        self._show_cursor()
        self.refresh()
        self.post_message(self.Moved(self, self._cursor))

    def _count(self, rows: Rows) -> None:
        live = [row for row in rows.known() if not row.over and not row.paused]
        times = [(row.due, row.warn) for row in live if row.kind is not Kind.GROUP]
        times += (each for row in rows.known() for each in row.inside)
        self._dues = sorted(due for due, _ in times if due is not None)
        self._warns = sorted(warn for _, warn in times if warn is not None)

    @property
    def pages(self) -> Rows:
        """The rows with their pages."""
        assert isinstance(self._rows, Rows)
        return self._rows

    def put(self, page: int, rows: Sequence[Item], total: int | None = None) -> None:
        """A page was read: show it where it is in sight.

        Args:
            total: how many rows there are, where that was not known before.
        """
        self.pages.put(page, rows, total)
        self._count(self.pages)
        here = page * PAGE
        if here < self._top + self.size.height and self._top < here + PAGE:
            self.refresh()
        if here <= self._cursor < here + PAGE:
            self.post_message(self.Moved(self, self._cursor))

    def change(self, item: Item) -> bool:
        """One row has changed; False when it is not among those that are known."""
        at = self.pages.replace(item)
        if at >= 0:
            self._count(self.pages)
            self._refresh_row(at)
        return at >= 0

    def counts(self, now: int) -> tuple[int, int]:
        """How many of the rows read so far are late, and how many nearly."""
        late = bisect_right(self._dues, now - 1)
        return late, max(0, bisect_right(self._warns, now) - late)

    # ------------------------------------------------------------------------- time

    def tick(self, now: int) -> int:
        """A second has passed; how many rows had to be drawn."""
        self._now = now
        if not self.is_mounted or not self.display:
            return 0
        rows, top, width = self._rows, self._top, self._shape.time + 1
        changed = 0
        regions: list[Region] = []
        for y, before in sorted(self._drawn.items()):
            item = rows[top + y] if top + y < len(rows) else None
            if item is None or time_text(item, now, self._zone, self._s) == before:
                continue
            changed += 1
            last = regions[-1] if regions else None
            if last is not None and last.bottom == y:  # rows below each other are one region
                regions[-1] = Region(0, last.y, width, last.height + 1)
            else:
                regions.append(Region(0, y, width, 1))
        if regions:
            self.refresh(*regions)
        return changed

    # ---------------------------------------------------------------------- drawing

    def relabel(self, s: Strings) -> None:
        """The language changed."""
        self._s = s
        self._shape = columns(self.size.width, s)
        self._forget()
        self.refresh()

    def on_resize(self) -> None:
        """Other columns."""
        self._shape = columns(self.size.width, self._s)
        self._drawn.clear()
        self._forget()
        super().on_resize()

    def render_line(self, y: int) -> Strip:
        """Draw one row, and remember what its time said. A row that stays the same is kept."""
        at = self._top + y
        item = self._rows[at] if at < len(self._rows) else None
        if item is None:
            self._drawn.pop(y, None)
            return self._draw(self._blank(at, y))
        when = time_text(item, self._now, self._zone, self._s)
        self._drawn[y] = when
        here = at == self._cursor
        state = (when, here, here and self.has_focus)
        kept = self._strips.get(at)
        if kept is not None and kept[0] is item and kept[1] == state:
            return kept[2]
        content = board_line(item, self._shape, when, self._s, here, self.has_focus)
        strip = self._draw(content)
        if len(self._strips) > KEPT:
            self._strips.clear()
        self._strips[at] = (item, state, strip)
        return strip

    def _draw(self, content: Line) -> Strip:
        if self._base is None:
            self._base = self.rich_style
        return draw(content, self.size.width, look_of(self), self._base).simplify()

    def _blank(self, at: int, y: int) -> Line:
        """What stands where no row is known: it is being read, or there is none."""
        if at < len(self._rows):
            self._ask(at // PAGE)
            return waiting_line(self._shape, self._s)
        return self.empty[y] if not len(self._rows) and y < len(self.empty) else Line()

    def notify_style_update(self) -> None:
        """Other colours: nothing that was drawn holds."""
        super().notify_style_update()
        self._forget()

    def _forget(self) -> None:
        self._strips.clear()
        self._base = None

    def _line(self, item: Item | None, width: int, here: bool) -> Line:
        return Line()  # drawn by render_line

    def _ask(self, page: int) -> None:
        if page not in self._asked:
            self._asked.add(page)
            self.post_message(self.Need(self, page))

    # ----------------------------------------------------------------------- moving

    def move(self, step: int) -> None:
        """Move the cursor; stops at the ends."""
        self.move_to(self._cursor + step)

    def move_to(self, index: int, *, force: bool = False) -> None:
        """Put the cursor on a row; only what changes is drawn."""
        index = max(0, min(index, len(self._rows) - 1))
        if index == self._cursor and not force:
            return
        before, top = self._cursor, self._top
        self._cursor = index
        self._show_cursor()
        if self._top != top or force:
            self.refresh()
        else:
            self._refresh_row(before)
            self._refresh_row(index)
        self.post_message(self.Moved(self, index))

    def _refresh_row(self, at: int) -> None:
        y = at - self._top
        if 0 <= y < self.size.height:
            self.refresh(Region(0, y, self.size.width, 1))

    def on_focus(self) -> None:
        """The cursor is drawn brighter."""
        self._refresh_row(self._cursor)

    def on_blur(self) -> None:
        """And quieter."""
        self._refresh_row(self._cursor)


class BoardSheet(Sheet):
    """What an order says of itself; tells when it has another width."""

    @dataclass
    class Resized(Message):
        """It has to be wrapped anew."""

        sheet: BoardSheet

    def on_resize(self) -> None:
        """Tell."""
        super().on_resize()
        self.post_message(self.Resized(self))
