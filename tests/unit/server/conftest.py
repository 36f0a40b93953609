"""The server's core, on both of its databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from agentdesk.server.service import Service
from agentdesk.server.storage.base import Storage
from agentdesk.server.storage.sqlite import SqliteStorage
from tests.server_kit import Clock, Numbered, Seat, caller, on_disk, serve

if TYPE_CHECKING:
    from tests.postgres import Server


@pytest.fixture(params=["sqlite", "postgres"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Storage]:
    """An empty journal."""
    if request.param == "sqlite":
        journal = on_disk(tmp_path)
        yield journal
        journal.close()
        return
    from agentdesk.server.storage.postgres import PostgresStorage

    server: Server = request.getfixturevalue("postgres")
    shared = PostgresStorage.open(server.fresh(), "e" * 32)
    yield shared
    shared.close()
    server.release(shared.dsn)


@pytest.fixture
def clock() -> Clock:
    """The server's clock, which stands until it is moved."""
    return Clock()


@pytest.fixture
def service(storage: Storage, clock: Clock) -> Service:
    """A server over the empty journal; everybody may do everything."""
    return serve(storage, clock=clock)


@pytest.fixture
def seat(clock: Clock) -> Seat:
    """The seat of 8001."""
    return Seat(caller(), clock, Numbered(1))


@pytest.fixture
def reopen(storage: Storage) -> Iterator[Callable[[], Storage]]:
    """Open the same journal again: after closing it, or on PostgreSQL as another process would."""
    opened: list[Storage] = []

    def again() -> Storage:
        if isinstance(storage, SqliteStorage):
            storage.close()
            opened.append(SqliteStorage.open(storage.path, "f" * 32))
        else:
            from agentdesk.server.storage.postgres import PostgresStorage

            assert isinstance(storage, PostgresStorage)
            opened.append(PostgresStorage.open(storage.dsn, "f" * 32))
        return opened[-1]

    yield again
    for each in opened:
        each.close()
