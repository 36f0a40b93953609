"""kill -9 at any moment: everything acknowledged is there, nothing is there by halves.

``AGENTDESK_TORTURE=150`` runs so many rounds instead of the few of every day.
"""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import IO

import pytest

from agentdesk.domain.events import EntityId
from agentdesk.errors import StoreLocked
from agentdesk.store import Store, files
from agentdesk.store.migrations import MIGRATIONS

CHILD = Path(__file__).with_name("store_child.py")
ROUNDS = int(os.environ.get("AGENTDESK_TORTURE", "15"))
NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SEED = 20260302

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")


def child(mode: str, path: Path, number: int = 0) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(CHILD), mode, str(path), str(number)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def stream(pipe: IO[str] | None) -> IO[str]:
    assert pipe is not None
    return pipe


def killed_after(process: subprocess.Popen[str], lines: int, microseconds: float) -> list[str]:
    """Everything the child said before it was killed."""
    said = [stream(process.stdout).readline() for _ in range(lines)]
    until = perf_counter() + microseconds / 1e6
    while perf_counter() < until:
        pass  # a moment somewhere inside the next act
    process.kill()
    rest, _ = process.communicate()
    return "".join(said).split("\n") + rest.split("\n")


def test_kill_9_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    chance = random.Random(SEED)
    acknowledged: set[str] = set()
    draft = 0
    for turn in range(ROUNDS):
        lines = killed_after(
            child("work", path, turn), chance.randint(1, 60), chance.uniform(0, 3000)
        )
        assert lines[0] == "ready", f"seed {SEED}, round {turn}: {lines[:3]}"
        words = [line.split() for line in lines if line]
        acknowledged |= {word[1] for word in words if word[0] == "event"}
        draft = max([draft, *(int(word[1]) for word in words if word[0] == "draft")])
        cleared = [word[1] for word in words if word[0] == "cleared"]
        with closing(Store.open(path, clock=lambda: NINE)) as store:
            where = f"seed {SEED}, round {turn}"
            assert store.quick_check() == [], where
            assert store.refold() == [], where
            assert store.audit() == [], where
            kept = {row[0].hex() for row in store.connection.execute("SELECT id FROM event")}
            assert acknowledged <= kept, where
            halves = store.connection.execute(
                "SELECT count(*), max(json_extract(body, '$.of')) FROM event GROUP BY txn"
            ).fetchall()
            assert all(held == of for held, of in halves), where
            local = store.typing(EntityId("local"))
            assert (local.cursor[1] if local else 0) >= draft, where
            for call in cleared:
                assert store.typing(EntityId(f"{int(call):032x}")) is None, where
    assert len(acknowledged) > ROUNDS


def test_a_second_process_is_refused_and_told_who_holds_the_store(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    process = child("hold", path)
    try:
        assert stream(process.stdout).readline() == "ready\n"
        with pytest.raises(StoreLocked) as refused:
            Store.open(path, clock=lambda: NINE)
        assert refused.value.params["pid"] == str(process.pid)
        # Without the lock file SQLite itself still keeps a second connection out.
        files.side(path, ".lock").unlink()
        with pytest.raises(StoreLocked):
            Store.open(path, clock=lambda: NINE)
    finally:
        process.kill()
        process.communicate()
    Store.open(path, clock=lambda: NINE).close()


def test_the_same_process_cannot_open_a_store_twice(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with closing(Store.open(path, clock=lambda: NINE)), pytest.raises(StoreLocked) as refused:
        Store.open(path, clock=lambda: NINE)
    assert refused.value.params["pid"] == str(os.getpid())
    Store.open(path, clock=lambda: NINE).close()


@pytest.mark.parametrize("step", [1, 2])
def test_a_migration_killed_halfway_leaves_the_old_store(tmp_path: Path, step: int) -> None:
    path = tmp_path / "store.db"
    killed_after(child("work", path, step), 30, 0)
    process = child("migrate", path, step)
    _, errors = process.communicate()
    assert process.returncode == -9, errors
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
        extra = db.execute("SELECT count(*) FROM sqlite_master WHERE name LIKE 'extra%'")
        assert extra.fetchone() == (0,)
    # The copy made before the attempt is whole and private.
    copy = files.side(path, f".v{len(MIGRATIONS)}.bak")
    assert copy.stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(copy)) as db:
        assert db.execute("PRAGMA quick_check").fetchone() == ("ok",)
        (events,) = db.execute("SELECT count(*) FROM event").fetchone()
    with closing(Store.open(path, clock=lambda: NINE, steps=[*MIGRATIONS, _add])) as store:
        assert store.connection.execute("SELECT count(*) FROM event").fetchone() == (events,)
        assert store.connection.execute("SELECT score FROM call").fetchone() == (None,)
        assert store.refold() == []


def _add(db: sqlite3.Connection) -> None:
    db.execute("ALTER TABLE call ADD COLUMN score INTEGER")


def test_a_store_killed_while_being_made_is_made_the_next_time(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    process = child("create", path, 2)
    process.communicate()
    assert process.returncode == -9 and not path.exists()
    with closing(Store.open(path, clock=lambda: NINE)) as store:
        assert store.refold() == [] and store.install


def test_a_file_that_may_not_grow_refuses_the_act_and_works_again_later(tmp_path: Path) -> None:
    """The limit on file size stands in for a full disk: the write itself fails."""
    process = child("full", tmp_path / "store.db", 400_000)
    said, errors = process.communicate()
    refused, again = (line.split() for line in said.splitlines())
    assert refused[1] in ("store.full", "store.failed"), errors
    assert int(refused[2]) > 5
    assert refused[3] == "1", "a refused act moved the clock"
    assert again == ["again", "0", "0", "0"]
