"""Rows of the Standards screen: standards, sections, clauses, what differs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum

from msgspec import Struct

from agentdesk.domain.clause import Clause, Way
from agentdesk.domain.comparing import Difference
from agentdesk.domain.conflicts import Conflict
from agentdesk.strings import Strings
from agentdesk.tui.cells import cell_len, fit, pad
from agentdesk.tui.widgets.clauses_library import Entry
from agentdesk.tui.widgets.lines import Line, Piece, line, safe

GLYPH = {Way.CONSOLE: ("●", "accent"), Way.RECORD: ("○", "text"), Way.POSTER: ("·", "quiet")}
"""Glyph and role of a way; its word always stands beside it."""
LONGEST_RULE = 30
"""Cells a rule id gets where there is room."""


class PackRow(Struct, frozen=True):
    """A standard in the list; without an id all of them together.

    Attributes:
        entry: what was read of it; None while it is still to come.
        force: whether it is in force at this seat.
    """

    id: str
    entry: Entry | None
    count: int
    force: bool = False


class ChapterRow(Struct, frozen=True):
    """A section of a standard: its number, how many clauses, and the first one."""

    name: str
    label: str
    count: int
    rule: str


class Heading(Struct, frozen=True):
    """A row nobody can stand on: a group's name, or why there is nothing."""

    text: str
    extra: str = ""


class ClauseRow(Struct, frozen=True):
    """A clause in the list."""

    clause: Clause


class ConflictRow(Struct, frozen=True):
    """A matter the two compared standards differ on."""

    conflict: Conflict


class DifferenceRow(Struct, frozen=True):
    """An item the two compared standards do not share.

    Attributes:
        name: what people call it.
        only: id of the standard that alone has it; empty when both do.
    """

    difference: Difference
    name: str
    only: str = ""


Row = Heading | ClauseRow | ConflictRow | DifferenceRow


def chapter_of(clause: Clause) -> str:
    """The section a clause belongs to: 5.3.10 to 5, F12 to F."""
    name = re.match(r"[A-Za-z]+|[^.]*", clause.section)
    return name.group() if name else ""


def chapters(clauses: Iterable[Clause]) -> list[ChapterRow]:
    """The sections a standard's clauses stand in, by the first part of their numbers."""
    found: dict[str, list[Clause]] = {}
    for clause in clauses:
        found.setdefault(chapter_of(clause), []).append(clause)
    rows = []
    for name, group in found.items():
        first, last = group[0].section, group[-1].section
        label = first if first == last else f"{first} – {last}"
        rows.append(ChapterRow(name, label, len(group), group[0].id))
    return rows


class Cursor(Enum):
    """What the cursor does on a row."""

    AWAY = "away"
    RESTS = "rests"  # here, and the keys go to another list
    HERE = "here"


def _start(cursor: Cursor) -> tuple[Piece, str, str]:
    """The bar in front, the fill of the row, and the ink of what is read."""
    if cursor is Cursor.HERE:
        return ("▌", "accent"), "on-selected", "bright bold"
    if cursor is Cursor.RESTS:
        return ("▌", "quiet"), "on-panel", "bright"
    return (" ", "text"), "", "text"


def pack_line(row: PackRow, s: Strings, width: int, cursor: Cursor) -> Line:
    """``▌✓ F6 货运快递客服热线标准  112``."""
    start, fill, ink = _start(cursor)
    if not row.id:
        return line(
            start, ("  ", "text"), *_ended(s("std.all"), row.count, width - 3, ink), fill=fill
        )
    if row.entry is None:
        return line(start, (f"  {pad(safe(row.id), 3)}…", "quiet"), fill=fill)
    mark: Piece = ("▲ ", "bad") if row.entry.problems else ("  ", "text")
    if row.force and not row.entry.problems:
        mark = ("✓ ", "good")
    name = pad(safe(row.id), 3)
    title = safe(row.entry.title.get(s.language))
    room = width - 3 - cell_len(name)
    return line(start, mark, (name, "accent"), *_ended(title, row.count, room, ink), fill=fill)


def _ended(text: str, count: int, width: int, role: str) -> list[Piece]:
    """A name with its count at the right end, where there is room for one."""
    if width < 18:
        return [(fit(text, width), role)]
    return [(pad(text, width - 5), role), (pad(str(count), 4, right=True), "quiet")]


def chapter_line(row: ChapterRow, width: int, cursor: Cursor) -> Line:
    """``▌ 4.1 – 4.5     27``."""
    start, fill, ink = _start(cursor)
    return line(
        start, ("  ", "text"), *_ended(safe(row.label), row.count, width - 3, ink), fill=fill
    )


def row_line(row: Row, s: Strings, width: int, cursor: Cursor) -> Line:
    """One row of the middle list."""
    if isinstance(row, Heading):
        text = fit(safe(row.text), width - 1)
        room = max(0, width - 3 - cell_len(text))
        return line((f" {text}  ", "quiet"), (fit(row.extra, room), "quiet"))
    start, fill, ink = _start(cursor)
    if isinstance(row, ClauseRow):
        return line(start, *_clause(row.clause, s, width - 1, ink), fill=fill)
    if isinstance(row, ConflictRow):
        return line(start, *_conflict(row.conflict, s, width - 1, ink), fill=fill)
    return line(start, *_difference(row, s, width - 1, ink), fill=fill)


def rule_width(width: int) -> int:
    """Cells for the rule id in a list that wide; the text needs the rest."""
    return max(16, min(LONGEST_RULE, width * 3 // 8))


def _clause(clause: Clause, s: Strings, width: int, ink: str) -> list[Piece]:
    glyph, role = GLYPH[clause.way]
    word = s(f"std.way.{clause.way.value}")
    column = max(cell_len(s(f"std.way.{way.value}")) for way in Way) + 1
    name = rule_width(width)
    room = max(0, width - name - 3 - column)
    text = clause.title_en if s.language == "en" else clause.text
    return [
        (pad(safe(clause.id), name), "accent"),
        (f" {glyph} ", role),
        (pad(word, column), "quiet"),
        (fit(safe(text or clause.text), room), ink),
    ]


def _conflict(conflict: Conflict, s: Strings, width: int, ink: str) -> list[Piece]:
    packs = " ".join(conflict.packs)
    side = min(cell_len(packs), width // 3)
    return [
        ("◇ ", "warn"),
        (pad(safe(conflict.matter.get(s.language)), width - 3 - side), ink),
        (pad(safe(packs), side + 1, right=True), "accent"),
    ]


def _difference(row: DifferenceRow, s: Strings, width: int, ink: str) -> list[Piece]:
    glyph = "+" if row.difference.left is None else "−" if row.only else "≠"
    word = s("std.compare.only", id=row.only) if row.only else s("std.compare.changed")
    column = 8 if s.language != "en" else 9
    return [
        (f"{glyph} ", "accent"),
        (pad(safe(word), column), "quiet"),
        (fit(safe(row.name), max(0, width - 2 - column)), ink),
    ]
