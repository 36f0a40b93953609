"""When the write-ahead log is moved into the file, and who hears that it could not be.

SQLite does so by itself after a commit, and keeps to itself what goes wrong with it. Nothing is
lost by that: what was committed is in the log, on the disk, and is moved again. But a disk whose
``fsync`` fails is not written on as if nothing had happened, see
:func:`agentdesk.store.failures.fsync_failed`.
"""

from __future__ import annotations

import sqlite3

from agentdesk.store.failures import fsync_failed

COMMITS = 100
"""Of single acts that is about the megabyte or four SQLite would wait for itself."""
ROWS = 1_000
"""The same of whole pages and groups."""


class Checkpoints:
    """Moves the log of one connection every now and then.

    Args:
        db: moves it no more by itself.

    Attributes:
        commits, rows: after how many of them, whichever comes first.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        db.execute("PRAGMA wal_autocheckpoint = 0")
        self.commits, self.rows = COMMITS, ROWS
        self._commits, self._rows = 0, db.total_changes

    def after_commit(self, db: sqlite3.Connection) -> bool:
        """To be called after every commit, which stands whatever happens here.

        Returns:
            Whether the disk may be written on: not after a failed ``fsync``.
        """
        self._commits += 1
        if self._commits < self.commits and db.total_changes - self._rows < self.rows:
            return True
        try:
            _, log, moved = db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        except sqlite3.DatabaseError as error:
            # No room in the file, somebody is reading, nothing could be read: the next one tries.
            return not fsync_failed(error)
        if log == moved:
            self._commits, self._rows = 0, db.total_changes
        return True
