"""Who sits here: the seat's profile, kept as an entity of its own."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import asdict, replace

from agentdesk.desk.snapshot import Profile
from agentdesk.domain.events import Draft, EntityId, Event
from agentdesk.domain.moments import to_ms
from agentdesk.domain.text import clean
from agentdesk.store.store import Store

SEAT = EntityId("local")
"""Id of the one seat entity of a local store."""


def read_profile(store: Store, defaults: Profile, given: Profile) -> Profile:
    """Who sits here: what the configuration gives, else what was chosen, else the default."""
    state = store.state("seat", SEAT)
    kept = {name: str(state.value(name) or "") for name in Profile.__struct_fields__}
    for layer in (kept, asdict(given)):
        defaults = replace(defaults, **{name: text for name, text in layer.items() if text})
    return defaults


def write_profile(store: Store, profile: Profile, now: datetime) -> tuple[Event, ...]:
    """Keep a profile; its texts are cleaned."""
    values = {name: clean(text).strip() for name, text in asdict(profile).items()}
    body = {"at": to_ms(now), "set": values}
    return tuple(store.commit([Draft("seat.set", "seat", SEAT, body)], actor=values["agent_no"]))
