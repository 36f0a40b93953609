"""Ids rise, stamps rise, whatever the clock does."""

from __future__ import annotations

import random
import uuid
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentdesk.domain.events import Stamp
from agentdesk.domain.hlc import tick, wall
from agentdesk.domain.ids import Ids

moments = st.integers(min_value=-(2**70), max_value=2**70)


@given(st.lists(moments, min_size=2, max_size=50))
def test_ids_rise_and_are_uuid7_whatever_the_clock_says(clock: list[int]) -> None:
    times = iter(clock)
    ids = Ids(lambda: next(times), random.Random(1).getrandbits)
    made = [ids() for _ in clock]
    assert made == sorted(set(made))
    for text in made:
        held = uuid.UUID(text)
        assert (held.version, held.variant, len(text)) == (7, uuid.RFC_4122, 32)


def test_an_id_carries_its_millisecond() -> None:
    assert Ids(lambda: 1_795_323_718_039, lambda bits: 0)()[:12] == f"{1_795_323_718_039:012x}"


def test_a_millisecond_that_runs_out_of_ids_borrows_from_the_next() -> None:
    ids = Ids(lambda: 1000, lambda bits: (1 << bits) - 1)
    made = [ids()]
    # Set the random part to its last value: the next step has no room left.
    ids._random = (1 << 74) - 1
    made.append(ids())
    assert made[0] < made[1]
    assert int(made[1][:12], 16) == 1001


@given(st.integers(0, 2**62), moments)
def test_a_stamp_is_greater_than_the_last_at_any_wall_time(last: int, now: int) -> None:
    stamp = tick(Stamp(last), now)
    assert stamp > last
    assert -(2**63) <= stamp < 2**63
    assert wall(stamp).tzinfo is not None


def test_more_stamps_than_a_millisecond_counts_run_into_the_next() -> None:
    stamp = tick(Stamp(0), 5)
    for _ in range(70_000):
        stamp = tick(stamp, 5)
    assert stamp == (5 << 16) + 70_000
    assert tick(stamp, 7) == 7 << 16


@pytest.mark.parametrize(
    "moment",
    [
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(2026, 3, 2, 9, 0, 0, 123000, tzinfo=UTC),
        datetime(2106, 2, 7, 6, 28, 16, tzinfo=UTC),
    ],
)
def test_wall_gives_the_moment_back(moment: datetime) -> None:
    assert wall(tick(Stamp(0), round(moment.timestamp() * 1000))) in (moment, wall(Stamp(1)))
