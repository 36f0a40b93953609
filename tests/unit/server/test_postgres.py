"""What only PostgreSQL can get wrong: several writers, lost connections, roles, partitions."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from agentdesk.errors import StoreError, StoreReadOnly
from agentdesk.server.problem import ServerProblem
from agentdesk.server.service import Service
from agentdesk.server.storage.base import StorageLost
from agentdesk.server.storage.postgres import PostgresStorage
from agentdesk.server.storage.postgres_months import least_id, month_of
from agentdesk.wire import Cursor, Page, Push, Stored
from tests.postgres import Server, server
from tests.server_kit import (
    DAY,
    NOW,
    Clock,
    Numbered,
    Seat,
    caller,
    entity,
    everything,
    read_all,
    serve,
)


@pytest.fixture
def storage(postgres: Server) -> Iterator[PostgresStorage]:
    opened = PostgresStorage.open(postgres.fresh(), "e" * 32)
    yield opened
    opened.close()
    postgres.release(opened.dsn)


def a_seat(number: int, clock: Clock | None = None) -> Seat:
    who = caller(f"80{number:02d}", seat=f"s{number}", install=f"{number:032x}")
    return Seat(who, clock or Clock(), Numbered(number))


def test_two_processes_number_without_gaps_and_a_reader_misses_nothing(
    storage: PostgresStorage,
) -> None:
    """Four writers over two connections, each group as late as it likes; a reader all along."""
    services = [serve(storage), serve(PostgresStorage.open(storage.dsn, "f" * 32))]
    written: list[list[str]] = [[] for _ in range(4)]
    done = threading.Event()

    def write(number: int) -> None:
        seat = a_seat(number)
        for turn in range(25):
            events = [seat.write("call.ticked", entity(turn % 5)) for _ in range(1 + turn % 4)]
            services[number % 2].push(seat.who, Push(NOW, events))
            written[number] += [event.id for event in events]

    seen: list[Stored] = []

    def read() -> None:
        cursor, reader = Cursor(), caller()
        last = False
        while True:
            page = services[0].pull(reader, "team:A", cursor, services[0].epoch, 7)
            assert isinstance(page, Page)
            seen.extend(page.events)
            cursor = page.cur
            if not page.events:
                if last:
                    return
                last = done.is_set()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    reader = threading.Thread(target=read)
    for thread in (*threads, reader):
        thread.start()
    for thread in threads:
        thread.join(120)
    done.set()
    reader.join(120)
    total = sum(map(len, written))
    assert [one.seq for one in seen] == list(range(1, total + 1))
    assert {one.id for one in seen} == {id for some in written for id in some}
    assert services[0].verify() == [] and services[1].differences() == []
    services[1].close()


def test_the_same_batch_on_two_processes_at_once_is_one_row(storage: PostgresStorage) -> None:
    services = [serve(storage), serve(PostgresStorage.open(storage.dsn, "f" * 32))]
    seat = a_seat(1)
    events = [seat.write("call.ticked", entity(n % 3)) for n in range(100)]
    barrier = threading.Barrier(2)
    answers: list[list[str]] = []

    def send(service: Service) -> None:
        barrier.wait(30)
        answers.append(service.push(seat.who, Push(NOW, events)).received)

    threads = [threading.Thread(target=send, args=(each,)) for each in services]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    ids = [event.id for event in events]
    assert answers == [ids, ids] and [one.id for one in everything(services[0])] == ids
    services[1].close()


def kill_all(dsn: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as db:
        db.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_a_cut_connection_is_made_again_and_nothing_is_lost_or_doubled(
    storage: PostgresStorage,
) -> None:
    service = serve(storage)
    seat = a_seat(1)
    for turn in range(4):
        seat.push(service, seat.write("call.ticked", entity(1)))
        assert len(read_all(service, seat.who, "team:A")) == turn + 1
        kill_all(storage.dsn)
        assert len(read_all(service, seat.who, "team:A")) == turn + 1
    assert len(everything(service)) == 4 and service.counts["lost"] >= 2
    assert service.verify() == [] and service.differences() == []


def test_a_connection_cut_inside_a_transaction_leaves_nothing_behind(
    storage: PostgresStorage,
) -> None:
    service = serve(storage)
    seat = a_seat(1)
    seat.push(service, seat.write("call.ticked", entity(1)))
    with pytest.raises(StorageLost), storage.transaction():
        storage.set_meta("half", "1")
        kill_all(storage.dsn)
        storage.set_meta("half", "2")
    assert storage.meta("half") is None
    seat.push(service, seat.write("call.ticked", entity(1)))
    assert [one.seq for one in everything(service)] == [1, 2]


def test_a_server_killed_like_a_power_cut_comes_back_with_all_it_answered() -> None:
    with server(durable=True) as own:
        storage = PostgresStorage.open(own.fresh(), "e" * 32)
        service = serve(storage)
        seat = a_seat(1)
        events = [seat.write("call.ticked", entity(n)) for n in range(30)]
        for event in events[:20]:
            seat.push(service, event)
        own.stop("immediate")
        with pytest.raises(ServerProblem) as refused:
            seat.push(service, events[20])
        assert (refused.value.status, refused.value.problem.code) == (503, "busy")
        own.start()
        for event in events[15:]:
            seat.push(service, event)
        assert [one.id for one in everything(service)] == [event.id for event in events]
        assert service.verify() == [] and service.differences() == []
        service.close()


def test_a_transaction_left_open_elsewhere_delays_nothing(
    postgres: Server, storage: PostgresStorage
) -> None:
    """In another database of the same cluster, and in this one."""
    other = psycopg.connect(postgres.dsn())
    same = psycopg.connect(storage.dsn)
    other.execute("CREATE TEMP TABLE t (x int)")
    same.execute("SELECT count(*) FROM event")
    same.execute("INSERT INTO kept VALUES ('token', 'k', 'v')")
    service = serve(storage)
    seat = a_seat(1)
    seat.push(service, seat.write("call.ticked", entity(1)))
    assert len(read_all(service, seat.who, "team:A")) == 1
    other.close()
    same.close()


def test_whoever_listens_is_woken_by_another_process(storage: PostgresStorage) -> None:
    writer = serve(PostgresStorage.open(storage.dsn, "f" * 32))
    seat = a_seat(1)
    assert storage.wait(5) is True  # connected: something may have been missed
    assert storage.wait(0.05) is False
    seat.push(writer, seat.write("call.ticked", entity(1)))
    assert storage.wait(30) is True
    kill_all(storage.dsn)
    with pytest.raises(StoreError):
        storage.wait(5)
    assert storage.wait(5) is True
    writer.close()


def test_the_working_role_can_add_and_not_change(
    postgres: Server, storage: PostgresStorage
) -> None:
    serve(storage)
    with psycopg.connect(storage.dsn, autocommit=True) as db:
        db.execute("DROP ROLE IF EXISTS desk_app")
        db.execute("DROP ROLE IF EXISTS desk_reports")
        db.execute("CREATE ROLE desk_app LOGIN")
        db.execute("CREATE ROLE desk_reports LOGIN")
    storage.allow("desk_app")
    storage.allow("desk_reports", reports=True)
    working = PostgresStorage.open(make_conninfo(storage.dsn, user="desk_app"), "f" * 32)
    service = serve(working)
    seat = a_seat(1)
    seat.push(service, *[seat.write(k, entity(1)) for k in ("call.offered", "call.missed")])
    assert service.differences() == []
    with pytest.raises(StoreReadOnly):
        service.purge(NOW + DAY)
    statements: list[tuple[str, Any]] = [
        ("desk_app", "UPDATE event SET actor = 'x'"),
        ("desk_app", "DELETE FROM event"),
        ("desk_app", "UPDATE link SET hash = ''"),
        ("desk_app", "TRUNCATE event"),
        ("desk_reports", "INSERT INTO call (id) VALUES ('1')"),
        ("desk_reports", "SELECT * FROM kept"),
    ]
    for role, statement in statements:
        with (
            psycopg.connect(make_conninfo(storage.dsn, user=role)) as db,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            db.execute(statement)
    with psycopg.connect(make_conninfo(storage.dsn, user="desk_reports")) as db:
        assert db.execute("SELECT count(*) FROM event").fetchone() == (2,)
    working.close()
    with psycopg.connect(storage.dsn, autocommit=True) as db:
        db.execute("DROP OWNED BY desk_app, desk_reports")
        db.execute("DROP ROLE desk_app")
        db.execute("DROP ROLE desk_reports")


def test_events_lie_in_the_month_of_their_id_whatever_the_clock_says(
    storage: PostgresStorage,
) -> None:
    clock = Clock()
    service = serve(storage, clock=clock)
    seat = a_seat(1, clock)
    ids = [f"{ms:012x}7{'0' * 18}1" for ms in (NOW, NOW - 40 * DAY, 0, NOW + 4000 * DAY)]
    seat.push(service, *[seat.write("call.ticked", entity(1), id=id) for id in ids])
    clock.now += 200 * DAY  # the process ran on: the months ahead are made when they begin
    late = f"{clock.now:012x}7{'0' * 18}1"
    seat.push(service, seat.write("call.ticked", entity(1), id=late))
    with psycopg.connect(storage.dsn) as db:
        places: dict[Any, Any] = dict(
            db.execute("SELECT encode(id, 'hex'), tableoid::regclass::text FROM event")
        )
    names = [places[id] for id in (*ids, late)]
    assert names[2:4] == ["event_other"] * 2
    assert "event_other" not in (names[0], names[4]) and len(set(names)) >= 4
    assert [one.id for one in everything(service)] == [*ids, late]


def test_months_begin_where_ids_of_them_begin() -> None:
    month = month_of(NOW)
    assert least_id(month) <= bytes.fromhex(Numbered(1)()) < least_id(month + 1)
    assert least_id(month)[6:] == bytes(10)
    assert month_of(0) == 1970 * 12 and month_of(-5) == 1970 * 12


def test_nobody_there_is_said_without_the_password() -> None:
    with pytest.raises(StorageLost) as refused:
        PostgresStorage.open("host=/nonexistent dbname=desk password=geheim", "e" * 32)
    assert "geheim" not in str(refused.value) and "desk" in str(refused.value)
