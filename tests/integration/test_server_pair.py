"""Two server processes on one PostgreSQL, as a large site runs them.

Either takes in everything: each group is written under one advisory lock of the database, so
there is one writer at a time and no process that would have to be asked first.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread, Timer

import psycopg
import pytest

from agentdesk.server.storage.postgres_statements import LOCK_KEY
from agentdesk.sync.http import HttpTransport
from agentdesk.sync.transport import TransportError
from tests.postgres import Server
from tests.serving import Console, Crowd, Noting, Served, codes, journal

SEED = int(os.environ.get("AGENTDESK_SEED", "20261122"))
PATIENCE = 20.0

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")


@pytest.fixture
def url(postgres: Server) -> str:
    """The address of an empty database."""
    return postgres.address()


class Told:
    """Ids a stream of one process has told so far."""

    def __init__(self, url: str, console: Console) -> None:
        self.ids: set[str] = set()
        self._more = Event()
        self._transport = HttpTransport(url)
        self._stream = self._transport.stream(console.credentials.held.tokens[0].token, {})
        self._thread = Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        with suppress(TransportError):  # it ends where the test does
            for frames in self._stream:
                self.ids |= {each.live.event.id for each in frames if each.live is not None}
                self._more.set()

    def wait_for(self, ids: set[str]) -> None:
        while not ids <= self.ids:
            self._more.clear()
            if ids <= self.ids:
                return
            assert self._more.wait(PATIENCE), f"{len(ids - self.ids)} were not told"

    def close(self) -> None:
        self._stream.close()
        self._thread.join(PATIENCE)
        self._transport.close()


def move(console: Console, url: str) -> None:
    """Have a console talk to the other process, as a proxy in front would."""
    received = console.received
    console.transport.close()
    console.transport = Noting(url, timeout=5.0)
    console.transport.received = received
    console.start()


def test_both_take_in_and_tell_and_one_goes_on_when_the_other_is_killed(
    tmp_path: Path, url: str
) -> None:
    found = codes(url, 4)
    one, two = Served(url), Served(url)
    consoles = [
        Console(tmp_path, str(8001 + at), (one if at < 2 else two).url, code, SEED)
        for at, code in enumerate(found)
    ]
    crowd = Crowd(consoles)

    # What either takes in, the other's streams tell and its pages hold.
    listening = [Told(one.url, consoles[0]), Told(two.url, consoles[3])]
    acted = {id for console in consoles for id in console.act()}
    for console in consoles:
        console.drain()
    for told in listening:
        told.wait_for(acted)
        told.close()
    for console in consoles:
        console.engine.hurry()
        console.work(200)
        assert acted <= console.confirmed()

    # One dies in the middle of everybody's work. The others do not even notice.
    over = Event()
    one.kill_after(0.6)
    Timer(1.8, over.set).start()
    survivors = consoles[2:]
    crowd.work_until(over.is_set)
    assert one.ended
    before = {id for console in survivors for id in console.received}
    for console in survivors:
        console.act()
        console.drain()
    assert {id for console in survivors for id in console.received} > before

    # Whoever was with the dead one goes on at the other; nothing has to be repaired.
    for console in consoles[:2]:
        move(console, two.url)
        console.drain()
    for console in consoles:
        console.engine.hurry()
        console.work(200)
    two.close()
    everything = {each.id: each for each in journal(url)}
    for console in consoles:
        assert console.received <= everything.keys()
        assert console.written <= everything.keys()
        assert all(everything[id].verdict == "ok" for id in console.written)
        assert console.store.refold() == [] and console.store.audit() == []
    team = {each.id for each in everything.values() if each.scope == "team:A"}
    assert all(team <= console.confirmed() for console in consoles)
    for console in consoles:
        console.close()
    one.close()


def test_the_lock_of_one_makes_the_other_wait_and_then_both_go_on(tmp_path: Path, url: str) -> None:
    """A writer that hangs delays the others; nobody writes beside it."""
    (code,) = codes(url, 1)
    served = Served(url)
    console = Console(tmp_path, "8001", served.url, code, SEED)
    console.drain()
    with psycopg.connect(url, autocommit=True) as holder:
        holder.execute("SELECT pg_advisory_lock(%s)", (LOCK_KEY,))
        ids = set(console.act())
        done = Event()

        def push() -> None:
            console.drain(PATIENCE)
            done.set()

        thread = Thread(target=push)
        thread.start()
        assert not done.wait(1.0) and not console.received & ids
        holder.execute("SELECT pg_advisory_unlock(%s)", (LOCK_KEY,))
        thread.join(PATIENCE)
    assert done.is_set() and ids <= console.received
    served.close()
    assert ids <= {each.id for each in journal(url)}
    console.close()
