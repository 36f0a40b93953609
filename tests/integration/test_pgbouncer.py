"""A server whose way to PostgreSQL leads through PgBouncer in transaction mode.

Each transaction may get another of its connections: nothing prepared, set or listened for on one
holds on the next.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp
from time import monotonic

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict
from psycopg.sql import SQL, Identifier

from agentdesk.server.service import Service
from agentdesk.server.storage.postgres import PostgresStorage
from tests.postgres import Server
from tests.server_kit import Clock, Numbered, Seat, allow, caller, entity, everything

PORT = 6432
EACH = 40
SETTINGS = """
[databases]
{database} = host={server} user=postgres
[pgbouncer]
listen_addr =
unix_socket_dir = {folder}
listen_port = {port}
auth_type = any
auth_file = {folder}/users
pool_mode = transaction
default_pool_size = 3
"""


@pytest.fixture
def through(postgres: Server) -> Iterator[tuple[str, str]]:
    """The connection strings of a database: directly, and through PgBouncer."""
    program = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        pytest.skip("needs pgbouncer")
    direct = postgres.fresh()
    database = str(conninfo_to_dict(direct)["dbname"])
    folder = Path(mkdtemp(dir=postgres.folder))
    (folder / "users").write_text('"postgres" ""\n')
    text = SETTINGS.format(database=database, server=postgres.folder, folder=folder, port=PORT)
    (folder / "settings").write_text(text)
    command = [program, str(folder / "settings")]
    if os.geteuid() == 0:  # it refuses to run as root, as PostgreSQL does
        for path in (folder, *folder.iterdir()):
            shutil.chown(path, "postgres", "postgres")
        command = ["runuser", "-u", "postgres", "--", *command]
    bouncer = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    way = f"host={folder} port={PORT} user=postgres dbname={database}"
    try:
        answers(way)
        yield direct, way
    finally:
        bouncer.terminate()
        bouncer.wait()


def answers(way: str) -> None:
    """Wait until somebody answers."""
    until = monotonic() + 10
    while monotonic() < until:
        with suppress(psycopg.OperationalError), psycopg.connect(way) as db:
            db.execute("SELECT 1")
            return
    raise AssertionError("pgbouncer does not answer")


def write(service: Service, number: int, clock: Clock) -> set[str]:
    """Pushes of one seat, one by one, reading in between; what was received."""
    seat = Seat(caller(seat=f"s{number}", install=f"{number:032x}"), clock, Numbered(number))
    received: set[str] = set()
    for turn in range(EACH):
        event = seat.write("call.said", entity(number * 1000 + turn))
        received |= {*seat.push(service, event).received}
        if turn % 8 == 0:
            service.after(0, 100)
    return received


def test_two_servers_write_and_read_and_nothing_is_lost(through: tuple[str, str]) -> None:
    _, way = through
    clock, ids = Clock(), Numbered(0xFFF)
    storages = [PostgresStorage.open(way, "e" * 32) for _ in range(2)]
    services = [Service(each, clock=clock, new_id=ids, authority=allow) for each in storages]
    with ThreadPoolExecutor(4) as seats:
        runs = [seats.submit(write, services[at % 2], at + 1, clock) for at in range(4)]
        received = set().union(*(run.result() for run in runs))
    assert len(received) == 4 * EACH
    for service in services:
        assert [event.seq for event in everything(service)] == list(range(1, 4 * EACH + 1))
        assert not service.verify() and not service.differences()
    assert {event.id for event in everything(services[0])} == received
    for storage in storages:
        storage.close()


def test_what_a_write_needs_is_set_in_its_own_transaction(through: tuple[str, str]) -> None:
    """Somebody else's settings on the same connection do not make acknowledged work unsafe."""
    direct, way = through
    with psycopg.connect(direct, autocommit=True) as db:
        name = Identifier(str(conninfo_to_dict(direct)["dbname"]))
        db.execute(SQL("ALTER DATABASE {} SET synchronous_commit = off").format(name))
    storage = PostgresStorage.open(way, "e" * 32)
    with storage.transaction():
        row = storage._db.execute("SHOW synchronous_commit").fetchone()
    assert row == ("on",)
    storage.close()


def test_an_ear_that_hears_nothing_gives_up_in_time(through: tuple[str, str]) -> None:
    """Notices do not come through: the feed looks by itself when its ear times out."""
    _, way = through
    storage = PostgresStorage.open(way, "e" * 32)
    began = monotonic()
    assert storage.wait(0.05), "it has only begun to listen: something may have been missed"
    with psycopg.connect(way, autocommit=True) as db:
        db.execute("SELECT pg_notify('agentdesk', '7')")
    storage.wait(0.05)
    assert monotonic() - began < 5
    storage.close()
