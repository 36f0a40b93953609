"""Cards, rings and acts: what the desk does with one store transaction each."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from agentdesk.domain.call import commands as c
from agentdesk.domain.call.state import Phase
from agentdesk.domain.events import EntityId
from agentdesk.domain.pack import Guard
from agentdesk.domain.phone import PhoneEvent

if TYPE_CHECKING:
    from tests.unit.desk.conftest import Bench


# --------------------------------------------------------------------------------- acts


def test_an_act_and_what_was_typed_are_one_transaction(bench: Bench) -> None:
    bench.take()
    before = len(bench.journal())
    outcome = bench.desk.act(c.Say("inbound-greeting", "您好"), {"note": "问价", "surname": "王"})
    assert [event.kind for event in outcome.events] == ["call.set", "call.said"]
    rows = bench.journal()[before:]
    assert [kind for kind, _ in rows] == ["call.set", "call.said"]
    assert len({txn for _, txn in rows}) == 1
    call = outcome.snapshot.call
    assert call is not None and call.values == {"note": "问价", "surname": "王"}
    assert {event.actor for event in outcome.events} == {"8012"}


def test_typing_that_changed_nothing_is_not_stored_again(bench: Bench) -> None:
    bench.take()
    for _ in range(2):
        outcome = bench.desk.act(c.Tick("greeting"), {"note": "问价"})
    assert [event.kind for event in outcome.events] == ["call.ticked"]


def test_what_is_advised_or_refused_stores_nothing(bench: Bench) -> None:
    bench.take()
    before = bench.journal()
    advised = bench.desk.act(c.Hold(), {"note": "请客户等一下"})
    assert isinstance(advised.problem, c.Advised)
    assert advised.problem.guard is Guard.CONSENT_BEFORE_HOLD
    refused = bench.desk.act(c.Resume(), {"note": "请客户等一下"})
    assert isinstance(refused.problem, c.Refused)
    assert (advised.events, refused.events) == ((), ())
    assert bench.journal() == before
    assert bench.call.values == {}


def test_values_typed_with_the_act_count_for_its_decision(bench: Bench) -> None:
    bench.take()
    values = {"category": "tracking", "surname": "王", "title": "先生"}
    bench.do(c.End("customer"))
    outcome = bench.desk.act(c.Close("informed"), values)
    assert outcome.events[-1].body["missing"] == ["waybill"]
    bench.take("2")
    bench.do(c.End("customer"))
    outcome = bench.desk.act(c.Close("informed"), {**values, "waybill": "SL2026"})
    assert outcome.events[-1].body["missing"] == []


def test_without_a_card_there_is_nothing_to_act_on(bench: Bench) -> None:
    assert bench.desk.act(c.Hold(), {"note": "x"}).problem == c.Refused("refused.no_call")
    assert bench.journal() == []


def test_closing_takes_the_card_off_and_its_typing(bench: Bench) -> None:
    call = bench.take()
    bench.desk.save_typing(call.id, {"note": "半句"}, "note", (0, 2))
    snapshot = bench.close_call(category="inquiry", content="时效").snapshot
    assert snapshot.call is None and snapshot.incomplete == () and snapshot.typing is None
    assert bench.store.typing(call.id) is None


def test_a_call_closed_with_gaps_leaves_the_card_too(bench: Bench) -> None:
    call = bench.take()
    snapshot = bench.close_call(category="tracking").snapshot
    assert snapshot.call is None
    assert [item.id for item in snapshot.incomplete] == [call.id]


# ------------------------------------------------------------------------ answer or new


def test_the_oldest_ringing_call_is_answered(bench: Bench) -> None:
    for call, number in enumerate(("13800138001", "13800138002", "13800138003")):
        bench.phone("offered", str(call), number)
        bench.clock.after(1)
    snapshot = bench.desk.answer_or_new().snapshot
    assert snapshot.call is not None
    assert (snapshot.call.number, snapshot.call.phase) == ("13800138001", Phase.TALKING)
    assert [call.number for call in snapshot.ringing] == ["13800138002", "13800138003"]


def test_nobody_can_talk_to_two_customers(bench: Bench) -> None:
    first = bench.take()
    bench.phone("offered", "2", "13900139000")
    before = bench.journal()
    outcome = bench.desk.answer_or_new({"note": "正在通话"})
    assert outcome.problem == c.Refused("refused.busy")
    assert bench.journal() == before
    assert bench.call == first


def test_a_held_call_waits_while_the_next_is_answered(bench: Bench) -> None:
    first = bench.take()
    bench.do(c.Hold("客户同意"))
    bench.phone("offered", "2", "13900139000")
    outcome = bench.desk.answer_or_new({"note": "第一个客户"})
    snapshot = outcome.snapshot
    assert snapshot.call is not None and snapshot.call.number == "13900139000"
    (waiting,) = snapshot.waiting
    assert (waiting.id, waiting.phase) == (first.id, Phase.HELD)
    assert waiting.values["note"] == "第一个客户", "what stood on the card is kept"
    assert snapshot.call.values == {}


def test_a_held_call_is_not_taken_back_while_another_customer_talks(bench: Bench) -> None:
    held = bench.take("1")
    bench.do(c.Hold(because="客户要求"))
    bench.take("2", "13900139000")
    bench.desk.open_card(held.id)
    assert bench.desk.act(c.Resume()).problem == c.Refused("refused.busy")
    assert bench.call.phase is Phase.HELD


def test_a_phrase_kept_with_a_reason_is_known_after_a_restart(bench: Bench) -> None:
    bench.take()
    bench.do(c.RecordPhrase("F6-5.4.8-not-under-me", "这事不归我管", "kept", "引用客户原话"))
    again = bench.again().call
    assert again is not None
    assert again.kept == {("F6-5.4.8-not-under-me", "这事不归我管")}


def test_a_call_in_wrap_up_waits_too(bench: Bench) -> None:
    first = bench.take()
    bench.do(c.End("customer"))
    snapshot = bench.desk.answer_or_new().snapshot
    assert snapshot.call is not None
    assert (snapshot.call.source, snapshot.call.phase) == ("manual", Phase.TALKING)
    assert [call.id for call in snapshot.waiting] == [first.id]
    back = bench.desk.open_card(first.id).snapshot
    assert back.call is not None and back.call.id == first.id


def test_a_card_by_hand_for_an_outgoing_call(bench: Bench) -> None:
    bench.phone("offered", "1", "13900139000")
    offer = c.Offer(bench.desk.new_id(), "13800138000", "周先生", "outbound")
    outcome = bench.desk.answer_or_new(offer=offer)
    call = outcome.snapshot.call
    assert call is not None
    assert (call.number, call.direction, call.name) == ("13800138000", "outbound", "周先生")
    assert len(outcome.snapshot.ringing) == 1, "dialling does not pick up"


def test_a_ringing_call_that_lies_on_the_card_is_the_one_answered(bench: Bench) -> None:
    bench.phone("offered", "1", "13800138001")
    bench.clock.after(1)
    second = bench.phone("offered", "2", "13800138002").snapshot.ringing[1]
    bench.desk.open_card(second.id)
    snapshot = bench.desk.answer_or_new().snapshot
    assert snapshot.call is not None and snapshot.call.id == second.id
    assert [call.number for call in snapshot.ringing] == ["13800138001"]


def test_a_customer_known_by_the_exact_number_is_filled_in(bench: Bench) -> None:
    for _ in range(2):
        bench.take("1")
        bench.close_call(surname="王", title="先生", category="inquiry", content="时效")
        bench.clock.after(3600)
    bench.take("2")
    known = bench.desk.snapshot().known
    assert known is not None
    assert (known.exact, known.times, known.customer) == (True, 2, "王先生")
    assert known.last_category == "inquiry"
    assert known.last_at is not None and bench.clock() - known.last_at < timedelta(hours=2)
    assert bench.call.customer == "王先生"


def test_a_missed_call_in_between_does_not_make_a_customer_a_stranger(bench: Bench) -> None:
    bench.take("1")
    bench.close_call(surname="王", title="先生", category="inquiry", content="时效")
    bench.phone("offered", "2")
    bench.phone("ended", "2")
    bench.clock.after(60)
    bench.take("3")
    assert bench.call.customer == "王先生"


def test_a_number_that_only_ends_alike_is_shown_but_not_believed(bench: Bench) -> None:
    bench.take("1", "02166208888")
    bench.close_call(surname="李", title="女士", category="inquiry", content="时效")
    bench.clock.after(3600)
    bench.take("2", "66208888")
    known = bench.desk.snapshot().known
    assert known is not None and (known.exact, known.customer) == (False, "李女士")
    assert bench.call.customer == ""


def test_a_number_typed_on_the_card_tells_who_it_is(bench: Bench) -> None:
    bench.take("1")
    bench.close_call(surname="王", title="先生", category="inquiry", content="时效")
    bench.desk.answer_or_new()
    assert bench.desk.snapshot().known is None
    snapshot = bench.desk.act(c.Tick("greeting"), {"number": "+86 138-0013 8000"}).snapshot
    assert snapshot.call is not None and snapshot.known is not None
    assert (snapshot.call.number, snapshot.call.customer) == ("13800138000", "王先生")
    snapshot = bench.do(c.SetFields({"number": "13900139000"})).snapshot
    assert snapshot.known is None
    assert snapshot.call is not None and snapshot.call.customer == "王先生"


def test_a_name_that_was_typed_is_never_overwritten(bench: Bench) -> None:
    bench.take("1")
    bench.close_call(surname="王", title="先生", category="inquiry", content="时效")
    bench.desk.answer_or_new()
    typed = {"number": "13800138000", "surname": "李", "title": "女士"}
    snapshot = bench.do(c.SetFields(typed)).snapshot
    assert snapshot.call is not None and snapshot.call.customer == "李女士"
    assert snapshot.known is not None and snapshot.known.customer == "王先生"


def test_the_exact_number_wins_over_a_later_one_that_ends_alike(bench: Bench) -> None:
    for number, surname in (("66208888", "王"), ("02166208888", "李")):
        bench.take(number, number)
        bench.desk.act(c.SetFields({"surname": surname, "title": "女士"}))
        bench.close_call(category="inquiry", content="时效")
        bench.clock.after(3600)
    bench.take("3", "66208888")
    known = bench.desk.snapshot().known
    assert known is not None and (known.exact, known.times) == (True, 1)
    assert bench.call.customer == "王女士"


@pytest.mark.parametrize("number", ["", "13800138001"])
def test_a_stranger_is_not_known(bench: Bench, number: str) -> None:
    bench.take("1", "")
    bench.close_call(surname="李", title="女士", category="inquiry", content="时效")
    bench.take("2", number)
    assert bench.desk.snapshot().known is None


# -------------------------------------------------------------------------------- phone


def test_every_phone_event_delivered_twice_is_stored_once(bench: Bench) -> None:
    for kind in ("offered", "answered", "held", "resumed", "ended"):
        for _ in range(2):
            bench.phone(kind)
            bench.clock.after(1)
    kinds = [kind for kind in bench.kinds() if kind != "call.guarded"]
    assert kinds == [f"call.{k}" for k in ("offered", "answered", "held", "resumed", "ended")]
    assert bench.call.phase is Phase.WRAP_UP


def test_two_sources_may_use_the_same_id(bench: Bench) -> None:
    event = PhoneEvent("offered", "1", "push", number="13800138001")
    bench.desk.phone(event)
    bench.desk.phone(replace(event, source="sip", number="13800138002"))
    snapshot = bench.desk.phone(replace(event, source="sip", kind="ended")).snapshot
    assert [call.number for call in snapshot.ringing] == ["13800138001"]


def test_a_phone_that_answers_shows_the_card_only_on_an_empty_desk(bench: Bench) -> None:
    bench.phone("offered", "1")
    first = bench.phone("answered", "1").snapshot.call
    assert first is not None
    bench.phone("held", "1")
    bench.phone("offered", "2", "13900139000")
    snapshot = bench.phone("answered", "2", "13900139000").snapshot
    assert snapshot.call is not None and snapshot.call.id == first.id
    assert [call.phase for call in snapshot.waiting] == [Phase.TALKING]


def test_a_ring_without_news_is_missed_at_ninety_seconds_exactly(bench: Bench) -> None:
    bench.phone("offered", name="张伟")
    bench.clock.after(89.999)
    assert bench.desk.expire().events == ()
    bench.clock.after(0.001)
    outcome = bench.desk.expire()
    assert [event.kind for event in outcome.events] == ["call.missed", "callback.made"]
    assert outcome.events[0].body["cause"] == "stale"
    snapshot = outcome.snapshot
    assert snapshot.ringing == ()
    (callback,) = snapshot.callbacks
    assert (callback.number, callback.customer) == ("13800138000", "张伟")
    assert callback.due_at - bench.clock() == timedelta(minutes=30)
    assert bench.desk.expire().events == ()


def test_a_call_that_was_answered_or_made_by_hand_does_not_expire(bench: Bench) -> None:
    bench.take("1")
    bench.do(c.End("customer"))
    bench.desk.answer_or_new()
    bench.clock.after(100_000)
    assert bench.desk.expire().events == ()


def test_a_ring_does_not_take_the_card_from_an_incomplete_record(bench: Bench) -> None:
    bench.take("1", number="")
    bench.close_call(category="complaint")
    (incomplete,) = bench.desk.snapshot().incomplete
    assert incomplete.gaps == ("content", "phone")
    bench.desk.open_card(incomplete.id)
    assert bench.phone("offered", "2", "13900139000").snapshot.call == incomplete
    snapshot = bench.do(c.SetFields({"content": "送错了"})).snapshot
    assert snapshot.call is not None and snapshot.call.gaps == ("phone",)
    snapshot = bench.do(c.SetFields({"phone": "13800138000"})).snapshot
    assert (snapshot.call, snapshot.incomplete) == (None, ())


# --------------------------------------------------------------------------- follow-ups


def test_incomplete_calls_newest_first_until_filled(bench: Bench) -> None:
    made = []
    for serial in range(3):
        made.append(bench.take(str(serial)).id)
        bench.close_call(category="tracking")
    assert [call.id for call in bench.desk.snapshot().incomplete] == made[::-1]
    assert [call.id for call in bench.again().incomplete] == made[::-1]
    bench.desk.open_card(made[1])
    bench.do(c.SetFields({"waybill": "SL2026"}))
    assert [call.id for call in bench.desk.snapshot().incomplete] == [made[2], made[0]]
    assert [row.missing for row in bench.desk.today()] == [("waybill",), (), ("waybill",)]


def test_a_promise_is_kept_once_and_by_an_act_only(bench: Bench) -> None:
    bench.take()
    late, soon = bench.desk.new_id(), bench.desk.new_id()
    bench.do(c.Promise(late, 60), c.Promise(soon, 10, "王先生"))
    snapshot = bench.close_call(category="inquiry", content="时效").snapshot
    assert [item.id for item in snapshot.promises] == [soon, late]
    bench.clock.after(7200)
    assert len(bench.again().promises) == 2, "overdue is not done"
    outcome = bench.desk.settle("promise", soon)
    assert [item.id for item in outcome.snapshot.promises] == [late]
    assert outcome.events[0].body["set"]["state"] == "done"
    bench.clock.after(60)
    assert bench.desk.settle("promise", soon).events == (), "the first time stands"
    assert [item.id for item in bench.again().promises] == [late]


@pytest.mark.parametrize("entity", ["promise", "callback", "call", "seat"])
def test_what_is_not_there_cannot_be_settled(bench: Bench, entity: str) -> None:
    bench.take()
    before = bench.journal()
    assert bench.desk.settle(entity, EntityId("a" * 32)).events == ()
    assert bench.desk.settle(entity, bench.call.id).events == ()
    assert bench.journal() == before


def test_a_callback_is_settled(bench: Bench) -> None:
    bench.phone("offered")
    callback = bench.phone("ended").snapshot.callbacks[0]
    assert bench.desk.settle("callback", callback.id).snapshot.callbacks == ()
    assert bench.again().callbacks == ()


def test_the_ladder_of_a_call_is_its_own(bench: Bench) -> None:
    bench.take("1")
    first = bench.desk.new_id()
    bench.do(c.Escalate(first, "hostile", "team_leader", "请协助"))
    bench.do(c.Hold("客户同意"))
    bench.phone("offered", "2", "13900139000")
    bench.desk.answer_or_new()
    higher = c.Escalate(bench.desk.new_id(), "cannot_calm", "supervisor", "请协助")
    assert isinstance(bench.desk.act(higher).problem, c.Refused)
    assert bench.desk.act(c.Withdraw(first)).problem == c.Refused("refused.withdraw_gone")


def test_a_call_over_midnight_keeps_its_ladder(bench: Bench) -> None:
    bench.clock.to(bench.clock().replace(hour=23, minute=58))
    call = bench.take()
    first = bench.desk.new_id()
    bench.do(c.Escalate(first, "hostile", "team_leader", "请协助"))
    bench.clock.after(180)
    assert [item.id for item in bench.again().of_call(call.id)] == [first]
    bench.do(c.Escalate(bench.desk.new_id(), "cannot_calm", "supervisor", "请协助"))
