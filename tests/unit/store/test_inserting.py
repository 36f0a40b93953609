"""Rows inserted several by one statement are the rows inserted one by one."""

from __future__ import annotations

import sqlite3

import pytest

from agentdesk.store.inserting import Insert

INTO = Insert("said", ("id", "text"))


@pytest.mark.parametrize("count", [0, 1, 49, 50, 51, 100, 137, 125, 126, 305])
def test_every_row_arrives_once_and_in_order(count: int) -> None:
    """Whole statements, and what is left over."""
    db = sqlite3.connect(":memory:")
    db.execute("CREATE TABLE said (n INTEGER PRIMARY KEY, id TEXT UNIQUE, text TEXT)")
    rows = [(f"第{number}句", "您好") for number in range(count)]
    INTO.all(db, rows)
    assert db.execute("SELECT id, text FROM said ORDER BY n").fetchall() == rows
    db.close()


def test_a_row_that_is_there_already_is_an_error() -> None:
    """As it is row by row: the transaction it belongs to is taken back."""
    db = sqlite3.connect(":memory:")
    db.execute("CREATE TABLE said (id TEXT UNIQUE, text TEXT)")
    with pytest.raises(sqlite3.IntegrityError):
        INTO.all(db, [(f"第{number % 40}句", "您好") for number in range(60)])
    db.close()
