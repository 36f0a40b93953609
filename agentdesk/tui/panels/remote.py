"""How things stand with the server, in words: the header's state, what waits, what was refused."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from agentdesk.desk.remote_views import Held
from agentdesk.desk.snapshot import Moment
from agentdesk.domain.pack import Pack
from agentdesk.strings import Strings
from agentdesk.tui.cells import cell_len, fit, pad, wrap
from agentdesk.tui.panels.common import View
from agentdesk.tui.panels.kept import kept_texts
from agentdesk.tui.panels.today import moment_text
from agentdesk.tui.widgets.lines import Line, line, safe

if TYPE_CHECKING:
    from agentdesk.sync.status import Status

_LONG = 500
"""Characters of one text that are shown; all of them are copied."""


def age(length: timedelta) -> str:
    """A time as short as the header needs it: ``3s``, ``4m``, ``2h``, ``5d``."""
    seconds = max(0, int(length.total_seconds()))
    for size, unit in ((86400, "d"), (3600, "h"), (60, "m")):
        if seconds >= size:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def held_words(held: Held, view: View, pack: Pack) -> str:
    """What an event says, in one sentence."""
    name = f"event.{held.kind}"
    if name not in view.s:
        return held.kind
    if held.kind.startswith("ticket."):
        from agentdesk.desk.ticket_views import TicketMoment
        from agentdesk.tui.panels.board_detail import moment_words

        moment = TicketMoment(held.at, held.kind, held.actor, "", dict(held.body))
        return moment_words(moment, pack, view.s)
    return moment_text(Moment(held.at, held.kind, held.actor, held.body), view, pack)


def why(held: Held, status: Status | None, s: Strings) -> str:
    """Why it waits, or was not accepted; an unknown reason is shown as it came."""
    if not held.verdict:
        return s(f"wait.{_wait(held, status)}", who=held.actor)
    for key in (f"verdict.{held.reason}", f"verdict.{held.verdict}"):
        if key in s:
            return s(key, who=held.actor)
    return held.reason or held.verdict


def _wait(held: Held, status: Status | None) -> str:
    """What an event waits for: a server, a person, the network."""
    if status is None or status.state.value == "local":
        return "local"
    waits = (x.params.get("actor") for x in status.reasons if x.code == "waits_for")
    if held.actor in waits:
        return "person"
    return status.state.value if status.state.value in ("offline", "refused") else "sending"


def held_line(
    held: Held, status: Status | None, view: View, pack: Pack, width: int, *, selected: bool
) -> Line:
    """One row: when, what, why."""
    refused = bool(held.verdict)
    when = pad(_when(held.at, view), 12)
    words = safe(held_words(held, view, pack))
    left = width - 4 - 12 - 2
    reason = fit(safe(why(held, status, view.s)), max(12, width // 3, left - cell_len(words)))
    room = max(4, left - cell_len(reason))
    ink = "bright" if selected else "text"
    return line(
        ("▌ " if selected else "  ", "accent"),
        ("▲ " if refused else "◐ ", "bad" if refused else "warn"),
        (when, "quiet"),
        (pad(words, room), ink),
        (f"  {reason}", "bad" if refused else "quiet"),
        fill="on-selected" if selected else "",
    )


def _when(at: datetime, view: View) -> str:
    """``14:20`` today, ``03-09 14:20`` before."""
    local = at.astimezone(view.zone)
    today = view.now.astimezone(view.zone).date()
    return f"{local:%H:%M:%S}" if local.date() == today else f"{local:%m-%d %H:%M}"


def detail_lines(
    held: Held, status: Status | None, view: View, pack: Pack, width: int
) -> list[Line]:
    """One of them in full: what, why, and every text that is kept."""
    s = view.s
    head = s("remote.held", at=_when(held.at, view), who=held.actor)
    lines = [line((fit(safe(f"{head}  {held_words(held, view, pack)}"), width), "bright bold"))]
    role = "bad" if held.verdict else "warn"
    lines += [line((safe(part), role)) for part in wrap(why(held, status, s), width)[:2]]
    for name, text in kept_texts(held, view, pack):
        shown = safe(text if len(text) <= _LONG else f"{text[:_LONG]}…")
        lines += [line((part, "text")) for part in wrap(f"{name}: {shown}", max(8, width))]
    return lines


def copied(held: Held, status: Status | None, view: View, pack: Pack) -> str:
    """The same as text, whole."""
    head = view.s("remote.held", at=_when(held.at, view), who=held.actor)
    parts = [f"{head}  {held_words(held, view, pack)}", why(held, status, view.s)]
    parts += [f"{name}: {text}" for name, text in kept_texts(held, view, pack)]
    return "\n".join(parts)
