"""Queues with a standard of their own: every act of a call goes by the call's standard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from agentdesk.domain.call import commands as c
from agentdesk.domain.call.state import Phase
from agentdesk.standards.loader import load_shipped

if TYPE_CHECKING:
    from tests.unit.desk.conftest import Bench

NUMBER = "13912345678"


def recorded(bench: Bench, kind: str, call_id: str) -> str:
    """The standard an event of a call names."""
    events = bench.store.events_of("call", call_id)  # type: ignore[arg-type]
    return str(next(event.body["pack"] for event in events if event.kind == kind))


def test_a_configured_queue_has_its_own_standard(bench: Bench) -> None:
    bench.with_queues(报修="N2").take(queue="报修")
    snapshot = bench.desk.snapshot()
    assert (snapshot.pack.id, snapshot.profile.pack) == ("N2", "F6")
    assert snapshot.checker.pack is snapshot.pack
    assert recorded(bench, "call.offered", bench.call.id) == "N2"
    assert recorded(bench, "call.answered", bench.call.id) == "N2"


def test_other_queues_and_none_follow_the_seat(bench: Bench) -> None:
    bench.with_queues(报修="N2")
    for call, queue in (("1", ""), ("2", "咨询"), ("3", "报修 ")):
        bench.take(call, queue=queue)
        assert bench.desk.snapshot().pack.id == "F6"
        bench.close_call()


def test_acts_are_decided_by_the_standard_of_their_call(bench: Bench) -> None:
    """Requirements, dispositions and the ladder of the one are unknown to the other."""
    bench.with_queues(报修="N2").take("1", queue="报修")
    own = {item.id for item in load_shipped("N2").requirements}
    other = next(r.id for r in load_shipped("F6").requirements if r.id not in own)
    assert isinstance(bench.desk.act(c.Tick(other)).problem, c.Refused)
    reason = load_shipped("N2").reasons[0]
    level = load_shipped("N2").levels[0].key
    bench.do(c.Escalate(bench.desk.new_id(), reason.key, level, "请到场查看"))
    assert bench.desk.snapshot().escalations[0].level == level
    said = bench.do(c.Say("inbound-greeting", "您好"))
    assert said.events[-1].body["rule"].startswith("N2-")


def test_each_card_keeps_its_standard_when_cards_are_switched(bench: Bench) -> None:
    bench.with_queues(报修="N2")
    first = bench.take("1", queue="报修")
    bench.phone("held", "1")
    second = bench.take("2", NUMBER)
    snapshot = bench.desk.snapshot()
    assert snapshot.pack.id == "F6"
    assert snapshot.pack_of(first.id).id == "N2"
    bench.do(c.Say("inbound-greeting", "您好"))
    assert bench.desk.open_card(first.id).snapshot.pack.id == "N2"
    assert bench.desk.snapshot().pack_of(second.id).id == "F6"


def test_a_ringing_call_shows_its_own_limits(bench: Bench) -> None:
    bench.with_queues(报修="N2").phone("offered", "1", NUMBER, queue="报修")
    snapshot = bench.desk.snapshot()
    assert snapshot.pack.id == "F6"
    assert snapshot.pack_of(snapshot.ringing[0].id).id == "N2"


def test_a_call_keeps_its_standard_over_a_restart_and_a_new_configuration(bench: Bench) -> None:
    bench.with_queues(报修="N2").take(queue="报修")
    bench.queues = {}
    assert bench.again().pack.id == "N2"
    bench.desk.set_profile(replace(bench.desk.snapshot().profile, pack="M2"))
    assert bench.desk.snapshot().pack.id == "N2"
    bench.close_call()
    assert bench.desk.snapshot().pack.id == "M2"


def test_a_queue_that_only_rings_follows_the_configuration(bench: Bench) -> None:
    bench.with_queues(报修="N2").phone("offered", "1", NUMBER, queue="报修")
    bench.queues = {"报修": "M2"}
    bench.again()
    bench.desk.answer_or_new()
    assert bench.desk.snapshot().pack.id == "M2"
    assert recorded(bench, "call.offered", bench.call.id) == "N2"
    assert recorded(bench, "call.answered", bench.call.id) == "M2"


def test_the_callback_of_a_promise_goes_by_the_standard_it_was_made_under(bench: Bench) -> None:
    bench.with_queues(报修="N2").take(queue="报修")
    first = bench.call.id
    bench.do(c.Promise(bench.desk.new_id(), 30, "王先生"), c.SetFields({"matter": "宽带不通"}))
    bench.close_call(surname="王", title="先生", category="inquiry", content="问进度")
    bench.queues = {}
    bench.again()
    promise = bench.desk.snapshot().promises[0]
    assert bench.desk.snapshot().pack_of(promise.call_id).id == "N2"
    outcome = bench.desk.call_back("promise", promise.id)
    assert outcome.problem is None
    assert bench.desk.snapshot().pack.id == "N2"
    call = bench.call
    assert (call.direction, call.about, call.owed) == ("outbound", first, "promise")
    assert call.values["matter"] == "宽带不通"


def test_a_missed_call_is_owed_a_callback_by_its_own_figure(bench: Bench) -> None:
    standards = [load_shipped(name) for name in ("F6", "N2", "P1", "E4", "M2", "B3", "T0", "C5")]
    usual = load_shipped("F6").callback_minutes
    pack = next(item for item in standards if item.callback_minutes != usual)
    bench.with_queues(专线=pack.id)
    bench.phone("offered", "1", NUMBER, queue="专线")
    bench.clock.after(20)
    bench.phone("ended", "1", NUMBER)
    callback = bench.desk.snapshot().callbacks[0]
    assert (callback.due_at - callback.made_at).total_seconds() == 60 * pack.callback_minutes
    assert bench.desk.snapshot().pack_of(callback.call_id).id in (pack.id, "F6")


def test_the_day_knows_the_standard_of_every_call(bench: Bench) -> None:
    bench.with_queues(报修="N2")
    repair = bench.take("1", queue="报修").id
    bench.close_call(category="fault")
    parcel = bench.take("2", NUMBER).id
    bench.close_call(category="tracking")
    for day in (bench.desk.day(), (bench.again(), bench.desk.day())[1]):
        assert [row.id for row in day.calls] == [parcel, repair]
        assert (day.pack_of(repair).id, day.pack_of(parcel).id) == ("N2", "F6")
        assert day.pack_of("nowhere").id == "F6"


@pytest.mark.parametrize("wrong", ["NOPE", "n2", "../N2", "["])
def test_a_standard_that_does_not_exist_gives_way_to_the_seat_s(bench: Bench, wrong: str) -> None:
    bench.with_queues(报修=wrong).take(queue="报修")
    assert bench.desk.snapshot().pack.id == "F6"
    assert recorded(bench, "call.answered", bench.call.id) == "F6"
    bench.close_call()


def test_a_call_of_an_older_version_follows_the_seat(bench: Bench) -> None:
    """Events that name no standard stay good."""
    bench.take()
    assert bench.call.pack == "F6"
    call = replace(bench.call, pack="", phase=Phase.TALKING)
    assert bench.desk._in_force.of(call).id == "F6"
    bench.desk.set_profile(replace(bench.desk.snapshot().profile, pack="N2"))
    assert bench.desk._in_force.of(call).id == "N2"


def test_what_nobody_answered_for_is_recorded_when_the_call_is_closed(bench: Bench) -> None:
    bench.with_queues(报修="N2").take(queue="报修")
    word = load_shipped("N2").phrases[0].phrases[0] if load_shipped("N2").phrases else ""
    note = f"回答：{word}。客户手机13912345678，已登记" if word else "客户手机13912345678"
    bench.do(c.SetFields({"category": "inquiry", "content": "回拨13912345678", "note": note}))
    bench.clock.after(60)
    bench.do(c.End("customer"))
    done = bench.do(c.Close("informed" if _has(bench, "informed") else ""))
    kinds = [event.kind for event in done.events]
    assert kinds[-1] == "call.closed"
    left = [event.body for event in done.events if event.kind == "call.phrase"]
    numbers = [body for body in left if body["category"] == "private"]
    assert {body["where"] for body in numbers} == {"note", "content"}
    for body in numbers:
        assert body["rule"] == "N2-2.1-no-customer-data-leak"
        assert (body["phrase"], body["outcome"], body["reason"]) == (
            "139****5678",
            "unanswered",
            "",
        )
    assert "13912345678" not in str(left)


def _has(bench: Bench, key: str) -> bool:
    return any(item.key == key for item in bench.desk.snapshot().pack.dispositions)


def test_what_was_kept_with_a_reason_is_not_recorded_again(bench: Bench) -> None:
    bench.take()
    bench.do(
        c.SetFields({"note": "回答：这事不归我管。", "category": "inquiry", "content": "问路"})
    )
    (hit,) = bench.desk.snapshot().checker.hits("note", bench.call.values["note"])
    bench.do(c.RecordPhrase(hit.rule.rule, hit.text, "kept", "误判", category=hit.rule.category))
    bench.do(c.End("customer"))
    done = bench.do(c.Close("informed"))
    assert [event.kind for event in done.events] == ["call.closed"]
