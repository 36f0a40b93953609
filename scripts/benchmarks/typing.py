"""Bench typing: the notes field of an open call against a bare TextArea, key by key in turns.

Bars (design, performance): p50 ≤ 1.3 × and p99 ≤ 1.5 × the bare TextArea with the same text.
A key counts from its write to the pty until its character comes back painted. Each key is a
Chinese character that was not typed before, so nothing else on the screen can be taken for it.

    scripts/bench typing [--json] [--keys 500]
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from scripts.benchmarks.startup import CALL_SIGN, F2
from scripts.benchmarks.terminal import AGENT_NO, Terminal, console, spread_ms

BARE = """
from textual.app import App, ComposeResult
from textual.widgets import TextArea

class Bare(App):
    def compose(self) -> ComposeResult:
        yield TextArea(placeholder="painted")

Bare().run()
"""
FIRST = 0x6000  # rare enough to stand nowhere else on the screen
LINE = 20
QUIET_SECONDS = 0.02


def press(terminal: Terminal, char: str) -> float:
    """Seconds from a key to its painted cell."""
    terminal.send(char)
    seconds = terminal.wait_for(char)
    terminal.drain(QUIET_SECONDS)
    return seconds


def measure(keys: int, sign: str) -> tuple[list[float], list[float]]:
    """Seconds per key: bare, ours."""
    with tempfile.TemporaryDirectory() as home:
        opened: list[Callable[[], None]] = []
        try:
            bare = Terminal([sys.executable, "-c", BARE], {})
            opened.append(bare.close)
            desk = console(Path(home))
            opened.append(desk.close)
            bare.wait_for("painted")
            desk.wait_for(AGENT_NO)
            desk.send(F2)
            desk.wait_for(sign)
            desk.drain()
            desk.send("\x1b")  # from the first field of the card to the note
            for terminal in (bare, desk):
                terminal.drain()
            floors, ours = [], []
            for number in range(keys):
                char = chr(FIRST + number)
                floors.append(press(bare, char))
                ours.append(press(desk, char))
                if number % LINE == LINE - 1:
                    for terminal in (bare, desk):
                        terminal.send("\r")
                        terminal.drain(QUIET_SECONDS)
            return floors, ours
        finally:
            for close in opened:
                close()


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="scripts/bench typing", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--keys", type=int, default=500)
    parser.add_argument("--sign", default=CALL_SIGN, help="text that shows a call is open")
    args = parser.parse_args()
    floors, ours = (spread_ms(times) for times in measure(args.keys, args.sign))
    figures = {
        "bare_ms": floors,
        "notes_ms": ours,
        "ratio_p50": round(ours["p50"] / floors["p50"], 2),
        "ratio_p99": round(ours["p99"] / floors["p99"], 2),
        "bar_p50": 1.3,
        "bar_p99": 1.5,
    }
    if args.json:
        print(json.dumps(figures))
        return 0
    for name, figure in figures.items():
        print(f"{name:12} {figure}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
