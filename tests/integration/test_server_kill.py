"""kill -9 of a server, of its database and of consoles, in the middle of their exchange.

``AGENTDESK_TORTURE=150`` kills ten times as often.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

import psycopg
import pytest

from agentdesk.server.opening import open_service
from agentdesk.sync.http import HttpTransport
from agentdesk.sync.transport import TransportError
from tests.postgres import Server, server
from tests.serving import Console, Crowd, Forked, Served, codes, journal

ROUNDS = max(10, int(os.environ.get("AGENTDESK_TORTURE", "10")))
SEED = int(os.environ.get("AGENTDESK_SEED", "20261122"))
PEOPLE = 3

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")


@pytest.fixture(scope="module")
def database() -> Iterator[Server]:
    """A PostgreSQL server of this test's own: it is stopped and started."""
    try:
        with server() as running:
            yield running
    except FileNotFoundError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))


def epoch_of(url: str) -> str:
    service = open_service(url)
    try:
        return service.epoch
    finally:
        service.close()


class Site:
    """A server and consoles that have joined it."""

    def __init__(self, folder: Path, url: str, people: int = PEOPLE) -> None:
        self.url = url
        found = codes(url, people)
        self.epoch = epoch_of(url)
        self.served = Served(url)
        self.port = self.served.port
        self.consoles = [
            Console(folder, str(8001 + number), self.served.url, code, SEED)
            for number, code in enumerate(found)
        ]
        self.crowd = Crowd(self.consoles)

    def again(self) -> None:
        """Start the server anew where it was."""
        self.served.close()
        self.served = Served(self.url, self.port)

    def check(self, where: str) -> None:
        """While the server does not run: everything it said it had is there, once, and sound."""
        kept = {each.id for each in journal(self.url)}
        for console in self.consoles:
            assert console.received <= kept, where
            assert console.confirmed() <= kept, where
        assert epoch_of(self.url) == self.epoch, where

    def end(self) -> None:
        """Everything gets there, and everybody sees it."""
        for console in self.consoles:
            console.drain()
        for console in self.consoles:
            console.engine.hurry()
            console.work(200)
        self.served.close()
        self.check("at the end")
        everything = {each.id: each for each in journal(self.url)}
        team = {each.id for each in everything.values() if each.scope == "team:A"}
        for console in self.consoles:
            assert console.written <= team
            assert all(everything[each].verdict == "ok" for each in console.written)
            assert team <= console.confirmed()
            assert console.store.refold() == [] and console.store.audit() == []
            console.close()


def test_a_server_on_sqlite_killed_again_and_again(tmp_path: Path) -> None:
    site = Site(tmp_path, f"sqlite:///{tmp_path / 'server.sqlite3'}")
    chance = random.Random(SEED)
    for turn in range(ROUNDS):
        timer = site.served.kill_after(chance.uniform(0.02, 0.25))
        site.crowd.work_until(lambda: site.served.ended)
        timer.join()
        if turn % 3 == 0:
            site.check(f"seed {SEED}, round {turn}")
        site.again()
    assert sum(len(console.received) for console in site.consoles) > ROUNDS
    site.end()


def test_a_server_on_postgresql_killed_again_and_again(tmp_path: Path, database: Server) -> None:
    site = Site(tmp_path, database.address())
    chance = random.Random(SEED)
    for turn in range(max(3, ROUNDS // 4)):
        timer = site.served.kill_after(chance.uniform(0.05, 0.4))
        site.crowd.work_until(lambda: site.served.ended)
        timer.join()
        site.check(f"seed {SEED}, round {turn}")
        site.again()
    site.end()


def test_the_database_stopped_under_a_server_at_work(tmp_path: Path, database: Server) -> None:
    """As if its machine had lost power; the server stays, and goes on when it is back."""
    site = Site(tmp_path, database.address())
    chance = random.Random(SEED)
    for _ in range(max(2, ROUNDS // 8)):
        over = Event()

        def break_it(over: Event = over, pause: float = chance.uniform(0.05, 0.5)) -> None:
            try:
                time.sleep(pause)
                database.stop("immediate")
                time.sleep(pause / 2)
                database.start()
                time.sleep(0.2)
            finally:
                over.set()

        thread = Thread(target=break_it)
        thread.start()
        site.crowd.work_until(over.is_set)
        thread.join()
    site.end()


def test_a_feed_whose_listening_is_cut_goes_on_by_looking(tmp_path: Path, database: Server) -> None:
    """Two servers on one database: what one takes in, the other's streams have to tell."""
    url = database.address()
    site = Site(tmp_path, url, people=2)
    other = Served(url)
    writer, reader = site.consoles
    transport = HttpTransport(other.url)
    token = reader.credentials.held.tokens[0].token
    stream = transport.stream(token, {})
    told: dict[str, float] = {}

    def listen() -> None:
        with suppress(TransportError):  # it ends where the test does
            for frames in stream:
                for frame in frames:
                    if frame.live is not None:
                        told[frame.live.event.id] = time.monotonic()

    thread = Thread(target=listen, daemon=True)
    thread.start()

    def told_within(seconds: float) -> float:
        begin = time.monotonic()
        wanted = set(writer.act())
        writer.drain()
        while not wanted <= told.keys():
            assert time.monotonic() - begin < seconds, "the stream is silent"
            time.sleep(0.02)
        return time.monotonic() - begin

    told_within(10.0)
    with psycopg.connect(url, autocommit=True, application_name="test") as db:
        cut = db.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name = 'agentdesk' AND query ILIKE 'LISTEN%'"
        ).fetchall()
    assert cut, "nobody listens"
    print(f"after the cut: {told_within(10.0):.2f} s")
    print(f"and then: {told_within(10.0):.2f} s")
    stream.close()
    thread.join(10)
    transport.close()
    other.close()
    site.end()


def test_a_console_killed_again_and_again_while_it_exchanges(tmp_path: Path) -> None:
    site = Site(tmp_path, f"sqlite:///{tmp_path / 'server.sqlite3'}", people=2)
    other, console = site.consoles
    chance = random.Random(SEED)
    console.store.close()

    def work() -> None:
        console.open("FULL")
        console.start()
        print("ready", flush=True)
        while True:
            for each in console.act():
                os.write(1, f"wrote {each}\n".encode())
            console.work(chance.randint(1, 6))

    for turn in range(ROUNDS):
        chance.random()
        other.act()
        child = Forked(work)
        try:
            assert child.line() == "ready", f"seed {SEED}, round {turn}"
            time.sleep(chance.uniform(0.0, 0.12))
        finally:
            child.kill()
        said = child.rest()
        child.close()
        console.written |= {line.split()[1] for line in said.splitlines() if len(line) == 38}
        other.work(20)
        console.open()
        kept = {row[0].hex() for row in console.store.connection.execute("SELECT id FROM event")}
        assert console.written <= kept, f"seed {SEED}, round {turn}"
        assert console.store.refold() == [] and console.store.audit() == []
        rows = console.store.connection.execute("SELECT txn, count(*) FROM event GROUP BY txn")
        assert all(count == 2 for txn, count in rows if txn), f"seed {SEED}, round {turn}: halves"
        console.store.close()
    assert len(console.written) > ROUNDS
    console.open()
    console.start()
    site.end()
