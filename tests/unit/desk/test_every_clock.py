"""Every limit of the shipped standards can be started, missed and stopped by what people do.

An order's limits are driven through the desk with the acts of the board, a call's with the acts
of the call. Which limits belong to neither is written down here, so that none is forgotten.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from agentdesk.desk.tickets import TicketDesk
from agentdesk.domain.call import commands as call
from agentdesk.domain.call.timers import Level, timers
from agentdesk.domain.events import EntityId
from agentdesk.domain.pack import Pack
from agentdesk.domain.provision import Provision, ProvisionKind
from agentdesk.domain.sla.calendar import Calendar
from agentdesk.domain.sla.clocks import Settings
from agentdesk.domain.sla.state import State
from agentdesk.domain.sla.target import lasting
from agentdesk.domain.ticket import commands as c
from agentdesk.domain.ticket.clocks import AFTER_HOURS, TicketClock
from agentdesk.domain.ticket.marks import INTAKE, REPEATED
from agentdesk.domain.ticket.steps import STEPS
from agentdesk.standards.loader import load_shipped, shipped

Bench = Any
"""Of conftest; test folders are no packages."""

ACTS = frozenset(
    {"dispatched", "feedback_form_sent", "form_returned", "followup_done", "first_response"}
    | {"formal_reply", "resolved"}
)
"""Marks the board has a key of its own for."""

OF_CALLS = {"call_ringing": "ring", "hold_start": "hold", "last_prompt_spoken": "silence"}
"""Marks of a call and the timer of the call screen they start."""

OF_SHIFTS = frozenset(
    {"agent_away", "sign_in", "shift_start", "leave_request", "leave_end"}
    | {"agent_back", "certificate_handed_in"}
)
"""Marks of attendance and leave; no order and no call has them."""

WORKING = Calendar.daily("Asia/Shanghai", [["08:00", "18:00"]])
LIMITS = [
    (pack_id, limit)
    for pack_id in shipped()
    for limit in load_shipped(pack_id).provisions_of(ProvisionKind.LIMIT)
]
ORDERS = [
    pytest.param(pack_id, limit, tier, id=f"{limit.rule}-{limit.id}-{tier}")
    for pack_id, limit in LIMITS
    if limit.start not in OF_CALLS and not {limit.start, limit.stop} & OF_SHIFTS
    for tier in limit.tiers or ("",)
]
CALLS = [
    pytest.param(pack_id, limit, id=f"{limit.rule}-{limit.id}")
    for pack_id, limit in LIMITS
    if limit.start in OF_CALLS
]


def test_every_mark_belongs_somewhere() -> None:
    """What is of attendance and leave is listed by clause: the board does not run these."""
    for _, limit in LIMITS:
        known = INTAKE | ACTS | STEPS | OF_SHIFTS | OF_CALLS.keys() | {AFTER_HOURS}
        assert limit.start in known, limit.rule
        assert limit.stop in known | {"call_answered", "agent_hangup", "hold_return"}, limit.rule
    attendance = {limit.rule for _, limit in LIMITS if {limit.start, limit.stop} & OF_SHIFTS}
    assert attendance == {
        "M2-6.10-private-visitor-3min",
        "N2-5.7-exit-limit",
        "N2-8.1-early-10min",
        "N2-9.2-general-leave-1day",
        "N2-9.2-special-leave-1h",
        "N2-9.5-certificate-continuous",
        "N2-9.8-absent-20min",
        "N2-9.8-late-20min",
        "N2-12.7-rollcall-10min",
    }
    assert not STEPS & (OF_SHIFTS | ACTS | INTAKE | OF_CALLS.keys())


def tickets_of(bench: Bench, pack: Pack, limit: Provision) -> TicketDesk:
    """The work orders of a centre that works by day and sets what the standard leaves open."""
    bench.desk.set_profile(replace(bench.desk.snapshot().profile, pack=pack.id))
    settings = Settings(WORKING)
    if limit.amount is None and limit.op not in ("at_once", "by", "same_day"):
        settings = replace(settings, figures={limit.id: lasting(timedelta(hours=1))})
    return TicketDesk(bench.desk.tickets._seat, settings)


def opened(tickets: TicketDesk, limit: Provision, tier: str) -> EntityId:
    values = {
        "category": next(iter(limit.categories), ""),
        "severity": limit.severity,
        "tier": tier,
        "network": next(iter(limit.networks), ""),
        "channel": next(iter(limit.channels), ""),
        "zone": next(iter(limit.zones), ""),
    }
    ticket_id = tickets.new_id()
    outcome = tickets.open(c.Open(ticket_id, values, "客户来电反映", read_back=True))
    assert outcome.problem is None, outcome.problem
    return ticket_id


def reach(tickets: TicketDesk, ticket_id: EntityId, mark: str) -> None:
    """Do what brings a mark about, by the act the board has for it."""
    form = EntityId("f" * 32)
    command: dict[str, c.Command] = {
        "dispatched": c.Dispatch(form, "工程部", because="客户着急"),
        "feedback_form_sent": c.Dispatch(form, "工程部", because="客户着急"),
        "form_returned": c.ReturnForm(form, "已更换"),
        "followup_done": c.FollowUp("满意"),
        "first_response": c.Respond("已说明进度"),
        "formal_reply": c.Reply("今日恢复"),
        "resolved": c.Resolve("已解决"),
    }
    if mark == "form_returned":
        tickets.act(ticket_id, command["dispatched"])
    if mark in STEPS:
        assert mark in tickets.steps(ticket_id), "the board offers it"
    outcome = tickets.act(ticket_id, command.get(mark) or c.Reach(mark))
    assert outcome.problem is None, outcome.problem


def clock_of(tickets: TicketDesk, ticket_id: EntityId, limit: Provision) -> TicketClock | None:
    """The clock of a limit; of two clauses with the same figure the one that stands for both."""
    ticket = tickets.get(ticket_id)
    assert ticket is not None
    for clock in tickets.clocks(ticket):
        chosen = clock.choice.clock
        alike = [each for each in clock.choice.beaten if each.target == chosen.target]
        if limit.id in (chosen.id, *(each.id for each in alike)):
            return clock
    return None


@pytest.mark.parametrize(("pack_id", "limit", "tier"), ORDERS)
def test_a_limit_of_an_order_starts_runs_out_and_stops(
    bench: Bench, pack_id: str, limit: Provision, tier: str
) -> None:
    tickets = tickets_of(bench, load_shipped(pack_id), limit)
    if limit.start == AFTER_HOURS:
        bench.clock.after(12 * 3600)  # in the evening
    ticket_id = opened(tickets, limit, tier)
    if limit.start not in INTAKE | {AFTER_HOURS}:
        assert clock_of(tickets, ticket_id, limit) is None, "it does not run yet"
        bench.clock.after(60)
        reach(tickets, ticket_id, limit.start)
    begun = clock_of(tickets, ticket_id, limit)
    assert begun is not None and begun.state.due is not None, "it runs"
    assert begun.state.stopped_at is None and begun.state.state is State.RUNNING
    bench.clock.after((begun.state.due - bench.clock()).total_seconds() + 1)
    late = clock_of(tickets, ticket_id, limit)
    assert late is not None
    threshold = limit.op in (">", ">=")
    assert late.state.state is (State.REACHED if threshold else State.BREACHED), "it runs out"
    reach(tickets, ticket_id, limit.stop)
    done = clock_of(tickets, ticket_id, limit)
    assert done is not None and done.state.stopped_at == bench.clock(), "it stops"
    again = limit.start in REPEATED and limit.start in tickets.steps(ticket_id)
    assert again or limit.start not in tickets.steps(ticket_id)


@pytest.mark.parametrize(("pack_id", "limit"), CALLS)
def test_a_limit_of_a_call_runs_on_the_call_screen(
    bench: Bench, pack_id: str, limit: Provision
) -> None:
    pack = load_shipped(pack_id)
    bench.desk.set_profile(replace(bench.desk.snapshot().profile, pack=pack.id))
    name = OF_CALLS[limit.start]
    bench.phone("offered")
    bench.desk.open_card(bench.desk.snapshot().ringing[0].id)
    if name != "ring":
        bench.do(call.Answer(), call.Silent() if name == "silence" else call.Hold("客户同意"))
    clock = pack.clock(name)
    assert clock is not None, "the call screen has it"
    bench.clock.after(clock.limit_seconds + 1)
    level = {each.clock.id: each.level for each in timers(bench.call, pack, bench.clock())}
    assert level[name] is Level.OVER
    bench.do(call.Answer() if name == "ring" else call.End("agent", because="无人应答"))
    if name == "ring":
        found = {each.clock.id: each for each in timers(bench.call, pack, bench.clock())}
        assert found[name].level is Level.DONE and found[name].late
