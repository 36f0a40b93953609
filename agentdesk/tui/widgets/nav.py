"""The row of screens under the header: ``1 通话  2 工单 ▲3  9 设置``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec import Struct
from textual.events import Click
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from agentdesk.tui.cells import cell_len
from agentdesk.tui.widgets.lines import Line, Piece, draw, look_of

MOST = 999
"""More late things are not counted out: the row stays one row."""


class NavItem(Struct, frozen=True):
    """A screen: its digit, id, name, and how many things are late there (0: none)."""

    digit: str
    place: str
    label: str
    waiting: int = 0


def nav_line(items: Sequence[NavItem], active: str) -> tuple[Line, list[tuple[int, int, str]]]:
    """The line and where each screen stands: ``(start cell, end cell, place)``."""
    pieces: list[Piece] = [(" ", "text")]
    spots: list[tuple[int, int, str]] = []
    at = 1
    for item in items:
        here = item.place == active
        name = f" {item.digit} {item.label} "
        pieces.append((name, "bright bold on-selected" if here else "quiet"))
        start, at = at, at + cell_len(name)
        if item.waiting:
            badge = f"▲{min(item.waiting, MOST)}{'+' if item.waiting > MOST else ''} "
            pieces.append((badge, "bad bold on-selected" if here else "bad bold"))
            at += cell_len(badge)
        spots.append((start, at, item.place))
    return Line(tuple(pieces), "on-nav"), spots


class NavLine(Widget):
    """The navigation row; a click asks for a screen."""

    DEFAULT_CSS = "NavLine { height: 1; background: $nav; color: $foreground; }"

    @dataclass
    class Chosen(Message):
        """A screen was clicked."""

        place: str

    def __init__(self) -> None:
        super().__init__(id="nav")
        self._items: tuple[NavItem, ...] = ()
        self._active = ""

    def set_items(self, items: Sequence[NavItem], active: str) -> None:
        """Show these screens, ``active`` marked."""
        if (tuple(items), active) != (self._items, self._active):
            self._items, self._active = tuple(items), active
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw the line."""
        content, _ = nav_line(self._items, self._active)
        return draw(content, self.size.width, look_of(self), self.rich_style)

    def on_click(self, event: Click) -> None:
        """Ask for the screen under the pointer."""
        for start, end, place in nav_line(self._items, self._active)[1]:
            if start <= event.x < end:
                self.post_message(self.Chosen(place))
