"""Escalations step by step, promises with a figure, and how they are read back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from agentdesk.domain.call import commands as c
from agentdesk.domain.call.state import Phase
from agentdesk.domain.events import Draft, EntityId
from agentdesk.domain.fold import EntityState
from agentdesk.domain.followups import read_callback, read_escalation, read_promise
from agentdesk.domain.moments import to_ms

if TYPE_CHECKING:
    from tests.unit.domain.call.conftest import Seat

E1, E2, E3 = (EntityId(f"e{number}".ljust(32, "0")) for number in (1, 2, 3))
PROMISE = EntityId("b" * 32)


def raise_(
    escalation_id: EntityId, reason: str, level: str, proposal: str = "请协助"
) -> c.Escalate:
    return c.Escalate(escalation_id, reason, level, proposal)


def take(seat: Seat, escalation_id: EntityId, who: str) -> None:
    body = {"at": to_ms(seat.now), "by": who}
    seat.store(Draft("escalation.taken", "escalation", escalation_id, body))


# -------------------------------------------------------------------------- escalation


def test_the_ladder_goes_step_by_step(seat: Seat) -> None:
    seat.talk()
    refused = c.Refused(
        "refused.escalation_skip", {"level": "team_leader"}, "F6-4.3-angry-to-manager"
    )
    assert seat.ask(raise_(E1, "cannot_calm", "supervisor")) == refused
    assert seat.do(raise_(E1, "hostile", "team_leader")) == ["escalation.raised"]
    assert seat.do(raise_(E2, "cannot_calm", "supervisor")) == ["escalation.raised"]
    first, second = seat.escalations()
    assert (first.state, first.level, first.proposal) == ("sent", "team_leader", "请协助")
    assert (second.emergency, second.report_owed) == (False, False)


def test_three_levels_are_three_steps(n2_seat: Seat) -> None:
    seat = n2_seat
    seat.talk()
    seat.do(raise_(E1, "cannot_handle", "team_leader"))
    refused = seat.ask(raise_(E2, "cannot_handle", "centre_director"))
    assert isinstance(refused, c.Refused) and refused.params == {"level": "director"}
    seat.do(raise_(E2, "cannot_handle", "director"))
    seat.do(raise_(E3, "cannot_handle", "centre_director"))
    assert len(seat.escalations()) == 3


def test_an_emergency_may_skip_and_owes_a_report(seat: Seat) -> None:
    seat.talk()
    seat.do(raise_(E1, "urgent", "supervisor"))
    assert seat.events[-1].body["skipped"] == ["team_leader"]
    (view,) = seat.escalations()
    assert (view.emergency, view.report_owed) == (True, True)
    body = {"at": to_ms(seat.now), "set": {"report_done": True}}
    seat.store(Draft("escalation.set", "escalation", E1, body))
    assert not seat.escalations()[0].report_owed


def test_an_emergency_that_skips_nothing_owes_nothing(seat: Seat) -> None:
    seat.talk()
    seat.do(raise_(E1, "hostile", "team_leader"))
    seat.do(raise_(E2, "urgent", "supervisor"))
    assert [view.report_owed for view in seat.escalations()] == [False, False]


def test_a_step_taken_back_is_no_step(seat: Seat) -> None:
    seat.talk()
    seat.do(raise_(E1, "hostile", "team_leader"))
    seat.do(c.Withdraw(E1))
    assert seat.escalations()[0].state == "withdrawn"
    assert isinstance(seat.ask(raise_(E2, "cannot_calm", "supervisor")), c.Refused)


@pytest.mark.parametrize(
    ("command", "key"),
    [
        (raise_(E1, "bored", "team_leader"), "refused.escalation_unknown"),
        (raise_(E1, "hostile", "emperor"), "refused.escalation_unknown"),
        (raise_(E1, "hostile", "team_leader", " \n"), "refused.escalation_proposal"),
    ],
)
def test_help_wants_a_known_reason_a_known_level_and_a_proposal(
    seat: Seat, command: c.Escalate, key: str
) -> None:
    seat.talk()
    decision = seat.ask(command)
    assert isinstance(decision, c.Refused) and decision.key == key


@pytest.mark.parametrize(("seconds", "possible"), [(0, True), (5, True), (5.001, False)])
def test_undo_within_five_seconds(seat: Seat, seconds: float, possible: bool) -> None:
    seat.talk()
    seat.do(raise_(E1, "hostile", "team_leader"))
    seat.after(seconds)
    decision = seat.ask(c.Withdraw(E1))
    if possible:
        assert isinstance(decision, tuple)
    else:
        assert decision == c.Refused("refused.withdraw_late", {"seconds": 5})


def test_what_a_leader_has_taken_cannot_be_taken_back(seat: Seat) -> None:
    seat.talk()
    seat.do(raise_(E1, "hostile", "team_leader"))
    seat.after(1)
    take(seat, E1, "6001")
    seat.after(1)
    take(seat, E1, "6002")
    (view,) = seat.escalations()
    assert (view.state, view.taken_by) == ("taken", "6001"), "the first one has it"
    assert view.taken_at == seat.now - timedelta(seconds=1)
    assert seat.ask(c.Withdraw(E1)) == c.Refused("refused.withdraw_gone")


@pytest.mark.parametrize("escalation_id", [E1, E2])
def test_there_is_nothing_to_take_back_twice_or_never_sent(
    seat: Seat, escalation_id: EntityId
) -> None:
    seat.talk()
    seat.do(raise_(E1, "hostile", "team_leader"))
    seat.do(c.Withdraw(E1))
    assert seat.ask(c.Withdraw(escalation_id)) == c.Refused("refused.withdraw_gone")


# ---------------------------------------------------------------------------- promises


@pytest.mark.parametrize("minutes", [1, 30, 14 * 24 * 60])
def test_a_promise_is_due_so_many_minutes_later(seat: Seat, minutes: int) -> None:
    seat.talk()
    assert seat.do(c.Promise(PROMISE, minutes, "核实后回电")) == ["promise.made"]
    view = read_promise(PROMISE, seat.states[PROMISE])
    assert view is not None
    assert (view.minutes, view.text, view.state) == (minutes, "核实后回电", "open")
    assert view.due_at == seat.now + timedelta(minutes=minutes)
    assert seat.call.phase is Phase.TALKING


@pytest.mark.parametrize("minutes", [-1, 14 * 24 * 60 + 1])
def test_an_impossible_figure_is_refused(seat: Seat, minutes: int) -> None:
    seat.talk()
    refused = c.Refused("refused.promise_minutes", {"minutes": minutes})
    assert seat.ask(c.Promise(PROMISE, minutes)) == refused


@pytest.mark.parametrize("minutes", [None, 0])
def test_going_on_without_a_figure_takes_the_packs(seat: Seat, minutes: int | None) -> None:
    seat.talk()
    assert isinstance(seat.ask(c.Promise(PROMISE, minutes)), c.Advised)
    seat.do(c.Promise(PROMISE, minutes, because="客户不愿等"))
    assert seat.events[-1].body["minutes"] == 30


def test_a_promise_may_be_moved_and_is_ended_by_an_act(seat: Seat) -> None:
    seat.talk()
    seat.do(c.Promise(PROMISE, 30))
    due = to_ms(seat.now + timedelta(minutes=50))
    for changes in ({"due_at": due}, {"state": "done", "done_at": due}):
        body = {"at": due, "set": changes}
        seat.store(Draft("promise.set", "promise", PROMISE, body))
    view = read_promise(PROMISE, seat.states[PROMISE])
    assert view is not None
    assert (to_ms(view.due_at), view.state, view.minutes) == (due, "done", 30)
    assert view.done_at is not None and to_ms(view.done_at) == due


def test_a_callback_is_due_after_the_packs_figure(seat: Seat) -> None:
    seat.ring(name="张伟")
    seat.do(c.Miss())
    callback = seat.events[-1].entity_id
    view = read_callback(callback, seat.states[callback])
    assert view is not None
    assert (view.number, view.customer, view.state) == ("13800138000", "张伟", "open")
    assert view.due_at - view.made_at == timedelta(minutes=30)


def test_without_their_beginning_follow_ups_cannot_be_read() -> None:
    for read in (read_promise, read_callback, read_escalation):
        assert read(PROMISE, EntityState()) is None


def test_a_look_at_masked_data_wants_a_reason(seat: Seat) -> None:
    seat.talk()
    assert seat.ask(c.Reveal("phone", " ")) == c.Refused("refused.reveal_reason")
    assert seat.do(c.Reveal("phone", "核对号码")) == ["call.revealed"]
    assert seat.events[-1].body["reason"] == "核对号码"
