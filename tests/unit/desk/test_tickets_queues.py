"""The lists of the work orders: board, follow-ups, overdue, day-clear, reminders."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from agentdesk.desk.snapshot import Profile
from agentdesk.desk.tickets import TicketDesk
from agentdesk.domain.call import commands as calls
from agentdesk.domain.events import EntityId
from agentdesk.domain.moments import to_ms
from agentdesk.domain.ticket import commands as c
from agentdesk.store.rows import TicketFilter

Bench = Any


def desk_of(bench: Bench, pack: str, agent: str = "8012") -> TicketDesk:
    bench.desk.set_profile(Profile(agent, "李敏", "示例", pack, "zh-CN", ""))
    tickets: TicketDesk = bench.desk.tickets
    return tickets


def opened(
    tickets: TicketDesk, category: str, summary: str = "客户反映", **values: str
) -> EntityId:
    ticket_id = tickets.new_id()
    assert tickets.open(c.Open(ticket_id, {"category": category} | values, summary)).ticket
    return ticket_id


def did(tickets: TicketDesk, ticket_id: EntityId, *commands: c.Command) -> None:
    for command in commands:
        assert tickets.act(ticket_id, command).problem is None


def sent(tickets: TicketDesk, ticket_id: EntityId, department: str = "工程部") -> EntityId:
    form_id = tickets.new_id()
    did(tickets, ticket_id, c.Dispatch(form_id, department, because="已核对"))
    return form_id


def ids(tickets: TicketDesk, wanted: TicketFilter) -> list[EntityId]:
    page = tickets.board(wanted)
    assert page.total is None or page.total == len(page.rows)
    return [row.id for row in page.rows]


@pytest.fixture
def five(bench: Bench) -> tuple[TicketDesk, list[EntityId]]:
    """Five tickets of T0, one minute apart; the last is closed."""
    tickets = desk_of(bench, "T0")
    found = []
    for category, summary, values in (
        ("inquiry", "问套餐资费", {"surname": "王", "title": "先生", "number": "13800138000"}),
        ("outage", "小区断网", {"tier": "金卡", "account": "0218866"}),
        ("complaint", "投诉乱扣费", {"urgency": "紧急", "owner": "8020"}),
        ("payment", "充值未到账", {"surname": "欧阳", "title": "女士"}),
        ("inquiry", "问营业时间", {"content": "周末开不开"}),
    ):
        found.append(opened(tickets, category, summary, **values))
        bench.clock.after(60)
    did(tickets, found[4], c.Resolve("已答复", told=True), c.Close("口头"))
    return tickets, found


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (TicketFilter(), [0, 1, 2, 3]),
        (TicketFilter(order="newest"), [3, 2, 1, 0]),
        (TicketFilter(order="priority"), [1, 2, 3, 0]),
        (TicketFilter(owner="8020"), [2]),
        (TicketFilter(category="outage"), [1]),
        (TicketFilter(tier="gold"), [1]),
        (TicketFilter(level=1), [1, 2, 3]),
        (TicketFilter(states=("new",)), [0, 1, 2, 3]),
        (TicketFilter(states=("dispatched", "waiting")), []),
        (TicketFilter(text="断网"), [1]),
        (TicketFilter(text="wtczf"), [0]),
        (TicketFilter(text="王先生"), [0]),
        (TicketFilter(text="WXS"), [0]),
        (TicketFilter(text="8866"), [1]),
        (TicketFilter(text="小区 没有"), []),
        (TicketFilter(number="80-00"), [0]),
        (TicketFilter(closed=True), [4, 3, 2, 1, 0]),
        (TicketFilter(states=("closed",)), [4]),
        (TicketFilter(text="问", closed=True), [4, 0]),
        (TicketFilter(text="周末", closed=True), [4]),
        (TicketFilter(text="问", closed=True, owner="8012"), [4, 0]),
        (TicketFilter(number="8000", closed=True), [0]),
        (TicketFilter(text="' OR 1=1 --"), []),
        (TicketFilter(text="%"), []),
        (TicketFilter(text="zz", meanings=("category:complaint",)), [2]),
        (TicketFilter(text="zz", meanings=("severity:urgent state:working",)), []),
        (TicketFilter(text="zz", meanings=("state:new",)), [0, 1, 2, 3]),
        (TicketFilter(text="资费 zz", meanings=("", "category:inquiry")), [0]),
        (TicketFilter(text="zz 断网", meanings=("category:inquiry",)), []),
        (TicketFilter(text="zz", meanings=("category:inquiry",), closed=True), [4, 0]),
        (TicketFilter(text="小区", meanings=("category:complaint",), closed=True), [2, 1]),
        (TicketFilter(text="zz", meanings=("category:complain",)), []),
        (TicketFilter(order="'; DROP TABLE ticket"), [0, 1, 2, 3]),
    ],
)
def test_the_board_finds(
    five: tuple[TicketDesk, list[EntityId]], wanted: TicketFilter, expected: list[int]
) -> None:
    tickets, known = five
    assert ids(tickets, wanted) == [known[at] for at in expected]


def test_counts_are_those_of_the_rows(five: tuple[TicketDesk, list[EntityId]]) -> None:
    tickets, _ = five
    for wanted in (
        TicketFilter(),
        TicketFilter(owner="8012"),
        TicketFilter(owner="8020"),
        TicketFilter(owner="nobody"),
        TicketFilter(text="zz", meanings=("category:complaint",)),
    ):
        assert tickets.board(wanted, 0, 1).total == len(tickets.board(wanted).rows), wanted


def test_a_search_that_found_nothing_is_asked_again_once_something_changed(
    five: tuple[TicketDesk, list[EntityId]],
) -> None:
    tickets, known = five
    assert ids(tickets, TicketFilter(text="zzq", closed=True)) == []
    assert ids(tickets, TicketFilter(text="zzqx", closed=True)) == []
    # Another filter, fewer letters or a word that means something: looked for anew.
    assert ids(tickets, TicketFilter(text="zzq")) == []
    assert ids(tickets, TicketFilter(text="断网")) == [known[1]]
    assert ids(tickets, TicketFilter(text="zzq", closed=True)) == []
    named = TicketFilter(text="zzqx", meanings=("category:outage",), closed=True)
    assert ids(tickets, named) == [known[1]]
    assert ids(tickets, TicketFilter(text="zzq", closed=True)) == []
    did(tickets, known[0], c.SetFields({"summary": "zzqx 问"}))
    assert ids(tickets, TicketFilter(text="zzqx", closed=True)) == [known[0]]


def test_only_the_first_key_of_a_failing_search_reads_the_store(
    five: tuple[TicketDesk, list[EntityId]], monkeypatch: pytest.MonkeyPatch
) -> None:
    tickets, _ = five
    asked: list[str] = []
    real = tickets._tables._ask

    def ask(query: str, values: object) -> list[tuple[object, ...]]:
        asked.append(query)
        return real(query, values)

    monkeypatch.setattr(tickets._tables, "_ask", ask)
    for text in ("zzq", "zzqx", "zzqx", "zzqx 问", "azzqxb 问"):
        assert ids(tickets, TicketFilter(text=text, closed=True)) == []
    assert len([query for query in asked if ":word" in query]) == 1
    assert ids(tickets, TicketFilter(text="zz", closed=True)) == []
    assert len([query for query in asked if ":word" in query]) == 2


def test_states_are_counted_anew_after_an_act(five: tuple[TicketDesk, list[EntityId]]) -> None:
    tickets, known = five
    assert tickets.states() == tickets.states() == {"new": 4}
    assert tickets.states("8020") == {"new": 1}
    did(tickets, known[1], c.Cancel("重复"))
    assert tickets.states() == {"new": 3}


def test_pages_are_stretches_of_one_list(five: tuple[TicketDesk, list[EntityId]]) -> None:
    tickets, known = five
    pages = [tickets.board(TicketFilter(), offset, 3) for offset in (0, 3, 6)]
    assert [row.id for page in pages for row in page.rows] == known[:4]
    assert [page.total for page in pages] == [4, 4, 4]
    assert not any(page.pending for page in pages)
    assert tickets.states() == {"new": 4} and tickets.states("8020") == {"new": 1}
    assert tickets.find(known[0][-6:].upper()) == (known[0],)
    assert tickets.find("") == tickets.find("zz") == ()


def test_due_before_and_idle_since(bench: Bench, five: tuple[TicketDesk, list[EntityId]]) -> None:
    tickets, known = five
    at = bench.clock() + timedelta(minutes=11, seconds=1)  # the first two are due by then
    assert ids(tickets, TicketFilter(due_before=to_ms(at))) == known[:2]
    bench.clock.after(3600)
    did(tickets, known[0], c.Nudge("二线"))
    idle = TicketFilter(idle_before=to_ms(bench.clock()))
    assert ids(tickets, idle) == known[1:4]


def test_follow_ups_come_by_due_time_with_what_they_owe(bench: Bench) -> None:
    tickets = desk_of(bench, "P1")
    repair = opened(tickets, "repair", zone="办公楼", matter="灯坏", address="八层")
    complaint = opened(tickets, "complaint", matter="噪音")
    form_id = sent(tickets, complaint)
    assert tickets.follow_ups() == ()
    did(tickets, repair, c.Resolve("换灯管"))
    did(tickets, complaint, c.ReturnForm(form_id, "已制止"))
    first, second = tickets.follow_ups("8012")
    assert (first.row.id, first.owed.form_id) == (complaint, form_id)
    assert first.due_at is not None and first.due_at.hour == 16, "midnight in Shanghai"
    assert (second.row.id, second.due_at) == (repair, None)
    assert tickets.follow_ups("8099") == ()
    did(tickets, complaint, c.FollowUp("满意"))
    assert [item.row.id for item in tickets.follow_ups()] == [repair]


def test_overdue_names_departments_and_nudges(bench: Bench) -> None:
    tickets = desk_of(bench, "P1")
    ticket_id = opened(tickets, "complaint", matter="噪音")
    form_id = sent(tickets, ticket_id, "保安部")
    other = opened(tickets, "assistance", matter="搬运")
    assert tickets.overdue() == ()
    bench.clock.after(25 * 3600)
    (item,) = tickets.overdue()
    assert (item.row.id, item.departments) == (ticket_id, ("保安部",))
    assert [clock.choice.clock.rule for clock in item.clocks] == ["P1-3.7-dept-24h"]
    did(tickets, ticket_id, c.Nudge("保安部", "客户催问", form_id))
    assert [nudge.text for nudge in tickets.overdue()[0].nudges] == ["客户催问"]
    bench.clock.after(24 * 3600)
    (item,) = tickets.overdue("8012")
    assert [clock.key for clock in item.clocks] == [f"department-form/{form_id}", "complaint"]
    assert other not in {item.row.id for item in tickets.overdue()}


def test_the_day_is_clear_when_nothing_of_ones_own_is_left(bench: Bench) -> None:
    tickets = desk_of(bench, "N2")
    assert tickets.day_clear().clear
    mine = opened(tickets, "fault")
    opened(tickets, "fault", owner="8020")
    clear = tickets.day_clear()
    assert (clear.rule, clear.total, clear.today) == ("N2-4.4-daily-clear", 1, 0)
    assert [row.id for row in clear.tickets] == [mine]
    bench.clock.after(20 * 3600)
    assert tickets.day_clear().today == 1
    did(tickets, mine, c.Resolve("修好", told=True), c.Close("补齐"))
    bench.take()
    bench.do(calls.Promise(bench.desk.new_id(), 30))
    clear = tickets.day_clear()
    assert (clear.total, len(clear.promises), clear.clear) == (0, 1, False)
    assert desk_of(bench, "F6").day_clear().rule == ""


def test_reminders_are_the_standards_with_their_work_items(bench: Bench) -> None:
    tickets = desk_of(bench, "C5")
    found = tickets.reminders()
    assert len(found) >= 10 and all(not item.tickets for item in found)
    step = found[0].step
    work = opened(tickets, "reminder", "余额不足提醒", type=step.id)
    assert [row.id for row in tickets.reminders()[0].tickets] == [work]
    assert all(not item.tickets for item in tickets.reminders()[1:])
    did(tickets, work, c.Resolve("已提醒", told=True), c.Close("完成"))
    assert all(not item.tickets for item in tickets.reminders())
    assert desk_of(bench, "F6").reminders() == ()


def test_why_gives_the_sum_behind_every_clock(bench: Bench) -> None:
    tickets = desk_of(bench, "T0")
    ticket_id = opened(tickets, "request")
    did(tickets, ticket_id, c.Pause(tickets.new_id(), "waiting_customer"))
    bench.clock.after(720)
    did(tickets, ticket_id, c.Resume())
    clock, found = next(pair for pair in tickets.why(ticket_id) if pair[0].key == "resolve")
    assert found.paused == timedelta(minutes=12)
    start, due = clock.state.start, clock.state.due
    assert start is not None and due == start + timedelta(minutes=132)
    assert tickets.why(EntityId("0" * 32)) == ()
