"""The entities of a store that are in memory, and what new events make of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from agentdesk.domain.events import EntityId, Event
from agentdesk.store import journal, project, queries

_CACHED = 1024


class Memory:
    """The most recently used entities; whatever is not here is folded from the journal.

    Args:
        db: the store's connection.
        projections: row maker per entity.
    """

    def __init__(self, db: sqlite3.Connection, projections: project.Projections) -> None:
        self._db = db
        self.folder = project.Folder(projections)
        self.cache: dict[project.Key, project.Held] = {}

    def held(self, key: project.Key) -> project.Held:
        """An entity as it stands."""
        held = self.cache.pop(key, None)
        if held is None:
            events = journal.of_entity(self._db, *key)
            if events:
                parked = project.parked_ids(self._db)
                events = [event for event in events if event.id not in parked]
            held = self.folder.fold(key[0], project.EMPTY, events)[0]
        self.remember(key, held)
        return held

    def remember(self, key: project.Key, held: project.Held) -> None:
        """Keep as the most recently used; the least recently used goes."""
        self.cache.pop(key, None)
        self.cache[key] = held
        if len(self.cache) > _CACHED:
            del self.cache[next(iter(self.cache))]

    def follow(self, staged: project.Staged) -> None:
        """What was staged is on the disk now."""
        for key, held in staged.held.items():
            self.remember(key, held)

    def stage(self, events: Iterable[Event]) -> project.Staged:
        """What new events make of their entities."""
        return self.folder.stage(events, self.held)

    def read_ahead(self, keys: Iterable[project.Key]) -> None:
        """Have many entities in memory by few questions."""
        wanted: dict[str, list[EntityId]] = {}
        for key in dict.fromkeys(keys):
            if key in self.cache:
                self.remember(key, self.cache[key])
            else:
                wanted.setdefault(key[0], []).append(key[1])
        parked = project.parked_ids(self._db) if wanted else frozenset()
        for entity, ids in wanted.items():
            found = dict(journal.of_some(self._db, entity, ids))
            for entity_id in ids:
                events = [event for event in found.get(entity_id, ()) if event.id not in parked]
                held = self.folder.fold(entity, project.EMPTY, events)[0]
                self.remember((entity, entity_id), held)

    def stage_written(self, events: Sequence[Event], anew: Iterable[project.Key]) -> project.Staged:
        """What follows from ``events`` whose rows were just written, by joining where it can be.

        Entities that were not in memory before that, and those of ``anew``, are folded from
        their rows. The caller holds the transaction.
        """
        groups = project.by_entity(events)
        again = dict.fromkeys(anew)
        again |= dict.fromkeys(key for key in groups if key not in self.cache)
        known = {key: group for key, group in groups.items() if key not in again}
        staged = self.folder.stage_groups(known, self.held)
        for key in again:
            self._fold_anew(key, staged)
        return staged

    def _fold_anew(self, key: project.Key, staged: project.Staged) -> None:
        queries.forget_parked(self._db, *key)
        events = journal.of_entity(self._db, *key)
        held, parked = self.folder.fold(key[0], project.EMPTY, events)
        staged.held[key] = held
        staged.parked += parked
        if held.row is None:
            staged.gone.append(key)
        else:
            staged.changed[key] = held.row
