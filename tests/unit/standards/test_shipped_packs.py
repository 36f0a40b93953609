"""The packs that come with the program: sound, complete for a call, in their own words."""

from __future__ import annotations

import re
from itertools import product
from typing import Protocol

import pytest

from agentdesk.domain.pack import (
    CLOCK_IDS,
    MOMENTS,
    Guard,
    Mark,
    Match,
    Need,
    Pack,
    Severity,
    Title,
)
from agentdesk.domain.phrases import PhraseBook
from agentdesk.domain.scripts import Situation, select
from agentdesk.standards.clauses import load_clauses
from agentdesk.standards.lint import lint
from agentdesk.standards.loader import PackRegistry, load_shipped, shipped


class Titled(Protocol):
    """Anything with a name in both languages."""

    @property
    def title(self) -> Title: ...


REQUIRED_WORDS = {
    "slow-answer": ["抱歉"],
    "greeting-holiday": ["您好", "很高兴为您服务", "请问"],
    "greeting-weekend": ["您好", "很高兴为您服务", "请问"],
    "greeting-night": ["您好", "很高兴为您服务", "请问"],
    "inbound-greeting": ["您好", "很高兴为您服务", "请问"],
    "greeting-known": ["您好", "很高兴为您服务", "请问"],
    "outbound-callback": ["您好", "请问"],
    "outbound-confirm": ["您好", "请问"],
    "outbound-intro": ["您好", "{company}", "{agent_name}"],
    "track-query": ["运单号"],
    "state-bad-address": ["抱歉", "{branch}"],
    "state-stopped": ["{minutes}", "{branch}"],
    "state-light-damage": ["抱歉", "请问"],
    "state-heavy-damage": ["抱歉", "价值证明", "身份证复印件", "运单复印件"],
    "state-delay": ["抱歉"],
    "state-lost": ["抱歉", "价值证明", "身份证复印件", "运单复印件"],
    "agent-number": ["工号", "{agent_no}"],
    "agent-name": ["工号", "{agent_no}"],
    "agent-name-insist": ["工号", "{agent_no}", "抱歉"],
    "suggestion": ["感谢"],
    "apology": ["抱歉"],
    "customer-apologises": ["没关系"],
    "customer-thanks": ["不客气"],
    "angry-customer": ["理解"],
    "slow-agent": ["抱歉"],
    "complaint-attitude": ["抱歉"],
    "complaint-error": ["抱歉"],
    "own-error": ["感谢"],
    "brand-abuse": ["道歉", "{company}"],
    "cannot-answer": ["{minutes}", "电话"],
    "hold-system-slow": ["抱歉", "请您稍等"],
    "hold-query": ["请", "谢谢"],
    "equipment-fault": ["抱歉"],
    "hold-return": ["感谢", "{matter}"],
    "hold-return-long": ["感谢"],
    "idle-close": ["再见"],
    "anything-else": ["请问还有"],
    "closing-promise": ["再见"],
    "closing-holiday": ["{holiday}"],
    "closing": ["谢谢", "再见"],
}
"""What the catalogue says each F6 line must contain (``required_tokens`` and slots)."""


@pytest.fixture(params=shipped())
def pack(request: pytest.FixtureRequest) -> Pack:
    return load_shipped(request.param)


@pytest.fixture
def f6() -> Pack:
    return load_shipped("F6")


def test_every_shipped_pack_loads_without_a_problem() -> None:
    registry = PackRegistry()

    assert registry.check() == []
    assert set(registry.ids()) == set(shipped())


def test_the_real_checker_finds_nothing_wrong(pack: Pack) -> None:
    assert lint(pack) == ()


def test_every_banned_phrase_of_the_standard_is_found_as_written(pack: Pack) -> None:
    for rule in pack.phrases:
        # Some are legal in most places; what they are banned in is told by the examples.
        if rule.match in (Match.CONTEXT, Match.FREQUENCY, Match.VOCATIVE, Match.FILLER):
            continue
        for phrase in rule.phrases:
            assert PhraseBook([rule]).check(phrase), f"{rule.rule}: {phrase}"


def test_every_ban_offers_words_that_can_be_said_at_once(pack: Pack) -> None:
    for rule in pack.phrases:
        # The strongest mark is for insults; even there the agent may go on, with a reason.
        assert rule.severity is not Severity.BLOCK or rule.category == "insult"
        if rule.match is Match.LIST:
            continue
        assert rule.replacement.endswith(("。", "？", "！")), rule.rule
        assert "你" not in rule.replacement
        assert rule.cores or rule.match is not Match.PARTIAL


def test_each_standard_bans_what_its_text_bans_and_borrows_nothing() -> None:
    """74 rules of the catalogue forbid phrases; every one has its rule in its own pack."""
    banned = {
        clause.id
        for pack_id in shipped()
        for clause in load_clauses(pack_id)
        if clause.kind == "phrase_forbidden"
    }
    own = {rule.rule for pack_id in shipped() for rule in load_shipped(pack_id).phrases}

    assert len(banned) == 74
    assert banned - own == set()
    assert load_shipped("N2").phrases == ()


def test_titles_are_in_both_languages(pack: Pack) -> None:
    titled: tuple[Titled, ...] = (
        pack, *pack.lines, *pack.requirements, *pack.clocks, *pack.fields, *pack.categories,
        *pack.levels, *pack.reasons, *pack.dispositions, *pack.provisions,
    )  # fmt: skip
    for item in titled:
        assert re.search("[一-鿿]", item.title.zh), item
        assert item.title.en.isascii(), item
        assert re.search("[A-Za-z]", item.title.en), item


def test_no_real_name_or_number_is_in_a_pack(pack: Pack) -> None:
    for line in pack.lines:
        assert not re.search(r"\d{5,}", line.text), line.id


def test_a_call_can_be_ended_and_a_customer_addressed(pack: Pack) -> None:
    assert len(pack.dispositions) >= 2
    assert len({item.title.zh for item in pack.dispositions}) == len(pack.dispositions)
    assert pack.titles
    assert pack.callback_minutes > 0
    assert {Mark.GREETING, Mark.CLOSING} <= {mark for line in pack.lines for mark in line.marks}


@pytest.mark.parametrize("line_id", REQUIRED_WORDS)
def test_line_says_what_its_rule_demands(f6: Pack, line_id: str) -> None:
    line = f6.line(line_id)

    assert line is not None
    for word in REQUIRED_WORDS[line_id]:
        assert word in line.text


def test_lines_are_spoken_chinese_sentences(pack: Pack) -> None:
    for line in pack.lines:
        assert line.text.endswith(("。", "？", "！")), line.id
        assert not set(",.?!;") & set(line.text), line.id


def test_each_moment_of_a_call_has_something_to_say(pack: Pack) -> None:
    assert {line.moment for line in pack.lines} == set(MOMENTS)


@pytest.mark.parametrize("direction", ["inbound", "outbound"])
@pytest.mark.parametrize(("weekend", "holiday"), [(False, None), (True, None), (True, "国庆节")])
def test_every_situation_has_a_greeting_and_a_closing(
    pack: Pack, direction: str, weekend: bool, holiday: str | None
) -> None:
    dayparts = ("morning", "noon", "afternoon", "evening", "night")
    for daypart, flag in product(dayparts, (False, True)):
        now = Situation(
            direction,  # type: ignore[arg-type]
            daypart,  # type: ignore[arg-type]
            weekend,
            holiday,
            late=flag and direction == "inbound",
            promised=flag,
            long_hold=flag,
        )

        opening = select(pack.lines, "opening", now)
        assert [line for line in opening if Mark.GREETING in line.marks], now
        assert select(pack.lines, "return", now), now
        assert Mark.CLOSING in select(pack.lines, "closing", now)[0].marks, now


@pytest.mark.parametrize(
    ("now", "first"),
    [
        (Situation("inbound", "morning", False), "inbound-greeting"),
        (Situation("inbound", "night", False), "greeting-night"),
        (Situation("inbound", "morning", True), "greeting-weekend"),
        (Situation("inbound", "night", True, "国庆节"), "greeting-holiday"),
        (Situation("inbound", "morning", True, "国庆节", late=True), "slow-answer"),
        (Situation("outbound", "morning", False), "outbound-confirm"),
        (Situation("outbound", "morning", False, promised=True), "outbound-callback"),
    ],
)
def test_f6_opens_with_the_fitting_greeting(f6: Pack, now: Situation, first: str) -> None:
    assert select(f6.lines, "opening", now)[0].id == first


def test_a_plain_f6_call_meets_every_requirement_with_the_first_lines(f6: Pack) -> None:
    """Walking from moment to moment gives greeting, surname, waybill, anything else, closing."""
    now = Situation("inbound", "afternoon", False)
    walk = [
        select(f6.lines, moment, now)[0]
        for moment in ("opening", "identify", "handle", "anything_else", "closing")
    ]

    assert [line.id for line in walk] == [
        "inbound-greeting",
        "ask-surname",
        "track-query",
        "anything-else",
        "closing",
    ]
    marks = {mark for line in walk for mark in line.marks}
    assert {item.mark for item in f6.requirements if item.need is Need.MARK} <= marks
    assert sum("{customer}" in line.text for line in walk) >= 2


def test_f6_figures_are_those_of_the_standard(f6: Pack) -> None:
    limits = {clock.id: clock.limit_seconds for clock in f6.clocks}

    assert limits == {"ring": 15, "hold": 120, "silence": 5, "promise": 1800}
    assert f6.callback_minutes == 30
    assert all(line.minutes == 30 for line in f6.lines if "{minutes}" in line.text)
    assert set(limits) <= set(CLOCK_IDS)


def test_f6_asks_for_names_polite_words_and_nin(f6: Pack) -> None:
    wanted = {item.need: item for item in f6.requirements}

    assert wanted[Need.NAME_COUNT].target == 2
    assert wanted[Need.POLITE_COUNT].target == 3
    assert wanted[Need.POLITE_COUNT].words == ("您好", "请", "谢谢", "对不起", "再见")
    assert wanted[Need.NIN].target == wanted[Need.BANNED].target == 0
    assert set(f6.guards) == set(Guard)


def test_f6_lost_and_heavily_damaged_parcels_need_three_documents(f6: Pack) -> None:
    for key in ("lost", "damage_heavy"):
        category = f6.category(key)
        assert category is not None
        assert {"value_proof", "id_copy", "waybill_copy"} <= set(category.required)


def test_n2_wants_the_three_voices_and_reports_step_by_step() -> None:
    n2 = load_shipped("N2")

    assert [item.mark for item in n2.requirements] == [
        Mark.GREETING,
        Mark.ACKNOWLEDGEMENT,
        Mark.CLOSING,
    ]
    assert [level.key for level in n2.levels] == ["team_leader", "director", "centre_director"]
    assert [item.title.zh for item in n2.categories] == ["业务登记", "业务咨询", "申告", "建议"]
    assert n2.clocks == ()  # the standard states no figure for a call


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        ("投诉", "complaint-attitude"),
        ("经理", "complaint-manager"),
        ("破损", "state-light-damage"),
        ("丢", "state-lost"),
        ("没收到", "state-out-for-delivery"),
        ("延误", "state-delay"),
        ("催", "state-out-for-delivery"),
        ("电话多少", "branch-phone"),
        ("工号", "agent-number"),
        ("谢谢", "customer-thanks"),
        ("建议", "suggestion"),
    ],
)
def test_f6_hears_the_customers_words(f6: Pack, note: str, expected: str) -> None:
    assert expected in {line.id for line in f6.lines if note in line.hears}


def test_sensitive_fields_are_marked_so_they_are_masked(pack: Pack) -> None:
    open_fields = {item.key for item in pack.fields if not item.sensitive}

    assert not {"phone", "address", "contact", "account"} & open_fields
