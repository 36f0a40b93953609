"""The token bucket."""

from __future__ import annotations

import pytest

from agentdesk.telephony.ratelimit import BURST, TokenBucket


class Seconds:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_refills_at_its_rate() -> None:
    clock = Seconds()
    bucket = TokenBucket(6, clock)
    assert [bucket.take() for _ in range(6)] == [0.0] * 6
    assert bucket.take() == pytest.approx(10.0)
    clock.now += 9.5
    assert bucket.take() == pytest.approx(0.5)
    clock.now += 0.5
    assert bucket.take() == 0.0
    assert bucket.take() > 0


def test_a_long_pause_saves_up_one_burst_only() -> None:
    clock = Seconds()
    bucket = TokenBucket(600, clock)
    clock.now += 86_400
    taken = sum(bucket.take() == 0.0 for _ in range(100))
    assert taken == BURST


def test_a_rate_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="rate_per_minute"):
        TokenBucket(0)
