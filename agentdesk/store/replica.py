"""A seat's copy of what its scopes of the server's journal hold.

What comes from the server is applied page by page, each with its cursor in one transaction: a
cursor never passes an event that was not applied, the same page again changes nothing, and own
events are never deleted. See :mod:`agentdesk.sync.engine` for who calls this.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from msgspec import Struct

from agentdesk.domain.events import Event, EventId, Stamp
from agentdesk.store import arrivals, backing
from agentdesk.store.failures import mapped
from agentdesk.store.installing import Snapshot
from agentdesk.store.outbox import ELSEWHERE, Outbox
from agentdesk.store.project import Key, Staged
from agentdesk.wire import Cursor, Live, Page, Stored

_CURSORS = "SELECT scope, epoch, seq, event_id, at FROM cursor ORDER BY scope"
_CURSOR = "SELECT scope, epoch, seq, event_id, at FROM cursor WHERE scope = ?"
_MOST_CHECKPOINTS = 32
_SITE = "site"


class Place(Struct, frozen=True):
    """How far a scope was read, in which epoch of the server."""

    epoch: str
    cursor: Cursor


class Applied(Struct, frozen=True):
    """What a page changed.

    Attributes:
        entities: what it changed about, for whoever shows them.
        new: accepted events of others not known before.
        confirmed, refused: own events the server has accepted, or refused.
        altered: events the server holds with another content; the seat's stay as they are.
        behind: it does not follow what is here; nothing was applied (or, of live events, only
            those before the gap): pull.
    """

    scope: str
    entities: tuple[Key, ...] = ()
    new: tuple[Event, ...] = ()
    confirmed: tuple[EventId, ...] = ()
    refused: tuple[EventId, ...] = ()
    altered: tuple[EventId, ...] = ()
    behind: bool = False


@contextmanager
def _uncollected() -> Iterator[None]:
    """Look for no garbage: a page makes thousands of objects, and nearly all of them live on."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


class Replica(Outbox):
    """Applies what a server sends; used from the store's thread, like the store.

    Every method raises :class:`agentdesk.errors.StoreError` when the file cannot be used; then
    nothing was changed.
    """

    # ------------------------------------------------------------------ places

    def cursors(self) -> dict[str, Place]:
        """How far every scope was read."""
        return {row[0]: _place(row) for row in self._ask(_CURSORS)}

    def place(self, scope: str) -> Place | None:
        """How far one scope was read; None for one never read."""
        found = self._ask(_CURSOR, (scope,))
        return _place(found[0]) if found else None

    def site(self) -> str:
        """The site whose events are here; empty before the first contact."""
        return self.noted(_SITE) or ""

    def join_site(self, site: str) -> None:
        """Belong to a site from now on."""
        self.note(_SITE, site)

    def checkpoints(self, scope: str) -> list[Cursor]:
        """Places remembered of a scope, the newest first, ever further apart."""
        place = self.place(scope)
        if place is None or not place.cursor.seq:
            return []
        found = [place.cursor]
        for step in range(_MOST_CHECKPOINTS * 2):
            least = place.cursor.seq - (1 << step)
            rows = self._ask(backing.CHECKPOINT, (scope, least)) if least > 0 else []
            if not rows or len(found) == _MOST_CHECKPOINTS:
                break
            cursor = Cursor(rows[0][0], rows[0][1].hex(), rows[0][2] or 0)
            if cursor != found[-1]:
                found.append(cursor)
        return found

    # ---------------------------------------------------------------- applying

    def apply(self, page: Page, after: Cursor) -> Applied:
        """Apply a page pulled from ``after`` on.

        Raises:
            ValueError: the page contradicts itself or holds what no journal can; nothing of it
                was applied.
        """
        place = self.place(page.scope)
        if not _follows(place, page, after):
            return Applied(page.scope, behind=True)
        _check_order(page, after)
        arrivals.check_all(page.events, page.scope)
        known = place.cursor.seq if place else -1
        cursor = page.cur if page.cur.seq > known else None
        return self._apply(page.scope, page.epoch, page.events, cursor, first=place is None)

    def apply_live(self, lives: Sequence[Live], epoch: str) -> list[Applied]:
        """Apply events of the stream, those that follow what is here; one answer per scope.

        Raises:
            ValueError: as for :meth:`apply`.
        """
        scopes: dict[str, list[Live]] = {}
        for live in lives:
            scopes.setdefault(live.event.scope, []).append(live)
        return [self._live(scope, some, epoch) for scope, some in scopes.items()]

    def _live(self, scope: str, lives: Sequence[Live], epoch: str) -> Applied:
        place = self.place(scope) or Place(epoch, Cursor())
        taken: list[Stored] = []
        last, gap = place.cursor.seq, place.epoch != epoch
        for live in lives:
            if live.event.seq <= last:
                continue
            gap = gap or live.after != last
            if gap:
                break
            taken.append(live.event)
            last = live.event.seq
        if not taken:
            return Applied(scope, behind=gap)
        cur = taken[-1].place
        applied = self.apply(Page(scope, epoch, taken, cur, last), place.cursor)
        if not gap:
            return applied
        return Applied(
            scope,
            applied.entities,
            applied.new,
            applied.confirmed,
            applied.refused,
            applied.altered,
            behind=True,
        )

    @_uncollected()
    def _apply(
        self,
        scope: str,
        epoch: str,
        events: Sequence[Stored],
        cursor: Cursor | None,
        *,
        first: bool,
    ) -> Applied:
        """``first``: the scope begins anew. What of this seat's own was confirmed in it before
        it was lost has to be found again by reading on, or is sent again.
        """
        store = self._store
        with mapped(store.path):
            plan = arrivals.plan(self._db, events, store.installs)
            store.memory.read_ahead(key for key in plan.touched if key not in plan.anew)
        if cursor is None and not plan.rows and not plan.updates:
            return _applied(scope, plan)

        def work() -> Staged:
            anew = dict(plan.anew)
            if first:
                kept = frozenset(bytes.fromhex(stored.id) for stored in events)
                gone = backing.not_among(self._db, scope, kept, own=True)
                backing.take_back(self._db, gone)
                anew |= gone.keys
            plan.write(self._db)
            if cursor is not None:
                backing.put_cursor(self._db, scope, epoch, cursor)
            return store.memory.stage_written(plan.joined, anew)

        store.arrive(work, plan.latest)
        return _applied(scope, plan)

    # --------------------------------------------------------------- going back

    def rewind(self, scope: str, common: Cursor, epoch: str, limit: int = 500) -> bool:
        """Go back towards the newest place seat and server agree on.

        Others' events after it go, own ones wait to be sent again. At most ``limit`` events at
        a time, the newest first, so that nobody waits for a long way back: between two calls
        the seat stands at an earlier place of the old epoch.

        Returns:
            True when it is there; False to be called again.
        """
        done = True

        def work() -> Staged:
            nonlocal done
            found = backing.newest_after(self._db, scope, common.seq, limit)
            done = len(found.keys_of) < limit
            backing.take_back(self._db, found)
            if done:
                backing.put_cursor(self._db, scope, epoch, common)
                backing.release(self._db, ELSEWHERE)
            else:
                backing.step_back(self._db, scope, found, common)
            return self._store.memory.stage_written([], found.keys)

        self._store.arrive(work, Stamp(0))
        return done

    def drop_scope(self, scope: str, limit: int = 500) -> bool:
        """Forget others' events of a scope this seat may not read any more.

        Own events stay, confirmed ones too: they are the seat's proof of its work. At most
        ``limit`` events at a time.

        Returns:
            True when it is done; False to be called again.
        """
        done = True

        def work() -> Staged:
            nonlocal done
            found = backing.others_of(self._db, scope, limit)
            done = len(found.keys_of) < limit
            backing.take_back(self._db, found)
            backing.drop_cursor(self._db, scope, for_good=done)
            return self._store.memory.stage_written([], found.keys)

        self._store.arrive(work, Stamp(0))
        return done

    def take_snapshot(self, snapshot: Snapshot, limit: int = 50) -> Applied:
        """Do the next piece of putting a snapshot in the place of what is here of its scope.

        Own events that are not in it stay: confirmed ones, when the server's past is the same
        (it has purged them), or to be sent again. The cursor moves with the last piece, see
        :attr:`Snapshot.done`; a piece that fails can be done again.

        Args:
            limit: about as many events at a time.
        """
        if snapshot.swept is not None:
            return self._sweep(snapshot, snapshot.swept, limit)
        events = snapshot.next(limit)
        last = snapshot.taken + len(events) == snapshot.trailer.count
        trailer, scope = snapshot.trailer, snapshot.scope
        cursor = trailer.cur if last else None
        applied = self._apply(scope, trailer.epoch, events, cursor, first=False)
        snapshot.taken += len(events)
        snapshot.done = last
        return applied

    def _sweep(self, snapshot: Snapshot, after: int, limit: int) -> Applied:
        """What is not in a snapshot goes."""
        scope, place = snapshot.scope, self.place(snapshot.scope)
        own = place is None or place.epoch != snapshot.trailer.epoch
        with mapped(self._store.path):
            found, last = backing.sweep(self._db, scope, after, snapshot.ids, limit, own=own)

        def work() -> Staged:
            backing.take_back(self._db, found)
            return self._store.memory.stage_written([], found.keys)

        if found.keys_of:
            self._store.arrive(work, Stamp(0))
        snapshot.swept = last
        return Applied(scope, tuple(found.keys))

    def prune(self, before_ms: int, limit: int = 200) -> int:
        """Forget what others finished before an instant, milliseconds since 1970.

        Nothing with an event of this seat goes. What is forgotten is not asked for again.

        Returns:
            How many things went; ``limit`` of them means there may be more.
        """
        count = 0

        def work() -> Staged:
            nonlocal count
            keys = backing.finished(self._db, before_ms, self._store.installs, limit)
            count = len(keys)
            for key in keys:
                backing.forget(self._db, *key)
            return self._store.memory.stage_written([], keys)

        self._store.arrive(work, Stamp(0))
        return count


def _place(row: tuple[str, str, int, bytes, int]) -> Place:
    return Place(row[1], Cursor(row[2], row[3].hex(), row[4]))


def _follows(place: Place | None, page: Page, after: Cursor) -> bool:
    """Whether nothing is missing between what is here and a page pulled from ``after`` on."""
    if place is None:
        return after.seq == 0
    if place.epoch != page.epoch or after.seq > place.cursor.seq:
        return False
    return after.seq < place.cursor.seq or after == place.cursor


def _check_order(page: Page, after: Cursor) -> None:
    last = after.seq
    for stored in page.events:
        if stored.seq <= last:
            raise ValueError("events out of order")
        last = stored.seq
    if page.cur != (page.events[-1].place if page.events else after):
        raise ValueError("a page that does not end where it says")


def _applied(scope: str, plan: arrivals.Plan) -> Applied:
    return Applied(
        scope,
        tuple(plan.touched),
        tuple(plan.new),
        tuple(plan.confirmed),
        tuple(plan.refused),
        tuple(plan.altered),
    )
