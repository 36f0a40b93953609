"""A ticket that lives through commands, with the clock in hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count

import pytest

from agentdesk.domain.events import Draft, EntityId, Event, EventId, Stamp
from agentdesk.domain.fold import fold
from agentdesk.domain.pack import Pack
from agentdesk.domain.sla.calendar import Calendar
from agentdesk.domain.sla.clocks import Settings
from agentdesk.domain.ticket import commands as c
from agentdesk.domain.ticket.clocks import Policy, TicketClock, clocks_of, policy_of
from agentdesk.domain.ticket.decide import Context, decide
from agentdesk.domain.ticket.read import read_ticket
from agentdesk.domain.ticket.state import Ticket
from agentdesk.standards.loader import load_shipped

NINE = datetime(2026, 3, 10, 1, 0, tzinfo=UTC)  # nine in Shanghai, a Tuesday
TICKET = EntityId("1" * 32)

pack = cache(load_shipped)


@cache
def policy(pack_id: str) -> Policy:
    return policy_of(pack(pack_id), Settings(Calendar.round_the_clock("Asia/Shanghai")))


class Course:
    """One ticket, from its opening on."""

    def __init__(self, pack_id: str) -> None:
        self.pack: Pack = pack(pack_id)
        self.now = NINE
        self.actor = "8012"
        self.events: list[Event] = []
        self._numbers = count(1)

    def after(self, **span: float) -> Course:
        self.now += timedelta(**span)
        return self

    def id(self) -> EntityId:
        return EntityId(f"{next(self._numbers):032x}")

    def decide(self, command: c.Command) -> tuple[Draft, ...] | c.Refused | c.Advised:
        ticket = read_ticket(TICKET, fold(self.events))
        return decide(ticket, command, Context(self.now, self.pack, self.actor, self.id))

    def do(self, *commands: c.Command) -> Ticket:
        """Acts that must succeed."""
        for command in commands:
            decided = self.decide(command)
            assert isinstance(decided, tuple), decided
            for draft in decided:
                number = len(self.events) + 1
                self.events.append(
                    Event(
                        EventId(f"{number:032x}"),
                        draft.kind,
                        1,
                        draft.entity,
                        draft.entity_id,
                        draft.body,
                        Stamp(int(self.now.timestamp() * 1000) << 16 | number),
                        self.actor,
                        "f" * 32,
                        EventId("e" * 32),
                    )
                )
        return self.ticket

    def open(self, category: str = "", **values: str) -> Ticket:
        given = ({"category": category} if category else {}) | values
        return self.do(c.Open(TICKET, given, "客户来电反映"))

    def send(self, department: str = "工程部", **more: str) -> EntityId:
        """A form out to a department."""
        form_id = self.id()
        self.do(c.Dispatch(form_id, department, because="已核对", **more))
        return form_id

    def problem(self, command: c.Command) -> c.Refused | c.Advised:
        decided = self.decide(command)
        assert not isinstance(decided, tuple), decided
        return decided

    def refused(self, command: c.Command) -> str:
        problem = self.problem(command)
        assert isinstance(problem, c.Refused), problem
        return problem.key.removeprefix("refused.ticket.")

    @property
    def ticket(self) -> Ticket:
        found = read_ticket(TICKET, fold(self.events))
        assert found is not None
        return found

    @property
    def kinds(self) -> list[str]:
        return [event.kind.removeprefix("ticket.") for event in self.events]

    def clocks(self) -> dict[str, TicketClock]:
        found = clocks_of(self.ticket, policy(self.pack.id), self.now)
        return {clock.key: clock for clock in found}


@pytest.fixture
def t0() -> Course:
    return Course("T0")


@pytest.fixture
def p1() -> Course:
    return Course("P1")


@pytest.fixture
def c5() -> Course:
    return Course("C5")


@pytest.fixture
def f6() -> Course:
    return Course("F6")


@pytest.fixture
def l7() -> Course:
    return Course("L7")
