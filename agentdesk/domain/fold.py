"""The fold: from events to the state of one entity.

``EntityState`` is a join semilattice: ``join`` may be applied to events in any order and
any number of times. Nothing here knows what a call is; :mod:`agentdesk.domain.call`
reads meaning from the state.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct, field

from agentdesk.domain.events import KINDS, Body, Event, EventId, Merge, Stamp


class Item(Struct, frozen=True, gc=False):
    """One member of an entity's grow-only set; see :class:`agentdesk.domain.events.Event`."""

    stamp: Stamp
    id: EventId
    kind: str
    actor: str
    body: Body
    install: str = ""
    seq: int | None = None

    @property
    def order(self) -> tuple[int, str]:
        """Total order: stamp, then id."""
        return (self.stamp, self.id)

    @property
    def claim(self) -> tuple[bool, int, Stamp, EventId]:
        """Order in which claims win: as the server took them in, unconfirmed ones last."""
        return (self.seq is None, self.seq or 0, self.stamp, self.id)


class EntityState(Struct, gc=False):
    """Join of the events of one entity.

    Attributes:
        items: members by event id (``SET`` and ``CLAIM`` kinds).
        fields: per field its winning ``(stamp, id, value)`` (``FIELD`` kinds).
    """

    items: dict[EventId, Item] = field(default_factory=dict)
    fields: dict[str, tuple[Stamp, EventId, Any]] = field(default_factory=dict)

    def copy(self) -> EntityState:
        """A state that can be joined further without changing this one."""
        return EntityState(dict(self.items), dict(self.fields))

    def ordered(self) -> list[Item]:
        """Members by ``(stamp, id)``."""
        found = [(item.stamp, item.id, item) for item in self.items.values()]
        found.sort()  # ids differ, so no two items are ever compared
        return [item for _, _, item in found]

    def first(self, kind: str) -> Item | None:
        """The first member of a kind: the winner of a ``CLAIM``."""
        found = [item for item in self.items.values() if item.kind == kind]
        return min(found, key=lambda item: item.claim, default=None)

    def value(self, name: str, default: Any = None) -> Any:
        """The winning value of a field."""
        held = self.fields.get(name)
        return default if held is None else held[2]

    def values(self) -> Mapping[str, Any]:
        """All winning values."""
        return {name: held[2] for name, held in self.fields.items()}


def join(state: EntityState, event: Event) -> None:
    """Join one event into ``state`` in place.

    An event of an unknown kind is left out (the store parks it).

    Raises:
        TypeError: a ``FIELD`` event whose body has no mapping under ``set``.
    """
    kind = KINDS.get(event.kind)
    if kind is None:
        return
    if kind.merge is not Merge.FIELD:
        held = state.items.get(event.id)
        # What the server confirmed stands over the same event as its seat first wrote it.
        if held is None or (held.seq is None and event.seq is not None):
            state.items[event.id] = Item(
                event.stamp,
                event.id,
                event.kind,
                event.actor,
                event.body,
                event.install,
                event.seq,
            )
        return
    changes = event.body.get("set")
    if type(changes) is not dict and not isinstance(changes, Mapping):
        raise TypeError(f"{event.kind}: body.set must be a mapping")
    for name, value in changes.items():
        stands = state.fields.get(name)
        if stands is None or (event.stamp, event.id) > (stands[0], stands[1]):
            state.fields[name] = (event.stamp, event.id, value)


def fold(events: Iterable[Event]) -> EntityState:
    """Join of all ``events``, which must belong to one entity."""
    state = EntityState()
    for event in events:
        join(state, event)
    return state
