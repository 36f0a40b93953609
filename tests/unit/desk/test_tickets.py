"""Work orders at the desk: acts, clocks and their records across restarts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from agentdesk.desk.snapshot import Profile
from agentdesk.desk.ticket_reckoning import TICKED
from agentdesk.desk.tickets import TicketDesk
from agentdesk.domain.call import commands as calls
from agentdesk.domain.events import EntityId
from agentdesk.domain.moments import to_ms
from agentdesk.domain.pack import Mark
from agentdesk.domain.provision import CLOCK_MARKS
from agentdesk.domain.sla.calendar import Calendar
from agentdesk.domain.sla.clocks import Settings
from agentdesk.domain.ticket import commands as c
from agentdesk.domain.ticket.state import Ticket, TicketState
from agentdesk.errors import StoreError
from agentdesk.store.rows import TicketFilter

Bench = Any
"""Of conftest; test folders are no packages."""


def desk_of(bench: Bench, pack: str = "T0") -> TicketDesk:
    seat = Profile("8012", "李敏", "示例", pack, "zh-CN", "")
    bench.desk.set_profile(seat)
    tickets: TicketDesk = bench.desk.tickets
    return tickets


def opened(tickets: TicketDesk, category: str, summary: str = "客户反映", **values: str) -> Ticket:
    outcome = tickets.open(c.Open(tickets.new_id(), {"category": category} | values, summary))
    assert outcome.problem is None and outcome.ticket is not None
    return outcome.ticket


def did(tickets: TicketDesk, ticket_id: EntityId, *commands: c.Command) -> Ticket:
    for command in commands:
        outcome = tickets.act(ticket_id, command)
        assert outcome.problem is None, outcome.problem
    assert outcome.ticket is not None
    return outcome.ticket


def test_a_ticket_from_a_call_takes_over_what_the_card_holds(bench: Bench) -> None:
    tickets = desk_of(bench, "P1")
    call = bench.take()
    values = {"surname": "王", "title": "先生", "category": "repair", "matter": "八层 漏水"}
    pack = bench.desk.snapshot().pack
    line = next(line for line in pack.lines if Mark.READ_BACK in line.marks)
    bench.do(calls.SetFields(values), calls.Say(line.id, "跟您核对一下"))
    ticket = tickets.from_call(bench.call, values={"zone": "办公楼"}).ticket
    assert ticket is not None
    assert (ticket.customer, ticket.number) == ("王先生", call.number)
    assert (ticket.summary, ticket.values["zone"]) == ("八层 漏水", "office")
    assert (ticket.calls, ticket.values["channel"]) == ((call.id,), "phone")
    assert ticket.read_back_at is not None and not ticket.stale_read_back
    assert [row.id for row in tickets.of_call(call.id)] == [ticket.id]
    assert [row.id for row in tickets.of_number(call.number)] == [ticket.id]
    bench.close_call(pack.dispositions[0].key, category="inquiry")
    other = bench.take("2", "13900139000")
    did(tickets, ticket.id, c.Link(other.id))
    assert [row.id for row in tickets.of_call(other.id)] == [ticket.id]


def test_an_act_is_one_transaction_and_a_refusal_stores_nothing(bench: Bench) -> None:
    tickets = desk_of(bench)
    ticket = opened(tickets, "inquiry", content="问套餐")
    before = len(bench.journal())
    outcome = tickets.act(ticket.id, c.Resolve("已答复", told=True))
    assert len({txn for _, txn in bench.journal()[before:]}) == 1
    assert [event.kind for event in outcome.events] == ["ticket.resolved", "ticket.told"]
    before = len(bench.journal())
    assert tickets.act(ticket.id, c.Resolve("再来")).problem is not None
    assert tickets.act(EntityId("0" * 32), c.Close()).problem == c.Refused("refused.ticket.none")
    assert len(bench.journal()) == before


def test_everything_is_there_after_a_restart(bench: Bench) -> None:
    tickets = desk_of(bench)
    ticket = opened(tickets, "outage", "小区断网", number="138 0013 8000")
    ticket = did(tickets, ticket.id, c.Pause(tickets.new_id(), "waiting_customer"))
    rows = tickets.board(TicketFilter()).rows
    bench.again()
    tickets = bench.desk.tickets
    assert tickets.get(ticket.id) == ticket
    assert tickets.board(TicketFilter()).rows == rows
    assert rows[0].paused == 1 and rows[0].due_at is None and rows[0].number == "13800138000"


def test_due_times_are_reckoned_anew_when_a_crash_came_between(bench: Bench) -> None:
    tickets = desk_of(bench)
    ticket = opened(tickets, "outage")
    row = tickets.row(ticket.id)
    for harm in ("DELETE FROM ticket_due", "UPDATE ticket_due SET stamp = 1, due_at = 5"):
        bench.store.connection.execute(harm)
        bench.again()
        tickets = bench.desk.tickets
        assert tickets.board(TicketFilter()).rows == (row,)


def test_a_miss_and_a_band_are_recorded_once_also_across_restarts(bench: Bench) -> None:
    tickets = desk_of(bench)
    ticket = opened(tickets, "outage")
    due = bench.clock() + timedelta(minutes=15)
    assert tickets.tick().next_at is not None
    bench.clock.after(13 * 60)
    assert [(a.key, a.band) for a in tickets.tick().alarms] == [("dispatch", "warn")]
    assert tickets.tick().alarms == ()
    bench.again()
    tickets = bench.desk.tickets
    assert tickets.tick().alarms == ()
    bench.clock.after(3 * 60)
    (alarm,) = tickets.tick().alarms
    assert (alarm.key, alarm.band, alarm.row.id) == ("dispatch", "late", ticket.id)
    bench.again()
    tickets = bench.desk.tickets
    assert tickets.tick().alarms == ()
    held = tickets.get(ticket.id)
    assert held is not None and held.breaches == {"dispatch": due}
    assert bench.kinds().count("ticket.breached") == bench.kinds().count("ticket.warned") == 1


def test_what_was_missed_while_nobody_looked_is_announced_at_the_next_tick(bench: Bench) -> None:
    tickets = desk_of(bench)
    opened(tickets, "outage")
    bench.clock.after(86_400)
    bench.store.connection.execute("DELETE FROM ticket_due")
    bench.again()
    tickets = bench.desk.tickets
    ticked = tickets.tick()
    assert {a.key for a in ticked.alarms} == {"dispatch", "resolve"}
    assert set(ticked.roll_up) == {("dispatch", "late", 1), ("resolve", "late", 1)}


def test_many_misses_come_in_slices_and_none_is_left_out(bench: Bench) -> None:
    tickets = desk_of(bench)
    for at in range(TICKED + 7):
        opened(tickets, "request", f"第{at}张")
    bench.clock.after(3 * 3600)
    first = tickets.tick()
    assert len(first.alarms) == 2 * TICKED
    assert first.next_at is not None and first.next_at < bench.clock(), "more wait"
    second = tickets.tick()
    assert len({a.row.id for a in (*first.alarms, *second.alarms)}) == TICKED + 7
    assert tickets.tick().alarms == ()


def test_an_act_that_comes_too_late_records_the_miss_with_it(bench: Bench) -> None:
    tickets = desk_of(bench)
    ticket = opened(tickets, "request")
    bench.clock.after(3 * 3600)
    ticket = did(tickets, ticket.id, c.Resolve("办好了"))
    assert set(ticket.breaches) == {"dispatch", "resolve"}


def test_another_calendar_moves_due_times_and_keeps_starts(bench: Bench) -> None:
    tickets = desk_of(bench)
    ticket = opened(tickets, "request")
    hours = Calendar.from_dict(
        {"timezone": "Asia/Shanghai", "hours": {"tue": [["14:00", "18:00"]]}}
    )
    before = tickets.board(TicketFilter()).rows[0].due_at
    tickets.use(Settings(hours))
    row = tickets.board(TicketFilter()).rows[0]
    assert row.created_at == to_ms(ticket.opened_at)
    assert row.due_at == before, "this standard's limits count every hour"
    assert tickets.faults == {}


def test_a_ticket_keeps_the_standard_it_was_taken_in_by(bench: Bench) -> None:
    tickets = desk_of(bench, "T0")
    ticket = opened(tickets, "outage")
    due = tickets.board(TicketFilter()).rows[0].due_at
    tickets = desk_of(bench, "P1")
    assert tickets.board(TicketFilter()).rows[0].due_at == due
    card = tickets.card(ticket.id)
    assert card is not None and card.pack.id == "T0"
    assert opened(tickets, "complaint").pack == "P1"


def test_a_card_shows_clocks_gaps_and_priority(bench: Bench) -> None:
    tickets = desk_of(bench)
    ticket = opened(tickets, "outage", content="断网")
    card = tickets.card(ticket.id)
    assert card is not None
    assert [clock.key for clock in card.clocks][:2] == ["dispatch", "resolve"]
    assert card.gaps == ("account", "phone", "urgency", "reply_by")
    assert card.read_back and card.priority.level == 1
    assert tickets.card(EntityId("0" * 32)) is None


def test_the_course_tells_who_when_where_and_what(bench: Bench) -> None:
    tickets = desk_of(bench)
    ticket = opened(tickets, "inquiry")
    bench.clock.after(60)
    did(tickets, ticket.id, c.Respond("已联系"))
    first, *_, last = tickets.timeline(ticket.id)
    assert (first.kind, first.actor, first.seat) == ("ticket.opened", "8012", bench.store.install)
    assert (last.kind, last.params) == ("ticket.responded", {"text": "已联系"})
    assert last.at - first.at == timedelta(seconds=60)


def test_hostile_text_is_cleaned_before_it_is_kept(
    bench: Bench, clear: Callable[[str], bool]
) -> None:
    tickets = desk_of(bench)
    ticket = opened(
        tickets, "inquiry", "\x1b[31m红\u202e字\x07", note="一\r\n二\x9b", area="\u200b东"
    )
    assert ticket.summary == "[31m红字" and ticket.values["note"] == "一\n二"
    assert ticket.values["area"] == "东"
    did(tickets, ticket.id, c.Nudge("工程\u2066部", "快\x00点"))
    for moment in tickets.timeline(ticket.id):
        assert clear(str(moment.params))
    row = tickets.row(ticket.id)
    assert row is not None and clear(row.summary)


def test_a_text_too_long_for_the_journal_is_refused_whole(bench: Bench) -> None:
    tickets = desk_of(bench)
    ticket = opened(tickets, "inquiry")
    before = len(bench.journal())
    with pytest.raises(StoreError) as refused:
        tickets.act(ticket.id, c.Reply("长" * 20_000))
    assert refused.value.code == "store.event_too_large"
    assert len(bench.journal()) == before
    assert tickets.get(ticket.id) == ticket


def test_a_promise_moves_only_by_an_explicit_new_time(bench: Bench) -> None:
    tickets = desk_of(bench, "F6")
    call = bench.take()
    promise_id = bench.desk.new_id()
    bench.do(calls.Promise(promise_id, 30))
    bench.close_call("callback", surname="王", title="先生")
    (promise,) = bench.desk.snapshot().promises
    later = bench.clock() + timedelta(hours=2)
    for due, reason in (
        (later, " "),
        (bench.clock(), "客户改约"),
        (later.replace(year=2027), "远"),
    ):
        assert tickets.reschedule(promise_id, due, reason).problem is not None
    assert bench.desk.snapshot().promises == (promise,)
    assert tickets.reschedule(promise_id, later, "客户改约").problem is None
    (moved,) = bench.desk.snapshot().promises
    assert (moved.due_at, moved.state, moved.call_id) == (later, "open", call.id)
    bench.clock.after(86_400)
    assert bench.again().promises == (moved,), "a promise ends by no time"
    bench.desk.settle("promise", promise_id)
    problem = bench.desk.tickets.reschedule(promise_id, later, "再约").problem
    assert problem == c.Refused("refused.promise_over")


def test_saved_views_are_kept_replaced_and_dropped(bench: Bench) -> None:
    tickets = desk_of(bench)
    mine = TicketFilter(owner="8012", states=("dispatched",), order="priority")
    assert tickets.save_view(" 我的\x1b ", mine)
    assert not tickets.save_view("\n ", mine)
    assert tickets.save_view("断网", TicketFilter(text="断网"))
    bench.again()
    tickets = bench.desk.tickets
    assert [view.name for view in tickets.views()] == ["我的", "断网"]
    assert tickets.views()[0].filter == mine
    assert tickets.save_view("我的", TicketFilter())
    tickets.drop_view("断网")
    assert [view.filter for view in tickets.views()] == [TicketFilter()]
    for at in range(60):
        tickets.save_view(f"视图{at}", TicketFilter())
    assert len(tickets.views()) == 50
    bench.store.set_setting("ticket.views", "{broken")
    assert tickets.views() == ()


@pytest.mark.parametrize("mark", sorted(set(CLOCK_MARKS) - {"resolved"}))
def test_any_mark_may_come_and_the_board_stays(bench: Bench, mark: str) -> None:
    tickets = desk_of(bench, "C5")
    ticket = opened(tickets, "install", tier="金卡", network="fixed")
    tickets.act(ticket.id, c.Reach(mark, "登记"))
    assert tickets.board(TicketFilter()).total == 1
    assert did(tickets, ticket.id, c.Resolve("装好")).state is TicketState.RESOLVED
