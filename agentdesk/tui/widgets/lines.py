"""Lines of coloured pieces, drawn without markup.

A piece is ``(text, role)`` (roles: see ``themes``), a ``Line`` is pieces and a role for the
rest of its row. User text can be put in as it is: control characters are made visible when
drawn and nothing is ever parsed::

    panel = LinesPanel(id="meters")
    panel.set_lines([
        line(("通话", "quiet")),
        line(("● ", "good"), ("通话中", "good bold"), ("  02:14", "bright")),
        line(("▌ ", "bad"), ("推诿", "strip-text bold"), fill="on-strip"),
    ])

``set_lines`` redraws only the rows that changed; the panel never asks for a new layout, so a
tick costs nothing but those rows. Give the panel its height in CSS.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from agentdesk.domain.text import visible
from agentdesk.tui.themes import DARK, Look

if TYPE_CHECKING:
    from textual.events import Click

Piece = tuple[str, str]
"""Text and role."""

_FALLBACK = Look(DARK)


class Line(Struct, frozen=True):
    """One row: pieces from left to right, and the role of what is left of the row."""

    pieces: tuple[Piece, ...] = ()
    fill: str = ""

    @property
    def text(self) -> str:
        """The text without its roles."""
        return "".join(text for text, _ in self.pieces)


def line(*pieces: str | Piece, fill: str = "") -> Line:
    """A line from pieces; a bare string has the role ``text``."""
    return Line(tuple((p, "text") if isinstance(p, str) else p for p in pieces), fill)


def safe(text: str) -> str:
    """The text as one row can show it: no control character, no line break."""
    return text if text.isprintable() else visible(text).replace("\n", "⏎")


def look_of(widget: Widget) -> Look:
    """The look of the running app."""
    look = getattr(widget.app, "look", None)
    return look if isinstance(look, Look) else _FALLBACK


def draw(content: Line, width: int, look: Look, base: Style) -> Strip:
    """One row of exactly ``width`` cells."""
    fill = look.style(content.fill) if content.fill else Style.null()
    segments = [Segment(safe(text), fill + look.style(role)) for text, role in content.pieces]
    strip = Strip(segments)
    if strip.cell_length > width:
        strip = strip.crop(0, width)
    return strip.extend_cell_length(width, fill).apply_style(base)


class LinesPanel(Widget):
    """A fixed panel of lines; see the module."""

    DEFAULT_CSS = """
    LinesPanel { height: 1fr; width: 1fr; background: $background; color: $foreground; }
    """

    def __init__(
        self,
        lines: Sequence[Line] = (),
        *,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._lines = tuple(lines)

    @property
    def lines(self) -> tuple[Line, ...]:
        """What is drawn."""
        return self._lines

    def set_lines(self, lines: Sequence[Line]) -> None:
        """Draw these lines; rows that stay the same are left alone."""
        new = tuple(lines)
        old = self._lines
        if new == old:
            return
        self._lines = new
        for row in range(max(len(new), len(old))):
            if new[row : row + 1] != old[row : row + 1]:
                self.refresh(Region(0, row, self.size.width, 1))

    def render_line(self, y: int) -> Strip:
        """Draw one row."""
        content = self._lines[y] if y < len(self._lines) else Line()
        return draw(content, self.size.width, look_of(self), self.rich_style)

    def get_content_height(self, *_: Any) -> int:
        """Rows there are, for ``height: auto``."""
        return len(self._lines)


def clicked_row(event: Click) -> int:
    """Row of the content a click fell on."""
    return event.y
