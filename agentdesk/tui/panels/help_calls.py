"""Colleagues' calls for help on a leader's console: who, why, how long, and whether it is taken.

The standards say "at once" without a figure; :data:`SOON` and ``HELP_LATE`` are the console's.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from agentdesk.desk.snapshot import Snapshot
from agentdesk.domain.followups import EscalationView
from agentdesk.tui.cells import fit, pad, wrap
from agentdesk.tui.panels.common import View, span
from agentdesk.tui.panels.right import HELP_LATE
from agentdesk.tui.widgets.banner import BannerLine
from agentdesk.tui.widgets.lines import Line, line, safe

SOON = timedelta(seconds=30)
"""A call for help that waits so long is nearly late (F6-4.3-manager-contacts-at-once)."""

_NOTICE = "help-calls"
_WIDE = 110
"""Cells of a row that has room for the proposal, too."""


def for_me(snapshot: Snapshot) -> tuple[EscalationView, ...]:
    """Calls for help that wait for a leader, those longest waiting first, emergencies before all.

    One that was taken here stays until the server has said who was first.
    """
    me = snapshot.profile.agent_no
    found = [item for item in snapshot.escalations if item.raised_by != me and open_for(item, me)]
    return tuple(sorted(found, key=lambda x: (x.state != "sent", not x.emergency, _since(x), x.id)))


def open_for(item: EscalationView, me: str) -> bool:
    """Nobody has taken it, or ``me`` has and nobody has confirmed it."""
    mine = item.state == "taken" and item.taker == me and not item.confirmed
    return item.state == "sent" or mine


def settled(snapshot: Snapshot) -> tuple[EscalationView, ...]:
    """Those of others that are over, newest first."""
    me = snapshot.profile.agent_no
    return tuple(x for x in snapshot.escalations if x.raised_by != me and not open_for(x, me))


def _since(item: EscalationView) -> datetime:
    return item.sent_at or item.raised_at


def waited(item: EscalationView, now: datetime) -> timedelta:
    """How long it waits, or waited until it was taken; never less than nothing."""
    end = item.taken_at if item.taken_at is not None else now
    return max(timedelta(), end - _since(item))


def mark(item: EscalationView, now: datetime) -> tuple[str, str]:
    """Glyph and role of its acknowledgement clock."""
    if item.state == "withdrawn":
        return "○", "quiet"
    if item.state == "taken":
        return ("✓", "good") if item.confirmed else ("◐", "accent")
    length = waited(item, now)
    if item.emergency or length >= HELP_LATE:
        return "▲", "bad"
    return ("◐", "warn") if length >= SOON else ("●", "accent")


def raiser(item: EscalationView, snapshot: Snapshot) -> str:
    """Work number and name of whoever called."""
    return f"{item.raised_by} {snapshot.names.get(item.raised_by, '')}".strip()


def reason(item: EscalationView, snapshot: Snapshot, view: View) -> str:
    """Why they called, in the words of the standard."""
    found = next((x for x in snapshot.pack.reasons if x.key == item.reason), None)
    return found.title.get(view.s.language) if found else item.reason


def level(item: EscalationView, snapshot: Snapshot, view: View) -> str:
    """Whom they called."""
    found = next((x for x in snapshot.pack.levels if x.key == item.level), None)
    return found.title.get(view.s.language) if found else item.level


def standing(item: EscalationView, view: View) -> str:
    """How it stands, in words with its figure."""
    if item.state == "withdrawn":
        return view.s("help.withdrawn")
    if item.state == "taken":
        key = "help.taken" if item.confirmed else "help.unconfirmed"
        return view.s(key, by=item.taken_by)
    figure = span(waited(item, view.now))
    late = waited(item, view.now) >= HELP_LATE
    return view.s("help.late" if late else "help.waiting", time=figure)


def show_help(
    banner: BannerLine, snapshot: Snapshot, view: View, *, lead: bool, key: str, action: str
) -> None:
    """Show the call for help that waits longest, or take the banner down."""
    waiting = [item for item in for_me(snapshot) if item.state == "sent"] if lead else []
    if not waiting:
        banner.clear(_NOTICE)
        return
    item = waiting[0]
    s = view.s
    glyph, role = mark(item, view.now)
    title = s("help.emergency" if item.emergency else "help.title")
    if len(waiting) > 1:
        title += f" {len(waiting)}"
    text = "  ".join(
        (
            f"{glyph} {standing(item, view)}",
            raiser(item, snapshot),
            f"{reason(item, snapshot, view)} → {level(item, snapshot, view)}",
            " ".join(item.proposal.split()),
        )
    )
    banner.show(_NOTICE, title, text, key=key, action=action, tone=role)


def row_line(
    item: EscalationView, snapshot: Snapshot, view: View, width: int, *, selected: bool
) -> Line:
    """One row of the list: clock, who, why and to whom; where there is room, what they propose."""
    glyph, role = mark(item, view.now)
    clock = 26 if width >= 70 else 18
    state = pad(standing(item, view), clock)
    over = not open_for(item, snapshot.profile.agent_no)
    ink = "quiet" if over else "bright" if selected else "text"
    who = pad(safe(raiser(item, snapshot)), 14)
    room = max(4, width - 6 - clock - 15)
    why = safe(f"{reason(item, snapshot, view)} → {level(item, snapshot, view)}")
    first = room if width < _WIDE else room * 5 // 8
    return line(
        ("▌ " if selected else "  ", "accent"),
        (f"{glyph} ", role),
        (f"{state} ", "quiet" if over else role),
        (f"{who} ", ink),
        (pad(why, first), ink),
        (fit(safe("  " + " ".join(item.proposal.split())), room - first), "quiet"),
        fill="on-selected" if selected else "",
    )


def detail_lines(
    item: EscalationView | None, snapshot: Snapshot, view: View, width: int
) -> list[Line]:
    """The chosen one in full."""
    if item is None:
        return []
    s = view.s
    since = view.clock(_since(item))
    head = s("help.raised", who=raiser(item, snapshot), at=since, level=level(item, snapshot, view))
    lines = [line((fit(safe(head), width), "bright bold"))]
    why = s("help.why", reason=reason(item, snapshot, view))
    lines.append(line((fit(safe(why), width), "text")))
    if item.report_owed:
        lines.append(line((fit(s("call.esc.owed"), width), "bad")))
    others = [each for each in item.claims if each != item.taker]
    if others:
        lost = s("help.also", who=_names(others, snapshot))
        lines.append(line((fit(safe(lost), width), "quiet")))
    proposal = s("call.esc.proposal", proposal=item.proposal)
    lines += [line((safe(part), "text")) for part in wrap(proposal, max(8, width))]
    return lines


def _names(numbers: Sequence[str], snapshot: Snapshot) -> str:
    return ", ".join(f"{each} {snapshot.names.get(each, '')}".strip() for each in numbers)
