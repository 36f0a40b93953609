"""The strip under a text: what is wrong now and the keys that settle it."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from agentdesk.domain.call.state import PLAIN_YOU
from agentdesk.domain.phrases import Hit
from agentdesk.strings import Strings
from agentdesk.tui.cells import cell_len, fit
from agentdesk.tui.widgets.lines import Line, Piece, line

FILL = "on-strip"


class Spot(Struct, frozen=True):
    """The mark that matters now.

    Attributes:
        field: key of the field it stands in.
        title: that field's name for people; empty where it goes without saying.
        count: marks in all.
    """

    field: str
    hit: Hit
    title: str = ""
    count: int = 1


def category_name(category: str, s: Strings) -> str:
    """A class of words for people."""
    key = f"category.{category}"
    return s(key) if key in s else category


def hit_lines(
    spot: Spot | None, keys: Mapping[str, str], s: Strings, size: tuple[int, int]
) -> list[Line]:
    """The mark that matters now, its class, clause and better wording.

    Args:
        keys: shown key of ``replace-phrase`` and ``dismiss-phrase``.
        size: width and height of the strip in cells.
    """
    width, height = size
    if spot is None:
        return [line((s("call.strip.clean"), "quiet"))]
    hit = spot.hit
    mild = hit.rule.category == PLAIN_YOU
    role, glyph = ("warn", "◐") if mild else ("bad", "▲")
    name = category_name(hit.rule.category, s)
    more = f"  {s('call.strip.rest', count=spot.count - 1)}" if spot.count > 1 else ""
    where = f"{spot.title} " if spot.title else ""
    where, quote, more = _shortened(
        width - cell_len(f"▌ {glyph} {name}    {hit.rule.rule}"), where, hit.text, more, s
    )
    first = Line(
        (
            ("▌ ", role),
            (f"{glyph} {name}  ", f"{role} bold"),
            (where, "strip-text"),
            (quote, "strip-text"),
            (f"  {hit.rule.rule}", "accent"),
            (more, "strip-text"),
        ),
        FILL,
    )
    tail = s("call.strip.keys", replace=keys["replace-phrase"], keep=keys["dismiss-phrase"])
    roomy = height >= 3
    room = width - 6 if roomy else max(8, width - cell_len(tail) - 8)
    better = fit(hit.rule.replacement, room) if hit.rule.replacement else ""
    start: list[Piece] = [("▌ ", role), ("→ ", "strip-text"), (better, "strip-text bold")]
    if roomy:
        return [first, Line(tuple(start), FILL), Line((("▌ ", role), (tail, "accent")), FILL)]
    pad = " " * max(1, width - 4 - cell_len(better) - cell_len(tail) - 1)
    return [first, Line((*start, (pad, ""), (tail, "accent")), FILL)]


def _shortened(room: int, where: str, text: str, more: str, s: Strings) -> tuple[str, str, str]:
    """Field, quotation and count as they fit beside class and clause, which are never cut."""
    tried = (where, "", more)
    for field, cells, rest in (
        (where, cell_len(text), more),
        (where, cell_len(text), ""),
        (where, 12, ""),
        ("", 12, ""),
        ("", 5, ""),
    ):
        tried = (field, s("call.strip.quote", text=fit(text, cells)), rest)
        if cell_len("".join(tried)) <= room:
            break
    return tried


def advice_lines(text: str, rule: str, again: str, width: int) -> list[Line]:
    """A guard's advice, its clause, and how to go on all the same."""
    first = Line(
        (("▌ ", "bad"), ("▲ ", "bad bold"), (fit(text, width - 5), "strip-text bold")), FILL
    )
    second = Line((("▌ ", "bad"), (f"{rule}  ", "accent"), (again, "strip-text")), FILL)
    return [first, second]
