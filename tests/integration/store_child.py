"""A console without a screen, for tests that end it rudely. Run as a script.

``store_child.py work PATH SEED``     acts for ever; one line per thing acknowledged
``store_child.py hold PATH``          opens the store, says so, waits for its end
``store_child.py migrate PATH N``     kills itself in step N of a migration
``store_child.py create PATH N``      kills itself in step N of making a store
``store_child.py full PATH BYTES``    acts until files may grow no further, then on again
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from agentdesk.domain.events import Draft, EntityId
from agentdesk.errors import StoreError
from agentdesk.store import Store, Typing
from agentdesk.store.migrations import MIGRATIONS, Migration


def now() -> datetime:
    return datetime.now(UTC)


def say(*words: object) -> None:
    """One write of one short line: a kill leaves a whole line or none."""
    os.write(sys.stdout.fileno(), (" ".join(map(str, words)) + "\n").encode())


def work(path: Path, seed: int) -> None:
    store = Store.open(path, clock=now)
    chance = random.Random(seed)
    serial = int(store.setting("serial") or 0)
    at = int(now().timestamp() * 1000)
    say("ready")
    while True:
        serial += 1
        call = EntityId(f"{serial:032x}")
        kinds = ["call.offered", "call.answered", "call.said"][: chance.randint(1, 3)]
        note = "客户称空调不制冷" * chance.randint(1, 40)
        store.save_typing(Typing(call, {"note": note}, "note", (0, serial), now()))
        store.save_typing(Typing(EntityId("local"), {"note": note}, "note", (0, serial), now()))
        say("draft", serial)
        drafts = [
            Draft(kind, "call", call, {"at": at, "of": len(kinds), "text": note}) for kind in kinds
        ]
        for event in store.commit(drafts, actor="8001", clear_draft=(call,)):
            say("event", event.id)
        say("cleared", serial)
        store.set_setting("serial", str(serial))


def hold(path: Path) -> None:
    store = Store.open(path, clock=now)
    say("ready")
    sys.stdin.read()
    store.close()


def dying(step: int) -> Sequence[Migration]:
    """Two more migrations; number ``step`` ends the process halfway."""

    def make(number: int) -> Callable[[sqlite3.Connection], None]:
        def run(db: sqlite3.Connection) -> None:
            db.execute(f"CREATE TABLE extra{number} (x TEXT)")
            db.execute(f"INSERT INTO extra{number} SELECT hex(randomblob(2000)) FROM event")
            if number == step:
                # Push the half-done transaction out of memory, then end.
                db.execute("PRAGMA cache_size = 1")
                db.execute(f"INSERT INTO extra{number} SELECT hex(randomblob(90000)) FROM event")
                os.kill(os.getpid(), signal.SIGKILL)

        return run

    return [*MIGRATIONS, make(1), make(2)]


def full(path: Path, size: int) -> None:
    import resource

    store = Store.open(path, clock=now)
    at = int(now().timestamp() * 1000)

    def act(serial: int) -> None:
        body = {"at": at, "text": "长" * 3000}
        store.commit([Draft("call.said", "call", EntityId(f"{serial:032x}"), body)], actor="1")

    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    done, before = 0, store._stamp
    try:
        while True:
            before = store._stamp
            act(done)
            done += 1
    except StoreError as error:
        say("refused", error.code, done, int(store._stamp == before))
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    act(done)
    say("again", len(store.refold()), len(store.quick_check()), len(store.audit()))
    store.close()


def main(mode: str, path: str, number: str = "0") -> None:
    if mode == "work":
        work(Path(path), int(number))
    elif mode == "hold":
        hold(Path(path))
    elif mode in ("migrate", "create"):
        Store.open(Path(path), clock=now, steps=dying(int(number)))
    elif mode == "full":
        full(Path(path), int(number))


if __name__ == "__main__":
    main(*sys.argv[1:])
