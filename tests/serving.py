"""A server as a process that can be killed, and consoles that reach it over a socket.

The process is a fork that runs ``agentdesk serve``: what it would import is there already, so
that a test can afford to kill many of them.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from threading import Lock, Timer
from typing import Any

from agentdesk.__main__ import main
from agentdesk.domain.events import Draft, EntityId
from agentdesk.domain.ids import Ids
from agentdesk.server import assemble, process  # noqa: F401  (before the fork)
from agentdesk.server.admin import Admin
from agentdesk.server.opening import open_service
from agentdesk.store import Store
from agentdesk.store.replica import Replica
from agentdesk.sync.clock import ServerClock
from agentdesk.sync.credentials import Credentials
from agentdesk.sync.engine import Engine
from agentdesk.sync.http import HttpTransport
from agentdesk.sync.pace import Pace
from agentdesk.wire import Enrol, Push, Pushed, Stored

PACE = Pace(page=50, gather=0.0, poll=0.3, echo=0.0, retry=(0.2, 1.0))


class Forked:
    """A process that does some work until it is killed.

    Attributes:
        said: file descriptor of what it writes to its standard output.
    """

    def __init__(self, work: Callable[[], object]) -> None:
        self.said, write = os.pipe()
        self.pid = os.fork()
        self.ended = False
        if self.pid:
            os.close(write)
            return
        try:  # the child: nothing of the parent's may stay open or run at its end
            os.dup2(write, 1)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            os.closerange(3, 512)
            sys.stdout = os.fdopen(1, "w", buffering=1)
            sys.stderr = os.fdopen(2, "w")
            work()
        finally:
            os._exit(0)

    def line(self) -> str:
        """One line of what it says; empty when it has ended."""
        found = b""
        while not found.endswith(b"\n"):
            piece = os.read(self.said, 1)
            if not piece:
                break
            found += piece
        return found.decode().strip()

    def rest(self) -> str:
        """What it has said until its end."""
        found = b""
        while piece := os.read(self.said, 65_536):
            found += piece
        return found.decode()

    def kill(self) -> None:
        """As a power cut would, but for the disk."""
        if not self.ended:
            os.kill(self.pid, signal.SIGKILL)
            self.ended = True
            os.waitpid(self.pid, 0)

    def kill_after(self, seconds: float) -> Timer:
        """Kill it at that moment, whatever it does."""
        timer = Timer(seconds, self.kill)
        timer.start()
        return timer

    def close(self) -> None:
        """Let go of it."""
        self.kill()
        os.close(self.said)


class Served(Forked):
    """``agentdesk serve``.

    Args:
        database: its address.
        port: 0 for any.
        limit: bytes a file may grow to; 0 for as many as it likes.
    """

    def __init__(self, database: str, port: int = 0, limit: int = 0) -> None:
        super().__init__(lambda: self._serve(database, port, limit))
        self.url = self.line()
        assert self.url.startswith("http://"), self.url

    @staticmethod
    def _serve(database: str, port: int, limit: int) -> None:
        if limit:
            import resource

            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
        words = ["--language", "en", "serve", "--port", str(port), "--rate", "100000"]
        main([*words, "--database", database])

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])


def codes(database: str, people: int) -> list[str]:
    """A site with people 8001, 8002, … of team A; a code for each to join with."""
    service = open_service(database)
    try:
        admin = Admin(service)
        admin.call("teams.set", {"id": "A", "name": "一组"})
        numbers = [str(8001 + number) for number in range(people)]
        values = {"name": "王芳", "role": "agent", "team": "A"}
        admin.call("people.set", {"changes": [{"id": each, "values": values} for each in numbers]})
        found = [admin.call("enrol", {"person": each, "seat": f"s{each}"}) for each in numbers]
        return [str(each["code"]) for each in found]
    finally:
        service.close()


def journal(database: str) -> list[Stored]:
    """Everything a server that is not running has; and that it is sound."""
    service = open_service(database)
    try:
        found: list[Stored] = []
        while some := service.after(found[-1].seq if found else 0, 1000):
            found += some
        assert service.verify() == []
        assert service.differences() == []
        assert len({each.id for each in found}) == len(found)
        return found
    finally:
        service.close()


class Noting(HttpTransport):
    """Notes what the server says it has received."""

    received: set[str]

    def push(self, token: str, msg: Push) -> Pushed:
        answer = super().push(token, msg)
        self.received |= set(answer.received)
        return answer


class Console:
    """A real store and engine; a person who acts.

    Attributes:
        written: ids of everything acknowledged to the person.
    """

    def __init__(self, folder: Path, person: str, url: str, code: str, seed: int) -> None:
        self.person, self.chance = person, Random(f"{seed} {person}")
        self.path = folder / f"{person}.db"
        self.written: set[str] = set()
        self.calls: list[EntityId] = []
        self.open()
        self.transport = Noting(url, timeout=5.0)
        self.transport.received = set()
        self.credentials = Credentials(None)
        if code:
            token = self.transport.enrol(Enrol(code, self.store.install, f"s{person}"))
            self.credentials.put(token, url)
        self.start()

    def open(self, synchronous: str = "OFF") -> None:
        """Open the store."""
        self.store = Store.open(self.path, clock=lambda: datetime.now(UTC))
        self.store.connection.execute(f"PRAGMA synchronous = {synchronous}")
        self.ids = Ids(lambda: time.time_ns() // 1_000_000, self.chance.getrandbits)

    def start(self, pace: Pace = PACE) -> None:
        """Begin the exchange."""
        self.engine = Engine(
            Replica(self.store),
            self.transport,
            self.credentials,
            ServerClock.of_machine(),
            monotonic=time.monotonic,
            rng=self.chance,
            actor=lambda: self.person,
            pace=pace,
        )

    @property
    def received(self) -> set[str]:
        return self.transport.received

    def act(self) -> list[str]:
        """One act in one transaction; the ids of its events."""
        at = int(time.time() * 1000)
        said = f"客户要求回电 {self.chance.randrange(1000)}" * self.chance.randint(1, 20)
        if not self.calls or self.chance.random() < 0.4:
            self.calls.append(EntityId(self.ids()))
        call = self.calls[-1]
        body: dict[str, Any] = {"at": at, "set": {"note": said}}
        drafts = [
            Draft("call.said", "call", call, {"at": at, "line": "开场语", "text": said}),
            Draft("call.set", "call", call, body),
        ]
        found = [event.id for event in self.store.commit(drafts, actor=self.person)]
        self.written |= {*found}
        return [*found]

    def work(self, steps: int) -> None:
        """Let the engine work, as long as it has something to do."""
        for _ in range(steps):
            if self.engine.step() > 0:
                return

    def drain(self, seconds: float = 30.0) -> None:
        """Until everything was sent and has come back; not ``seconds`` without getting on."""
        self.engine.hurry()
        least, until = sys.maxsize, 0.0
        while left := Replica(self.store).pending().count:
            if left < least:
                least, until = left, time.monotonic() + seconds
            wait = self.engine.step()
            assert time.monotonic() < until, f"not sent: {self.engine.status}"
            if wait:
                time.sleep(min(wait, 0.05))

    def confirmed(self) -> set[str]:
        """What is here of the server's journal."""
        rows = self.store.connection.execute("SELECT id FROM event WHERE seq IS NOT NULL")
        return {row[0].hex() for row in rows}

    def close(self) -> None:
        """Let go of everything."""
        self.transport.close()
        self.store.close()


class Crowd:
    """Consoles that act and exchange at the same time, each in a thread of its own."""

    def __init__(self, consoles: list[Console]) -> None:
        self.consoles, self.wrong = consoles, list[BaseException]()
        self._guard = Lock()

    def work_until(self, over: Callable[[], bool]) -> None:
        """Act and exchange until ``over``."""
        from threading import Thread

        def work(console: Console) -> None:
            try:
                console.engine.hurry()
                while not over():
                    console.act()
                    console.work(12)
            except BaseException as error:
                with self._guard:
                    self.wrong.append(error)

        threads = [Thread(target=work, args=(console,)) for console in self.consoles]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not self.wrong, self.wrong
