"""The queue before the one writer: groups, backpressure, and faults of ours."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest

from agentdesk.domain.authority import OK, Judgement
from agentdesk.domain.events import Event
from agentdesk.domain.fold import EntityState
from agentdesk.domain.people import Standing
from agentdesk.errors import StoreLocked
from agentdesk.server.caller import Caller
from agentdesk.server.problem import ServerProblem
from agentdesk.server.storage.base import Group, Meanwhile, StorageLost, nothing
from agentdesk.server.storage.sqlite import SqliteStorage
from agentdesk.server.writer import Writer
from agentdesk.wire import Push, Pushed, WireEvent
from tests.server_kit import NOW, Clock, Numbered, Seat, caller, entity, everything, on_disk, serve


@pytest.fixture
def seat() -> Seat:
    return Seat(caller(), Clock(), Numbered(1))


def pushes(seat: Seat, count: int) -> list[Push]:
    return [Push(NOW, [seat.write("call.offered", entity(n))]) for n in range(1, count + 1)]


def first_id(push: Push) -> str:
    return push.events[0].id


def submit(writer: Writer, seat: Seat, some: list[Push]) -> list[Future[Pushed]]:
    return [writer.submit(seat.who, push) for push in some]


def test_what_waits_is_committed_together_and_each_gets_its_own_answer(seat: Seat) -> None:
    service = serve()
    writer = Writer(service, start=False)
    some = pushes(seat, 50)
    futures = submit(writer, seat, some)
    assert writer.waiting == 50
    writer.start()
    assert [each.result(30).received for each in futures] == [[first_id(push)] for push in some]
    writer.close()
    assert service.counts["groups"] == 1 and writer.waiting == 0


def test_a_group_has_a_bound_and_no_push_is_cut(seat: Seat) -> None:
    service = serve()
    writer = Writer(service, group=3, start=False)
    events = [push.events[0] for push in pushes(seat, 9)]
    for part in (events[:2], events[2:4], events[4:9]):
        writer.submit(seat.who, Push(NOW, part))
    writer.start()
    writer.close()
    assert service.counts["groups"] == 3 and len(everything(service)) == 9


def test_too_much_waiting_is_turned_away_with_a_time_to_come_back(seat: Seat) -> None:
    writer = Writer(serve(), waiting=3, start=False)
    some = pushes(seat, 4)
    futures = submit(writer, seat, some[:3])
    with pytest.raises(ServerProblem) as refused:
        writer.submit(seat.who, some[3])
    assert (refused.value.status, refused.value.problem.code) == (503, "busy")
    assert refused.value.problem.retry_after > 0
    writer.start()
    writer.close()
    assert all(each.result(0).received for each in futures)
    with pytest.raises(ServerProblem):
        writer.submit(seat.who, some[3])


def test_a_push_larger_than_the_queue_is_taken_when_nothing_waits(seat: Seat) -> None:
    writer = Writer(serve(), waiting=3, start=False)
    large = Push(NOW, [push.events[0] for push in pushes(seat, 10)])
    future = writer.submit(seat.who, large)
    writer.start()
    assert len(future.result(30).received) == 10
    writer.close()


def test_a_poisoned_group_is_taken_apart_and_only_the_culprit_fails(seat: Seat) -> None:
    def trips(
        event: Event, who: Caller, then: Standing, state: EntityState, scope: str
    ) -> Judgement:
        if event.entity_id == entity(3):
            raise ZeroDivisionError("a mistake of ours")
        return Judgement(OK)

    service = serve(authority=trips)
    writer = Writer(service, start=False)
    some = pushes(seat, 5)
    futures = submit(writer, seat, some)
    writer.start()
    writer.close()
    assert isinstance(futures[2].exception(0), ZeroDivisionError)
    good = [place for place in range(5) if place != 2]
    assert all(futures[place].result(0).received for place in good)
    assert {one.id for one in everything(service)} == {first_id(some[place]) for place in good}
    assert service.counts["fallbacks"] == 1
    assert service.verify() == [] and service.differences() == []


def test_a_push_nobody_waits_for_any_more_is_left_out(seat: Seat) -> None:
    service = serve()
    writer = Writer(service, start=False)
    some = pushes(seat, 2)
    futures = submit(writer, seat, some)
    assert futures[0].cancel()
    writer.start()
    writer.close()
    assert [one.id for one in everything(service)] == [first_id(some[1])]


def test_the_same_batch_on_two_threads_at_once_is_one_row_each(tmp_path: Path) -> None:
    storage = on_disk(tmp_path)
    service = serve(storage)
    seat = Seat(caller(), Clock(), Numbered(1))
    events = [seat.write("call.ticked", entity(n % 7)) for n in range(200)]
    barrier = threading.Barrier(4)
    answers: list[Pushed] = []

    def send() -> None:
        barrier.wait(30)
        for start in range(0, 200, 20):
            answers.append(service.push(seat.who, Push(NOW, events[start : start + 20])))

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(answers) == 40 and all(len(each.received) == 20 for each in answers)
    found = everything(service)
    assert [one.id for one in found] == [event.id for event in events]
    assert [one.seq for one in found] == list(range(1, 201))
    assert service.verify() == [] and service.differences() == []
    storage.close()


# -- the disk


class Failing(SqliteStorage):
    """A journal whose next write fails."""

    fault: Exception | None = None
    after_writing = False

    def append(self, group: Group, meanwhile: Meanwhile = nothing) -> None:
        fault, self.fault = self.fault, None
        if fault is not None and not self.after_writing:
            raise fault
        super().append(group, meanwhile)
        if fault is not None:
            raise fault


def error(name: str) -> sqlite3.OperationalError:
    found = sqlite3.OperationalError("simulated")
    found.sqlite_errorcode = getattr(sqlite3, name)
    found.sqlite_errorname = name
    return found


@pytest.fixture
def failing(tmp_path: Path) -> Iterator[Failing]:
    storage = Failing.open(tmp_path / "server.db", "e" * 32)
    assert isinstance(storage, Failing)
    yield storage
    storage.close()


@pytest.mark.parametrize("after", [False, True])
def test_a_full_disk_is_busy_and_nothing_is_half_written(
    failing: Failing, seat: Seat, after: bool
) -> None:
    service = serve(failing)
    one, two = pushes(seat, 2)
    service.push(seat.who, one)
    failing.fault, failing.after_writing = error("SQLITE_FULL"), after
    with pytest.raises(ServerProblem) as refused:
        service.push(seat.who, two)
    problem = refused.value.problem
    assert (refused.value.status, problem.code, problem.detail) == (503, "busy", "disk full")
    assert problem.retry_after > 0
    assert len(everything(service)) == 1 and service.differences() == []
    service.push(seat.who, two)
    assert [one.seq for one in everything(service)] == [1, 2] and service.verify() == []


def test_after_a_failed_fsync_nothing_is_written_any_more(failing: Failing, seat: Seat) -> None:
    service = serve(failing)
    one, two = pushes(seat, 2)
    failing.fault = error("SQLITE_IOERR_FSYNC")
    for push in (one, one, two):
        with pytest.raises(ServerProblem) as refused:
            service.push(seat.who, push)
        assert refused.value.status == 503
    assert everything(service) == []
    assert service.counts["unavailable"] == 3


def test_a_lost_answer_is_asked_for_again_and_written_once(failing: Failing, seat: Seat) -> None:
    service = serve(failing)
    (push,) = pushes(seat, 1)
    failing.fault = StorageLost("store.failed")
    assert service.push(seat.who, push).received == [first_id(push)]
    assert len(everything(service)) == 1 and service.counts["lost"] == 1


def test_a_second_process_cannot_open_the_journal(tmp_path: Path) -> None:
    storage = on_disk(tmp_path)
    with pytest.raises(StoreLocked):
        on_disk(tmp_path)
    storage.close()
    on_disk(tmp_path).close()


def test_what_was_answered_is_there_after_the_process_ends(tmp_path: Path, seat: Seat) -> None:
    storage = on_disk(tmp_path)
    service = serve(storage)
    some = pushes(seat, 3)
    for push in some:
        service.push(seat.who, push)
    storage.close()
    again = serve(on_disk(tmp_path))
    assert [one.id for one in everything(again)] == [first_id(push) for push in some]
    assert again.push(seat.who, some[0]).received == [first_id(some[0])]
    assert len(everything(again)) == 3 and again.verify() == []
    mode = (tmp_path / "server.db").stat().st_mode & 0o777
    again.close()
    assert mode == 0o600


def test_another_writers_commits_are_noticed(tmp_path: Path, seat: Seat) -> None:
    """Two services over one journal, as two processes over one PostgreSQL."""
    storage = on_disk(tmp_path)
    one, two = serve(storage), serve(storage)
    event = seat.write("call.offered", entity(1))
    second = seat.write("call.set", entity(1), set={"note": "甲"})
    third = seat.write("call.set", entity(1), set={"note": "乙"})
    for service, each in ((one, event), (two, second), (one, third)):
        service.push(seat.who, Push(NOW, [each]))
    assert [found.seq for found in everything(one)] == [1, 2, 3]
    assert one.verify() == [] and one.differences() == []
    storage.close()


def test_nothing_of_a_group_shows_before_it_is_committed(seat: Seat) -> None:
    seen: list[int] = []
    service = serve()

    def peeks(
        event: Event, who: Caller, then: Standing, state: EntityState, scope: str
    ) -> Judgement:
        seen.append(service.storage.head().seq)
        return Judgement(OK)

    service._authority = peeks
    events: list[WireEvent] = [push.events[0] for push in pushes(seat, 3)]
    service.push(seat.who, Push(NOW, events))
    assert seen == [0, 0, 0] and service.storage.head().seq == 3
