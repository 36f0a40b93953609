"""What is kept of an event that waits or was not accepted: every word, no code, no number."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from agentdesk.desk.remote_views import Held
from agentdesk.domain.events import Body, EntityId
from agentdesk.standards.packfile import load_shipped
from agentdesk.strings import Strings
from agentdesk.tui.panels.common import View
from agentdesk.tui.panels.kept import kept_texts

NOW = datetime(2026, 3, 10, 1, 0, tzinfo=UTC)


def kept(kind: str, body: Body, language: str = "zh-CN") -> list[tuple[str, str]]:
    held = Held(
        NOW, kind, kind.partition(".")[0], EntityId("0" * 32), "8001", body, "refused", "role"
    )
    view = View(Strings(language), NOW, ZoneInfo("Asia/Shanghai"))
    return kept_texts(held, view, load_shipped("F6"))


def test_a_call_for_help_keeps_the_proposal_and_no_codes() -> None:
    body = {"level": "supervisor", "reason": "hostile", "call": "0" * 32, "proposal": "请主管来电"}
    assert kept("escalation.raised", body) == [("处理意见", "请主管来电")]
    assert kept("escalation.raised", body, "en") == [("Proposal", "请主管来电")]


@pytest.mark.parametrize(
    ("kind", "body", "shown"),
    [
        ("ticket.closed", {"at": 1, "reason": "客户着急"}, [("原因", "客户着急")]),
        ("ticket.paused", {"reason": "waiting_customer", "text": "等凭证"}, [("内容", "等凭证")]),
        ("ticket.corrected", {"wrong": "一公斤", "right": "半公斤"},
         [("原来的说法", "一公斤"), ("正确的说法", "半公斤")]),
        ("call.set", {"set": {"category": "complaint", "note": "外箱压坏", "upset": "1"}},
         [("类别", "投诉"), ("记录", "外箱压坏")]),
        ("call.phrase", {"rule": "F6-1", "phrase": "不归我管", "where": "note", "reason": "误判"},
         [("原话", "不归我管"), ("原因", "误判")]),
        ("later.kind", {"novelty": "以后才有的"}, [("novelty", "以后才有的")]),
    ],
)  # fmt: skip
def test_what_somebody_wrote_is_kept_under_its_title(
    kind: str, body: Body, shown: list[tuple[str, str]]
) -> None:
    assert kept(kind, body) == shown


@pytest.mark.parametrize("name", ["number", "phone", "sender_phone"])
def test_numbers_of_customers_are_masked(name: str) -> None:
    pack = load_shipped("F6")
    if name == "sender_phone":
        name = next(f.key for f in pack.fields if f.sensitive and f.key not in ("phone", "number"))
    ((_, shown),) = kept("call.set", {"set": {name: "13800138000"}})
    assert "13800138000" not in shown and "00138" not in shown and shown
