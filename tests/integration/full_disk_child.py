"""A seat or a server on a small disk of its own that is really full. Run as a script.

``full_disk_child.py seat|server FOLDER ROUNDS SEED``: in each round a file takes all of the disk
but a few KiB, acts go on until one is refused, the file goes, acts work again; some rounds close
the store meanwhile. Says how many acts were taken and refused and how often the store could not be
opened again, and ends with everything that was acknowledged still there. An assertion that fails
is a process that fails.
"""

from __future__ import annotations

import errno
import os
import random
import sys
from datetime import UTC, datetime
from pathlib import Path

from agentdesk.domain.events import Draft, EntityId
from agentdesk.errors import StoreError, StoreFull
from agentdesk.server.problem import ServerProblem
from agentdesk.server.service import Service
from agentdesk.store import Store, Typing
from tests.server_kit import Clock, Numbered, Seat, caller, entity, everything

STEP = 1024
MOST = 96  # KiB that are left at the most: some dozens of acts


class Filler:
    """A file that takes what is left of a disk."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "filler"

    def leave(self, kib: int) -> None:
        """Take all of the disk but so much."""
        with self._path.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"x" * STEP)
            except OSError as error:
                assert error.errno == errno.ENOSPC, error
            file.truncate(max(0, file.tell() - kib * STEP))

    def go(self) -> None:
        """Give everything back."""
        self._path.unlink(missing_ok=True)


class SeatOnIt:
    """A seat's store."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "store.db"
        self._store = self._open()
        self._serial = 0
        self.acknowledged: set[str] = set()

    def _open(self) -> Store:
        return Store.open(self._path, clock=lambda: datetime.now(UTC))

    def act(self, size: int) -> bool:
        """One act and what is being typed; whether it was taken."""
        self._serial += 1
        call = EntityId(f"{self._serial:032x}")
        body = {"at": int(datetime.now(UTC).timestamp() * 1000), "text": "客户称空调不制冷" * size}
        typing = Typing(call, {"note": "还在打" * size}, "note", (0, 3), datetime.now(UTC))
        try:
            self._store.save_typing(typing)
            drafts = [
                Draft("call.offered", "call", call, body),
                Draft("call.said", "call", call, body),
            ]
            events = self._store.commit(drafts, actor="8001", clear_draft=(call,))
        except StoreFull:
            return False
        self.acknowledged |= {event.id for event in events}
        return True

    def open_again(self) -> None:
        """Close and open, on a disk that may be full: a clear answer, and nothing is harmed."""
        self._store.close()
        try:
            self._store = self._open()
        except StoreError as error:
            assert isinstance(error, StoreFull), error
            raise

    def reopen(self) -> None:
        """Open on a disk with room."""
        self._store = self._open()

    def check(self) -> None:
        """Everything acknowledged is there, and the store is sound."""
        kept = {row[0].hex() for row in self._store.connection.execute("SELECT id FROM event")}
        assert self.acknowledged <= kept
        assert self._store.quick_check() == self._store.refold() == self._store.audit() == []


class ServerOnIt:
    """A server's journal."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "server.db"
        self._clock, self._ids = Clock(), Numbered(0xFFF)
        self._service = self._open()
        self._seat = Seat(caller(), self._clock, Numbered(1))
        self._serial = 0
        self.acknowledged: set[str] = set()

    def _open(self) -> Service:
        return Service.open(self._path, clock=self._clock, new_id=self._ids)

    def act(self, size: int) -> bool:
        """A push; whether it was received."""
        self._serial += 1
        self._clock.now += 1000
        event = self._seat.write("call.said", entity(self._serial), body=self._body(size))
        try:
            pushed = self._seat.push(self._service, event)
        except ServerProblem as problem:
            assert (problem.status, problem.problem.detail) == (503, "disk full"), problem.problem
            return False
        self.acknowledged |= {*pushed.received}
        return event.id in self.acknowledged

    def _body(self, size: int) -> dict[str, object]:
        return {"at": self._clock.now, "text": "客户称空调不制冷" * size}

    def open_again(self) -> None:
        """As of a seat."""
        self._service.close()
        try:
            self._service = self._open()
        except StoreError as error:
            assert isinstance(error, StoreFull), error
            raise

    def reopen(self) -> None:
        """As of a seat."""
        self._service = self._open()

    def check(self) -> None:
        """Everything acknowledged is there, and the journal is sound."""
        assert self.acknowledged <= {event.id for event in everything(self._service)}
        assert not self._service.verify() and not self._service.differences()


def main(kind: str, folder: str, rounds: str, seed: str) -> None:
    place = Path(folder)
    chance = random.Random(int(seed))
    filler = Filler(place)
    here: SeatOnIt | ServerOnIt = SeatOnIt(place) if kind == "seat" else ServerOnIt(place)
    refused = closed = 0
    for _ in range(int(rounds)):
        filler.leave(chance.randint(0, MOST))
        for _ in range(400):
            if not here.act(chance.randint(1, 120)):
                break
        else:
            raise AssertionError("the disk is never full")
        for _ in range(chance.randint(1, 5)):  # smaller ones may still find room
            refused += not here.act(1)
        shut = False
        if chance.random() < 0.3:
            try:
                here.open_again()
            except StoreFull:
                shut, closed = True, closed + 1
        filler.go()
        if shut:
            here.reopen()
        assert here.act(3), "there is room again"
        here.check()
    os.write(1, f"{len(here.acknowledged)} {refused} {closed}\n".encode())


if __name__ == "__main__":
    main(*sys.argv[1:])
