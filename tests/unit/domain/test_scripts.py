"""Which line, with what words in it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from agentdesk.domain.pack import Line, Title
from agentdesk.domain.scripts import (
    CONDITIONS,
    Situation,
    daypart,
    daypart_word,
    facts,
    fill,
    fits,
    search,
    select,
    situation,
    suggest,
)

CHINA = timezone(timedelta(hours=8))
MORNING = Situation("inbound", "morning", weekend=False)


def line(name: str, text: str = "您好。", **changes: Any) -> Line:
    values: dict[str, Any] = {"rule": f"F6-4.1-{name}", "moment": "opening"} | changes
    title = values.pop("title", name)
    return Line(id=name, title=Title(title, name), text=text, **values)


def blank(slot: str) -> str:
    return f"〔{slot}?〕"


@pytest.mark.parametrize(
    ("hour", "minute", "part", "word"),
    [
        (4, 59, "night", "晚上好"),
        (5, 0, "morning", "早上好"),
        (8, 59, "morning", "早上好"),
        (9, 0, "morning", "上午好"),
        (11, 59, "morning", "上午好"),
        (12, 0, "noon", "中午好"),
        (14, 0, "afternoon", "下午好"),
        (17, 59, "afternoon", "下午好"),
        (18, 0, "evening", "晚上好"),
        (22, 59, "evening", "晚上好"),
        (23, 0, "night", "晚上好"),
        (0, 0, "night", "晚上好"),
    ],
)
def test_parts_of_the_day(hour: int, minute: int, part: str, word: str) -> None:
    now = datetime(2026, 11, 23, hour, minute, tzinfo=CHINA)
    assert daypart(now) == part
    assert daypart_word(now) == word


@pytest.mark.parametrize(
    ("day", "weekend"),
    [
        (datetime(2026, 11, 21, 10, tzinfo=CHINA), True),
        (datetime(2026, 11, 23, 10, tzinfo=CHINA), False),
        (datetime(2026, 10, 10, 10, tzinfo=CHINA), False),  # Saturday, made up
        (datetime(2026, 10, 1, 10, tzinfo=CHINA), False),  # a holiday on a Thursday
    ],
)
def test_a_made_up_saturday_is_no_weekend(day: datetime, weekend: bool) -> None:
    assert situation(day, "inbound", holiday=None).weekend is weekend


def test_situation_wants_a_time_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        situation(datetime(2026, 11, 23), "inbound", holiday=None)


def test_every_condition_has_a_fact_among_its_values() -> None:
    held = facts(MORNING)
    assert held.keys() == CONDITIONS.keys()
    assert all(held[name] <= set(values) for name, values in CONDITIONS.items())


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ({}, True),
        ({"direction": ("inbound",), "daypart": ("morning", "noon")}, True),
        ({"direction": ("outbound",)}, False),
        ({"holiday": ("no",), "late": ("no",)}, True),
        ({"holiday": ("yes",)}, False),
        ({"weather": ("sunny",)}, False),
    ],
)
def test_fits(when: dict[str, tuple[str, ...]], expected: bool) -> None:
    assert fits(line("a", when=when), MORNING) is expected


def test_a_holiday_fits_by_kind_and_by_name() -> None:
    festival = Situation("inbound", "morning", weekend=False, holiday="春节")
    assert fits(line("a", when={"holiday": ("yes",)}), festival)
    assert fits(line("a", when={"holiday": ("春节",)}), festival)
    assert not fits(line("a", when={"holiday": ("国庆节",)}), festival)


def test_select_puts_the_most_specific_line_first() -> None:
    lines = [
        line("plain-2", order=2),
        line("plain-1", order=1),
        line("late", order=9, when={"late": ("yes",)}),
        line("late-morning", order=50, when={"late": ("yes",), "daypart": ("morning",)}),
        line("evening", when={"daypart": ("evening",)}),
        line("other", moment="closing"),
    ]
    late = Situation("inbound", "morning", weekend=False, late=True)
    ids = [item.id for item in select(lines, "opening", late)]
    assert ids == ["late-morning", "late", "plain-1", "plain-2"]


def test_fill_shows_values_and_blanks() -> None:
    filled = fill("{customer}{daypart}，{minutes}分钟内回复{customer}。", {"minutes": "30"}, blank)
    assert filled.text == "〔customer?〕〔daypart?〕，30分钟内回复〔customer?〕。"
    assert filled.missing == ("customer", "daypart")
    assert not filled.complete
    assert [part.slot for part in filled.parts if part.slot] == [
        "customer",
        "daypart",
        "minutes",
        "customer",
    ]


@pytest.mark.parametrize(
    ("text", "slots", "expected"),
    [
        ("{customer}您好", {"surname": "王", "title": "先生"}, "王先生您好"),
        ("{customer}您好", {"surname": "王"}, "〔customer?〕您好"),
        ("{surname}先生", {"surname": " \u200b"}, "〔surname?〕先生"),
        ("{surname}先生", {"surname": "\x1b[31m王"}, "[31m王先生"),
        ("{ surname }先生{}{", {"surname": "王"}, "王先生"),
        ("", {}, ""),
    ],
)
def test_fill_edges(text: str, slots: dict[str, str], expected: str) -> None:
    assert fill(text, slots, blank).text == expected


LINES = [
    line("inbound-greeting", "您好，{company}很高兴为您服务。", title="开场语", order=1),
    line("night-greeting", "您好，这么晚还来电。", title="夜间开场语", order=2),
    line("hold", "请您稍等，我为您查询。", title="请稍候", moment="hold", rule="B3-2.3-hold"),
    line(
        "sorry", "非常抱歉，给您添麻烦了。", title="致歉", moment="emotion", hears=("投诉", "生气")
    ),
    line(
        "thanks", "感谢您的表扬。", title="感谢", moment="emotion", hears=("表扬", "投诉"), order=50
    ),
]


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("开场", ["inbound-greeting", "night-greeting"]),
        ("kcy", ["inbound-greeting", "night-greeting"]),
        ("KC", ["inbound-greeting", "night-greeting"]),
        ("麻烦", ["sorry"]),
        ("tmf", ["sorry"]),
        ("b3-2.3", ["hold"]),
        ("开场 晚", ["night-greeting"]),
        ("没有这句", []),
    ],
)
def test_search(query: str, ids: list[str]) -> None:
    assert [item.id for item in search(LINES, query)] == ids


def test_search_for_nothing_gives_everything_and_english_titles_are_found() -> None:
    assert search(LINES, "  ") == LINES
    assert [item.id for item in search(LINES, "sorry", "en")] == ["sorry"]


def test_suggest_hears_the_customer_in_the_note() -> None:
    assert [item.id for item in suggest(LINES, "客户很生气，要投诉快递员")] == ["sorry", "thanks"]
    assert [item.id for item in suggest(LINES, "客户表扬\n投诉已撤")] == ["thanks", "sorry"]
    assert suggest(LINES, "普通查询") == []
