"""Bench opening: every screen and dialog the first time after a start, in many starts.

Bar (design, performance): opening any screen ≤ 100 ms p95 with 100,000 orders in the store. A
time counts from the key's write to the pty until what stands last in the place comes back
painted. Every start opens each place once, a different one first, so that none always finds
what another one has loaded. ``--settled 0`` opens them before anything was made ready.

    scripts/bench opening [--json] [--starts 9] [--orders 10000] [--closed 90000] [--settled 9]
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from statistics import median, quantiles
from time import sleep
from typing import NamedTuple

from agentdesk.config import Config
from agentdesk.locations import Locations
from scripts.benchmarks.board import CLAUSE, FIRST, env_of, fill
from scripts.benchmarks.terminal import AGENT_NO, Terminal

ESCAPE = "\x1b"
QUIET_SECONDS = 0.6
"""Longer than the place's later paints take."""
SETTLED_SECONDS = 9.0
"""From the start until all that is made ready ahead is ready."""


class Opening(NamedTuple):
    """A place and how one gets there.

    Attributes:
        key: opens it.
        wanted: stands there and nowhere before.
        way: screens that are opened before, each with what it shows.
    """

    key: str
    wanted: str
    way: tuple[str, ...] = ()


PLACES: Mapping[str, Opening] = {
    "board": Opening("2", chr(FIRST)),
    "standards": Opening("8", CLAUSE),
    "settings": Opening("9", "改动立即生效"),
    "palette": Opening("\x10", "输入名称"),
    "help": Opening("\x1bOP", "输入可搜索"),
    "sync": Opening("\x1b[17;5~", "复制"),
    "roll-up": Opening("L", "全部列出", ("board",)),
    "new order": Opening("n", "最后一项保存", ("board",)),
    "order acts": Opening("x", "数字直接选", ("board",)),
    "views": Opening("V", "看哪个列表", ("board",)),
    "compare": Opening("v", "对比：", ("standards",)),
}
"""What is opened from the call screen, or from one of the others."""


def first_times(home: Path, names: Iterable[str], settled: float) -> dict[str, float]:
    """Seconds to each place, the first time in one console."""
    found: dict[str, float] = {}
    desk = Terminal([sys.executable, "-m", "agentdesk"], env_of(home))
    try:
        desk.wait_for(AGENT_NO)
        sleep(settled)
        desk.drain()
        for name in names:
            place = PLACES[name]
            for before in place.way:
                seconds = _press(desk, PLACES[before])
                found.setdefault(before, seconds)
            seconds = _press(desk, place)
            found.setdefault(name, seconds)
            desk.send(ESCAPE)
            desk.drain()
            desk.send("1")
            desk.drain()
        return found
    finally:
        desk.close()


def _press(desk: Terminal, place: Opening) -> float:
    desk.send(place.key)
    seconds = desk.wait_for(place.wanted)
    desk.drain(QUIET_SECONDS)
    return seconds


def measure(home: Path, starts: int, settled: float) -> dict[str, dict[str, float]]:
    """Milliseconds to every place over so many starts."""
    names = list(PLACES)
    times: dict[str, list[float]] = {name: [] for name in names}
    for start in range(starts):
        at = start * len(names) // starts
        for name, seconds in first_times(home, names[at:] + names[:at], settled).items():
            times[name].append(seconds)
    return {name: _spread(seconds) for name, seconds in times.items()}


def _spread(seconds: list[float]) -> dict[str, float]:
    cut = quantiles(seconds, n=20, method="inclusive")[18] if len(seconds) > 1 else seconds[0]
    return {"p50": round(median(seconds) * 1e3, 1), "p95": round(cut * 1e3, 1)}


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="scripts/bench opening", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--starts", type=int, default=9)
    parser.add_argument("--orders", type=int, default=10_000)
    parser.add_argument("--closed", type=int, default=90_000)
    parser.add_argument("--settled", type=float, default=SETTLED_SECONDS)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        places = Locations.find({"HOME": name, "XDG_RUNTIME_DIR": str(home / "run")})
        fill(places, Config(pack="C5", language="zh-CN"), args.orders, args.closed)
        figures: dict[str, object] = dict(measure(home, args.starts, args.settled))
    figures["bar_p95_ms"] = 100.0
    if args.json:
        print(json.dumps(figures, ensure_ascii=False))
        return 0
    for key, figure in figures.items():
        print(f"{key:12} {figure}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
