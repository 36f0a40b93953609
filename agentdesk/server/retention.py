"""Removing what may no longer be kept, with a report, and without breaking the chain.

Whole entities go, and only finished ones: a state folded from half its events would be wrong.
Of each event its id, place and digest stay, so that the audit still adds up and a seat that
sends it once more does not bring it back. People and teams are never removed: the roles acts
were judged by must stay known.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from msgspec import Struct

from agentdesk.server import audit
from agentdesk.server.storage.base import Group, Storage
from agentdesk.server.storage.schema import FINISHED
from agentdesk.store.project import Key

ENTITIES = tuple(FINISHED)
"""Kinds of entity retention may remove."""

_AT_ONCE = 200


class Report(Struct, frozen=True):
    """What was removed.

    Attributes:
        before: the age, milliseconds since 1970: by when the server took the last event in.
        entities: removed ones by kind.
        events: removed events by scope, refused ones included.
    """

    before: int
    entities: dict[str, int]
    events: dict[str, int]


def purge(storage: Storage, before: int, entities: Sequence[str], at: int) -> Report:
    """Remove finished entities nothing happened to since ``before``, and old refusals.

    Works in small transactions, so that seats can go on meanwhile; broken off, it is simply
    not finished.

    Args:
        before, at: milliseconds since 1970; ``at`` is now.
        entities: some of :data:`ENTITIES`.

    Raises:
        ValueError: a kind of entity that is never removed.
        StoreError: the database failed.
    """
    if unknown := set(entities) - set(ENTITIES):
        raise ValueError(f"never removed: {', '.join(sorted(unknown))}")
    gone: Counter[str] = Counter()
    events: Counter[str] = Counter()
    while keys := storage.stale(before, entities, _AT_ONCE):
        events.update(_remove(storage, keys, [], at))
        gone.update(entity for entity, _ in keys)
    while refused := storage.stale_refused(before, _AT_ONCE):
        events.update(_remove(storage, [], refused, at))
    return Report(before, dict(sorted(gone.items())), dict(sorted(events.items())))


def _remove(
    storage: Storage, keys: Sequence[Key], refused: Sequence[int], at: int
) -> Mapping[str, int]:
    """One transaction. The chain gets a link of its own: the removal is on record, and every
    process that writes learns that what it remembers is no longer true.
    """
    with storage.transaction():
        counts = storage.purge(keys, refused, at)
        storage.append(Group(audit.link(storage.head(), [], at)))
    return counts
