"""Timers of a call: ring, hold, silence, promise, talk, wrap-up.

Each is computed from instants, never counted down, so a late tick or a restart shows the
right figure.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum

from msgspec import Struct
from msgspec.structs import replace

from agentdesk.domain.call.state import Call, Phase
from agentdesk.domain.pack import CallClock, Pack


class Level(Enum):
    """How a clock stands; shown as colour, glyph and word."""

    IDLE = "idle"
    RUNNING = "running"
    WARN = "warn"
    OVER = "over"
    DONE = "done"


class Timer(Struct, frozen=True):
    """One clock now.

    Attributes:
        elapsed: time since its start (None: not started).
        late: whether it ran past its limit, now or in the end.
    """

    clock: CallClock
    level: Level
    elapsed: timedelta | None
    late: bool = False

    @property
    def remaining(self) -> timedelta:
        """Time left; negative when over."""
        return timedelta(seconds=self.clock.limit_seconds) - (self.elapsed or timedelta())


def over(elapsed: timedelta, limit_seconds: float) -> bool:
    """Whether a limit is used up; at the limit itself it is."""
    return elapsed.total_seconds() >= limit_seconds


def level_of(elapsed: timedelta, limit_seconds: float, warn_seconds: float) -> Level:
    """The level of a running clock; at the limit itself it is over."""
    if over(elapsed, limit_seconds):
        return Level.OVER
    return Level.WARN if over(elapsed, warn_seconds) else Level.RUNNING


def timers(call: Call, pack: Pack, now: datetime) -> tuple[Timer, ...]:
    """Every clock the pack has for a call, in the pack's order; promises are apart."""
    return tuple(_timer(clock, call, now) for clock in pack.clocks if clock.id != "promise")


def _timer(clock: CallClock, call: Call, now: datetime) -> Timer:
    start, stop = _span(clock.id, call)
    if start is None:
        if clock.id == "hold" and call.last_hold is not None:
            return _finished(clock, call.last_hold)
        return Timer(clock, Level.IDLE, None)
    if stop is not None:
        return _finished(clock, max(timedelta(), stop - start))
    elapsed = max(timedelta(), now - start)
    level = level_of(elapsed, clock.limit_seconds, clock.warn_seconds)
    return Timer(clock, level, elapsed, level is Level.OVER)


def _finished(clock: CallClock, elapsed: timedelta) -> Timer:
    return Timer(clock, Level.DONE, elapsed, over(elapsed, clock.limit_seconds))


def _span(clock_id: str, call: Call) -> tuple[datetime | None, datetime | None]:
    """Start and stop of a clock of the call."""
    if clock_id == "ring":
        inbound = call.direction == "inbound"
        return (call.offered_at if inbound else None), call.answered_at or call.ended_at
    if clock_id == "hold":
        return call.held_since, None
    if clock_id == "silence":
        return (call.silent_since if call.phase is Phase.TALKING else None), None
    if clock_id == "talk":
        return call.answered_at, call.ended_at
    if clock_id == "wrap_up":
        return (call.ended_at if call.answered_at else None), call.closed_at
    return None, None


def answered_late(call: Call, pack: Pack) -> bool:
    """Whether the ring limit had passed when the call was answered (F6-4.3-slow-answer)."""
    clock = pack.clock("ring")
    if clock is None or call.answered_at is None or call.direction != "inbound":
        return False
    return over(call.answered_at - call.offered_at, clock.limit_seconds)


def long_hold(call: Call, pack: Pack) -> bool:
    """Whether the last hold ran past the standard's limit (F6-4.4-hold-2min)."""
    clock = pack.clock("hold")
    if clock is None or call.last_hold is None:
        return False
    return over(call.last_hold, clock.limit_seconds)


def with_ring_length(pack: Pack, seconds_per_ring: int) -> Pack:
    """The pack with limits counted in rings turned into seconds.

    A ring's length is a setting of the centre's telephone, not of the standard.
    """
    if all(clock.rings is None for clock in pack.clocks):
        return pack
    return replace(pack, clocks=tuple(_in_seconds(c, seconds_per_ring) for c in pack.clocks))


def _in_seconds(clock: CallClock, seconds_per_ring: int) -> CallClock:
    if clock.rings is None:
        return clock
    limit = clock.rings * seconds_per_ring
    warn = round(limit * clock.warn_seconds / clock.limit_seconds)
    return replace(clock, limit_seconds=limit, warn_seconds=min(warn, limit))
