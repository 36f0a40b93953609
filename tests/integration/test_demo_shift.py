"""The made-up shift of ``agentdesk demo``."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from agentdesk.cli import demo as command
from agentdesk.config import Config
from agentdesk.desk import demo
from agentdesk.desk.demo_calls import DAY, NOW
from agentdesk.desk.desk import Desk
from agentdesk.domain.call.meters import meters
from agentdesk.domain.call.state import Phase
from agentdesk.domain.phone import stale
from agentdesk.domain.phrases import PhraseBook
from agentdesk.locations import Locations
from agentdesk.standards.loader import load_shipped
from agentdesk.store.store import Store
from agentdesk.telephony.control import Control, write_control

ZONE = ZoneInfo("Asia/Shanghai")
AT = datetime(2026, 3, 10, 14, 30, tzinfo=ZONE)


def shift(at: datetime = AT, seed: int = demo.SEED) -> tuple[Desk, demo.MovingClock]:
    clock = demo.MovingClock(at)
    desk = demo.open_desk(Path(":memory:"), load_shipped, clock, zone=ZONE, seed=seed)
    demo.seed(desk, clock, seed=seed)
    return desk, clock


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    opened, _ = shift()
    yield opened
    opened.close()


def test_the_card_holds_a_call_whose_note_must_be_mended(desk: Desk) -> None:
    """You should see 邓女士 on the line, for the second time, and a red strip under the note."""
    snapshot = desk.snapshot()
    call = snapshot.call
    assert call is not None
    assert (call.phase, call.customer, call.upset) == (Phase.TALKING, "邓女士", True)
    assert snapshot.known is not None
    assert snapshot.known.exact
    hits = PhraseBook(snapshot.pack.phrases).check(call.values["note"])
    assert [hit.text for hit in hits] == ["这事不归我管"]
    done = {item.requirement.id for item in meters(call, snapshot.pack) if item.done}
    assert "greeting" in done
    assert "closing" not in done


def test_one_call_rings_and_has_not_gone_stale(desk: Desk) -> None:
    (ringing,) = desk.snapshot().ringing
    assert ringing.name == "韩先生"
    assert AT - ringing.offered_at == timedelta(seconds=8)
    assert not stale(ringing, AT)


def test_promises_one_late_one_nearly_due(desk: Desk) -> None:
    left = [(item.due_at - AT).total_seconds() / 60 for item in desk.snapshot().promises]
    assert len(left) == 3
    assert -12 < left[0] < -5
    assert 0 < left[1] < 5
    assert left[2] > 15


def test_the_rest_of_a_busy_shift(desk: Desk) -> None:
    snapshot = desk.snapshot()
    assert [item.customer for item in snapshot.callbacks] == ["袁先生"]
    assert {item.gaps for item in snapshot.incomplete} == {("category",), ("phone",), ("content",)}
    newest, older = snapshot.escalations
    assert (newest.level, newest.report_owed) == ("supervisor", True)
    assert (older.level, older.report_owed) == ("team_leader", False)
    assert len(desk.today()) == len(DAY) + 2
    assert snapshot.profile == demo.profile()


def test_no_number_is_a_persons(desk: Desk) -> None:
    assert {row.number[:7] for row in desk.today() if row.number} == {"1400000"}


def test_every_line_was_said_whole_and_without_a_banned_word(desk: Desk) -> None:
    book = PhraseBook(desk.snapshot().pack.phrases)
    said = [
        moment.params["text"]
        for row in desk.today()
        for moment in desk.timeline(row.id)
        if moment.kind == "call.said"
    ]
    assert len(said) > 100
    assert [text for text in said if "〔" in str(text) or book.check(str(text))] == []


def test_same_seed_and_now_same_shift_to_the_last_id(desk: Desk) -> None:
    again, _ = shift()
    other, _ = shift(seed=7)
    try:
        assert replace(again.snapshot(), checker=desk.snapshot().checker) == desk.snapshot()
        assert again.today() == desk.today()
        numbers = [[row.number for row in one.today()] for one in (again, other)]
        assert numbers[0] != numbers[1]
        customers = [[row.customer for row in one.today()] for one in (again, other)]
        assert customers[0] == customers[1]
    finally:
        again.close()
        other.close()


@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 10, 1, 0, 5, tzinfo=ZONE),  # a holiday, minutes after midnight
        datetime(2026, 3, 7, 23, 50, tzinfo=ZONE),  # a Saturday night
        datetime(2026, 3, 10, 6, 30, tzinfo=UTC),
    ],
)
@pytest.mark.parametrize("seed", [0, 1, 2, 999_999])
def test_any_hour_and_any_seed(at: datetime, seed: int) -> None:
    desk, clock = shift(at, seed)
    try:
        assert clock() == at
        snapshot = desk.snapshot()
        assert snapshot.call is not None
        assert len(snapshot.ringing) == 1
        assert len(snapshot.promises) == 3
    finally:
        desk.close()


def test_the_store_the_command_makes_is_sound(tmp_path: Path) -> None:
    places = Locations.under(tmp_path)
    places.prepare()
    clock = demo.MovingClock(AT)
    config = Config(language="en", theme="light")
    assert command.build(places, config, clock) == len(DAY) + 2
    store = Store.open(places.store_file, clock=clock)
    try:
        assert store.refold() == []
        assert len(store.open_calls()) == 2
    finally:
        store.close()


def test_the_commands_settings_keep_the_users_looks() -> None:
    mine = Config(language="en", theme="contrast", pack="F1", company="别的公司", mouse=False)
    ours = command.demo_config(mine)
    assert (ours.language, ours.theme, ours.mouse) == ("en", "contrast", False)
    assert (ours.pack, ours.company, ours.agent.no) == ("F6", demo.COMPANY, "8012")


def test_ring_reaches_the_demo_unless_a_console_is_running(tmp_path: Path) -> None:
    mine, temporary = Locations.under(tmp_path / "mine"), tmp_path / "demo"
    places = command.demo_places(temporary, mine)
    assert places.control_file == mine.control_file
    assert places.store_file.is_relative_to(temporary)
    write_control(mine.control_file, Control("http://127.0.0.1:1", "t" * 43, os.getpid()))
    assert command.demo_places(temporary, mine) == Locations.under(temporary)


def test_the_stories_do_not_overlap_in_their_order() -> None:
    starts = [story.ago for story in (*DAY, NOW)]
    assert starts == sorted(starts, reverse=True)
