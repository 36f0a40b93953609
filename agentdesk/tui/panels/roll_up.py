"""The leader's roll-up drawn: a line of sums, the groupings, a row for each group, its orders."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from agentdesk.desk.roll_up import RollUp, Tally
from agentdesk.domain.moments import from_ms, to_ms
from agentdesk.store.rows import TicketRow
from agentdesk.store.ticket_rollup import DIMENSIONS
from agentdesk.strings import Strings
from agentdesk.tui.cells import cell_len, fit, pad
from agentdesk.tui.panels.board_items import MARK, Item, Namer, Standing, figure, word_of
from agentdesk.tui.panels.common import BLANK, View, heading
from agentdesk.tui.widgets.lines import Line, Piece, line, safe

BANDS: tuple[tuple[str, str, str], ...] = (
    ("late", *MARK[Standing.LATE]),
    ("red", "◆", "bad"),
    ("amber", *MARK[Standing.WARN]),
    ("paused", *MARK[Standing.PAUSED]),
)
"""Band of a count, its glyph and role; its word stands in the heading of its column."""

_NARROWED = frozenset({"owner", "state", "department", "category"})
"""Groupings whose rows the board can show alone."""

_HOUR, _DAY = 3_600_000, 86_400_000


class Columns(Struct, frozen=True):
    """Cells of each column; 0 leaves it out."""

    name: int
    count: int
    age: int
    bar: int


def columns(width: int, s: Strings) -> Columns:
    """The columns of a table that wide; a bar takes what is left."""
    words = (s("roll.open"), *(f"{glyph} {s(f'roll.{band}')}" for band, glyph, _ in BANDS))
    count = max(5, *map(cell_len, words)) + 2
    age = max(8, cell_len(s("roll.oldest"))) + 1
    left = width - 2 - count * (1 + len(BANDS)) - age
    name = max(8, min(18, left - 12 if left > 30 else left))
    bar = left - name - 2
    return Columns(name, count, age, min(bar, 40) if bar >= 8 else 0)


def sum_line(found: RollUp | None, s: Strings, width: int) -> Line:
    """``汇总 在办 132   ▲ 超时 12  ◆ 告急 3  ◐ 将超 9  ‖ 暂停 4   ○ 未指派 2``."""
    pieces: list[Piece] = [(s("roll.title"), "bright bold")]
    if found is None:
        return line(*pieces, (f"   {s('board.reading')}", "quiet"))
    pieces.append((f" {s('roll.open')} {found.whole.total}", "bright"))
    if found.pending:
        pieces.append((f"   {s('board.pending')}", "warn"))
    gap = "   "
    for band, glyph, role in BANDS:
        count = getattr(found.whole, band)
        if count:
            pieces.append((f"{gap}{glyph} {s(f'roll.{band}')} {count}", f"{role} bold"))
            gap = "  "
    if found.unassigned:
        pieces.append((f"   ○ {s('roll.unassigned')} {found.unassigned}", "warn bold"))
    if found.whole.oldest is not None:
        old = f"   {s('roll.oldest')} {age_text(found.at - found.whole.oldest, s)}"
        if sum(cell_len(text) for text, _ in pieces) + cell_len(old) < width:
            pieces.append((old, "quiet"))
    return line(*pieces)


def group_line(found: RollUp | None, by: str, s: Strings) -> Line:
    """The groupings with how many rows each has."""
    pieces: list[Piece] = []
    for name in DIMENSIONS:
        count = len(found.groups[name]) if found is not None else 0
        text = f" {s(f'roll.by.{name}')} {count} "
        pieces += [(text, "bright bold on-selected" if name == by else "quiet"), (" ", "text")]
    return line(*pieces)


def head_line(by: str, shape: Columns, s: Strings) -> Line:
    """What the columns are."""
    words = [pad(s("roll.open"), shape.count, right=True)]
    words += [
        pad(f"{glyph} {s(f'roll.{band}')}", shape.count, right=True) for band, glyph, _ in BANDS
    ]
    words.append(pad(s("roll.oldest"), shape.age, right=True))
    return line(("  " + pad(s(f"roll.by.{by}"), shape.name) + "".join(words), "quiet"))


def has_list(by: str, key: str) -> bool:
    """Whether the board can show the orders of a row alone."""
    return bool(key) and by in _NARROWED


def name_of(by: str, key: str, namer: Namer) -> str:
    """What the orders of a row have in common, in words."""
    s = namer.s
    if not key:
        return s(f"roll.none.{by}")
    if by == "state":
        return word_of("board.state", key, s)
    return namer.category(key) if by == "category" else key


def tally_line(
    row: Tally, by: str, shape: Columns, most: int, at: int, namer: Namer, *, here: bool
) -> Line:
    """One group. ``most`` is the largest total, which fills the bar."""
    empty = "warn bold" if by == "owner" else "quiet"
    name = pad(safe(name_of(by, row.key, namer)), shape.name)
    pieces: list[Piece] = [
        ("▌ " if here else "  ", "accent"),
        (name, ("bright" if row.key else empty)),
        (pad(str(row.total), shape.count, right=True), "bright"),
    ]
    for band, _, role in BANDS:
        count = getattr(row, band)
        text = pad(str(count) if count else "·", shape.count, right=True)
        pieces.append((text, f"{role} bold" if count else "quiet"))
    age = age_text(at - row.oldest, namer.s) if row.oldest is not None else ""
    pieces.append((pad(age, shape.age, right=True), "text"))
    if shape.bar:
        pieces += [("  ", "text"), *bar(row, shape.bar, most)]
    return line(*pieces, fill="on-selected" if here else "")


_PARTS = (("late", "█"), ("red", "▓"), ("amber", "▒"), ("calm", "░"), ("paused", "·"))
_ROLE = {"late": "bad", "red": "bad", "amber": "warn", "calm": "good", "paused": "quiet"}


def bar(row: Tally, width: int, most: int) -> list[Piece]:
    """The shares of a group, told apart without colour by how dense they are.

    Whatever is there has a cell, so one late order among a thousand is seen.
    """
    if not row.total or not most:
        return []
    room = max(1, round(width * row.total / most))
    counts = {name: getattr(row, name) for name, _ in _PARTS}
    cells = {name: -(-room * count // row.total) for name, count in counts.items()}
    for name in sorted(cells, key=lambda part: -cells[part]):
        over = sum(cells.values()) - max(room, sum(count > 0 for count in counts.values()))
        if over > 0 and cells[name] > 1:
            cells[name] -= min(over, cells[name] - 1)
    return [(glyph * cells[name], _ROLE[name]) for name, glyph in _PARTS if cells[name]]


def age_text(length: int, s: Strings) -> str:
    """How old, coarsely: ``3 天``, ``5:20``."""
    if length >= 2 * _DAY:
        return s("board.days", days=length // _DAY)
    hours, rest = divmod(max(0, length), _HOUR)
    return f"{hours}:{rest // 60_000:02d}"


def urgent_lines(
    by: str, row: Tally | None, orders: Sequence[TicketRow], view: View, namer: Namer, width: int
) -> list[Line]:
    """The right column: the orders of a group that are due first."""
    s = view.s
    if row is None:
        return []
    now = to_ms(view.now)
    name = fit(safe(name_of(by, row.key, namer)), width - 10)
    lines = [line((name, "bright bold"), (f"  {s('roll.open')} {row.total}", "quiet"))]
    if row.due is not None and row.late:
        lines.append(heading(s("roll.since", at=_when(row.due, view))))
    lines += [BLANK, heading(s("roll.first"), s("roll.enter") if has_list(by, row.key) else "")]
    for order in orders:
        item = namer.ticket(order)
        mark, role = _mark(item, now, s)
        lead = f"{mark} {figure(item, now, view.zone, s)}"
        lines.append(line((pad(lead, 20), role), (f" {item.code}", "accent")))
        about = f"{safe(item.who)}  {safe(item.title)}"
        owner = f"  {item.owner}" if item.owner and by != "owner" else ""
        lines.append(
            line((f"  {fit(about, max(4, width - 2 - cell_len(owner)))}", "text"), (owner, "quiet"))
        )
    return lines


def _mark(item: Item, now: int, s: Strings) -> tuple[str, str]:
    """Glyph and word of an order, as the columns call its band; its role."""
    standing = item.standing(now)
    glyph, role = MARK[standing]
    word = s(f"board.level.{standing.value}")
    if standing is Standing.WARN and 2 * now >= (item.due or 0) + (item.warn or 0):
        _, glyph, role = BANDS[1]
        word = s("roll.red")
    elif standing is Standing.PAUSED:
        word = s("roll.paused")
    return f"{glyph} {word}", f"{role} bold" if standing in _LOUD else role


_LOUD = (Standing.LATE, Standing.WARN)


def _when(moment: int, view: View) -> str:
    local = from_ms(moment).astimezone(view.zone)
    today = view.now.astimezone(view.zone).date()
    return f"{local:%H:%M}" if local.date() == today else f"{local:%m-%d %H:%M}"
