"""The tables of tickets: an older file gains them, queries stay in indexes, due times follow."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agentdesk import __version__
from agentdesk.domain.events import Draft, EntityId
from agentdesk.errors import StoreFull
from agentdesk.store import Store
from agentdesk.store import ticket_queries as queries
from agentdesk.store.migrations import MIGRATIONS, migrate, version
from agentdesk.store.project import COLUMNS
from agentdesk.store.rows import TicketDue, TicketFilter, TicketRow
from agentdesk.store.ticket_fitting import teach, values_of
from agentdesk.store.ticket_queries import TicketTables

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MS = int(NINE.timestamp() * 1000)
CALL = "c" * 32


def ticket_id(number: int) -> EntityId:
    return EntityId(f"{number:032x}")


def opened(number: int, **values: str) -> Draft:
    body = {"at": MS, "owner": "8012", "call": "", "pack": "T0", "values": values}
    return Draft("ticket.opened", "ticket", ticket_id(number), body)


def closed(number: int) -> Draft:
    return Draft("ticket.closed", "ticket", ticket_id(number), {"at": MS, "missing": []})


def due(number: int, at: int | None, stamp: int = 0, basis: str = "T0:1") -> TicketDue:
    return TicketDue(ticket_id(number), at, None, at, "dispatch", at is None, stamp, basis)


@pytest.fixture
def store() -> Iterator[Store]:
    made = Store.open(Path(":memory:"), clock=lambda: NINE)
    yield made
    made.close()


def stamp_of(store: Store, number: int) -> int:
    query = "SELECT stamp FROM ticket WHERE id = ?"
    return int(store.connection.execute(query, (ticket_id(number),)).fetchone()[0])


def older_file(path: Path) -> None:
    """A file of the version before tickets that has put an event of a ticket aside."""
    made = Store.open(Path(":memory:"), clock=lambda: NINE)
    made.commit([Draft("call.offered", "call", ticket_id(9), {"at": MS})], actor="8012")
    (event,) = made.commit([opened(1)], actor="8012")
    rows = made.connection.execute("SELECT * FROM event").fetchall()
    meta = [("install", made.install), ("app", __version__)]
    made.close()
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        migrate(db, None, MIGRATIONS[:1])
        marks = ", ".join("?" * _COLUMNS_THEN)
        db.executemany(f"INSERT INTO event VALUES ({marks})", [row[:_COLUMNS_THEN] for row in rows])
        db.executemany("INSERT INTO meta VALUES (?, ?)", meta)
        db.execute("INSERT INTO parked VALUES (?, 'unknown kind')", (bytes.fromhex(event.id),))


_COLUMNS_THEN = 17


def test_an_older_file_gains_the_tables_and_is_copied_first(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    older_file(path)
    store = Store.open(path, clock=lambda: NINE)
    try:
        assert version(store.connection) == len(MIGRATIONS)
        assert store.parked() == [] and store.refold() == []
        assert len(store.calls_between(NINE, NINE.replace(hour=10))) == 1
        assert TicketTables(store).row(ticket_id(1)) is not None
    finally:
        store.close()
    with closing(sqlite3.connect(tmp_path / "store.db.v1.bak")) as copy:
        assert version(copy) == 1
        names = {row[0] for row in copy.execute("SELECT name FROM sqlite_master")}
        assert "call" in names and "ticket" not in names


def test_a_step_that_fails_leaves_the_older_file(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    older_file(path)

    def full(db: sqlite3.Connection) -> None:
        MIGRATIONS[1](db)
        error = sqlite3.OperationalError("full")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise error

    with pytest.raises(StoreFull):
        Store.open(path, clock=lambda: NINE, steps=[MIGRATIONS[0], full])
    with closing(sqlite3.connect(path)) as db:
        assert version(db) == 1
        assert not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'ticket'").fetchall()


@pytest.mark.parametrize(
    ("query", "least"),
    [
        (queries.PLAIN, "ticket_due_sort"),
        (queries.BEFORE, "ticket_due_sort (sort_at<?)"),
        (queries.BOARD["due"], "COVERING INDEX ticket_open"),
        (queries.BOARD["priority"], "COVERING INDEX ticket_open"),
        (queries.BOARD["newest"], "COVERING INDEX ticket_open"),
        (queries.COUNT, "COVERING INDEX ticket_open"),
        (queries.BOARD_SPELT["due"], "INDEX ticket_open"),
        (queries.BY_STATE, "COVERING INDEX ticket_open"),
        (queries.BY_STATE_SPELT, "INDEX ticket_open"),
        (queries.FOUND_SPELT[2], "COVERING INDEX ticket_found"),
        (queries.FOUND[2], "COVERING INDEX ticket_found"),
        (queries.SUFFIX, "COVERING INDEX ticket_number"),
        (queries.OF_STATE, "COVERING INDEX ticket_state"),
        (queries.STATES, "COVERING INDEX ticket_open"),
        (queries.OF_CALL, "event_ticket_call"),
        (queries.OF_NUMBER, "ticket_tail"),
        (queries.CHANGING, "ticket_due_next"),
        (queries.NEXT, "ticket_due_next"),
        (queries.ONE, "sqlite_autoindex_ticket_1"),
    ],
)
def test_every_list_reads_an_index(query: str, least: str) -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        migrate(db, None)
        teach(db)
        values: object = values_of(TicketFilter(text="断网", number="8000")) | {
            "limit": 40,
            "offset": 0,
        }
        if "?" in query:
            values = ["x"] * (1 if "?1" in query else query.count("?"))
        steps = db.execute("EXPLAIN QUERY PLAN " + query, values).fetchall()  # type: ignore[arg-type]
        assert least in " | ".join(str(row[3]) for row in steps)


def test_a_row_has_what_the_tables_have() -> None:
    derived = {"id", "due_at", "warn_at", "clock", "paused"}
    hidden = {"search", "stamp"}
    assert set(TicketRow.__struct_fields__) - derived == set(COLUMNS["ticket"]) - hidden


def test_due_times_that_are_missing_or_old_are_found(store: Store) -> None:
    tables = TicketTables(store)
    store.commit([opened(1), opened(2), opened(3), opened(4), closed(4)], actor="8012")
    assert tables.stale(["T0:1"]) == [ticket_id(1), ticket_id(2), ticket_id(3)]
    stamps = [stamp_of(store, number) for number in (1, 2, 3)]
    tables.put_due([due(1, MS, stamps[0]), due(2, MS, 5), due(3, MS, stamps[2], "T0:0")])
    assert tables.stale(["T0:1", "P1:2"]) == [ticket_id(2), ticket_id(3)]
    assert tables.stale(["T0:1"], limit=1) == [ticket_id(2)]
    assert sorted(tables.bases()) == ["T0:0", "T0:1"]
    store.commit([closed(1)], actor="8012")
    assert tables.over() == [ticket_id(1)]
    tables.put_due([], [ticket_id(1)])
    assert tables.over() == []
    assert tables.due_of([ticket_id(1), ticket_id(2)]) == {ticket_id(2): due(2, MS, 5)}


def test_changes_come_in_their_order(store: Store) -> None:
    tables = TicketTables(store)
    assert tables.next_change() is None
    tables.put_due([due(1, MS + 9), due(2, MS), due(3, None)])
    assert tables.next_change() == MS
    assert tables.changing(MS - 1) == []
    assert tables.changing(MS + 9) == [ticket_id(2), ticket_id(1)]
    assert tables.changing(MS + 9, limit=1) == [ticket_id(2)]


def test_a_failing_write_keeps_no_half_of_the_due_times(store: Store) -> None:
    tables = TicketTables(store)
    tables.put_due([due(1, MS)])
    broken = due(2, 2**80)
    with pytest.raises(OverflowError):
        tables.put_due([due(3, MS), broken], [ticket_id(1)])
    assert set(tables.due_of(map(ticket_id, (1, 2, 3)))) == {ticket_id(1)}


def test_links_are_found_by_call_and_only_links(store: Store) -> None:
    link = Draft("ticket.linked", "ticket", ticket_id(1), {"at": MS, "call": CALL})
    other = Draft("ticket.linked", "ticket", ticket_id(2), {"at": MS, "call": "d" * 32})
    store.commit([opened(1), opened(2), link, link, other], actor="8012")
    tables = TicketTables(store)
    assert tables.of_call(EntityId(CALL)) == [ticket_id(1)]
    assert tables.of_call(EntityId("")) == []


@pytest.mark.parametrize(
    ("number", "found"),
    [("13800138000", [1]), ("02162208888", [3, 2]), ("62208888", [3, 2]), ("8888", []), ("", [])],
)
def test_a_number_is_found_with_and_without_its_area_code(
    store: Store, number: str, found: list[int]
) -> None:
    known = {1: "13800138000", 2: "62208888", 3: "02162208888", 4: "75362208889"}
    for at, text in known.items():
        values = {"set": {"number": text}, "at": MS}
        store.commit(
            [opened(at), Draft("ticket.set", "ticket", ticket_id(at), values)], actor="8012"
        )
    assert [row.id for row in TicketTables(store).of_number(number)] == list(map(ticket_id, found))


def test_a_summary_of_any_length_stays_short_in_the_lists(store: Store) -> None:
    store.commit(
        [
            opened(1, category="复" * 500),
            Draft(
                "ticket.set",
                "ticket",
                ticket_id(1),
                {"at": MS, "set": {"summary": "长\n句" * 2000, "content": "x" * 9000}},
            ),
        ],
        actor="8012",
    )
    row = TicketTables(store).row(ticket_id(1))
    assert row is not None
    assert len(row.summary) == 120 and "\n" not in row.summary and len(row.category) == 60
    search = store.connection.execute("SELECT length(search) FROM ticket").fetchone()[0]
    assert search < 1000
    assert store.refold() == []
