"""Guards advise, let a reason pass and leave a trace; none where the standard is silent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from agentdesk.domain.call import commands as c
from agentdesk.domain.events import EntityId
from agentdesk.domain.pack import Guard

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.domain.call.conftest import Seat

PROMISE = EntityId("b" * 32)


def before_closing(seat: Seat) -> None:
    seat.talk()
    seat.say("anything-else")


def before_anything_else(seat: Seat) -> None:
    seat.talk()
    seat.say("closing")


def all_said(seat: Seat) -> None:
    seat.talk()
    seat.say("anything-else", "closing")


def upset(seat: Seat) -> None:
    seat.talk()
    seat.do(c.SetFields({"upset": "1"}))


def unread(seat: Seat) -> None:
    seat.served("complaint", content="送错了", phone="13800138000")


GUARDED: list[tuple[Guard, Callable[[Seat], None], Callable[[str], c.Command]]] = [
    (Guard.HANG_UP_BEFORE_CLOSING, before_closing, lambda why: c.End("agent", because=why)),
    (Guard.ANYTHING_ELSE_FIRST, before_anything_else, lambda why: c.End("agent", because=why)),
    (Guard.CUSTOMER_HANGS_UP_FIRST, all_said, lambda why: c.End("agent", because=why)),
    (Guard.CONSENT_BEFORE_HOLD, all_said, lambda why: c.Hold(why)),
    (Guard.NO_COLD_TRANSFER_UPSET, upset, lambda why: c.Transfer("理赔组", False, why)),
    (Guard.PROMISE_NEEDS_FIGURE, all_said, lambda why: c.Promise(PROMISE, None, because=why)),
    (Guard.READ_BACK_BEFORE_SAVE, unread, lambda why: c.Close("complaint_logged", why)),
]
IDS = [guard.value for guard, _, _ in GUARDED]


def test_every_guard_is_tried_here() -> None:
    assert {guard for guard, _, _ in GUARDED} == set(Guard)


@pytest.mark.parametrize(("guard", "before", "build"), GUARDED, ids=IDS)
def test_a_guard_advises_with_its_clause_and_lets_a_reason_pass(
    seat: Seat, guard: Guard, before: Callable[[Seat], None], build: Callable[[str], c.Command]
) -> None:
    before(seat)
    assert seat.ask(build("")) == c.Advised(guard, seat.pack.guards[guard])
    assert isinstance(seat.ask(build("  ")), c.Advised), "blank is no reason"
    kinds = seat.do(build("客户要求"))
    assert kinds[-1] != "call.guarded"
    passed = [event.body for event in seat.events if event.kind == "call.guarded"]
    mine = next(body for body in passed if body["guard"] == guard.value)
    assert (mine["rule"], mine["reason"]) == (seat.pack.guards[guard], "客户要求")
    assert guard.value in seat.call.overridden
    assert kinds.count("call.guarded") == len(passed)


@pytest.mark.parametrize(("guard", "before", "build"), GUARDED, ids=IDS)
def test_a_guard_is_off_where_the_pack_has_no_rule(
    seat: Seat, guard: Guard, before: Callable[[Seat], None], build: Callable[[str], c.Command]
) -> None:
    before(seat)
    guards = {item: rule for item, rule in seat.pack.guards.items() if item is not guard}
    seat.pack = replace(seat.pack, guards=guards)
    decision = seat.ask(build(""))
    assert not (isinstance(decision, c.Advised) and decision.guard is guard)


def test_n2_advises_only_what_n2_says(n2_seat: Seat) -> None:
    seat = n2_seat
    seat.talk()
    assert isinstance(seat.ask(c.Hold()), tuple)
    assert isinstance(seat.ask(c.Promise(PROMISE, None)), tuple)
    seat.do(c.SetFields({"upset": "1"}))
    assert isinstance(seat.ask(c.Transfer("班长", warm=False)), tuple)
    closing = c.Advised(Guard.HANG_UP_BEFORE_CLOSING, "N2-14.4-three-voices")
    assert seat.ask(c.End("agent")) == closing
    seat.say("closing")
    first = c.Advised(Guard.CUSTOMER_HANGS_UP_FIRST, "N2-6.9-no-private-hangup")
    assert seat.ask(c.End("agent")) == first
    seat.do(c.Silent())
    seat.after(600)
    assert seat.ask(c.End("agent")) == first, "N2 knows no five seconds"


def test_all_guards_passed_at_once_are_all_recorded(seat: Seat) -> None:
    seat.talk()
    kinds = seat.do(c.End("agent", because="骚扰电话"))
    assert kinds == ["call.guarded"] * 3 + ["call.ended"]
    assert seat.call.overridden == {
        "anything_else_first",
        "hang_up_before_closing",
        "customer_hangs_up_first",
    }


@pytest.mark.parametrize("by", ["customer", "unknown"])
def test_a_customer_may_hang_up_at_any_time(seat: Seat, by: c.EndedBy) -> None:
    seat.talk()
    assert seat.do(c.End(by)) == ["call.ended"]


@pytest.mark.parametrize(("seconds", "free"), [(4.999, False), (5.0, True), (60, True)])
def test_five_seconds_after_the_last_words_the_agent_may_hang_up(
    seat: Seat, seconds: float, free: bool
) -> None:
    seat.talk()
    seat.say("idle-ask", "idle-close")
    seat.do(c.Silent())
    seat.after(seconds)
    decision = seat.ask(c.End("agent"))
    if free:
        assert isinstance(decision, tuple) and [d.kind for d in decision] == ["call.ended"]
    else:
        assert isinstance(decision, c.Advised)
        assert decision.guard is Guard.CUSTOMER_HANGS_UP_FIRST


def test_words_spoken_after_the_silence_begin_it_anew(seat: Seat) -> None:
    seat.talk()
    seat.say("idle-ask", "idle-close")
    seat.do(c.Silent())
    seat.after(4)
    seat.say("apology")
    seat.after(4)
    assert isinstance(seat.ask(c.End("agent")), c.Advised)
    seat.do(c.Silent())
    seat.after(5)
    assert isinstance(seat.ask(c.End("agent")), tuple)


def test_a_hold_ends_the_silence(seat: Seat) -> None:
    seat.talk()
    seat.say("idle-ask", "idle-close")
    seat.do(c.Silent())
    seat.do(c.Hold("客户同意"))
    seat.after(30)
    assert isinstance(seat.ask(c.End("agent")), c.Advised)
    seat.do(c.Resume())
    assert isinstance(seat.ask(c.End("agent")), c.Advised)
    assert seat.call.silent_since is None


@pytest.mark.parametrize(("seconds", "agreed"), [(0, True), (60, True), (60.001, False)])
def test_a_hold_once_announced_is_agreed_for_a_minute(
    seat: Seat, seconds: float, agreed: bool
) -> None:
    seat.talk()
    seat.say("hold-query")
    seat.after(seconds)
    assert isinstance(seat.ask(c.Hold()), tuple) is agreed


def test_a_warm_transfer_of_an_upset_customer_and_a_cold_one_of_a_calm_one(seat: Seat) -> None:
    seat.talk()
    assert isinstance(seat.ask(c.Transfer("理赔组", warm=False)), tuple)
    seat.do(c.SetFields({"upset": "1"}))
    assert isinstance(seat.ask(c.Transfer("理赔组", warm=True)), tuple)


def test_reading_back_is_asked_only_of_a_full_record(seat: Seat) -> None:
    seat.served("complaint", number="", content="送错了")
    assert isinstance(seat.ask(c.Close("complaint_logged")), tuple)
    seat.do(c.SetFields({"phone": "13800138000"}))
    assert isinstance(seat.ask(c.Close("complaint_logged")), c.Advised)


def test_a_record_read_back_may_be_saved(seat: Seat) -> None:
    seat.talk()
    seat.name(category="complaint", content="送错了", phone="13800138000")
    seat.say("read-back")
    seat.do(c.End("customer"))
    assert isinstance(seat.ask(c.Close("complaint_logged")), tuple)


def test_what_was_said_freely_and_ticked_by_hand_satisfies_the_guards(seat: Seat) -> None:
    seat.talk()
    seat.do(c.Tick("closing"))
    seat.do(c.Tick("anything-else"))
    decision = seat.ask(c.End("agent"))
    assert isinstance(decision, c.Advised)
    assert decision.guard is Guard.CUSTOMER_HANGS_UP_FIRST
    seat.do(c.Tick("closing", undo=True))
    decision = seat.ask(c.End("agent"))
    assert isinstance(decision, c.Advised)
    assert decision.guard is Guard.HANG_UP_BEFORE_CLOSING


def test_a_phone_that_holds_or_ends_is_never_stopped(seat: Seat) -> None:
    seat.talk()
    assert seat.do(c.Hold(because="phone")) == ["call.guarded", "call.held"]
    assert seat.do(c.End("agent", because="phone"))[-1] == "call.ended"
