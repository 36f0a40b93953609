"""The journal of a small site: one SQLite file, one connection, one process.

WAL with ``synchronous=FULL`` and an exclusive lock, exactly as a seat's own store.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec

from agentdesk.domain.events import EntityId, EventId
from agentdesk.errors import StoreCorrupt, StoreError
from agentdesk.server.storage import schema
from agentdesk.server.storage import sqlite_statements as sql
from agentdesk.server.storage.base import Group, Install, Link, Meanwhile, Sealed, nothing
from agentdesk.server.storage.turns import Turns
from agentdesk.store import files
from agentdesk.store.checkpoints import Checkpoints
from agentdesk.store.failures import fsync_failed, mapped
from agentdesk.store.migrations import backup, migrate
from agentdesk.store.nearby import near
from agentdesk.store.project import CLEAR, COLUMNS, PUT, Cell, Key
from agentdesk.wire import Stored

MEMORY = Path(":memory:")
_CACHE_KIB = 64 * 1024


class SqliteStorage:
    """See :class:`agentdesk.server.storage.base.Storage`."""

    def __init__(self, db: sqlite3.Connection, path: Path, lock: files.Lock | None) -> None:
        self._db, self.path, self._file_lock = db, path, lock
        self._lock = Turns()
        self._news = threading.Condition()
        self._groups = 0
        self._failed = False
        self._checkpoints = Checkpoints(db)
        with self.transaction():
            if self.meta("tables") != schema.fingerprint():
                self._make_tables()

    @classmethod
    def open(cls, path: Path, install: str) -> SqliteStorage:
        """Open a journal, creating it (0600, in a 0700 folder) if there is none.

        Args:
            path: the file, or ``Path(":memory:")``.
            install: id of the new journal if one is made.

        Raises:
            StoreLocked, StoreCorrupt, StoreReadOnly, StoreFull, StoreTooNew, StoreError.
        """
        if path == MEMORY:
            db = files.connect(":memory:")
            migrate(db, None, schema.STEPS)
            db.execute("INSERT INTO meta VALUES ('install', ?)", (install,))
            return cls(db, path, None)
        files.prepare(path)
        lock = files.Lock(path)
        try:
            with files.looked_at_twice(path), mapped(path):
                files.check(path)
                if not path.exists():
                    files.create(path, install, schema.STEPS)
                db = files.connect(path)
                try:
                    db.execute(f"PRAGMA cache_size = {-_CACHE_KIB:d}")
                    migrate(db, path, schema.STEPS)
                    return cls(db, path, lock)
                except BaseException:
                    db.close()
                    raise
        except StoreCorrupt as error:
            lock.release()
            # A seat saves what it can and goes on; a server goes back to its last copy.
            raise StoreCorrupt("server.damaged", **error.params) from error
        except BaseException:
            lock.release()
            raise

    def close(self) -> None:
        """Close the file; a clean close also folds the write-ahead log into it."""
        with self._lock:
            try:
                with mapped(self.path):
                    self._db.close()
            finally:
                if self._file_lock is not None:
                    self._file_lock.release()
                    self._file_lock = None
        with self._news:
            self._news.notify_all()

    def copy(self, target: Path) -> None:
        """Copy the journal as it is now to ``target`` (0600), through SQLite's backup."""
        with self._reading():
            backup(self._db, target)

    # -- writing ---------------------------------------------------------------------

    @property
    def takes_more(self) -> bool:
        """False after a failed ``fsync``."""
        return not self._failed

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, on disk when it ends."""
        with self._lock:
            if self._failed:
                raise StoreError("store.failed", path=str(self.path), detail="fsync failed earlier")
            before = self._groups
            with mapped(self.path):
                try:
                    self._db.execute("BEGIN IMMEDIATE")
                    yield
                    self._db.execute("COMMIT")
                except BaseException as error:
                    # As on a seat: after a failed fsync nobody knows what is on the disk.
                    self._failed = isinstance(error, sqlite3.Error) and fsync_failed(error)
                    self._groups = before
                    if self._db.in_transaction:
                        with suppress(sqlite3.Error):
                            self._db.execute("ROLLBACK")
                    raise
            self._failed = not self._checkpoints.after_commit(self._db)
        if self._groups != before:
            with self._news:
                self._news.notify_all()

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._lock, mapped(self.path):
            yield self._db

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Several reads in one turn."""
        with self._lock:
            yield

    def head(self) -> Link:
        """The newest link."""
        with self._reading() as db:
            row = db.execute(sql.HEAD).fetchone()
        return Link(*row) if row else Link()

    def known(self, ids: Sequence[str]) -> Mapping[str, Stored | None]:
        """Those of ``ids`` that were taken in before."""
        found: dict[str, Stored | None] = {}
        for row in self._some(sql.KNOWN, self._near(sql.AMONG, ids)):
            stored = sql.stored(row)
            found[stored.id] = stored
        for (id,) in self._some(sql.GONE, self._near(sql.AMONG_GONE, ids)):
            found[id.hex()] = None
        return found

    def _near(self, statement: str, ids: Sequence[str]) -> list[bytes]:
        """Those of ``ids`` a table may hold."""
        few = near(ids, lambda *ends: [id for (id,) in self._all(statement, ends)])
        return [bytes.fromhex(id) for id in few]

    def accepted(self, keys: Sequence[Key]) -> Mapping[Key, list[Stored]]:
        """Events that count, by entity and sequence."""
        found: dict[Key, list[Stored]] = {}
        with self._reading() as db:
            for row in db.execute(sql.ACCEPTED, (_json(keys),)):
                found.setdefault((row[8], EntityId(row[9])), []).append(sql.stored(row))
        return found

    def installs(self, names: Sequence[str]) -> Mapping[str, Install]:
        """Those known of some stores."""
        return {row[0]: Install(row[1], row[2]) for row in self._some(sql.INSTALLS, names)}

    def _some(self, statement: str, keys: Sequence[bytes] | Sequence[str]) -> Iterator[Any]:
        with self._reading() as db:
            for start in range(0, len(keys), sql.AT_ONCE):
                some: list[bytes | str | None] = [*keys[start : start + sql.AT_ONCE]]
                some += [None] * (sql.AT_ONCE - len(some))
                yield from db.execute(statement, some).fetchall()

    def append(self, group: Group, meanwhile: Meanwhile = nothing) -> None:
        """Write a group."""
        link = group.link
        sql.INTO_EVENT.all(self._db, sql.records(group.events, group.texts, group.shas))
        meanwhile()  # there is nobody here to be busy but ourselves
        self._db.execute(sql.LINK, (link.n, link.seq, link.count, link.hash, link.at))
        self._db.executemany(
            "INSERT OR REPLACE INTO install (id, seat, last_eff) VALUES (?, ?, ?)",
            [(id, each.seat, each.last_eff) for id, each in group.installs.items()],
        )
        self.write_rows(group)
        self._groups += 1

    def write_rows(self, group: Group) -> None:
        """Write computed rows and parked events."""
        for table, rows in group.rows.items():
            self._db.executemany(PUT[table], rows)
        if group.parked:
            self._db.executemany(
                "INSERT OR REPLACE INTO parked (event_id, reason) VALUES (?, ?)",
                [(bytes.fromhex(id), reason) for id, reason in group.parked],
            )

    def set_meta(self, name: str, value: str) -> None:
        """Keep a fact about this server."""
        self._db.execute("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", (name, value))

    def add_epoch(self, epoch: str, at: int, note: str) -> None:
        """Begin another past."""
        self._db.execute(
            "INSERT INTO epoch (id, created, note) VALUES (?, ?, ?)", (epoch, at, note)
        )
        self.set_meta("epoch", epoch)

    def purge(self, keys: Sequence[Key], refused: Sequence[int], at: int) -> Mapping[str, int]:
        """Remove entities and refused events; their ids and digests stay."""
        db = self._db
        seqs = [int(row[0]) for row in db.execute(sql.SEQS_OF, (_json(keys),))]
        chosen = _json(sorted({*seqs, *refused}))
        counts = db.execute(sql.COUNT, (chosen,)).fetchall()
        db.execute(sql.BURY, (at, chosen))
        db.execute(sql.REMOVE, (chosen,))
        db.execute(sql.FORGET)
        for scope, _, seq in counts:
            db.execute(sql.HORIZON, (scope, seq))
        for entity, entity_id in keys:
            if entity in sql.DROP_ROW:
                db.execute(sql.DROP_ROW[entity], (entity_id,))
        return {scope: count for scope, count, _ in counts}

    def clear_rows(self) -> None:
        """Empty every computed table."""
        self._db.execute("DELETE FROM parked")
        for table in schema.TABLES:
            self._db.execute(CLEAR[table])

    def _make_tables(self) -> None:
        """Make the computed tables anew, empty; the service fills them."""
        for statement in (*schema.DROP, *schema.computed("INTEGER")):
            self._db.execute(statement)
        self._db.execute("DELETE FROM parked")
        self.set_meta("tables", schema.fingerprint())
        self.set_meta("folded", "")

    # -- reading ---------------------------------------------------------------------

    def meta(self, name: str) -> str | None:
        """A fact about this server."""
        row = self._one("SELECT value FROM meta WHERE name = ?", (name,))
        return None if row is None else str(row[0])

    def _one(self, statement: str, values: tuple[str | int | bytes, ...]) -> Any:
        with self._reading() as db:
            return db.execute(statement, values).fetchone()

    def _all(self, statement: str, values: tuple[str | int | bytes, ...] = ()) -> list[Any]:
        with self._reading() as db:
            return db.execute(statement, values).fetchall()

    def epochs(self) -> list[tuple[str, int, str]]:
        """Every past."""
        return self._all("SELECT id, created, note FROM epoch ORDER BY created, id")

    def page(self, scope: str, after: int, limit: int, upto: int | None = None) -> list[Stored]:
        """Events of a scope by sequence."""
        last = (1 << 63) - 1 if upto is None else upto
        return sql.page_of(self._all(sql.PAGE, (scope, after, last, limit)))

    def tail(self, after: int, limit: int) -> list[Stored]:
        """Events of all scopes by sequence."""
        return sql.page_of(self._all(sql.TAIL, (after, limit)))

    def place(self, scope: str, seq: int, id: str, at: int = 0) -> bool:
        """Whether that event stands, or stood, at that place, taken in ``at`` (0: whenever)."""
        return self._one(sql.PLACE, (bytes.fromhex(id), seq, scope, at)) is not None

    def scope_head(self, scope: str) -> tuple[int, str, int]:
        """The newest event of a scope, and when it was taken in."""
        row = self._one(sql.NEWEST, (scope,))
        return (row[0], row[1].hex(), row[2]) if row else (0, "", 0)

    def before(self, scope: str, seq: int) -> int:
        """The event before ``seq`` in its scope."""
        row = self._one(sql.BEFORE, (scope, seq))
        return int(row[0]) if row else 0

    def horizon(self, scope: str) -> int:
        """Up to where events may have been purged."""
        row = self._one("SELECT seq FROM horizon WHERE scope = ?", (scope,))
        return int(row[0]) if row else 0

    def sealed(self, after: int, limit: int) -> list[Sealed]:
        """Rows for the audit by sequence."""
        rows = [
            Sealed(row[0], row[4].hex(), row[-1], sql.stored(row[:-1]))
            for row in self._all(sql.SEALED, (after, limit))
        ]
        gone = self._all(sql.SEALED_GONE, (after, limit))
        rows += [Sealed(seq, id.hex(), sha, None) for seq, id, sha in gone]
        return sorted(rows, key=lambda row: row.seq)[:limit]

    def links(self, after: int, limit: int) -> list[Link]:
        """The chain by number."""
        return [Link(*row) for row in self._all(sql.LINKS, (after, limit))]

    def forks(self) -> list[tuple[str, str]]:
        """Installs and seals two events claim to follow."""
        return [(install, prev.hex()) for install, prev in self._all(sql.FORKS)]

    def by_entity(self) -> Iterator[tuple[Key, list[Stored]]]:
        """Accepted events of every entity; the writer waits meanwhile."""
        with self._reading() as db:
            yield from sql.grouped(db.execute(sql.BY_ENTITY))

    def of_kind(self, entity: str) -> Iterator[tuple[Key, list[Stored]]]:
        """The same for one kind of entity."""
        with self._reading() as db:
            yield from sql.grouped(db.execute(sql.OF_KIND, (entity,)))

    def row(self, table: str, id: str) -> tuple[Cell, ...] | None:
        """One computed row."""
        found: tuple[Cell, ...] | None = self._one(sql.ROW[table], (id,))
        return found

    def rows(self, table: str) -> list[tuple[Cell, ...]]:
        """Every computed row of a table."""
        return self._all(sql.ROWS[table])

    def parked(self) -> list[tuple[EventId, str]]:
        """Events that could not be folded."""
        rows = self._all("SELECT event_id, reason FROM parked ORDER BY event_id")
        return [(EventId(id.hex()), reason) for id, reason in rows]

    def stale(self, before: int, entities: Iterable[str], limit: int) -> list[Key]:
        """Finished entities nothing happened to since ``before``."""
        found: list[Key] = []
        for entity in entities:
            column, over = schema.FINISHED[entity]
            names = ("id", *COLUMNS[entity])
            at = names.index(column)
            for kind, entity_id in self._all(sql.STALE, (entity, before)):
                row = self.row(entity, entity_id)
                if row is not None and row[at] in over:
                    found.append((kind, entity_id))
                    if len(found) == limit:
                        return found
        return found

    def stale_refused(self, before: int, limit: int) -> list[int]:
        """Sequences of old refused events."""
        return [int(row[0]) for row in self._all(sql.STALE_REFUSED, (before, limit))]

    # -- small records ---------------------------------------------------------------

    def keep(self, kind: str, key: str, value: str | None) -> None:
        """Keep a record durably; None removes it."""
        with self.transaction():
            if value is None:
                self._db.execute("DELETE FROM kept WHERE kind = ? AND key = ?", (kind, key))
            else:
                self._db.execute(
                    "INSERT OR REPLACE INTO kept (kind, key, value) VALUES (?, ?, ?)",
                    (kind, key, value),
                )

    def kept(self, kind: str, key: str) -> str | None:
        """A record."""
        row = self._one("SELECT value FROM kept WHERE kind = ? AND key = ?", (kind, key))
        return None if row is None else str(row[0])

    def all_kept(self, kind: str) -> dict[str, str]:
        """Every record of a kind."""
        return dict(self._all("SELECT key, value FROM kept WHERE kind = ? ORDER BY key", (kind,)))

    def swap(self, kind: str, key: str, old: str, new: str | None) -> bool:
        """Replace or remove a record if it is still ``old``."""
        with self.transaction():
            if new is None:
                return self._db.execute(sql.TAKE, (kind, key, old)).rowcount == 1
            return self._db.execute(sql.SWAP, (kind, key, old, new)).rowcount == 1

    def wait(self, timeout: float) -> bool:
        """Wait for a commit."""
        with self._news:
            return self._news.wait(timeout)


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
