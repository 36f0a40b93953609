"""The writing half of the server: one group, one transaction, one memory."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from msgspec import Raw

from agentdesk.domain.events import KINDS, Draft, EntityId, EventId, Stamp
from agentdesk.domain.fold import EntityState, fold
from agentdesk.domain.hlc import tick
from agentdesk.domain.people import SERVER, Role
from agentdesk.domain.scopes import SITE
from agentdesk.errors import StoreError, StoreFull
from agentdesk.server.admission import Authority, Candidate, authority, read
from agentdesk.server.caller import Caller
from agentdesk.server.memory import Intake, Member, Memory
from agentdesk.server.pages import Fronts
from agentdesk.server.problem import ServerProblem
from agentdesk.server.rows import Rows
from agentdesk.server.storage import schema
from agentdesk.server.storage.base import Group, Link, Storage, StorageLost
from agentdesk.store.journal import checked_body
from agentdesk.store.project import EMPTY, Held, Key
from agentdesk.wire import Limits, Push, Pushed, Stored, WireEvent

OnCommit = Callable[[Sequence[Stored]], None]
BUSY_SECONDS = 5
"""When to try again after the database could not write."""

_AT_ONCE = 500
_log = logging.getLogger("agentdesk.server")


@contextmanager
def busy() -> Iterator[None]:
    """Failures of the database as what a seat can do about them: keep its events and wait.

    Raises:
        ServerProblem: 503 ``busy``.
    """
    try:
        yield
    except StoreError as error:
        raise unavailable(error) from error


def unavailable(error: StoreError) -> ServerProblem:
    """503, saying for the log what is wrong with the database."""
    detail = "disk full" if isinstance(error, StoreFull) else error.code
    return ServerProblem(503, "busy", detail, BUSY_SECONDS)


class Core:
    """See :class:`agentdesk.server.service.Service`."""

    def __init__(
        self,
        storage: Storage,
        *,
        clock: Callable[[], int],
        new_id: Callable[[], str],
        authority: Authority = authority,
        limits: Limits | None = None,
        rows: Rows | None = None,
    ) -> None:
        self.storage = storage
        self.counts: Counter[str] = Counter()
        self.limits = limits or Limits()
        self._clock, self._new_id = clock, new_id
        self._authority, self._rows = authority, rows or Rows()
        self._memory = Memory()
        self._fronts = Fronts()
        self._write = threading.RLock()
        self._listeners: list[OnCommit] = []
        self._begin()

    @property
    def site(self) -> str:
        """Id of the site, for good."""
        return self.storage.meta("site") or ""

    @property
    def epoch(self) -> str:
        """Id of the present past."""
        return self.storage.meta("epoch") or ""

    @property
    def takes_more(self) -> bool:
        """Whether it writes at all: not after a failed ``fsync``."""
        return self.storage.takes_more

    @property
    def install(self) -> str:
        """Id of this journal, as that of a seat's store: the server writes events too."""
        return self.storage.meta("install") or ""

    def now(self) -> int:
        """The server's time in milliseconds since 1970."""
        return self._clock()

    def close(self) -> None:
        """Let go of the database."""
        with self._write:
            self.storage.close()

    # -- taking in -------------------------------------------------------------------

    def push(self, who: Caller, message: Push) -> Pushed:
        """Take in one push, in a transaction of its own.

        Raises:
            ServerProblem: 400, 413, 422 ``conflict``, 503 ``busy``.
        """
        answer = self.admit([(who, message)])[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def admit(self, pushes: Sequence[tuple[Caller, Push]]) -> list[Pushed | Exception]:
        """Take in several pushes in one transaction; each has its own answer.

        A push that breaks the group (a fault of ours) is found by taking them one by one, and
        only its own answer is the exception.
        """
        answers: dict[int, Pushed | Exception] = {}
        members: dict[int, Member] = {}
        for place, (who, push) in enumerate(pushes):
            try:
                candidates = read(push, self.limits.batch)
                members[place] = Member(who, push.client_now, candidates)
            except ServerProblem as problem:
                answers[place] = problem
        outcome = self._admit(list(members.values())) if members else []
        answers.update(zip(members, outcome, strict=True))
        return [answers[place] for place in range(len(pushes))]

    def append(self, drafts: Sequence[Draft], actor: str = SERVER) -> list[Stored]:
        """Events the server makes itself (people, teams): accepted without asking anybody.

        Args:
            actor: work number of whoever it does so for.

        Raises:
            ValueError: a kind nobody knows.
            TypeError, StoreError: a body that cannot be stored, see
                :func:`agentdesk.store.journal.checked_body`.
            ServerProblem: 503 ``busy``.
        """
        if not drafts:
            return []
        with self._write:
            install = self.install
            who = Caller(actor, "", Role.ADMINISTRATOR, "", SERVER, install, True, (SITE,))
            txn, now = self._new_id(), self._clock()
            stamp = Stamp(0)
            candidates: list[Candidate] = []
            for draft in drafts:
                stamp = tick(stamp, now)
                candidates.append(self._own(draft, stamp, actor, install, txn))
            answer = self._admit([Member(who, now, candidates, trusted=True)])[0]
            if isinstance(answer, Exception):
                raise answer
            with busy():
                known = self.storage.known(answer.received)
        return [stored for id in answer.received if (stored := known[id]) is not None]

    def _own(self, draft: Draft, stamp: int, actor: str, install: str, txn: str) -> Candidate:
        kind = KINDS.get(draft.kind)
        if kind is None or draft.entity != draft.kind.partition(".")[0]:
            raise ValueError(f"cannot store {draft.kind} of {draft.entity}")
        body, text = checked_body(draft.kind, draft.body)
        event = WireEvent(
            id=self._new_id(),
            txn=txn,
            kind=draft.kind,
            v=kind.version,
            entity=draft.entity,
            entity_id=draft.entity_id,
            hlc=stamp,
            actor=actor,
            install=install,
            body=Raw(text),
        )
        return Candidate(event, text, body)

    def on_commit(self, callback: OnCommit) -> None:
        """Call ``callback`` with the new events of every group once they are on disk.

        It is called in the writer's thread and must be quick; what it raises is logged.
        """
        self._listeners.append(callback)

    # -- what the server knows -------------------------------------------------------

    def entities(self, entity: str) -> list[tuple[EntityId, EntityState]]:
        """Every entity of a kind, for small ones such as people and teams.

        Raises:
            ServerProblem: 503 ``busy``.
        """
        with busy():
            return [
                (key[1], fold(each.event() for each in stored))
                for key, stored in self.storage.of_kind(entity)
            ]

    def state(self, entity: str, entity_id: str) -> EntityState:
        """What is known of one entity; empty if nothing is."""
        key = (entity, EntityId(entity_id))
        with busy():
            stored = self.storage.accepted([key]).get(key, [])
        return fold(each.event() for each in stored)

    # -- inside ----------------------------------------------------------------------

    def _admit(self, members: Sequence[Member]) -> list[Pushed | Exception]:
        """Answers of a group; only faults of ours are looked for one by one."""
        with self._write:
            try:
                return self._commit(members)
            except StorageLost:
                # Nobody knows whether it was written. Asking again is harmless: ids decide.
                self.counts["lost"] += 1
                try:
                    return self._commit(members)
                except StoreError as error:
                    return self._all_busy(members, error)
            except StoreError as error:
                return self._all_busy(members, error)
            except Exception as error:
                _log.exception("a group of %d pushes failed", len(members))
                if len(members) == 1:
                    return [error]
                self.counts["fallbacks"] += 1
                return [self._admit([member])[0] for member in members]

    def _all_busy(self, members: Sequence[Member], error: StoreError) -> list[Pushed | Exception]:
        self.counts["unavailable"] += 1
        _log.error("the database cannot write: %s", error.code)
        return [unavailable(error) for _ in members]

    def _commit(self, members: Sequence[Member]) -> list[Pushed | Exception]:
        answers: list[Pushed | Exception] = []
        with self.storage.transaction():
            self._up_to_date()
            intake = Intake(self.storage, self._memory, self._authority, self._rows, self._clock())
            intake.load(members)
            for member in members:
                try:
                    intake.check(member)
                    answers.append(intake.take(member))
                except ServerProblem as problem:
                    answers.append(problem)
            group = intake.group()
            if group is not None:
                self.storage.append(group, intake.fold)
        fresh = intake.settle()
        self.counts.update(intake.counts)
        self._tell(members, answers, fresh)
        return answers

    def _tell(
        self,
        members: Sequence[Member],
        answers: Sequence[Pushed | Exception],
        fresh: list[Stored],
    ) -> None:
        for member, answer in zip(members, answers, strict=True):
            if isinstance(answer, ServerProblem) and answer.problem.code == "conflict":
                detail = answer.problem.detail
                _log.error("ALARM: event %s; seat %s", detail, member.who.seat)
        if not fresh:
            return
        self.counts["groups"] += 1
        for listener in self._listeners:
            try:
                listener(fresh)
            except Exception:
                _log.exception("a listener failed")

    def _up_to_date(self) -> None:
        """Inside a transaction: forget everything if somebody else wrote meanwhile."""
        head = self.storage.head()
        if head != self._memory.head:
            self._memory.forget(head)

    # -- beginning -------------------------------------------------------------------

    def _begin(self) -> None:
        with self.storage.transaction():
            for name in ("site", "install"):
                if not self.storage.meta(name):
                    self.storage.set_meta(name, self._new_id())
            if not self.storage.meta("epoch"):
                self.storage.add_epoch(self._new_id(), self._clock(), "begun")
            if self.storage.meta("folded") != schema.fingerprint():
                self._refold()
                self.storage.set_meta("folded", schema.fingerprint())

    def rebuild(self) -> None:
        """Write the computed tables anew from the journal.

        Raises:
            StoreError: the database failed; the tables are as they were.
        """
        with self._write:
            with self.storage.transaction():
                self.storage.clear_rows()
                self._refold()
            self._memory.forget(Link())

    def _refold(self) -> None:
        group = Group(Link())
        for key, stored in self.storage.by_entity():
            held, parked = self._from_scratch(key, stored)
            group.parked += parked
            if held.row is not None:
                group.rows.setdefault(key[0], []).append((key[1], *held.row))
            if sum(map(len, group.rows.values())) >= _AT_ONCE:
                self.storage.write_rows(group)
                group = Group(Link())
        self.storage.write_rows(group)

    def _from_scratch(
        self, key: Key, stored: Sequence[Stored]
    ) -> tuple[Held, list[tuple[EventId, str]]]:
        events = [each.event() for each in stored]
        return self._rows.fold(key, EMPTY, fold(events), events)

    def differences(self) -> list[str]:
        """Where the computed tables differ from a fold of the journal; none is sound."""
        found: list[str] = []
        with self._write:
            tables = {
                table: {str(row[0]): row[1:] for row in self.storage.rows(table)}
                for table in schema.TABLES
            }
            for key, stored in self.storage.by_entity():
                held, parked = self._from_scratch(key, stored)
                found += [f"event {id} is not parked: {reason}" for id, reason in parked]
                row = tables.get(key[0], {}).pop(key[1], None)
                if row != held.row:
                    found.append(f"{key[0]} {key[1]}: table {row}, fold {held.row}")
        for table, rows in tables.items():
            found += [f"{table} {id}: a row without events" for id in rows]
        return found
