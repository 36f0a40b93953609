"""Who calls: what earlier calls of the number say."""

from __future__ import annotations

from agentdesk.desk.snapshot import Known
from agentdesk.domain.call.state import Call
from agentdesk.domain.moments import from_ms
from agentdesk.store.store import Store


def recognise(store: Store, call: Call) -> Known | None:
    """The customer with the number of ``call``, from the other calls of the store."""
    if not call.number:
        return None
    found = [(row, e) for row, e in store.find_customer(call.number) if row.id != call.id]
    if not found:
        return None
    exact = any(is_exact for _, is_exact in found)
    rows = [row for row, is_exact in found if is_exact is exact]
    last = rows[0]
    named = next((row for row in rows if row.surname), last)  # a missed call has no name
    at = from_ms(last.offered_at) if last.offered_at is not None else None
    return Known(
        exact,
        len(rows),
        named.customer or "",
        named.surname or "",
        named.title or "",
        at,
        last.category or "",
        last.id,
    )
