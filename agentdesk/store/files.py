"""The store as files: one holder, private, created whole, checked before use."""

from __future__ import annotations

import errno
import os
import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from agentdesk.errors import StoreCorrupt, StoreError, StoreLocked, StoreReadOnly
from agentdesk.store.failures import mapped, primary_code, read_failed, unreadable
from agentdesk.store.migrations import MIGRATIONS, Migration, migrate

MAGIC = b"SQLite format 3\0"
_SIDES = ("-wal", "-shm", "-journal")
_PIECE = 1 << 20

if sys.platform == "win32":
    import msvcrt

    _LOCK_AT = 1 << 30  # beyond the text, which others must be able to read

    def _take(descriptor: int) -> None:
        os.lseek(descriptor, _LOCK_AT, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        os.lseek(descriptor, 0, os.SEEK_SET)

else:
    import fcntl

    def _take(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


class Lock:
    """Proof that this process alone holds a store, kept in ``<store>.lock`` beside it.

    The system drops the lock when the process ends, however it ends; the file stays. It
    names the holder's process id. SQLite before 3.51.3 can corrupt a WAL with two
    connections, so a second one must be impossible, not just unlikely.

    Raises:
        StoreLocked: ``store.locked`` with the holder's ``pid`` (``?`` if unknown).
        StoreReadOnly, StoreFull: the lock file cannot be written.
    """

    def __init__(self, store: Path) -> None:
        path = side(store, ".lock")
        with mapped(path):
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            with mapped(path):
                self._acquire(store)
        except BaseException:
            os.close(self._descriptor)
            raise

    def _acquire(self, store: Path) -> None:
        try:
            _take(self._descriptor)
        except (BlockingIOError, PermissionError) as error:
            pid = os.read(self._descriptor, 32).decode("ascii", "replace").strip() or "?"
            raise StoreLocked("store.locked", path=str(store), pid=pid) from error
        except OSError:
            # A file system without locks: SQLite's own exclusive mode still guards.
            return
        os.ftruncate(self._descriptor, 0)
        os.write(self._descriptor, f"{os.getpid()}\n".encode())

    def release(self) -> None:
        """Let the store go; the file is left, because removing it would race with a taker."""
        with suppress(OSError):
            os.ftruncate(self._descriptor, 0)
        os.close(self._descriptor)


def side(path: Path, suffix: str) -> Path:
    """A companion file of the store: ``-wal``, ``-shm``, ``.lock`` …"""
    return path.with_name(path.name + suffix)


def size_of(path: Path) -> int | None:
    """Size in bytes, None for no such file."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None


def unclean(path: Path) -> bool:
    """Whether the last holder ended without closing: a clean close removes the log."""
    return bool(size_of(side(path, "-wal")))


def check(path: Path) -> None:
    """See that a file is sound before the store works on it; the lock must be held.

    A header is read in microseconds. Only after a crash SQLite looks at every page, which
    takes time with the size of the file.

    Raises:
        StoreCorrupt: damaged, empty, not a database, shorter than it says, or gone while
            its write-ahead log is still there. None of them may become a fresh, empty
            store, and nothing about them is changed.
    """
    size = size_of(path)
    if size is None:
        if unclean(path):
            raise _corrupt(path, "the database is gone, its write-ahead log is not")
        return
    header = _header(path, size)
    if len(header) < 100 or not header.startswith(MAGIC):
        raise _corrupt(path, "this is not a SQLite database")
    if unclean(path):
        _write_again(side(path, "-wal"))
        _check_pages(path)
        return
    page = int.from_bytes(header[16:18], "big")
    pages = int.from_bytes(header[28:32], "big")
    expected = pages * (65536 if page == 1 else page)
    if size < expected:
        raise _corrupt(path, f"the file has {size} bytes of {expected}")


def _header(path: Path, size: int) -> bytes:
    """The first hundred bytes, or as many as there are.

    Raises:
        OSError: they were not given.
    """
    with path.open("rb") as file:
        header = file.read(100)
    if len(header) < min(size, 100):
        raise OSError(errno.EIO, os.strerror(errno.EIO))
    return header


@contextmanager
def looked_at_twice(path: Path) -> Iterator[None]:
    """What seems to be damaged is read again: a disk that does not give what is on it looks the
    same, and its file is neither to be put aside nor to be mended.

    Raises:
        StoreCorrupt: raised inside, and every byte could be read and is as wrong as before.
        StoreError: ``store.unreadable``.
    """
    try:
        yield
    except StoreCorrupt as error:
        if not damaged(path):
            raise unreadable(path, str(error.params.get("detail", ""))) from error
        raise
    except StoreError as error:
        if read_failed(error.__cause__):
            raise unreadable(path, str(error.__cause__)) from error
        raise


def damaged(path: Path) -> bool:
    """Whether something is wrong with a file nobody has open, or with its log, once every byte of
    them was given.

    Raises:
        StoreError: ``store.unreadable``, they were not.
    """
    try:
        return _wrong(path)
    except (OSError, sqlite3.Error) as error:
        raise unreadable(path, str(error)) from error


def _wrong(path: Path) -> bool:
    for each in (path, side(path, "-wal")):
        if size := size_of(each):
            with each.open("rb", buffering=0) as file:
                while piece := file.read(_PIECE):
                    size -= len(piece)
            if size > 0:
                raise OSError(errno.EIO, os.strerror(errno.EIO))
    try:
        check(path)
        return path.exists() and not unclean(path) and bool(_found(path))
    except StoreCorrupt:
        return True
    except sqlite3.DatabaseError as error:
        if primary_code(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            return True
        raise


def _write_again(log: Path) -> None:
    """Write a log that was left behind once more, unchanged, and wait for the disk.

    If its last holder ended because an ``fsync`` failed, the system still shows what it wrote
    and has given up bringing it to the disk; a later ``fsync`` succeeds without it. What is
    acknowledged on top of such a gap is lost in a power cut. The bytes stay the same, so
    another cut in the midst of this harms nothing.

    Raises:
        OSError: it cannot be read or written whole.
    """
    size, at = log.stat().st_size, 0
    with log.open("r+b", buffering=0) as file:
        while at < size:
            file.seek(at)
            piece = file.read(_PIECE)
            if not piece:
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            file.seek(at)
            at += file.write(piece)
        os.fsync(file.fileno())


def _check_pages(path: Path) -> None:
    """Check file and log together, by a connection that can only read.

    One that writes would move the log into the file on closing: a broken file would
    look cleanly closed the next time.
    """
    found = _found(path)
    if found:
        raise _corrupt(path, found[0])


def _found(path: Path) -> list[str]:
    """What SQLite finds in file and log, by a connection that cannot write."""
    how = "mode=ro" if unclean(path) else "immutable=1"
    name = f"{path.absolute().as_uri()}?{how}"
    with closing(sqlite3.connect(name, uri=True, timeout=1.0)) as db:
        found = quick_check(db)
    side(path, "-shm").unlink(missing_ok=True)
    return found


def quick_check(db: sqlite3.Connection) -> list[str]:
    """The first thing SQLite finds wrong with a file; none is sound."""
    rows = [str(row[0]) for row in db.execute("PRAGMA quick_check(1)")]
    return [] if rows == ["ok"] else rows


def prepare(path: Path) -> None:
    """Make the folder (0700) and see that store and folder can be written.

    Raises:
        StoreReadOnly: they cannot.
    """
    with mapped(path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    for place in (path.parent, path):
        if place.exists() and not os.access(place, os.W_OK):
            raise StoreReadOnly("store.read_only", path=str(place), detail="no permission to write")
    if path.exists() and path.stat().st_mode & 0o077:
        with suppress(OSError):
            path.chmod(0o600)


def create(path: Path, install: str, steps: Sequence[Migration] = MIGRATIONS) -> None:
    """Make a new store under another name and move it into place when it is whole."""
    new = side(path, ".new")
    for leftover in (new, *(side(new, suffix) for suffix in _SIDES)):
        leftover.unlink(missing_ok=True)
    os.close(os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    db = connect(new)
    try:
        migrate(db, None, steps)
        db.execute("INSERT INTO meta VALUES ('install', ?)", (install,))
        # Closing does this too, but says nothing when it cannot: what is moved into place would
        # be a file without its tables.
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        db.close()
    os.replace(new, path)
    sync_folder(path.parent)


def open_file(
    path: Path, ids: Callable[[], str], steps: Sequence[Migration] = MIGRATIONS
) -> sqlite3.Connection:
    """The connection of an existing, sound, up-to-date file; a new one if there is none."""
    with mapped(path):
        check(path)
        if not path.exists():
            create(path, ids(), steps)
        db = connect(path)
        try:
            migrate(db, path, steps)
            # Nothing is written, but a file that only pretends to be writable says so now.
            db.execute("BEGIN IMMEDIATE")
            db.execute("ROLLBACK")
        except BaseException:
            db.close()
            raise
    return db


def connect(path: Path | str) -> sqlite3.Connection:
    """A connection set up as the store needs it.

    WAL with ``synchronous=FULL``: NORMAL survives every kill and still loses acknowledged
    work in a power cut. Exclusive locking keeps out any second connection and needs no
    shared-memory file.
    """
    db = sqlite3.connect(str(path), isolation_level=None, check_same_thread=False, timeout=1.0)
    try:
        for pragma in (
            "PRAGMA locking_mode = EXCLUSIVE",
            "PRAGMA journal_mode = WAL",
            "PRAGMA synchronous = FULL",
            "PRAGMA foreign_keys = ON",
            "PRAGMA trusted_schema = OFF",
            "PRAGMA cell_size_check = ON",
        ):
            db.execute(pragma)
    except BaseException:
        db.close()
        raise
    return db


def sync_folder(folder: Path) -> None:
    """Make a rename durable; Windows has no such call and needs none."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def quarantine(path: Path, *, now: datetime) -> Path:
    """Move a store that fails its checks aside, with its log, under a dated name.

    Args:
        now: aware; becomes part of the name.

    Returns:
        The new place of the file, ``<name>.corrupt-20260307-101500``.

    Raises:
        StoreLocked: a process still holds it.
    """
    lock = Lock(path)
    try:
        stamp = f".corrupt-{now:%Y%m%d-%H%M%S}"
        target, count = side(path, stamp), 1
        while target.exists():
            count += 1
            target = side(path, f"{stamp}-{count}")
        with mapped(path):
            # The database first: a log left behind alone is noticed at the next start,
            # a database without its log is not.
            for suffix in ("", *_SIDES):
                if side(path, suffix).exists():
                    os.replace(side(path, suffix), side(target, suffix))
            sync_folder(path.parent)
        return target
    finally:
        lock.release()


def _corrupt(path: Path, detail: str) -> StoreCorrupt:
    return StoreCorrupt("store.corrupt", path=str(path), detail=detail)
