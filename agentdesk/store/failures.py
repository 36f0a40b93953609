"""From SQLite's and the system's errors to the error tree.

Whoever calls the store sees only :class:`agentdesk.errors.StoreError` and its children,
each with a string-table code; programming errors (a closed store, a bad argument) stay
what they are.
"""

from __future__ import annotations

import errno
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agentdesk.errors import (
    StoreCorrupt,
    StoreError,
    StoreFull,
    StoreLocked,
    StoreReadOnly,
)

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_READ_ONLY = {
    errno.EACCES,
    errno.EPERM,
    errno.EROFS,
    errno.ENOENT,
    errno.ENOTDIR,
    errno.EISDIR,
    errno.EEXIST,
}
_ROOM = 64 * 1024  # the index of the WAL begins with half of it
_READ_FAILED = {sqlite3.SQLITE_IOERR_READ, sqlite3.SQLITE_IOERR_SHORT_READ}
_FSYNC_FAILED = {sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_DIR_FSYNC}


def primary_code(error: sqlite3.Error) -> int:
    """SQLite's primary result code, or 0 if the error did not come from SQLite."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def fsync_failed(error: sqlite3.Error) -> bool:
    """The disk refused to make a write durable; what is on it is unknown until re-read."""
    return getattr(error, "sqlite_errorcode", 0) in _FSYNC_FAILED


def read_failed(error: BaseException | None) -> bool:
    """The disk did not give what is on it, which says nothing about what that is."""
    if isinstance(error, OSError):
        return error.errno == errno.EIO
    return getattr(error, "sqlite_errorcode", 0) in _READ_FAILED


def unreadable(path: Path, detail: str) -> StoreError:
    """What is said then: nothing was changed, and another try may succeed."""
    return StoreError("store.unreadable", path=str(path), detail=detail)


def from_sqlite(error: sqlite3.Error, path: Path) -> StoreError:
    """The store error that stands for ``error``."""
    code, where, detail = primary_code(error), str(path), str(error)
    if code == sqlite3.SQLITE_FULL or (
        code == sqlite3.SQLITE_IOERR and not fsync_failed(error) and _no_room(path)
    ):
        return StoreFull("store.full", path=where)
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM) or (
        # A file that can only be read cannot be locked for writing either.
        getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_IOERR_LOCK
    ):
        return StoreReadOnly("store.read_only", path=where, detail=detail)
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return StoreCorrupt("store.corrupt", path=where, detail=detail)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreLocked("store.locked", path=where, pid="?")
    return StoreError("store.failed", path=where, detail=detail)


def _no_room(path: Path) -> bool:
    """Whether the disk is why SQLite failed: for what is not the database itself, such as the
    index of the WAL, it says no more than that a write failed."""
    try:
        return shutil.disk_usage(path.parent).free < _ROOM
    except OSError:
        return False


def from_os(error: OSError, path: Path) -> StoreError:
    """The store error that stands for a failure of the file system."""
    where, detail = str(path), error.strerror or str(error)
    if error.errno in _FULL:
        return StoreFull("store.full", path=where)
    if error.errno in _READ_ONLY:
        return StoreReadOnly("store.read_only", path=where, detail=detail)
    return StoreError("store.failed", path=where, detail=detail)


@contextmanager
def mapped(path: Path) -> Iterator[None]:
    """Turn errors of SQLite and the system raised inside into store errors.

    ``sqlite3.ProgrammingError`` passes: it is a bug of ours, not a state of the disk.
    """
    try:
        yield
    except sqlite3.ProgrammingError:
        raise
    except sqlite3.Error as error:
        raise from_sqlite(error, path) from error
    except OSError as error:
        raise from_os(error, path) from error
