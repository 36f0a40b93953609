"""What a phone event asks of a call."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from agentdesk.domain.call import commands as c
from agentdesk.domain.call.state import Call, Phase, read_call
from agentdesk.domain.events import EntityId, Event, EventId, Stamp
from agentdesk.domain.fold import fold
from agentdesk.domain.moments import to_ms
from agentdesk.domain.phone import STALE_AFTER, PhoneEvent, PhoneKind, react, stale

NOW = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
NEW = EntityId("c" * 32)


def event(kind: PhoneKind, **fields: str) -> PhoneEvent:
    return replace(PhoneEvent(kind, "1", "push", number="13800138000"), **fields)


def ringing() -> Call:
    body = {"at": to_ms(NOW), "direction": "inbound", "source": "push", "external_id": "1"}
    offered = Event(
        EventId("e"), "call.offered", 1, "call", NEW, body, Stamp(1), "", "", EventId("t")
    )
    call = read_call(NEW, fold([offered]))
    assert call is not None
    return call


def test_a_ring_opens_a_call_that_carries_the_phones_id() -> None:
    (offer,) = react(event("offered", name="张伟", queue="售后"), None, lambda: NEW)
    assert offer == c.Offer(NEW, "13800138000", "张伟", "inbound", "售后", "push", "1")


def test_a_hold_of_a_call_whose_ring_was_lost_opens_it_on_hold() -> None:
    commands = react(event("held"), None, lambda: NEW)
    assert [type(command) for command in commands] == [c.Offer, c.Answer, c.Hold]


@pytest.mark.parametrize("kind", ["answered", "resumed"])
def test_news_of_a_call_whose_ring_was_lost_opens_it_answered(kind: PhoneKind) -> None:
    commands = react(event(kind), None, lambda: NEW)
    assert [type(command) for command in commands] == [c.Offer, c.Answer]


def test_the_end_of_an_unknown_call_is_nothing() -> None:
    assert react(event("ended"), None, lambda: NEW) == ()


EXPECTED: dict[tuple[PhoneKind, Phase], tuple[c.Command, ...]] = {
    ("answered", Phase.OFFERED): (c.Answer(),),
    ("held", Phase.TALKING): (c.Hold(because="phone"),),
    ("resumed", Phase.HELD): (c.Resume(),),
    ("ended", Phase.OFFERED): (c.Miss("cancel"),),
    ("ended", Phase.TALKING): (c.End("customer", "cancel", because="phone"),),
    ("ended", Phase.HELD): (c.End("customer", "cancel", because="phone"),),
}


@pytest.mark.parametrize("phase", list(Phase))
@pytest.mark.parametrize("kind", ["offered", "answered", "held", "resumed", "ended"])
def test_known_calls(kind: PhoneKind, phase: Phase) -> None:
    call = replace(ringing(), phase=phase)
    commands = react(event(kind, cause="cancel", by="customer"), call, lambda: NEW)
    assert commands == EXPECTED.get((kind, phase), ())


def test_an_end_without_a_cause_is_given_up() -> None:
    assert react(event("ended"), ringing(), lambda: NEW) == (c.Miss("abandoned"),)


def test_a_ring_goes_stale_at_the_limit_and_not_before() -> None:
    call = ringing()
    assert not stale(call, NOW + STALE_AFTER - timedelta(milliseconds=1))
    assert stale(call, NOW + STALE_AFTER)
    assert not stale(replace(call, phase=Phase.TALKING), NOW + STALE_AFTER * 10)
