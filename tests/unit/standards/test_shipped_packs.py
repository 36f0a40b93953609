"""The packs that come with the program: sound, complete for a call, in their own words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from agentdesk.domain.pack import CLOCK_IDS, MOMENTS, Guard, Mark, Match, Need, Pack, Severity
from agentdesk.domain.phrases import PhraseBook
from agentdesk.domain.scripts import Situation, select
from agentdesk.standards.lint import lint
from agentdesk.standards.loader import PackRegistry, load_shipped, shipped

CATALOGUE = frozenset(
    (Path(__file__).parent / "catalogue_ids.txt").read_text(encoding="utf-8").split()
)
"""Rule ids of F6 and N2 in the rule catalogue the packs are made from."""

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


@pytest.fixture(params=["F6", "N2"])
def pack(request: pytest.FixtureRequest) -> Pack:
    return load_shipped(request.param)


@pytest.fixture
def f6() -> Pack:
    return load_shipped("F6")


def rules_of(pack: Pack) -> Iterator[str]:
    for items in (
        pack.lines,
        pack.phrases,
        pack.requirements,
        pack.clocks,
        pack.fields,
        pack.categories,
        pack.levels,
        pack.reasons,
    ):
        for item in items:
            yield item.rule
    yield from (item.rule for item in pack.dispositions if item.rule)
    yield from pack.guards.values()
    yield from (rule for rule, _ in pack.guidance)


def test_every_shipped_pack_loads_without_a_problem() -> None:
    registry = PackRegistry()

    assert registry.check() == []
    assert {"F6", "N2"} <= set(registry.ids()) == set(shipped())


def test_every_cited_rule_is_in_the_catalogue_and_of_this_pack(pack: Pack) -> None:
    for rule in rules_of(pack):
        assert rule in CATALOGUE
        assert rule.startswith(f"{pack.id}-")  # standards are never mixed


def test_the_real_checker_finds_nothing_wrong(pack: Pack) -> None:
    assert lint(pack) == ()


def test_every_banned_phrase_of_the_standard_is_found_as_written(f6: Pack) -> None:
    for rule in f6.phrases:
        for phrase in rule.phrases:
            assert PhraseBook([rule]).check(phrase), f"{rule.rule}: {phrase}"


def test_f6_has_all_41_rules_with_phrases_and_n2_borrows_none(f6: Pack) -> None:
    assert len(f6.phrases) == 41
    assert load_shipped("N2").phrases == ()


def test_every_ban_offers_words_that_can_be_said_at_once(f6: Pack) -> None:
    for rule in f6.phrases:
        assert rule.replacement.endswith(("。", "？", "！")), rule.rule
        assert "你" not in rule.replacement
        assert rule.severity is not Severity.BLOCK  # nothing is blocked on a live call
        assert rule.cores or rule.match is not Match.PARTIAL


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
@pytest.mark.parametrize("daypart", ["morning", "noon", "afternoon", "evening", "night"])
@pytest.mark.parametrize(("weekend", "holiday"), [(False, None), (True, None), (True, "国庆节")])
@pytest.mark.parametrize("flag", [False, True])
def test_every_situation_has_a_greeting_and_a_closing(
    pack: Pack, direction: str, daypart: str, weekend: bool, holiday: str | None, flag: bool
) -> None:
    now = Situation(
        direction,  # type: ignore[arg-type]
        daypart,  # type: ignore[arg-type]
        weekend,
        holiday,
        late=flag and direction == "inbound",
        promised=flag,
        long_hold=flag,
    )

    greetings = [line for line in select(pack.lines, "opening", now) if Mark.GREETING in line.marks]
    assert greetings
    for moment in ("return", "closing"):
        assert select(pack.lines, moment, now)
    assert Mark.CLOSING in select(pack.lines, "closing", now)[0].marks


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
