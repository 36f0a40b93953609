"""Reading what is left of a damaged store."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

from agentdesk.domain.events import Event
from agentdesk.store import files, journal
from agentdesk.store.failures import mapped

_RANGE = journal.WRITTEN + "WHERE mine AND lseq BETWEEN ? AND ? ORDER BY lseq"
_SMALLEST_ROW = 64  # bytes; bounds how many rows a file can hold when it will not say


def salvage(path: Path) -> list[Event]:
    """Own events of a damaged store that can still be read, in the order written.

    Works on a copy; the file itself is left as evidence. A range that cannot be read is
    halved until only the broken pages are left out. A file too broken to be opened gives
    an empty list: whoever calls says how many were saved.

    Raises:
        StoreReadOnly, StoreFull: no copy could be made.
    """
    with tempfile.TemporaryDirectory(prefix="agentdesk-salvage-") as folder:
        copy = Path(folder) / "store.db"
        with mapped(path):
            shutil.copyfile(path, copy)
            if files.unclean(path):
                shutil.copyfile(files.side(path, "-wal"), files.side(copy, "-wal"))
        _mend_magic(copy)
        return _read(copy)


def _mend_magic(copy: Path) -> None:
    """The first 16 bytes are the same in every database: worth a try."""
    with copy.open("r+b") as file:
        if file.read(len(files.MAGIC)) != files.MAGIC:
            file.seek(0)
            file.write(files.MAGIC)


def _read(copy: Path) -> list[Event]:
    with closing(sqlite3.connect(copy, isolation_level=None)) as db:
        try:
            (last,) = db.execute("SELECT max(lseq) FROM event").fetchone()
        except sqlite3.Error:
            last = copy.stat().st_size // _SMALLEST_ROW
        rows = _rows(db, 1, last or 0)
    return [event for row in rows if (event := _event(row)) is not None]


def _rows(db: sqlite3.Connection, first: int, last: int) -> list[tuple[Any, ...]]:
    if first > last:
        return []
    try:
        return db.execute(_RANGE, (first, last)).fetchall()
    except sqlite3.Error as error:
        if first == last or "no such table" in str(error) or "not a database" in str(error):
            return []
    middle = (first + last) // 2
    return _rows(db, first, middle) + _rows(db, middle + 1, last)


def _event(row: tuple[Any, ...]) -> Event | None:
    """The event of a row, None when its content was hit."""
    try:
        event = journal.from_row(row)
    except (AttributeError, TypeError, ValueError):
        return None
    return event if isinstance(event.body, dict) and len(row[0]) == 16 else None
