"""A seat or a server on a disk that fails. Run as a script, under ``tests/disk/recorder.c``.

``failing_disk_child.py seat|server FOLDER RUNS SEED``: each run has a folder of its own and one
thing that goes wrong there, while the store is made, while somebody works or when it is opened
again. Whoever acts is a process of its own and ends with or without closing. The system goes on
meanwhile: whoever opens the store next reads from memory what never reached the disk. Every
acknowledged event is said (``ack <run> <id>``), for whoever cuts the power afterwards.
"""

from __future__ import annotations

import ctypes
import os
import random
import sqlite3
import sys
import traceback
from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from agentdesk.domain.events import Draft, EntityId
from agentdesk.errors import StoreError
from agentdesk.server.problem import ServerProblem
from agentdesk.server.service import Service
from agentdesk.server.storage.sqlite import SqliteStorage
from agentdesk.store import Store
from agentdesk.store.checkpoints import Checkpoints
from tests.server_kit import Clock, Numbered, Seat, caller, entity, everything

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SYNC, WRITE, SHORT_WRITE, READ, SHORT_READ, NO_READ, CUT = range(1, 8)
PHASES = ("making", "working", "closing", "opening")
# What fails, where, and after how many calls of that kind at the most in each phase.
FAULTS = (
    (SYNC, "-wal", 14),
    (SYNC, "", 6),
    (SYNC, ".db", 4),
    (WRITE, "-wal", 40),
    (WRITE, "", 20),
    (SHORT_WRITE, "", 40),
    (READ, "", 20),
    (SHORT_READ, "", 20),
    (NO_READ, "", 20),
    (CUT, "", 2),
)
_recorder = ctypes.CDLL(os.environ["LD_PRELOAD"])


class Fault(Struct, frozen=True):
    """One thing that goes wrong; see ``recorder.c``."""

    what: int
    ending: str
    after: int
    lasting: bool
    phase: str

    def begin(self, phase: str) -> None:
        """From now on, if this is its time."""
        if phase == self.phase:
            _recorder.disk_fault(self.what, self.after, self.lasting, self.ending.encode())


def mend() -> int:
    """The disk is well again; how often it failed."""
    hits = int(_recorder.disk_hits())
    _recorder.disk_fault(0, 0, 0, b"")
    return hits


def say(text: str) -> None:
    os.write(1, f"{text}\n".encode())


def heard(folder: Path) -> Path:
    """What was acknowledged in a run, for the processes that follow; on another disk."""
    return folder.parent.with_name(f"heard-{folder.name}")


class OnIt(ABC):
    """A store on that disk; each act is said when it is acknowledged."""

    def __init__(self, folder: Path, turn: int) -> None:
        self.folder, self.path, self.turn = folder, folder / "store.db", turn

    def squeeze(self, db: sqlite3.Connection, checkpoints: Checkpoints) -> None:
        """Little is in memory; at first many checkpoints, later what follows stays in the log."""
        db.execute("PRAGMA cache_size = 4")
        checkpoints.commits = 1000 if self.turn else 2

    def act(self, serial: int) -> bool:
        """Whether it was taken."""
        try:
            ids = self.write(serial)
        except StoreError as error:
            self.refused(error.code)
            return False
        say("\n".join(f"ack {self.folder.name} {each}" for each in ids))
        with heard(self.folder).open("a") as file:
            file.writelines(f"{each}\n" for each in ids)
        return True

    def refused(self, code: str) -> None:
        """With words there are."""
        assert code in ("store.failed", "store.full", "store.corrupt", "store.read_only"), code

    @abstractmethod
    def write(self, serial: int) -> list[str]:
        """The ids of one act.

        Raises:
            StoreError: it was not taken.
        """

    @property
    def acknowledged(self) -> set[str]:
        """By all who worked here."""
        return {*heard(self.folder).read_text().split()}

    @abstractmethod
    def check(self) -> None:
        """All of that is there, and the file is sound."""

    @abstractmethod
    def close(self) -> None:
        """Let go of it."""


class SeatOnIt(OnIt):
    """A seat's store."""

    def __init__(self, folder: Path, turn: int) -> None:
        super().__init__(folder, turn)
        self._store = Store.open(self.path, clock=lambda: NINE)
        self.squeeze(self._store.connection, self._store._checkpoints)

    def write(self, serial: int) -> list[str]:
        call = EntityId(f"{serial % 5:032x}")
        body = {"at": 1, "set": {"note": f"{self.turn}.{serial} 客户称空调不制冷" * 40}}
        said = Draft("call.said", "call", call, {"at": 1, "line": "开场语"})
        drafts = [Draft("call.set", "call", call, body), said]
        return [event.id for event in self._store.commit(drafts, actor="8001")]

    def check(self) -> None:
        kept = {row[0].hex() for row in self._store.connection.execute("SELECT id FROM event")}
        assert self.acknowledged <= kept, f"lost {len(self.acknowledged - kept)}"
        assert self._store.install, "no name"
        assert self._store.quick_check() == self._store.refold() == self._store.audit() == []

    def close(self) -> None:
        self._store.close()


class ServerOnIt(OnIt):
    """A server's journal."""

    def __init__(self, folder: Path, turn: int) -> None:
        super().__init__(folder, turn)
        clock = Clock()
        clock.now += turn * 100_000
        self._service = Service.open(self.path, clock=clock, new_id=Numbered(0xF00 + turn))
        storage = self._service.storage
        assert isinstance(storage, SqliteStorage)
        self.squeeze(storage._db, storage._checkpoints)
        self._seat = Seat(caller(), clock, Numbered(turn + 1))

    def write(self, serial: int) -> list[str]:
        body = {"at": 1, "text": f"{self.turn}.{serial} 客户称空调不制冷" * 40}
        event = self._seat.write("call.said", entity(serial % 5), body=body)
        try:
            return [*self._seat.push(self._service, event).received]
        except ServerProblem as problem:
            assert (problem.status, problem.problem.code) == (503, "busy"), problem.problem
            code = problem.problem.detail
            raise StoreError("store.full" if code == "disk full" else code) from problem

    def check(self) -> None:
        kept = {event.id for event in everything(self._service)}
        assert self.acknowledged <= kept, f"lost {len(self.acknowledged - kept)}"
        assert self._service.site and self._service.install
        assert not self._service.verify() and not self._service.differences()

    def close(self) -> None:
        self._service.close()


Open = Callable[[Path, int], OnIt]


def opened(opens: Open, folder: Path, turn: int) -> OnIt:
    """The store; on a disk that failed at it, once it is well again."""
    try:
        return opens(folder, turn)
    except StoreError as error:
        say(f"shut {error.code}")
        assert error.code not in ("store.corrupt", "server.damaged"), "the disk is, not the file"
        if not mend():
            raise
    return opens(folder, turn)


def works(opens: Open, folder: Path, fault: Fault, closes: bool) -> None:
    """The first process: makes the store, works, meets the fault, may close."""
    fault.begin("making")
    here = opened(opens, folder, 0)
    for serial in range(6):
        here.act(serial)
    fault.begin("working")
    taken = [here.act(serial) for serial in range(6, 26)]
    if refused := taken.count(False):
        say(f"refused {refused}")
    if fault.phase != "closing":
        failed = mend()
        again = [here.act(serial) for serial in range(26, 29)]
        if fault.what == SYNC and refused:
            assert not any(taken[taken.index(False) :]), "what happened then nobody knows"
            assert not any(again), "nobody may go on after a failed fsync"
        elif fault.what == SYNC and failed and fault.phase == "working":
            assert not any(again), "it failed after a commit, and nobody was told"
        elif fault.what != NO_READ:  # pages that came up empty may still be in memory
            assert all(again), "the disk is well again"
    fault.begin("closing")
    if closes:
        try:
            here.close()
        except StoreError as error:
            say(f"shut {error.code}")


def comes_back(opens: Open, folder: Path, fault: Fault) -> None:
    """The second: whatever it meets, a disk that is well shows everything."""
    fault.begin("opening")
    here = opened(opens, folder, 1)
    mend()
    here.check()
    assert all(here.act(serial) for serial in range(100, 104))


def ends(opens: Open, folder: Path) -> None:
    """The third finds nothing to say."""
    here = opens(folder, 2)
    here.check()


def apart(folder: Path, work: Callable[..., None], *values: object) -> None:
    """Work done by a process that just ends: whatever was not closed stays open."""
    if pid := os.fork():
        _, status = os.waitpid(pid, 0)
        if status:
            raise AssertionError(f"{folder.name}: {work.__name__}{values}")
        return
    try:
        work(*values)
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def main(kind: str, root: str, runs: str, seed: str) -> None:
    chance = random.Random(int(seed))
    opens: Open = {"seat": SeatOnIt, "server": ServerOnIt}[kind]
    for number in range(int(runs)):
        what, ending, most = FAULTS[number % len(FAULTS)]
        phase = PHASES[number // len(FAULTS) % len(PHASES)]
        fault = Fault(what, ending, chance.randint(0, most), chance.random() < 0.5, phase)
        folder = Path(root) / str(number)
        folder.mkdir()
        say(f"run {number} {fault}")
        apart(folder, works, opens, folder, fault, chance.random() < 0.5)
        apart(folder, comes_back, opens, folder, fault)
        apart(folder, ends, opens, folder)


if __name__ == "__main__":
    main(*sys.argv[1:])
