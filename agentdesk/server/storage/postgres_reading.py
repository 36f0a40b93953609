"""What is read from a PostgreSQL journal."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import msgspec
import psycopg
from psycopg import Connection

from agentdesk.domain.events import EntityId, EventId
from agentdesk.server.storage import postgres_statements as sql
from agentdesk.server.storage import schema
from agentdesk.server.storage.base import Install, Link, Sealed, StorageLost
from agentdesk.server.storage.postgres_pool import Pool, mapped
from agentdesk.server.storage.sqlite_statements import grouped, page_of, stored
from agentdesk.store.nearby import near
from agentdesk.store.project import Cell, Key
from agentdesk.wire import Stored

_STEP = 2000
_Values = Sequence[Any] | Mapping[str, Any]


class Reading:
    """The reading half of :class:`agentdesk.server.storage.postgres.PostgresStorage`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._owner = 0  # the thread that has a transaction open

    @property
    def _db(self) -> Connection[Any]:
        """The writer's connection, inside its transaction."""
        return self._pool.writer()

    @contextmanager
    def _reading(self) -> Iterator[Connection[Any]]:
        """A connection to read from: inside a transaction its own."""
        if self._owner == threading.get_ident():
            yield self._db
            return
        with mapped(self._pool), self._pool.reader() as db:
            yield db

    def _all(self, statement: str, values: _Values = ()) -> list[Any]:
        try:
            with self._reading() as db:
                return run(db, statement, values).fetchall()
        except StorageLost:
            # An idle connection may have been cut long ago. Reading twice harms nobody.
            if self._owner == threading.get_ident():
                raise
            with self._reading() as db:
                return run(db, statement, values).fetchall()

    def _one(self, statement: str, values: _Values = ()) -> Any:
        return next(iter(self._all(statement, values)), None)

    def reading(self) -> AbstractContextManager[None]:
        """Readers wait for nobody here."""
        return nullcontext()

    def head(self) -> Link:
        """The newest link."""
        row = self._one(sql.HEAD)
        return Link(*row) if row else Link()

    def known(self, ids: Sequence[str]) -> Mapping[str, Stored | None]:
        """Those of ``ids`` that were taken in before."""
        found: dict[str, Stored | None] = {}
        if few := self._near(sql.AMONG_GONE, ids):
            found.update((id.hex(), None) for (id,) in self._all(sql.GONE, (as_json(few),)))
        if few := self._near(sql.AMONG, ids):
            found.update((one.id, one) for one in page_of(self._all(sql.KNOWN, (as_json(few),))))
        return found

    def _near(self, statement: str, ids: Sequence[str]) -> Sequence[str]:
        """Those of ``ids`` a table may hold."""
        return near(ids, lambda *ends: [id for (id,) in self._all(statement, ends)])

    def accepted(self, keys: Sequence[Key]) -> Mapping[Key, list[Stored]]:
        """Events that count, by entity and sequence."""
        found: dict[Key, list[Stored]] = {}
        for row in self._all(sql.ACCEPTED, (named(keys),)):
            found.setdefault((row[8], EntityId(row[9])), []).append(stored(row))
        return found

    def installs(self, names: Sequence[str]) -> Mapping[str, Install]:
        """Those known of some stores."""
        rows = self._all(sql.INSTALLS, (as_json(names),))
        return {id: Install(seat, last) for id, seat, last in rows}

    def meta(self, name: str) -> str | None:
        """A fact about this server."""
        row = self._one("SELECT value FROM meta WHERE name = %s", (name,))
        return None if row is None else str(row[0])

    def epochs(self) -> list[tuple[str, int, str]]:
        """Every past."""
        return self._all('SELECT id, created, note FROM epoch ORDER BY created, id COLLATE "C"')

    def page(self, scope: str, after: int, limit: int, upto: int | None = None) -> list[Stored]:
        """Events of a scope by sequence."""
        last = (1 << 63) - 1 if upto is None else upto
        return page_of(self._all(sql.PAGE, (scope, after, last, limit)))

    def tail(self, after: int, limit: int) -> list[Stored]:
        """Events of all scopes by sequence."""
        for start, end in self._windows(after, limit):
            if rows := self._all(sql.TAIL, (start, end)):
                return page_of(rows[:limit])
        return []

    def _windows(self, after: int, limit: int) -> Iterator[tuple[int, int]]:
        """Spans of sequences, ever wider: purging leaves gaps."""
        start, width, last = max(after, -1), limit, self.head().seq + limit
        while start < last:
            yield start, start + width
            start, width = start + width, width * 2

    def place(self, scope: str, seq: int, id: str, at: int = 0) -> bool:
        """Whether that event stands, or stood, at that place, taken in ``at`` (0: whenever)."""
        values = {"scope": scope, "seq": seq, "id": bytes.fromhex(id), "at": at}
        return self._one(sql.PLACE, values) is not None

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
        row = self._one("SELECT seq FROM horizon WHERE scope = %s", (scope,))
        return int(row[0]) if row else 0

    def sealed(self, after: int, limit: int) -> list[Sealed]:
        """Rows for the audit by sequence."""
        for start, end in self._windows(after, limit):
            rows = [
                Sealed(row[0], row[4].hex(), row[-1], stored(row[:-1]))
                for row in self._all(sql.SEALED, (start, end))
            ]
            gone = self._all(sql.SEALED_GONE, (start, end))
            rows += [Sealed(seq, id.hex(), sha, None) for seq, id, sha in gone]
            if rows:
                return sorted(rows, key=lambda row: row.seq)[:limit]
        return []

    def links(self, after: int, limit: int) -> list[Link]:
        """The chain by number."""
        return [Link(*row) for row in self._all(sql.LINKS, (after, limit))]

    def forks(self) -> list[tuple[str, str]]:
        """Installs and seals two events claim to follow."""
        return [(install, prev.hex()) for install, prev in self._all(sql.FORKS)]

    def by_entity(self) -> Iterator[tuple[Key, list[Stored]]]:
        """Accepted events of every entity."""
        yield from grouped(self._stream(sql.BY_ENTITY, ()))

    def of_kind(self, entity: str) -> Iterator[tuple[Key, list[Stored]]]:
        """The same for one kind of entity."""
        yield from grouped(self._stream(sql.OF_KIND, (entity,)))

    def _stream(self, statement: str, values: tuple[str, ...]) -> Iterator[Any]:
        """Rows that need not fit into memory."""
        with self._reading() as db, db.transaction(), db.cursor(name="stream") as cursor:
            cursor.itersize = _STEP
            cursor.execute(statement, values, binary=True)
            yield from cursor

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
            over = list(schema.FINISHED[entity][1])
            rows = self._all(sql.STALE[entity], (entity, over, before, limit - len(found)))
            found += [(entity, EntityId(id)) for (id,) in rows]
        return found

    def stale_refused(self, before: int, limit: int) -> list[int]:
        """Sequences of old refused events."""
        return [int(row[0]) for row in self._all(sql.STALE_REFUSED, (before, limit))]

    # -- small records ---------------------------------------------------------------

    def keep(self, kind: str, key: str, value: str | None) -> None:
        """Keep a record durably; None removes it."""
        with self._reading() as db:
            if value is None:
                run(db, "DELETE FROM kept WHERE kind = %s AND key = %s", (kind, key))
            else:
                run(db, sql.KEEP, (kind, key, value))

    def kept(self, kind: str, key: str) -> str | None:
        """A record."""
        row = self._one("SELECT value FROM kept WHERE kind = %s AND key = %s", (kind, key))
        return None if row is None else str(row[0])

    def all_kept(self, kind: str) -> dict[str, str]:
        """Every record of a kind."""
        return dict(
            self._all(
                'SELECT key, value FROM kept WHERE kind = %s ORDER BY key COLLATE "C"', (kind,)
            )
        )

    def swap(self, kind: str, key: str, old: str, new: str | None) -> bool:
        """Replace or remove a record if it is still ``old``."""
        with self._reading() as db:
            if new is None:
                statement = "DELETE FROM kept WHERE kind = %s AND key = %s AND value = %s"
                return run(db, statement, (kind, key, old)).rowcount == 1
            statement = "UPDATE kept SET value = %s WHERE kind = %s AND key = %s AND value = %s"
            return run(db, statement, (new, kind, key, old)).rowcount == 1


def run(db: Connection[Any], statement: str, values: _Values = ()) -> psycopg.Cursor[Any]:
    """Run a statement; what it gives comes in binary, which is read faster."""
    return db.execute(statement, values, binary=True)


def named(keys: Sequence[Key]) -> str:
    """Entities as the statements read them."""
    return as_json([{"entity": entity, "entity_id": id} for entity, id in keys])


def as_json(value: object) -> str:
    """JSON text."""
    return msgspec.json.encode(value).decode()
