"""The board's rows in groups: a heading for each state, and under it the orders in it.

A folded group is its heading alone, which keeps the count and the next due time in sight.
Rows are counted through headings and orders alike, so a group of 9,000 orders costs what its
rows in sight cost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct

from agentdesk.store.rows import TicketFilter
from agentdesk.strings import Strings
from agentdesk.tui.panels.board_items import Item, Kind
from agentdesk.tui.widgets.lines import Line, Piece, line, safe

OWED = "owed"
"""The group of promises and callbacks."""

Read = Callable[[TicketFilter, int, int], Sequence[Item]]
"""Orders of a filter: from, how many."""


class Part(Struct, frozen=True):
    """What a group is made of.

    Attributes:
        about: what is said of it beside the list.
        wanted: the filter its orders come from; None when ``items`` are all there are.
        items: the first of them.
        count: how many there are.
    """

    key: str
    name: str
    about: str
    wanted: TicketFilter | None
    items: Sequence[Item]
    count: int


class Group(Struct, frozen=True):
    """A group at its place.

    Attributes:
        start: the row of its heading.
    """

    part: Part
    heading: Item
    start: int

    @property
    def end(self) -> int:
        """The row behind its last."""
        return self.start + 1 + (0 if self.heading.folded else self.part.count)


def heading_id(key: str) -> str:
    """What the heading of a group is known by among the rows."""
    return f"group:{key}"


def laid_out(parts: Iterable[Part], folded: Iterable[str]) -> tuple[Group, ...]:
    """The groups one below the other; those without orders are left out.

    Args:
        folded: keys of the groups of which only the heading is shown.
    """
    shut, start, found = frozenset(folded), 0, []
    for part in parts:
        if part.count:
            group = Group(part, _heading(part, part.key in shut), start)
            start = group.end
            found.append(group)
    return tuple(found)


def _heading(part: Part, folded: bool) -> Item:
    first = next((item for item in part.items if item.due is not None and not item.paused), None)
    live = [item for item in part.items if not item.over and not item.paused]
    return Item(
        Kind.GROUP,
        heading_id(part.key),
        who=part.name,
        what=part.about,
        title=part.name,
        due=first.due if first and folded else None,
        warn=first.warn if first and folded else None,
        paused=folded and first is None and any(item.paused for item in part.items),
        count=part.count,
        folded=folded,
        inside=tuple((item.due, item.warn) for item in live) if folded else (),
    )


def beginning(groups: Iterable[Group]) -> tuple[Item, ...]:
    """The rows from the first on, as far as they were read."""
    rows: list[Item] = []
    for group in groups:
        rows.append(group.heading)
        if not group.heading.folded:
            rows += group.part.items
            if len(group.part.items) < group.part.count:
                break
    return tuple(rows)


def between(groups: Iterable[Group], start: int, stop: int, read: Read) -> tuple[Item, ...]:
    """The rows from ``start`` to before ``stop``; fewer where orders have gone meanwhile."""
    rows: list[Item] = []
    for group in groups:
        low, high = max(start, group.start), min(stop, group.end)
        if low >= high:
            continue
        if low == group.start:
            rows.append(group.heading)
            low += 1
        offset, limit = low - group.start - 1, high - low
        part = group.part
        if part.wanted is None or offset + limit <= len(part.items):
            rows += part.items[offset : offset + limit]
        elif limit:
            found = read(part.wanted, offset, limit)
            rows += found
            if len(found) < limit:
                break
    return tuple(rows)


def group_at(groups: Sequence[Group], row: int) -> Group | None:
    """The group a row belongs to."""
    return next((group for group in groups if group.start <= row < group.end), None)


def group_line(
    item: Item, time: Sequence[Piece], blank: int, s: Strings, bar: Piece, fill: str
) -> Line:
    """``▸ 处理中 12`` behind the time of the next due; the time of an open group is blank."""
    shown = bool(item.folded and (item.due is not None or item.paused))
    pieces: list[Piece] = [bar, *(time if shown else [(" " * blank, "text")])]
    mark = "▸" if item.folded else "▾"
    pieces += [(f" {mark} ", "accent"), (safe(item.title), "bright bold")]
    pieces.append((f" {item.count}", "bright"))
    if item.folded:
        pieces.append((f"  {s('board.folded')}", "quiet"))
    return line(*pieces, fill=fill)
