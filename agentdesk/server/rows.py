"""Rows of the computed tables on a server: a seat's, and nothing a database could choke on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agentdesk.domain.events import Event, EventId
from agentdesk.domain.fold import EntityState
from agentdesk.domain.projections import PROJECT
from agentdesk.server.storage import schema
from agentdesk.store.project import COLUMNS, Cell, Folder, Held, Key, Project, Projections, Row

_INT64 = 1 << 63


class Rows:
    """Folds events and computes rows, whatever is wrong with them.

    Args:
        projections: row maker per entity.
    """

    def __init__(self, projections: Projections = PROJECT) -> None:
        self._makers: Mapping[str, Project] = {
            table: _checked(projections[table], schema.integers(table))
            for table in schema.TABLES
            if table in projections
        }
        self._folder = Folder(self._makers)

    def fold(
        self, key: Key, base: Held, state: EntityState, events: Sequence[Event]
    ) -> tuple[Held, list[tuple[EventId, str]]]:
        """The entity with its row, and what had to be parked.

        Args:
            base: the entity before.
            state: the same joined with ``events``.
            events: what is new, all accepted.
        """
        maker = self._makers.get(key[0])
        if maker is None:
            return Held(state), []
        try:
            cells = maker(state)
        except Exception:
            # As on a seat: one event that cannot be understood is put aside, the others go on.
            return self._folder.fold(key[0], base, events)
        return Held(state, _row(key[0], cells)), []


def _row(table: str, cells: Mapping[str, Cell]) -> Row | None:
    return tuple([cells[name] for name in COLUMNS[table]]) if cells else None


def _checked(project: Project, integers: frozenset[str]) -> Project:
    """``project``, refusing cells that do not fit their column on every database."""

    def checked(state: EntityState) -> Mapping[str, Cell]:
        cells = project(state)
        for name, value in cells.items():
            if value is None:
                continue
            if name in integers:
                if not isinstance(value, int) or not -_INT64 <= value < _INT64:
                    raise TypeError(f"{name} is no whole number")
            elif type(value) is not str:
                raise TypeError(f"{name} is no text")
        return cells

    return checked
