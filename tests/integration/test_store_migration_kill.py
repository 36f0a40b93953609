"""A migration killed at every statement, and others that would fold in the log of a store."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agentdesk import __version__
from agentdesk.domain.events import Draft, EntityId
from agentdesk.store import Store, migrations
from agentdesk.store.migrations import MIGRATIONS, migrate

ROOT = Path(__file__).parents[2]
NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ACTS = 300
COLUMNS_THEN = 17
STATEMENTS = len(migrations._V2) + len(migrations._V3) + len(migrations._V4)

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")


def draft(number: int) -> Draft:
    body = {"at": 1, "set": {"note": f"{number} 客户称空调不制冷" * 20}}
    return Draft("call.set", "call", EntityId(f"{number:032x}"), body)


def first_version(path: Path) -> set[bytes]:
    """A file of the first version with some calls; the ids of its events."""
    with closing(Store.open(Path(":memory:"), clock=lambda: NINE)) as made:
        for number in range(5):
            made.commit([draft(number)], actor="8001")
        rows = made.connection.execute("SELECT * FROM event").fetchall()
        install = made.install
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        migrate(db, None, MIGRATIONS[:1])
        marks = ", ".join("?" * COLUMNS_THEN)
        db.executemany(f"INSERT INTO event VALUES ({marks})", [row[:COLUMNS_THEN] for row in rows])
        meta = [("install", install), ("app", __version__)]
        db.executemany("INSERT INTO meta VALUES (?, ?)", meta)
    return {row[1] for row in rows}


def test_an_older_store_killed_at_any_statement_is_old_or_new(tmp_path: Path) -> None:
    """The tables are those of one version, whole, and the next start finds every event."""
    old = tmp_path / "old.db"
    ids = first_version(old)
    command = [sys.executable, "-m", "tests.integration.migration_child", str(old), str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, timeout=120)
    tables: dict[int, set[frozenset[str]]] = {}
    killed = sorted(tmp_path.glob("[0-9]*.db"))
    assert len(killed) > STATEMENTS, "every statement of every step"
    for path in killed:
        with closing(sqlite3.connect(path)) as db:
            (version,) = db.execute("PRAGMA user_version").fetchone()
            names = frozenset(row[0] for row in db.execute("SELECT name FROM sqlite_master"))
            tables.setdefault(version, set()).add(names)
            assert db.execute("PRAGMA quick_check").fetchone() == ("ok",)
        with closing(Store.open(path, clock=lambda: NINE)) as store:
            assert {row[0] for row in store.connection.execute("SELECT id FROM event")} == ids
            assert store.refold() == store.audit() == []
    assert tables.keys() == {1, len(MIGRATIONS)}
    assert all(len(found) == 1 for found in tables.values()), "something between"


def test_nobody_else_folds_in_the_log_of_a_store_at_work(tmp_path: Path) -> None:
    """SQLite before 3.51.3 may spoil a file two connections fold in at once: there is no second."""
    path = tmp_path / "store.db"
    ended = threading.Event()
    said: list[str] = []

    def fold_in() -> None:
        while not ended.is_set():
            try:
                with closing(sqlite3.connect(path, timeout=0)) as db:
                    said.append(str(db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()))
            except sqlite3.OperationalError as error:
                said.append(str(error))

    code = "import sqlite3, sys\n" + "with sqlite3.connect(sys.argv[1], timeout=0) as db:\n"
    code += "    print(db.execute('PRAGMA wal_checkpoint(TRUNCATE)').fetchone())"
    with closing(Store.open(path, clock=lambda: NINE)) as store:
        store._checkpoints.commits = 1
        others = [threading.Thread(target=fold_in) for _ in range(2)]
        for other in others:
            other.start()
        kept = [store.commit([draft(number)], actor="8001")[0].id for number in range(ACTS)]
        done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True)
        kept.append(store.commit([draft(1)], actor="8001")[0].id)
        ended.set()
        for other in others:
            other.join()
        assert b"locked" in done.stderr, done
        assert set(said) == {"database is locked"} and len(said) > 10
        assert store.quick_check() == store.refold() == store.audit() == []
    with closing(Store.open(path, clock=lambda: NINE)) as store:
        rows = store.connection.execute("SELECT id FROM event ORDER BY lseq")
        assert [row[0].hex() for row in rows] == kept
