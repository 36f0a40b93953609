"""The tables of a server.

The journal and what belongs to it are built step by step and never rebuilt. The tables people
query are computed from it: they have the columns a seat's have, and are made anew whenever
those change.
"""

from __future__ import annotations

import sqlite3
from functools import cache
from hashlib import sha256

from agentdesk import __version__
from agentdesk.domain.scopes import LOCAL_KINDS
from agentdesk.store.migrations import MIGRATIONS, Migration
from agentdesk.store.project import COLUMNS

EVENT = (
    "seq",
    "scope",
    "eff",
    "verdict",
    "id",
    "txn",
    "kind",
    "v",
    "entity",
    "entity_id",
    "hlc",
    "actor",
    "install",
    "body",
    "prev",
    "reason",
    "role",
    "recv_at",
    "sha",
)
"""Columns of the journal, in the order of :class:`agentdesk.wire.Stored`, then the digest."""

FINISHED = {
    "call": ("phase", ("closed", "missed")),
    "promise": ("state", ("done",)),
    "callback": ("state", ("done",)),
    "escalation": ("state", ("taken", "withdrawn")),
    "ticket": ("state", ("closed", "cancelled")),
}
"""Column and values by which an entity is over: only then retention may remove it."""

INDEXES = {
    "call": ("offered_at", "phase"),
    "promise": ("state",),
    "callback": ("state",),
    "escalation": ("state",),
    "ticket": ("state",),
}
"""Columns of computed tables with an index of their own."""

_SQLITE = (
    """
    CREATE TABLE event (
        seq INTEGER NOT NULL PRIMARY KEY,
        scope TEXT NOT NULL,
        eff INTEGER NOT NULL,
        verdict TEXT NOT NULL,
        id BLOB NOT NULL,
        txn BLOB NOT NULL,
        kind TEXT NOT NULL,
        v INTEGER NOT NULL,
        entity TEXT NOT NULL,
        entity_id TEXT NOT NULL,
        hlc INTEGER NOT NULL,
        actor TEXT NOT NULL,
        install TEXT NOT NULL,
        body TEXT NOT NULL,
        prev BLOB,
        reason TEXT NOT NULL,
        role TEXT NOT NULL,
        recv_at INTEGER NOT NULL,
        sha BLOB NOT NULL
    )
    """,
    "CREATE UNIQUE INDEX event_id ON event (id)",
    "CREATE INDEX event_scope ON event (scope, seq)",
    "CREATE INDEX event_entity ON event (entity, entity_id)",
    """
    CREATE TABLE link (
        n INTEGER NOT NULL PRIMARY KEY,
        seq INTEGER NOT NULL,
        count INTEGER NOT NULL,
        hash BLOB NOT NULL,
        at INTEGER NOT NULL
    )
    """,
    """
    CREATE TABLE purged (
        seq INTEGER NOT NULL PRIMARY KEY,
        scope TEXT NOT NULL,
        id BLOB NOT NULL,
        sha BLOB NOT NULL,
        at INTEGER NOT NULL
    )
    """,
    "CREATE UNIQUE INDEX purged_id ON purged (id)",
    "CREATE TABLE install (id TEXT NOT NULL PRIMARY KEY, seat TEXT NOT NULL, last_eff INTEGER NOT "
    "NULL)",
    "CREATE TABLE epoch (id TEXT NOT NULL PRIMARY KEY, created INTEGER NOT NULL, note TEXT NOT "
    "NULL)",
    "CREATE TABLE horizon (scope TEXT NOT NULL PRIMARY KEY, seq INTEGER NOT NULL)",
    "CREATE TABLE parked (event_id BLOB NOT NULL PRIMARY KEY, reason TEXT NOT NULL)",
    "CREATE TABLE meta (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL)",
    "CREATE TABLE kept (kind TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, "
    "PRIMARY KEY (kind, key)) WITHOUT ROWID",
)


def _v1(db: sqlite3.Connection) -> None:
    for statement in _SQLITE:
        db.execute(statement)


STEPS: tuple[Migration, ...] = (_v1,)
"""Steps of the journal of a SQLite server, as :data:`agentdesk.store.migrations.MIGRATIONS`."""

LOCAL = frozenset(kind.partition(".")[0] for kind in LOCAL_KINDS)
TABLES = tuple(table for table in COLUMNS if table not in LOCAL)
"""Computed tables; what never leaves a seat has none."""


@cache
def integers(table: str) -> frozenset[str]:
    """Columns of a computed table that hold whole numbers; the others hold text.

    Read off a seat's own tables, so that the two never differ.
    """
    return _integers()[table]


@cache
def _integers() -> dict[str, frozenset[str]]:
    db = sqlite3.connect(":memory:")
    try:
        for step in MIGRATIONS:
            step(db)
        return {
            table: frozenset(
                str(name)
                for (name,) in db.execute(
                    "SELECT name FROM pragma_table_info(?) WHERE type = 'INTEGER'", (table,)
                )
            )
            for table in COLUMNS
        }
    finally:
        db.close()


def computed(integer: str) -> tuple[str, ...]:
    """Statements that make the computed tables.

    Args:
        integer: name of the type of 64-bit whole numbers.
    """
    return tuple(_create_table(table, integer) for table in TABLES) + tuple(
        _create_index(table, column) for table in TABLES for column in INDEXES.get(table, ())
    )


# Of constants of this house only; no value of a person ever becomes part of a statement.
def _create_table(table: str, integer: str) -> str:
    whole = integers(table)
    columns = [f'"{name}" {integer if name in whole else "TEXT"}' for name in COLUMNS[table]]
    return f"CREATE TABLE {table} (id TEXT NOT NULL PRIMARY KEY, {', '.join(columns)})"


def _create_index(table: str, column: str) -> str:
    return f"CREATE INDEX {table}_{column} ON {table} ({column})"


DROP = tuple(f"DROP TABLE IF EXISTS {table}" for table in TABLES)


def fingerprint() -> str:
    """What the computed tables depend on: their columns and the version that folds."""
    text = "\n".join((__version__, *computed("INTEGER")))
    return sha256(text.encode()).hexdigest()[:16]
