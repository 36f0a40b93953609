"""Open tickets counted together: the bands, the sums, the order, and what a count reads."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from agentdesk.desk.roll_up import Tally, rolled_up
from agentdesk.domain.events import Draft, EntityId
from agentdesk.store import Store
from agentdesk.store.bulk import states
from agentdesk.store.migrations import migrate
from agentdesk.store.rows import TicketDue, TicketFilter
from agentdesk.store.ticket_queries import TicketTables
from agentdesk.store.ticket_rollup import DIMENSIONS, FIRST, LATE, counts, first_due, late_count
from agentdesk.tui.cells import cell_len
from agentdesk.tui.panels.roll_up import bar

NOW = 1_773_130_000_000
DAY = datetime.fromtimestamp(NOW / 1000, UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(Store.open(tmp_path / "store.sqlite3", clock=lambda: DAY)) as opened:
        yield opened


def ticket(number: int) -> EntityId:
    return EntityId(f"{number:032x}")


def put(store: Store, number: int, **more: str) -> None:
    owner = more.pop("owner", "8012")
    values = {"category": "repair"} | more
    at = NOW - number * 60_000
    body = {"at": at, "owner": owner, "call": "", "pack": "P1", "values": values}
    store.commit((Draft("ticket.opened", "ticket", ticket(number), body),), actor="")


def due(store: Store, number: int, left: int | None, warned: int | None = None) -> None:
    """Due in ``left`` milliseconds, warning ``warned`` before that."""
    at = None if left is None else NOW + left
    warn = None if at is None or warned is None else at - warned
    TicketTables(store).put_due(
        [TicketDue(ticket(number), at, warn, None, "x", left is None, 1, "")]
    )


@pytest.mark.parametrize(
    ("left", "warned", "band"),
    [
        (-1, 1000, "late"),
        (0, 1000, "red"),
        (500, 1000, "red"),
        (501, 1000, "amber"),
        (1000, 1000, "amber"),
        (1001, 1000, "calm"),
        (500, None, "calm"),
        (None, None, "paused"),
    ],
)
def test_a_ticket_is_in_one_band(
    store: Store, left: int | None, warned: int | None, band: str
) -> None:
    put(store, 1)
    due(store, 1, left, warned)
    whole = rolled_up(counts(store, NOW), NOW).whole
    found = {name: getattr(whole, name) for name in ("late", "red", "amber", "paused", "calm")}
    assert found == {"late": 0, "red": 0, "amber": 0, "paused": 0, "calm": 0} | {band: 1}
    assert late_count(store, "8012", NOW) == (band == "late")


def test_what_is_over_is_not_counted_and_what_is_not_reckoned_is(store: Store) -> None:
    for number in (1, 2, 3):
        put(store, number)
        due(store, number, -5)
    put(store, 4, owner="")
    at = {"at": NOW, "set": {"_void_reason": "误登记", "_void_at": NOW}}
    store.commit((Draft("ticket.voided", "ticket", ticket(1), at),), actor="8012")
    found = rolled_up(counts(store, NOW), NOW)
    assert (found.whole.total, found.whole.late, found.unassigned) == (3, 2, 1)
    assert found.whole.oldest == NOW - 4 * 60_000
    assert late_count(store, "", NOW) == late_count(store, "8012", NOW) == 2


def test_every_grouping_adds_up_to_what_the_board_says(store: Store) -> None:
    chance = Random(7)
    for number in range(1, 120):
        area, category = chance.choice(["城东", "城西", ""]), chance.choice(["repair", "inquiry"])
        put(store, number, owner=chance.choice(["8012", "8015", ""]), area=area, category=category)
        due(store, number, chance.choice([None, -9000, -1, 100, 900, 5000]), 1000)
    found = rolled_up(counts(store, NOW), NOW)
    tables = TicketTables(store)
    assert found.whole.total == 119
    assert found.whole.late == tables.count(TicketFilter(due_before=NOW))
    for owner in ("8012", "8015"):
        (row,) = [each for each in found.groups["owner"] if each.key == owner]
        assert row.total == tables.count(TicketFilter(owner=owner))
        assert row.late == tables.count(TicketFilter(owner=owner, due_before=NOW))
        assert row.late == late_count(store, owner, NOW)
    for name in DIMENSIONS:
        rows = found.groups[name]
        assert sum(row.total for row in rows) == 119
        assert sum(row.red for row in rows) == found.whole.red
        assert len({row.key for row in rows}) == len(rows)
        for row in rows:
            first = first_due(store, name, row.key, 500)
            assert len(first) == row.total
    lates = [row.late for row in found.groups["owner"]]
    assert lates == sorted(lates, reverse=True), "what is worst comes first"
    dues = [tables.row(each) for each in first_due(store, "owner", "8012", 500)]
    known = [row.due_at for row in dues if row is not None and row.due_at is not None]
    assert known == sorted(known) and dues[-1] is not None and dues[-1].due_at is None


def test_the_badge_reads_only_what_is_late() -> None:
    with closing(sqlite3.connect(":memory:")) as db:
        migrate(db, None)
        steps = db.execute("EXPLAIN QUERY PLAN " + LATE, {"now": 1, "owner": ""}).fetchall()
        assert "ticket_due_sort (sort_at<?)" in steps[0][3]
        for query in FIRST.values():
            db.execute(query, {"key": "x", "limit": 1}).fetchall()


@pytest.mark.parametrize("width", [8, 12, 40])
def test_a_bar_shows_whatever_is_there_and_is_never_too_long(width: int) -> None:
    chance = Random(width)
    for _ in range(300):
        late, red, amber, paused, calm = (chance.choice([0, 0, 1, 3, 900]) for _ in range(5))
        total = late + red + amber + paused + calm
        row = Tally("x", total, late, red, amber, paused)
        pieces = bar(row, width, 4000)
        assert sum(cell_len(text) for text, _ in pieces) <= max(5, width)
        assert len(pieces) == sum(count > 0 for count in (late, red, amber, paused, calm))


def test_what_was_put_aside_stays_aside_when_many_are_read(store: Store) -> None:
    put(store, 1)
    put(store, 2)
    broken = Draft("ticket.set", "ticket", ticket(1), {"at": 1, "set": "no fields"})
    store.commit((broken,), actor="8012")
    assert len(store.parked()) == 1
    found = states(store, "ticket", [ticket(2), ticket(1)])
    assert found == {each: store.state("ticket", each) for each in (ticket(1), ticket(2))}
