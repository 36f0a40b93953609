"""A connection whose process may die before every statement, and after every commit."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any


class Mortal:
    """See the module.

    Args:
        db: the real connection.
        moment: called at every such moment; dies by raising.
    """

    def __init__(self, db: sqlite3.Connection, moment: Callable[[], None]) -> None:
        self._db, self._moment = db, moment

    def execute(self, statement: str, *values: Any) -> sqlite3.Cursor:
        """Run a statement, or die."""
        if statement != "ROLLBACK":
            self._moment()
        cursor = self._db.execute(statement, *values)
        if statement == "COMMIT":
            self._moment()
        return cursor

    def executemany(self, statement: str, values: Any) -> sqlite3.Cursor:
        """Run a statement many times, or die."""
        self._moment()
        return self._db.executemany(statement, values)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._db, name)
