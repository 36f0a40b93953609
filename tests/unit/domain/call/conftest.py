"""One call without a store: commands go in, events are joined, the call is read again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from itertools import count

import pytest

from agentdesk.domain.call import commands as c
from agentdesk.domain.call.decide import Context, Decision, decide
from agentdesk.domain.call.guide import Guide, guide
from agentdesk.domain.call.state import Call, read_call
from agentdesk.domain.call.timers import answered_late, long_hold
from agentdesk.domain.events import Draft, EntityId, Event, EventId, Stamp
from agentdesk.domain.fold import EntityState, fold, join
from agentdesk.domain.followups import EscalationView, read_escalation
from agentdesk.domain.pack import Pack
from agentdesk.domain.scripts import fill, situation
from agentdesk.standards.loader import load_shipped

CHINA = timezone(timedelta(hours=8))
CALL = EntityId("c" * 32)


class Seat:
    """Whoever has the call. The clock stands until it is moved."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self.now = datetime(2026, 3, 10, 9, 30, tzinfo=CHINA)  # a Tuesday
        self.events: list[Event] = []
        self.states: dict[EntityId, EntityState] = {}
        self._serial = count(1)

    @property
    def call(self) -> Call:
        found = read_call(CALL, self.states[CALL])
        assert found is not None
        return found

    def after(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def new_id(self) -> EntityId:
        return EntityId(f"{next(self._serial):032x}")

    def escalations(self) -> tuple[EscalationView, ...]:
        ids = dict.fromkeys(e.entity_id for e in self.events if e.entity == "escalation")
        views = (read_escalation(entity_id, self.states[entity_id]) for entity_id in ids)
        return tuple(view for view in views if view is not None)

    def ask(self, command: c.Command) -> Decision:
        """What the decision says; nothing is stored."""
        call = self.call if CALL in self.states else None
        context = Context(self.now, self.pack, self.new_id, self.escalations())
        return decide(call, command, context)

    def do(self, command: c.Command) -> list[str]:
        """The act must be possible; answers the kinds of the events."""
        decision = self.ask(command)
        assert isinstance(decision, tuple), decision
        for draft in decision:
            self.store(draft)
        return [draft.kind for draft in decision]

    def store(self, draft: Draft) -> Event:
        number = next(self._serial)
        event = Event(
            EventId(f"{number:032x}"),
            draft.kind,
            1,
            draft.entity,
            draft.entity_id,
            draft.body,
            Stamp(number),
            "8012",
            "",
            EventId(""),
        )
        self.events.append(event)
        join(self.states.setdefault(draft.entity_id, EntityState()), event)
        return event

    def mine(self) -> list[Event]:
        """Events of the call itself."""
        return [event for event in self.events if event.entity_id == CALL]

    def read(self, events: Sequence[Event]) -> Call | None:
        return read_call(CALL, fold(events))

    def ring(self, **fields: str) -> None:
        values = {"number": "13800138000", "source": "push", "external_id": "1"} | fields
        self.do(c.Offer(CALL, **values))  # type: ignore[arg-type]

    def talk(self, after: float = 6, **fields: str) -> None:
        """A call that was answered ``after`` seconds."""
        self.ring(**fields)
        self.after(after)
        self.do(c.Answer())

    def name(self, surname: str = "王", title: str = "先生", **more: str) -> None:
        self.do(c.SetFields({"surname": surname, "title": title, **more}))

    def say(self, *line_ids: str, names: int = 0, polite: int = 0) -> None:
        for line_id in line_ids:
            line = self.pack.line(line_id)
            assert line is not None, line_id
            text = fill(line.text, dict(self.call.values), lambda slot: "〔?〕").text
            self.do(c.Say(line_id, text, names, polite))

    def served(
        self, category: str = "tracking", number: str = "13800138000", **fields: str
    ) -> None:
        """Talked, all said, ended by the customer: in wrap-up."""
        self.talk(number=number)
        self.name(category=category, **fields)
        self.say("inbound-greeting", "track-query", "anything-else", "closing")
        self.do(c.End("customer"))

    def guide(self, note: str = "", picked: str = "", skipped: Sequence[str] = ()) -> Guide:
        call = self.call
        here = situation(
            self.now,
            "outbound" if call.direction == "outbound" else "inbound",
            holiday=None,
            late=answered_late(call, self.pack),
            long_hold=long_hold(call, self.pack),
        )
        return guide(call, self.pack, here, note=note, picked=picked, skipped=skipped)


@pytest.fixture(scope="session")
def f6() -> Pack:
    return load_shipped("F6")


@pytest.fixture(scope="session")
def n2() -> Pack:
    return load_shipped("N2")


@pytest.fixture
def seat(f6: Pack) -> Seat:
    return Seat(f6)


@pytest.fixture
def n2_seat(n2: Pack) -> Seat:
    return Seat(n2)
