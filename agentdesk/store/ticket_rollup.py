"""Open tickets counted together: how many are late, for whom, where; one question each.

"Late" is what the board calls so: the next due time of a ticket has passed. Of those in their
warning band ``red`` have less than half of it left, ``amber`` the others.
"""

from __future__ import annotations

from msgspec import Struct

from agentdesk.domain.events import EntityId
from agentdesk.store.failures import mapped
from agentdesk.store.store import Store

DIMENSIONS = ("owner", "area", "state", "department", "category")
"""What the counts can be grouped by."""

LATE = (
    "SELECT count(*) FROM ticket_due d CROSS JOIN ticket t ON t.id = d.id "
    "WHERE d.sort_at < :now AND (:owner = '' OR t.owner = :owner) "
    "AND t.state NOT IN ('closed', 'cancelled')"
)
COUNTS = """
SELECT t.owner, t.area, t.state, t.department, t.category, count(*),
    coalesce(sum(d.due_at < :now), 0),
    coalesce(sum(d.due_at >= :now AND 2 * :now >= d.due_at + d.warn_at), 0),
    coalesce(sum(d.due_at >= :now AND d.warn_at <= :now AND 2 * :now < d.due_at + d.warn_at), 0),
    coalesce(sum(d.paused), 0),
    min(t.created_at),
    min(d.due_at)
FROM ticket t LEFT JOIN ticket_due d ON d.id = t.id
WHERE t.state NOT IN ('closed', 'cancelled')
GROUP BY t.owner, t.area, t.state, t.department, t.category
"""

FIRST = {
    name: "SELECT t.id FROM ticket t LEFT JOIN ticket_due d ON d.id = t.id "
    f"WHERE t.state NOT IN ('closed', 'cancelled') AND coalesce(t.{name}, '') = :key "
    "ORDER BY d.due_at IS NULL, d.due_at, t.priority, t.id LIMIT :limit"
    for name in DIMENSIONS
}
"""By dimension."""


class Count(Struct, frozen=True):
    """The open tickets that are alike in everything they are grouped by.

    Attributes:
        total: with those that are late, red, amber, or paused, of which a ticket is one at most.
        oldest, due: when the first of them was taken in, and is due; milliseconds since 1970.
    """

    owner: str
    area: str
    state: str
    department: str
    category: str
    total: int
    late: int
    red: int
    amber: int
    paused: int
    oldest: int
    due: int | None


def late_count(store: Store, owner: str, now: int) -> int:
    """How many open tickets of one owner, or of all, are late at ``now`` (milliseconds)."""
    with mapped(store.path):
        row = store.connection.execute(LATE, {"owner": owner, "now": now}).fetchone()
    return int(row[0])


def counts(store: Store, now: int) -> list[Count]:
    """Every open ticket, counted by all of :data:`DIMENSIONS` together."""
    with mapped(store.path):
        return [Count(*row) for row in store.connection.execute(COUNTS, {"now": now})]


def first_due(store: Store, dimension: str, key: str, limit: int) -> list[EntityId]:
    """The open tickets of one group, the next due first.

    Raises:
        KeyError: no such dimension.
    """
    values = {"key": key, "limit": limit}
    with mapped(store.path):
        rows = store.connection.execute(FIRST[dimension], values).fetchall()
    return [EntityId(row[0]) for row in rows]
