"""Two standards beside each other: the matters they differ on, then item by item."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby

from agentdesk.domain.comparing import Difference, Values, compare
from agentdesk.domain.conflicts import between
from agentdesk.strings import Strings
from agentdesk.tui.widgets.clauses import ConflictRow, DifferenceRow, Heading, Row
from agentdesk.tui.widgets.clauses_detail import kind_name
from agentdesk.tui.widgets.clauses_library import Entry, Library
from agentdesk.tui.widgets.clauses_sheet import Block, SheetRow, SheetText


def compare_rows(left: Entry, right: Entry, library: Library, s: Strings) -> list[Row]:
    """Rows of the comparison; one heading alone when there is nothing to show."""
    if left.pack is None or right.pack is None:
        return [Heading(s("std.problem.none"))]
    rows: list[Row] = []
    matters = between(library.conflicts, left.family, right.family)
    if matters:
        rows.append(Heading(s("std.compare.conflicts"), str(len(matters))))
        rows += [ConflictRow(matter) for matter in matters]
    for table, items in groupby(compare(left.pack, right.pack), key=lambda each: each.table):
        found = [_row(item, left.id, right.id, s) for item in items]
        rows.append(Heading(kind_name(table, s), str(len(found))))
        rows += found
    return rows or [Heading(s("std.compare.same"))]


def _row(item: Difference, left: str, right: str, s: Strings) -> DifferenceRow:
    only = left if item.right is None else right if item.left is None else ""
    return DifferenceRow(item, _name(item, s), only)


def _name(item: Difference, s: Strings) -> str:
    """What people call an item: its title, its words, or its name in the file."""
    values = item.left if item.left is not None else item.right
    if item.table == "pack" or values is None:
        return kind_name("pack", s)
    if item.table == "guards" and f"std.guard.{item.name}" in s:
        return s(f"std.guard.{item.name}")
    for key in ("title", "phrases", "text"):
        if values.get(key):
            return _shown(values[key], s)
    return item.name


def difference_sheet(
    row: DifferenceRow, left: Entry, right: Entry, s: Strings, width: int
) -> list[SheetRow]:
    """One item as it is in either standard, what differs first."""
    item = row.difference
    text = SheetText(width)
    text.row((kind_name(item.table, s), "quiet"), (f"  {row.name}", "bright bold"))
    text.row((item.name, "quiet"))
    text.gap()
    text.sides([_head(left, s)], [_head(right, s)])
    for key in item.changed or _said(item):
        text.gap()
        text.sides([_block(key, item.left, s)], [_block(key, item.right, s)])
    return text.rows


def _head(entry: Entry, s: Strings) -> Block:
    return Block(entry.id, entry.title.get(s.language))


def _block(key: str, values: Values | None, s: Strings) -> Block:
    if values is None:
        return Block("", s("std.compare.nothing"))
    name = f"std.key.{key}"
    return Block(s(name) if name in s else key, _shown(values.get(key), s))


def _said(item: Difference) -> tuple[str, ...]:
    """Keys that say something in the standard that has the item."""
    values = item.left or item.right or {}
    return tuple(key for key, value in values.items() if _says(value))


def _says(value: object) -> bool:
    return value not in (None, "", [], (), {}, False)


def _shown(value: object, s: Strings) -> str:
    """A value of a pack file as people read it."""
    if isinstance(value, bool):
        return s("std.yes") if value else s("std.no")
    if isinstance(value, Mapping):
        if value.keys() == {"zh", "en"}:
            return str(value["en" if s.language == "en" else "zh"])
        return "  ".join(f"{key}={_shown(part, s)}" for key, part in value.items())
    if isinstance(value, (list, tuple)):
        return s("std.and").join(_shown(part, s) for part in value)
    return str(value) if value not in (None, "") else "–"
