"""What the list of transfers says above its entries."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from agentdesk.strings import Strings
from agentdesk.sync.status import Reason, State, Status
from agentdesk.tui.panels.common import View
from agentdesk.tui.panels.remote_state import facts

NOW = datetime(2026, 3, 10, 1, 0, tzinfo=UTC)


def test_a_reason_two_errands_share_is_said_once() -> None:
    reasons = (Reason("network"), Reason("network"), Reason("busy"))
    status = Status(state=State.OFFLINE, reasons=reasons)
    view = View(Strings("zh-CN"), NOW, ZoneInfo("Asia/Shanghai"))
    said = [line.text for line in facts(status, "https://desk.example.com", view, 72)]
    assert len([text for text in said if "联系不上服务器，会自动再试" in text]) == 1
    assert any("服务器正忙" in text for text in said)
