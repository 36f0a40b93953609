"""Whatever is asked of a ticket, in whatever order: no error, no impossible state, one reading."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from agentdesk.desk.demo import MovingClock
from agentdesk.desk.desk import Desk
from agentdesk.desk.snapshot import Profile
from agentdesk.desk.tickets import TicketDesk
from agentdesk.domain.events import KINDS, EntityId, Event, EventId, Merge, Stamp
from agentdesk.domain.fold import fold
from agentdesk.domain.ids import Ids
from agentdesk.domain.moments import to_ms
from agentdesk.domain.pack import Pack
from agentdesk.domain.projections import project_ticket
from agentdesk.domain.sla.calendar import Calendar
from agentdesk.domain.sla.clocks import Settings
from agentdesk.domain.ticket import commands as c
from agentdesk.domain.ticket.clocks import clocks_of, policy_of
from agentdesk.domain.ticket.gaps import ticket_gaps
from agentdesk.domain.ticket.marks import marks_of, pauses_of
from agentdesk.domain.ticket.priority import priority_of
from agentdesk.domain.ticket.read import read_ticket
from agentdesk.domain.ticket.state import Ticket, TicketState
from agentdesk.standards import loader
from agentdesk.store import Store
from agentdesk.store.rows import TicketFilter

ZONE = timezone(timedelta(hours=8))
NINE = datetime(2026, 3, 10, 9, 0, tzinfo=ZONE)
MS = int(NINE.timestamp() * 1000)
TICKET = EntityId("1" * 32)
PACKS = ("T0", "P1", "C5")


@cache
def pack(pack_id: str) -> Pack:
    return loader.load_shipped(pack_id)


POLICY = policy_of(pack("P1"), Settings(Calendar.round_the_clock("Asia/Shanghai")))
texts = st.sampled_from(["", " ", "工程部", "满意", "8020", "客户\n不在", "13800138000"]) | st.text(
    max_size=6
)
ids = st.integers(1, 3).map(lambda number: EntityId(f"{number:032x}"))
KEYS = ["category", "tier", "network", "severity", "zone", "urgency", "priority", "number", "note"]
VALUES = ["complaint", "repair", "outage", "金卡", "fixed", "重大", "办公楼", "紧急", "1", "", "x"]
fields = st.dictionaries(st.sampled_from(KEYS), st.sampled_from(VALUES), max_size=3)
reasons = st.sampled_from(["", "已核对"])
whens = st.none() | st.integers(-90, 5).map(lambda minutes: NINE + timedelta(minutes=minutes))
instants = st.integers(-9, 9).map(lambda hours: NINE + timedelta(hours=hours))
commands: st.SearchStrategy[c.Command] = st.one_of(
    st.builds(c.SetFields, fields, texts),
    st.builds(c.Assign, texts, texts),
    st.builds(c.Dispatch, ids, texts, texts, texts, texts, reasons),
    st.builds(c.ReturnForm, ids, texts, whens),
    st.builds(c.Respond, texts, whens),
    st.builds(c.Reply, texts, whens),
    st.builds(c.Reach, st.sampled_from(["installed", "customer_contacted", "lunch"]), texts),
    st.builds(c.Pause, ids, st.sampled_from(["waiting_customer", "waiting_parts", ""])),
    st.builds(c.Resume, ids | st.just(EntityId(""))),
    st.builds(c.Resolve, texts, st.booleans()),
    st.builds(c.Tell, texts, texts),
    st.builds(c.FollowUp, texts, texts),
    st.builds(c.Close, reasons),
    st.builds(c.Reopen, texts),
    st.builds(c.Correct, ids, texts, texts),
    st.builds(c.TellCorrection, ids, texts),
    st.builds(c.Nudge, texts, texts),
    st.builds(c.Cancel, texts),
    st.builds(c.Link, ids),
    st.just(c.ReadBack()),
    st.builds(
        c.Note,
        st.lists(st.builds(c.Breach, st.sampled_from("ab"), instants), max_size=2).map(tuple),
        st.lists(st.builds(c.Warned, st.sampled_from("ab"), st.just("warn")), max_size=2).map(
            tuple
        ),
    ),
)
steps = st.lists(
    st.tuples(
        st.sampled_from([0, 0, 1, 60, 900, 7200, 90_000, -5]),
        commands | st.sampled_from(["tick", "restart"]),
    ),
    max_size=25,
)


class Life:
    """A desk with one ticket on a store in memory."""

    def __init__(self, pack_id: str) -> None:
        self.clock = MovingClock(NINE)
        self._ids = Ids(lambda: to_ms(self.clock()), Random(1).getrandbits)
        self.store = Store.open(Path(":memory:"), clock=self.clock, new_id=self._ids)
        self._seat = Profile("8012", "李敏", "示例", pack_id, "zh-CN", "")
        self.tickets = self._open()

    def _open(self) -> TicketDesk:
        self.desk = Desk(
            self.store, pack, clock=self.clock, new_id=self._ids, zone=ZONE, defaults=self._seat
        )
        return self.desk.tickets

    def live(self, told: list[tuple[float, Any]]) -> None:
        self.tickets.open(c.Open(TICKET, {"category": "complaint"}, "客户投诉"))
        self.check()
        for seconds, step in told:
            self.clock.after(seconds)
            if step == "tick":
                self.tickets.tick()
            elif step == "restart":
                self.tickets = self._open()
            else:
                self._act(step)
            self.check()

    def _act(self, command: c.Command) -> None:
        before = len(self.events())
        outcome = self.tickets.act(TICKET, command)
        if outcome.problem is not None:
            assert outcome.events == () and len(self.events()) == before

    def events(self) -> list[Event]:
        return self.store.events_of("ticket", TICKET)

    def check(self) -> None:
        ticket = self.tickets.get(TICKET)
        assert ticket is not None
        check_ticket(ticket, self.tickets)
        (row,) = self.tickets.board(TicketFilter(closed=True)).rows
        assert row.state == ticket.state.value
        open_rows = self.tickets.board(TicketFilter()).rows
        assert [item.id for item in open_rows] == ([TICKET] if ticket.state.open else [])


def check_ticket(ticket: Ticket, tickets: TicketDesk) -> None:
    """What must hold of every ticket at any time."""
    assert ticket.owner and ticket.first_owner == "8012"
    assert (ticket.state is TicketState.CANCELLED) == bool(ticket.void_reason)
    if ticket.state is TicketState.CLOSED:
        assert ticket.resolved_at is not None and not ticket.corrections_open
    if ticket.state is TicketState.RESOLVED:
        assert ticket.resolved_at is not None
    assert all(pause.end is None or pause.end >= pause.start for pause in ticket.pauses)
    assert all(span.end is None or span.end >= span.start for span in pauses_of(ticket))
    marks = marks_of(ticket)
    assert marks["ticket_created"] == (ticket.opened_at,)
    assert all(list(moments) == sorted(moments) for moments in marks.values())
    assert 1 <= priority_of(ticket.values).level <= 4
    clocks = tickets.clocks(ticket)
    assert len({clock.key for clock in clocks}) == len(clocks)
    assert not ticket.state.open or [k.running for k in clocks] == sorted(
        (k.running for k in clocks), reverse=True
    )
    if not ticket.state.open:
        assert not any(clock.running for clock in clocks)


def lived(told: list[tuple[float, Any]], pack_id: str) -> Iterator[Life]:
    life = Life(pack_id)
    try:
        life.live(told)
        yield life
    finally:
        life.desk.close()


@settings(max_examples=60, deadline=None)
@given(steps, st.sampled_from(PACKS))
def test_no_sequence_of_acts_breaks_a_ticket(told: list[tuple[float, Any]], pack_id: str) -> None:
    for life in lived(told, pack_id):
        assert life.store.refold() == [] and life.store.parked() == []
        before = life.tickets.get(TICKET)
        life.tickets = life._open()
        assert life.tickets.get(TICKET) == before
        kinds = [(e.kind, e.body.get("key"), e.body.get("band")) for e in life.events()]
        noted = [entry for entry in kinds if entry[0] in ("ticket.breached", "ticket.warned")]
        assert len(set(noted)) == len(noted), "recorded once"


@settings(max_examples=40, deadline=None)
@given(steps, st.sampled_from(PACKS), st.randoms(use_true_random=False))
def test_any_order_and_repetition_of_a_tickets_events_reads_the_same(
    told: list[tuple[float, Any]], pack_id: str, chance: Random
) -> None:
    for life in lived(told, pack_id):
        events = life.events()
        expected = read_ticket(TICKET, fold(events))
        row = project_ticket(fold(events))
        mixed = [*events, *chance.sample(events, len(events) // 2)]
        chance.shuffle(mixed)
        assert read_ticket(TICKET, fold(mixed)) == expected
        assert project_ticket(fold(mixed)) == row
        assert json.loads(json.dumps(row)) == row


scalars = st.none() | st.booleans() | st.integers(-(2**62), 2**62) | st.text(max_size=4)
bodies = st.dictionaries(
    st.sampled_from(
        [
            *("at", "due", "key", "band", "form", "pause", "owed", "values", "missing", "since"),
            *("result", "correction", "call", "mark", "owner", "guard", "department"),
        ]
    ),
    scalars | st.lists(scalars, max_size=2) | st.dictionaries(st.text(max_size=3), scalars),
    max_size=4,
)


@st.composite
def forged(draw: st.DrawFn) -> list[Event]:
    """Events of one ticket with bodies no decision makes, and clashing stamps."""
    kinds = sorted(kind for kind in KINDS if kind.startswith("ticket."))
    events = []
    for number in range(draw(st.integers(1, 12))):
        kind = "ticket.opened" if number == 0 else draw(st.sampled_from(kinds))
        body: dict[str, Any] = draw(bodies)
        if KINDS[kind].merge is Merge.FIELD:
            names = st.sampled_from(["category", "tier", "_void_reason", "_void_at", "owner"])
            body["set"] = draw(st.dictionaries(names, scalars, max_size=3))
        events.append(
            Event(
                EventId(f"{number:032x}"),
                kind,
                1,
                "ticket",
                TICKET,
                body,
                Stamp(MS + draw(st.integers(0, 3)) << 16),
                "8012",
                "f" * 32,
                EventId("e" * 32),
            )
        )
    return events


@settings(max_examples=200, deadline=None)
@given(forged(), st.randoms(use_true_random=False))
def test_whatever_a_body_holds_it_reads_and_reads_alike(
    events: list[Event], chance: Random
) -> None:
    mixed = [*events, *events[:3]]
    chance.shuffle(mixed)
    ticket = read_ticket(TICKET, fold(events))
    assert ticket is not None and read_ticket(TICKET, fold(mixed)) == ticket
    row = project_ticket(fold(mixed))
    assert row == project_ticket(fold(events)) and json.loads(json.dumps(row)) == row
    assert all(isinstance(cell, str | int | None) for cell in row.values())
    marks_of(ticket)
    ticket_gaps(ticket, pack("P1"))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 600), st.integers(1, 600)), max_size=5),
    st.integers(0, 2000),
)
def test_a_pause_for_the_customer_never_makes_a_due_time_earlier(
    spans: list[tuple[int, int]], later: int
) -> None:
    def event(number: int, kind: str, minutes: int, **body: Any) -> Event:
        at = MS + minutes * 60_000
        return Event(
            EventId(f"{number:032x}"),
            f"ticket.{kind}",
            1,
            "ticket",
            TICKET,
            {"at": at, **body},
            Stamp(at << 16 | number),
            "8012",
            "f" * 32,
            EventId("e" * 32),
        )

    events = [event(1, "opened", 0, values={"category": "complaint"})]
    last = None
    for number, (begin, length) in enumerate(spans):
        pause = f"{number:032x}"
        events.append(
            event(2 * number + 2, "paused", begin, pause=pause, reason="waiting_customer")
        )
        events.append(event(2 * number + 3, "resumed", begin + length, pause=pause))
        ticket = read_ticket(TICKET, fold(events))
        assert ticket is not None
        now = datetime.fromtimestamp(MS / 1000, UTC) + timedelta(minutes=later)
        (clock,) = (k for k in clocks_of(ticket, POLICY, now) if k.key == "complaint")
        assert clock.state.due is not None
        assert last is None or clock.state.due >= last
        last = clock.state.due
