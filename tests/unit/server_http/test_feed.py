"""From a shared journal to the streams: notices, lost notices, a database that goes away."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec
import pytest

from agentdesk.domain.people import set_person, set_team
from agentdesk.errors import StoreError
from agentdesk.server.admin import Admin
from agentdesk.server.app import create_app
from agentdesk.server.feed import Follower
from agentdesk.server.running import Running
from agentdesk.server.service import Service
from agentdesk.server.settings import Settings
from agentdesk.server.storage.base import Link
from agentdesk.server.writer import Writer
from agentdesk.wire import Enrol, Stored
from tests.unit.server_http.conftest import NOW, Time
from tests.unit.server_http.test_stream import EVENT, Ear

if TYPE_CHECKING:
    from tests.postgres import Server


class Journal:
    """Events, each a commit of its own, a bell, and faults."""

    def __init__(self, *, deaf: bool = False) -> None:
        self.events: list[Stored] = []
        self.past = b"first"
        self._links: list[Link] = []
        self._guard = threading.RLock()
        self.faults: list[StoreError] = []
        self.bell = threading.Event()
        self._deaf = deaf

    def head(self) -> Link:
        with self._guard:
            return self._links[-1] if self._links else Link()

    def links(self, after: int, limit: int) -> list[Link]:
        return self._links[after : after + limit]

    def tail(self, after: int, limit: int) -> list[Stored]:
        if self.faults:
            raise self.faults.pop()
        with self._guard:
            return self.events[after : after + limit]

    def wait(self, timeout: float) -> bool:
        heard = self.bell.wait(timeout)
        self.bell.clear()
        return heard

    def write(self, count: int) -> None:
        with self._guard:
            for _ in range(count):
                seq = len(self.events) + 1
                self.events.append(msgspec.structs.replace(EVENT, seq=seq))
                self._links.append(Link(seq, seq, 1, self.past))
        if not self._deaf:
            self.bell.set()

    def lose(self, count: int, grown: int = 0) -> None:
        """A standby has taken over that had not received so many of them, and has others since."""
        with self._guard:
            del self.events[-count:], self._links[-count:]
            self.past += b" another"
            self.write(grown)


async def follow(journal: Journal, poll: float, done: Callable[[], bool]) -> list[int]:
    got: list[int] = []

    def publish(events: Sequence[Stored]) -> None:
        got.extend(event.seq for event in events)

    def replaced() -> None:
        got.append(-1)

    follower = Follower(journal, asyncio.get_running_loop(), publish, replaced, poll)
    try:
        journal.write(2500)
        async with asyncio.timeout(10):
            while not (got and got[-1] == len(journal.events) and done()):
                await asyncio.sleep(0)
                if len(journal.events) < 2600:
                    journal.write(1)
    finally:
        journal.bell.set()
        await asyncio.to_thread(follower.close)
    return got


async def test_every_row_is_read_once_and_in_order() -> None:
    journal = Journal()
    journal.write(7)  # from before this process
    assert await follow(journal, 5.0, lambda: True) == list(range(8, 2601))


async def test_lost_notices_only_take_longer() -> None:
    journal = Journal(deaf=True)
    assert await follow(journal, 0.01, lambda: True) == list(range(1, 2601))


async def test_a_database_that_went_away_is_read_on(monkeypatch: pytest.MonkeyPatch) -> None:
    from agentdesk.server import feed

    monkeypatch.setattr(feed, "AWAY", 0.0)
    journal = Journal()
    journal.faults = [StoreError("store.failed"), StoreError("store.failed")]
    assert await follow(journal, 0.01, lambda: not journal.faults) == list(range(1, 2601))


@pytest.mark.parametrize("grown", [0, 3, 7, 12])
async def test_what_only_seems_to_follow_is_not_told(grown: int) -> None:
    """Another journal has taken over, which ends earlier, just there, or later by now."""
    journal = Journal()
    journal.write(20)
    told: list[int | str] = []
    follower = Follower(
        journal,
        asyncio.get_running_loop(),
        lambda events: told.extend(event.seq for event in events),
        lambda: told.append("replaced"),
    )

    async def until(last: int | str) -> None:
        journal.bell.set()
        async with asyncio.timeout(10):
            while told[-1:] != [last]:
                await asyncio.sleep(0)

    try:
        journal.write(5)
        await until(25)
        journal.lose(7, grown)
        await until("replaced")
        journal.write(2)
        await until(len(journal.events))
    finally:
        journal.bell.set()
        await asyncio.to_thread(follower.close)
    end = len(journal.events)
    assert told == [21, 22, 23, 24, 25, "replaced", end - 1, end]


async def test_what_was_read_of_a_journal_that_is_gone_by_then_is_not_told() -> None:
    """The old database gives the rows, the new one takes over before they are told."""
    journal = Journal()
    journal.write(20)
    told: list[int | str] = []
    tail = journal.tail

    def lost(after: int, limit: int) -> list[Stored]:
        found = tail(after, limit)
        if len(found) == 5:
            journal.lose(3)
        return found

    journal.tail = lost  # type: ignore[method-assign]
    follower = Follower(
        journal,
        asyncio.get_running_loop(),
        lambda events: told.extend(event.seq for event in events),
        lambda: told.append("replaced"),
    )
    journal.write(5)
    try:
        async with asyncio.timeout(10):
            while not told:
                await asyncio.sleep(0)
        journal.write(1)
        async with asyncio.timeout(10):
            while len(told) < 2:
                await asyncio.sleep(0)
    finally:
        journal.bell.set()
        await asyncio.to_thread(follower.close)
    assert told == ["replaced", 23]


async def test_two_processes_share_a_journal(postgres: Server) -> None:
    """What one takes in, the streams of the other tell."""
    from agentdesk.server.storage.postgres import PostgresStorage

    dsn, clock = postgres.fresh(), Time()
    ids = iter(f"{number:032x}" for number in range(1, 10_000))
    services = [
        Service(PostgresStorage.open(dsn, "e" * 32), clock=clock, new_id=lambda: next(ids))
        for _ in range(2)
    ]
    here, there = services
    there.append([set_team("A", {"name": "售后"}, NOW)])
    person = {"name": "王敏", "role": "agent", "team": "A", "active": True}
    there.append([set_person("1001", person, NOW)])
    keys = Admin(here).keys
    token = keys.enrol(Enrol(keys.new_code("1001", "A01", NOW), "store"), NOW).token
    running = Running(
        here,
        Writer(here),
        keys,
        Settings("postgresql://"),
        source=here.storage,
        now_ms=clock,
        clock=clock.monotonic,
    )

    class Of:
        app = create_app(running)

    async with Of.app.router.lifespan_context(Of.app):
        ear = Ear(Of, token)  # type: ignore[arg-type] # all it takes of a site
        await ear.next()
        names = [f"售后{number}" for number in range(5)]
        for number, name in enumerate(names):
            there.append([set_team("A", {"name": name}, NOW + number)])
        lives = [await ear.live() for _ in names]
        assert [msgspec.json.decode(live.event.body)["set"]["name"] for live in lives] == names
        assert [live.after for live in lives[1:]] == [live.event.seq for live in lives[:-1]]
        ear.leave()
        await ear.end()
    for service in services:
        service.close()
