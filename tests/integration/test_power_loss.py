"""The power goes at any moment: what was acknowledged is there, and the file is sound.

kill -9 does not show this: what a killed process wrote, the system still has. Here a record of
every write and every ``fsync`` tells what a disk may hold after a cut. That the test can fail is
shown too: with ``synchronous = NORMAL`` acknowledged work is lost.

``AGENTDESK_TORTURE=150`` cuts the power ten times as often.
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agentdesk.errors import StoreCorrupt
from agentdesk.store import Store
from tests.disk.replay import HERE, Arrived, Disk, Operation, record

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SEED = 20261122
CUTS = 90 * max(1, int(os.environ.get("AGENTDESK_TORTURE", "15")) // 15)
ACTS = 60

Check = Callable[[Path, set[str]], str]


def seat(path: Path, acknowledged: set[str]) -> str:
    """What is wrong with a seat's store; empty for nothing."""
    try:
        store = Store.open(path, clock=lambda: NINE)
    except StoreCorrupt as error:
        return f"damaged: {error}"
    with closing(store):
        kept = {row[0].hex() for row in store.connection.execute("SELECT id FROM event")}
        if missing := acknowledged - kept:
            return f"lost {len(missing)}"
        return str(store.quick_check() or store.refold() or store.audit() or "")


def server(path: Path, acknowledged: set[str]) -> str:
    """What is wrong with a server's journal; empty for nothing."""
    from agentdesk.domain.ids import Ids
    from agentdesk.server.service import Service

    ids = Ids(lambda: 2, random.Random(SEED).getrandbits)
    try:
        service = Service.open(path, clock=lambda: 2, new_id=ids)
    except StoreCorrupt as error:
        return f"damaged: {error}"
    with closing(service):
        kept = {each.id for each in service.after(0, 10_000)}
        if missing := acknowledged - kept:
            return f"lost {len(missing)}"
        return str(service.verify() or service.differences() or "")


CHECKS: dict[str, Check] = {"seat": seat, "server": server}


def cut(operations: list[Operation], root: Path, where: Path, check: Check) -> list[str]:
    """What was wrong after each of many cuts."""
    chance = random.Random(SEED)
    moments = sorted(chance.randint(0, len(operations)) for _ in range(CUTS))
    disk, found = Disk(), []
    for number, moment in enumerate(moments):
        while disk.at < moment:
            disk.do(operations[disk.at])
        arrived = list(Arrived)[number % len(Arrived)]
        folder = where / str(number)
        folder.mkdir()
        for path, data in disk.after_a_cut(arrived, chance).items():
            (folder / Path(path).relative_to(root)).write_bytes(data)
        said = disk.said.decode().split()
        acknowledged = {each for each in said if each != "ack"}
        if wrong := check(folder / "store.db", acknowledged):
            found.append(f"seed {SEED}, cut {number} at {moment} ({arrived.value}): {wrong}")
        for file in folder.iterdir():
            file.unlink()
    return found


def run(recorder: Path, tmp_path: Path, kind: str, synchronous: str) -> list[str]:
    root, where = tmp_path / "disk", tmp_path / "cuts"
    root.mkdir()
    where.mkdir()
    store = str(root / "store.db")
    command = [sys.executable, str(HERE / "child.py"), kind, store, str(ACTS), synchronous]
    operations = record(recorder, root, tmp_path / "log", command)
    said = sum(operation.kind == "A" for operation in operations)
    assert said >= ACTS, "the recorder has to see what was acknowledged"
    assert sum(operation.kind == "S" for operation in operations) > 10
    return cut(operations, root, where, CHECKS[kind])


@pytest.mark.parametrize("kind", ["seat", "server"])
def test_nothing_acknowledged_is_lost_when_the_power_goes(
    recorder: Path, tmp_path: Path, kind: str
) -> None:
    assert run(recorder, tmp_path, kind, "FULL") == []


@pytest.mark.parametrize("kind", ["seat", "server"])
def test_this_test_notices_a_store_that_does_not_wait_for_the_disk(
    recorder: Path, tmp_path: Path, kind: str
) -> None:
    found = run(recorder, tmp_path, kind, "NORMAL")
    assert any("lost" in each for each in found)
