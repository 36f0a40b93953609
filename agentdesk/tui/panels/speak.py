"""The speak panel: the one sentence to say now, large, filled in."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

from agentdesk.domain.call.guide import Guide
from agentdesk.domain.scripts import Filled
from agentdesk.strings import Strings
from agentdesk.tui.cells import cell_len, fit, wrap, wrap_offsets
from agentdesk.tui.widgets.lines import Line, Piece, line

RULE: Piece = ("▌ ", "accent")
FILL = "on-panel"


def speak_lines(
    guide: Guide,
    filled: Filled | None,
    idle: Sequence[str],
    keys: Mapping[str, str],
    s: Strings,
    size: tuple[int, int],
) -> list[Line]:
    """The panel's rows.

    Args:
        filled: the line with its slots; None when there is nothing to say.
        idle: what stands there instead.
        keys: first key of ``said`` and ``scripts`` as shown to people.
        size: width and height in cells.
    """
    width, height = size
    if guide.line is None or filled is None:
        parts = [part for text in idle for part in wrap(text, width - 4)]
        rows = [Line((RULE, (part, "text")), FILL) for part in parts]
        return [line((s("call.panel.say"), "quiet")), *_box(rows, height - 1)]
    place = f" · {guide.index}/{guide.total}"
    used = cell_len(s("call.panel.say") + place + guide.line.rule) + 4
    title = fit(guide.line.title.get(s.language), max(4, width - used))
    head = line(
        (s("call.panel.say"), "quiet"),
        ("  ", "quiet"),
        (title, "text"),
        (place, "quiet"),
        ("  ", "quiet"),
        (guide.line.rule, "accent"),
    )
    rows = [Line((RULE, *row), FILL) for row in _wrapped(filled, width - 4)]
    hint: list[Piece] = [RULE]
    for command, label in keys.items():
        hint += [(f"{command} ", "accent"), (f"{label}   ", "quiet")]
    if guide.coming and width > 56:
        coming = guide.coming[0].title.get(s.language)
        used = sum(len(text) for text, _ in hint) + 14
        hint.append((fit(f"{s('call.panel.next')} {coming}", max(0, width - used - 10)), "quiet"))
    room = height - 2
    return [head, *_box(rows, room), Line(tuple(hint), FILL)]


def _box(rows: list[Line], height: int) -> list[Line]:
    """Rows on the panel's surface, filled up to ``height``."""
    empty = Line((RULE,), FILL)
    if len(rows) < height:
        rows = [empty, *rows] if height - len(rows) >= 2 else rows
    return [*rows, *[empty] * (height - len(rows))][: max(height, 1)]


def _wrapped(filled: Filled, width: int) -> list[list[Piece]]:
    """The sentence in lines of ``width`` cells; slots stand out, blanks most of all."""
    text = filled.text
    roles: list[str] = []
    for part in filled.parts:
        role = "warn bold" if part.missing else "accent bold" if part.slot else "bright bold"
        roles += [role] * len(part.text)
    offsets = [0, *wrap_offsets(text, width), len(text)]
    rows: list[list[Piece]] = []
    for start, end in itertools.pairwise(offsets):
        row: list[Piece] = []
        at = start
        while at < end:
            stop = at
            while stop < end and roles[stop] == roles[at]:
                stop += 1
            row.append((text[at:stop], roles[at]))
            at = stop
        rows.append(row)
    return rows
