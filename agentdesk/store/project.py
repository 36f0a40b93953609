"""From events to the rows of the tables people query.

The tables are disposable: they equal a fold of the journal from scratch, and a test and
``Store.refold`` hold them to it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from msgspec import Struct, field

from agentdesk.domain.events import KINDS, EntityId, Event, EventId
from agentdesk.domain.fold import EntityState, join
from agentdesk.store import journal

Cell = str | int | None
Project = Callable[[EntityState], Mapping[str, Cell]]
Projections = Mapping[str, Project]
Row = tuple[Cell, ...]
Key = tuple[str, EntityId]


def _columns(names: str) -> tuple[str, ...]:
    return tuple(names.split())


COLUMNS: Mapping[str, tuple[str, ...]] = {
    "call": _columns(
        "phase direction number customer surname title category disposition offered_at "
        "answered_at ended_at closed_at ended_by source missing note install"
    ),
    "promise": _columns("call_id text minutes made_at due_at state done_at install"),
    "callback": _columns("call_id number customer due_at state made_at install"),
    "escalation": _columns(
        "call_id reason level proposal raised_at state taken_by taken_at emergency raised_by "
        "install"
    ),
    "seat": _columns("agent_no agent_name company pack language"),
    "person": _columns("name role team active"),
    "team": _columns("name"),
    "ticket": _columns(
        "state category type severity tier network area zone channel owner first_owner customer "
        "surname number summary search level priority call_id department form_sent_at "
        "followup_since correcting nudges breaches told created_at resolved_at closed_at "
        "changed_at missing stamp"
    ),
}
"""Columns of each table after ``id``, in order."""


def _put(table: str) -> str:
    columns = COLUMNS[table]
    marks = ", ".join("?" * (len(columns) + 1))
    return f"INSERT OR REPLACE INTO {table} (id, {', '.join(columns)}) VALUES ({marks})"


# Built once from the constants above; no value of a person ever becomes part of a statement.
PUT: Mapping[str, str] = {table: _put(table) for table in COLUMNS}
GET: Mapping[str, str] = {
    table: f"SELECT id, {', '.join(columns)} FROM {table}" for table, columns in COLUMNS.items()
}
CLEAR: Mapping[str, str] = {table: f"DELETE FROM {table}" for table in COLUMNS}
DROP: Mapping[str, str] = {table: f"DELETE FROM {table} WHERE id = ?" for table in COLUMNS}

PARK = "INSERT OR REPLACE INTO parked (event_id, reason) VALUES (?, ?)"
_HUGE = 2**63
"""Somebody else's numbers may be larger than a table holds; the event is parked then."""
UNKNOWN = "unknown kind"
"""Why an event of a newer agentdesk is parked; it is folded once the kind is known."""


class Held(Struct, frozen=True, gc=False):
    """An entity in memory; ``row`` is what its table holds, None if none or not known."""

    state: EntityState
    row: Row | None = None


EMPTY = Held(EntityState())


class Staged(Struct):
    """What a transaction is about to write.

    Attributes:
        held: entities as they will be.
        changed: those whose row differs from the one in the table.
        gone: those that have no row any more.
        parked: events that could not be folded, with the reason.
    """

    held: dict[Key, Held] = field(default_factory=dict)
    changed: dict[Key, Row] = field(default_factory=dict)
    gone: list[Key] = field(default_factory=list)
    parked: list[tuple[EventId, str]] = field(default_factory=list)

    def write(self, db: sqlite3.Connection) -> None:
        """Write rows and parked events; the caller holds the transaction."""
        tables: dict[str, list[tuple[Cell, ...]]] = {}
        for (entity, entity_id), row in self.changed.items():
            tables.setdefault(entity, []).append((entity_id, *row))
        for entity, rows in tables.items():
            db.executemany(PUT[entity], rows)
        for entity, entity_id in self.gone:
            if entity in DROP:
                db.execute(DROP[entity], (entity_id,))
        if self.parked:
            db.executemany(PARK, [(bytes.fromhex(id), reason) for id, reason in self.parked])


def _row(entity: str, state: EntityState, project: Project) -> Row | None:
    cells = project(state)
    if not cells:
        return None
    row = tuple([cells[name] for name in COLUMNS[entity]])
    for cell in row:
        if type(cell) is int and not -_HUGE <= cell < _HUGE:
            raise OverflowError(f"{entity}: a number too large for its table")
    return row


def by_entity(events: Iterable[Event]) -> dict[Key, list[Event]]:
    """Events of each entity together, in the order given."""
    groups: dict[Key, list[Event]] = {}
    for event in events:
        key = (event.entity, event.entity_id)
        group = groups.get(key)
        if group is None:
            groups[key] = [event]
        else:
            group.append(event)
    return groups


def _sorted_out(
    entity: str, events: Sequence[Event]
) -> tuple[list[Event], list[tuple[EventId, str]]]:
    """Events this agentdesk knows, and the others to be parked."""
    known: list[Event] = []
    parked: list[tuple[EventId, str]] = []
    for event in events:
        kind = KINDS.get(event.kind)
        if kind is None or event.version > kind.version or entity not in COLUMNS:
            parked.append((event.id, UNKNOWN))
        else:
            known.append(event)
    return known, parked


class Folder:
    """Folds events and computes rows, whatever is wrong with them.

    Args:
        projections: row maker per entity.
    """

    def __init__(self, projections: Projections) -> None:
        self._projections = projections

    def fold(
        self, entity: str, base: Held, events: Sequence[Event]
    ) -> tuple[Held, list[tuple[EventId, str]]]:
        """``base`` joined with ``events`` of one entity, and what had to be parked.

        An event that cannot be understood, by a bug or by age, must not stop the desk:
        it is put aside with the reason and the others go on.
        """
        known, parked = _sorted_out(entity, events)
        if not known:
            return base, parked
        project = self._projections[entity]
        try:
            state = base.state.copy()
            for event in known:
                join(state, event)
            return Held(state, _row(entity, state, project)), parked
        except Exception:
            return self._one_by_one(entity, base, known, parked)

    def _one_by_one(
        self, entity: str, base: Held, events: Iterable[Event], parked: list[tuple[EventId, str]]
    ) -> tuple[Held, list[tuple[EventId, str]]]:
        project, held = self._projections[entity], base
        for event in sorted(events, key=lambda event: (event.stamp, event.id)):
            state = held.state.copy()
            try:
                join(state, event)
                held = Held(state, _row(entity, state, project))
            except Exception as error:
                parked.append((event.id, f"{type(error).__name__}: {error}"))
        return held, parked

    def stage(self, events: Iterable[Event], held: Callable[[Key], Held]) -> Staged:
        """Fold new events onto the entities ``held`` gives."""
        return self.stage_groups(by_entity(events), held)

    def stage_groups(
        self, groups: Mapping[Key, Sequence[Event]], held: Callable[[Key], Held]
    ) -> Staged:
        """The same of events already put together :func:`by_entity`."""
        staged = Staged()
        for key, group in groups.items():
            before = held(key)
            after, parked = self.fold(key[0], before, group)
            staged.held[key] = after
            staged.parked += parked
            if after.row is not None and after.row != before.row:
                staged.changed[key] = after.row
        return staged

    def all(
        self, events: Iterable[Event], skip: frozenset[EventId]
    ) -> Iterator[tuple[Key, Held, list[tuple[EventId, str]]]]:
        """Every entity of a stream that comes entity by entity, folded from nothing."""
        for key, group in groupby(events, lambda event: (event.entity, event.entity_id)):
            taken = [event for event in group if event.id not in skip]
            held, parked = self.fold(key[0], EMPTY, taken)
            yield key, held, parked


def parked_ids(db: sqlite3.Connection) -> frozenset[EventId]:
    """Ids of all parked events."""
    return frozenset(EventId(row[0].hex()) for row in db.execute("SELECT event_id FROM parked"))


def differences(db: sqlite3.Connection, folder: Folder) -> list[str]:
    """Where the tables differ from a fold of the journal, in words for a log; none is sound."""
    tables = {entity: {row[0]: row[1:] for row in db.execute(GET[entity])} for entity in COLUMNS}
    found: list[str] = []
    for (entity, entity_id), held, parked in folder.all(journal.by_entity(db), parked_ids(db)):
        found += [f"event {event_id} is not parked: {reason}" for event_id, reason in parked]
        row = tables.get(entity, {}).pop(entity_id, None)
        if row != held.row:
            found.append(f"{entity} {entity_id}: table {row}, fold {held.row}")
    for entity, rows in tables.items():
        found += [f"{entity} {entity_id}: a row without events" for entity_id in rows]
    return found


def rebuild(db: sqlite3.Connection, folder: Folder) -> None:
    """Write every table anew from the journal; the caller holds the transaction."""
    db.execute("DELETE FROM parked")
    for entity in COLUMNS:
        db.execute(CLEAR[entity])
    staged = Staged()
    for key, held, parked in folder.all(journal.by_entity(db), frozenset()):
        staged.parked += parked
        if held.row is not None:
            staged.changed[key] = held.row
        if len(staged.changed) >= 1000:
            staged.write(db)
            staged = Staged()
    staged.write(db)
