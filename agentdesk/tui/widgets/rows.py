"""A list that draws only what is seen; 10,000 rows cost no more than ten.

::

    rows = RowList(lambda item, width, selected: line(pad(item.name, width)))
    rows.set_rows(items, cursor=0)

``RowList.Moved`` and ``RowList.Chosen`` carry the index. The keys are those of
``commands.lists``; a screen with a focused text field can call ``move`` itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from textual.events import Click, MouseScrollDown, MouseScrollUp
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from agentdesk.tui.bindings import widget_bindings
from agentdesk.tui.commands.lists import COMMANDS
from agentdesk.tui.widgets.lines import Line, draw, look_of

R = TypeVar("R")


class RowList(Widget, Generic[R], can_focus=True):
    """A list of rows with a cursor.

    Args:
        render_row: draws a row: ``(row, width, selected) -> Line``.
        selectable: whether the cursor may stand on a row (headings say no).
    """

    DEFAULT_CSS = "RowList { height: 1fr; background: $background; color: $foreground; }"
    BINDINGS = widget_bindings(COMMANDS)

    @dataclass
    class Moved(Message):
        """The cursor stands on another row."""

        rows: RowList[Any]
        index: int

        @property
        def control(self) -> RowList[Any]:
            """The sender."""
            return self.rows

    @dataclass
    class Chosen(Message):
        """Enter or a click on a row."""

        rows: RowList[Any]
        index: int

        @property
        def control(self) -> RowList[Any]:
            """The sender."""
            return self.rows

    def __init__(
        self,
        render_row: Callable[[R, int, bool], Line],
        *,
        selectable: Callable[[R], bool] = lambda _: True,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._render_row = render_row
        self._selectable = selectable
        self._rows: Sequence[R] = ()
        self._cursor = 0
        self._top = 0

    @property
    def rows(self) -> Sequence[R]:
        """The rows."""
        return self._rows

    @property
    def index(self) -> int:
        """Where the cursor stands."""
        return self._cursor

    @property
    def selected(self) -> R | None:
        """The row under the cursor, None when there is none."""
        if 0 <= self._cursor < len(self._rows):
            row = self._rows[self._cursor]
            return row if self._selectable(row) else None
        return None

    def set_rows(self, rows: Sequence[R], cursor: int = 0) -> None:
        """Show these rows; the cursor goes to the nearest row it may stand on."""
        self._rows = rows
        self._top = 0
        self._cursor = 0
        self.move_to(cursor, force=True)

    def move(self, step: int) -> None:
        """Move the cursor by rows it may stand on; stops at the ends."""
        at, left = self._cursor, abs(step)
        direction = 1 if step > 0 else -1
        probe = at
        while left and 0 <= probe + direction < len(self._rows):
            probe += direction
            if self._selectable(self._rows[probe]):
                at, left = probe, left - 1
        self.move_to(at)

    def move_to(self, index: int, *, force: bool = False) -> None:
        """Put the cursor on a row, or on the next one it may stand on."""
        count = len(self._rows)
        index = max(0, min(index, count - 1)) if count else 0
        order = (*range(index, count), *range(index - 1, -1, -1))
        index = next((at for at in order if self._selectable(self._rows[at])), index)
        if index == self._cursor and not force:
            return
        self._cursor = index
        self._show_cursor()
        self.refresh()
        self.post_message(self.Moved(self, index))

    def _show_cursor(self) -> None:
        height = self.size.height
        if not height:  # not laid out yet; on_resize comes
            return
        if self._cursor < self._top:
            self._top = self._cursor
            # A heading right above the first row belongs to it.
            if self._top and not self._selectable(self._rows[self._top - 1]):
                self._top -= 1
        elif self._cursor >= self._top + height:
            self._top = self._cursor - height + 1

    def on_resize(self) -> None:
        """Keep the cursor in sight, and everything when there is room for it now."""
        if len(self._rows) <= self.size.height:
            self._top = 0
        self._show_cursor()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw one row."""
        at = self._top + y
        width = self.size.width
        content = Line()
        if at < len(self._rows):
            here = at == self._cursor and self._selectable(self._rows[at])
            content = self._render_row(self._rows[at], width, here)
        return draw(content, width, look_of(self), self.rich_style)

    def on_click(self, event: Click) -> None:
        """Choose the row under the pointer."""
        at = self._top + event.y
        if at < len(self._rows) and self._selectable(self._rows[at]):
            self.move_to(at)
            self.post_message(self.Chosen(self, at))

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        """Wheel: three rows down."""
        event.stop()
        self.move(3)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        """Wheel: three rows up."""
        event.stop()
        self.move(-3)

    def action_list_down(self) -> None:
        """One row down."""
        self.move(1)

    def action_list_up(self) -> None:
        """One row up."""
        self.move(-1)

    def action_list_page_down(self) -> None:
        """One page down."""
        self.move(max(1, self.size.height - 1))

    def action_list_page_up(self) -> None:
        """One page up."""
        self.move(-max(1, self.size.height - 1))

    def action_list_top(self) -> None:
        """First row."""
        self.move_to(0)

    def action_list_end(self) -> None:
        """Last row."""
        self.move_to(len(self._rows) - 1)

    def action_list_open(self) -> None:
        """Choose the row."""
        if self.selected is not None:
            self.post_message(self.Chosen(self, self._cursor))
