"""The store: what happened, kept for good, and the tables that follow from it."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from itertools import groupby
from pathlib import Path

from agentdesk import __version__
from agentdesk.domain.events import (
    ENTITIES,
    KINDS,
    Draft,
    EntityId,
    Event,
    EventId,
    Stamp,
)
from agentdesk.domain.fold import EntityState
from agentdesk.domain.hlc import tick
from agentdesk.domain.ids import Ids
from agentdesk.domain.projections import PROJECT
from agentdesk.errors import StoreError
from agentdesk.store import files, journal, project, queries
from agentdesk.store.checkpoints import Checkpoints
from agentdesk.store.failures import fsync_failed, mapped
from agentdesk.store.memory import Memory
from agentdesk.store.migrations import MIGRATIONS, Migration, migrate
from agentdesk.store.rows import CallRow, Typing, milliseconds

_IN_MEMORY = Path(":memory:")
_SETTING = "setting."
_TAKEN_OVER = "hlc"
_INSTALLS = "installs"


class Store:
    """One seat's journal and tables in one SQLite file.

    Everything is used from one thread, the one that owns the desk; SQLite's own check is
    off only so that a test or a shutdown may close it from another.

    States handed out are never changed by the store afterwards, and must not be changed
    by whoever gets them.
    """

    def __init__(
        self,
        db: sqlite3.Connection,
        path: Path,
        lock: files.Lock | None,
        clock: Callable[[], datetime],
        new_id: Callable[[], EventId],
        projections: project.Projections,
    ) -> None:
        self._db, self.path, self._lock = db, path, lock
        self._clock, self._new_id = clock, new_id
        self.memory = Memory(db, projections)
        self._cache = self.memory.cache
        self._checkpoints, self._failed = Checkpoints(db), False
        self.install = queries.meta(db, "install") or ""
        stamp, self._seal = journal.head(db, self.install)
        self._stamp = max(stamp, Stamp(int(queries.meta(db, _TAKEN_OVER) or 0)))
        earlier = (queries.meta(db, _INSTALLS) or "").split()
        self.installs = tuple(dict.fromkeys((self.install, *earlier)))
        self._catch_up()

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        clock: Callable[[], datetime],
        new_id: Callable[[], EventId] | None = None,
        projections: project.Projections = PROJECT,
        steps: Sequence[Migration] = MIGRATIONS,
    ) -> Store:
        """Open a store, creating it (0600, in a 0700 folder) if there is none.

        Args:
            path: the file, or ``Path(":memory:")`` for a store that is never written.
            clock: the present instant, aware.
            new_id: ids of events and transactions; UUIDv7 from the clock if not given.
            projections, steps: for tests.

        Raises:
            StoreLocked, StoreCorrupt, StoreReadOnly, StoreFull, StoreTooNew, StoreError.
        """
        ids = new_id or Ids(lambda: milliseconds(clock()), secrets.randbits)
        if path == _IN_MEMORY:
            db = files.connect(":memory:")
            migrate(db, None, steps)
            queries.set_meta(db, "install", ids())
            return cls(db, path, None, clock, ids, projections)
        files.prepare(path)
        lock = files.Lock(path)
        try:
            with files.looked_at_twice(path):
                db = files.open_file(path, ids, steps)
                try:
                    with mapped(path):
                        return cls(db, path, lock, clock, ids, projections)
                except BaseException:
                    db.close()
                    raise
        except BaseException:
            lock.release()
            raise

    def close(self) -> None:
        """Close the file; a clean close also folds the write-ahead log into it."""
        try:
            with mapped(self.path):
                self._db.close()
        finally:
            if self._lock is not None:
                self._lock.release()
                self._lock = None

    # -- writing ---------------------------------------------------------------------

    def commit(
        self, drafts: Sequence[Draft], *, actor: str, clear_draft: tuple[str, ...] = ()
    ) -> list[Event]:
        """Store an act: its events, the rows that follow, all or nothing, on disk.

        Args:
            actor: agent number of whoever acts.
            clear_draft: calls whose unfinished typing is thereby finished.

        Raises:
            ValueError: an entity or kind this agentdesk does not know.
            TypeError: a body that JSON cannot give back unchanged.
            StoreError: ``store.event_too_large``, or the disk failed; nothing was
                stored and nothing changed in memory.
        """
        if not drafts and not clear_draft:
            return []
        stamp, seal = self._stamp, self._seal
        now_ms, txn = milliseconds(self._clock()), self._new_id()
        events: list[Event] = []
        records: list[journal.Record] = []
        for draft in drafts:
            stamp = tick(stamp, now_ms)
            event, body = self._event(draft, stamp, actor, txn)
            records.append(journal.record(event, body, mine=True, prev=seal))
            seal = journal.seal(event, body, seal)
            events.append(event)
        self._write(events, records, clear_draft)
        self._stamp, self._seal = stamp, seal
        return events

    def absorb(self, events: Sequence[Event], *, mine: bool = False) -> int:
        """Take in events written elsewhere; those already here stay untouched.

        Unknown kinds are kept and parked until an agentdesk that knows them opens the
        store.

        Args:
            mine: own events of an earlier store (see ``salvage``): they still have to
                be sent.

        Returns:
            How many were new.
        """
        with mapped(self.path):
            fresh = journal.unseen(self._db, events)
        records = [
            journal.record(event, journal.canonical(event.body), mine=mine, prev=None)
            for event in fresh
        ]
        stamp = max((event.stamp for event in fresh if mine), default=self._stamp)
        earlier = tuple(dict.fromkeys((*self.installs, *(event.install for event in fresh))))
        self._write(
            fresh,
            records,
            (),
            taken_over=stamp if stamp > self._stamp else None,
            installs=earlier[1:] if mine else (),
        )
        self._stamp = max(stamp, self._stamp)
        self.installs = earlier if mine else self.installs
        return len(fresh)

    def arrive(self, work: Callable[[], project.Staged], latest: Stamp) -> None:
        """One transaction for what a server sent; see ``store.replica``.

        Args:
            work: writes to the journal and answers what follows for the tables.
            latest: the greatest stamp among it; own acts count on from there.
        """
        with self._transaction():
            staged = work()
            staged.write(self._db)
            if latest > self._stamp:
                queries.set_meta(self._db, _TAKEN_OVER, str(latest))
        self._stamp = max(self._stamp, latest)
        self.memory.follow(staged)

    def save_typing(self, typing: Typing) -> None:
        """Keep what stands in the fields of a call; replaces what was kept before."""
        _, values = journal.checked_body("typing", typing.values, journal.TYPING_LIMIT)
        with self._transaction():
            queries.keep_typing(self._db, typing, values)

    def set_setting(self, name: str, value: str | None) -> None:
        """Keep a local value (it is never synchronised); None removes it."""
        with self._transaction():
            queries.set_meta(self._db, _SETTING + name, value)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction for tables that do not follow from events; all or nothing."""
        with self._transaction():
            yield self._db

    # -- reading ---------------------------------------------------------------------

    def state(self, entity: str, entity_id: EntityId) -> EntityState:
        """What is known of an entity; empty if nothing is."""
        with mapped(self.path):
            return self.memory.held((entity, entity_id)).state

    def open_calls(self) -> list[tuple[EntityId, EntityState]]:
        """Calls of this seat neither closed nor missed, oldest first."""
        with mapped(self.path):
            ids = queries.open_calls(self._db, self.installs)
        return [(call_id, self.state("call", call_id)) for call_id in ids]

    def standing(self, entity: str) -> list[tuple[EntityId, EntityState]]:
        """Promises or callbacks (``entity``) of this seat nobody has settled yet."""
        with mapped(self.path):
            ids = queries.standing(self._db, entity, self.installs)
        return [(entity_id, self.state(entity, entity_id)) for entity_id in ids]

    def incomplete_calls(self, limit: int = 200) -> list[tuple[EntityId, EntityState]]:
        """Closed calls of this seat that still lack something (待补录), newest first."""
        with mapped(self.path):
            ids = queries.incomplete_calls(self._db, self.installs, limit)
        return [(call_id, self.state("call", call_id)) for call_id in ids]

    def related(self, entity: str, call_id: EntityId) -> list[EntityId]:
        """Promises, callbacks or escalations (``entity``) of one call."""
        with mapped(self.path):
            return queries.related(self._db, entity, call_id)

    def entities(
        self, entity: str, *, since: datetime | None = None
    ) -> list[tuple[EntityId, EntityState]]:
        """Every entity of a kind, in order of id.

        Args:
            since: only those made then or later (ids carry their time; fixed names such
                as ``local`` are always included).
        """
        least = "" if since is None else f"{max(milliseconds(since), 0):012x}"
        with mapped(self.path):
            stream = journal.since(self._db, entity, least)
            parked = project.parked_ids(self._db)
            kept = (event for event in stream if event.id not in parked)
            return [
                (entity_id, self.memory.folder.fold(entity, project.EMPTY, list(group))[0].state)
                for entity_id, group in groupby(kept, lambda event: event.entity_id)
            ]

    def events_of(self, entity: str, entity_id: EntityId) -> list[Event]:
        """The history of an entity, by stamp, parked events included."""
        with mapped(self.path):
            return journal.of_entity(self._db, entity, entity_id)

    def calls_between(self, start: datetime, end: datetime, *, own: bool = False) -> list[CallRow]:
        """Calls that began in ``[start, end)`` (both aware), newest first.

        Args:
            own: only those of this seat.
        """
        with mapped(self.path):
            return queries.calls_between(self._db, start, end, self.installs if own else ())

    def find_customer(self, number: str) -> list[tuple[CallRow, bool]]:
        """At most 20 earlier calls of a number, newest first; True marks an exact match."""
        with mapped(self.path):
            return queries.find_customer(self._db, number)

    def typing(self, call_id: EntityId) -> Typing | None:
        """The unfinished typing of a call."""
        with mapped(self.path):
            return queries.kept_typing(self._db, call_id)

    def setting(self, name: str) -> str | None:
        """A local value kept by :meth:`set_setting`."""
        with mapped(self.path):
            return queries.meta(self._db, _SETTING + name)

    def parked(self) -> list[tuple[EventId, str]]:
        """Events that could not be folded, with the reason."""
        with mapped(self.path):
            rows = self._db.execute("SELECT event_id, reason FROM parked ORDER BY event_id")
            return [(EventId(row[0].hex()), str(row[1])) for row in rows]

    @property
    def connection(self) -> sqlite3.Connection:
        """The one connection, for reports; they read and never write."""
        return self._db

    # -- checking --------------------------------------------------------------------

    def refold(self) -> list[str]:
        """Where the tables differ from a fold of the journal from scratch; none is sound."""
        with mapped(self.path):
            return project.differences(self._db, self.memory.folder)

    def rebuild(self) -> None:
        """Write the tables anew from the journal."""
        with self._transaction():
            project.rebuild(self._db, self.memory.folder)
        self._cache.clear()

    def quick_check(self) -> list[str]:
        """What SQLite finds wrong with the file; none is sound."""
        with mapped(self.path):
            return files.quick_check(self._db)

    def audit(self) -> list[EventId]:
        """Own events that break the chain of seals; none is sound."""
        with mapped(self.path):
            return journal.broken_links(self._db, self.install)

    # -- inside ----------------------------------------------------------------------

    def _event(self, draft: Draft, stamp: Stamp, actor: str, txn: EventId) -> tuple[Event, str]:
        kind = KINDS.get(draft.kind)
        if kind is None or draft.entity not in ENTITIES:
            raise ValueError(f"cannot store {draft.kind} of {draft.entity}")
        body, text = journal.checked_body(draft.kind, draft.body)
        event = Event(
            self._new_id(),
            draft.kind,
            kind.version,
            draft.entity,
            draft.entity_id,
            body,
            stamp,
            actor,
            self.install,
            txn,
        )
        return event, text

    def _write(
        self,
        events: list[Event],
        records: list[journal.Record],
        clear: tuple[str, ...],
        taken_over: Stamp | None = None,
        installs: tuple[str, ...] = (),
    ) -> None:
        """One transaction; memory follows only when it is on disk."""
        with mapped(self.path):
            staged = self.memory.stage(events)
        with self._transaction():
            self._db.executemany(journal.INSERT, records)
            staged.write(self._db)
            if clear:
                queries.drop_typing(self._db, clear)
            if taken_over is not None:
                queries.set_meta(self._db, _TAKEN_OVER, str(taken_over))
            if installs:
                queries.set_meta(self._db, _INSTALLS, " ".join(installs))
        self.memory.follow(staged)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        if self._failed:
            raise StoreError("store.failed", path=str(self.path), detail="fsync failed earlier")
        db = self._db
        with mapped(self.path):
            try:
                db.execute("BEGIN IMMEDIATE")
                yield
                db.execute("COMMIT")
            except BaseException as error:
                # What is on the disk is unknown then, and trying again may seem to succeed.
                self._failed = isinstance(error, sqlite3.Error) and fsync_failed(error)
                if db.in_transaction:
                    with suppress(sqlite3.Error):
                        db.execute("ROLLBACK")
                raise
        self._failed = not self._checkpoints.after_commit(db)

    def _catch_up(self) -> None:
        """Write the tables anew if another version of the fold wrote them."""
        if queries.meta(self._db, "app") != __version__:
            with self._transaction():
                project.rebuild(self._db, self.memory.folder)
                queries.set_meta(self._db, "app", __version__)
