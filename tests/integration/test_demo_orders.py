"""The work orders of ``agentdesk demo``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from agentdesk.cli import demo as command
from agentdesk.config import Config
from agentdesk.desk import demo, demo_day_orders, demo_orders
from agentdesk.desk.desk import Desk
from agentdesk.desk.ticket_views import Page
from agentdesk.domain.moments import from_ms, to_ms
from agentdesk.domain.phrases import PhraseBook
from agentdesk.domain.ticket.state import TicketState
from agentdesk.locations import Locations
from agentdesk.standards.loader import PackRegistry, load_shipped
from agentdesk.store.rows import TicketFilter, TicketRow
from agentdesk.tui.main import open_desk

ZONE = ZoneInfo("Asia/Shanghai")
AT = datetime(2026, 3, 10, 14, 30, tzinfo=ZONE)
ALL = TicketFilter(states=tuple(state.value for state in TicketState))


def lived(at: datetime = AT, seed: int = demo.SEED) -> Desk:
    clock = demo.MovingClock(at)
    desk = demo.open_desk(Path(":memory:"), load_shipped, clock, zone=ZONE, seed=seed)
    demo.seed(desk, clock, seed=seed)
    demo_orders.tell(desk, clock, demo_day_orders.matters(seed))
    demo_orders.noticed(desk, clock)
    assert clock() == at
    return desk


def board(desk: Desk, wanted: TicketFilter = ALL) -> Page:
    desk.tickets.ready()
    return desk.tickets.board(wanted)


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    opened = lived()
    yield opened
    opened.close()


def left(row: TicketRow) -> float:
    """Minutes until it is due."""
    return (row.due_at - to_ms(AT)) / 60_000 if row.due_at is not None else float("inf")


def test_matters_in_every_state(desk: Desk) -> None:
    rows = board(desk).rows
    states = [row.state for row in rows]
    assert len(rows) == 31
    assert {state: states.count(state) for state in sorted(set(states))} == {
        "closed": 5,
        "dispatched": 9,
        "new": 1,
        "resolved": 4,
        "waiting": 3,
        "working": 9,
    }
    assert sum(bool(row.correcting) for row in rows) == 1
    assert {row.owner for row in rows} == {"8012", "8015", "8020"}


def test_late_nearly_late_running_and_paused(desk: Desk) -> None:
    rows = board(desk).rows
    minutes = sorted(left(row) for row in rows if row.due_at is not None)
    assert sum(value < 0 for value in minutes) == 4
    assert sum(0 < value <= 6 for value in minutes) == 3  # the last fifth of half an hour
    assert sum(value > 6 for value in minutes) == 7
    assert sum(bool(row.paused) for row in rows) == 3
    assert len(desk.tickets.overdue()) == 4


def test_what_is_late_was_told_and_the_next_news_comes_soon(desk: Desk) -> None:
    ticked = desk.tickets.tick()
    assert ticked.alarms == ()
    assert ticked.next_at is not None
    assert 0 < (ticked.next_at - AT).total_seconds() < 180
    late = [row for row in board(desk).rows if left(row) < 0]
    assert all(row.breaches for row in late)


def test_no_number_is_a_persons_and_no_word_is_banned(desk: Desk) -> None:
    rows = board(desk).rows
    assert {row.number[:7] for row in rows} == {"1400001"}
    assert len({row.number for row in rows}) == len(rows)
    book = PhraseBook(desk.snapshot().pack.phrases)
    said = [row.summary for row in rows]
    said += [
        text
        for row in rows
        for moment in desk.tickets.timeline(row.id)
        for text in moment.params.values()
        if isinstance(text, str)
    ]
    assert len(said) > 150
    assert [text for text in said if book.check(text)] == []


def test_same_seed_and_now_same_orders_to_the_last_id(desk: Desk) -> None:
    again, other = lived(), lived(seed=7)
    try:
        assert board(again).rows == board(desk).rows
        numbers = [{row.number for row in board(one).rows} for one in (again, other)]
        assert numbers[0] != numbers[1]
        summaries = [{row.summary for row in board(one).rows} for one in (again, other)]
        assert summaries[0] == summaries[1]
    finally:
        again.close()
        other.close()


@pytest.mark.parametrize("seed", [0, 1, 999_999])
@pytest.mark.parametrize(
    "at", [datetime(2026, 10, 1, 0, 5, tzinfo=ZONE), datetime(2026, 3, 7, 23, 50, tzinfo=ZONE)]
)
def test_any_hour_and_any_seed(at: datetime, seed: int) -> None:
    desk = lived(at, seed)
    try:
        assert len(board(desk).rows) == len(demo_day_orders.matters(seed))
        assert sum(1 for row in board(desk).rows if row.breaches) == 4
    finally:
        desk.close()


def test_the_console_finds_them_as_they_were_told(tmp_path: Path) -> None:
    """The console reckons by the centre's settings; these limits do not depend on them."""
    places = Locations.under(tmp_path)
    places.prepare()
    clock = demo.MovingClock(AT)
    config = Config(pack="F6")
    command.build(places, config, clock)
    desk = open_desk(config, places, lambda: PackRegistry(None), clock=clock)
    try:
        rows = board(desk).rows
        assert len(rows) == 31
        assert sum(left(row) < 0 for row in rows) == 4
        assert desk.tickets.tick().alarms == ()
        assert max(from_ms(row.created_at) for row in rows) < AT
        assert desk.snapshot().call is not None
    finally:
        desk.close()
