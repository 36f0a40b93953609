"""Connections to PostgreSQL: one that writes, a few that read, and what their failures mean."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from psycopg import Connection, errors

from agentdesk.errors import StoreError, StoreFull, StoreLocked, StoreReadOnly
from agentdesk.server.storage.base import StorageLost

READERS = 4
"""Connections kept for reading; more are opened while more are needed."""
CONNECT_SECONDS = 5

_SETTINGS = (
    "synchronous_commit = 'on'",
    "default_transaction_isolation = 'read committed'",
    "lock_timeout = '10s'",
    "idle_in_transaction_session_timeout = '60s'",
    "timezone = 'UTC'",
    # Few rows are looked for among very many, always by an index. Left to itself the planner
    # reads the whole journal while it is small, or while nobody has counted its rows.
    "enable_seqscan = off",
    "enable_hashjoin = off",
    "enable_mergejoin = off",
    "jit = off",
)
_FULL = (errors.DiskFull,)
_LOCKED = (errors.LockNotAvailable, errors.QueryCanceled, errors.DeadlockDetected)
_READ_ONLY = (errors.ReadOnlySqlTransaction, errors.InsufficientPrivilege)


class Pool:
    """Connections to one database, made when they are needed.

    Args:
        dsn: a connection string of libpq.

    Attributes:
        name: the database, for messages; never the whole string, which may hold a password.
    """

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._idle: list[Connection[Any]] = []
        self._lock = threading.Lock()
        self._writer: Connection[Any] | None = None
        self._closed = False
        self.name = str(psycopg.conninfo.conninfo_to_dict(dsn).get("dbname") or "postgresql")

    def connect(self) -> Connection[Any]:
        """A connection of one's own, set up as the journal needs it."""
        db = psycopg.connect(
            self._dsn,
            autocommit=True,
            connect_timeout=CONNECT_SECONDS,
            application_name="agentdesk",
            client_encoding="UTF8",
        )
        try:
            if _is_pooled(db):
                # A statement prepared on one of its connections is unknown to the next.
                db.prepare_threshold = None
                db.isolation_level = psycopg.IsolationLevel.READ_COMMITTED
            else:
                for setting in _SETTINGS:
                    db.execute(f"SET {setting}")
        except BaseException:
            db.close()
            raise
        return db

    @staticmethod
    def settle(db: Connection[Any]) -> None:
        """Set a transaction up that a pooler between us may have given to any connection."""
        if db.prepare_threshold is None:
            db.execute("; ".join(f"SET LOCAL {setting}" for setting in _SETTINGS))

    def writer(self) -> Connection[Any]:
        """The one that writes; made anew after it was lost."""
        if self._closed:
            raise psycopg.OperationalError("the storage is closed")
        if self._writer is None or self._writer.closed:
            self._writer = self.connect()
        return self._writer

    @contextmanager
    def reader(self) -> Iterator[Connection[Any]]:
        """One to read from, given back afterwards; a broken one is thrown away."""
        with self._lock:
            db = self._idle.pop() if self._idle else None
        if db is None or db.closed:
            db = self.connect()
        try:
            yield db
        finally:
            with self._lock:
                keep = not (db.closed or self._closed) and len(self._idle) < READERS
                if keep:
                    self._idle.append(db)
            if not keep:
                with suppress(psycopg.Error):
                    db.close()

    def drop(self) -> None:
        """Throw idle connections away: the server they led to is gone."""
        with self._lock:
            idle, self._idle = self._idle, []
        for db in idle:
            with suppress(psycopg.Error):
                db.close()

    def close(self) -> None:
        """Close everything."""
        self._closed = True
        self.drop()
        if self._writer is not None:
            self._writer.close()


@contextmanager
def mapped(pool: Pool) -> Iterator[None]:
    """Turn errors of PostgreSQL into those of the store; mistakes of ours stay what they are.

    Raises:
        StorageLost: the connection broke, or nobody answers; what was being committed may or
            may not be there.
        StoreFull, StoreLocked, StoreReadOnly: nothing was written.
    """
    try:
        yield
    except psycopg.Error as error:
        detail = str(error).partition("\n")[0]
        if isinstance(error, _FULL):
            raise StoreFull("store.full", path=pool.name) from error
        if isinstance(error, _LOCKED):
            raise StoreLocked("store.locked", path=pool.name, pid="?") from error
        if isinstance(error, _READ_ONLY):
            raise StoreReadOnly("store.read_only", path=pool.name, detail=detail) from error
        if _lost(error):
            pool.drop()
            raise StorageLost("store.failed", path=pool.name, detail=detail) from error
        if isinstance(error, (psycopg.OperationalError, psycopg.InternalError)):
            raise StoreError("store.failed", path=pool.name, detail=detail) from error
        raise


def _is_pooled(db: Connection[Any]) -> bool:
    """Whether a pooler such as PgBouncer stands between: it says another process answers."""
    row = db.execute("SELECT pg_backend_pid()").fetchone()
    return row is None or row[0] != db.info.backend_pid


def _lost(error: psycopg.Error) -> bool:
    """Whether the connection, rather than the statement, failed."""
    if isinstance(error, psycopg.InterfaceError):
        return True
    state = error.sqlstate
    return isinstance(error, psycopg.OperationalError) and (
        state is None or state.startswith(("08", "57P"))
    )
