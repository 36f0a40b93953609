"""Lets monkeys play, and finds the shortest script that goes wrong.

::

    python -m tests.simulation.monkeys --seed 12 --sprees 50 --steps 200
    python -m tests.simulation.monkeys --script build/torture/monkey-12.json
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import io
import sys
import tempfile
import traceback
from pathlib import Path
from time import monotonic

from msgspec.structs import replace

from tests.simulation.histories import FAST
from tests.simulation.monkey import Monkey, Wrong
from tests.simulation.monkey_steps import Spree, Step, keep, kept, made


def wrong(spree: Spree) -> tuple[str, str] | None:
    """Let a spree happen; the kind of what went wrong, and all of it. None: nothing did."""
    told = io.StringIO()
    with tempfile.TemporaryDirectory(prefix="desk", dir=FAST) as folder:
        try:
            # A console that ends of an error writes its whole picture of it.
            with contextlib.redirect_stderr(told):
                asyncio.run(Monkey(spree, Path(folder)).play())
        except Exception as error:
            return _kind(error), "".join(traceback.format_exception(error, limit=-6))[-3000:]
    return None


def _kind(error: Exception) -> str:
    if isinstance(error, Wrong):
        return str(error).split()[0].rstrip(":")
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "/agentdesk/" in frame.filename] or frames
    return f"{type(error).__name__} in {Path(ours[-1].filename).name} {ours[-1].name}"


def shrunk(spree: Spree, kind: str, *, seconds: float = 60.0) -> Spree:
    """The shortest spree found that goes wrong in the same way: ddmin, calmer, of one store."""
    until = monotonic() + seconds

    def bad(trial: Spree) -> bool:
        if monotonic() > until:
            return False
        found = wrong(trial)
        return found is not None and found[0] == kind

    size = max(1, len(spree.steps) // 2)
    while size:
        begin = len(spree.steps)
        while begin > 0:
            begin -= size
            steps = spree.steps[: max(0, begin)] + spree.steps[begin + size :]
            if len(steps) < len(spree.steps) and bad(trial := replace(spree, steps=steps)):
                spree = trial
        size //= 2
    for at, step in enumerate(spree.steps):
        calm = [*spree.steps[:at], Step(step.act, step.what), *spree.steps[at + 1 :]]
        if calm != spree.steps and bad(trial := replace(spree, steps=calm)):
            spree = trial
    if spree.late and bad(trial := replace(spree, late=False)):
        spree = trial
    return spree


def report(spree: Spree, found: tuple[str, str], folder: Path, *, seconds: float = 60.0) -> str:
    """Shrink it, keep its script, and say everything about it."""
    kind = found[0]
    short = shrunk(spree, kind, seconds=seconds)
    said = (wrong(short) or found)[1]
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"monkey-{spree.seed}.json"
    file.write_bytes(keep(replace(short, why=kind)))
    script = file.read_text("ascii") if len(short.steps) <= 40 else ""
    return f"seed {spree.seed}, {len(short.steps)} steps: {file}\n{said}\n{script}"


def main() -> int:
    """0 when nothing went wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sprees", type=int, default=20)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--keep", type=Path, default=Path("build/torture"))
    parser.add_argument("--script", type=Path, help="play this one only")
    given = parser.parse_args()
    if given.script:
        sprees = [kept(given.script.read_bytes())]
    else:
        seeds = range(given.seed, given.seed + given.sprees)
        sprees = [made(seed, given.steps) for seed in seeds]
    bad = 0
    for spree in sprees:
        begun = monotonic()
        found = wrong(spree)
        took = monotonic() - begun
        print(f"seed {spree.seed}: {found[0] if found else 'ok'} in {took:.1f} s", flush=True)
        if found is not None:
            bad += 1
            print(found[1] if given.script else report(spree, found, given.keep), flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
