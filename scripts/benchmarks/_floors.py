"""The least anyone could do with rows of the server's journal, on either database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from agentdesk.server.service import Service
from agentdesk.server.storage import schema, sqlite_statements
from agentdesk.store import files
from agentdesk.store.migrations import migrate
from agentdesk.store.project import PUT, Cell
from agentdesk.wire import Stored

Records = Sequence[tuple[Any, ...]]
Rows = dict[str, list[tuple[Cell, ...]]]


class Floor(Protocol):
    """Writes rows that are ready, in one transaction each time."""

    def many(self, records: Records, rows: Rows) -> Callable[[], None]:
        """What is to be timed; making it ready is not."""


def records_of(events: Sequence[Stored]) -> Records:
    """Rows of the journal, as the server writes them."""
    texts = [bytes(event.body).decode() for event in events]
    return sqlite_statements.records(events, texts, [bytes(32)] * len(events))


def rows_of(service: Service, events: Sequence[Stored]) -> Rows:
    """The computed rows those events changed, as they stand."""
    found: Rows = {}
    for entity, entity_id in dict.fromkeys((each.entity, each.entity_id) for each in events):
        row = service.storage.row(entity, entity_id)
        if row is not None:
            found.setdefault(entity, []).append(row)
    return found


class SqliteFloor:
    """``executemany`` into the same indexed tables, durable."""

    def __init__(self, path: Path) -> None:
        files.prepare(path)
        files.create(path, "f" * 32, schema.STEPS)
        self.db = files.connect(path)
        migrate(self.db, path, schema.STEPS)
        for statement in schema.computed("INTEGER"):
            self.db.execute(statement)

    def many(self, records: Records, rows: Rows) -> Callable[[], None]:
        """See :class:`Floor`."""

        def work() -> None:
            self.db.execute("BEGIN IMMEDIATE")
            self.db.executemany(sqlite_statements.INSERT, records)
            for table, some in rows.items():
                self.db.executemany(PUT[table], some)
            self.db.execute("COMMIT")

        return work

    def close(self) -> None:
        """Let go of the file."""
        self.db.close()


class PostgresFloor:
    """``COPY`` of text made beforehand into the same indexed journal, durable."""

    def __init__(self, dsn: str) -> None:
        import psycopg

        from agentdesk.server.storage.postgres import PostgresStorage

        PostgresStorage.open(dsn, "f" * 32).close()
        self.db = psycopg.connect(dsn, autocommit=True)
        self.db.execute("SET synchronous_commit = 'on'")

    def many(self, records: Records, rows: Rows) -> Callable[[], None]:
        """See :class:`Floor`; the computed rows are left out, as the bar says."""
        text = "".join("\t".join(map(_copied, record)) + "\n" for record in records).encode()
        statement = f"COPY event ({', '.join(schema.EVENT)}) FROM STDIN"

        def work() -> None:
            with (
                self.db.transaction(),
                self.db.cursor() as cursor,
                cursor.copy(statement.encode()) as copy,  # of constants of the schema only
            ):
                copy.write(text)

        return work

    def plan_months(self, at: int) -> None:
        """Have the partitions the server makes."""
        from agentdesk.server.storage.postgres_months import make_months, month_of

        with self.db.transaction():
            make_months(self.db, month_of(at))

    def close(self) -> None:
        """Let go of the database."""
        self.db.close()


def _copied(value: object) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, bytes):
        return "\\\\x" + value.hex()
    text = str(value).replace("\\", "\\\\")
    return text.replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
