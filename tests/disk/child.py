"""A store or a server that acts and says what it has acknowledged. Run under the recorder.

``child.py seat|server PATH ACTS FULL|NORMAL`` says ``ack <event id>`` for every event.
"""

from __future__ import annotations

import os
import random
import sys
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Raw

from agentdesk.domain.events import Draft, EntityId
from agentdesk.store import Store

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SEED = 20261122


def say(*ids: str) -> None:
    os.write(sys.stdout.fileno(), "".join(f"ack {each}\n" for each in ids).encode())


def seat(path: Path, acts: int, synchronous: str) -> None:
    store = Store.open(path, clock=lambda: NINE)
    # Small steps between checkpoints, so that a short run has many of them.
    store.connection.execute("PRAGMA wal_autocheckpoint = 24")
    store.connection.execute(f"PRAGMA synchronous = {synchronous}")
    chance = random.Random(SEED)
    for serial in range(acts):
        note = "客户称空调不制冷，要求回电" * chance.randint(1, 60)
        body = {"at": 1, "set": {"note": note}}
        draft = Draft("call.set", "call", EntityId(f"{serial % 7:032x}"), body)
        said = Draft("call.said", "call", draft.entity_id, {"at": 1, "line": "开场语"})
        say(*(event.id for event in store.commit([draft, said], actor="8001")))


def server(path: Path, acts: int, synchronous: str) -> None:
    from agentdesk.domain.ids import Ids
    from agentdesk.domain.people import Role
    from agentdesk.server.caller import Caller
    from agentdesk.server.service import Service
    from agentdesk.store.journal import canonical
    from agentdesk.wire import Push, WireEvent

    chance = random.Random(SEED)
    ids = Ids(lambda: 1, chance.getrandbits)
    service = Service.open(path, clock=lambda: 1, new_id=ids)
    db = service.storage._db  # type: ignore[attr-defined]
    db.execute("PRAGMA wal_autocheckpoint = 24")
    db.execute(f"PRAGMA synchronous = {synchronous}")
    who = Caller(
        "8001", "王芳", Role.AGENT, "A", "A12", "a" * 32, False, ("site", "team:A", "seat:A12")
    )
    for serial in range(acts):
        note = "客户称空调不制冷，要求回电" * chance.randint(1, 60)
        text = canonical({"at": 1, "queue": "", "text": note})
        event = WireEvent(
            id=ids(),
            txn=ids(),
            kind="call.offered",
            v=1,
            entity="call",
            entity_id=ids(),
            hlc=serial + 1,
            actor="8001",
            install="a" * 32,
            body=Raw(text.encode()),
        )
        say(*service.push(who, Push(1, [event])).received)


if __name__ == "__main__":
    kind, path, acts, synchronous = sys.argv[1:]
    {"seat": seat, "server": server}[kind](Path(path), int(acts), synchronous)
    os._exit(0)  # no clean close: the power goes
