"""The tables migrations build are the tables SQLModel describes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from agentdesk.errors import StoreTooNew
from agentdesk.store import failures
from agentdesk.store.migrations import MIGRATIONS, migrate, version


@pytest.fixture
def migrated() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        migrate(db, None)
        yield db


def described(db: sqlite3.Connection) -> dict[str, object]:
    """Tables with columns (name, type, not null, key) and indexes (columns, unique, filter)."""
    tables: dict[str, object] = {}
    names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    for (table,) in db.execute(names).fetchall():
        columns = [(*row[1:4], row[5]) for row in db.execute(f"PRAGMA table_info({table})")]
        indexes = {}
        for row in db.execute(f"PRAGMA index_list({table})").fetchall():
            if row[3] != "c":
                continue
            parts = [part[2] for part in db.execute(f"PRAGMA index_info({row[1]})")]
            master = "SELECT sql FROM sqlite_master WHERE name = ?"
            (sql,) = db.execute(master, (row[1],)).fetchone()
            meaning = "".join(sql.split()).split(f"ON{table}")[1]
            indexes[row[1]] = (parts, row[2], meaning)
        tables[table] = (columns, indexes)
    return tables


def test_the_migrated_tables_equal_the_sqlmodel_metadata(migrated: sqlite3.Connection) -> None:
    from sqlmodel import SQLModel, create_engine

    from agentdesk.store import models

    ours = {
        model.__table__  # type: ignore[attr-defined]
        for model in vars(models).values()
        if isinstance(model, type) and issubclass(model, SQLModel) and model is not SQLModel
    }
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        SQLModel.metadata.create_all(connection, tables=list(ours))
        raw = connection.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)
        built = described(raw)
    engine.dispose()
    assert built == described(migrated)


def test_the_queries_of_the_console_use_an_index(migrated: sqlite3.Connection) -> None:
    from agentdesk.store import journal, queries

    asked = {
        queries._OPEN: 1,
        queries._BETWEEN: 2,
        queries._SAME_TAIL: 1,
        queries._EXACT: 2,
        journal._OF_ENTITY: 2,
        journal._OF_KIND_SINCE: 2,
        journal._HELD: journal._AT_ONCE,
    }
    for query, values in asked.items():
        plan = migrated.execute("EXPLAIN QUERY PLAN " + query, ["x"] * values).fetchall()
        steps = " | ".join(row[3] for row in plan)
        assert "USING" in steps and "INDEX" in steps, f"{query}: {steps}"


def test_a_newer_file_is_refused(migrated: sqlite3.Connection) -> None:
    migrated.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreTooNew) as refused:
        migrate(migrated, Path("store.db"))
    assert refused.value.params["found"] == 99
    assert refused.value.params["known"] == len(MIGRATIONS)


def test_a_step_that_fails_leaves_the_old_tables(migrated: sqlite3.Connection) -> None:
    before = described(migrated)

    def good(db: sqlite3.Connection) -> None:
        db.execute("ALTER TABLE call ADD COLUMN score INTEGER")

    def bad(db: sqlite3.Connection) -> None:
        db.execute("CREATE TABLE half (x)")
        db.execute("THIS IS NOT SQL")

    with pytest.raises(sqlite3.OperationalError):
        migrate(migrated, None, [*MIGRATIONS, good, bad])
    assert (version(migrated), described(migrated)) == (len(MIGRATIONS), before)
    assert migrate(migrated, None, [*MIGRATIONS, good])
    assert version(migrated) == len(MIGRATIONS) + 1


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (sqlite3.SQLITE_FULL, "store.full"),
        (sqlite3.SQLITE_READONLY, "store.read_only"),
        (sqlite3.SQLITE_CANTOPEN, "store.read_only"),
        (sqlite3.SQLITE_CORRUPT, "store.corrupt"),
        (sqlite3.SQLITE_NOTADB, "store.corrupt"),
        (sqlite3.SQLITE_BUSY, "store.locked"),
        (sqlite3.SQLITE_IOERR_FSYNC, "store.failed"),
        (sqlite3.SQLITE_CONSTRAINT, "store.failed"),
    ],
)
def test_every_sqlite_error_has_its_place_in_the_tree_and_words(code: int, expected: str) -> None:
    from agentdesk.strings import LANGUAGES, Strings

    error = sqlite3.OperationalError("detail")
    error.sqlite_errorcode = code
    mapped = failures.from_sqlite(error, Path("store.db"))
    assert mapped.code == expected
    for language in LANGUAGES:
        title, body = Strings(language).error(mapped)
        assert title != expected
        assert "{" not in body


def test_a_programming_error_stays_one() -> None:
    db = sqlite3.connect(":memory:")
    db.close()
    with pytest.raises(sqlite3.ProgrammingError), failures.mapped(Path("store.db")):
        db.execute("SELECT 1")
