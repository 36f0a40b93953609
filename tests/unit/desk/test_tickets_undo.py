"""Taking an act on a work order back: by an event, at once, and only what can be taken back."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import asdict

from agentdesk.desk.snapshot import Profile
from agentdesk.desk.tickets import TicketDesk
from agentdesk.domain.call.commands import Refused
from agentdesk.domain.events import Draft, EntityId
from agentdesk.domain.moments import to_ms
from agentdesk.domain.ticket import commands as c
from agentdesk.domain.ticket.state import Ticket, TicketState
from agentdesk.domain.ticket.undo import UNDO_SECONDS, can_undo
from agentdesk.store.bulk import states
from agentdesk.store.rows import TicketFilter

Bench = Any
"""Of conftest; test folders are no packages."""

FORM, PAUSE, OTHER = (EntityId(f"{n:032x}") for n in range(1, 4))
MATTER = {"category": "complaint", "tier": "gold", "surname": "王", "number": "13800138000"}

BEFORE: dict[str, tuple[c.Command, ...]] = {
    "return form": (c.Dispatch(FORM, "工程部", because="客户着急"),),
    "resume": (c.Pause(PAUSE, "waiting_customer"),),
    "second pause": (c.Pause(PAUSE, "waiting_customer"),),
    "assign again": (c.Assign("8020"),),
}
ACTS: dict[str, c.Command] = {
    "fields": c.SetFields({"surname": "汪", "note": "客户改了姓氏"}),
    "priority": c.SetFields({"priority": "1"}, "客户着急"),
    "fields and class": c.SetFields({"note": "补一句", "tier": "diamond", "category": "inquiry"}),
    "owner": c.Assign("8020", "换班"),
    "assign again": c.Assign("8031"),
    "dispatch": c.Dispatch(FORM, "工程部", because="客户着急"),
    "return form": c.ReturnForm(FORM, "已更换"),
    "pause": c.Pause(PAUSE, "waiting_customer"),
    "second pause": c.Pause(OTHER, "waiting_parts"),
    "resume": c.Resume(),
    "nudge": c.Nudge("工程部"),
    "read back": c.ReadBack(),
    "step": c.Reach("customer_contacted"),
    "link": c.Link(OTHER),
}


def desk_of(bench: Bench, pack: str = "P1") -> TicketDesk:
    bench.desk.set_profile(Profile("8012", "李敏", "示例", pack, "zh-CN", ""))
    tickets: TicketDesk = bench.desk.tickets
    return tickets


def opened(tickets: TicketDesk) -> EntityId:
    ticket_id = tickets.new_id()
    assert tickets.open(c.Open(ticket_id, MATTER, "电梯停运")).problem is None
    return ticket_id


def meaning(ticket: Ticket | None) -> dict[str, Any]:
    """All a ticket says but when and how it came to say so."""
    assert ticket is not None
    told = asdict(ticket)
    for name in ("changed_at", "stamp", "stale_read_back", "overridden"):
        del told[name]
    told["values"] = {key: text for key, text in ticket.values.items() if text}
    told["values"].pop("owner", None)  # stands in ``owner``
    return told


@pytest.mark.parametrize("name", ACTS)
def test_what_is_undone_is_as_if_it_had_not_been(bench: Bench, name: str) -> None:
    tickets = desk_of(bench)
    ticket_id = opened(tickets)
    for command in BEFORE.get(name, ()):
        assert tickets.act(ticket_id, command).problem is None
        bench.clock.after(60)
    before, row = meaning(tickets.get(ticket_id)), tickets.row(ticket_id)
    stored = len(bench.journal())
    done = tickets.act(ticket_id, ACTS[name])
    assert done.problem is None and can_undo(done.events)
    assert meaning(done.ticket) != before
    bench.clock.after(UNDO_SECONDS)
    outcome = tickets.undo(ticket_id)
    assert outcome.problem is None, outcome.problem
    assert meaning(outcome.ticket) == before
    after = tickets.row(ticket_id)
    assert row is not None and after is not None
    assert (after.state, after.owner, after.level) == (row.state, row.owner, row.level)
    assert (after.due_at, after.paused, after.clock) == (row.due_at, row.paused, row.clock)
    assert len(bench.journal()) > stored + len(done.events), "nothing is deleted"
    assert [moment.kind for moment in tickets.timeline(ticket_id)].count("ticket.undone") == 1
    bench.again()
    assert meaning(bench.desk.tickets.get(ticket_id)) == before


REFUSED: dict[str, tuple[tuple[c.Command, ...], str]] = {
    "intake": ((), "refused.undo.void"),
    "first response": ((c.Respond("已告知进度"),), "refused.undo.told"),
    "formal reply": ((c.Reply("今日恢复"),), "refused.undo.told"),
    "resolved": ((c.Resolve("已修好"),), "refused.undo.reopen"),
    "told": ((c.Resolve("已修好"), c.Tell("phone")), "refused.undo.told"),
    "closed": ((c.Resolve("已修好", told=True), c.Close("已补录")), "refused.undo.reopen"),
    "cancelled": ((c.Cancel("重复登记"),), "refused.undo.reopen"),
    "reopened": ((c.Cancel("重复登记"), c.Reopen("误操作")), "refused.undo.kept"),
    "correction": ((c.Correct(OTHER, "说错了时间"),), "refused.undo.kept"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_undone_says_why_and_stores_nothing(bench: Bench, name: str) -> None:
    tickets = desk_of(bench)
    ticket_id = opened(tickets)
    acts, reason = REFUSED[name]
    for command in acts:
        bench.clock.after(2)
        done = tickets.act(ticket_id, command)
        assert done.problem is None, done.problem
        assert not can_undo(done.events)
    stored = len(bench.journal())
    problem = tickets.undo(ticket_id).problem
    assert isinstance(problem, Refused) and problem.key == reason
    assert len(bench.journal()) == stored


def refusal(tickets: TicketDesk, ticket_id: EntityId) -> str:
    problem = tickets.undo(ticket_id).problem
    assert isinstance(problem, Refused)
    return problem.key


def test_only_at_once_only_once_and_only_ones_own(bench: Bench) -> None:
    tickets = desk_of(bench)
    ticket_id = opened(tickets)
    tickets.act(ticket_id, c.Nudge("工程部"))
    bench.clock.after(UNDO_SECONDS + 1)
    assert refusal(tickets, ticket_id) == "refused.undo.late"
    tickets.act(ticket_id, c.Nudge("工程部"))
    assert tickets.undo(ticket_id).problem is None
    assert refusal(tickets, ticket_id) == "refused.undo.done"
    nudged = Draft("ticket.nudged", "ticket", ticket_id, {"at": 1, "whom": "x", "text": ""})
    bench.store.commit((nudged,), actor="9001")
    assert refusal(tickets, ticket_id) == "refused.undo.other"
    assert refusal(tickets, OTHER) == "refused.ticket.none"
    ticket = tickets.get(ticket_id)
    assert ticket is not None and len(ticket.nudges) == 2


def test_what_the_clocks_record_is_no_act_and_is_never_taken_back(bench: Bench) -> None:
    tickets = desk_of(bench, "T0")
    ticket_id = opened(tickets)
    bench.clock.after(3 * 3600)
    tickets.act(ticket_id, c.Pause(PAUSE, "waiting_customer"))
    found = tickets.get(ticket_id)
    assert found is not None and found.breaches and found.state is TicketState.WAITING
    outcome = tickets.undo(ticket_id)
    assert outcome.problem is None and outcome.ticket is not None
    assert outcome.ticket.breaches == found.breaches and not outcome.ticket.pauses


_ALL = ("all", "others")


@pytest.mark.parametrize("of", [None, "x", [1, None], {"a": 1}, "all", "others"])
def test_a_forged_undo_takes_nothing_away(bench: Bench, of: Any) -> None:
    """Neither what somebody else did nor what nobody can take back."""
    tickets = desk_of(bench)
    ticket_id = opened(tickets)
    events = [*tickets.act(ticket_id, c.Respond("已说明")).events]
    events += tickets.act(ticket_id, c.Resolve("已修好", told=True)).events
    actor = "8012"
    if of == "others":
        actor = "9001"
        tickets.act(ticket_id, c.Nudge("工程部"))
        events += bench.store.events_of("ticket", ticket_id)
    body = {"at": to_ms(bench.clock()), "of": [e.id for e in events] if of in _ALL else of}
    before = meaning(tickets.get(ticket_id))
    bench.store.commit((Draft("ticket.undone", "ticket", ticket_id, body),), actor=actor)
    assert meaning(tickets.get(ticket_id)) == before
    assert bench.store.parked() == []


def test_many_due_times_cost_a_few_questions(bench: Bench) -> None:
    """A question for each ticket was what made ten thousand of them wait."""
    tickets = desk_of(bench, "T0")
    ids = [opened(tickets) for _ in range(60)]
    tickets.act(ids[0], c.Pause(PAUSE, "waiting_customer"))
    right = {row.id: row for row in tickets.board(TicketFilter()).rows}
    db = bench.store.connection
    db.execute("DELETE FROM ticket_due")
    bench.again()
    tickets = bench.desk.tickets
    asked: list[str] = []
    bench.store.connection.set_trace_callback(asked.append)
    while tickets.pending():
        tickets.catch_up(20)
    bench.store.connection.set_trace_callback(None)
    assert len([text for text in asked if text.lstrip().startswith("SELECT")]) <= 20
    assert {row.id: row for row in tickets.board(TicketFilter()).rows} == right


def test_states_read_in_bulk_are_those_read_one_by_one(bench: Bench) -> None:
    tickets = desk_of(bench)
    ids = [opened(tickets) for _ in range(5)]
    for command in (c.Nudge("工程部"), c.Dispatch(FORM, "工程部", because="急"), c.Resolve("好")):
        tickets.act(ids[2], command)
    found = states(bench.store, "ticket", [*ids, OTHER])
    assert list(found) == [*ids, OTHER] and not found[OTHER].items
    for ticket_id in ids:
        assert found[ticket_id] == bench.store.state("ticket", ticket_id)
