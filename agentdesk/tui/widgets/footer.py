"""The footer: the keys that matter now, one line, measured in cells.

``fit_footer`` keeps pinned items (escalate, help, palette) whatever the width and drops the
others by rank, so nothing is ever cut in the middle.
"""

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


class FooterItem(Struct, frozen=True):
    """One key and its word.

    Attributes:
        command_id: what a click runs.
        key: as people read it, for example ``F8``.
        label: for example ``升级``.
        rank: 0 is kept longest.
        pinned: never dropped.
        danger: drawn in the alarm colour.
        dim: cannot run now.
        right: stands at the right end.
    """

    command_id: str
    key: str
    label: str
    rank: int = 50
    pinned: bool = False
    danger: bool = False
    dim: bool = False
    right: bool = False

    @property
    def width(self) -> int:
        """Cells it takes, with the gap after it."""
        return cell_len(self.key) + cell_len(self.label) + 3


def fit_footer(items: Sequence[FooterItem], width: int) -> list[FooterItem]:
    """The items that fit, in their order; pinned ones always stay."""
    kept = list(items)
    total = sum(item.width for item in kept)
    for item in sorted(kept, key=lambda each: each.rank, reverse=True):
        if total <= width:
            break
        if not item.pinned:
            kept.remove(item)
            total -= item.width
    return kept


def footer_line(items: Sequence[FooterItem], width: int) -> tuple[Line, list[tuple[int, int, str]]]:
    """The line and where each command stands: ``(start cell, end cell, command id)``."""
    kept = fit_footer(items, width)
    pieces: list[Piece] = [(" ", "text")]
    spots: list[tuple[int, int, str]] = []
    at = 1
    spare = max(0, width - sum(item.width for item in kept))
    for item in sorted(kept, key=lambda each: each.right):
        if item.right and spare:
            pieces.append((" " * spare, "text"))
            at += spare
            spare = 0
        key_role = "quiet" if item.dim else "alarm bold" if item.danger else "accent bold"
        word_role = "quiet" if item.dim else "alarm bold" if item.danger else "text"
        pieces += [(item.key, key_role), (f" {item.label}  ", word_role)]
        spots.append((at, at + item.width - 2, item.command_id))
        at += item.width
    return Line(tuple(pieces), "on-header"), spots


class FooterLine(Widget):
    """The footer widget; ``set_items`` redraws only on change."""

    DEFAULT_CSS = "FooterLine { height: 1; dock: bottom; background: $header; color: $foreground; }"

    @dataclass
    class Pressed(Message):
        """A key of the footer was clicked."""

        command_id: str

    def __init__(self) -> None:
        super().__init__(id="footer")
        self._items: tuple[FooterItem, ...] = ()

    @property
    def items(self) -> tuple[FooterItem, ...]:
        """What was asked to be shown."""
        return self._items

    def set_items(self, items: Sequence[FooterItem]) -> None:
        """Show these."""
        new = tuple(items)
        if new != self._items:
            self._items = new
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw the line."""
        width = self.size.width
        content, _ = footer_line(self._items, width)
        return draw(content, width, look_of(self), self.rich_style)

    def on_click(self, event: Click) -> None:
        """Run the command under the pointer."""
        _, spots = footer_line(self._items, self.size.width)
        for start, end, command_id in spots:
            if start <= event.x < end:
                self.post_message(self.Pressed(command_id))
