"""Random histories until the time is up; see ``scripts/torture``.

Every seed that goes wrong is printed with what was wrong, and its shortest script is kept as JSON
(``tests/data/histories`` is where it belongs once it is understood).
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from itertools import count
from pathlib import Path

from msgspec.structs import replace

from tests.simulation.histories import Failure, History, failure, keep, made
from tests.simulation.shrink import shrunk

LENGTHS = (60, 150, 300)
"""Steps of histories, in turns."""
TURN = 600.0
"""Seconds of histories between two turns of the others, in a soak."""
ALSO = {
    "kills": (
        "tests/integration/test_store_crash.py",
        "tests/integration/test_call_kill.py",
        "tests/integration/test_ticket_kill.py",
        "tests/integration/test_server_kill.py",
        "tests/integration/test_failover.py",
    ),
    "power": ("tests/integration/test_power_loss.py",),
    "console": ("tests/tui/pilot/test_monkey.py",),
    "machine": ("tests/property/test_sync_machine.py",),
    "properties": ("tests/property", "--deselect", "tests/property/test_sync_machine.py"),
}


def one(seed: int, shrinking: float) -> tuple[int, int, Failure | None, History | None]:
    """Play the history of a seed; its steps, and what went wrong with the shortest script."""
    length = LENGTHS[seed % len(LENGTHS)]
    history = made(seed, length)
    wrong = failure(history)
    if wrong is None:
        return seed, length, None, None
    short = shrunk(history, wrong.what, seconds=shrinking)
    return seed, length, failure(short) or wrong, short


class Tally:
    """What has happened so far."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.began = folder, time.monotonic()
        self.histories = self.steps = self.turns = 0
        self.wrong: Counter[str] = Counter()

    def take(self, seed: int, steps: int, wrong: Failure | None, short: History | None) -> None:
        """Count a history, keep what went wrong."""
        self.histories += 1
        self.steps += steps
        if wrong is None or short is None:
            return
        self.wrong[wrong.what] += 1
        self.folder.mkdir(parents=True, exist_ok=True)
        file = self.folder / f"{wrong.what.split()[0]}-{seed}.json"
        file.write_bytes(keep(replace(short, why=wrong.said[:300])))
        print(f"seed {seed}: {wrong.said[:300]}\n  {len(short.steps)} steps: {file}", flush=True)

    def tell(self) -> None:
        """One line."""
        minutes = (time.monotonic() - self.began) / 60
        wrong = ", ".join(f"{what} {number}" for what, number in self.wrong.items()) or "none"
        print(
            f"{self.histories} histories, {self.steps} steps in {minutes:.1f} min; "
            f"{self.turns} other turns; failures: {wrong}",
            flush=True,
        )


def histories(seeds: Iterator[int], seconds: float, jobs: int, tally: Tally) -> int:
    """Play until the time is up; the last seed begun."""
    until, last = time.monotonic() + seconds, 0
    with ProcessPoolExecutor(jobs) as pool:
        running: set[Future[tuple[int, int, Failure | None, History | None]]] = set()
        while True:
            while len(running) < jobs * 2 and time.monotonic() < until:
                last = next(seeds)
                running.add(pool.submit(one, last, 120.0))
            if not running:
                return last
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for each in done:
                tally.take(*each.result())


def others(names: list[str], seed: int, tally: Tally) -> None:
    """Kill loops, power loss, the state machine, properties: pytest with everything turned up."""
    for name in names:
        environment = os.environ | {
            "AGENTDESK_TORTURE": os.environ.get("AGENTDESK_TORTURE", "150"),
            "AGENTDESK_SEED": str(seed),
            "AGENTDESK_FAILURES": str(tally.folder),
        }
        tally.folder.mkdir(parents=True, exist_ok=True)
        begun = time.monotonic()
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:xdist", *ALSO[name]]
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        tally.turns += 1
        if done.returncode:
            tally.wrong[name] += 1
            print(done.stdout[-6000:])
        print(f"{name}: {done.returncode or 'ok'} in {time.monotonic() - begun:.0f} s", flush=True)


def main() -> int:
    """0 when nothing went wrong."""
    parser = argparse.ArgumentParser(prog="scripts/torture", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0, help="of histories (default 5)")
    parser.add_argument("--seed", type=int, help="to begin with (default: from the clock)")
    parser.add_argument("--jobs", type=int, default=2, help="processes (default 2)")
    parser.add_argument(
        "--also", default="", help=f"with AGENTDESK_TORTURE=150: {', '.join(ALSO)} or all"
    )
    parser.add_argument("--soak", action="store_true", help="everything in turns, until stopped")
    parser.add_argument("--keep", type=Path, default=Path("build/torture"), help="for scripts")
    given = parser.parse_args()
    also = list(ALSO) if given.also == "all" or given.soak else given.also.split(",")
    also = [name for name in also if name]
    if unknown := set(also) - set(ALSO):
        parser.error(f"--also: {', '.join(sorted(unknown))}")
    seed = int(time.time()) * 1000 if given.seed is None else given.seed
    print(f"seed {seed}", flush=True)
    tally, seeds = Tally(given.keep), count(seed)
    try:
        while True:
            histories(seeds, TURN if given.soak else given.minutes * 60, given.jobs, tally)
            tally.tell()
            others(also, seed, tally)
            if not given.soak:
                break
            seed += 1
    except KeyboardInterrupt:
        print("stopped")
    tally.tell()
    return 1 if tally.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
