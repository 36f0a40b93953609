"""Any order, repetition and cut of pages, any interruption: a seat equals the server's journal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from agentdesk import wire
from agentdesk.domain.authority import Judgement
from agentdesk.domain.events import Draft, EntityId, Event
from agentdesk.domain.fold import EntityState, fold
from agentdesk.domain.ids import Ids
from agentdesk.domain.people import Role, Standing
from agentdesk.domain.projections import PROJECT
from agentdesk.server.caller import Caller
from agentdesk.server.service import Service
from agentdesk.store import Store
from agentdesk.store.installing import Snapshot
from agentdesk.store.project import GET
from agentdesk.store.replica import Applied, Replica
from agentdesk.wire import Cursor, Live, Page, Reset, Trailer

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MS = int(NINE.timestamp() * 1000)
TEAM = "team:A"


def judged(event: Event, who: Caller, then: Standing, state: EntityState, scope: str) -> Judgement:
    """Whatever says so is refused."""
    return Judgement("forbidden", "not_own") if event.body.get("wrong") else Judgement("ok")


class Seat:
    """A store with its replica, and what it says it read."""

    def __init__(self, name: str, clock: Callable[[], datetime], rng: Random) -> None:
        ids = Ids(lambda: int(clock().timestamp() * 1000), rng.getrandbits)
        self.name = name
        self.store = Store.open(Path(":memory:"), clock=clock, new_id=ids)
        self.replica = Replica(self.store)
        self.who = Caller(
            name, "王芳", Role.LEADER, "A", name, self.store.install, True, (f"seat:{name}", TEAM)
        )

    def act(self, number: int, what: int, wrong: bool) -> list[Event]:
        """One act on one of a few calls or escalations everybody works with."""
        call, help_id = EntityId(f"{number:032x}"), EntityId(f"{number + 100:032x}")
        body: dict[str, Any] = {"at": MS, "wrong": True} if wrong else {"at": MS}
        drafts = {
            0: [Draft("call.offered", "call", call, {**body, "number": "13800138000"})],
            1: [Draft("call.set", "call", call, {**body, "set": {"note": f"{self.name}说空调"}})],
            2: [
                Draft("call.said", "call", call, {**body, "text": "您好", "line": "x"}),
                Draft("call.set", "call", call, {**body, "set": {"surname": f"王{number}"}}),
            ],
            3: [Draft("escalation.raised", "escalation", help_id, {**body, "reason": "投诉"})],
            4: [Draft("escalation.taken", "escalation", help_id, {**body, "by": self.name})],
            5: [Draft("promise.made", "promise", help_id, {**body, "minutes": 30, "text": "回电"})],
        }[what]
        return self.store.commit(drafts, actor=self.name)


class World:
    """A server and two seats; a restored server has forgotten its latest pushes."""

    def __init__(self, seed: int) -> None:
        self.rng = Random(seed)
        self.now = NINE
        self.pushes: list[tuple[Caller, wire.Push, int]] = []
        self.epochs = 0
        self.service = self._new_service([])
        # One seat's clock is right, the other's is off by up to a day.
        off = self.rng.choice((0, 90, -90, 7200, -86_400, 86_400))
        self.off = {"甲": timedelta(), "乙": timedelta(seconds=off)}
        self.seats = [
            Seat(name, self._clock(name), Random(seed + n)) for n, name in enumerate("甲乙")
        ]

    def _clock(self, name: str) -> Callable[[], datetime]:
        def clock() -> datetime:
            self.now += timedelta(milliseconds=self.rng.choice((1, 40, 2000, -500)))
            return self.now + self.off[name]

        return clock

    def _new_service(self, pushes: list[tuple[Caller, wire.Push, int]]) -> Service:
        self.epochs += 1
        ids = Ids(lambda: MS + self.epochs, Random(self.epochs).getrandbits)
        at = [MS]
        made = Service.in_memory(clock=lambda: at[0], new_id=ids, authority=judged)
        for who, push, when in pushes:
            at[0] = when
            made.push(who, push)
        made._clock = lambda: int(self.now.timestamp() * 1000)
        return made

    def close(self) -> None:
        for seat in self.seats:
            seat.store.close()
        self.service.close()

    # ------------------------------------------------------------------- between

    def push(self, seat: Seat, most: int) -> None:
        events = seat.replica.outbox(most, 1 << 20).events
        if not events:
            return
        lies = self.rng.random() < 0.2
        now = int((self.now if lies else self.now + self.off[seat.name]).timestamp() * 1000)
        sent = wire.decode(wire.encode(wire.Push(now, events)), wire.Push)
        answer = self.service.push(seat.who, sent)
        assert set(answer.received) == {event.id for event in events}
        self.pushes.append((seat.who, sent, int(self.now.timestamp() * 1000)))

    def page(self, seat: Seat, scope: str, limit: int) -> tuple[Page, Cursor] | Reset:
        place = seat.replica.cursors().get(scope)
        cursor, epoch = (place.cursor, place.epoch) if place else (Cursor(), "")
        answer = self.service.pull(seat.who, scope, cursor, epoch, limit)
        if isinstance(answer, Reset):
            return wire.decode(wire.encode(answer), Reset)
        return wire.decode(wire.encode(answer), Page), cursor

    def pull(self, seat: Seat, scope: str, limit: int) -> bool:
        """One page, or one way back; False when nothing is left."""
        answer = self.page(seat, scope, limit)
        if isinstance(answer, Reset):
            known = seat.replica.checkpoints(scope)
            common = self.service.common(seat.who, wire.Checkpoints(scope, known))
            while not seat.replica.rewind(scope, common.cur, common.epoch, limit):
                assert seat.store.refold() == []
            return True
        page, after = answer
        applied = seat.replica.apply(page, after)
        assert not applied.behind and not applied.altered
        return page.cur.seq < page.head

    def quiesce(self) -> None:
        for _ in range(4):
            for seat in self.seats:
                while seat.replica.pending().count:
                    self.push(seat, 500)
                    self.pull_all(seat)
                self.pull_all(seat)

    def pull_all(self, seat: Seat) -> None:
        for scope in seat.who.scopes:
            while self.pull(seat, scope, 7):
                pass

    def journal(self) -> dict[tuple[str, EntityId], list[Event]]:
        found: dict[tuple[str, EntityId], list[Event]] = {}
        for stored in self.service.storage.page(TEAM, 0, 100_000):
            if stored.verdict == "ok":
                event = stored.event()
                found.setdefault((event.entity, event.entity_id), []).append(event)
        return found

    def agrees(self) -> None:
        """Every seat equals the fold of the server's journal, and its own tables."""
        journal = self.journal()
        for seat in self.seats:
            assert seat.replica.pending().count == 0
            assert seat.store.refold() == [] and seat.store.audit() == []
            for (entity, entity_id), events in journal.items():
                state = fold(events)
                assert bytes_of(seat.store.state(entity, entity_id)) == bytes_of(state)
                cells = PROJECT[entity](state)
                row = (entity_id, *cells.values()) if cells else None
                query = GET[entity] + " WHERE id = ?"
                assert seat.store.connection.execute(query, (entity_id,)).fetchone() == row
            for entity in ("call", "escalation", "promise"):
                ids = {row[0] for row in seat.store.connection.execute(GET[entity])}
                assert ids <= {key[1] for key in journal if key[0] == entity}


def bytes_of(state: EntityState) -> bytes:
    return msgspec.json.encode((state.ordered(), sorted(state.fields.items())))


@contextmanager
def world(seed: int) -> Iterator[World]:
    made = World(seed)
    try:
        yield made
    finally:
        made.close()


acts = st.tuples(
    st.just("act"), st.integers(0, 1), st.integers(1, 3), st.integers(0, 5), st.integers(0, 5)
)
moves = st.one_of(
    acts,
    acts,
    st.tuples(st.just("push"), st.integers(0, 1), st.integers(1, 6)),
    st.tuples(st.just("pull"), st.integers(0, 1), st.integers(1, 6), st.booleans()),
    st.tuples(st.just("old"), st.integers(0, 1), st.integers(0, 30)),
    st.tuples(st.just("live"), st.integers(0, 1), st.integers(0, 30), st.integers(1, 4)),
    st.tuples(st.just("restore"), st.integers(0, 6)),
    st.tuples(st.just("forget"), st.integers(0, 1)),
    st.tuples(st.just("snapshot"), st.integers(0, 1)),
)


@settings(max_examples=120, deadline=None)
@given(st.integers(0, 1 << 20), st.lists(moves, max_size=40))
def test_after_any_storm_every_seat_equals_the_servers_journal(
    seed: int, steps: list[tuple[Any, ...]]
) -> None:
    with world(seed) as here:
        pages: list[tuple[Seat, Page, Cursor]] = []
        said: dict[str, set[str]] = {seat.name: set() for seat in here.seats}
        for step in steps:
            _do(here, step, pages, said)
            for seat in here.seats:
                _reads_its_writes(seat, said[seat.name])
        here.quiesce()
        here.agrees()
        _nothing_is_lost(here, said)


def _do(
    here: World,
    step: tuple[Any, ...],
    pages: list[tuple[Seat, Page, Cursor]],
    said: dict[str, set[str]],
) -> None:
    name, *rest = step
    if name == "restore":
        here.pushes = here.pushes[: len(here.pushes) - rest[0]]
        here.service.close()
        here.service = here._new_service(here.pushes)
        return
    seat = here.seats[rest[0]]
    if name == "act":
        events = seat.act(rest[1], rest[2], rest[3] == 0)
        said[seat.name] |= {event.id for event in events}
    elif name == "push":
        here.push(seat, rest[1])
    elif name == "pull":
        answer = here.page(seat, TEAM, rest[1])
        if not isinstance(answer, Reset):
            pages.append((seat, *answer))
        if rest[2]:
            here.pull(seat, TEAM, rest[1])
    elif name == "old" and pages:
        owner, page, after = pages[rest[1] % len(pages)]
        before = owner.replica.cursors().get(TEAM)
        applied = owner.replica.apply(page, after)
        now = owner.replica.cursors().get(TEAM)
        assert not before or (now and now.cursor.seq >= before.cursor.seq)
        assert not applied.behind or not applied.entities
    elif name == "live":
        _stream(here, seat, rest[1], rest[2])
    elif name == "forget":
        while not seat.replica.drop_scope(TEAM, 3):
            pass
        assert TEAM not in seat.replica.cursors()
    elif name == "snapshot":
        _snapshot(here, seat)


def _stream(here: World, seat: Seat, start: int, count: int) -> list[Applied]:
    """Frames from anywhere in the journal, as a stream would send them."""
    events = here.service.storage.page(TEAM, 0, 1000)
    befores = [0, *(stored.seq for stored in events)]
    at = start % (len(events) + 1)
    lives = [Live(befores[n], events[n]) for n in range(at, min(at + count, len(events)))]
    sent = [wire.decode(wire.encode(live), Live) for live in lives]
    return seat.replica.apply_live(sent, here.service.epoch)


def _snapshot(here: World, seat: Seat) -> None:
    lines = b"".join(here.service.snapshot(seat.who, TEAM)).splitlines(keepends=True)
    trailer = wire.decode(lines[-1], Trailer)
    snapshot = Snapshot(TEAM, lines[:-1], trailer)
    while not snapshot.done:
        seat.replica.take_snapshot(snapshot, 3)
    place = seat.replica.cursors()[TEAM]
    assert (place.epoch, place.cursor) == (trailer.epoch, trailer.cur)
    assert seat.store.refold() == []


def _reads_its_writes(seat: Seat, said: set[str]) -> None:
    """Every own act is in the journal, and shows unless the server has refused it."""
    rows = seat.store.connection.execute(
        "SELECT id, entity, entity_id, kind, verdict FROM event WHERE mine"
    )
    held = {row[0].hex(): row for row in rows}
    assert said <= held.keys()
    for event_id, (_, entity, entity_id, kind, verdict) in held.items():
        if not kind.endswith(".set"):
            shown = event_id in seat.store.state(entity, entity_id).items
            assert shown == (verdict in (None, "ok"))


def _nothing_is_lost(here: World, said: dict[str, set[str]]) -> None:
    for seat in here.seats:
        stored = {
            each.id: each
            for scope in seat.who.scopes
            for each in here.service.storage.page(scope, 0, 100_000)
        }
        assert said[seat.name] <= stored.keys()
        refused = {each.id for each in seat.replica.not_accepted()}
        wrong = {each.id for each in stored.values() if each.verdict != "ok"}
        assert refused == wrong & said[seat.name]


@settings(max_examples=60, deadline=None)
@given(st.lists(acts, min_size=1, max_size=30), st.integers(1, 9), st.data())
def test_a_snapshot_and_what_follows_equal_the_whole_journal(
    steps: list[tuple[Any, ...]], limit: int, data: st.DataObject
) -> None:
    with world(7) as here:
        one, two = here.seats
        for step in steps:
            one.act(step[2], step[3], step[4] == 0)
            here.push(one, 500)
            here.pull_all(one)
        cut = data.draw(st.integers(0, len(steps)))
        if cut:
            _snapshot(here, two)
        for step in steps[:3]:
            one.act(step[2], step[3], False)
            here.push(one, 500)
        while here.pull(two, TEAM, limit):
            pass
        here.quiesce()
        here.agrees()
