"""Open promises, callbacks and escalations, kept in memory beside the store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from agentdesk.domain.events import EntityId
from agentdesk.domain.fold import EntityState
from agentdesk.domain.followups import (
    CallbackView,
    EscalationView,
    PromiseView,
    read_callback,
    read_escalation,
    read_promise,
)
from agentdesk.store.store import Store

EVENING = timedelta(hours=6)
"""Calls for help raised so shortly before today are still looked at."""


class _Open(Protocol):
    @property
    def state(self) -> str: ...


V = TypeVar("V", bound=_Open)
W = TypeVar("W", PromiseView, CallbackView)


class Followups:
    """What calls left behind and somebody still has to do.

    Promises and callbacks of this seat only; calls for help of everybody.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._promises: dict[EntityId, PromiseView] = {}
        self._callbacks: dict[EntityId, CallbackView] = {}
        self._escalations: dict[EntityId, EscalationView] = {}

    def load(self, day_start: datetime, calls: Iterable[EntityId] = ()) -> None:
        """Read everything open, and the escalations since ``day_start`` or of open ``calls``."""
        self._promises.clear()
        self._callbacks.clear()
        self._escalations.clear()
        for entity in ("promise", "callback"):
            for entity_id, state in self._store.standing(entity):
                self._take(entity, entity_id, state)
        evening = day_start - EVENING  # a call for help does not end at midnight
        for entity_id, state in self._store.entities("escalation", since=evening):
            self._take("escalation", entity_id, state)
        for call_id in calls:  # a call that began before midnight keeps its ladder
            for entity_id in self._store.related("escalation", call_id):
                self.refresh("escalation", entity_id)

    def is_open(self, entity: str, entity_id: EntityId) -> bool:
        """Whether a promise or callback still has to be settled."""
        tables: dict[str, Mapping[EntityId, _Open]]
        tables = {"promise": self._promises, "callback": self._callbacks}
        found = tables.get(entity, {}).get(entity_id)
        return found is not None and found.state == "open"

    def refresh(self, entity: str, entity_id: EntityId) -> None:
        """Read one entity again after its events were stored."""
        self._take(entity, entity_id, self._store.state(entity, entity_id))

    def _take(self, entity: str, entity_id: EntityId, state: EntityState) -> None:
        if entity == "promise":
            _put(self._promises, entity_id, self._own(read_promise(entity_id, state)))
        elif entity == "callback":
            _put(self._callbacks, entity_id, self._own(read_callback(entity_id, state)))
        elif entity == "escalation":
            _put(self._escalations, entity_id, read_escalation(entity_id, state))

    def _own(self, view: W | None) -> W | None:
        """A promise or callback, None where another seat owes it."""
        return view if view is not None and view.install in self._store.installs else None

    def promises(self) -> tuple[PromiseView, ...]:
        """Open promises, the next due first."""
        return _open(self._promises, lambda item: (item.due_at, item.id))

    def callbacks(self) -> tuple[CallbackView, ...]:
        """Open callbacks, the next due first."""
        return _open(self._callbacks, lambda item: (item.due_at, item.id))

    def escalations(self) -> tuple[EscalationView, ...]:
        """Escalations known here, newest first."""
        found = self._escalations.values()
        return tuple(sorted(found, key=lambda item: (item.raised_at, item.id), reverse=True))


def _put(held: dict[EntityId, V], entity_id: EntityId, view: V | None) -> None:
    held.pop(entity_id, None)
    if view is not None:
        held[entity_id] = view


def _open(held: dict[EntityId, V], key: Callable[[V], tuple[datetime, str]]) -> tuple[V, ...]:
    return tuple(sorted((item for item in held.values() if item.state == "open"), key=key))
