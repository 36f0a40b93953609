"""Above the board's list: which one it is, how many are late, which states there are."""

from __future__ import annotations

from collections.abc import Callable

from agentdesk.errors import SlaError
from agentdesk.strings import Strings
from agentdesk.tui.cells import cell_len, fit, wrap
from agentdesk.tui.panels.board_items import MARK, Standing
from agentdesk.tui.panels.board_lists import SAVED, STATES, Listing, Spot
from agentdesk.tui.widgets.lines import Line, Piece, line, safe


def view_name(spot: Spot, s: Strings) -> str:
    """What a list is called."""
    if spot.view.startswith(SAVED):
        return spot.view.removeprefix(SAVED)
    if spot.view == "group":
        return spot.group[2]
    return s(f"board.view.{spot.view}")


def title_line(
    listing: Listing,
    spot: Spot,
    counts: tuple[int, int],
    problem: SlaError | None,
    s: Strings,
    width: int,
) -> Line:
    """``我的工单 10   ▲ 超时 2  ◐ 将超 1   / 王女士``."""
    pieces: list[Piece] = [
        (safe(view_name(spot, s)), "bright bold"),
        (f" {_total(listing, s)}", "bright"),
    ]
    if listing.pending:
        pieces.append((f"   {s('board.pending')}", "warn"))
    for standing, count in zip((Standing.LATE, Standing.WARN), counts, strict=True):
        if count > 0:
            glyph, role = MARK[standing]
            word = s(f"board.level.{standing.value}")
            pieces.append((f"   {glyph} {word} {count}", f"{role} bold"))
    if problem is not None:
        title, _ = s.error(problem)
        pieces.append((f"   ▲ {safe(title)}", "bad bold"))
    if spot.query.strip():
        pieces += [("   / ", "accent"), (safe(spot.query.strip()), "bright")]
    if listing.rule:
        used = sum(cell_len(text) for text, _ in pieces)
        if used + cell_len(listing.rule) + 3 <= width:
            pieces.append((f"   {listing.rule}", "accent"))
    return line(*pieces)


def _total(listing: Listing, s: Strings) -> str:
    return s("board.more", count=listing.total - 1) if listing.more else str(listing.size)


def state_line(listing: Listing, spot: Spot, s: Strings, width: int) -> Line:
    """The states one can look at alone with their numbers; of a queue what it says of itself."""
    if not spot.staged:
        text = listing.remark or s(f"board.about.{spot.view}")
        return line((fit(text, width - 1), "quiet"))
    pieces: list[Piece] = []
    for state in STATES:
        word = s(f"board.state.{state}") if state else s("board.state.any")
        here = state == spot.state
        text = f" {word}{_count(listing, state)} "
        pieces += [(text, "bright bold on-selected" if here else "quiet"), (" ", "text")]
    return line(*pieces)


def _count(listing: Listing, state: str) -> str:
    """`` 3``: how many rows a state has, promises and callbacks among all of them."""
    if listing.states is None:
        return ""
    if not state:
        return f" {sum(listing.states.values()) + listing.owing}"
    count = listing.states.get(state, 0)
    return f" {count}" if count else ""


def empty_lines(spot: Spot, key: Callable[[str], str], s: Strings) -> tuple[Line, ...]:
    """Why there is nothing, and what to do next."""
    if spot.query.strip():
        text = s("board.none.query", key="Esc", views=key("board-views"))
    elif spot.state:
        text = s("board.none.state", before=key("state-before"), next=key("next-state"))
    elif spot.view.startswith(SAVED):
        text = s("board.none.saved", views=key("board-views"))
    else:
        text = s(f"board.none.{spot.view}", new=key("new-order"), views=key("board-views"))
    return (Line(), *(line((f" {part}", "quiet")) for part in wrap(text, 66)))
