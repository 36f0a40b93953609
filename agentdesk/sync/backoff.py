"""How long to wait after a failure: at random, so that ten thousand seats do not come at once."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

FIRST = 1.0
MOST = 60.0
LONGEST_ASKED = 600.0
"""Most seconds a server may ask a seat to stay away."""


class Backoff:
    """Waiting times with full jitter; they grow with every failure in a row.

    The wait ends by itself: nothing else has to happen for the next attempt.

    Args:
        rng: randomness.
        first, most: seconds; the bound of the first wait and of every later one.
    """

    def __init__(self, rng: Random, first: float = FIRST, most: float = MOST) -> None:
        self._rng, self._first, self._most = rng, first, most
        self.failures = 0

    def fail(self, retry_after: float = 0.0) -> float:
        """Seconds to wait after another failure.

        Args:
            retry_after: what the server asked for; never less than that, within reason.
        """
        bound = min(self._most, self._first * 2.0 ** min(self.failures, 30))
        self.failures += 1
        asked = min(max(0.0, retry_after), LONGEST_ASKED)
        return asked + self._rng.uniform(0.0, bound)

    def succeed(self) -> None:
        """Begin anew."""
        self.failures = 0


class Pacer:
    """Keeps below what a server takes of one seat: two seconds' worth at once, then steadily.

    Args:
        monotonic: seconds that never go back.

    Attributes:
        rate: requests a second.
    """

    def __init__(self, monotonic: Callable[[], float], rate: float = 10.0) -> None:
        self._monotonic = monotonic
        self.rate = rate
        self._spent = 0.0
        self._at = monotonic()

    def wait(self) -> float:
        """Seconds until another request fits, 0 for now."""
        now = self._monotonic()
        self._spent = max(0.0, self._spent - (now - self._at) * self.rate)
        self._at = now
        over = self._spent + 1 - 2 * self.rate
        return over / self.rate if over > 1e-6 else 0.0

    def take(self) -> None:
        """A request is made."""
        self.wait()
        self._spent += 1
