"""A disk that is really full: nothing is acknowledged that is not there, and it goes on later.

Each run has a disk of 8 MiB in memory, in a name space of its own where the system lets anybody
make one. The limits and injected errors of ``test_disk_trouble`` stand in for it elsewhere.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHILD = Path(__file__).with_name("full_disk_child.py")
ROOT = CHILD.parents[2]
SEED = 20261122
ROUNDS = 20  # of one disk, which the store itself must never fill
RUNS = max(1, int(os.environ.get("AGENTDESK_TORTURE", "15")) // 15)
SCRIPT = 'mount -t tmpfs -o size=8m none "$1" && shift && exec "$@"'


def on_a_small_disk(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command where ``folder`` is a disk of 8 MiB."""
    wrapped = ["unshare", "-rm", "sh", "-c", SCRIPT, "sh", str(folder), *command]
    return subprocess.run(wrapped, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    if shutil.which("unshare") is None or on_a_small_disk(tmp_path, "true").returncode:
        pytest.skip("needs Linux that lets anybody mount in a name space of their own")
    return tmp_path


@pytest.mark.parametrize("seed", range(SEED, SEED + RUNS))
@pytest.mark.parametrize("kind", ["seat", "server"])
def test_a_full_disk_refuses_acts_and_loses_none_that_it_took(
    disk: Path, kind: str, seed: int
) -> None:
    command = [sys.executable, "-m", "tests.integration.full_disk_child"]
    done = on_a_small_disk(disk, *command, kind, str(disk), str(ROUNDS), str(seed))
    assert done.returncode == 0, done.stderr
    taken, refused, shut = map(int, done.stdout.split())
    assert taken > ROUNDS and refused and shut, done.stdout
