"""Due times: how fast, and whether an independent calculator gives the same.

Every figure but the comparison is a median. ``floor_us`` is what creating, adding and comparing
two datetimes costs on this machine at this moment; the ratios to it hold when the machine is
busy, the absolute figures do not.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random

from agentdesk.domain.sla import Calendar, due
from agentdesk.domain.sla.clocks import Clock
from agentdesk.domain.sla.state import History, Pause, plan, states
from agentdesk.domain.sla.sums import explain_plan
from agentdesk.domain.sla.target import lasting
from agentdesk.domain.title import Title
from tests.unit.domain.sla import oracle

BARS = {"due_five_years_us": 1000, "states_10000_ms": 50, "disagreements": 0}

CLOCKS = 10_000
ZONES = ("Asia/Shanghai", "Europe/Berlin")
START = datetime(2026, 1, 5, 1, tzinfo=UTC)
FIVE_YEARS = timedelta(hours=9700)
"""Working hours of five years with the hours below."""


def office(zone: str) -> dict[str, object]:
    """A week with lunch breaks, and a week off each October."""
    hours = [["09:00", "12:00"], ["13:30", "18:00"]]
    off = [f"{year}-10-0{day}" for year in range(2024, 2034) for day in range(1, 8)]
    return {"timezone": zone, "hours": dict.fromkeys(oracle.DAYS[:5], hours), "holidays": off}


def median(run: Callable[[], object], rounds: int) -> float:
    """Seconds of the middle one of some rounds."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def five_years(zone: str) -> dict[str, float]:
    """Microseconds of a due time five years away: calendar just made, and used before."""
    fresh = []
    for _ in range(31):
        calendar = Calendar.from_dict(office(zone))
        fresh.append(median(partial(due, calendar, START, FIVE_YEARS), 1))
    used = median(lambda: due(calendar, START, FIVE_YEARS), 301)
    return {"new_calendar": round(statistics.median(fresh) * 1e6, 1), "used": round(used * 1e6, 1)}


def board() -> dict[str, float]:
    """Milliseconds for ten thousand open clocks, a third of them with a pause behind them."""
    random, now = Random(1), datetime(2026, 3, 20, 3, tzinfo=UTC)
    calendar = Calendar.from_dict(office("Asia/Shanghai"))
    clock = Clock(
        id="resolve",
        rule="T0-1.3-resolve-2h",
        title=Title("解决", "resolve"),
        start="ticket_created",
        stop="resolved",
        target=lasting(timedelta(hours=24)),
        calendar=calendar,
        every_hour=Calendar.round_the_clock("Asia/Shanghai"),
        pauses=("waiting_customer",),
    )
    histories = []
    for number in range(CLOCKS):
        created = now - timedelta(microseconds=random.randrange(10 * 86_400 * 10**6))
        hour = timedelta(hours=1)
        pause = Pause(created + hour, created + 2 * hour, "waiting_customer")
        marks = (("ticket_created", created),)
        histories.append(History(marks, (pause,) if number % 3 == 0 else ()))
    plans = [plan(clock, history) for history in histories]
    planned = median(lambda: [plan(clock, history) for history in histories], 7)
    stated = median(lambda: states(plans, now), 21)
    explained = median(lambda: explain_plan(plans[0], now), 301)
    return {
        "plans_10000_ms": round(planned * 1e3, 1),
        "states_10000_ms": round(stated * 1e3, 1),
        "explain_us": round(explained * 1e6, 1),
    }


def compared(cases: int) -> dict[str, float]:
    """Random cases in which engine and sweep differ; microseconds of each engine call."""
    random, differ, times = Random(20_26), 0, []
    for _ in range(cases // 20):
        spec = oracle.random_spec(random)
        calendar, swept = Calendar.from_dict(spec), oracle.Sweep(spec)
        for _ in range(20):
            start, target, pauses = oracle.random_case(random)
            begin = time.perf_counter()
            found = due(calendar, start, target, pauses)
            times.append(time.perf_counter() - begin)
            expected = swept.due(start, target, pauses)
            differ += found != expected
    cuts = statistics.quantiles(times, n=100)
    return {
        "cases": len(times),
        "disagreements": differ,
        "due_us_p50": round(cuts[49] * 1e6, 1),
        "due_us_p99": round(cuts[98] * 1e6, 1),
    }


def floor() -> float:
    """Microseconds of the least a due time could cost: three operations with datetimes."""

    def run() -> None:
        for _ in range(1000):
            _ = START + timedelta(0, 3600) > START

    return median(run, 31) * 1e3


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="scripts/bench sla", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--cases", type=int, default=10_000)
    args = parser.parse_args()
    figures: dict[str, object] = {"floor_us": round(floor(), 3)}
    for zone in ZONES:
        figures[f"five_years_us {zone}"] = five_years(zone)
    figures["board"] = board()
    figures["compared"] = compared(args.cases)
    figures["bars"] = BARS
    if args.json:
        print(json.dumps(figures))
        return 0
    for name, figure in figures.items():
        print(f"{name:28} {figure}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
