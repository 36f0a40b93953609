"""A small load on a real server: the generator and the server agree about what happened."""

from __future__ import annotations

import asyncio
from pathlib import Path

from scripts.loading.report import describe
from scripts.loading.running import Load, Plan, Result
from scripts.loading.serving import Serving, enrol


def load(folder: Path, plan: Plan) -> Result:
    data = folder / "data"
    data.mkdir()
    url = f"sqlite:///{data / 'server.sqlite3'}"
    places = enrol(url, plan.seats, 3)
    serving = Serving(url, folder)
    try:
        result = asyncio.run(Load(plan, serving.address, places, serving).run())
        result.stored = serving.stored()
    finally:
        serving.stop()
    return result


def test_work_backlog_and_a_slow_reader(tmp_path: Path) -> None:
    plan = Plan(6, 60.0, 2.0, seed=1, watch=2, slow=1, backlog=30, holders=2)
    result = load(tmp_path, plan)
    found = describe(result)
    assert found["ok"], found
    assert result.holes == [0]
    assert result.backlog >= 60 and result.drained > 0
    assert result.stored == result.tally.written == result.tally.accepted > 8000
    # Each event went to the three seats of its team, but for what a slow reader pulled instead.
    assert result.tally.frames >= 2 * result.tally.written


def test_a_restart_on_the_first_day(tmp_path: Path) -> None:
    result = load(tmp_path, Plan(6, 30.0, 2.0, seed=1, watch=1, storm=True, first_day=True))
    found = describe(result)
    assert found["ok"], found
    assert len(result.recovery) == 6 and found["storm"]["never"] == 0
    assert result.stored == result.tally.written > 6
