"""Random histories of a whole site: after every storm everything has come together again.

A seed that goes wrong is printed, and its script is kept as JSON beside the test's other files
(``AGENTDESK_FAILURES`` names another folder); ``python -m tests.simulation.shrink FILE`` makes it
short. What once went wrong is in ``tests/data/histories`` and is played again every time.

``AGENTDESK_TORTURE=150`` plays ten times as many.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.simulation.histories import History, failure, first_failure, keep, kept, made
from tests.simulation.shrink import shrunk

ONCE = sorted((Path(__file__).parents[1] / "data" / "histories").glob("*.json"))
TIMES = max(1, int(os.environ.get("AGENTDESK_TORTURE", "15")) // 15)
FIRST = int(os.environ.get("AGENTDESK_SEED", "20261122"))
PARTS, SEEDS = 4, 9 * TIMES


@pytest.mark.parametrize("part", range(PARTS))
def test_after_the_storm_everything_comes_together(part: int, tmp_path: Path) -> None:
    found = first_failure(range(FIRST + part * SEEDS, FIRST + (part + 1) * SEEDS))
    if found is None:
        return
    history, wrong = found
    folder = Path(os.environ.get("AGENTDESK_FAILURES", tmp_path))
    file = folder / f"{wrong.what.split()[0]}-{history.seed}.json"
    file.write_bytes(keep(replace(history, why=wrong.said[:300])))
    pytest.fail(f"seed {history.seed}: {wrong.said}\nits script: {file}")


@pytest.mark.parametrize("path", ONCE, ids=lambda path: path.stem)
def test_what_once_went_wrong_does_not_again(path: Path) -> None:
    history = kept(path.read_bytes())
    assert failure(history) is None, history.why


def test_the_same_seed_gives_the_same_history() -> None:
    assert made(7, 30) == made(7, 30) != made(8, 30)
    assert kept(keep(made(7, 30))) == made(7, 30)


def test_a_history_is_shortened_to_what_matters() -> None:
    """Of a made-up fault: a clock is changed after somebody has died."""
    from tests.simulation.histories import Failure

    asked = 0

    def fails(history: History) -> Failure | None:
        nonlocal asked
        asked += 1
        names = [name for name, _, _ in history.steps]
        wrong = "crash" in names and "clock" in names[names.index("crash") :]
        return Failure("I9", "made up") if wrong else None

    seed = next(seed for seed in range(99) if fails(made(seed, 120)))
    short = shrunk(made(seed, 120), "I9", fails)
    assert [name for name, _, _ in short.steps] == ["crash", "clock"]
    assert asked < 150
