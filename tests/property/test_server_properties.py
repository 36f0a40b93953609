"""The server whatever arrives, how often, in which order and at which time."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agentdesk.domain.events import ENTITIES, KINDS, Merge
from agentdesk.domain.people import Role
from agentdesk.domain.scopes import LOCAL_KINDS
from agentdesk.server.admission import AHEAD_MS, authority, right_stamp
from agentdesk.server.caller import Caller
from agentdesk.server.problem import ServerProblem
from agentdesk.server.service import Service
from agentdesk.server.storage.schema import TABLES
from agentdesk.wire import Push, WireEvent
from tests.server_kit import (
    DAY,
    HOUR,
    NOW,
    Clock,
    Numbered,
    Seat,
    allow,
    caller,
    entity,
    everything,
    read_all,
    serve,
)

if TYPE_CHECKING:
    from agentdesk.server.storage.postgres import PostgresStorage
    from tests.postgres import Server

SEATS = (
    caller("8001", seat="s1", install="1" * 32),
    caller("8002", seat="s2", install="2" * 32),
    caller("8009", role=Role.LEADER, seat="s9", install="9" * 32, session=True),
    caller("9001", team="B", seat="b1", install="b" * 32),
)
EVERY_KIND = sorted(
    kind for kind in KINDS if kind not in LOCAL_KINDS and kind.partition(".")[0] in ENTITIES
)
SCALARS = (
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text("空调 ab", max_size=5)
)
FIELDS = st.dictionaries(
    st.sampled_from(["note", "state", "owner", "level", "category", "due_at", "name", "role"]),
    SCALARS,
    max_size=3,
)


@st.composite
def bodies(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    """As seats write them, with now and then something no reader expects."""
    body: dict[str, Any] = {"at": NOW + draw(st.integers(-DAY, DAY))}
    if KINDS[kind].merge is Merge.FIELD:
        body["set"] = draw(FIELDS)
    if kind in ("promise.made", "callback.made") and draw(st.integers(0, 9)):
        body["minutes"] = draw(st.integers(1, 60))
    if draw(st.integers(0, 9)) == 0:
        body |= draw(st.dictionaries(st.sampled_from(["text", "call", "at"]), SCALARS, max_size=2))
    return body


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[int, int, int, list[WireEvent]]]:
    """Pushes: seat, how far the server's clock moves before it, the seat's offset, events."""
    clock = Clock()
    offsets = [draw(st.sampled_from([0, 0, -DAY, DAY, HOUR, -90_000])) for _ in SEATS]
    seats = [
        Seat(who, clock, Numbered(number), off=off)
        for number, (who, off) in enumerate(zip(SEATS, offsets, strict=True), 1)
    ]
    found = []
    for _ in range(draw(st.integers(1, 8))):
        number = draw(st.integers(0, len(SEATS) - 1))
        moved = draw(st.sampled_from([0, 1, 1000, -HOUR, HOUR]))
        clock.now += moved
        events = []
        for _ in range(draw(st.integers(1, 4))):
            kind = draw(st.sampled_from(EVERY_KIND))
            name = entity(draw(st.integers(1, 3)))
            changes: dict[str, Any] = {"body": draw(bodies(kind))}
            if draw(st.integers(0, 19)) == 0:
                changes["actor"] = "8009"
            events.append(seats[number].write(kind, name, **changes))
        found.append((number, moved, offsets[number], events))
    return found


def play(
    service: Service, clock: Clock, history: list[tuple[int, int, int, list[WireEvent]]]
) -> None:
    for number, moved, off, events in history:
        clock.now += moved
        service.push(SEATS[number], Push(clock.now + off, events))


def told(service: Service) -> bytes:
    """Everything a server holds, apart from ids of its own."""
    tables = {table: service.storage.rows(table) for table in TABLES}
    parked = service.storage.parked()
    return msgspec.json.encode([everything(service), tables, parked])


def sound(service: Service) -> None:
    assert service.verify() == []
    assert service.differences() == []
    found = everything(service)
    assert [one.seq for one in found] == list(range(1, len(found) + 1))
    last: dict[str, int] = {}
    for one in found:
        if one.reason != "install":
            assert one.eff > last.get(one.install, -1)
            last[one.install] = one.eff
        assert one.scope.startswith("seat:") == (one.verdict != "ok")


@settings(max_examples=30, deadline=None)
@given(histories(), st.randoms(use_true_random=False), st.booleans())
def test_sent_again_in_any_order_and_grouping_nothing_changes(
    history: list[tuple[int, int, int, list[WireEvent]]], rng: random.Random, everybody: bool
) -> None:
    clock = Clock()
    service = serve(clock=clock, people=True, authority=allow if everybody else authority)
    play(service, clock, history)
    sound(service)
    before = told(service)
    again = [(number, [event]) for number, _, _, events in history for event in events]
    again += [(number, events) for number, _, _, events in history]
    rng.shuffle(again)
    for number, events in again:
        shuffled = rng.sample(events, len(events))
        answer = service.push(SEATS[number], Push(clock.now, shuffled * 2))
        assert set(answer.received) == {event.id for event in events}
    assert told(service) == before


@settings(max_examples=20, deadline=None)
@given(histories())
def test_one_group_or_many_give_the_same_journal(
    history: list[tuple[int, int, int, list[WireEvent]]],
) -> None:
    """A group is a matter of speed: only the links of the chain tell how it was cut."""
    still = [(number, 0, off, events) for number, _, off, events in history]
    one, many = serve(people=True), serve(people=True)
    one.admit([(SEATS[number], Push(NOW + off, events)) for number, _, off, events in still])
    play(many, Clock(), still)
    assert told(one) == told(many)
    sound(one)


@settings(max_examples=20, deadline=None)
@given(histories())
def test_what_is_remembered_between_groups_changes_nothing(
    history: list[tuple[int, int, int, list[WireEvent]]],
) -> None:
    clock, forgetful = Clock(), Clock()
    service, other = serve(clock=clock, people=True), serve(clock=forgetful, people=True)
    for each in history:
        play(service, clock, [each])
        play(other, forgetful, [each])
        other._memory.forget(other.storage.head())
    assert told(service) == told(other)


@settings(max_examples=20, deadline=None)
@given(histories(), st.integers(1, 7))
def test_every_scope_read_page_by_page_is_the_journal(
    history: list[tuple[int, int, int, list[WireEvent]]], limit: int
) -> None:
    clock = Clock()
    service = serve(clock=clock)
    play(service, clock, history)
    found = everything(service)
    scopes = {one.scope for one in found}
    reader = Caller("0", "", Role.DIRECTOR, "", "x", "0" * 32, True, tuple(scopes))
    for scope in scopes:
        pages = read_all(service, reader, scope, limit)
        assert [one.id for one in pages] == [one.id for one in found if one.scope == scope]


@given(
    st.integers(0, 2**63 - 1),
    st.integers(0, 2**48),
    st.integers(-(2**80), 2**80),
)
def test_no_stamp_counts_further_ahead_than_a_minute(hlc: int, server: int, seat: int) -> None:
    stamp = right_stamp(hlc, server, seat)
    assert 0 <= stamp >> 16 <= server + AHEAD_MS
    assert stamp == right_stamp(hlc, server, seat)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=40),
        JSON.map(lambda value: msgspec.json.encode(_whole(value))),
        st.sampled_from([b"{}", b'{"set":{}}', b'{"at":1}']),
    ),
    st.text(max_size=10),
    st.sampled_from(["id", "txn", "kind", "entity", "entity_id", "actor", "install", "prev", ""]),
)
def test_no_event_breaks_the_server(body: bytes, text: str, name: str) -> None:
    """Anything at all is a verdict, a hold or a refusal; the next event is taken in."""
    service = serve()
    seat = Seat(caller(), Clock(), Numbered(1))
    changes: dict[str, Any] = {"body": body or b"0"} | ({name: text} if name else {})
    changes = {"kind": "call.set", "entity_id": entity(1)} | changes
    event = seat.write(**changes)
    try:
        answer = seat.push(service, event)
        assert len(answer.received) + len(answer.retry) == 1
    except ServerProblem as problem:
        assert problem.status == 400 and problem.problem.detail
    seat.push(service, seat.write("call.offered", entity(2)))
    sound(service)
    assert [row[0] for row in service.storage.rows("call")] == [entity(2)]


def _whole(value: object) -> object:
    if isinstance(value, str):
        return value.encode(errors="replace").decode()
    if isinstance(value, dict):
        return {str(_whole(name)): _whole(held) for name, held in value.items()}
    return [_whole(held) for held in value] if isinstance(value, list) else value


# -- both databases


@pytest.fixture(scope="module")
def shared(postgres: Server) -> Iterator[PostgresStorage]:
    from agentdesk.server.storage.postgres import PostgresStorage

    opened = PostgresStorage.open(postgres.fresh(), "e" * 32)
    yield opened
    opened.close()


def emptied(storage: PostgresStorage) -> PostgresStorage:
    """The same database as new."""
    from agentdesk.server.storage.schema import TABLES

    with storage.transaction():
        for table in (*TABLES, "event", "link", "purged", "install", "horizon", "parked", "kept"):
            storage._db.execute(f"DELETE FROM {table}")
    return storage


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(history=histories(), cut=st.integers(0, DAY))
def test_sqlite_and_postgresql_hold_the_same(
    shared: PostgresStorage,
    history: list[tuple[int, int, int, list[WireEvent]]],
    cut: int,
) -> None:
    answers = []
    for storage in (None, emptied(shared)):
        clock = Clock()
        service = serve(storage, clock=clock)
        play(service, clock, history)
        sound(service)
        full = told(service)
        report = service.purge(NOW + cut)
        assert service.verify() == [] and service.differences() == []
        links = [(link.n, link.seq, link.count) for link in service.storage.links(0, 100)]
        heads = {scope: service.storage.scope_head(scope) for scope in ("team:A", "seat:s1")}
        horizons = [service.storage.horizon(scope) for scope in ("team:A", "team:B")]
        parked = [id for id, _ in service.storage.parked()]
        left = [one.id for one in everything(service)]
        answers.append((full, report, links, heads, horizons, parked, left))
    assert answers[0] == answers[1]
