"""Why a clock of an order is due when it is: the sum of the clock that is shown, no other."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from agentdesk.config import Config
from agentdesk.desk.demo import MovingClock
from agentdesk.desk.snapshot import Profile
from agentdesk.desk.ticket_views import TicketCard
from agentdesk.domain.sla.state import History, plan
from agentdesk.domain.ticket import commands as c
from agentdesk.locations import Locations
from agentdesk.standards.loader import PackRegistry
from agentdesk.strings import Strings
from agentdesk.tui.main import open_desk
from agentdesk.tui.panels.board_clocks import why_lines
from agentdesk.tui.panels.common import View
from tests.tui.conftest import AT

ZONE = ZoneInfo("Asia/Shanghai")


def card(folder: Path) -> TicketCard:
    """A complaint at 14:30 whose first response is due two hours later."""
    places = Locations.under(folder)
    desk = open_desk(Config(pack="C5"), places, lambda: PackRegistry(None), clock=MovingClock(AT))
    try:
        desk.set_profile(Profile("8012", "", "示例", "C5", "zh-CN"))
        ticket = desk.tickets.new_id()
        known = {"category": "complaint", "tier": "gold", "network": "mobile", "surname": "赵"}
        assert desk.tickets.open(c.Open(ticket, known, "乱扣费")).problem is None
        found = desk.tickets.card(ticket)
        assert found is not None
        return found
    finally:
        desk.close()


def test_the_sum_ends_at_the_due_time_that_is_shown(tmp_path: Path) -> None:
    found = card(tmp_path)
    view = View(Strings("zh-CN"), AT, ZONE)
    clock = next(each for each in found.clocks if each.running)
    marks = tuple((name, at - timedelta(hours=1)) for name, at in clock.history.marks)
    other = plan(clock.choice.clock, History(marks, clock.history.pauses))
    assert other.due != clock.plan.due
    shown = " ".join(line.text for line in why_lines([replace(clock, plan=other)], view, 200))
    usual = " ".join(line.text for line in why_lines([clock], view, 200))
    assert "14:30" in usual and "14:30" not in shown
    assert "13:30" in shown
