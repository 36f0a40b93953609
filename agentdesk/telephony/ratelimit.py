"""A token bucket: so many requests a minute, a few of them at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

BURST = 20
"""Requests that may come at once after a pause; one call needs about five."""


class TokenBucket:
    """Counts requests; safe to share between threads.

    Args:
        rate_per_minute: requests accepted in a minute in the long run, at least 1.
        clock: seconds that never go back.
    """

    def __init__(self, rate_per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        if rate_per_minute < 1:
            raise ValueError("rate_per_minute must be at least 1")
        self._per_second = rate_per_minute / 60
        self._size = float(min(rate_per_minute, BURST))
        self._held = self._size
        self._clock = clock
        self._at = clock()
        self._lock = threading.Lock()

    def take(self) -> float:
        """Take one request.

        Returns:
            0 when it may go on, else the seconds until the next one may.
        """
        with self._lock:
            now = self._clock()
            self._held = min(self._size, self._held + (now - self._at) * self._per_second)
            self._at = now
            if self._held >= 1:
                self._held -= 1
                return 0.0
            return (1 - self._held) / self._per_second
