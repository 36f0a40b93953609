"""Which standard calls were answered by, for lists: without reading every event of every call."""

from __future__ import annotations

from collections.abc import Sequence

from agentdesk.domain.events import EntityId
from agentdesk.store.failures import mapped
from agentdesk.store.journal import COUNTS
from agentdesk.store.store import Store

_AT_ONCE = 500
"""Calls one question names."""


_PACKS = (
    "SELECT entity_id, json_extract(body, '$.pack') FROM event"
    " WHERE entity = 'call' AND entity_id IN (" + ", ".join("?" * _AT_ONCE) + ")"
    f" AND kind IN ('call.offered', 'call.answered') AND {COUNTS}"
    " ORDER BY kind = 'call.answered', coalesce(eff, hlc) DESC, id DESC"
)


def recorded_packs(store: Store, call_ids: Sequence[EntityId]) -> dict[EntityId, str]:
    """Call id to pack id, as the answer of a call names it, or else its offer.

    Calls of versions that kept no standard are left out.

    Raises:
        StoreError: the store cannot be read.
    """
    found: dict[EntityId, str] = {}
    with mapped(store.path):
        for at in range(0, len(call_ids), _AT_ONCE):
            some = call_ids[at : at + _AT_ONCE]
            # What comes last stays: the answer before the offer, the first before a repeated one.
            padded = [*some, *[None] * (_AT_ONCE - len(some))]
            rows = store.connection.execute(_PACKS, padded)
            found |= {EntityId(call_id): pack for call_id, pack in rows if pack}
    return found
