"""Histories: made from a seed, played, kept as JSON, and what went wrong in them."""

from __future__ import annotations

import os
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec import Struct, json

from tests.simulation.invariants import check, heal, settle
from tests.simulation.scripts import script
from tests.simulation.world import Step, World

LENGTH = 90
"""Steps of a history, unless told otherwise."""
FAST = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
"""Where databases are kept: the power never goes here, so no disk has to be waited for."""


class History(Struct):
    """Everything that happens, in order.

    Attributes:
        seed: of what is left to chance while it happens.
        why: what it was kept for.
    """

    seed: int
    steps: list[Step]
    why: str = ""


class Failure(Struct, frozen=True):
    """What went wrong.

    Attributes:
        what: its kind, the same for the same fault: an invariant (``I5``), or an exception and
            where it came from.
        said: all of it.
    """

    what: str
    said: str


def made(seed: int, length: int = LENGTH) -> History:
    """The random history of a seed."""
    return History(seed, script(seed, length))


def failure(history: History) -> Failure | None:
    """Let a history happen; what was wrong then, None for nothing."""
    with tempfile.TemporaryDirectory(prefix="desk", dir=FAST) as folder:
        world: World | None = None
        try:
            world = World(history.seed, Path(folder))
            world.play(history.steps)
            heal(world)
            settle(world)
            check(world)
        except Exception as error:
            return Failure(_kind(error), f"{type(error).__name__}: {error}"[:2000])
        finally:
            if world is not None:
                world.close()
    return None


def _kind(error: Exception) -> str:
    said = str(error)
    head, colon, _ = said.partition(":")
    if isinstance(error, AssertionError) and colon:
        return head.split()[0]
    last = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{Path(last.filename).name} {last.name}"
    return f"{type(error).__name__} in {place}"


def kept(data: bytes) -> History:
    """A history from its file."""
    return msgspec.convert(json.decode(data), History)


def keep(history: History) -> bytes:
    """A history as a file: one step a line."""
    steps = ",\n  ".join(json.encode(step).decode() for step in history.steps)
    why = json.encode(history.why).decode()
    return f'{{"why": {why},\n "seed": {history.seed},\n "steps": [\n  {steps}\n]}}\n'.encode()


def first_failure(seeds: Sequence[int], length: int = LENGTH) -> tuple[History, Failure] | None:
    """The first of some seeds in whose history something went wrong."""
    for seed in seeds:
        history = made(seed, length)
        found = failure(history)
        if found is not None:
            return history, found
    return None
