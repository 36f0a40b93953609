"""Which situation a call is in, and a line with its slots filled."""

from __future__ import annotations

from datetime import datetime

from agentdesk.desk.snapshot import Snapshot
from agentdesk.domain.call.gaps import gaps
from agentdesk.domain.call.guide import slots
from agentdesk.domain.call.state import Call
from agentdesk.domain.call.timers import answered_late, long_hold
from agentdesk.domain.pack import Line, Pack
from agentdesk.domain.scripts import WEEKEND_WORD, Filled, Situation, daypart_word, fill, situation
from agentdesk.strings import Strings
from agentdesk.tui.panels.common import View
from agentdesk.tui.panels.today import field_title


def situation_of(snapshot: Snapshot, local: datetime) -> Situation:
    """What holds now for the choice of a line.

    Args:
        local: the present instant in the centre's zone.
    """
    call, pack = snapshot.call, snapshot.pack
    return situation(
        local,
        "outbound" if call and call.direction == "outbound" else "inbound",
        holiday=snapshot.china.holiday_name(local.date()),
        late=bool(call and answered_late(call, pack)),
        # Who has no name here is greeted like a new customer: there is nothing to call them by.
        known=bool(snapshot.known and snapshot.known.exact and call and call.customer),
        promised=bool(call and any(p.call_id == call.id for p in snapshot.promises)),
        long_hold=bool(call and long_hold(call, pack)),
        keeps=bool(call and call.owed == "promise"),
        china=snapshot.china,
    )


def fill_line(
    line: Line, call: Call | None, snapshot: Snapshot, local: datetime, s: Strings
) -> Filled:
    """A line with the values of ``call``; what is missing is a visible blank."""
    profile = snapshot.profile
    today, china = local.date(), snapshot.china
    weekend = WEEKEND_WORD if today.weekday() >= 5 and not china.is_workday(today) else ""
    wish = china.holiday_name(today) or weekend
    given = {
        "company": profile.company,
        "agent_no": profile.agent_no,
        "agent_name": profile.agent_name,
        "daypart": daypart_word(local),
        "holiday": wish,
    }

    def blank(slot: str) -> str:
        key = f"call.slot.{slot}"
        return s("call.blank", name=s(key) if key in s else slot)

    return fill(line.text, slots(call, line, given, snapshot.pack), blank)


def gap_titles(call: Call | None, view: View, pack: Pack) -> list[str]:
    """Names of what the record still lacks, the disposition left out."""
    keys = gaps(call, pack, disposition="-") if call else ()
    return [field_title(key, view, pack) for key in keys]
