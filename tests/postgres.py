"""A PostgreSQL server of the tests' own: its own folder, its own socket, no network.

PostgreSQL refuses to run as root; there it runs as the system's user ``postgres``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from glob import glob
from itertools import count
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier

_NUMBERS = count(1)


@cache
def binaries() -> Path | None:
    """The folder of ``initdb`` and ``postgres``; None when there is none on this machine."""
    candidates = [Path(found).resolve().parent for name in ("initdb",) if (found := _which(name))]
    candidates += [Path(each) for each in sorted(glob("/usr/lib/postgresql/*/bin"), reverse=True)]
    return next((each for each in candidates if (each / "postgres").exists()), None)


def _which(name: str) -> str | None:
    return shutil.which(name)


class Server:
    """A running server.

    Attributes:
        folder: holds the data and the socket.
    """

    def __init__(self, folder: Path, tools: Path, *, durable: bool) -> None:
        self.folder, self._tools, self._durable = folder, tools, durable
        self._data = folder / "data"
        self._free: list[str] = []

    def dsn(self, database: str = "postgres") -> str:
        """The connection string of a database."""
        return f"host={self.folder} user=postgres dbname={database}"

    def fresh(self) -> str:
        """The connection string of an empty database."""
        if self._free:
            dsn = self._free.pop()
            with psycopg.connect(dsn, autocommit=True) as db:
                db.execute("SET client_min_messages = 'warning'")
                db.execute("DROP SCHEMA public CASCADE")
                db.execute("CREATE SCHEMA public")
                db.execute("GRANT USAGE ON SCHEMA public TO PUBLIC")
            return dsn
        name = f"t{os.getpid()}_{next(_NUMBERS)}"
        with psycopg.connect(self.dsn(), autocommit=True) as db:
            db.execute(
                SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(
                    Identifier(name)
                )
            )
        return self.dsn(name)

    def address(self) -> str:
        """The address of an empty database, as ``serve --database`` takes it."""
        name = self.fresh().rpartition("dbname=")[2]
        return f"postgresql://postgres@/{name}?host={self.folder}"

    def release(self, dsn: str) -> None:
        """Give a database back, nobody using it any more: making one takes long."""
        self._free.append(dsn)

    def start(self) -> None:
        """Start it, or start it again."""
        fsync = "on" if self._durable else "off"
        options = f"-k {self.folder} -c listen_addresses= -c fsync={fsync} -c max_connections=60"
        log = str(self.folder / "log")
        self._run("pg_ctl", "-D", str(self._data), "-l", log, "-w", "-o", options, "start")

    def stop(self, mode: str = "fast") -> None:
        """Stop it; ``immediate`` as a power cut would."""
        self._run("pg_ctl", "-D", str(self._data), "-w", "-m", mode, "stop")

    def end(self) -> None:
        """Stop it unless a test has."""
        if (self._data / "postmaster.pid").exists():
            self.stop("immediate")

    def create(self) -> None:
        """Make the files."""
        self._run("initdb", "-D", str(self._data), "-A", "trust", "-U", "postgres", "-E", "UTF8")

    def follow(self, primary: Server) -> None:
        """Make the files: a copy of another server that goes on following it."""
        where = ("-D", str(self._data), "-h", str(primary.folder), "-U", "postgres")
        self._run("pg_basebackup", *where, "-R", "-X", "stream", "-c", "fast", "--no-sync")

    def promote(self) -> None:
        """Follow nobody any more, and take over."""
        self._run("pg_ctl", "-D", str(self._data), "-w", "promote")

    def has_all_of(self, primary: Server) -> bool:
        """Whether a standby has everything its primary has committed."""
        with psycopg.connect(primary.dsn()) as here, psycopg.connect(self.dsn()) as there:
            (written,) = here.execute("SELECT pg_current_wal_lsn()::text").fetchone() or ("",)
            replayed = "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn"
            return there.execute(replayed, (written,)).fetchone() == (True,)

    def _run(self, tool: str, *arguments: str) -> None:
        command = [str(self._tools / tool), *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            cwd=self.folder,
        )
        assert done.returncode == 0, f"{tool}: {done.stdout}"


@contextmanager
def server(*, durable: bool = False, standby_of: Server | None = None) -> Iterator[Server]:
    """A server for as long as the block lasts.

    Args:
        durable: whether its disk is waited for. What a test kills is a process, and what a
            process wrote survives that without; for measuring it has to be on.
        standby_of: the one it is a copy of, and follows.

    Raises:
        FileNotFoundError: there is no PostgreSQL on this machine.
    """
    tools = binaries()
    if tools is None:
        raise FileNotFoundError("no PostgreSQL on this machine")
    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        folder.chmod(0o700)
        running = Server(folder, tools, durable=durable)
        if standby_of is None:
            running.create()
        else:
            running.follow(standby_of)
        running.start()
        try:
            yield running
        finally:
            running.end()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
