"""When something happened, as it is typed."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentdesk.domain.sla.past import read_past
from agentdesk.errors import SlaError

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 10, 14, 30, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("现在", "2026-03-10T14:30"),
        (" now ", "2026-03-10T14:30"),
        ("-15m", "2026-03-10T14:15"),
        ("-2h30m", "2026-03-10T12:00"),
        ("-1d", "2026-03-09T14:30"),
        ("10分钟前", "2026-03-10T14:20"),
        ("1小时前", "2026-03-10T13:30"),
        ("半小时前", "2026-03-10T14:00"),
        ("1小时 20分钟 以前", "2026-03-10T13:10"),
        ("１４：２０", "2026-03-10T14:20"),
        ("昨天16:05", "2026-03-09T16:05"),
        ("前天 9:00", "2026-03-08T09:00"),
        ("3月9日14:00", "2026-03-09T14:00"),
        ("03-09 14:00", "2026-03-09T14:00"),
        ("12-31 23:59", "2025-12-31T23:59"),
        ("2026-01-05 9:00", "2026-01-05T09:00"),
    ],
)
def test_what_people_type(text: str, at: str) -> None:
    assert read_past(text, NOW, ZONE) == datetime.fromisoformat(at).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "sla.words.empty"),
        ("   ", "sla.words.empty"),
        ("昨天", "sla.words.unknown"),
        ("-", "sla.words.unknown"),
        ("前", "sla.words.unknown"),
        ("+15m", "sla.words.unknown"),
        ("x" * 61, "sla.words.unknown"),
        ("14:31", "sla.words.future"),
        ("2026-03-11 9:00", "sla.words.future"),
        ("25:00", "sla.words.impossible"),
        ("2-30 10:00", "sla.words.impossible"),
        ("0000-01-01 9:00", "sla.words.impossible"),
    ],
)
def test_what_means_nothing_is_said(text: str, problem: str) -> None:
    with pytest.raises(SlaError) as caught:
        read_past(text, NOW, ZONE)
    assert caught.value.code == problem


@given(st.text(max_size=70))
def test_whatever_is_typed_it_is_past_or_an_error(text: str) -> None:
    try:
        found = read_past(text, NOW, ZONE)
    except SlaError:
        return
    assert found <= NOW and found.utcoffset() == timedelta(hours=8)
