"""What the desk keeps: profile, card and typing over a restart, timelines, days, clean text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from agentdesk.desk.snapshot import Profile, TypingState
from agentdesk.domain.call import commands as c
from agentdesk.domain.call.state import Phase
from agentdesk.domain.events import EntityId
from agentdesk.errors import PackError

if TYPE_CHECKING:
    from tests.unit.desk.conftest import Bench

LONG = "长" * 10_000
HOSTILE = "\x1b[31m红\x1b]0;盗\x07\u202e反\u2066序\u200b[bold]粗[/bold]\x00\x9b\ufeff" + LONG
CLEAN = "[31m红]0;盗反序[bold]粗[/bold]" + LONG

# ----------------------------------------------------------------------------- profile


def test_a_profile_is_kept_and_takes_effect_at_once(bench: Bench) -> None:
    assert bench.desk.snapshot().pack.id == "F6"
    new = Profile("6001", "赵 敏", "示例电信", "N2", "en", "dark")
    snapshot = bench.desk.set_profile(new).snapshot
    assert (snapshot.profile, snapshot.pack.id) == (new, "N2")
    assert bench.again().profile == new
    assert bench.desk.snapshot().pack.id == "N2"
    bench.take()
    assert {moment.actor for moment in bench.desk.timeline(bench.call.id)} == {"6001"}


def test_an_unknown_standard_leaves_the_seat_as_it_was(bench: Bench) -> None:
    before = bench.desk.snapshot().profile
    with pytest.raises(PackError):
        bench.desk.set_profile(replace(before, pack="Z9"))
    assert bench.journal() == []
    assert bench.again().profile == before


def test_what_is_left_empty_falls_back_to_the_default(bench: Bench) -> None:
    bench.desk.set_profile(Profile("6001", "", " ", "", "", ""))
    profile = bench.again().profile
    assert (profile.agent_no, profile.agent_name, profile.pack) == ("6001", "李敏", "F6")


# ------------------------------------------------------------------------------ restart


def test_a_new_desk_shows_the_same_call_typing_focus_and_cursor(bench: Bench) -> None:
    bench.take("1")
    bench.do(c.Hold("客户同意"))
    bench.phone("offered", "2", "13900139000")
    bench.desk.answer_or_new()
    bench.phone("offered", "3", "13700137000")
    bench.do(c.SetFields({"surname": "王"}))
    values = {"surname": "王", "note": "客户说：\n快件没收到"}
    at = bench.desk.save_typing(bench.call.id, values, "note", (1, 3))
    before = bench.desk.snapshot()
    bench.clock.after(120)
    after = bench.again()
    assert after == replace(before, checker=after.checker)
    assert after.typing == TypingState(values, "note", (1, 3), at)
    assert after.call is not None and after.call.number == "13900139000"


def test_typing_belongs_to_its_call(bench: Bench) -> None:
    first = bench.take("1")
    bench.desk.save_typing(first.id, {"note": "第一通"}, "note", (0, 3))
    bench.do(c.Hold("客户同意"))
    second = bench.desk.answer_or_new().snapshot
    assert second.typing is None
    back = bench.desk.open_card(first.id).snapshot
    assert back.typing is not None and back.typing.values == {"note": "第一通"}


def test_the_chosen_card_comes_back_even_if_another_is_newer(bench: Bench) -> None:
    first = bench.take("1")
    bench.do(c.End("customer"))
    bench.take("2", "13900139000")
    bench.desk.open_card(first.id)
    reopened = bench.again().call
    assert reopened is not None and reopened.id == first.id


def test_a_call_that_was_answered_just_before_the_end_is_on_the_card(bench: Bench) -> None:
    call = bench.take("1")
    bench.store.set_setting("current_call", None)  # the end came between act and note
    reopened = bench.again().call
    assert reopened is not None and reopened.id == call.id


def test_a_ringing_call_never_takes_the_card_by_itself(bench: Bench) -> None:
    bench.phone("offered")
    snapshot = bench.again()
    assert snapshot.call is None and len(snapshot.ringing) == 1


def test_an_incomplete_record_comes_back_to_the_card(bench: Bench) -> None:
    call = bench.take("1")
    bench.close_call(category="complaint")
    bench.desk.open_card(call.id)
    bench.desk.save_typing(call.id, {"content": "送错"}, "content", (0, 2))
    snapshot = bench.again()
    assert snapshot.call is not None and snapshot.call.id == call.id
    assert snapshot.typing is not None and snapshot.typing.focus == "content"


def test_a_finished_or_unknown_call_cannot_be_put_on_the_card(bench: Bench) -> None:
    call = bench.take("1")
    bench.close_call(category="inquiry", content="时效")
    for call_id in (call.id, EntityId("a" * 32)):
        assert bench.desk.open_card(call_id).snapshot.call is None


def test_late_news_of_a_call_is_no_new_call_after_a_restart_either(bench: Bench) -> None:
    bench.phone("offered", "1")
    bench.clock.after(20)
    bench.phone("ended", "1")
    bench.take("2")
    bench.close_call(category="inquiry", content="时效")
    bench.again()
    bench.clock.after(30)
    for call in ("1", "2"):
        assert bench.phone("offered", call).events == ()
        assert bench.phone("answered", call).events == ()
    assert bench.phone("offered", "3").snapshot.ringing


def test_a_card_put_aside_stays_as_it_is(bench: Bench) -> None:
    call = bench.take("1")
    snapshot = bench.desk.leave_card().snapshot
    assert snapshot.call is None
    assert [item.id for item in snapshot.waiting] == [call.id]


# ----------------------------------------------------------------------------- timeline


def test_the_timeline_tells_the_whole_call_in_order(bench: Bench) -> None:
    call = bench.take()
    promise, escalation = bench.desk.new_id(), bench.desk.new_id()
    steps: list[c.Command] = [
        c.SetFields({"note": "催件"}),
        c.Say("inbound-greeting", "您好", 0, 1),
        c.Promise(promise, 30, "核实"),
        c.Escalate(escalation, "hostile", "team_leader", "请协助"),
        c.Withdraw(escalation),
        c.End("customer"),
        c.Close("callback"),
    ]
    for step in steps:
        bench.clock.after(1)
        bench.do(step)
    bench.clock.after(600)
    bench.desk.settle("promise", promise)
    moments = bench.desk.timeline(call.id)
    assert [moment.kind for moment in moments] == [
        "call.offered",
        "call.answered",
        "call.set",
        "call.said",
        "promise.made",
        "escalation.raised",
        "escalation.withdrawn",
        "call.ended",
        "call.closed",
        "promise.set",
    ]
    assert [moment.at for moment in moments] == sorted(moment.at for moment in moments)
    assert moments[0].at == call.offered_at and moments[-1].at == bench.clock()
    assert moments[2].params["set"] == {"note": "催件"}
    assert moments[3].params["text"] == "您好"
    assert moments[4].params["minutes"] == 30
    assert "at" not in moments[0].params
    bench.again()
    assert bench.desk.timeline(call.id) == moments


def test_a_timeline_has_nothing_of_other_calls(bench: Bench) -> None:
    first = bench.take("1")
    bench.do(c.Promise(bench.desk.new_id(), 30), c.End("customer"))
    second = bench.take("2")
    bench.do(c.Promise(bench.desk.new_id(), 10))
    assert [m.params.get("minutes") for m in bench.desk.timeline(first.id)].count(30) == 1
    assert 30 not in [m.params.get("minutes") for m in bench.desk.timeline(second.id)]
    assert bench.desk.timeline(EntityId("a" * 32)) == ()


# ---------------------------------------------------------------------------------- days


def test_a_day_is_the_centres_day(bench: Bench) -> None:
    midnight = bench.clock().replace(hour=0, minute=0) + timedelta(days=1)
    last = midnight - timedelta(milliseconds=1)
    for call, moment in (("前", last - timedelta(minutes=1)), ("末", last)):
        bench.clock.to(moment)
        bench.phone("offered", call, name=call)
    assert [row.customer for row in bench.desk.today()] == ["末", "前"]
    bench.clock.to(midnight)
    assert bench.desk.today() == ()
    bench.phone("offered", "新", name="新")
    assert [row.customer for row in bench.desk.today()] == ["新"]
    assert bench.desk.day_start() == midnight
    bench.clock.to(midnight + timedelta(hours=23, minutes=59))
    assert len(bench.desk.today()) == 1


def test_the_day_does_not_follow_the_clocks_own_zone(bench: Bench) -> None:
    start = bench.desk.day_start()
    bench.clock.to(bench.clock().astimezone(UTC).replace(hour=15, minute=59))
    assert bench.desk.day_start() == start
    bench.clock.to(bench.clock().replace(hour=16, minute=0))
    assert bench.desk.day_start() == start + timedelta(days=1)


# ---------------------------------------------------------------------------- clean text


def test_hostile_text_typed_anywhere_comes_back_clean(
    bench: Bench, clear: Callable[[str], bool]
) -> None:
    call = bench.take(name=HOSTILE)
    assert call.name == CLEAN
    values = dict.fromkeys(("surname", "title", "category", "content", "note"), HOSTILE)
    bench.desk.save_typing(call.id, values, "note", (0, 0))
    typing = bench.desk.snapshot().typing
    assert typing is not None and set(typing.values.values()) == {CLEAN}
    bench.desk.act(c.SetFields(values))
    assert set(bench.call.values.values()) == {CLEAN}
    bench.desk.act(c.Tick("greeting"), {"address": HOSTILE})
    assert bench.call.values["address"] == CLEAN
    bench.do(
        c.Say("", HOSTILE),
        c.RecordPhrase("F6-5.1", "不知道", "kept", HOSTILE),
        c.Promise(bench.desk.new_id(), 30, HOSTILE),
        c.Escalate(bench.desk.new_id(), "hostile", "team_leader", HOSTILE),
        c.Reveal("phone", HOSTILE),
        c.Hold(HOSTILE),
        c.Transfer(HOSTILE),
        c.Close("transferred", HOSTILE),
    )
    assert bench.desk.snapshot().promises[0].text == CLEAN
    assert bench.desk.snapshot().escalations[0].proposal == CLEAN
    bodies = [str(event) for event in bench.store.connection.execute("SELECT body FROM event")]
    assert any(CLEAN in body for body in bodies)
    assert [body for body in bodies if not clear(body)] == []
    said = [moment.params for moment in bench.desk.timeline(call.id)]
    assert not any("\\x1b" in repr(params) or "\\u202e" in repr(params) for params in said)


def test_a_card_by_hand_and_a_profile_are_cleaned(bench: Bench) -> None:
    offer = c.Offer(bench.desk.new_id(), "138\u202e0013\x1b8000", HOSTILE)
    bench.desk.answer_or_new(offer=offer)
    assert (bench.call.number, bench.call.name) == ("13800138000", CLEAN)
    bench.do(c.Hold("客户同意"))
    first = bench.call
    bench.desk.answer_or_new({"note": HOSTILE})
    assert bench.desk.open_card(first.id).snapshot.call is not None
    assert bench.call.values["note"] == CLEAN
    bench.desk.set_profile(Profile("80\x1b12", "李\u202e敏", HOSTILE, "F6", "zh-CN", ""))
    profile = bench.again().profile
    assert (profile.agent_no, profile.agent_name, profile.company) == ("8012", "李敏", CLEAN)


def test_lines_stay_lines_in_notes_and_only_there(bench: Bench) -> None:
    bench.take()
    text = "第一行\r\n第二行\u2028第三行\t完"
    bench.do(c.SetFields({"note": text}), c.Reveal("phone", text))
    assert bench.call.values["note"] == "第一行\n第二行\n第三行 完"
    assert bench.desk.timeline(bench.call.id)[-1].params["reason"] == "第一行 第二行 第三行 完"


def test_a_surrogate_from_a_broken_clipboard_stops_nothing(bench: Bench) -> None:
    bench.take()
    bench.do(c.SetFields({"note": "坏\ud800字"}))
    assert bench.call.values["note"] == "坏字"
    assert bench.again().call is not None
    assert bench.call.phase is Phase.TALKING
