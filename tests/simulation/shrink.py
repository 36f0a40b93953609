"""The shortest history that still goes wrong in the same way: ddmin, then one step at a time."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic

from msgspec.structs import replace

from tests.simulation.histories import Failure, History, failure, keep, kept
from tests.simulation.world import Step

Fails = Callable[[History], Failure | None]


def shrunk(
    history: History, what: str, fails: Fails = failure, *, seconds: float = 120.0
) -> History:
    """The shortest history found that fails as ``what`` says.

    Args:
        what: :attr:`Failure.what` of ``history``.
        seconds: when to be content with what there is.
    """
    until = monotonic() + seconds

    def bad(steps: list[Step]) -> bool:
        if monotonic() > until:
            return False
        found = fails(replace(history, steps=steps))
        return found is not None and found.what == what

    steps, size = history.steps, max(1, len(history.steps) // 2)
    while True:
        shorter = _without(steps, size, bad)
        if len(shorter) < len(steps):
            steps = shorter
            size = min(size, max(1, len(steps) // 2))
            continue
        if size == 1:
            break
        size //= 2
    for at, step in enumerate(steps):
        for simpler in _simpler(step):
            trial = [*steps[:at], simpler, *steps[at + 1 :]]
            if bad(trial):
                steps = trial
                break
    return replace(history, steps=steps)


def _without(steps: list[Step], size: int, bad: Callable[[list[Step]], bool]) -> list[Step]:
    """``steps`` without every piece of ``size`` that is not needed, the last first."""
    for begin in range((len(steps) - 1) // size * size, -1, -size):
        trial = steps[:begin] + steps[begin + size :]
        if bad(trial):
            steps = trial
    return steps


def _simpler(step: Step) -> Iterator[Step]:
    name, first, second = step
    if name == "work":
        yield from ((name, first, times) for times in (1, 3, 40) if times != second)
    elif name == "wait" and first > 1_000:
        yield (name, 1_000, second)
    elif name == "clock" and second not in (0, 90_000):
        yield (name, first, 90_000)
    elif name == "act" and second not in ("call", "note"):
        yield (name, first, "call")


def main(path: str, seconds: str = "300") -> None:
    """Shrink the history of a file; the file is written anew."""
    file = Path(path)
    history = kept(file.read_bytes())
    found = failure(history)
    if found is None:
        print("nothing is wrong in it")
        return
    short = shrunk(history, found.what, seconds=float(seconds))
    print(found.what, len(history.steps), "->", len(short.steps))
    file.write_bytes(keep(replace(short, why=short.why or found.said[:200])))


if __name__ == "__main__":
    main(*sys.argv[1:])
