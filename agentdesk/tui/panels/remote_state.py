"""How things stand with the server: the header's words, standing banners, the facts of a dialog."""

from __future__ import annotations

from datetime import datetime, timedelta

from agentdesk.domain.moments import from_ms
from agentdesk.strings import Strings
from agentdesk.sync.status import Reason, State, Status
from agentdesk.tui.cells import cell_len, wrap
from agentdesk.tui.panels.common import View
from agentdesk.tui.panels.remote import age
from agentdesk.tui.widgets.banner import BannerLine
from agentdesk.tui.widgets.lines import Line, line, safe

CLOCK_OFF_MS = 120_000
"""A clock that is further off than this is said to be wrong."""

_SIGNED_OUT = frozenset({"signed_out", "refused"})
_NOTICES = {"wrong_site": "site", "loop": "loop", "signed_out": "refused", "refused": "refused"}
"""Reasons that stand in the banner, with the name of their words; the others are in the header."""

_MOST_REASONS = 3


def state_words(status: Status, now: datetime, s: Strings) -> tuple[str, str]:
    """Glyph and words of the header; never better than what is known."""
    codes = {reason.code for reason in status.reasons}
    if status.state is State.LOCAL:
        return "good", s("sync.local")
    if status.state is State.REFUSED:
        return "bad", s("remote.signed_out" if codes & _SIGNED_OUT else "remote.stuck")
    if status.state is State.RESET:
        return "warn", s("remote.resetting")
    if status.state is State.OFFLINE:
        since = status.contact or status.since
        return "quiet", s("remote.offline", age=age(passed(status, since, now)))
    if status.state is State.SENDING or status.waiting:
        return "warn", s("remote.sending", count=status.waiting)
    if status.streaming:
        return "good", s("remote.live")
    return "good", s("remote.synced", age=age(passed(status, status.contact, now)))


def passed(status: Status, since: int, now: datetime) -> timedelta:
    """Time since an instant of the server's clock; the wall clock here may be wrong."""
    return now - timedelta(milliseconds=status.offset_ms) - from_ms(since)


def show_state(banner: BannerLine, status: Status, view: View, key: str, action: str) -> None:
    """Notices that stand as long as their cause; a ring or a call for help goes before them."""
    s = view.s
    wanted: dict[str, tuple[str, str, str]] = {}
    if status.state is not State.LOCAL:
        for reason in status.reasons:
            name = _NOTICES.get(reason.code)
            if name is not None and (name != "refused" or status.state is State.REFUSED):
                title, text = s(f"remote.{name}.title"), s(f"remote.{name}.text")
                wanted.setdefault(f"sync-{name}", (title, text, "bad"))
        if abs(status.offset_ms) > CLOCK_OFF_MS:
            way = "fast" if status.offset_ms > 0 else "slow"
            text = s(f"remote.clock.{way}", time=length(status.offset_ms))
            wanted["sync-clock"] = (s("remote.clock.title"), text, "warn")
    for key_id in [name for name in banner.ids() if name.startswith("sync-")]:
        if key_id not in wanted:
            banner.clear(key_id)
    for key_id, (title, text, tone) in wanted.items():
        banner.show(key_id, title, text, key=key, action=action, tone=tone, lasting=True)


def length(offset_ms: int) -> str:
    """How far a clock is off: ``3 min``, ``26 h``, ``12 d``."""
    minutes = abs(offset_ms) // 60_000
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 120 * 60 else f"{minutes // 1440} d"


def facts(status: Status | None, server: str, view: View, width: int) -> list[Line]:
    """State, server, last contact and reasons; a long reason goes on below itself."""
    s = view.s
    if status is None or status.state is State.LOCAL:
        return [line(("● ", "good"), (s("sync.local"), "good")), line((s("remote.none"), "quiet"))]
    glyph, words = state_words(status, view.now, s)
    marks = {"good": "●", "warn": "◐", "bad": "▲", "quiet": "○"}
    contact = s("remote.contact.never")
    if status.contact:
        contact = s("remote.contact.ago", age=age(passed(status, status.contact, view.now)))
    first = [(f"{marks[glyph]} ", glyph), (words, f"{glyph} bold")]
    first += [(f"   {s('remote.contact')} ", "quiet"), (contact, "text")]
    if abs(status.offset_ms) > CLOCK_OFF_MS:
        first.append((f"   {s('remote.offset', time=length(status.offset_ms))}", "warn"))
    lines = [line(*first)]
    who = f"   {status.person}" if status.person else ""
    lines.append(line((f"{s('remote.server')} ", "quiet"), (safe(f"{server}{who}"), "text")))
    # Reading and sending often fail for the same reason; it is said once.
    why = dict.fromkeys(reason_words(reason, s) for reason in status.reasons)
    for words in list(why)[:_MOST_REASONS]:
        lead = f"{s('remote.why')} "
        parts = wrap(words, max(8, width - cell_len(lead)))
        for part in parts:
            lines.append(line((lead, "quiet"), (safe(part), "text")))
            lead = " " * cell_len(lead)
    return lines


def reason_words(reason: Reason, s: Strings) -> str:
    """A reason in words; one we have no words for is named."""
    key = f"sync.reason.{reason.code}"
    if key not in s:
        return reason.code
    try:
        return s(key, **reason.params)
    except KeyError:  # a reason of a newer engine
        return reason.code
