"""A disk that fails: nothing is acknowledged that is not there, and nobody retries and forgets.

``failing_disk_child`` meets failing and short reads and writes and failing ``fsync`` and checks
what it can see. Here the power goes as well: what a failed ``fsync`` left behind never reaches the
disk, though whoever opens the file next can read it, so building on it loses what is
acknowledged then.

``AGENTDESK_TORTURE=150`` lets ten times as much go wrong.
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.disk.replay import Arrived, Disk, Operation, record
from tests.integration.test_power_loss import CHECKS

ROOT = Path(__file__).parents[2]
SEED = 20261122
RUNS = 60 * max(1, int(os.environ.get("AGENTDESK_TORTURE", "15")) // 15)
CUTS = 3  # of a run, the last one when nothing more happens in it


@pytest.fixture(params=["seat", "server"])
def recorded(request: pytest.FixtureRequest, recorder: Path, tmp_path: Path) -> Recorded:
    """Everything a seat or a server did on disks that failed."""
    root = tmp_path / "disk"
    root.mkdir()
    command = [sys.executable, "-m", "tests.integration.failing_disk_child"]
    command += [request.param, str(root), str(RUNS), str(SEED)]
    return request.param, root, record(recorder, root, tmp_path / "log", command)


Recorded = tuple[str, Path, list[Operation]]


def test_what_was_acknowledged_on_a_failing_disk_outlives_the_power(
    recorded: Recorded, tmp_path: Path
) -> None:
    kind, root, operations = recorded
    text = b"".join(each.data for each in operations if each.kind == "A").decode()
    assert text.count("refused") >= RUNS // 8 and text.count("shut") >= RUNS // 15, text
    assert sum(each.kind == "F" for each in operations) >= RUNS // 10
    assert text.count("ack ") > RUNS * 10
    runs = enumerate(by_run(root, operations))
    assert [found for run, mine in runs for found in cuts(kind, run, mine, tmp_path)] == []


def cuts(kind: str, run: int, mine: list[Operation], where: Path) -> Iterator[str]:
    """What was wrong after the power went in one run and at its end."""
    chance = random.Random(SEED + run)
    disk = Disk()
    moments = sorted(chance.randint(0, len(mine)) for _ in range(CUTS - 1))
    for moment in [*moments, len(mine)]:
        while disk.at < moment:
            disk.do(mine[disk.at])
        arrived = Arrived.NONE if moment == len(mine) else chance.choice(list(Arrived))
        folder = where / f"cut-{run}-{moment}"
        folder.mkdir(exist_ok=True)
        for path, data in disk.after_a_cut(arrived, chance).items():
            (folder / Path(path).name).write_bytes(data)
        said = {line.split()[2] for line in disk.said.decode().splitlines()}
        if wrong := CHECKS[kind](folder / "store.db", said):
            yield f"seed {SEED}, run {run}, cut at {moment} ({arrived.value}): {wrong}"


def by_run(root: Path, operations: list[Operation]) -> list[list[Operation]]:
    """What was done in the folder of each run, and what was acknowledged there."""
    found: list[list[Operation]] = [[] for _ in range(RUNS)]
    start = len(f"{root}/")
    for each in operations:
        if each.kind != "A":
            found[int(each.path[start:].partition("/")[0])].append(each)
        elif each.data.startswith(b"ack "):
            found[int(each.data.split()[1])].append(each)
    return found
