"""A terminal's cells as a picture.

Every glyph is painted into its own cell or pair of cells, so Chinese and Latin text stay in
their columns whatever the fonts' own widths are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from PIL import Image, ImageDraw
from rich.cells import cell_len
from rich.color import Color
from rich.style import Style
from rich.terminal_theme import DIMMED_MONOKAI
from textual.app import App
from textual.strip import Strip

from scripts.painting import fonts

CELL = (10, 20)
"""Pixels of a narrow cell."""

BASELINE = 15
COLOURS = 224
"""Colours of a picture's palette; small files, no visible loss on flat surfaces."""

RGB = tuple[int, int, int]
INK: RGB = (195, 206, 217)
PAPER: RGB = (15, 19, 24)

# Glyphs that must meet their neighbours, as parts of the cell: left, top, right, bottom.
_SOLID = {
    "█": (0, 0, 8, 8),
    "▀": (0, 0, 8, 4),
    "▔": (0, 0, 8, 1),
    **{char: (0, 8 - eighths, 8, 8) for eighths, char in enumerate("▁▂▃▄▅▆▇", 1)},
    **{char: (0, 0, eighths, 8) for eighths, char in enumerate("▏▎▍▌▋▊▉", 1)},
    "▐": (4, 0, 8, 8),
    "▕": (7, 0, 8, 8),
}
# Lines from the middle of the cell: whether they go left, up, right, down.
_STROKES = {
    "─": (1, 0, 1, 0),
    "━": (1, 0, 1, 0),
    "│": (0, 1, 0, 1),
    "┃": (0, 1, 0, 1),
    "┌": (0, 0, 1, 1),
    "┐": (1, 0, 0, 1),
    "└": (0, 1, 1, 0),
    "┘": (1, 1, 0, 0),
    "├": (0, 1, 1, 1),
    "┤": (1, 1, 0, 1),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One grapheme on the screen.

    Attributes:
        width: 1 or 2 narrow cells.
    """

    text: str
    width: int
    style: Style


def cells(app: App[None]) -> list[list[Cell]]:
    """What an app shows now, dialogs over what lies below, row by row.

    Uses the compositor of textual 8.2.8, which is pinned.
    """
    update = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    rows: list[Iterable[Strip] | Strip] = cast(Any, update).strips
    return [_row([row] if isinstance(row, Strip) else row) for row in rows]


def _row(strips: Iterable[Strip]) -> list[Cell]:
    found: list[Cell] = []
    for strip in strips:
        for segment in strip:
            if segment.control:
                continue
            style = segment.style or Style.null()
            for char in segment.text:
                width = cell_len(char)
                if width:
                    found.append(Cell(char, width, style))
                elif found:  # a combining mark goes with the letter before it
                    last = found[-1]
                    found[-1] = Cell(last.text + char, last.width, last.style)
    return found


def plain(rows: Sequence[Sequence[Cell]]) -> str:
    """The same as text."""
    return "\n".join("".join(cell.text for cell in row).rstrip() for row in rows) + "\n"


def _rgb(color: Color | None, default: RGB) -> RGB:
    if color is None or color.is_default:
        return default
    red, green, blue = color.get_truecolor(DIMMED_MONOKAI)
    return red, green, blue


def _inks(style: Style) -> tuple[RGB, RGB]:
    """Colours of glyph and ground."""
    ink, paper = _rgb(style.color, INK), _rgb(style.bgcolor, PAPER)
    if style.reverse:
        ink, paper = paper, ink
    if style.dim:
        red, green, blue = ((2 * a + b) // 3 for a, b in zip(ink, paper, strict=True))
        ink = red, green, blue
    return ink, paper


@lru_cache(maxsize=4096)
def _mask(text: str, width: int, bold: bool) -> Image.Image:
    """How much ink each pixel of the cell gets."""
    across, down = CELL[0] * width, CELL[1]
    mask = Image.new("L", (across, down), 0)
    pen = ImageDraw.Draw(mask)
    if (part := _SOLID.get(text)) is not None:
        left, top, right, bottom = part
        box = (left * across // 8, top * down // 8, right * across // 8 - 1, bottom * down // 8 - 1)
        pen.rectangle(box, fill=255)
    elif (stroke := _STROKES.get(text)) is not None:
        _draw_stroke(pen, stroke, 1 if text in "─│┌┐└┘├┤" else 2)
    else:
        _write(pen, text, width, bold)
    return mask


def _draw_stroke(pen: ImageDraw.ImageDraw, ways: tuple[int, int, int, int], thick: int) -> None:
    left, up, right, down = ways
    x, y = CELL[0] // 2, CELL[1] // 2
    if left or right:
        ends = (0 if left else x, y, CELL[0] - 1 if right else x, y + thick - 1)
        pen.rectangle(ends, fill=255)
    if up or down:
        ends = (x, 0 if up else y, x + thick - 1, CELL[1] - 1 if down else y)
        pen.rectangle(ends, fill=255)


def _write(pen: ImageDraw.ImageDraw, text: str, width: int, bold: bool) -> None:
    """A glyph in the middle of its cells, made smaller if it would leave them."""
    kind = "wide" if width == 2 or ord(text[0]) not in fonts.covered("narrow") else "narrow"
    font = fonts.load(f"{kind}-bold" if bold else kind)
    room = CELL[0] * width
    if (length := font.getlength(text)) > room + 1:
        font = font.font_variant(size=max(8, int(font.size * room / length)))
    pen.text((room / 2, BASELINE), text, font=font, fill=255, anchor="ms")


def paint(rows: Sequence[Sequence[Cell]]) -> Image.Image:
    """The picture of the cells."""
    columns = max(sum(cell.width for cell in row) for row in rows)
    image = Image.new("RGB", (columns * CELL[0], len(rows) * CELL[1]), PAPER)
    pen = ImageDraw.Draw(image)
    for number, row in enumerate(rows):
        left, top = 0, number * CELL[1]
        for cell in row:
            right, bottom = left + cell.width * CELL[0], top + CELL[1]
            ink, paper = _inks(cell.style)
            pen.rectangle((left, top, right - 1, bottom - 1), fill=paper)
            if cell.text.strip():
                image.paste(
                    ink,
                    (left, top, right, bottom),
                    _mask(cell.text, cell.width, bool(cell.style.bold)),
                )
            if cell.style.underline:
                pen.line((left, bottom - 2, right - 1, bottom - 2), fill=ink)
            if cell.style.strike:
                pen.line((left, top + CELL[1] // 2, right - 1, top + CELL[1] // 2), fill=ink)
            left = right
    return image


def save(rows: Sequence[Sequence[Cell]], path: Path) -> None:
    """Write the picture as a small PNG; a colour of few cells keeps its own place among them."""
    way = Image.Quantize.MAXCOVERAGE
    image = paint(rows).quantize(COLOURS, method=way, dither=Image.Dither.NONE)
    image.save(path, optimize=True)
