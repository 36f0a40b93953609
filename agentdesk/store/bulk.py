"""The states of many entities read together: a few questions instead of two for each.

For reckoning a whole table anew. What is read here is not kept in the store's memory, so the
entities somebody is working with stay there.
"""

from __future__ import annotations

from collections.abc import Sequence

from agentdesk.domain.events import EntityId
from agentdesk.domain.fold import EntityState, join
from agentdesk.store import journal, project
from agentdesk.store.failures import mapped
from agentdesk.store.store import Store


def states(store: Store, entity: str, ids: Sequence[EntityId]) -> dict[EntityId, EntityState]:
    """What is known of each of ``ids``, as ``store.state`` gives it; all of one kind.

    Raises:
        StoreError: the file cannot be read.
    """
    found = {entity_id: EntityState() for entity_id in ids}
    with mapped(store.path):
        db = store.connection
        parked = project.parked_ids(db)
        # The join takes events in any order: nothing has to be sorted.
        for entity_id, events in journal.of_some(db, entity, ids):
            for event in events:
                if event.id not in parked:
                    join(found[entity_id], event)
    return found
