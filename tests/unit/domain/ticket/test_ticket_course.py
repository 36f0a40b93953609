"""The course of a ticket: what each act does, and what makes no sense when."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from agentdesk.domain.events import EntityId
from agentdesk.domain.ticket import commands as c
from agentdesk.domain.ticket.state import TicketState

Course = Any
"""Of conftest; test folders are no packages."""

NOBODY = EntityId("9" * 32)


def test_whoever_takes_it_in_owns_it_and_stays_on_record(t0: Course) -> None:
    assert t0.open("complaint").owner == "8012"
    ticket = t0.do(c.Assign("8020", "转二线"))
    assert (ticket.owner, ticket.first_owner, ticket.opened_by) == ("8020", "8012", "8012")
    assert t0.events[-1].body["from"] == "8012"
    assert t0.decide(c.Assign("8020")) == ()
    assert t0.refused(c.Assign(" ")) == "owner"


def test_a_ticket_needs_a_summary_or_a_category_the_standard_has(t0: Course) -> None:
    assert t0.refused(c.Open(NOBODY)) == "empty"
    assert t0.refused(c.Open(NOBODY, {"category": "lost_property"})) == "category"
    t0.open("outage")
    assert t0.decide(c.Open(NOBODY, {}, "再开一次")) == ()
    assert t0.refused(c.SetFields({"category": "没有"})) == "category"


def test_typed_words_become_the_keys_limits_are_chosen_by(c5: Course) -> None:
    ticket = c5.open("complaint", tier="钻石卡", network="宽带", severity="重大投诉")
    assert ticket.values["tier"] == "diamond"
    assert ticket.values["network"] == "fixed"
    assert ticket.values["severity"] == "major"
    assert c5.do(c.SetFields({"tier": "白金"})).values["tier"] == "白金"


def test_a_form_that_asks_who_is_responsible_names_the_owner(t0: Course) -> None:
    ticket = t0.open("inquiry", owner="8099")
    assert (ticket.owner, ticket.first_owner, ticket.opened_by) == ("8099", "8099", "8012")


def test_a_change_of_class_is_an_act_of_its_own_with_the_former_value(c5: Course) -> None:
    c5.open("complaint", tier="gold")
    c5.do(c.SetFields({"tier": "普通", "content": "断线"}, because="客户出示证件"))
    assert c5.kinds[-2:] == ["set", "classed"]
    body = c5.events[-1].body
    assert (body["set"], body["before"]) == ({"tier": "ordinary"}, {"tier": "gold"})
    assert body["reason"] == "客户出示证件"
    assert c5.decide(c.SetFields({"tier": "普通"})) == ()


def test_nobody_types_the_tickets_own_fields(t0: Course) -> None:
    ticket = t0.open("inquiry", _void_reason="x")
    assert ticket.state is TicketState.NEW
    ticket = t0.do(c.SetFields({"_void_reason": "x", "owner": "8099", "note": "好"}))
    assert ticket.state is TicketState.NEW and ticket.values["note"] == "好"
    assert ticket.owner == "8012"


def test_a_form_goes_out_and_comes_back_once(p1: Course) -> None:
    p1.open("complaint")
    form_id = p1.send("工程部", form="业户投诉跟进表", assignee="张工")
    assert p1.ticket.state is TicketState.DISPATCHED
    assert p1.decide(c.Dispatch(form_id, "工程部", because="再发")) != ()
    assert p1.refused(c.ReturnForm(form_id, " ")) == "form_result"
    assert p1.refused(c.ReturnForm(NOBODY, "好了")) == "form"
    ticket = p1.after(hours=3).do(c.ReturnForm(form_id, "已更换门锁"))
    assert ticket.forms[0].result == "已更换门锁"
    assert ticket.forms_out == () and ticket.state is TicketState.WORKING
    assert p1.decide(c.ReturnForm(form_id, "第二次")) == ()


def test_what_happened_elsewhere_may_be_logged_later_but_not_before_it_began(p1: Course) -> None:
    p1.open("complaint")
    form_id = p1.send()
    p1.after(hours=4)
    at = p1.now - timedelta(hours=1)
    ticket = p1.do(c.ReturnForm(form_id, "好了", at))
    assert ticket.forms[0].returned_at == at
    assert p1.refused(c.Respond("", p1.now + timedelta(seconds=1))) == "at"
    assert p1.refused(c.Respond("", p1.now - timedelta(days=1))) == "at"


def test_pauses_end_one_by_one_or_all_and_a_resolution_ends_them(t0: Course) -> None:
    t0.open("request")
    one, two = t0.id(), t0.id()
    t0.do(c.Pause(one, "waiting_customer"), c.Pause(two, "waiting_parts"))
    assert t0.ticket.state is TicketState.WAITING
    assert t0.decide(c.Pause(t0.id(), "waiting_customer")) == ()
    assert t0.refused(c.Pause(t0.id(), " ")) == "pause_reason"
    t0.after(minutes=5).do(c.Resume(one))
    assert [pause.end is None for pause in t0.ticket.pauses] == [False, True]
    ticket = t0.after(minutes=5).do(c.Resolve("换了配件"))
    assert ticket.paused is None and ticket.state is TicketState.RESOLVED
    assert t0.decide(c.Resume()) == ()


def test_a_reopened_ticket_was_never_settled(t0: Course) -> None:
    t0.open("fault" if t0.pack.category("fault") else "request")
    t0.after(hours=1).do(c.Resolve("重启好了", told=True))
    began = t0.now
    assert t0.refused(c.Resolve("再来")) == "state"
    assert t0.refused(c.Reopen(" ")) == "reopen_reason"
    ticket = t0.after(hours=2).do(c.Reopen("又断了"))
    assert (ticket.resolved_at, ticket.told, ticket.reopened) == (None, False, 1)
    assert ticket.settled == ((began, t0.now),)
    assert ticket.state is TicketState.WORKING


def test_a_cancelled_ticket_takes_nothing_but_its_return(t0: Course) -> None:
    t0.open("inquiry")
    assert t0.refused(c.Cancel("")) == "cancel_reason"
    ticket = t0.after(minutes=1).do(c.Cancel("重复登记"))
    assert (ticket.state, ticket.void_reason) == (TicketState.CANCELLED, "重复登记")
    assert t0.refused(c.SetFields({"note": "x"})) == "state"
    ticket = t0.after(minutes=9).do(c.Reopen("不是重复"))
    assert (ticket.state, ticket.void_reason) == (TicketState.WORKING, "")
    assert ticket.settled == ((t0.now - timedelta(minutes=9), t0.now),)


def test_nudges_keep_their_history(p1: Course) -> None:
    p1.open("repair")
    form_id = p1.send("工程部")
    assert p1.refused(c.Nudge(" ")) == "whom"
    p1.after(hours=1).do(c.Nudge("工程部", "客户在等", form_id))
    p1.actor = "9001"
    ticket = p1.after(hours=1).do(c.Nudge("工程部", "第二次催", form_id))
    assert [(n.actor, n.text) for n in ticket.nudges] == [
        ("8012", "客户在等"),
        ("9001", "第二次催"),
    ]


def test_a_link_to_a_call_is_made_once(t0: Course) -> None:
    call = EntityId("c" * 32)
    t0.do(c.Open(EntityId("1" * 32), {"category": "inquiry"}, "问资费", call_id=call))
    assert t0.ticket.calls == (call,)
    assert t0.decide(c.Link(call)) == ()
    other = EntityId("d" * 32)
    assert t0.do(c.Link(other)).calls == (call, other)


@pytest.mark.parametrize("mark", ["resolved", "ticket_created", "dispatched", "lunch"])
def test_marks_that_acts_set_are_not_typed(t0: Course, mark: str) -> None:
    t0.open("request")
    assert t0.refused(c.Reach(mark)) == "mark"


def test_a_breach_and_a_warning_are_kept_once(t0: Course) -> None:
    t0.open("outage")
    due = t0.now + timedelta(minutes=15)
    note = c.Note((c.Breach("dispatch", due),), (c.Warned("resolve", "warn"),))
    ticket = t0.after(minutes=16).do(note)
    assert ticket.breaches == {"dispatch": due}
    assert ticket.warned == {("resolve", "warn")}
    assert t0.decide(note) == ()
    twice = c.Note((c.Breach("a", due), c.Breach("a", due)), (c.Warned("b", "w"),) * 2)
    decided = t0.decide(twice)
    assert isinstance(decided, tuple) and len(decided) == 2


def test_long_fields_are_split_over_events_and_none_is_lost(t0: Course) -> None:
    values = {f"note{at}": "长" * 5000 for at in range(5)}
    t0.open("inquiry", **values)
    assert {name: t0.ticket.values[name] for name in values} == values
    assert t0.kinds.count("set") > 1
