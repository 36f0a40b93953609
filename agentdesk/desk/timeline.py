"""One call's timeline: its own events and those of what it left behind."""

from __future__ import annotations

from agentdesk.desk.snapshot import Moment
from agentdesk.domain.events import EntityId, Event
from agentdesk.domain.moments import from_ms
from agentdesk.store.store import Store

RELATED = ("promise", "callback", "escalation")


def timeline(store: Store, call_id: EntityId) -> tuple[Moment, ...]:
    """Everything that happened to a call, oldest first, as data for the string tables."""
    events = list(store.events_of("call", call_id))
    if not events:
        return ()
    for entity in RELATED:
        for entity_id in store.related(entity, call_id):
            events.extend(store.events_of(entity, entity_id))
    events.sort(key=lambda event: (event.stamp, event.id))
    return tuple(_moment(event) for event in events)


def _moment(event: Event) -> Moment:
    at = event.body.get("at")
    moment = from_ms(int(at) if isinstance(at, int) else event.stamp >> 16)
    params = {name: value for name, value in event.body.items() if name != "at"}
    return Moment(moment, event.kind, event.actor, params)
