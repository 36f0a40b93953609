"""From ring to close: which act is possible when, and that order of arrival never matters."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from agentdesk.domain.call import commands as c
from agentdesk.domain.call.state import Phase
from agentdesk.domain.events import Draft, EntityId, EventId

if TYPE_CHECKING:
    from tests.unit.domain.call.conftest import Seat

PROMISE = EntityId("b" * 32)
ESCALATION = EntityId("e" * 32)


def reach(seat: Seat, phase: Phase) -> None:
    if phase is Phase.OFFERED:
        seat.ring()
    elif phase is Phase.MISSED:
        seat.ring()
        seat.do(c.Miss())
    elif phase is Phase.TALKING:
        seat.talk()
    elif phase is Phase.HELD:
        seat.talk()
        seat.do(c.Hold("客户同意"))
    else:
        seat.served(waybill="SL2026")
        if phase is Phase.CLOSED:
            seat.do(c.Close("informed"))
    assert seat.call.phase is phase


CARD = {Phase.TALKING, Phase.HELD, Phase.WRAP_UP}
ALWAYS = set(Phase)
POSSIBLE: list[tuple[c.Command, set[Phase]]] = [
    (c.Answer(), {Phase.OFFERED}),
    (c.Miss(), {Phase.OFFERED}),
    (c.Hold("客户同意"), {Phase.TALKING}),
    (c.Resume(), {Phase.HELD}),
    (c.Transfer("班长"), {Phase.TALKING, Phase.HELD}),
    (c.Say("closing", "谢谢您的来电"), {Phase.TALKING, Phase.HELD}),
    (c.Say("", "我看一下"), {Phase.TALKING, Phase.HELD}),
    (c.Silent(), {Phase.TALKING}),
    (c.Tick("greeting"), CARD),
    (c.Promise(PROMISE, 30), CARD),
    (c.Escalate(ESCALATION, "hostile", "team_leader", "请协助"), CARD),
    (c.End("customer"), {Phase.OFFERED, Phase.TALKING, Phase.HELD}),
    (c.Close("resolved"), {Phase.WRAP_UP}),
    (c.SetFields({"note": "客户再来电"}), ALWAYS),
    (c.RecordPhrase("F6-5.1", "不知道", "kept", "客户原话"), ALWAYS),
    (c.Reveal("phone", "核对号码"), ALWAYS),
]


@pytest.mark.parametrize("phase", list(Phase))
@pytest.mark.parametrize(("command", "phases"), POSSIBLE, ids=lambda value: type(value).__name__)
def test_what_is_possible_in_which_phase(
    seat: Seat, command: c.Command, phases: set[Phase], phase: Phase
) -> None:
    reach(seat, phase)
    decision = seat.ask(command)
    if phase in phases:
        assert isinstance(decision, tuple) and decision
    else:
        assert decision == c.Refused("refused.phase", {"phase": phase.value})


def test_nothing_but_a_ring_is_possible_without_a_call(seat: Seat) -> None:
    for command, _ in POSSIBLE:
        assert seat.ask(command) == c.Refused("refused.no_call")


def test_from_ring_to_close_with_every_instant_kept(seat: Seat) -> None:
    start = seat.now
    seat.ring(name="张伟", queue="售后")
    assert (seat.call.phase, seat.call.name, seat.call.queue) == (Phase.OFFERED, "张伟", "售后")
    seat.after(6)
    assert seat.do(c.Answer()) == ["call.answered"]
    seat.after(20)
    seat.say("hold-query")
    assert seat.do(c.Hold()) == ["call.held"]
    assert seat.call.held_since == seat.now
    seat.after(45)
    seat.do(c.Resume())
    call = seat.call
    assert (call.phase, call.held_since) == (Phase.TALKING, None)
    assert call.last_hold == call.held_total == timedelta(seconds=45)
    seat.after(30)
    assert seat.do(c.End("customer", "normal")) == ["call.ended"]
    seat.after(15)
    seat.name(category="inquiry", content="时效")
    assert seat.do(c.Close("informed")) == ["call.closed"]
    call = seat.call
    assert call.phase is Phase.CLOSED
    assert [call.offered_at, call.answered_at, call.ended_at, call.closed_at] == [
        start + timedelta(seconds=seconds) for seconds in (0, 6, 101, 116)
    ]
    assert (call.ended_by, call.disposition, call.gaps) == ("customer", "informed", ())


def test_a_card_opened_by_hand_is_talking_at_once(seat: Seat) -> None:
    seat.ring(source="manual", external_id="")
    assert seat.call.phase is Phase.TALKING
    assert seat.call.answered_at == seat.call.offered_at


def test_an_offer_of_a_call_that_is_there_changes_nothing(seat: Seat) -> None:
    seat.talk()
    assert seat.ask(c.Offer(seat.call.id, "13900139000")) == ()


def test_a_missed_call_leaves_a_callback_with_the_packs_figure(seat: Seat) -> None:
    seat.ring(name="张伟")
    seat.after(20)
    assert seat.do(c.End("customer")) == ["call.missed", "callback.made"]
    body = seat.events[-1].body
    assert (body["number"], body["customer"], body["minutes"]) == ("13800138000", "张伟", 30)
    assert body["call"] == seat.call.id
    assert (seat.call.phase, seat.call.ended_at) == (Phase.MISSED, seat.now)


@pytest.mark.parametrize("fields", [{"number": ""}, {"direction": "outbound"}])
def test_nobody_to_call_back_leaves_no_callback(seat: Seat, fields: dict[str, str]) -> None:
    seat.ring(**fields)
    assert seat.do(c.Miss("no_answer")) == ["call.missed"]


def test_ending_on_hold_ends_the_hold(seat: Seat) -> None:
    reach(seat, Phase.HELD)
    seat.after(50)
    seat.do(c.End("customer"))
    assert seat.call.held_since is None
    assert seat.call.held_total == timedelta(seconds=50)


def test_a_transfer_ends_the_call_here(seat: Seat) -> None:
    seat.talk()
    assert seat.ask(c.Transfer("  ")) == c.Refused("refused.transfer_to")
    seat.do(c.Transfer("理赔组", warm=True))
    call = seat.call
    assert (call.phase, call.transferred_to, call.ended_at) == (Phase.WRAP_UP, "理赔组", seat.now)


def test_setting_what_is_already_so_makes_no_event(seat: Seat) -> None:
    seat.talk()
    seat.name("李", "女士")
    assert seat.ask(c.SetFields({"surname": "李", "note": ""})) == ()
    decision = seat.ask(c.SetFields({"surname": "黎", "title": "女士"}))
    assert isinstance(decision, tuple)
    assert decision[0].body["set"] == {"surname": "黎"}
    assert seat.call.customer == "李女士"


def test_who_hung_up_is_kept(seat: Seat) -> None:
    seat.talk()
    seat.do(c.End("unknown", "line_down"))
    assert (seat.call.ended_by, seat.events[-1].body["cause"]) == ("unknown", "line_down")


def long_call(seat: Seat) -> None:
    """A call with something of every kind."""
    seat.talk(name="张伟")
    seat.name("张", "先生", category="complaint")
    seat.say("inbound-greeting", "complaint-error", names=1, polite=2)
    seat.say("hold-query")
    for _ in range(2):
        seat.after(5)
        seat.do(c.Hold())
        seat.after(10)
        seat.do(c.Resume())
    seat.do(c.Tick("polite"))
    seat.do(c.Tick("polite", undo=True))
    seat.do(c.RecordPhrase("F6-5.1", "不知道", "kept", "客户原话"))
    seat.do(c.Reveal("phone", "核对号码"))
    seat.do(c.Silent())
    seat.do(c.SetFields({"content": "送错了", "phone": "13800138000"}))
    seat.do(c.End("agent", because="无人应答"))
    seat.do(c.Close("complaint_logged", because="客户已挂机"))


def test_any_order_and_any_repetition_of_the_events_reads_the_same(seat: Seat) -> None:
    long_call(seat)
    events, expected = seat.mine(), seat.call
    assert expected.phase is Phase.CLOSED and len(events) > 20
    chance = random.Random(20260310)
    for _ in range(200):
        mixed = events + chance.sample(events, 8)
        chance.shuffle(mixed)
        assert seat.read(mixed) == expected


def test_without_its_ring_a_call_cannot_be_read(seat: Seat) -> None:
    long_call(seat)
    assert seat.read([e for e in seat.mine() if e.kind != "call.offered"]) is None


def test_every_part_of_the_events_reads_as_some_call(seat: Seat) -> None:
    """Events arrive in any order from elsewhere; what is there so far must always read."""
    long_call(seat)
    events = seat.mine()
    chance = random.Random(7)
    for _ in range(200):
        call = seat.read([events[0], *chance.sample(events, chance.randint(0, len(events)))])
        assert call is not None
        assert call.held_total >= timedelta() and len(call.kept) <= 1
        assert (call.held_since is not None) >= (call.phase is Phase.HELD)


@pytest.mark.parametrize(
    ("kinds", "phase"),
    [
        ("offered", Phase.OFFERED),
        ("offered held", Phase.OFFERED),
        ("offered ended", Phase.MISSED),
        ("offered missed", Phase.MISSED),
        ("offered answered missed", Phase.TALKING),
        ("offered answered held", Phase.HELD),
        ("offered answered held held", Phase.HELD),
        ("offered answered held resumed", Phase.TALKING),
        ("offered answered resumed", Phase.TALKING),
        ("offered answered held ended", Phase.WRAP_UP),
        ("offered answered ended held", Phase.WRAP_UP),
        ("offered answered ended ended", Phase.WRAP_UP),
        ("offered answered transferred", Phase.WRAP_UP),
        ("offered answered closed", Phase.CLOSED),
        ("offered closed ended answered", Phase.CLOSED),
    ],
)
def test_the_phase_by_what_exists(seat: Seat, kinds: str, phase: Phase) -> None:
    call_id = EntityId("c" * 32)
    for name in kinds.split():
        seat.after(1)
        body = {"at": int(seat.now.timestamp() * 1000)}
        seat.store(Draft(f"call.{name}", "call", call_id, body))
    assert seat.call.phase is phase


def test_two_rings_of_one_call_are_one(seat: Seat) -> None:
    seat.ring(name="张伟")
    first = seat.events[0]
    late = replace(first, id=EventId("f" * 32), body={**first.body, "name": "另一人"})
    call = seat.read([late, first])
    assert call is not None and call.name == "张伟"
