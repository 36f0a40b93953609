"""The log is moved into the file in time, and a disk that refuses it is not written on."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from agentdesk.domain.events import Draft, EntityId
from agentdesk.errors import StoreError
from agentdesk.server.problem import ServerProblem
from agentdesk.server.service import Service
from agentdesk.store import Store, checkpoints
from agentdesk.store.checkpoints import Checkpoints
from tests.server_kit import Clock, Numbered, Seat, caller, entity, everything
from tests.unit.store.conftest import NINE

MOVE = "PRAGMA wal_checkpoint(PASSIVE)"


class Refusing:
    """A connection whose disk refuses when the log is moved.

    Attributes:
        code: how; 0 while it does not.
        moved: how often the log was to be moved.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db, self.code, self.moved = db, 0, 0

    def execute(self, statement: str, *values: Any) -> sqlite3.Cursor:
        if statement == MOVE:
            self.moved += 1
            if self.code:
                error = sqlite3.OperationalError("disk I/O error")
                error.sqlite_errorcode = self.code
                raise error
        return self._db.execute(statement, *values)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._db, name)


def refusing(holder: Any) -> Refusing:
    """Put one between a store and its connection."""
    found = holder._db = Refusing(holder._db)
    return found


class Desk:
    """A seat's store."""

    def __init__(self, path: Path) -> None:
        self._store: Any = Store.open(path, clock=lambda: NINE)
        self.disk = refusing(self._store)
        self.checkpoints: Checkpoints = self._store._checkpoints
        self.checkpoints._commits = 0  # making it took some

    def act(self, serial: int) -> str:
        body = {"at": 1, "text": "客户称空调不制冷"}
        draft = Draft("call.said", "call", EntityId(f"{serial:032x}"), body)
        return str(self._store.commit([draft], actor="8001")[0].id)

    def ids(self) -> set[str]:
        return {row[0].hex() for row in self._store.connection.execute("SELECT id FROM event")}

    def close(self) -> None:
        self._store.close()


class Site:
    """A server's journal."""

    def __init__(self, path: Path) -> None:
        clock = Clock()
        self._service = Service.open(path, clock=clock, new_id=Numbered(0xFFF))
        self._seat = Seat(caller(), clock, Numbered(len(self.ids()) + 1))
        storage: Any = self._service.storage
        self.disk = refusing(storage)
        self.checkpoints: Checkpoints = storage._checkpoints
        self.checkpoints._commits = 0  # making it took some

    def act(self, serial: int) -> str:
        try:
            (id,) = self._seat.push(
                self._service, self._seat.write("call.said", entity(serial))
            ).received
        except ServerProblem as problem:
            assert problem.status == 503 and not self._service.takes_more
            raise StoreError(problem.problem.detail) from problem
        return id

    def ids(self) -> set[str]:
        return {each.id for each in everything(self._service)}

    def close(self) -> None:
        self._service.close()


Open = Callable[[], Desk | Site]


@pytest.fixture(params=[Desk, Site])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    """Opens the same file again and again."""
    yield lambda: request.param(tmp_path / "data" / "store.db")


def test_a_failed_fsync_in_it_is_told_by_the_next_act_and_nothing_is_lost(opened: Open) -> None:
    with closing(opened()) as here:
        here.checkpoints.commits = 3
        here.disk.code = sqlite3.SQLITE_IOERR_FSYNC
        acted = {here.act(serial) for serial in range(3)}  # the third one was stored, too
        here.disk.code = 0
        for serial in (3, 4):
            with pytest.raises(StoreError, match=r"store\.failed"):
                here.act(serial)
        assert here.ids() >= acted
    with closing(opened()) as here:
        acted.add(here.act(5))
        assert here.ids() >= acted


@pytest.mark.parametrize("code", [sqlite3.SQLITE_FULL, sqlite3.SQLITE_LOCKED])
def test_what_may_pass_is_tried_again_by_the_next_act(opened: Open, code: int) -> None:
    with closing(opened()) as here:
        here.checkpoints.commits = 3
        here.disk.code = code
        acted = {here.act(serial) for serial in range(6)}
        assert here.disk.moved == 4
        here.disk.code = 0
        acted |= {here.act(serial) for serial in range(6, 9)}
        assert here.disk.moved == 5 and here.ids() >= acted


def test_the_log_stays_small(opened: Open, tmp_path: Path) -> None:
    with closing(opened()) as here:
        for serial in range(checkpoints.COMMITS * 4):
            here.act(serial)
        assert here.disk.moved == 4
        log = (tmp_path / "data" / "store.db-wal").stat().st_size
    assert 0 < log < 8 << 20
