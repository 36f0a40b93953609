"""What the speak panel offers, by every shipped standard in every situation of a call."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from functools import cache
from itertools import product

import pytest
from msgspec.structs import replace

from agentdesk.desk.snapshot import Known, Profile, Snapshot
from agentdesk.domain.call.checking import Checker
from agentdesk.domain.call.guide import Guide, guide
from agentdesk.domain.call.meters import meters
from agentdesk.domain.call.state import Call, Phase, Said
from agentdesk.domain.events import EntityId
from agentdesk.domain.followups import PromiseView
from agentdesk.domain.pack import Line, Mark, Need, Pack
from agentdesk.domain.phrases import PhraseBook
from agentdesk.domain.pinyin import initials
from agentdesk.domain.scripts import Filled, select
from agentdesk.standards.loader import load_shipped, shipped
from agentdesk.strings import Strings
from agentdesk.tui.panels.words import fill_line, situation_of
from agentdesk.tui.screens.call_asks import line_row
from agentdesk.tui.widgets.picker import found

CHINA = timezone(timedelta(hours=8))
DAYS = (datetime(2026, 3, 10), datetime(2026, 3, 14), datetime(2026, 10, 2))
"""A working Tuesday, a Saturday, the National Day."""
HOURS = (2, 7, 10, 12, 15, 20)
CALL = EntityId("c" * 32)
TALKED_OF = {"matter", "branch", "branch_phone", "waybill", "address", "phone"}
"""Slots that only the talk can fill."""

packs = pytest.mark.parametrize("pack_id", shipped())
load = cache(load_shipped)


def call_at(now: datetime, direction: str, *, rang: int = 2, named: bool = False) -> Call:
    """A call just answered."""
    return Call(
        id=CALL,
        phase=Phase.TALKING,
        direction=direction,
        number="13800138000",
        name="",
        queue="",
        source="push",
        external_id="1",
        offered_at=now - timedelta(seconds=rang),
        answered_at=now,
        held_since=None,
        hold_began=None,
        held_total=timedelta(),
        last_hold=None,
        silent_since=None,
        ended_at=None,
        ended_by="",
        closed_at=None,
        disposition="",
        values={"surname": "王", "title": "先生"} if named else {},
        said=(),
        ticks={},
        kept=frozenset(),
        kept_phrases=frozenset(),
        overridden=frozenset(),
        closing_gaps=(),
        transferred_to="",
    )


def seen(pack: Pack, call: Call, *, known: bool = False, promised: bool = False) -> Snapshot:
    """The picture of the desk with that call on the card."""
    at = call.offered_at
    who = Known(True, 2, "", "", "", at, "") if known else None
    promise = PromiseView(EntityId("p"), CALL, "", 30, at, at, "open", None)
    profile = Profile("8012", "李敏", "示例公司", pack.id, "zh-CN", "")
    checker = Checker(PhraseBook(pack.phrases), pack)
    owed = (promise,) if promised else ()
    return Snapshot(profile, pack, checker, call, (), (), owed, (), (), (), who, None)


class Talk:
    """A call whose every line is said as it is offered."""

    def __init__(self, snapshot: Snapshot, now: datetime) -> None:
        self.snapshot, self.now = snapshot, now

    @property
    def call(self) -> Call:
        assert self.snapshot.call is not None
        return self.snapshot.call

    def guide(self) -> Guide:
        return guide(self.call, self.snapshot.pack, situation_of(self.snapshot, self.now))

    def fill(self, line: Line) -> Filled:
        return fill_line(line, self.call, self.snapshot, self.now, Strings("zh-CN"))

    def say(self, line: Line) -> None:
        text = self.fill(line).text
        said = Said(line.id, text, self.now, text.count("王先生"), 9, frozenset(line.marks))
        call = replace(self.call, said=(*self.call.said, said))
        self.snapshot = replace(self.snapshot, call=call)

    def name(self) -> None:
        call = replace(self.call, values={**self.call.values, "surname": "王", "title": "先生"})
        self.snapshot = replace(self.snapshot, call=call)


def talks(pack: Pack) -> Iterator[Talk]:
    """Every situation a call can begin in."""
    for direction, day, hour in product(("inbound", "outbound"), DAYS, HOURS):
        now = day.replace(hour=hour, tzinfo=CHINA)
        inbound = direction == "inbound"
        for known, named, flag in product((False, True), repeat=3):
            call = call_at(now, direction, rang=99 if flag and inbound else 2, named=named)
            call = replace(call, owed="promise" if flag and not inbound else "")
            yield Talk(seen(pack, call, known=known), now)


@packs
def test_every_call_opens_with_a_greeting_that_fits(pack_id: str) -> None:
    for talk in talks(load(pack_id)):
        first = talk.guide().line
        assert first is not None
        assert first.moment == "opening"
        chain = [first, *talk.guide().coming[:3]]
        assert any(Mark.GREETING in line.marks for line in chain), first.id
        blank = set(talk.fill(first).missing) - TALKED_OF
        assert blank <= ({"customer"} if not talk.call.customer else set()), (first.id, blank)
        if blank:
            assert talk.call.direction == "outbound", first.id


def first_line(pack: Pack, now: datetime, direction: str = "inbound", **more: bool) -> Line:
    call = call_at(now, direction, rang=99 if more.pop("late", False) else 2, named=True)
    call = replace(call, owed="promise" if more.pop("keeps", False) else "")
    line = Talk(seen(pack, call, **more), now).guide().line
    assert line is not None
    return line


def wanted(pack: Pack, **conditions: str) -> bool:
    """Whether a standard has an opening of its own for a situation."""
    return any(
        line.moment == "opening"
        and Mark.GREETING in line.marks
        and all(conditions[name] in line.when.get(name, ()) for name in conditions)
        for line in pack.lines
    )


WORKDAY, SATURDAY, NATIONAL_DAY = (day.replace(hour=10, tzinfo=CHINA) for day in DAYS)


@packs
def test_an_opening_made_for_the_situation_is_the_one_that_is_offered(pack_id: str) -> None:
    pack = load(pack_id)
    if wanted(pack, late="yes"):
        for day in (WORKDAY, SATURDAY, NATIONAL_DAY):
            assert first_line(pack, day, late=True, known=True).when["late"] == ("yes",)
    if wanted(pack, holiday="yes"):
        assert first_line(pack, NATIONAL_DAY).when["holiday"] == ("yes",)
    if wanted(pack, weekend="yes"):
        assert first_line(pack, SATURDAY).when["weekend"] == ("yes",)
    if wanted(pack, known="yes"):
        assert first_line(pack, WORKDAY, known=True).when["known"] == ("yes",)
    if wanted(pack, direction="outbound", promised="yes"):
        assert first_line(pack, WORKDAY, "outbound", keeps=True).when["promised"] == ("yes",)
    assert "outbound" not in first_line(pack, WORKDAY).when.get("direction", ())
    assert "inbound" not in first_line(pack, WORKDAY, "outbound").when.get("direction", ())


@packs
def test_the_greeting_of_the_hour_is_right(pack_id: str) -> None:
    words = {2: "晚上好", 7: "早上好", 10: "上午好", 12: "中午好", 15: "下午好", 20: "晚上好"}
    pack = load(pack_id)
    for hour, word in words.items():
        now = WORKDAY.replace(hour=hour)
        talk = Talk(seen(pack, call_at(now, "inbound")), now)
        line = talk.guide().line
        assert line is not None
        if "{daypart}" in line.text:
            assert word in talk.fill(line).text


@packs
def test_saying_what_is_offered_ends_with_the_closing_words(pack_id: str) -> None:
    pack = load(pack_id)
    yes_no = (False, True)
    situations = product(("inbound", "outbound"), (WORKDAY, NATIONAL_DAY), yes_no, yes_no)
    for direction, now, known, promised in situations:
        call = call_at(now, direction, named=known)
        talk = Talk(seen(pack, call, known=known, promised=promised), now)
        said: list[Line] = []
        while (line := talk.guide().line) is not None:
            assert len(said) < 20, [item.id for item in said]
            if Mark.ASK_NAME in line.marks:
                talk.name()
            talk.say(line)
            said.append(line)
        assert Mark.CLOSING in said[-1].marks
        assert said[-1].when.get("direction", (direction,)) == (direction,)
        assert sum(Mark.CLOSING in item.marks for item in said) == 1
        done = meters(talk.call, pack)
        marks = [item for item in done if item.requirement.need is Need.MARK]
        left = [item.requirement.id for item in marks if not item.done]
        assert set(left) <= NOT_IN_A_PLAIN_CALL, (direction, left)


NOT_IN_A_PLAIN_CALL = {"ask-name", "acknowledgement", "complete"}
"""Nobody asks a name that is known; what is acknowledged or explained is the talk's own."""


@packs
def test_a_promise_that_is_kept_does_not_close_as_if_it_was_made(pack_id: str) -> None:
    pack, now = load(pack_id), WORKDAY
    call = replace(call_at(now, "outbound", named=True), owed="promise")
    situation = situation_of(seen(pack, call), now)
    closing = select(pack.lines, "closing", situation)[0]
    assert (
        "promised" not in closing.when
        or "no" in closing.when["promised"]
        or (closing.trigger == "callback_call")
    )


@packs
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_line_is_found_by_title_initials_clause_and_trigger(
    pack_id: str, language: str
) -> None:
    pack = load(pack_id)
    talk = Talk(seen(pack, call_at(WORKDAY, "inbound", named=True)), WORKDAY)
    for line in pack.lines:
        row = line_row(line, talk.fill(line).text, "", language)
        assert found([row], "没有这样的话") == []
        for query in (line.title.get(language), line.rule, line.trigger, line.id):
            assert found([row], query) == [row], (line.id, query)
        short = initials(line.title.zh)
        if len(short) > 1 and short.isalpha():
            assert found([row], short) == [row], (line.id, short)


@packs
def test_forms_of_address_are_the_pack_s_own(pack_id: str) -> None:
    pack = load(pack_id)
    assert pack.titles
    for title in pack.titles:
        call = replace(call_at(WORKDAY, "inbound"), values={"surname": "欧阳", "title": title})
        talk = Talk(seen(pack, call), WORKDAY)
        for line in pack.lines:
            text = talk.fill(line).text
            assert "{" not in text
            if "{customer}" in line.text:
                assert f"欧阳{title}" in text


def test_the_courier_standard_never_gives_an_agent_s_name_to_a_caller() -> None:
    """F6-4.2-only-agent-number: only the number; the name is for calls the centre makes."""
    for line in load("F6").lines:
        if "{agent_name}" in line.text:
            assert line.when.get("direction") == ("outbound",), line.id
    asked = [line for line in load("F6").lines if line.rule == "F6-4.2-only-agent-number"]
    assert asked
    assert all("{agent_no}" in line.text for line in asked)


def test_who_has_no_name_is_not_greeted_as_known() -> None:
    pack = load("C5")
    named = seen(pack, call_at(WORKDAY, "inbound", named=True), known=True)
    unnamed = seen(pack, call_at(WORKDAY, "inbound"), known=True)
    assert situation_of(named, WORKDAY).known
    assert not situation_of(unnamed, WORKDAY).known
