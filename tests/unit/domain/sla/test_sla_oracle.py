"""The engine against calculators made differently, on random calendars."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

from agentdesk.domain.sla import Calendar, due
from tests.unit.domain.sla import oracle

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


def test_the_engine_agrees_with_a_sweep_over_all_changes() -> None:
    random = Random(4)
    for _ in range(25):
        spec = oracle.random_spec(random)
        calendar, swept = Calendar.from_dict(spec), oracle.Sweep(spec)
        for _ in range(12):
            start, target, pauses = oracle.random_case(random)
            assert due(calendar, start, target, pauses) == swept.due(start, target, pauses)


def test_the_engine_agrees_with_a_walk_by_the_minute() -> None:
    random = Random(5)
    for _ in range(12):
        spec = oracle.random_spec(random, ("Asia/Shanghai", "UTC"))
        start = NEW_YEAR + timedelta(minutes=random.randrange(300 * 1440))
        minutes = random.randrange(1, 1500)
        pauses = oracle.random_pauses(random, start, timedelta(minutes=1))
        expected = oracle.walk(spec, start, minutes, pauses, 40)
        found = due(Calendar.from_dict(spec), start, timedelta(minutes=minutes), pauses)
        if found is None or found <= start + timedelta(days=40):
            assert found == expected
