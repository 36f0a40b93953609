"""Dated steps of an order: what is offered when, and what they do to its limits."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentdesk.domain.sla.calendar import Calendar
from agentdesk.domain.sla.clocks import Settings
from agentdesk.domain.sla.state import State
from agentdesk.domain.ticket import commands as c
from agentdesk.domain.ticket.clocks import _again, clocks_of, policy_of
from agentdesk.domain.ticket.state import Ticket
from agentdesk.domain.ticket.steps import steps_of

Course = Any
DAY = Calendar.daily("Asia/Shanghai", [["08:00", "18:00"]])


def steps(course: Course) -> tuple[str, ...]:
    policy = policy_of(course.pack, Settings(DAY))
    return steps_of(course.ticket, policy)


def test_the_hall_is_waited_in_before_anybody_writes(c5: Course) -> None:
    """C5-F6-queue-30min, then C5-S19-single-5min."""
    c5.after(minutes=40).open("order", tier="ordinary", channel="hall")
    assert set(steps(c5)) == {"queue_joined", "served"}
    joined = c5.now - timedelta(minutes=25)
    c5.do(c.Reach("queue_joined", at=joined), c.Reach("served"))
    queue = c5.clocks()["queue"].state
    assert (queue.state, queue.elapsed) == (State.MET, timedelta(minutes=25))
    assert c5.clocks()["hall-single"].running
    assert not {"queue_joined", "served"} & set(steps(c5))
    c5.after(minutes=6).do(c.Resolve("办好"))
    assert c5.clocks()["hall-single"].state.state is State.BREACHED


def test_a_package_has_the_longer_limit(c5: Course) -> None:
    c5.open("order_package", tier="ordinary", channel="hall")
    c5.do(c.Reach("served"))
    assert "hall-package" in c5.clocks() and "hall-single" not in c5.clocks()


@pytest.mark.parametrize("ago", [timedelta(days=8), timedelta(seconds=-1)])
def test_a_step_is_neither_far_before_the_intake_nor_to_come(c5: Course, ago: timedelta) -> None:
    c5.open("order", tier="ordinary", channel="hall")
    assert c5.refused(c.Reach("queue_joined", at=c5.now - ago)) == "at"


def test_a_spare_handset_is_due_after_four_hours_of_repair(c5: Course) -> None:
    c5.open("handset", network="mobile")
    assert set(steps(c5)) >= {"repair_started", "replaced"}
    assert "spare_phone_offered" not in steps(c5), "before the repair has begun"
    c5.do(c.Reach("repair_started"))
    assert c5.after(hours=4, seconds=1).clocks()["spare-handset"].state.state is State.REACHED
    assert c5.clocks()["handset-service"].state.state is State.BREACHED
    c5.do(c.Reach("spare_phone_offered"))
    assert "spare_phone_offered" not in steps(c5)


def test_every_message_of_a_chat_wants_its_reply(l7: Course) -> None:
    l7.open("advice", channel="chat")
    l7.do(c.Reach("chat_opened"))
    assert steps(l7)[:1] == ("first_greeting",)
    l7.after(seconds=10).do(c.Reach("first_greeting"))
    assert l7.clocks()["greet"].state.state is State.MET
    waits = []
    for seconds in (5, 30, 12):
        l7.after(minutes=1).do(c.Reach("chat_message_received"))
        assert steps(l7) == ("reply_sent", "chat_message_received")
        l7.after(seconds=seconds / 2).do(c.Reach("chat_message_received"))  # and writes on
        l7.after(seconds=seconds / 2).do(c.Reach("reply_sent"))
        assert "reply_sent" not in steps(l7)
        waits.append(timedelta(seconds=seconds))
    runs = [clock for key, clock in l7.clocks().items() if key.startswith("reply/")]
    assert sorted(run.state.elapsed for run in runs) == sorted(waits)
    assert [run.state.state for run in runs].count(State.BREACHED) == 1
    l7.after(minutes=1).do(c.Reach("chat_message_received"))
    assert [clock.key for clock in l7.clocks().values() if clock.running]
    l7.do(c.Resolve("已解答", told=True), c.Close("聊完"))
    assert not [clock for clock in l7.clocks().values() if clock.running]


def test_a_chat_message_by_mistake_is_no_miss_of_the_one_before(l7: Course) -> None:
    l7.open("advice", channel="chat")
    l7.do(c.Reach("chat_message_received"))
    first = next(iter(key for key in l7.clocks() if key.startswith("reply/")))
    l7.after(seconds=60).do(c.Reach("reply_sent"))
    l7.after(seconds=60).do(c.Reach("chat_message_received"))
    assert l7.clocks()[first].state.state is State.BREACHED
    assert len([key for key in l7.clocks() if key.startswith("reply/")]) == 2


def evening(course: Course) -> Ticket:
    opened: Ticket = course.after(hours=12).open("inquiry")  # nine in the evening
    return opened


def test_what_comes_in_the_evening_is_copied_by_ten_next_morning(p1: Course) -> None:
    ticket = evening(p1)
    policy = policy_of(p1.pack, Settings(DAY))
    found = {clock.key: clock for clock in clocks_of(ticket, policy, p1.now)}
    due = found["after-hours-copy"].state.due
    assert due is not None
    local = due.astimezone(DAY.zone.info)
    assert (local.day, f"{local:%H:%M}") == (11, "10:00")
    assert steps(p1) == ("copy_received",)
    p1.after(hours=12).do(c.Reach("copy_received"))
    assert steps(p1) == ()


def test_what_comes_by_day_and_a_centre_that_never_shuts_have_no_copy(p1: Course) -> None:
    ticket = p1.open("inquiry")
    policy = policy_of(p1.pack, Settings(DAY))
    assert "after-hours-copy" not in {clock.key for clock in clocks_of(ticket, policy, p1.now)}
    assert steps(p1) == ()
    always = policy_of(p1.pack, Settings(Calendar.round_the_clock("Asia/Shanghai")))
    assert "after-hours-copy" not in {clock.key for clock in clocks_of(ticket, always, p1.now)}
    assert policy.basis != always.basis, "other hours are another reckoning"


def test_nothing_is_recorded_of_an_order_that_is_over(c5: Course) -> None:
    c5.open("handset", network="mobile")
    c5.do(c.Cancel("误登记"))
    assert steps(c5) == ()
    assert c5.refused(c.Reach("repair_started")) == "state"


instants = st.lists(st.integers(0, 40), max_size=12)


@given(instants, instants)
def test_runs_neither_overlap_nor_leave_a_beginning_out(starts: list[int], ends: list[int]) -> None:
    base = datetime.fromisoformat("2026-03-10T09:00:00+08:00")
    begun = tuple(base + timedelta(seconds=at) for at in sorted(set(starts)))
    ended = tuple(base + timedelta(seconds=at) for at in sorted(set(ends)))
    runs = list(_again(begun, ended))
    spans = [(start[0], stop[0] if stop else None) for _, start, stop in runs]
    assert len({key for key, _, _ in runs}) == len(runs)
    for start in begun:
        inside = [a for a, b in spans if a <= start and (b is None or start <= b)]
        assert len(inside) == 1, "each beginning is in one run"
    for (_, stop), (start, _) in pairwise(spans):
        assert stop is not None and start > stop
    for start, stop in spans:
        assert stop == min((end for end in ended if end >= start), default=None)
