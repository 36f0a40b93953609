"""The header: one line that is always there.

    座席 8012 李敏  早班 08:00–16:00 余 6:18 │ 最近时限 ◐ 12:40 T-1042 王女士 │ ● 仅本机   09:41:27

Fed by a frozen ``HeaderModel``; the words in it come ready from the string tables. When the
line is too narrow the shift's hours go first, then labels, then the deadline's owner is cut;
state, time left and clock are never cut.
"""

from __future__ import annotations

from msgspec import Struct
from textual.strip import Strip
from textual.widget import Widget

from agentdesk.tui.cells import cell_len, fit
from agentdesk.tui.widgets.lines import Line, Piece, draw, look_of, safe

GLYPHS = {"good": "●", "warn": "◐", "bad": "▲", "paused": "‖", "quiet": "○"}
"""Glyph of each state; a colour never stands alone."""


def glyph(state: str) -> Piece:
    """The glyph of a state with its colour."""
    return GLYPHS[state], "quiet" if state == "paused" else state


class Deadline(Struct, frozen=True):
    """The nearest deadline of all.

    Attributes:
        state: key of ``GLYPHS``.
        time: time left or overdue, for example ``12:40`` or ``超时 3:20``.
        owner: whose or what, for example ``T-1042 王女士``.
    """

    state: str
    time: str
    owner: str


class HeaderModel(Struct, frozen=True):
    """What the header shows; every text is ready to be read.

    Attributes:
        seat: seat word, work number and name, for example ``座席 8012 李敏``.
        shift: name of the shift, empty when none is set.
        hours: for example ``08:00–16:00``.
        left: time to the end of the shift, for example ``余 6:18``.
        deadline_label: for example ``最近时限``.
        deadline: the nearest one, or None.
        sync_state: key of ``GLYPHS``.
        sync: for example ``仅本机``.
        clock: for example ``09:41:27``.
    """

    seat: str = ""
    shift: str = ""
    hours: str = ""
    left: str = ""
    deadline_label: str = ""
    deadline: Deadline | None = None
    sync_state: str = "good"
    sync: str = ""
    clock: str = ""


def _join(*parts: Piece) -> list[Piece]:
    """Pieces with one blank between; empty ones are left out."""
    kept = [part for part in parts if part[0]]
    return [piece for part in kept for piece in (part, (" ", "quiet"))][:-1]


def _width(pieces: list[Piece]) -> int:
    return sum(cell_len(safe(text)) for text, _ in pieces)


def header_line(model: HeaderModel, width: int) -> Line:
    """The header in exactly ``width`` cells."""
    clock: list[Piece] = [(model.clock, "bright bold"), (" ", "text")]
    sync = _join(glyph(model.sync_state), (model.sync, GLYPH_ROLE.get(model.sync_state, "quiet")))
    room = width - _width(clock) - _width(sync) - 2
    left: list[Piece] = []
    for step in range(6):
        left = _left(model, step, room)
        if _width(left) + 2 <= room:
            break
    gap = width - _width(left) - _width(sync) - _width(clock)
    bar: list[Piece] = [(" │ ", "quiet")] if gap >= 4 else [(" ", "text")]
    filler: Piece = (" " * max(0, gap - _width(bar)), "text")
    return Line((*left, *bar, *sync, filler, *clock), "on-header")


GLYPH_ROLE = {"good": "good", "warn": "warn", "bad": "bad bold", "paused": "quiet"}
"""Role of the words beside a glyph."""


def _left(model: HeaderModel, step: int, room: int) -> list[Piece]:
    """Seat, shift and deadline; each step leaves out a little more."""
    hours = model.hours if step < 2 else ""
    shift = model.shift if step < 4 else ""
    parts: list[Piece] = [(" ", "text"), (model.seat, "bright bold")]
    if shift or hours or model.left:
        parts.append(("  ", "text"))
        parts += _join((shift, "text"), (hours, "text"), (model.left, "quiet"))
    if model.deadline is not None:
        item = model.deadline
        role = GLYPH_ROLE.get(item.state, "text")
        label = model.deadline_label if step < 1 else ""
        parts.append((" │ ", "quiet"))
        parts += _join((label, "quiet"), glyph(item.state), (item.time, f"{role} bold"))
        owner = safe(item.owner)
        spare = room - 2 - _width(parts) - 1
        if step >= 3:
            owner = fit(owner, spare) if spare >= 4 else ""
        if owner:
            parts += [(" ", "text"), (owner, "text")]
    if step == 5:  # nothing else helped: cut the name rather than the clock
        over = _width(parts) + 2 - room
        parts[1] = (fit(safe(model.seat), max(6, cell_len(safe(model.seat)) - over)), parts[1][1])
    return parts


class HeaderLine(Widget):
    """The header widget; ``set_model`` redraws only on change."""

    DEFAULT_CSS = "HeaderLine { height: 1; background: $header; color: $foreground; }"

    def __init__(self, model: HeaderModel | None = None) -> None:
        super().__init__(id="header")
        self._model = model or HeaderModel()

    def set_model(self, model: HeaderModel) -> None:
        """Show this."""
        if model != self._model:
            self._model = model
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw the line."""
        width = self.size.width
        return draw(header_line(self._model, width), width, look_of(self), self.rich_style)
