"""Who works on tickets, as far as this store knows: owners, departments, who took a form there."""

from __future__ import annotations

import json

from agentdesk.store.failures import mapped
from agentdesk.store.journal import COUNTS
from agentdesk.store.store import Store

LATELY = 20_000
"""Events looked back through for departments; older habits are typed anew."""

MOST = 200
"""Dispatches that are looked at."""

_OPEN = "FROM ticket INDEXED BY ticket_open WHERE state NOT IN ('closed', 'cancelled')"
OWNERS = f"SELECT owner, count(*) {_OPEN} AND owner <> '' GROUP BY owner"
HOLDERS = f"SELECT department, count(*) {_OPEN} AND department <> '' GROUP BY department"
DISPATCHES = (
    "SELECT body FROM event WHERE lseq > (SELECT max(lseq) FROM event) - :lately "
    f"AND kind = 'ticket.dispatched' AND {COUNTS} ORDER BY lseq DESC LIMIT :most"
)


def owners(store: Store) -> dict[str, int]:
    """Open tickets by who follows them."""
    with mapped(store.path):
        return {str(owner): int(n) for owner, n in store.connection.execute(OWNERS)}


def holders(store: Store) -> dict[str, int]:
    """Open tickets by the department that has had their form longest."""
    with mapped(store.path):
        return {str(name): int(n) for name, n in store.connection.execute(HOLDERS)}


def dispatches(store: Store) -> list[tuple[str, str]]:
    """Department and who there took the form (or ``""``) of the last dispatches, newest first."""
    with mapped(store.path):
        rows = store.connection.execute(DISPATCHES, {"lately": LATELY, "most": MOST}).fetchall()
    found = []
    for (body,) in rows:
        told = json.loads(body)
        if isinstance(told, dict):
            names = (told.get("department"), told.get("assignee"))
            department, assignee = (n.strip() if isinstance(n, str) else "" for n in names)
            found.append((department, assignee))
    return [each for each in found if each[0]]
