"""A home for ``agentdesk`` and hands that run it, for tests of its sub-commands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple

from agentdesk.desk.seat import write_profile
from agentdesk.desk.snapshot import Profile
from agentdesk.domain.events import Draft, EntityId
from agentdesk.locations import Locations
from agentdesk.store import Store
from agentdesk.sync.credentials import FILE, Credentials

CALL = EntityId("a" * 32)


class Outcome(NamedTuple):
    """What a run of the command gave."""

    code: int
    out: str
    err: str

    @property
    def figures(self) -> dict[str, str]:
        return dict(line.split("\t", 1) for line in self.out.splitlines() if "\t" in line)


Run = Callable[..., Outcome]


def store_of(places: Locations) -> Store:
    places.prepare()
    return Store.open(places.store_file, clock=lambda: datetime.now(UTC))


def write(places: Locations, count: int = 3, actor: str = "8001") -> None:
    """Some acts at this seat, without any server."""
    store = store_of(places)
    write_profile(store, Profile(agent_no=actor, pack="F6"), datetime.now(UTC))
    at = int(datetime.now(UTC).timestamp() * 1000)
    store.commit([Draft("call.offered", "call", CALL, {"at": at, "number": "138"})], actor=actor)
    for number in range(count - 1):
        body = {"at": at, "set": {"note": f"第 {number} 句"}}
        store.commit([Draft("call.set", "call", CALL, body)], actor=actor)
    store.close()


def kept(places: Locations) -> Credentials:
    return Credentials(places.state_dir / FILE)
