"""What the standard wants before a ticket is closed or sent out."""

from __future__ import annotations

from typing import Any

from agentdesk.domain.events import EntityId
from agentdesk.domain.ticket import commands as c
from agentdesk.domain.ticket.gaps import known, needs_read_back, required_fields, ticket_gaps
from agentdesk.domain.ticket.state import TicketState

Course = Any
WRONG = EntityId("a" * 32)


def test_a_standard_with_the_closed_loop_refuses_to_close_untold(t0: Course) -> None:
    t0.open("inquiry", content="问套餐")
    t0.do(c.Resolve("已说明"))
    for because in ("", "客户不接电话"):
        problem = t0.problem(c.Close(because))
        assert isinstance(problem, c.Refused)
        assert problem.rule == "T0-1.2-closed-loop"
    ticket = t0.do(c.Tell("phone", "已告知"), c.Close())
    assert ticket.state is TicketState.CLOSED and ticket.closing_gaps == ()


def test_elsewhere_a_reason_goes_on_and_is_kept(f6: Course) -> None:
    f6.open("inquiry", content="问价")
    f6.do(c.Resolve("已答复"))
    problem = f6.problem(c.Close())
    assert isinstance(problem, c.Advised)
    assert problem.guard is c.TicketGuard.TOLD_BEFORE_CLOSE
    ticket = f6.do(c.Close("三次无人接听"))
    assert ticket.state is TicketState.CLOSED
    assert ticket.overridden == {"told_before_close"}
    guarded = next(event for event in f6.events if event.kind == "ticket.guarded")
    assert guarded.body["reason"] == "三次无人接听"


def test_telling_before_the_result_stands_does_not_count(t0: Course) -> None:
    t0.open("inquiry", content="问套餐")
    t0.do(c.Tell("phone", "还在查"), c.Resolve("查到了"))
    assert t0.refused(c.Close()) == "told_before_close"


def test_a_wrong_answer_keeps_the_ticket_open_until_the_call_back(f6: Course) -> None:
    f6.open("inquiry", content="问时效")
    f6.do(c.Resolve("三天到", told=True), c.Close())
    assert f6.ticket.state is TicketState.CLOSED
    assert f6.refused(c.Correct(WRONG, " ")) == "wrong"
    ticket = f6.after(hours=2).do(c.Correct(WRONG, "说三天到", "实际五天"))
    assert ticket.state is TicketState.RESOLVED
    problem = f6.problem(c.Close("不回了"))
    assert isinstance(problem, c.Refused) and problem.rule == "F6-3.6-call-back-mistake"
    assert f6.refused(c.TellCorrection(WRONG, "")) == "correction_text"
    ticket = f6.do(c.TellCorrection(WRONG, "已致歉并更正"))
    assert ticket.state is TicketState.CLOSED
    assert f6.refused(c.TellCorrection(WRONG, "再说一次")) == "correction"


def test_a_returned_form_owes_a_call_the_same_day(p1: Course) -> None:
    p1.open("complaint", matter="漏水", phone="62208888")
    form_id = p1.send("工程部")
    ticket = p1.do(c.ReturnForm(form_id, "已修好"))
    (owed,) = ticket.owed
    assert (owed.rule, owed.form_id) == ("P1-3.4.4-followup-same-day", form_id)
    p1.do(c.Resolve("已修好", told=True), c.ReadBack())
    problem = p1.problem(c.Close())
    assert isinstance(problem, c.Advised)
    assert problem.guard is c.TicketGuard.FOLLOWUP_BEFORE_CLOSE
    assert p1.refused(c.FollowUp(" ")) == "followup_result"
    assert p1.refused(c.FollowUp("满意", owed=WRONG)) == "followup_gone"
    ticket = p1.do(c.FollowUp("满意", owed=owed.id))
    assert ticket.owed == () and ticket.followups[0].result == "满意"


def test_office_repairs_are_called_one_by_one_and_others_are_not(p1: Course) -> None:
    p1.open("repair", zone="办公楼", address="八层", matter="灯不亮")
    ticket = p1.do(c.Resolve("换灯管"))
    assert [item.rule for item in ticket.owed] == ["P1-3.4.2.2-office-followup"]
    ticket = p1.do(c.Reopen("又不亮"))
    assert ticket.owed == ()
    ticket = p1.do(c.SetFields({"zone": "公寓"}), c.Resolve("换线"))
    assert ticket.owed == ()


def test_forms_out_and_empty_fields_advise_at_the_close(p1: Course) -> None:
    p1.open("assistance")
    p1.send("保安部")
    p1.do(c.Resolve("已到场", told=True))
    problem = p1.problem(c.Close())
    assert isinstance(problem, c.Advised)
    assert problem.guard is c.TicketGuard.FORMS_BEFORE_CLOSE
    assert problem.params == {"department": "保安部"}
    ticket = p1.do(c.Close("口头交回"))
    assert ticket.closing_gaps == ("matter",)
    assert ticket.overridden >= {"forms_before_close", "fields_before_close"}


def test_the_course_itself_fills_what_it_knows(p1: Course) -> None:
    p1.open("repair", zone="office", address="八层", matter="灯不亮", number="13800138000")
    assert "phone" not in ticket_gaps(p1.ticket, p1.pack)
    assert "assignee" not in ticket_gaps(p1.ticket, p1.pack), "not before it is dispatched"
    p1.send("工程部")
    assert "assignee" in ticket_gaps(p1.ticket, p1.pack)
    p1.send("工程部", assignee="张工")
    assert "assignee" not in ticket_gaps(p1.ticket, p1.pack)
    assert known(p1.ticket)["assignee"] == "张工"
    assert known(p1.ticket)["reported_at"].startswith("2026-03-10T01:00")


def test_a_major_fault_asks_for_its_four_items(p1: Course) -> None:
    p1.open("repair", zone="office", address="八层", matter="停电", severity="重大")
    keys = required_fields(p1.ticket, p1.pack)
    assert {"fault_area", "fault_impact", "fault_cause", "fault_result"} <= set(keys)
    missing = ticket_gaps(p1.ticket, p1.pack)
    assert "fault_area" in missing and "fault_result" not in missing
    p1.do(c.Resolve("恢复供电"))
    assert "fault_result" in ticket_gaps(p1.ticket, p1.pack)


def test_a_record_is_read_back_again_when_it_changed(t0: Course) -> None:
    t0.open("outage", content="断网")
    assert needs_read_back(t0.ticket, t0.pack)
    problem = t0.problem(c.Dispatch(WRONG, "网络部"))
    assert isinstance(problem, c.Advised)
    assert problem.guard is c.TicketGuard.READ_BACK_BEFORE_DISPATCH
    t0.do(c.ReadBack())
    assert not needs_read_back(t0.ticket, t0.pack)
    assert isinstance(t0.decide(c.Dispatch(WRONG, "网络部")), tuple)
    t0.do(c.Assign("8020"))
    assert not needs_read_back(t0.ticket, t0.pack), "who follows it is not read out"
    t0.do(c.SetFields({"account": "0218888"}))
    assert needs_read_back(t0.ticket, t0.pack)


def test_without_a_category_the_gap_is_the_category(t0: Course) -> None:
    t0.open()
    assert ticket_gaps(t0.ticket, t0.pack) == ("category",)
    assert not needs_read_back(t0.ticket, t0.pack)
