"""The ring banner: who calls, for how long, against the standard's limit."""

from __future__ import annotations

from agentdesk.desk.snapshot import Snapshot
from agentdesk.domain.call.timers import Level, level_of
from agentdesk.tui.panels.common import View, span
from agentdesk.tui.widgets.banner import BannerLine

_TONE = {Level.RUNNING: "accent", Level.WARN: "warn", Level.OVER: "bad"}


def show_ringing(banner: BannerLine, snapshot: Snapshot, view: View, key: str, answer: str) -> None:
    """Show every ringing call, the oldest first; take down those that ended."""
    s = view.s
    wanted = {f"ring-{call.id}" for call in snapshot.ringing}
    for key_id in [name for name in banner.ids() if name.startswith("ring-")]:
        if key_id not in wanted:
            banner.clear(key_id)
    for call in snapshot.ringing:
        clock = snapshot.pack_of(call.id).clock("ring")
        elapsed = view.now - call.offered_at
        level = Level.RUNNING
        text = f"{view.number(call.number)}  {call.name}  {span(elapsed)}"
        if clock is not None:
            level = level_of(elapsed, clock.limit_seconds, clock.warn_seconds)
            limit = s("call.timer.limit", limit=f"{clock.limit_seconds} s")
            text += f" / {limit}" if level is not Level.OVER else f"  ▲ {s('call.timer.late')}"
        title = s("banner.ring")
        banner.show(f"ring-{call.id}", title, text, key=key, action=answer, tone=_TONE[level])
