"""Whether memory and lag stay where they are: a look every ten seconds, first against last."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import mean, median, quantiles
from typing import Any

from msgspec import Struct

from scripts.loading.seats import Tally

EVERY_SECONDS = 10.0


class Sample(Struct, frozen=True):
    """What happened since the last one.

    Attributes:
        at: seconds since the beginning.
        rss_mib: of the server, now; 0 when it is not ours.
        lag_p50_ms, lag_p99_ms: 0 when nobody heard anything.
        events_per_s, frames_per_s: taken in, and heard by all seats together.
    """

    at: float
    rss_mib: float
    lag_p50_ms: float
    lag_p99_ms: float
    events_per_s: float
    frames_per_s: float


class Timeline:
    """Looks at a load again and again.

    Args:
        tally: what the seats saw; only grows while it is looked at.
        rss_mib: resident memory of the server.
        began: when the load began, seconds.
    """

    def __init__(self, tally: Tally, rss_mib: Callable[[], float], began: float) -> None:
        self._tally, self._rss = tally, rss_mib
        self._began = self._last = began
        self._lags = len(tally.lag)
        self._events, self._frames = tally.accepted, tally.frames
        self.samples: list[Sample] = []

    def take(self, now: float) -> None:
        """One sample; ``now`` is in seconds of the same clock as ``began``."""
        tally, elapsed = self._tally, max(now - self._last, 1e-9)
        lags = tally.lag[self._lags :]
        many = len(lags) > 1
        self.samples.append(
            Sample(
                round(now - self._began, 1),
                self._rss(),
                round(median(lags) * 1e3, 1) if lags else 0.0,
                round(quantiles(lags, n=100, method="inclusive")[98] * 1e3, 1) if many else 0.0,
                round((tally.accepted - self._events) / elapsed, 1),
                round((tally.frames - self._frames) / elapsed, 1),
            )
        )
        self._last, self._lags = now, len(tally.lag)
        self._events, self._frames = tally.accepted, tally.frames


def thirds(samples: Sequence[Sample]) -> dict[str, Any]:
    """The first third beside the last: flat when they are alike. Empty below three samples."""
    size = len(samples) // 3
    if not size:
        return {}
    return {"first": _mean(samples[:size]), "last": _mean(samples[-size:])}


def _mean(samples: Sequence[Sample]) -> dict[str, float]:
    names = [name for name in Sample.__struct_fields__ if name != "at"]
    return {name: round(mean(getattr(each, name) for each in samples), 1) for name in names}
