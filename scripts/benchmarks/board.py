"""Bench board: moving among live orders, the tick, the idle load, opening and searching.

Bars (design, performance): moving p50 ≤ 1.3 × a bare Line-API list of the same rows, tick
≤ 1 ms, ≤ 3 % CPU idle, opening any screen, the board in groups too, ≤ 100 ms p95, searching
≤ 50 ms p95. A key counts from its write to the pty until what it leads to comes back painted:
the title of a row (each has a character of its own), the first clause of the standard in force,
of a search its result, of the groups a heading. Closed orders are searched for what none of
them holds, which reads them all.

    scripts/bench board [--json] [--keys 200] [--orders 10000] [--closed 0] [--starts 3]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter, sleep

from agentdesk.config import Config
from agentdesk.desk.demo import MovingClock
from agentdesk.desk.desk import Desk
from agentdesk.desk.snapshot import Profile
from agentdesk.desk.worker import InlineWorker
from agentdesk.domain.events import Draft, EntityId
from agentdesk.domain.moments import to_ms
from agentdesk.locations import Locations
from agentdesk.standards.loader import PackRegistry
from agentdesk.tui.main import fresh_ids, make_app, open_desk
from agentdesk.tui.screens.board import Board
from scripts.benchmarks.terminal import AGENT_NO, Terminal, spread_ms

FIRST = 0x6000  # rare enough to stand nowhere else on the screen
QUIET_SECONDS = 0.03
SIZE = (120, 36)
BATCH = 500
IDLE_SECONDS = 10.0
SETTLED_SECONDS = 6.0
"""From the start until the first look at the clocks and the loading ahead lie behind it."""
CLAUSE = "C5-"
"""Stands before every clause of the standard in force, and nowhere on the board."""
GROUP = "▾"
"""Stands before the heading of a group, and nowhere on the plain board."""
RESULT = "   / "
"""Stands before the words of a search once they were looked for."""
SEARCHES = ("zzqxvkj", "999777", "qwert")
BARE = f"""
from rich.segment import Segment
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.strip import Strip
from textual.widget import Widget

class Rows(Widget, can_focus=True):
    BINDINGS = [Binding("j", "down")]
    at = top = 0

    def action_down(self):
        self.at += 1
        self.top = max(self.top, self.at - self.size.height + 1)
        self.refresh()

    def render_line(self, y):
        row = self.top + y
        mark = ">" if row == self.at else " "
        title = chr({FIRST} + row % 8000)
        text = f"{{mark}} 正常  1:20:00 00ab01 王女士  投诉 金卡  {{title}} 第 {{row}} 件  painted"
        return Strip([Segment(text)]).extend_cell_length(self.size.width).crop(0, self.size.width)

class Bare(App):
    def compose(self) -> ComposeResult:
        yield Rows()

    def on_mount(self):
        self.query_one(Rows).focus()

Bare().run()
"""


def drafts(count: int, closed: int, now: datetime, ids: Iterator[EntityId]) -> Iterator[Draft]:
    """Events of ``count`` orders that are due one after another, and of ``closed`` ones."""
    values = {"category": "complaint", "tier": "gold", "network": "mobile", "severity": ""}
    for number in range(count + closed):
        entity = next(ids)
        # Due within a day: every row in sight counts down.
        at = to_ms(now - timedelta(hours=23, minutes=30) + timedelta(seconds=number * 5))
        body = {"at": at, "owner": AGENT_NO, "call": "", "pack": "C5", "values": values}
        yield Draft("ticket.opened", "ticket", entity, body)
        title = f"{chr(FIRST + number % 8000)} 第 {number} 件"
        named = {"summary": title, "surname": "王", "title": "女士", "number": "14000000021"}
        yield Draft("ticket.set", "ticket", entity, {"at": at, "set": named})
        yield Draft("ticket.responded", "ticket", entity, {"at": at, "text": ""})
        if number >= count:
            yield Draft("ticket.resolved", "ticket", entity, {"at": at, "result": "好"})
            yield Draft("ticket.told", "ticket", entity, {"at": at, "how": "", "text": ""})
            closing = {"at": at, "missing": [], "reason": ""}
            yield Draft("ticket.closed", "ticket", entity, closing)


def fill(places: Locations, config: Config, orders: int, closed: int) -> None:
    """A store with orders of this seat, their due times reckoned and their warnings told."""
    now = datetime.now(UTC)
    desk = open_desk(config, places, lambda: PackRegistry(None))
    desk.set_profile(Profile(AGENT_NO, "", "示例", "C5", "zh-CN"))
    new_id = fresh_ids(lambda: now)
    ids = (EntityId(new_id()) for _ in iter(int, 1))
    waiting: list[Draft] = []
    for draft in drafts(orders, closed, now, ids):
        waiting.append(draft)
        if len(waiting) >= BATCH and draft.kind != "ticket.opened":
            desk._store.commit(tuple(waiting), actor=AGENT_NO)
            waiting.clear()
    desk._store.commit(tuple(waiting), actor=AGENT_NO)
    desk.tickets.ready()
    settle(desk)
    desk.close()


def settle(desk: Desk) -> None:
    """Let every clock tell what it has to, so that nothing is told while it is measured."""
    while True:
        ticked = desk.tickets.tick()
        if ticked.next_at is None or ticked.next_at > datetime.now(UTC):
            return


def env_of(home: Path) -> dict[str, str]:
    """The environment of a console that keeps everything under ``home``."""
    return {
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(home / "run"),
        "AGENTDESK_LANGUAGE": "zh-CN",
        "AGENTDESK_PACK": "C5",
        "AGENTDESK_AGENT_NO": AGENT_NO,
        "AGENTDESK_COMPANY": "示例",
    }


def press(terminal: Terminal, key: str, wanted: str) -> float:
    """Seconds from a key to the text it brings."""
    terminal.send(key)
    seconds = terminal.wait_for(wanted)
    terminal.drain(QUIET_SECONDS)
    return seconds


def cpu_share(pid: int, seconds: float) -> float:
    """CPU a process takes while nothing is pressed, as a share of one core."""

    def used() -> float:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    before = used()
    sleep(seconds)
    return (used() - before) / seconds


def measure(home: Path, keys: int, starts: int) -> dict[str, object]:
    """Openings, moves in turns with the bare list, searches, and the idle load."""
    figures: dict[str, object] = {}
    first = [openings(home) for _ in range(starts)]
    figures["opening_first_ms"] = [round(board * 1e3, 1) for board, _ in first]
    figures["standards_first_ms"] = [round(standards * 1e3, 1) for _, standards in first]
    bare = Terminal([sys.executable, "-c", BARE], {})
    desk = Terminal([sys.executable, "-m", "agentdesk"], env_of(home))
    try:
        bare.wait_for("painted")
        desk.wait_for(AGENT_NO)
        sleep(SETTLED_SECONDS)
        desk.drain()
        bare.drain()
        press(desk, "8", CLAUSE)
        press(desk, "2", chr(FIRST))
        figures["standards_ms"] = _p95(again(desk, "8", CLAUSE))
        figures["opening_ms"] = _p95(again(desk, "2", chr(FIRST)))
        desk.drain()
        floors, ours = [], []
        for number in range(1, keys + 1):
            char = chr(FIRST + number)
            floors.append(press(bare, "j", char))
            ours.append(press(desk, "j", char))
        desk.drain()
        idle = cpu_share(desk._child.pid, IDLE_SECONDS)
        figures |= {
            "bare_ms": spread_ms(floors),
            "board_ms": spread_ms(ours),
            "ratio_p50": round(median(ours) / median(floors), 2),
            "idle_cpu_percent": round(idle * 100, 2),
            "search_ms": _p95(list(searching(desk))),
            "grouped_ms": _p95(list(grouping(desk))),
        }
        return figures
    finally:
        bare.close()
        desk.close()


def openings(home: Path) -> tuple[float, float]:
    """Seconds to the board and to the standards, each the first time after a start."""
    desk = Terminal([sys.executable, "-m", "agentdesk"], env_of(home))
    try:
        desk.wait_for(AGENT_NO)
        sleep(SETTLED_SECONDS)
        desk.drain()
        board = press(desk, "2", chr(FIRST))
        desk.drain(0.6)  # the clock paints every second
        return board, press(desk, "8", CLAUSE)
    finally:
        desk.close()


def again(desk: Terminal, key: str, wanted: str, times: int = 30) -> list[float]:
    """Seconds to a screen that was shown before, from the call screen."""
    opened = []
    for _ in range(times):
        desk.send("1")
        desk.drain(0.2)
        opened.append(press(desk, key, wanted))
    return opened


def searching(desk: Terminal, rounds: int = 5) -> Iterator[float]:
    """Seconds of every key of searches among all orders, closed ones too, that find nothing."""
    for _ in range(rounds):
        for words in SEARCHES:
            desk.send("/* ")
            desk.drain()
            for char in words:
                yield press(desk, char, RESULT)
            desk.send("\x1b")  # to the list
            desk.drain()
            desk.send("\x1b")  # the search ends
            desk.drain()


def grouping(desk: Terminal, rounds: int = 20) -> Iterator[float]:
    """Seconds from the key to the board in groups, which asks the store for each state."""
    desk.drain()
    for _ in range(rounds):
        yield press(desk, "B", GROUP)
        desk.send("B")
        desk.drain()


def _p95(seconds: Sequence[float]) -> dict[str, float]:
    cut = quantiles(seconds, n=20, method="inclusive")[18]
    return {"p50": round(median(seconds) * 1e3, 1), "p95": round(cut * 1e3, 1)}


async def ticking(places: Locations, config: Config, ticks: int = 200) -> dict[str, float]:
    """Milliseconds of the board's own tick, all rows in sight counting down."""
    clock = MovingClock(datetime.now(UTC))
    desk = InlineWorker(lambda: open_desk(config, places, lambda: PackRegistry(None), clock=clock))
    app = make_app(config, places, desk, clock=clock)
    try:
        async with app.run_test(size=SIZE) as pilot:
            await pilot.pause(0.2)
            app.go("board")
            await pilot.pause(0.5)
            screen = app.screen
            assert isinstance(screen, Board)
            if screen.detail is None or len(screen.rows.rows) < SIZE[1]:
                raise RuntimeError("the board was not read")
            times = []
            for _ in range(ticks):
                clock.after(1)
                start = perf_counter()
                screen.tick(clock())
                times.append(perf_counter() - start)
                await pilot.pause()
            return spread_ms(times) | {"mean": round(sum(times) / len(times) * 1e3, 2)}
    finally:
        app.shut()


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="scripts/bench board", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--keys", type=int, default=200)
    parser.add_argument("--orders", type=int, default=10_000)
    parser.add_argument("--closed", type=int, default=0, help="closed orders in the store besides")
    parser.add_argument("--starts", type=int, default=3, help="for the first openings")
    args = parser.parse_args()
    config = Config(pack="C5", language="zh-CN")
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        places = Locations.find({"HOME": name, "XDG_RUNTIME_DIR": str(home / "run")})
        fill(places, config, args.orders, args.closed)
        figures: dict[str, object] = measure(home, args.keys, args.starts)
        figures["tick_ms"] = asyncio.run(ticking(places, config))
    figures |= {"bar_ratio_p50": 1.3, "bar_tick_ms": 1.0, "bar_idle_percent": 3.0}
    figures |= {"bar_opening_p95_ms": 100.0, "bar_search_p95_ms": 50.0}
    if args.json:
        print(json.dumps(figures))
        return 0
    for key, figure in figures.items():
        print(f"{key:20} {figure}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
