"""The journal of a large site: PostgreSQL 15 or newer.

One writer at a time, whichever process it is in: every group takes the same advisory lock, so
sequences have no gaps and appear in their order. No snapshot is kept open and no transaction
number compared: a transaction somebody leaves open elsewhere delays nothing.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from psycopg import Connection
from psycopg.sql import SQL, Identifier

from agentdesk.errors import StoreError
from agentdesk.server.storage import postgres_statements as sql
from agentdesk.server.storage import schema
from agentdesk.server.storage.base import Group, Meanwhile, nothing
from agentdesk.server.storage.postgres_months import make_months, month_of
from agentdesk.server.storage.postgres_pool import Pool, mapped
from agentdesk.server.storage.postgres_reading import Reading, as_json, named, run
from agentdesk.server.storage.sqlite_statements import records
from agentdesk.store.project import COLUMNS, Key

_AGAIN_MS = 3_600_000  # until a partition that could not be made is tried again


class PostgresStorage(Reading):
    """See :class:`agentdesk.server.storage.base.Storage`.

    Args:
        dsn: a connection string of libpq; the password best comes from the environment or a
            password file.
        install: id of the new journal if the database is empty.

    Raises:
        StoreError: see :mod:`agentdesk.server.storage.postgres_pool`.
    """

    def __init__(self, dsn: str, install: str) -> None:
        self.dsn = dsn
        super().__init__(Pool(dsn))
        self._lock = threading.RLock()
        self._listening = threading.Lock()
        self._ear: Connection[Any] | None = None
        self._month, self._again = 0, 0
        try:
            with self.transaction():
                self._prepare(install)
        except BaseException:
            self._pool.close()
            raise

    @classmethod
    def open(cls, dsn: str, install: str) -> PostgresStorage:
        """Open the journal, making its tables if there are none."""
        return cls(dsn, install)

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()
        ear, self._ear = self._ear, None
        if ear is not None:
            ear.close()

    # -- writing ---------------------------------------------------------------------

    @property
    def takes_more(self) -> bool:
        """True: PostgreSQL itself ends after a failed ``fsync``, and recovers from its log."""
        return True

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; no other writer meanwhile, in any process."""
        with self._lock, mapped(self._pool):
            db = self._pool.writer()
            try:
                with db.transaction():
                    self._pool.settle(db)
                    db.execute("SELECT pg_advisory_xact_lock(%s)", (sql.LOCK_KEY,))
                    self._owner = threading.get_ident()
                    yield
            finally:
                self._owner = 0

    def append(self, group: Group, meanwhile: Meanwhile = nothing) -> None:
        """Write a group and give notice of it."""
        link = group.link
        self._months(link.at)
        with self._db.cursor() as cursor, cursor.copy(sql.COPY) as copy:
            copy.set_types(sql.TYPES)
            for record in records(group.events, group.texts, group.shas):
                copy.write_row(record)
            meanwhile()
        # What follows waits for the server once, not for each of its answers.
        with self._db.pipeline():
            run(self._db, sql.LINK, (link.n, link.seq, link.count, link.hash, link.at))
            installs = [
                {"id": id, "seat": each.seat, "last_eff": each.last_eff}
                for id, each in group.installs.items()
            ]
            if installs:
                run(self._db, sql.PUT_INSTALLS, (as_json(installs),))
            self.write_rows(group)
            run(self._db, "SELECT pg_notify(%s, %s)", (sql.CHANNEL, str(link.seq)))

    def write_rows(self, group: Group) -> None:
        """Write computed rows and parked events."""
        for table, rows in group.rows.items():
            names = ("id", *COLUMNS[table])
            text = as_json([dict(zip(names, row, strict=True)) for row in rows])
            run(self._db, sql.put(table), (text,))
        if group.parked:
            with self._db.cursor() as cursor:
                cursor.executemany(
                    sql.PARK, [(bytes.fromhex(id), reason) for id, reason in group.parked]
                )

    def set_meta(self, name: str, value: str) -> None:
        """Keep a fact about this server."""
        run(self._db, sql.SET_META, (name, value))

    def add_epoch(self, epoch: str, at: int, note: str) -> None:
        """Begin another past."""
        run(
            self._db,
            "INSERT INTO epoch (id, created, note) VALUES (%s, %s, %s)",
            (epoch, at, note),
        )
        self.set_meta("epoch", epoch)

    def purge(self, keys: Sequence[Key], refused: Sequence[int], at: int) -> Mapping[str, int]:
        """Remove entities and refused events; their ids and digests stay."""
        doomed = self._all(sql.DOOMED, (named(keys), list(refused)))
        ids = [id for _, _, id in doomed]
        horizons: dict[str, int] = {}
        counts: Counter[str] = Counter()
        for seq, scope, _ in doomed:
            counts[scope] += 1
            horizons[scope] = max(seq, horizons.get(scope, 0))
        run(self._db, sql.BURY, (at, ids))
        run(self._db, sql.REMOVE, (ids,))
        run(self._db, sql.FORGET, (ids,))
        for scope, seq in horizons.items():
            run(self._db, sql.HORIZON, (scope, seq))
        for table in {entity for entity, _ in keys} & set(schema.TABLES):
            run(self._db, sql.DROP_ROWS[table], ([id for kind, id in keys if kind == table],))
        return dict(sorted(counts.items()))

    def clear_rows(self) -> None:
        """Empty every computed table."""
        run(self._db, "DELETE FROM parked")
        for table in schema.TABLES:
            run(self._db, sql.CLEAR[table])

    # -- making ----------------------------------------------------------------------

    def _prepare(self, install: str) -> None:
        """See that the tables are there; only who owns them can make them."""
        db = self._db
        encoding = db.info.parameter_status("server_encoding")
        if encoding != "UTF8":
            detail = f"the database is in {encoding}, it has to be in UTF8"
            raise StoreError("store.failed", path=self._pool.name, detail=detail)
        if run(db, "SELECT to_regclass('event')").fetchone() == (None,):
            for statement in sql.TABLES:
                run(db, statement)
            self.set_meta("install", install)
            self.set_meta("version", "1")
        if self.meta("tables") != schema.fingerprint():
            for statement in (*schema.DROP, *schema.computed("bigint")):
                run(db, statement)
            run(db, "DELETE FROM parked")
            self.set_meta("tables", schema.fingerprint())
            self.set_meta("folded", "")

    def _months(self, at: int) -> None:
        """Partitions of the months to come, made when a month begins; without the right to
        make them everything goes to the one for all other ids.
        """
        month = month_of(at)
        if month != self._month and at >= self._again:
            self._again = at + _AGAIN_MS
            if make_months(self._db, month):
                self._month = month

    def allow(self, role: str, *, reports: bool = False) -> None:
        """Give a role what a server process needs: to add to the journal, never to change it.

        Args:
            role: an existing role.
            reports: only reading, of what reports are made of.
        """
        with self.transaction():
            for statement in sql.READER if reports else sql.APP:
                self._db.execute(SQL(statement).format(role=Identifier(role)))

    # -- news ------------------------------------------------------------------------

    def wait(self, timeout: float) -> bool:
        """Wait for a commit of any process; at once after (re)connecting, since something may
        have been missed.
        """
        with self._listening, mapped(self._pool):
            if self._ear is None:
                ear = self._pool.connect()
                run(ear, "LISTEN agentdesk")
                self._ear = ear
                return True
            try:
                return any(True for _ in self._ear.notifies(timeout=timeout, stop_after=1))
            except BaseException:
                ear, self._ear = self._ear, None
                with suppress(psycopg.Error):
                    ear.close()
                raise
