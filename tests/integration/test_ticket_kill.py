"""kill -9 in the middle of work on orders: every act that was told is there, whole.

``AGENTDESK_TORTURE=1000`` runs so many rounds instead of those of every day.
"""

from __future__ import annotations

import importlib.util
import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import IO, Any

import pytest

from agentdesk.domain.events import EntityId
from agentdesk.domain.ticket.read import OF_CLOCKS
from agentdesk.store import Store
from agentdesk.store.rows import TicketFilter

CHILD = Path(__file__).with_name("ticket_child.py")
ROUNDS = int(os.environ.get("AGENTDESK_TORTURE", "30"))
SEED = 20260311
STEPS = 24
"""More lines than the acts of one order."""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs fork and SIGKILL")


def _child() -> Any:
    """The script as a module: its desk and its reading of an order are the test's, too."""
    spec = importlib.util.spec_from_file_location("ticket_child", CHILD)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclass
class Told:
    """What the lives said before they were killed.

    Attributes:
        acts: event ids by transaction.
        seen: the latest reading of each order with the transaction it came after.
    """

    acts: dict[str, set[str]] = field(default_factory=dict)
    seen: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    steps: dict[str, int] = field(default_factory=dict)

    def hear(self, line: str) -> None:
        step, _, text = line.partition(" ")
        known = json.loads(text)
        self.steps[step] = self.steps.get(step, 0) + 1
        of_person = set()
        for txn, event, kind in known.get("events", ()):
            self.acts.setdefault(txn, set()).add(event)
            self.seen[known["ticket"]] = txn, known["seen"]
            of_person |= set() if kind in OF_CLOCKS else {txn}
        assert len(of_person) <= 1, f"an act in several transactions: {line}"


class Lives:
    """The process whose children are killed."""

    def __init__(self, process: subprocess.Popen[str], out: IO[str], into: IO[str]) -> None:
        self._process, self._out, self._into = process, out, into

    def one(self, path: Path, seed: int, lines: int, microseconds: float) -> list[str]:
        """Whole lines a life wrote before its end."""
        self._into.write(f"{seed} {path}\n")
        self._into.flush()
        said: list[str] = []
        pid = 0
        while len(said) < lines or not pid:
            line = self._out.readline()
            assert line and not line.startswith("dead"), (line, said)
            if line.startswith("born"):
                pid = int(json.loads(line.partition(" ")[2])["pid"])
            else:
                said.append(line)
        until = perf_counter() + microseconds / 1e6
        while perf_counter() < until:
            pass  # a moment somewhere inside the next act
        os.kill(pid, signal.SIGKILL)
        while not (line := self._out.readline()).startswith("dead"):
            said.append(line)
        assert json.loads(line.partition(" ")[2])["signal"] == signal.SIGKILL
        return said


@contextmanager
def lives() -> Iterator[Lives]:
    process = subprocess.Popen(
        [sys.executable, str(CHILD)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None and process.stdin is not None
    try:
        assert process.stdout.readline().startswith("waiting")
        yield Lives(process, process.stdout, process.stdin)
    finally:
        process.stdin.close()
        assert process.wait(30) == 0
        process.stdout.close()


def journal(store: Store) -> dict[str, list[tuple[str, str, str]]]:
    """Kind, id and order of every event, by transaction, in order of writing."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    rows = store.connection.execute(
        "SELECT txn, kind, id, entity_id FROM event WHERE entity = 'ticket' ORDER BY lseq"
    )
    for txn, kind, event, entity in rows:
        found.setdefault(txn.hex(), []).append((kind, event.hex(), entity))
    return found


def check(told: Told, store: Store, tickets: Any, child: Any, where: str) -> None:
    """Nothing told is missing, nothing is there by half, and the orders read as they did."""
    assert store.quick_check() == [], where
    assert store.refold() == [], where
    assert store.audit() == [] and store.parked() == [], where
    kept = journal(store)
    for txn, events in told.acts.items():
        assert events <= {event for _, event, _ in kept.get(txn, ())}, where
    last = {}
    for txn, rows in kept.items():
        last[rows[0][2]] = txn
    for ticket, (txn, seen) in told.seen.items():
        if last[ticket] == txn:
            assert child.seen(tickets.get(EntityId(ticket))) == seen, where
    tickets.ready()
    board = tickets.board(TicketFilter())
    open_rows = store.connection.execute(
        "SELECT count(*) FROM ticket WHERE state NOT IN ('closed', 'cancelled')"
    ).fetchone()[0]
    assert (board.total, board.pending) == (open_rows, False), where


def test_every_act_on_an_order_survives_kill_9_whole(tmp_path: Path) -> None:
    child = _child()
    path = tmp_path / "store.sqlite3"
    chance, told = random.Random(SEED), Told()
    shapes: set[tuple[str, ...]] = set()
    untold: list[tuple[str, ...]] = []
    with lives() as many:
        for turn in range(ROUNDS):
            where = f"seed {SEED}, round {turn}"
            said = many.one(path, turn, chance.randint(1, STEPS), chance.uniform(0, 4000))
            assert said[0].startswith("ready"), f"{where}: {said[:2]}"
            for line in said:
                told.hear(line)
            desk, store = child.open_desk(path)
            with closing(desk):
                check(told, store, desk.tickets, child, where)
                for txn, rows in journal(store).items():
                    kinds = tuple(kind for kind, _, _ in rows)
                    clocks = all(kind in OF_CLOCKS for kind in kinds)
                    if txn in told.acts:
                        shapes.add(kinds)
                    elif not clocks:
                        untold.append(kinds)
    # What was stored and not told any more is a whole act as well: one of those seen before.
    assert set(untold) <= shapes, set(untold) - shapes
    assert told.steps["ready"] == ROUNDS and len(told.acts) > 4 * ROUNDS
    acts = {step for step in told.steps if step != "ready"}
    assert {"open", "fields", "rank", "assign", "nudge", "pause", "undo", "send"} <= acts
    print(f"{ROUNDS} kills, {len(told.acts)} acts told, {len(set(untold))} kinds untold: {acts}")
