"""Times as they are typed; it is Tuesday, 10 March 2026, 14:20."""

from __future__ import annotations

from datetime import datetime

import pytest

from agentdesk.domain.sla import Calendar
from agentdesk.domain.sla.words import read_time
from agentdesk.errors import SlaError
from agentdesk.strings import LANGUAGES, Strings

HOURS = [["09:00", "12:00"], ["13:30", "18:00"]]
CALENDAR = Calendar.from_dict(
    {
        "timezone": "Asia/Shanghai",
        "hours": {day: HOURS for day in ("mon", "tue", "wed", "thu", "fri")},
    }
)
NOW = datetime.fromisoformat("2026-03-10T14:20:00+08:00")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("+45m", "2026-03-10T15:05"),
        ("+2h30m", "2026-03-10T16:50"),
        ("＋１ｈ".replace("ｈ", "h"), "2026-03-10T15:20"),
        ("+1d", "2026-03-11T14:20"),
        ("半小时后", "2026-03-10T14:50"),
        ("两个半小时后", "2026-03-10T16:50"),
        ("二十分钟后", "2026-03-10T14:40"),
        ("3天后", "2026-03-13T14:20"),
        ("明天10:30", "2026-03-11T10:30"),
        ("明天　１０：３０", "2026-03-11T10:30"),
        ("后天下午3点半", "2026-03-12T15:30"),
        ("大后天 中午1点", "2026-03-13T13:00"),
        ("今晚8点", "2026-03-10T20:00"),
        ("明早九点", "2026-03-11T09:00"),
        ("晚上十二点", "2026-03-11T00:00"),
        ("24:00", "2026-03-11T00:00"),
        ("15:00", "2026-03-10T15:00"),
        ("下午3点", "2026-03-10T15:00"),
        ("周五 18:00", "2026-03-13T18:00"),
        ("星期五18:00", "2026-03-13T18:00"),
        ("下周一 9点", "2026-03-16T09:00"),
        ("下下周三 上午十点一刻", "2026-03-25T10:15"),
        ("周日 9点", "2026-03-15T09:00"),
        ("12月3日 9:00", "2026-12-03T09:00"),
        ("12月3日9:00", "2026-12-03T09:00"),
        ("12/3 9:00", "2026-12-03T09:00"),
        ("2027-01-05 9:00", "2027-01-05T09:00"),
        ("3个工作日", "2026-03-13T18:00"),
        ("十个工作日内", "2026-03-24T18:00"),
    ],
)
def test_what_is_typed(typed: str, expected: str) -> None:
    assert read_time(typed, NOW, CALENDAR) == datetime.fromisoformat(f"{expected}+08:00")


def test_a_date_without_a_year_may_be_in_the_next_but_not_far() -> None:
    december = datetime.fromisoformat("2026-12-20T14:20:00+08:00")
    assert read_time("1月5日 9:00", december, CALENDAR).year == 2027
    with pytest.raises(SlaError, match=r"sla\.words\.past") as caught:
        read_time("12月3日 9:00", december, CALENDAR)
    assert caught.value.params["nearest"] == "2027-12-03 9:00"


@pytest.mark.parametrize(
    ("typed", "code", "nearest"),
    [
        ("", "empty", None),
        ("　 ", "empty", None),
        ("尽快", "unknown", None),
        ("45m", "unknown", None),
        ("+", "unknown", None),
        ("3天", "unknown", None),
        ("明" * 500, "unknown", None),
        ("٣个工作日", "unknown", None),
        ("10:30", "past", "明天10:30"),
        ("周一 9点", "past", "下周一 9点"),
        ("2026-03-10 14:20", "past", ""),
        ("+0m", "past", ""),
        ("0个工作日", "past", ""),
        ("2099-01-01 9:00", "far", None),
        ("9999天后", "far", None),
        ("明天", "no_time", None),
        ("下周一", "no_time", None),
        ("明天3点", "unclear", None),
        ("2月30日 9:00", "impossible", None),
        ("25:00", "impossible", None),
        ("10:75", "impossible", None),
        ("上午15点", "impossible", None),
    ],
)
def test_what_is_refused_says_why(typed: str, code: str, nearest: str | None) -> None:
    with pytest.raises(SlaError) as caught:
        read_time(typed, NOW, CALENDAR)
    assert caught.value.code == f"sla.words.{code}"
    assert caught.value.params.get("nearest") == nearest
    for language in LANGUAGES:
        title, body = Strings(language).error(caught.value)
        assert title != caught.value.code
        assert len(body) < 250


def test_what_was_meant_can_be_typed_again() -> None:
    for typed in ("10:30", "周一 9点"):
        with pytest.raises(SlaError) as caught:
            read_time(typed, NOW, CALENDAR)
        assert read_time(str(caught.value.params["nearest"]), NOW, CALENDAR) > NOW


def test_the_present_needs_a_zone() -> None:
    with pytest.raises(SlaError, match=r"sla\.naive"):
        read_time("明天10:30", datetime(2026, 3, 10), CALENDAR)
