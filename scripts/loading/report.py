"""A load in figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median, quantiles
from typing import Any

from scripts.loading.running import Result


def describe(result: Result) -> dict[str, Any]:
    """Figures of a load; times in milliseconds, of a recovery in seconds.

    ``ok``: every event came home, and nothing was refused but for a server that asked for time.
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
    found["ok"] = not (bad or result.left or result.missing or lost)
    return found


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
