"""Whatever is asked of a call, in whatever order: no error, no impossible state."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from agentdesk.desk.demo import MovingClock
from agentdesk.desk.desk import Desk
from agentdesk.desk.snapshot import Profile, Snapshot
from agentdesk.domain.call import commands as c
from agentdesk.domain.call.gaps import gaps
from agentdesk.domain.call.guide import guide
from agentdesk.domain.call.meters import meters
from agentdesk.domain.call.state import Call, Phase, read_call
from agentdesk.domain.call.timers import Level, timers
from agentdesk.domain.events import EntityId, Event
from agentdesk.domain.fold import fold
from agentdesk.domain.ids import Ids
from agentdesk.domain.moments import to_ms
from agentdesk.domain.pack import Pack
from agentdesk.domain.phone import PhoneEvent, PhoneKind
from agentdesk.domain.projections import PROJECT
from agentdesk.domain.scripts import Situation
from agentdesk.standards import loader
from agentdesk.store import Store

ZONE = timezone(timedelta(hours=8))
NINE = datetime(2026, 3, 10, 9, 0, tzinfo=ZONE)
MORNING = Situation("inbound", "morning", weekend=False)


@cache
def pack(pack_id: str) -> Pack:
    return loader.load_shipped(pack_id)


F6 = pack("F6")
KEYS = ["surname", "title", "category", "note", "upset", "number", "phone", "content", "waybill"]
texts = st.sampled_from(
    ["", " ", "王", "先生", "complaint", "tracking", "lost", "1", "13800138000", "客户投诉\n要经理"]
) | st.text(max_size=8)
reasons = st.sampled_from(["", "", " ", "客户要求"])
lines = st.sampled_from(["", "no-such-line", *(line.id for line in F6.lines)])
requirements = st.sampled_from(["smile", *(item.id for item in F6.requirements)])
ids = st.integers(1, 4).map(lambda number: EntityId(f"{number:032x}"))

commands: st.SearchStrategy[c.Command] = st.one_of(
    st.just(c.Answer()),
    st.builds(c.Miss, texts),
    st.builds(c.Hold, reasons),
    st.just(c.Resume()),
    st.builds(c.Transfer, texts, st.booleans(), reasons),
    st.builds(c.Say, lines, texts, st.integers(0, 3), st.integers(0, 3)),
    st.builds(c.Tick, requirements, st.booleans()),
    st.just(c.Silent()),
    st.dictionaries(st.sampled_from(KEYS), texts, max_size=3).map(c.SetFields),
    st.builds(c.RecordPhrase, texts, texts, st.sampled_from(["replaced", "kept"]), texts),
    st.builds(c.Promise, ids, st.none() | st.integers(-5, 30_000), texts, reasons),
    st.builds(
        c.Escalate,
        ids,
        st.sampled_from(["", *(item.key for item in F6.reasons)]),
        st.sampled_from(["", *(item.key for item in F6.levels)]),
        texts,
    ),
    st.builds(c.Withdraw, ids),
    st.builds(c.Reveal, texts, texts),
    st.builds(c.End, st.sampled_from(["customer", "agent", "unknown"]), texts, reasons),
    st.builds(c.Close, st.sampled_from(["", "nothing", "resolved", "informed"]), reasons),
)
KINDS: tuple[PhoneKind, ...] = ("offered", "answered", "held", "resumed", "ended")
rings = st.builds(
    PhoneEvent,
    st.sampled_from(KINDS),
    st.sampled_from(["1", "2"]),
    st.just("push"),
    st.sampled_from(["inbound", "outbound"]),
    st.sampled_from(["", "13800138000", "66208888", "02166208888"]),
    texts,
)
Step = c.Command | PhoneEvent | str
steps: st.SearchStrategy[list[tuple[float, Step]]] = st.lists(
    st.tuples(
        st.sampled_from([0, 0, 0.001, 1, 4.999, 5, 30, 61, 120, 700, 90_000, -3]),
        st.one_of(
            commands,
            commands,
            commands,
            rings,
            st.sampled_from(["f2", "f2", "open", "leave", "expire", "settle", "restart"]),
        ),
    ),
    max_size=30,
)


class Life:
    """A desk on a store in memory, living through steps."""

    def __init__(self, pack_id: str) -> None:
        self.clock = MovingClock(NINE)
        self._ids = Ids(lambda: to_ms(self.clock()), Random(1).getrandbits)
        self.store = Store.open(Path(":memory:"), clock=self.clock, new_id=self._ids)
        self._seat = Profile("8012", "李敏", "示例速运", pack_id, "zh-CN", "")
        self.desk = self._open()

    def _open(self) -> Desk:
        return Desk(
            self.store,
            pack,
            clock=self.clock,
            new_id=self._ids,
            zone=ZONE,
            defaults=self._seat,
        )

    def live(self, told: Sequence[tuple[float, Step]]) -> None:
        self.desk.answer_or_new()
        for seconds, step in told:
            self.clock.after(seconds)
            if isinstance(step, PhoneEvent):
                self.desk.phone(step)
            elif isinstance(step, str):
                self._desk_step(step)
            else:
                self._act(step)
            self.check(self.desk.snapshot())

    def _act(self, command: c.Command) -> None:
        before = self._count()
        outcome = self.desk.act(command, {"note": "客户投诉"})
        if outcome.problem is not None:
            assert self._count() == before, "a refusal stores nothing"
            assert outcome.events == ()

    def _desk_step(self, step: str) -> None:
        seen = self.desk.snapshot()
        if step == "f2":
            self.desk.answer_or_new()
        elif step == "open":
            for call in (*seen.waiting, *seen.ringing, *seen.incomplete)[:1]:
                self.desk.open_card(call.id)
        elif step == "leave":
            self.desk.leave_card()
        elif step == "expire":
            self.desk.expire()
        elif step == "settle":
            for promise in seen.promises[:1]:
                self.desk.settle("promise", promise.id)
        else:
            self.desk = self._open()

    def _count(self) -> int:
        return int(self.store.connection.execute("SELECT count(*) FROM event").fetchone()[0])

    def check(self, seen: Snapshot) -> None:
        cards = (seen.call,) if seen.call else ()
        shown = [*cards, *seen.ringing, *seen.waiting]
        assert len({call.id for call in shown}) == len(shown)
        assert all(call.phase is Phase.OFFERED for call in seen.ringing)
        assert all(call.phase.open for call in seen.waiting)
        assert all(call.phase is Phase.CLOSED and call.gaps for call in seen.incomplete)
        for call in (*shown, *seen.incomplete):
            check_call(call, self.desk.snapshot().pack, self.clock())

    def calls(self) -> Iterator[tuple[EntityId, list[Event]]]:
        for call_id, _ in self.store.entities("call"):
            yield call_id, self.store.events_of("call", call_id)


def check_call(call: Call, of: Pack, now: datetime) -> None:
    """What must hold of every call at any time."""
    assert (call.phase is Phase.HELD) == (call.held_since is not None)
    assert (call.phase is Phase.CLOSED) == (call.closed_at is not None)
    assert not call.phase.live or (call.answered_at is not None and call.ended_at is None)
    assert call.phase is not Phase.WRAP_UP or call.ended_at is not None
    assert call.held_total >= timedelta()
    assert all(count >= 0 for count in call.ticks.values())
    assert all(meter.value >= 0 for meter in meters(call, of))
    for timer in timers(call, of, now):
        assert (timer.elapsed is None) == (timer.level is Level.IDLE)
        assert timer.elapsed is None or timer.elapsed >= timedelta()
    found = guide(call, of, MORNING, note=call.values.get("note", ""))
    assert found.line is None or 1 <= found.index <= found.total
    assert found.line not in found.coming
    assert set(call.gaps) <= set(call.closing_gaps)
    assert all(isinstance(key, str) for key in gaps(call, of))


@contextmanager
def lived(told: Sequence[tuple[float, Step]], pack_id: str = "F6") -> Iterator[Life]:
    life = Life(pack_id)
    try:
        life.live(told)
        yield life
    finally:
        life.desk.close()


@settings(max_examples=60, deadline=None)
@given(steps, st.sampled_from(["F6", "N2"]))
def test_no_sequence_of_acts_breaks_a_desk(told: list[tuple[float, Step]], pack_id: str) -> None:
    with lived(told, pack_id) as life:
        assert life.store.refold() == []
        assert life.store.parked() == []
        before = life.desk.snapshot()
        life._desk_step("restart")
        after = life.desk.snapshot()
        for name in ("ringing", "promises", "callbacks", "incomplete"):
            assert getattr(after, name) == getattr(before, name), name
        open_calls = {call.id for call in (*before.waiting, before.call) if call is not None}
        assert open_calls == {c.id for c in (*after.waiting, after.call) if c is not None}


@settings(max_examples=40, deadline=None)
@given(steps, st.randoms(use_true_random=False))
def test_any_order_and_repetition_of_a_calls_events_reads_the_same(
    told: list[tuple[float, Step]], chance: Random
) -> None:
    with lived(told) as life:
        for call_id, events in life.calls():
            expected = read_call(call_id, life.store.state("call", call_id))
            mixed = [*events, *chance.sample(events, len(events) // 2)]
            chance.shuffle(mixed)
            assert read_call(call_id, fold(mixed)) == expected
            grown = fold([])
            for at in range(len(events)):  # one after another, read after each
                grown = fold(events[: at + 1])
                assert read_call(call_id, grown) is not None
            assert read_call(call_id, grown) == expected


@settings(max_examples=40, deadline=None)
@given(steps)
def test_rows_and_timelines_are_plain_data(told: list[tuple[float, Step]]) -> None:
    with lived(told) as life:
        for entity, project in PROJECT.items():
            for _, state in life.store.entities(entity):
                row = project(state)
                assert json.loads(json.dumps(row)) == row
                assert all(isinstance(cell, str | int | None) for cell in row.values())
        for call_id, events in life.calls():
            moments = life.desk.timeline(call_id)
            assert len(moments) >= len(events)
            assert all(moment.at.tzinfo == UTC for moment in moments)
            json.dumps([dict(moment.params) for moment in moments])
