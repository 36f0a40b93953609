"""Who sits here: the seat's profile, kept as an entity of its own."""

from __future__ import annotations

from dataclasses import asdict, fields, replace
from datetime import datetime

from agentdesk.desk.snapshot import Profile
from agentdesk.domain.events import Draft, EntityId, Event
from agentdesk.domain.moments import to_ms
from agentdesk.domain.text import clean
from agentdesk.store.store import Store

SEAT = EntityId("local")
"""Id of the one seat entity of a local store."""


def read_profile(store: Store, defaults: Profile) -> Profile:
    """What was chosen here; what was not comes from ``defaults``."""
    state = store.state("seat", SEAT)
    kept = {item.name: str(state.value(item.name) or "") for item in fields(Profile)}
    return replace(defaults, **{name: value for name, value in kept.items() if value})


def write_profile(store: Store, profile: Profile, now: datetime) -> tuple[Event, ...]:
    """Keep a profile; its texts are cleaned."""
    values = {name: clean(text).strip() for name, text in asdict(profile).items()}
    body = {"at": to_ms(now), "set": values}
    return tuple(store.commit([Draft("seat.set", "seat", SEAT, body)], actor=values["agent_no"]))
