"""The hybrid logical clock: order that survives a wrong wall clock.

A stamp is ``milliseconds << 16 | counter``. It follows the wall clock when that moves
forward and counts on when it stands still or goes back. It never refuses: a seat with a
broken clock keeps working (drift guards that block writing lose data).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from agentdesk.domain.events import Stamp

_SHIFT = 16
_MS_MAX = (1 << 47) - 1  # the year 6429: a stamp still fits SQLite's signed 64 bits
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def tick(last: Stamp, now_ms: int) -> Stamp:
    """The stamp after ``last`` at wall time ``now_ms`` (milliseconds since 1970).

    Always greater than ``last``. More than 65,535 events in a millisecond run into the
    next one, which is harmless: stamps order, they do not tell the time.
    """
    now = min(max(now_ms, 0), _MS_MAX)
    return Stamp(max(last + 1, now << _SHIFT))


def wall(stamp: Stamp) -> datetime:
    """The wall time a stamp was taken at, in UTC, to the millisecond."""
    return _EPOCH + timedelta(milliseconds=min(max(stamp >> _SHIFT, 0), _MS_MAX))
