"""Files that are full, foreign, damaged or not ours to write: never a silent fresh start."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from agentdesk.domain.events import Draft, EntityId
from agentdesk.errors import (
    StoreCorrupt,
    StoreError,
    StoreFull,
    StoreLocked,
    StoreReadOnly,
    StoreTooNew,
)
from agentdesk.store import Store, files, quarantine, salvage

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MS = int(NINE.timestamp() * 1000)
PAGE = 4096


def opened(path: Path) -> Store:
    return Store.open(path, clock=lambda: NINE)


def act(store: Store, serial: int, text: str = "您好") -> None:
    body = {"at": MS, "number": str(serial), "text": text}
    store.commit([Draft("call.offered", "call", EntityId(f"{serial:032x}"), body)], actor="8001")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A cleanly closed store with 400 calls."""
    path = tmp_path / "data" / "store.db"
    with closing(opened(path)) as store:
        for serial in range(400):
            act(store, serial)
    return path


def refused(path: Path) -> StoreError:
    """The error opening gives; the file must be exactly as it was, and free again."""
    before = path.read_bytes() if path.exists() else None
    with pytest.raises(StoreError) as error:
        opened(path)
    assert (path.read_bytes() if path.exists() else None) == before
    files.Lock(path).release()
    return error.value


@pytest.mark.skipif(os.name == "nt", reason="POSIX modes")
def test_the_store_is_private(path: Path) -> None:
    assert path.parent.stat().st_mode & 0o777 == 0o700
    path.chmod(0o644)
    with closing(opened(path)) as store:
        act(store, 1000)
        for file in path.parent.iterdir():
            assert file.stat().st_mode & 0o777 == 0o600, file


def test_a_file_of_a_newer_agentdesk_is_left_alone(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 99")
    error = refused(path)
    assert isinstance(error, StoreTooNew) and error.params["found"] == 99


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: b"x" * 16 + data[16:],
        lambda data: b"# notes\n" * 1000,
        lambda data: data[: len(data) // 2],
        lambda data: data[:-1],
        lambda data: data[:50],
    ],
    ids=["empty", "magic", "foreign", "half", "one byte short", "tiny"],
)
def test_a_damaged_file_is_refused_when_it_is_opened(path: Path, damage: Any) -> None:
    path.write_bytes(damage(path.read_bytes()))
    assert isinstance(refused(path), StoreCorrupt)


def crashed(path: Path, target: Path) -> Path:
    """The files as a crash would leave them: copied while the store is open."""
    with closing(opened(path)) as store:
        act(store, 5000)
        target.mkdir()
        for suffix in ("", "-wal"):
            shutil.copy(files.side(path, suffix), target)
    return target / path.name


def leaf_of_journal(path: Path) -> int:
    """Page number (from 0) that holds the 200th event."""
    data = path.read_bytes()
    # The first bytes of a leaf of a table are 0x0d; the body names the caller's number.
    found = data.index(b'"number":"200"') // PAGE
    assert data[found * PAGE] == 0x0D
    return found


def garble(path: Path, page: int) -> None:
    data = bytearray(path.read_bytes())
    data[page * PAGE : (page + 1) * PAGE] = b"\xa5" * PAGE
    path.write_bytes(data)


def test_a_garbled_page_is_found_after_a_crash(path: Path, tmp_path: Path) -> None:
    copy = crashed(path, tmp_path / "crash")
    garble(copy, leaf_of_journal(copy))
    assert isinstance(refused(copy), StoreCorrupt)


def test_a_garbled_page_of_a_clean_store_is_found_by_the_check_and_named_on_reading(
    path: Path,
) -> None:
    garble(path, leaf_of_journal(path))
    with closing(opened(path)) as store:
        assert store.quick_check() != []
        with pytest.raises(StoreCorrupt):
            store.events_of("call", EntityId(f"{200:032x}"))


UNREAD = "Tree 5 page 7: unable to get the page. error code=266"


@pytest.mark.parametrize("lasting", [False, True])
def test_a_disk_that_cannot_be_read_is_no_damage(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lasting: bool
) -> None:
    """SQLite's check says of a page it did not get what it says of one that is broken."""
    copy, found = crashed(path, tmp_path / "crash"), files._found
    asked: list[Path] = []

    def failing(path: Path) -> list[str]:
        asked.append(path)
        if len(asked) == 1:
            return [UNREAD]
        if lasting:
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorcode = sqlite3.SQLITE_IOERR_READ
            raise error
        return found(path)

    monkeypatch.setattr(files, "_found", failing)
    error = refused(copy)
    assert error.code == "store.unreadable" and not isinstance(error, StoreCorrupt)
    assert len(asked) == 2 and {each.name for each in copy.parent.iterdir()} <= {
        f"{copy.name}{suffix}" for suffix in ("", "-wal", ".lock")
    }
    monkeypatch.undo()
    with closing(opened(copy)) as store:
        assert store.quick_check() == []


def test_a_file_that_comes_up_short_is_read_again(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def short(path: Path, size: int) -> bytes:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(files, "_header", short)
    assert refused(path).code == "store.unreadable"
    monkeypatch.undo()
    opened(path).close()


def test_a_log_without_its_database_is_not_a_fresh_start(path: Path, tmp_path: Path) -> None:
    copy = crashed(path, tmp_path / "crash")
    copy.unlink()
    assert isinstance(refused(copy), StoreCorrupt)
    assert not copy.exists()


def test_salvage_gives_every_event_but_those_of_the_broken_page(path: Path, tmp_path: Path) -> None:
    copy = crashed(path, tmp_path / "crash")
    with closing(opened(path)) as store:
        everything = [event.id for _, state in store.entities("call") for event in state.ordered()]
    garble(copy, leaf_of_journal(copy))
    saved = salvage(copy)
    lost = len(everything) - len(saved)
    assert 0 < lost < 30
    numbers = [event.body["number"] for event in saved]
    assert numbers[0] == "0" and numbers[-1] == "5000"  # the last one was only in the log
    # Back to work: the broken file aside, the saved events into a new store.
    aside = quarantine(copy, now=NINE)
    assert aside.name == "store.db.corrupt-20260302-090000"
    assert aside.exists() and files.side(aside, "-wal").exists() and not copy.exists()
    with closing(opened(copy)) as store:
        assert store.absorb(saved, mine=True) == len(saved)
        assert store.refold() == []
        (waiting,) = store.connection.execute(
            "SELECT count(*) FROM event INDEXED BY event_outbox WHERE seq IS NULL AND mine"
        ).fetchone()
        assert waiting == len(saved)
        last = max(event.stamp for event in saved)
    with closing(opened(copy)) as store:
        # New acts come after the saved ones, even when the clock stands before them.
        body = {"set": {"number": "1"}}
        draft = Draft("call.set", "call", EntityId(f"{1:032x}"), body)
        assert store.commit([draft], actor="8001")[0].stamp > last


def test_salvage_mends_the_first_bytes_and_gives_up_on_foreign_files(
    path: Path, tmp_path: Path
) -> None:
    path.write_bytes(b"x" * 16 + path.read_bytes()[16:])
    assert len(salvage(path)) == 400
    foreign = tmp_path / "foreign.db"
    foreign.write_bytes(b"# notes\n" * 1000)
    assert salvage(foreign) == []


def test_quarantine_keeps_every_file_and_leaves_a_held_store_alone(path: Path) -> None:
    with closing(opened(path)), pytest.raises(StoreLocked):
        quarantine(path, now=NINE)
    first = quarantine(path, now=NINE)
    opened(path).close()
    second = quarantine(path, now=NINE)
    assert first != second and first.exists() and second.exists()


def test_a_full_disk_refuses_the_act_whole_and_works_again_with_room(path: Path) -> None:
    """``max_page_count`` makes SQLite itself say SQLITE_FULL."""
    call = EntityId(f"{7:032x}")
    big = Draft("call.set", "call", call, {"set": {"note": "长" * 5000}})
    with closing(opened(path)) as store:
        before = store.state("call", call)
        stamp = store.commit([Draft("call.answered", "call", call, {"at": MS})], actor="1")[0].stamp
        pages = store.connection.execute("PRAGMA page_count").fetchone()[0]
        store.connection.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(StoreFull):
            for _ in range(20):
                stamp = store.commit([big], actor="8001")[0].stamp
        kept = store.events_of("call", call)
        assert kept[-1].stamp == stamp
        assert store.state("call", call).value("note") == ("长" * 5000 if len(kept) > 2 else None)
        assert before.value("note") is None
        assert store.refold() == []
        store.connection.execute("PRAGMA max_page_count = 1000000")
        (after,) = store.commit([big], actor="8001")
        # The refused acts used up no stamp.
        assert after.stamp == stamp + 1
        assert store.refold() == [] and store.audit() == [] and store.quick_check() == []


class Failing:
    """A connection whose COMMIT fails as SQLite fails when fsync does."""

    def __init__(self, db: sqlite3.Connection, code: int) -> None:
        self._db, self._code = db, code

    def __getattr__(self, name: str) -> Any:
        return getattr(self._db, name)

    def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
        if sql == "COMMIT":
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorcode = self._code
            raise error
        return self._db.execute(sql, *values)


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with closing(opened(path)) as store:
        yield store


def test_after_a_failed_fsync_nothing_more_is_written(store: Store) -> None:
    real = store.connection
    store._db = Failing(real, sqlite3.SQLITE_IOERR_FSYNC)  # type: ignore[assignment]
    with pytest.raises(StoreError):
        act(store, 900)
    store._db = real
    assert store.events_of("call", EntityId(f"{900:032x}")) == []
    with pytest.raises(StoreError) as error:
        act(store, 901)
    assert error.value.code == "store.failed"


def test_after_another_failed_commit_memory_and_disk_agree(store: Store) -> None:
    real = store.connection
    call = EntityId(f"{900:032x}")
    store._db = Failing(real, sqlite3.SQLITE_IOERR_WRITE)  # type: ignore[assignment]
    with pytest.raises(StoreError):
        act(store, 900)
    store._db = real
    assert store.state("call", call).items == {}
    assert not real.in_transaction
    act(store, 900)
    assert len(store.state("call", call).items) == 1
    assert store.refold() == [] and store.audit() == []


def test_a_folder_without_permission_is_named(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Simulated: modes do not stop root, so the system's answer is replaced."""
    monkeypatch.setattr(os, "access", lambda place, mode: Path(place) != path.parent)
    error = refused_by(path)
    assert isinstance(error, StoreReadOnly) and error.params["path"] == str(path.parent)


def refused_by(path: Path) -> StoreError:
    with pytest.raises(StoreError) as error:
        opened(path)
    return error.value


@pytest.mark.parametrize(
    ("number", "expected"),
    [(errno.EROFS, StoreReadOnly), (errno.EACCES, StoreReadOnly), (errno.ENOSPC, StoreFull)],
)
def test_a_lock_file_that_cannot_be_made_is_named(
    path: Path, monkeypatch: pytest.MonkeyPatch, number: int, expected: type[StoreError]
) -> None:
    """Simulated, as above: ``os.open`` fails as it does on such a file system."""

    def fails(*_: object, **__: object) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "open", fails)
    assert isinstance(refused_by(path), expected)


def test_a_file_sqlite_can_only_read_is_refused_at_once(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite itself opens the file read-only here, as it does when the file is protected."""
    real = sqlite3.connect

    def read_only(name: str, **options: Any) -> sqlite3.Connection:
        db: sqlite3.Connection = real(f"{Path(name).as_uri()}?mode=ro", uri=True, **options)
        return db

    monkeypatch.setattr(sqlite3, "connect", read_only)
    assert isinstance(refused_by(path), StoreReadOnly)


def test_a_folder_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    assert isinstance(refused_by(tmp_path / "file" / "store.db"), StoreReadOnly)
