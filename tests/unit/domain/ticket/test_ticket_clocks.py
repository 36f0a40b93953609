"""Marks, pauses and clocks of a ticket; its priority."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from agentdesk.domain.provision import CLOCK_MARKS
from agentdesk.domain.sla.state import Level, State
from agentdesk.domain.ticket import commands as c
from agentdesk.domain.ticket.clocks import news_of, standing_of
from agentdesk.domain.ticket.marks import marks_of, pauses_of
from agentdesk.domain.ticket.priority import priority_of
from agentdesk.domain.ticket.words import canonical, kind_of

Course = Any
HOUR = timedelta(hours=1)


def test_marks_speak_the_vocabulary_of_the_limits(p1: Course) -> None:
    opened = p1.open("complaint").opened_at
    form_id = p1.after(hours=1).send()
    sent = p1.now
    p1.after(hours=1).do(c.ReturnForm(form_id, "已办"))
    back = p1.now
    p1.after(hours=1).do(c.FollowUp("满意"), c.Resolve("办完"))
    done = p1.now
    p1.after(hours=1).do(c.Tell())
    marks = marks_of(p1.ticket)
    assert marks["ticket_created"] == marks["complaint_registered"] == (opened,)
    assert marks["dispatched"] == marks["feedback_form_sent"] == (sent,)
    assert marks["form_returned"] == (back,)
    assert marks["followup_done"] == marks["resolved"] == (done,)
    assert marks["formal_reply"] == (p1.now,)
    assert marks["first_response"] == (done,), "the follow-up call was the first contact"
    assert marks.keys() <= set(CLOCK_MARKS)


def test_a_response_given_earlier_stays_the_first(c5: Course) -> None:
    c5.open("complaint", tier="gold", network="mobile")
    at = c5.after(minutes=30).now
    c5.do(c.Respond("已联系客户"))
    c5.after(hours=1).do(c.Resolve("处理好", told=True))
    assert marks_of(c5.ticket)["first_response"] == (at,)
    assert c5.clocks()["first-response"].state.state is State.MET


def test_a_resolution_that_was_undone_is_a_pause_not_a_mark(t0: Course) -> None:
    t0.open("request")
    t0.after(minutes=30).do(c.Resolve("好了"))
    t0.after(hours=5).do(c.Reopen("没好"))
    assert "resolved" not in marks_of(t0.ticket)
    (span,) = pauses_of(t0.ticket)
    assert (span.end, span.reason) == (t0.now, "settled")
    due = t0.clocks()["resolve"].state.due
    assert due == t0.ticket.opened_at + 7 * HOUR, "two hours, five of them settled"


def test_waiting_for_the_customer_freezes_a_clock_and_a_department_does_not(t0: Course) -> None:
    t0.open("request")
    pause_id = t0.id()
    t0.after(minutes=30).do(c.Pause(pause_id, "waiting_department"))
    assert t0.clocks()["resolve"].state.state is State.RUNNING
    t0.do(c.Pause(t0.id(), "waiting_customer"))
    clock = t0.after(hours=9).clocks()["resolve"]
    assert clock.state.state is State.PAUSED and clock.state.due is None
    assert clock.state.remaining == timedelta(minutes=90)
    t0.do(c.Resume())
    assert t0.clocks()["resolve"].state.due == t0.now + timedelta(minutes=90)


def test_limits_follow_tier_and_network_with_start_and_pauses_kept(c5: Course) -> None:
    opened = c5.open("complaint", tier="普通", network="移动").opened_at
    replies = [k for k in c5.clocks().values() if k.choice.clock.stop == "formal_reply"]
    assert [clock.state.due for clock in replies] == [opened + 48 * HOUR]
    c5.after(hours=1).do(c.Pause(c5.id(), "waiting_customer"))
    c5.after(hours=2).do(c.Resume())
    c5.do(c.SetFields({"tier": "钻石"}, because="核实"))
    replies = [k for k in c5.clocks().values() if k.choice.clock.stop == "formal_reply"]
    assert [clock.state.due for clock in replies] == [opened + 26 * HOUR]


def test_a_category_found_later_starts_its_limit_at_the_intake(c5: Course) -> None:
    opened = c5.open("inquiry").opened_at
    assert c5.clocks() == {}
    c5.after(minutes=40).do(c.SetFields({"category": "complaint"}))
    assert c5.clocks()["first-response"].state.due == opened + 2 * HOUR


def test_every_form_has_its_own_clock(p1: Course) -> None:
    p1.open("assistance")
    one = p1.send("工程部")
    two = p1.after(hours=5).send("保安部")
    p1.do(c.ReturnForm(one, "好了"))
    clocks = p1.clocks()
    assert clocks[f"department-form/{one}"].state.state is State.MET
    late = clocks[f"department-form/{two}"]
    assert late.running and late.state.due == p1.now + 24 * HOUR
    assert late.form_id == two


def test_the_call_after_a_returned_form_is_due_that_day(p1: Course) -> None:
    p1.open("complaint")
    form_id = p1.send()
    p1.do(c.ReturnForm(form_id, "好了"))
    clock = p1.clocks()[f"followup-same-day/{form_id}"]
    assert clock.state.due is not None and clock.state.due - p1.now == 15 * HOUR
    p1.do(c.FollowUp("满意"))
    assert p1.clocks()[f"followup-same-day/{form_id}"].state.state is State.MET


def test_a_closed_ticket_runs_no_clock_and_a_cancelled_one_has_none(f6: Course, t0: Course) -> None:
    t0.open("request")
    t0.after(minutes=5).do(c.Resolve("好了", told=True), c.Close("口头"))
    assert not any(clock.running for clock in t0.after(days=9).clocks().values())
    t0.do(c.Reopen("没好"), c.Cancel("误登"))
    assert t0.clocks() == {}


def test_a_miss_is_news_once_and_so_is_a_band(t0: Course) -> None:
    t0.open("outage")
    clocks = tuple(t0.after(minutes=13).clocks().values())
    news = news_of(t0.ticket, clocks)
    assert [(w.key, w.band) for w in news.warnings] == [("dispatch", "warn")]
    assert news.breaches == ()
    t0.do(news)
    assert news_of(t0.ticket, clocks) == c.Note()
    clocks = tuple(t0.after(minutes=30).clocks().values())
    news = news_of(t0.ticket, clocks)
    (breach,) = news.breaches
    assert (breach.key, breach.due_at) == ("dispatch", t0.ticket.opened_at + HOUR / 4)
    t0.do(news)
    assert news_of(t0.ticket, tuple(t0.clocks().values())) == c.Note()


def test_a_recorded_miss_stays_missed_whatever_comes_to_light(t0: Course) -> None:
    t0.open("outage")
    t0.after(minutes=16).do(c.Note((c.Breach("dispatch", t0.ticket.opened_at + HOUR / 4),)))
    t0.do(c.Dispatch(t0.id(), "网络部", because="补记"))
    clock = t0.clocks()["dispatch"]
    assert clock.state.state is State.BREACHED and clock.state.level is Level.LATE
    assert not clock.running


def test_a_list_shows_the_next_due_of_all_or_that_they_stand_still(t0: Course) -> None:
    t0.open("outage")
    standing = standing_of(tuple(t0.clocks().values()))
    assert (standing.key, standing.due_at) == ("dispatch", t0.now + HOUR / 4)
    assert standing.warn_at == t0.now + HOUR / 5 == standing.next_at
    t0.do(c.Pause(t0.id(), "waiting_customer"))
    standing = standing_of(tuple(t0.clocks().values()))
    assert standing.due_at is None and standing.paused
    assert standing_of(()).key == ""


def test_outage_and_payment_come_before_everything(t0: Course) -> None:
    order = [
        {"category": "payment", "tier": "diamond"},
        {"category": "outage"},
        {"category": "complaint", "urgency": "urgent"},
        {"category": "complaint", "urgency": "high", "tier": "gold"},
        {"category": "complaint", "urgency": "high"},
        {"category": "complaint", "tier": "silver"},
        {"category": "complaint"},
        {"category": "inquiry", "tier": "diamond"},
        {"category": "inquiry"},
    ]
    ranks = [priority_of(values).rank for values in order]
    assert ranks == sorted(ranks) and len(set(ranks)) == len(ranks)
    assert [priority_of(values).level for values in order] == [1, 1, 1, 2, 2, 3, 3, 4, 4]
    assert priority_of(order[0]).parts[0].rule == "T0-2.1-priority-outage-payment"


def test_a_level_set_by_hand_wins(t0: Course) -> None:
    chosen = priority_of({"category": "inquiry", "priority": "p1"})
    assert (chosen.level, chosen.chosen) == (1, True)
    assert not priority_of({"category": "inquiry", "priority": "9"}).chosen


@pytest.mark.parametrize(
    ("key", "kind"),
    [("order_4008", "order"), ("complaint", "complaint"), ("", ""), ("vehicles", "other")],
)
def test_a_category_key_says_its_kind(key: str, kind: str) -> None:
    assert kind_of(key) == kind


@pytest.mark.parametrize("hostile", ["\u202e金卡", "金卡" * 500, "", "\x1b[31m"])
def test_words_nobody_knows_stay_as_they_are(hostile: str) -> None:
    assert canonical("tier", hostile) == hostile.strip()


def test_a_clock_set_back_behind_the_closing_starts_nothing_again(t0: Course) -> None:
    t0.open("request")
    t0.do(c.Resolve("好了", told=True))
    t0.after(seconds=-5).do(c.Close("已核对"))
    assert not [clock.key for clock in t0.clocks().values() if clock.running]
