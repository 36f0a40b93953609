"""A server to measure: its people and tokens, its process, what it uses."""

from __future__ import annotations

import os
import resource
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct

ROOT = Path(__file__).parents[2]
RATE = 100_000
"""Requests a second of one token the server allows: what is measured is not this limit."""
PATIENCE_SECONDS = 60.0


class Place(Struct, frozen=True):
    """An enrolled seat."""

    person: str
    seat: str
    team: str
    install: str
    token: str


def enrol(url: str, seats: int, team_size: int = 20) -> list[Place]:
    """Make people, teams and tokens in a database nobody has open; as an administrator would.

    Args:
        url: ``sqlite:///…`` or ``postgresql://…``.
        seats: how many, each with a person of their own.
        team_size: people of a team.
    """
    from agentdesk.server.opening import open_service

    service = open_service(url)
    try:
        return enrol_in(service, seats, team_size)
    finally:
        service.close()


def enrol_in(service: object, seats: int, team_size: int = 20) -> list[Place]:
    """The same in a service that is open."""
    from agentdesk.domain.people import set_person, set_team
    from agentdesk.server.admin import Admin
    from agentdesk.server.service import Service
    from agentdesk.wire import Enrol

    assert isinstance(service, Service)
    keys, now = Admin(service).keys, service.now()
    teams = (seats + team_size - 1) // team_size
    service.append([set_team(f"T{team}", {"name": f"{team}组"}, now) for team in range(teams)])
    people = [
        set_person(
            f"{number:05}",
            {
                "name": "王敏",
                "role": "agent",
                "team": f"T{number // team_size}",
                "active": True,
            },
            now,
        )
        for number in range(seats)
    ]
    for begin in range(0, seats, 500):
        service.append(people[begin : begin + 500])
    made: list[Place] = []
    for number in range(seats):
        person, seat, install = f"{number:05}", f"S{number:05}", secrets.token_hex(16)
        code = keys.new_code(person, seat, service.now())
        token = keys.enrol(Enrol(code, install, seat), service.now()).token
        made.append(Place(person, seat, f"T{number // team_size}", install, token))
    return made


def newest(url: str) -> int:
    """Sequence of the last event of a journal nobody has open; without gaps, so their number."""
    from agentdesk.server.opening import open_service

    service = open_service(url)
    try:
        return service.storage.head().seq
    finally:
        service.close()


def address_of(url: str) -> tuple[str, int]:
    """Host and port of a server.

    Raises:
        ValueError: no plain HTTP; the load speaks no TLS.
    """
    parts = urlsplit(url)
    if parts.scheme != "http" or not parts.hostname or not parts.port:
        raise ValueError(f"{url}: http://host:port")
    return parts.hostname, parts.port


class Serving:
    """``agentdesk serve`` in a process of its own.

    Args:
        database: its address.
        folder: for its log and its home.
        port: 0 for any.
    """

    def __init__(self, database: str, folder: Path, port: int = 0) -> None:
        self._database, self._folder = database, folder
        self._log = folder / "server.log"
        self._before = newest(database)
        self._start(port)

    def _start(self, port: int) -> None:
        env = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
        env |= {"HOME": str(self._folder), "AGENTDESK_LANGUAGE": "en"}
        env.pop("PYTHONDONTWRITEBYTECODE", None)
        command = [sys.executable, "-m", "agentdesk", "serve", "--database", self._database]
        command += ["--port", str(port), "--rate", str(RATE)]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=log, text=True
            )
        self.pid = self._process.pid
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()
        if not self.url:
            self._process.wait(10)
            raise RuntimeError(f"no server: {self._log.read_text()[-2000:]}")
        self.address = address_of(self.url)

    def stored(self) -> int:
        """End it; the events its journal took in since this was made."""
        self.stop()
        return newest(self._database) - self._before

    def restart(self) -> None:
        """End it orderly and start it again at the same address."""
        self.stop()
        self._start(self.address[1])

    def stop(self, *, kill: bool = False) -> None:
        """End it, orderly or at once."""
        (self._process.kill if kill else self._process.terminate)()
        try:
            self._process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def log(self) -> str:
        """What it said on stderr."""
        return self._log.read_text(errors="replace")


class Gauge:
    """What a process uses.

    Args:
        pid: of a process of this machine.
    """

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._began, self._spent = time.perf_counter(), self._cpu()
        self._waited = self._queued()

    def rss_mib(self) -> float:
        """Resident memory now."""
        return self._status("VmRSS")

    def peak_mib(self) -> float:
        """The most it ever was."""
        return self._status("VmHWM")

    def _status(self, name: str) -> float:
        with suppress(OSError):
            for line in Path(f"/proc/{self._pid}/status").read_text().splitlines():
                if line.startswith(name):
                    return round(int(line.split()[1]) / 1024, 1)
        return 0.0

    def cpu_percent(self) -> float:
        """Share of one core since it was made."""
        elapsed = time.perf_counter() - self._began
        return round((self._cpu() - self._spent) / max(elapsed, 1e-9) * 100, 1)

    def starved_percent(self) -> float:
        """Time its threads were ready and had no core, of the time since it was made.

        Figures taken on a busy machine say little when this is large.
        """
        elapsed = time.perf_counter() - self._began
        return round((self._queued() - self._waited) / max(elapsed, 1e-9) * 100, 1)

    def _queued(self) -> float:
        total = 0
        for file in Path(f"/proc/{self._pid}/task").glob("*/schedstat"):
            with suppress(OSError, ValueError, IndexError):
                total += int(file.read_text().split()[1])
        return total / 1e9

    def _cpu(self) -> float:
        try:
            fields = Path(f"/proc/{self._pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return 0.0
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder for as long as the block lasts."""
    with tempfile.TemporaryDirectory(prefix="agentdesk-load-") as name:
        yield Path(name)


def many_files() -> int:
    """Allow as many open files as the system lets us; how many that is."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def machine() -> dict[str, object]:
    """What to say beside figures."""
    load = os.getloadavg()
    return {"cores": os.cpu_count(), "load_1m": round(load[0], 2), "python": sys.version.split()[0]}
