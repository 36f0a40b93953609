"""kill -9 in the middle of a call: nothing done or typed is lost, and the desk opens there.

``AGENTDESK_TORTURE=100`` runs so many rounds instead of the few of every day.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from agentdesk.desk.desk import Desk
from agentdesk.desk.snapshot import Profile, Snapshot
from agentdesk.domain.call.state import Phase
from agentdesk.domain.events import EntityId
from agentdesk.domain.ids import Ids
from agentdesk.domain.moments import to_ms
from agentdesk.standards.loader import load_shipped
from agentdesk.store import Store

CHILD = Path(__file__).with_name("call_child.py")
ROUNDS = int(os.environ.get("AGENTDESK_TORTURE", "12"))
SEED = 20260310
STEPS = 75
"""About as many lines as one whole call prints."""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")


@dataclass
class Told:
    """What a child said before it was killed, over all rounds."""

    events: set[str] = field(default_factory=set)
    steps: dict[str, int] = field(default_factory=dict)
    call: str = ""
    typed: dict[str, Any] = field(default_factory=dict)
    last: str = ""

    def hear(self, line: str) -> None:
        step, _, text = line.partition(" ")
        known = json.loads(text)
        self.steps[step] = self.steps.get(step, 0) + 1
        self.last = step
        self.events |= set(known.get("events", ()))
        if step == "ready":
            self.call, self.typed = "", {}
        elif step == "typed":
            self.typed = known
        else:
            self.call = known["call"]
        if step == "close":
            self.typed = {}


def run_and_kill(path: Path, seed: int, lines: int, microseconds: float) -> list[str]:
    """Whole lines the child wrote before its end."""
    process = subprocess.Popen(
        [sys.executable, str(CHILD), str(path), str(seed)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    said = [process.stdout.readline() for _ in range(lines)]
    until = perf_counter() + microseconds / 1e6
    while perf_counter() < until:
        pass  # a moment somewhere inside the next act
    process.kill()
    rest, errors = process.communicate()
    assert process.returncode == -9, errors
    return [line for line in (*said, *rest.splitlines()) if line]


def now() -> datetime:
    return datetime.now(UTC)


def reopened(path: Path) -> tuple[Desk, Store]:
    ids = Ids(lambda: to_ms(now()), random.Random().getrandbits)
    store = Store.open(path, clock=now, new_id=ids)
    seat = Profile("8012", "李敏", "示例速运", "F6", "zh-CN", "")
    zone = ZoneInfo("Asia/Shanghai")
    return Desk(store, load_shipped, clock=now, new_id=ids, zone=zone, defaults=seat), store


def check_card(told: Told, snapshot: Snapshot, store: Store, where: str) -> None:
    """The call, its typing, focus and cursor are where they were acknowledged."""
    if told.last in ("ready", "offer", "close"):
        return  # no card, or one that the killed step was just opening
    if told.last == "end" and store.state("call", EntityId(told.call)).first("call.closed"):
        return  # the close itself was stored, its acknowledgement was not
    assert snapshot.call is not None and snapshot.call.id == told.call, where
    assert snapshot.call.phase in (Phase.TALKING, Phase.HELD, Phase.WRAP_UP), where
    if not told.typed:
        return
    typing = snapshot.typing
    assert typing is not None, where
    note = told.typed["values"]["note"]
    assert typing.values["note"].startswith(note), where
    extra = len(typing.values["note"]) - len(note)
    assert extra <= 1, f"{where}: more was kept than one unacknowledged step"
    assert {**typing.values, "note": note} == told.typed["values"], where
    assert typing.focus == "note", where
    if extra == 0:
        assert list(typing.cursor) == told.typed["cursor"], where


def test_a_call_survives_kill_9_at_any_moment(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite3"
    chance = random.Random(SEED)
    told = Told()
    on_card = 0
    for turn in range(ROUNDS):
        where = f"seed {SEED}, round {turn}"
        lines = run_and_kill(path, turn, chance.randint(1, STEPS), chance.uniform(0, 4000))
        assert lines[0].startswith("ready"), f"{where}: {lines[:2]}"
        for line in lines:
            told.hear(line)
        desk, store = reopened(path)
        with closing(desk):
            assert store.quick_check() == [], where
            assert store.refold() == [], where
            assert store.audit() == [], where
            assert store.parked() == [], where
            kept = {row[0].hex() for row in store.connection.execute("SELECT id FROM event")}
            assert told.events <= kept, where
            check_card(told, desk.snapshot(), store, where)
            on_card += desk.snapshot().call is not None
    assert told.steps["ready"] == ROUNDS
    assert len(told.events) > ROUNDS and on_card > ROUNDS // 3
    print(f"{ROUNDS} kills, {sum(told.steps.values())} steps, {len(told.events)} events")
    print(f"typed {told.steps.get('typed', 0)}, opened on a card {on_card}: {told.steps}")
