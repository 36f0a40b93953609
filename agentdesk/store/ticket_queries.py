"""Questions to the tables of tickets, and the one table that is not folded from events.

When a ticket is due follows from its events, the standard in force and the centre's calendar.
The latter two are settings of a seat, so the due time is no part of the synchronised tables:
``ticket_due`` holds what this seat computed, with the stamp and the basis it was computed for.
A row that is missing or whose stamp or basis has changed is computed anew, whatever happened
in between: a crash, a pull, another standard.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec.structs import replace

from agentdesk.domain.events import EntityId
from agentdesk.store.failures import mapped
from agentdesk.store.journal import COUNTS
from agentdesk.store.queries import TAIL
from agentdesk.store.rows import TicketDue, TicketFilter, TicketRow, ticket_row
from agentdesk.store.store import Store
from agentdesk.store.ticket_fitting import (
    ALL_FIT,
    MEANT_FIT,
    SPELT,
    SPELT_FIT,
    STANDS,
    WORDS,
    any_state,
    digits_of,
    spelt_of,
    teach,
    values_of,
    words_of,
)

NEVER = 2**62
"""Sorts after every due time."""

PAGE = 500
"""Rows one question gives at most, unless it says otherwise."""

_DUE = ("due_at", "warn_at", "clock", "paused")
_CELLS = ", ".join(f"{'d' if name in _DUE else 't'}.{name}" for name in TicketRow.__struct_fields__)
_CELLS = _CELLS.replace("d.clock", "coalesce(d.clock, '')").replace(
    "d.paused", "coalesce(d.paused, 0)"
)
_OPEN = "t.state NOT IN ('closed', 'cancelled')"
_OPEN_ONLY = f"FROM ticket_due d CROSS JOIN ticket t ON t.id = d.id WHERE {_OPEN}"
_ORDERS = {
    "due": "d.sort_at, t.priority, d.id",
    "priority": "t.level, d.sort_at, t.priority, d.id",
    "newest": "t.created_at DESC, t.id DESC",
}
_PAGED = "LIMIT :limit OFFSET :offset"
_ROWS = f"SELECT {_CELLS} FROM page p JOIN ticket t ON t.id = p.id LEFT JOIN ticket_due d"

# Nothing asked but the order: the first rows of an index.
PLAIN = f"SELECT {_CELLS} {_OPEN_ONLY} ORDER BY {_ORDERS['due']} {_PAGED}"
BEFORE = (
    f"SELECT {_CELLS} {_OPEN_ONLY} AND d.sort_at < :due_before ORDER BY {_ORDERS['due']} {_PAGED}"
)
# What open tickets are filtered and sorted by stands in one index (ticket_open); the rows
# themselves are read for the page only.
_OPEN_FROM = (
    "FROM ticket t INDEXED BY ticket_open CROSS JOIN ticket_due d ON d.id = t.id "
    f"WHERE {_OPEN} AND "
)


def _board(fit: str) -> dict[str, str]:
    return {
        order: f"WITH page AS MATERIALIZED (SELECT t.id {_OPEN_FROM}{fit} ORDER BY {by} {_PAGED}) "
        f"{_ROWS} ON d.id = p.id ORDER BY {by}"
        for order, by in _ORDERS.items()
    }


BOARD, BOARD_MEANT, BOARD_SPELT = _board(ALL_FIT), _board(MEANT_FIT), _board(SPELT_FIT)
COUNT, COUNT_MEANT, COUNT_SPELT = (
    f"SELECT count(*) {_OPEN_FROM}{fit}" for fit in (ALL_FIT, MEANT_FIT, SPELT_FIT)
)
BY_STATE, BY_STATE_MEANT, BY_STATE_SPELT = (
    f"SELECT t.state, count(*) {_OPEN_FROM}{fit} GROUP BY t.state"
    for fit in (ALL_FIT, MEANT_FIT, SPELT_FIT)
)
COUNT_PLAIN = "SELECT count(*) FROM ticket_due"
# Every open ticket has a due time once all were reckoned: then the tickets alone tell.
COUNT_OWN = (
    f"SELECT count(*) FROM ticket t INDEXED BY ticket_open WHERE {_OPEN} AND t.owner = :owner"
)
# With those that are over the newest come first; words are looked for in an index.
_ANY_FROM = f"SELECT {_CELLS} FROM ticket t LEFT JOIN ticket_due d ON d.id = t.id WHERE "
_NEWEST = f" ORDER BY {_ORDERS['newest']} {_PAGED}"
ANY, ANY_MEANT, ANY_SPELT = (_ANY_FROM + fit + _NEWEST for fit in (ALL_FIT, MEANT_FIT, SPELT_FIT))


FOUND, FOUND_SPELT = (
    tuple(
        "WITH page AS MATERIALIZED (SELECT t.rowid AS place FROM ticket t INDEXED BY ticket_found "
        + "".join(f"{'AND' if n else 'WHERE'} {condition.format(n=n)} " for n in range(count))
        + f"ORDER BY t.created_at DESC {_PAGED}) SELECT {_CELLS} FROM page p "
        "JOIN ticket t ON t.rowid = p.place LEFT JOIN ticket_due d ON d.id = t.id "
        f"ORDER BY {_ORDERS['newest']}"
        for count in range(WORDS + 1)
    )
    for condition in (STANDS, f"({STANDS} OR {SPELT})")
)
"""By how many words are looked for; every comparison less shows at 100,000 tickets."""

SUFFIX = (
    "WITH page AS MATERIALIZED (SELECT t.id FROM ticket t INDEXED BY ticket_number "
    "WHERE substr(t.number, -length(:number)) = :number ORDER BY t.id DESC "
    f"{_PAGED}) {_ROWS} ON d.id = p.id ORDER BY {_ORDERS['newest']}"
)
OF_STATE = (
    "WITH page AS MATERIALIZED (SELECT t.id FROM ticket t INDEXED BY ticket_state "
    f"WHERE t.state = :state ORDER BY t.created_at DESC {_PAGED}) "
    f"{_ROWS} ON d.id = p.id ORDER BY {_ORDERS['newest']}"
)
ONE = f"SELECT {_CELLS} FROM ticket t LEFT JOIN ticket_due d ON d.id = t.id WHERE t.id = ?"
OF_CALL = (
    "SELECT DISTINCT entity_id FROM event "
    f"WHERE kind = 'ticket.linked' AND substr(body, -34, 32) = ? AND {COUNTS} ORDER BY entity_id"
)
OF_NUMBER = (
    f"SELECT {_CELLS} FROM ticket t LEFT JOIN ticket_due d ON d.id = t.id "
    "WHERE substr(t.number, -7) = ? ORDER BY t.created_at DESC, t.id DESC LIMIT ?"
)
STALE = (
    "SELECT t.id FROM ticket t LEFT JOIN ticket_due d ON d.id = t.id "
    f"WHERE {_OPEN} AND (d.id IS NULL OR d.stamp <> t.stamp "
    "OR NOT instr(?, ' ' || d.basis || ' ')) LIMIT ?"
)
BASES = "SELECT DISTINCT basis FROM ticket_due"
STATES = (
    f"SELECT t.state, count(*) FROM ticket t INDEXED BY ticket_open WHERE {_OPEN} "
    "AND (?1 = '' OR t.owner = ?1) GROUP BY t.state"
)
OF_TYPE = f"SELECT {_CELLS} {_OPEN_ONLY} AND t.type = ? ORDER BY d.sort_at, t.id LIMIT {PAGE}"
OVER = (
    "SELECT d.id FROM ticket_due d LEFT JOIN ticket t ON t.id = d.id "
    "WHERE t.id IS NULL OR t.state IN ('closed', 'cancelled')"
)
CHANGING = "SELECT id FROM ticket_due WHERE next_at <= ? ORDER BY next_at LIMIT ?"
NEXT = "SELECT min(next_at) FROM ticket_due WHERE next_at IS NOT NULL"
BY_SUFFIX = "SELECT id FROM ticket WHERE substr(id, -length(?1)) = ?1 LIMIT 20"
DUE = (
    "SELECT id, due_at, warn_at, next_at, clock, paused, stamp, basis FROM ticket_due WHERE id = ?"
)
_PUT = (
    "INSERT OR REPLACE INTO ticket_due "
    "(id, sort_at, due_at, warn_at, next_at, clock, paused, stamp, basis) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_DROP = "DELETE FROM ticket_due WHERE id = ?"


class TicketTables:
    """Tickets of one open store; used from the store's thread, for as long as it is open."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._db = store.connection
        self._empty: tuple[TicketFilter, int] | None = None  # a search that found nothing, when
        self._counted: tuple[str, int, dict[str, int]] | None = None
        self._split: tuple[TicketFilter, int, dict[str, int]] | None = None
        teach(self._db)

    def _ask(self, query: str, values: Any) -> list[tuple[Any, ...]]:
        with mapped(self._store.path):
            return self._db.execute(query, values).fetchall()

    # ------------------------------------------------------------------ lists

    def page(self, wanted: TicketFilter, offset: int = 0, limit: int = PAGE) -> list[TicketRow]:
        """Rows ``offset`` to ``offset + limit`` of a list.

        Open tickets only come in the filter's order; with closed ones among them the newest
        come first.
        """
        if self._found_nothing(wanted):
            return []
        values = values_of(wanted) | {"limit": max(0, limit), "offset": max(0, offset)}
        rows = [ticket_row(row) for row in self._ask(_query(wanted, offset), values)]
        if not rows and wanted.text and offset <= 0 < limit:
            self._empty = wanted, self._db.total_changes
        return rows

    def _found_nothing(self, wanted: TicketFilter) -> bool:
        """Whether the search before this one found nothing and this one asks for more of it.

        So only the first key of a failing search looks through everything there is.
        """
        if self._empty is None or any(wanted.meanings) or any(spelt_of(wanted)):
            return False
        before, changes = self._empty
        alike = replace(before, text="", meanings=()) == replace(wanted, text="", meanings=())
        if not alike or changes != self._db.total_changes:
            return False
        words = words_of(wanted)
        return all(any(old in word for word in words) for old in words_of(before))

    def count(self, wanted: TicketFilter, *, reckoned: bool = False) -> int | None:
        """How many open tickets a list has; None for one with closed ones, which may be long.

        Args:
            reckoned: no due time is missing, which spares looking for each.
        """
        if any_state(wanted):
            return None
        query = _of(wanted, COUNT, COUNT_MEANT, COUNT_SPELT)
        if self._split is not None and self._split[:2] == (wanted, self._db.total_changes):
            return sum(self._split[2].values())
        if wanted == TicketFilter(order=wanted.order):
            query = COUNT_PLAIN
        elif reckoned and wanted == TicketFilter(owner=wanted.owner, order=wanted.order):
            query = COUNT_OWN
        return int(self._ask(query, values_of(wanted))[0][0])

    def row(self, ticket_id: EntityId) -> TicketRow | None:
        """One ticket's row."""
        found = self._ask(ONE, (ticket_id,))
        return ticket_row(found[0]) if found else None

    def of_call(self, call_id: EntityId) -> list[EntityId]:
        """Tickets a call is linked to, the oldest first."""
        return [EntityId(row[0]) for row in self._ask(OF_CALL, (call_id,))]

    def of_number(self, number: str, limit: int = 20) -> list[TicketRow]:
        """Tickets of a telephone number, the newest first; its end may be enough.

        One number may have the area code the other lacks; both need seven digits.
        """
        if len(number) < TAIL:
            return []
        rows = map(ticket_row, self._ask(OF_NUMBER, (number[-TAIL:], limit * 4)))
        alike = [row for row in rows if _may_be(number, row.number)]
        return alike[:limit]

    def of_type(self, kind: str) -> list[TicketRow]:
        """Open tickets of one type, the next due first."""
        return [ticket_row(row) for row in self._ask(OF_TYPE, (kind,))]

    def states(self, owner: str) -> dict[str, int]:
        """Open tickets by state, of one owner or of all; counted again when something changed."""
        known, changes = self._counted, self._db.total_changes
        if known is not None and known[:2] == (owner, changes):
            return known[2]
        found = {str(state): int(count) for state, count in self._ask(STATES, (owner,))}
        self._counted = owner, changes, found
        return found

    def by_state(self, wanted: TicketFilter) -> dict[str, int] | None:
        """How many open tickets of a list stand in each state; None where it has closed ones."""
        if any_state(wanted):
            return None
        if wanted == TicketFilter(owner=wanted.owner, order=wanted.order):
            return self.states(wanted.owner)
        known, changes = self._split, self._db.total_changes
        if known is not None and known[:2] == (wanted, changes):
            return known[2]
        query = _of(wanted, BY_STATE, BY_STATE_MEANT, BY_STATE_SPELT)
        rows = self._ask(query, values_of(wanted))
        self._split = wanted, changes, {str(state): int(count) for state, count in rows}
        return self._split[2]

    def by_suffix(self, suffix: str) -> list[EntityId]:
        """Tickets whose id ends so; at most 20."""
        return [EntityId(row[0]) for row in self._ask(BY_SUFFIX, (suffix,))] if suffix else []

    # -------------------------------------------------------------- due times

    def stale(self, bases: Iterable[str], limit: int = PAGE) -> list[EntityId]:
        """Open tickets whose due time is missing or does not rest on one of ``bases``."""
        known = f" {' '.join(bases)} "
        return [EntityId(row[0]) for row in self._ask(STALE, (known, limit))]

    def bases(self) -> list[str]:
        """What the kept due times rest on."""
        return [str(row[0]) for row in self._ask(BASES, ())]

    def over(self) -> list[EntityId]:
        """Tickets that still have a due time and are not open any more."""
        return [EntityId(row[0]) for row in self._ask(OVER, ())]

    def changing(self, now: int, limit: int = PAGE) -> list[EntityId]:
        """Tickets with a clock that has changed by itself until ``now``, milliseconds."""
        return [EntityId(row[0]) for row in self._ask(CHANGING, (now, limit))]

    def next_change(self) -> int | None:
        """When the first clock of all changes by itself, milliseconds."""
        found = self._ask(NEXT, ())[0][0]
        return None if found is None else int(found)

    def due_of(self, ids: Iterable[EntityId]) -> dict[EntityId, TicketDue]:
        """The due times kept of some tickets."""
        rows = (self._ask(DUE, (ticket_id,)) for ticket_id in ids)
        found = [TicketDue(*row[0]) for row in rows if row]
        return {due.id: replace(due, paused=bool(due.paused)) for due in found}

    def put_due(self, rows: Iterable[TicketDue], gone: Iterable[EntityId] = ()) -> None:
        """Keep due times, and drop those of tickets that are over; all or nothing."""
        cells = [
            (
                row.id,
                NEVER if row.due_at is None else row.due_at,
                row.due_at,
                row.warn_at,
                row.next_at,
                row.clock,
                int(row.paused),
                row.stamp,
                row.basis,
            )
            for row in rows
        ]
        dropped = [(ticket_id,) for ticket_id in gone]
        if not cells and not dropped:
            return
        with self._store._transaction():
            self._db.executemany(_PUT, cells)
            self._db.executemany(_DROP, dropped)


def _of(wanted: TicketFilter, plain: str, meant: str, spelt: str) -> str:
    """The question for what the words of a filter may be."""
    if any(spelt_of(wanted)):
        return spelt
    return meant if any(wanted.meanings) else plain


def _query(wanted: TicketFilter, offset: int) -> str:
    """The question that answers a filter with the least reading."""
    order = wanted.order if wanted.order in BOARD else "due"
    if any(spelt_of(wanted)):
        if not any_state(wanted):
            return BOARD_SPELT[order]
        alone = TicketFilter(text=wanted.text, closed=True, order=wanted.order)
        return FOUND_SPELT[len(words_of(wanted))] if wanted == alone else ANY_SPELT
    if any(wanted.meanings):
        return ANY_MEANT if any_state(wanted) else BOARD_MEANT[order]
    wanted = replace(wanted, meanings=())
    if not any_state(wanted):
        near = offset <= PAGE and wanted == TicketFilter(order="due")
        if near:
            return PLAIN
        soon = wanted == TicketFilter(due_before=wanted.due_before, order="due")
        return BEFORE if soon and offset <= PAGE else BOARD[order]
    alone = replace(wanted, closed=False, order="due")
    if wanted.text.strip() and alone == TicketFilter(text=wanted.text):
        return FOUND[len(words_of(wanted))]
    if alone == TicketFilter(number=wanted.number) and digits_of(wanted):
        return SUFFIX
    if len(wanted.states) == 1 and alone == TicketFilter(states=wanted.states):
        return OF_STATE
    return ANY


def _may_be(one: str, other: str) -> bool:
    return len(other) >= TAIL and (one.endswith(other) or other.endswith(one))
