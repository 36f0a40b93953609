"""Bench the start of the console against a minimal Textual app, in turns, through a pty.

Bars (design, performance): first paint of the call screen ≤ 2.0 × minimal; usable (store open,
a typed key handled and kept) ≤ 2.6 ×. The console is usable when F2, sent as soon as it has
painted, shows the new call: that act is shown only after its transaction has been committed.

    scripts/bench startup [--json] [--rounds 9]
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

from scripts.benchmarks.terminal import AGENT_NO, Terminal, console

MINIMAL = """
from textual.app import App, ComposeResult
from textual.widgets import Static

class Minimal(App):
    def compose(self) -> ComposeResult:
        yield Static("painted")

Minimal().run()
"""
F2 = "\x1bOQ"
PAINTED = "设置"
"""Stands in the row of screens, which the first paint brings; the header waits for the store."""

CALL_SIGN = "通话中"
"""What the screen shows once a call is open."""


def minimal() -> float:
    """Seconds to the first paint of a minimal app."""
    terminal = Terminal([sys.executable, "-c", MINIMAL], {})
    try:
        terminal.wait_for("painted")
        return perf_counter() - terminal.started
    finally:
        terminal.close()


def ours(sign: str) -> tuple[float, float]:
    """Seconds to the console's first paint, and until it has handled and kept a key."""
    with tempfile.TemporaryDirectory() as home:
        terminal = console(Path(home))
        try:
            terminal.wait_for(PAINTED)
            painted = perf_counter() - terminal.started
            terminal.wait_for(AGENT_NO)
            terminal.send(F2)
            terminal.wait_for(sign)
            return painted, perf_counter() - terminal.started
        finally:
            terminal.close()


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="scripts/bench startup", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--sign", default=CALL_SIGN, help="text that shows a call is open")
    args = parser.parse_args()
    minimal()  # byte code and file cache
    ours(args.sign)
    floors, painted, usable = [], [], []
    for _ in range(args.rounds):
        floors.append(minimal())
        first, second = ours(args.sign)
        painted.append(first)
        usable.append(second)
    floor = median(floors)
    figures = {
        "minimal_ms": round(floor * 1e3),
        "first_paint_ms": round(median(painted) * 1e3),
        "usable_ms": round(median(usable) * 1e3),
        "ratio_first_paint": round(median(painted) / floor, 2),
        "ratio_usable": round(median(usable) / floor, 2),
        "bar_first_paint": 2.0,
        "bar_usable": 2.6,
    }
    if args.json:
        print(json.dumps(figures))
        return 0
    for name, figure in figures.items():
        print(f"{name:20} {figure}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
