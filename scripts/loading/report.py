"""A load in figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median, quantiles
from typing import Any

from msgspec import to_builtins

from scripts.loading.running import Result
from scripts.loading.timeline import thirds

OUTAGE_EVENTS = 10_000 * 900
"""What 10,000 seats write in four hours, at 625 events a second."""


def describe(result: Result) -> dict[str, Any]:
    """Figures of a load; times in milliseconds, of a recovery in seconds.

    ``ok``: every event came home, every seat came in, every slow reader read everything in the
    end, and nothing was refused but for a server that asked for time.
    """
    tally = result.tally
    bad = {code: n for code, n in tally.statuses.items() if code not in (200, 429, 503)}
    lost = 0 if result.recovery else tally.lost
    found: dict[str, Any] = {
        "events_per_s": round(tally.accepted / result.seconds, 1),
        "written": tally.written,
        "accepted": tally.accepted,
        "left": result.left,
        "retried": tally.retried,
        "pushes": len(tally.push),
        "push_ms": spread(tally.push, 1e3),
        "frames_per_s": round(tally.frames / result.seconds),
        "lag_ms": spread(tally.lag, 1e3),
        "statuses": {str(code): count for code, count in sorted(tally.statuses.items())},
        "connections_lost": tally.lost,
        "behind": tally.behind,
        "opening": {"seconds": round(result.opening, 1), "absent": result.absent},
        "server": result.server,
        "load": result.client | {"late_ms": spread(result.late, 1e3)},
    }
    if result.recovery or result.missing:
        found["storm"] = {
            "down_s": round(result.down, 2),
            "recovery_s": spread(result.recovery, 1.0),
            "never": result.missing,
            "statuses": {str(code): n for code, n in sorted(result.storm_statuses.items())},
        }
    if flat := thirds(result.samples):
        found["flat"] = flat
        found["samples"] = [to_builtins(each) for each in result.samples]
    if result.holes:
        found["slow"] = {
            "readers": len(result.holes),
            "dropped": tally.dropped,
            "caught_up": result.holes.count(0),
            "events_missed": sum(result.holes),
        }
    if result.stored is not None:
        # What a seat holds still may have been stored, when only the answer was lost.
        found["not_stored"] = max(0, tally.written - result.left - result.stored)
    if result.backlog:
        found["backlog"] = drained(result)
    found["ok"] = not (
        bad
        or result.left
        or result.missing
        or lost
        or result.absent
        or any(result.holes)
        or found.get("not_stored")
    )
    return found


def drained(result: Result) -> dict[str, float]:
    """How fast a backlog came home, and how long a whole outage would take at that rate."""
    home = result.backlog if result.drained else min(result.tally.accepted, result.backlog)
    rate = home / (result.drained or result.seconds)
    return {
        "events": result.backlog,
        "seconds": round(result.drained, 1),
        "events_per_s": round(rate, 1),
        "outage_minutes": round(OUTAGE_EVENTS / rate / 60, 1) if rate else 0.0,
    }


def spread(values: Sequence[float], scale: float) -> dict[str, float]:
    """p50, p99 and the worst; empty for nothing."""
    if len(values) < 2:
        return {}
    return {
        "p50": round(median(values) * scale, 2),
        "p99": round(quantiles(values, n=100, method="inclusive")[98] * scale, 2),
        "worst": round(max(values) * scale, 2),
    }


def printed(result: Mapping[str, Any]) -> str:
    """A table."""
    lines: list[str] = []
    for name, value in result.items():
        if isinstance(value, Mapping):
            shown = "  ".join(f"{key} {each}" for key, each in value.items())
        else:
            shown = str(value)
        lines.append(f"{name:18} {shown}")
    return "\n".join(lines)
