"""Mistakes made on purpose: the simulation has to notice each of them.

Each takes one thing out of the real classes that keeps a site together, as somebody might who
thinks it superfluous.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec.structs import replace
from pytest import MonkeyPatch

from agentdesk.domain.authority import OK, Judgement
from agentdesk.domain.events import EntityId, Stamp
from agentdesk.domain.fold import EntityState
from agentdesk.server import admission, service
from agentdesk.server.memory import Intake
from agentdesk.server.service import Service
from agentdesk.server.storage import schema, sqlite_statements
from agentdesk.server.storage.base import Group
from agentdesk.server.storage.sqlite import SqliteStorage
from agentdesk.store import Store, arrivals, backing, outbox
from agentdesk.store.outbox import Batch, Outbox
from agentdesk.store.project import Staged
from agentdesk.store.replica import Replica
from agentdesk.sync.reading import Reading
from agentdesk.sync.sending import Sending
from agentdesk.wire import Common, Cursor, Pushed, Stored, WireEvent

Mistake = Callable[[MonkeyPatch], None]


def no_dedupe(patch: MonkeyPatch) -> None:
    """The server takes in what it is sent, however often."""
    load, known = Intake.load, SqliteStorage.known
    loading = False

    def forgetful(self: Any, members: Any) -> None:
        nonlocal loading
        loading = True
        load(self, members)
        loading = False

    def unknown(self: Any, ids: Any) -> Any:
        return {} if loading else known(self, ids)

    patch.setattr(Intake, "load", forgetful)
    patch.setattr(SqliteStorage, "known", unknown)
    patch.setattr(
        schema,
        "_SQLITE",
        tuple(each.replace("UNIQUE INDEX event_id", "INDEX event_id") for each in schema._SQLITE),
    )


def no_authorisation(patch: MonkeyPatch) -> None:
    """Whoever has a token may do anything in anybody's name."""
    patch.setattr(Intake, "_judge", lambda *_: Judgement(OK))


def no_clock_clamp(patch: MonkeyPatch) -> None:
    """The server believes the clocks of seats."""
    patch.setattr(admission.Righting, "stamp", lambda self, hlc: max(0, hlc))


def no_epoch_check(patch: MonkeyPatch) -> None:
    """A cursor is a number; a restored server gives what comes after it."""
    patch.setattr(Service, "_lost", lambda *_: "")


def no_id_check(patch: MonkeyPatch) -> None:
    """A cursor is true as long as the epoch is: nobody forgets to begin a new one."""

    def lost(self: Any, scope: str, cursor: Cursor, epoch: str, present: str) -> str:
        return "epoch" if epoch != present and (epoch or cursor.seq) else ""

    patch.setattr(Service, "_lost", lost)


def delete_on_acknowledgement(patch: MonkeyPatch) -> None:
    """What the server has received the seat needs no more; the pull brings it back anyway."""
    take = Sending._take

    def deleting(self: Any, events: list[WireEvent], answer: Pushed) -> None:
        take(self, events, answer)
        ids = [(bytes.fromhex(each),) for each in answer.received]
        with self._port._store.writing() as db:
            db.executemany("DELETE FROM event WHERE id = ? AND seq IS NULL", ids)

    patch.setattr(Sending, "_take", deleting)


def wipe_on_reset(patch: MonkeyPatch) -> None:
    """A seat that is told to begin anew does so."""

    def wipe(db: Any, found: backing.Back) -> None:
        db.executemany("DELETE FROM event WHERE id = ?", [(each,) for each in found.keys_of])

    patch.setattr(backing, "take_back", wipe)


def cursor_before_data(patch: MonkeyPatch) -> None:
    """The place is noted first, the events follow in a transaction of their own."""
    put = backing.put_cursor
    apply = Replica._apply

    def applied(
        self: Any, scope: str, epoch: str, events: Any, cursor: Cursor | None, *, first: bool
    ) -> Any:
        def work() -> Staged:
            if cursor is not None:
                put(self._db, scope, epoch, cursor)
            return self._store.memory.stage_written([], [])  # type: ignore[no-any-return]

        self._store.arrive(work, Stamp(0))
        return apply(self, scope, epoch, events, None, first=first)

    patch.setattr(Replica, "_apply", applied)


def per_row_commit(patch: MonkeyPatch) -> None:
    """The server commits every row as it comes."""

    def append(self: Any, group: Group, meanwhile: Callable[[], None]) -> None:
        meanwhile()
        db, link = self._db, group.link
        for record in sqlite_statements.records(group.events, group.texts, group.shas):
            db.execute(sqlite_statements.INSERT, record)
            db.execute("COMMIT")
            db.execute("BEGIN IMMEDIATE")
        db.execute(sqlite_statements.LINK, (link.n, link.seq, link.count, link.hash, link.at))
        db.executemany(
            "INSERT OR REPLACE INTO install (id, seat, last_eff) VALUES (?, ?, ?)",
            [(id, each.seat, each.last_eff) for id, each in group.installs.items()],
        )
        self.write_rows(group)

    patch.setattr(SqliteStorage, "append", append)


def acknowledged_from_reply(patch: MonkeyPatch) -> None:
    """The reply to a push is as good as a pull."""
    take = Sending._take

    def confirming(self: Any, events: list[WireEvent], answer: Pushed) -> None:
        take(self, events, answer)
        ids = [(bytes.fromhex(each),) for each in answer.received]
        with self._port._store.writing() as db:
            db.executemany(
                "UPDATE event SET seq = 0, eff = hlc, verdict = 'ok' WHERE id = ? AND seq IS NULL",
                ids,
            )

    patch.setattr(Sending, "_take", confirming)


def partial_push(patch: MonkeyPatch) -> None:
    """A batch ends where it is full."""

    def cut(self: Any, limit: int, size: int, actor: str | None = None, after: int = 0) -> Batch:
        rows = self._ask(outbox.OUTBOX, (after, actor, limit + 1))
        taken = rows[:limit]
        places = [int(row[0]) for row in taken]
        events = [outbox._wire(row) for row in taken]
        return Batch(events, places[-1] if places else 0, places, len(rows) > limit)

    patch.setattr(Outbox, "outbox", cut)


def partial_page(patch: MonkeyPatch) -> None:
    """A page ends where it is full."""
    patch.setattr(service, "_whole_transactions", lambda events, most: events[:most])


def naive_common_ancestor(patch: MonkeyPatch) -> None:
    """The same event at the same place means the same past."""
    place = SqliteStorage.place

    def anytime(self: Any, scope: str, seq: int, id: str, at: int = 0) -> bool:
        return place(self, scope, seq, id)

    patch.setattr(SqliteStorage, "place", anytime)


def places_inside_transactions(patch: MonkeyPatch) -> None:
    """Seat and server may agree on any event, and what comes after it is sent alone."""
    patch.setattr(backing, "CHECKPOINT", backing.NEWEST)
    confirmed_halves_left_out(patch)


def confirmed_halves_left_out(patch: MonkeyPatch) -> None:
    """What of a transaction was confirmed need not be sent again with the rest of it."""
    patch.setattr(Outbox, "_rest", lambda *_: {})


def streams_believed(patch: MonkeyPatch) -> None:
    """What a stream says follows what is here if the numbers do."""
    heads = Reading.heads

    def believing(self: Any, *arguments: Any) -> bool:
        answer = heads(self, *arguments)
        for scope in self.scopes.values():
            scope.sure = True
        return answer

    patch.setattr(Reading, "heads", believing)


def no_way_back(patch: MonkeyPatch) -> None:
    """After a restore a seat goes on from the newest place it knows."""

    def common(self: Any, who: Any, message: Any) -> Common:
        return Common(self.epoch, message.known[0] if message.known else Cursor())

    patch.setattr(Service, "common", common)


def last_writer_by_arrival(patch: MonkeyPatch) -> None:
    """What comes later at the server is newer; seats go by the time of writing."""
    event = Stored.event

    def arrived(self: Stored) -> Any:
        return replace(event(self), stamp=Stamp(self.seq))

    patch.setattr(Stored, "event", arrived)


def own_verdicts_ignored(patch: MonkeyPatch) -> None:
    """What a person has done stays as it is, whatever the server says."""
    confirm = arrivals._confirm

    def accepting(made: Any, row: Any, stored: Stored) -> None:
        confirm(made, row, replace(stored, verdict=OK))

    patch.setattr(arrivals, "_confirm", accepting)


def reads_from_a_copy_that_lags(patch: MonkeyPatch) -> None:
    """Now and then a screen is answered from a copy that is some moments old."""
    state = Store.state
    copies: dict[tuple[int, str, str], EntityState] = {}
    asked = 0

    def lagging(self: Store, entity: str, entity_id: EntityId) -> EntityState:
        nonlocal asked
        asked += 1
        found, key = state(self, entity, entity_id), (id(self), entity, entity_id)
        if asked % 17 == 0:
            return copies.get(key, found)
        if asked % 5 == 0 or key not in copies:
            copies[key] = found
        return found

    patch.setattr(Store, "state", lagging)


MISTAKES: Sequence[Mistake] = (
    no_dedupe,
    no_authorisation,
    no_clock_clamp,
    no_epoch_check,
    no_id_check,
    delete_on_acknowledgement,
    wipe_on_reset,
    cursor_before_data,
    per_row_commit,
    acknowledged_from_reply,
    partial_push,
    partial_page,
    no_way_back,
    last_writer_by_arrival,
    own_verdicts_ignored,
    reads_from_a_copy_that_lags,
)
"""To be noticed in random histories; see also :data:`OF_OLD`."""

OF_OLD: Mapping[str, Mistake] = {
    "common_ancestor_no_epoch": naive_common_ancestor,
    "common_ancestor_restored": naive_common_ancestor,
    "half_transaction_after_two_restores": places_inside_transactions,
    "half_transaction_of_two_scopes": confirmed_halves_left_out,
    "stream_of_another_past": streams_believed,
}
"""Histories of ``tests/data/histories`` and the mistake each of them was found by."""
