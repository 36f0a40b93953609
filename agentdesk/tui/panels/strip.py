"""The strip under the note: what is wrong now and the keys that settle it."""

from __future__ import annotations

from collections.abc import Mapping

from agentdesk.domain.phrases import Hit
from agentdesk.strings import Strings
from agentdesk.tui.cells import cell_len, fit
from agentdesk.tui.widgets.lines import Line, Piece, line

FILL = "on-strip"


def hit_lines(
    hit: Hit | None,
    count: int,
    ni: bool,
    keys: Mapping[str, str],
    s: Strings,
    size: tuple[int, int],
) -> list[Line]:
    """The phrase that matters now, its class, clause and better wording.

    Args:
        count: marked phrases in all.
        ni: whether the customer is called 你 somewhere.
        keys: shown key of ``replace-phrase`` and ``dismiss-phrase``.
        size: width and height of the strip in cells.
    """
    width, height = size
    if hit is None:
        if ni:
            return [Line((("▌ ", "warn"), (f"◐ {s('call.strip.ni')}", "warn")), FILL)]
        return [line((s("call.strip.clean"), "quiet"))]
    category = f"category.{hit.rule.category}"
    name = s(category) if category in s else hit.rule.category
    more = f"  {s('call.strip.rest', count=count - 1)}" if count > 1 else ""
    quote = s("call.strip.quote", text=fit(hit.text, max(8, width - 30)))
    first = Line(
        (
            ("▌ ", "bad"),
            (f"▲ {name}  ", "bad bold"),
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
    start: list[Piece] = [("▌ ", "bad"), ("→ ", "strip-text"), (better, "strip-text bold")]
    if roomy:
        return [first, Line(tuple(start), FILL), Line((("▌ ", "bad"), (tail, "accent")), FILL)]
    pad = " " * max(1, width - 4 - cell_len(better) - cell_len(tail) - 1)
    return [first, Line((*start, (pad, ""), (tail, "accent")), FILL)]


def advice_lines(text: str, rule: str, again: str, width: int) -> list[Line]:
    """A guard's advice, its clause, and how to go on all the same."""
    first = Line(
        (("▌ ", "bad"), ("▲ ", "bad bold"), (fit(text, width - 5), "strip-text bold")), FILL
    )
    second = Line((("▌ ", "bad"), (f"{rule}  ", "accent"), (again, "strip-text")), FILL)
    return [first, second]
