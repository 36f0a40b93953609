"""Who works here, as the journal's tables tell: what tokens are checked against."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol

from agentdesk.domain.people import Person, Role, Team
from agentdesk.store.project import COLUMNS, Cell
from agentdesk.wire import Stored

MANY = 20_000
"""Most people in memory; forgotten ones are read again."""


class Tables(Protocol):
    """Computed rows, see :class:`agentdesk.server.storage.base.Storage`."""

    def row(self, table: str, id: str) -> tuple[Cell, ...] | None:
        """One row, beginning with its id."""

    def rows(self, table: str) -> list[tuple[Cell, ...]]:
        """Every row, by id."""


class StoredRegister:
    """See :class:`agentdesk.server.tokens.Register`.

    Raises:
        StoreError: from every method, when the database cannot be read.
    """

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def person(self, number: str) -> Person | None:
        """Whoever has that work number."""
        row = self._tables.row("person", number)
        return None if row is None else _person(row)

    def people(self) -> list[Person]:
        """Everybody, by work number."""
        return [_person(row) for row in self._tables.rows("person")]

    def teams(self) -> Iterator[str]:
        """Ids of all teams; read when somebody looks: few may, and everybody is authenticated."""
        for row in self._tables.rows("team"):
            yield str(row[0])

    def named_teams(self) -> list[Team]:
        """All teams, by id."""
        return [Team(str(row[0]), _named("team", row)["name"]) for row in self._tables.rows("team")]


class RememberedRegister(StoredRegister):
    """The same where only this process writes the journal: everybody is read once.

    It has to be told of commits (:meth:`hear`).
    """

    def __init__(self, tables: Tables) -> None:
        super().__init__(tables)
        self._lock = threading.Lock()
        self._people: dict[str, Person | None] = {}
        self._generation = 0

    def person(self, number: str) -> Person | None:
        """Whoever has that work number."""
        with self._lock:
            if number in self._people:
                return self._people[number]
            generation = self._generation
        found = super().person(number)
        with self._lock:
            # What was read before a change may not be kept after it.
            if generation == self._generation:
                if len(self._people) >= MANY:
                    self._people.clear()
                self._people[number] = found
        return found

    def hear(self, events: Sequence[Stored]) -> None:
        """Events were committed. From any thread."""
        changed = {event.entity_id for event in events if event.entity == "person"}
        if changed:
            with self._lock:
                self._generation += 1
                for number in changed:
                    self._people.pop(number, None)


def _named(table: str, row: tuple[Cell, ...]) -> Mapping[str, str]:
    cells = zip(("id", *COLUMNS[table]), row, strict=True)
    return {name: "" if cell is None else str(cell) for name, cell in cells}


def _person(row: tuple[Cell, ...]) -> Person:
    cells = _named("person", row)
    return Person(
        cells["id"], cells["name"], Role(cells["role"]), cells["team"], cells["active"] == "1"
    )


Clock = Callable[[], int]
"""Milliseconds since 1970."""
