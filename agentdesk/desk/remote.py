"""The seat as the exchange with a server sees it: the replica, on the desk's own thread.

Every call waits its turn among the acts of whoever sits here, so a long page is taken in slices.
What changed is known to the desk before the call returns, and announced.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import TypeVar

from agentdesk.desk.desk import Desk
from agentdesk.desk.remote_views import Arrived
from agentdesk.desk.worker import Worker
from agentdesk.domain.events import EventId
from agentdesk.domain.moments import to_ms
from agentdesk.store.installing import Snapshot
from agentdesk.store.outbox import Batch, Pending
from agentdesk.store.replica import Applied, Place, Replica
from agentdesk.wire import Cursor, Live, Page

KEEP_DAYS = 45
"""How long what other seats have finished stays here; one's own work stays for good."""
TIDY = 100
"""Finished things forgotten in between two acts of a person."""
SLICE = 50
"""Events taken in between two acts of a person."""

T = TypeVar("T")


class SyncPort:
    """See :class:`agentdesk.sync.port.Port`.

    Args:
        worker: the desk; nothing of it is touched on another thread.
        announce: told what changed, on the exchange's thread.
    """

    def __init__(self, worker: Worker, announce: Callable[[Arrived], None]) -> None:
        self._worker = worker
        self._announce = announce
        self._install = ""

    def tidy(self) -> bool:
        """Forget some of what other seats finished long ago; False when nothing is left to do."""

        def work(desk: Desk) -> int:
            before = desk.day_start() - timedelta(days=KEEP_DAYS)
            return desk.replica.prune(to_ms(before), TIDY)

        return self._worker.submit(work).result() == TIDY

    def _ask(self, work: Callable[[Replica], T]) -> T:
        return self._worker.submit(lambda desk: work(desk.replica)).result()

    def _change(self, work: Callable[[Replica], Applied], *, back: bool = False) -> Applied:
        """Apply something, or take it ``back``, and let the desk know what of."""

        def both(desk: Desk) -> tuple[Applied, Arrived | None]:
            applied = work(desk.replica)
            if not applied.entities:
                return applied, None
            return applied, desk.reload() if back else desk.arrived(applied.entities)

        applied, news = self._worker.submit(both).result()
        if news is not None:
            self._announce(news)
        return applied

    def _go_back(self, work: Callable[[Replica], T]) -> T:
        """Take something back: anything may have changed."""

        def both(desk: Desk) -> tuple[T, Arrived]:
            return work(desk.replica), desk.reload()

        found, news = self._worker.submit(both).result()
        self._announce(news)
        return found

    # ------------------------------------------------------------------- reading

    @property
    def install(self) -> str:
        """Id of the store."""
        if not self._install:
            self._install = self._ask(lambda replica: replica.install)
        return self._install

    def site(self) -> str:
        """The site whose events are here."""
        return self._ask(lambda replica: replica.site())

    def join_site(self, site: str) -> None:
        """Belong to a site."""
        self._ask(lambda replica: replica.join_site(site))

    def cursors(self) -> Mapping[str, Place]:
        """How far every scope was read."""
        return self._ask(lambda replica: replica.cursors())

    def checkpoints(self, scope: str) -> Sequence[Cursor]:
        """Places remembered of a scope."""
        return self._ask(lambda replica: replica.checkpoints(scope))

    def outbox(
        self, limit_events: int, limit_bytes: int, actor: str | None = None, after: int = 0
    ) -> Batch:
        """The next events to send."""
        return self._ask(lambda r: r.outbox(limit_events, limit_bytes, actor, after))

    def pending(self) -> Pending:
        """The outbox at a glance."""
        return self._ask(lambda replica: replica.pending())

    def unsent(self, actor: str, until: int) -> Sequence[EventId]:
        """Events up to a place no pull has brought back."""
        return self._ask(lambda replica: replica.unsent(actor, until))

    def set_aside(self, ids: Sequence[EventId], reason: str) -> None:
        """Send these no more."""
        self._ask(lambda replica: replica.set_aside(ids, reason))

    def release(self, reason: str) -> None:
        """Send what was set aside for a reason again."""
        self._ask(lambda replica: replica.release(reason))

    def note(self, name: str, value: str | None) -> None:
        """Keep a local value."""
        self._ask(lambda replica: replica.note(name, value))

    def noted(self, name: str) -> str | None:
        """A value kept by :meth:`note`."""
        return self._ask(lambda replica: replica.noted(name))

    # ------------------------------------------------------------------ changing

    def apply(self, page: Page, after: Cursor) -> Applied:
        """Apply a page, a slice at a time; what was applied stays when a later slice fails."""
        whole = Applied(page.scope)
        for part, start in _slices(page, after):
            applied = self._change(_applying(part, start))
            whole = _joined(whole, applied)
            if applied.behind:
                break
        return whole

    def apply_live(self, lives: Sequence[Live], epoch: str) -> Sequence[Applied]:
        """Apply events of the stream."""
        found: list[Applied] = []

        def all_of(replica: Replica) -> Applied:
            found.extend(replica.apply_live(lives, epoch))
            whole = Applied("")
            for applied in found:
                whole = _joined(whole, applied)
            return whole

        self._change(all_of)
        return found

    def rewind(self, scope: str, common: Cursor, epoch: str, limit: int = 500) -> bool:
        """Go back towards common ground; False to be called again."""
        return self._go_back(lambda replica: replica.rewind(scope, common, epoch, limit))

    def drop_scope(self, scope: str, limit: int = 500) -> bool:
        """Forget a scope; False to be called again."""
        return self._go_back(lambda replica: replica.drop_scope(scope, limit))

    def take_snapshot(self, snapshot: Snapshot) -> Applied:
        """Do the next piece of putting a snapshot in the place of a scope."""
        back = snapshot.swept is not None

        def work(replica: Replica) -> Applied:
            return replica.take_snapshot(snapshot, SLICE)

        return self._change(work, back=back)


def _applying(part: Page, start: Cursor) -> Callable[[Replica], Applied]:
    return lambda replica: replica.apply(part, start)


def _slices(page: Page, after: Cursor) -> Iterator[tuple[Page, Cursor]]:
    """The page in parts that follow each other, and where each begins."""
    events, start, at = page.events, after, 0
    while True:
        end = min(at + SLICE, len(events))
        while 0 < end < len(events) and events[end].txn == events[end - 1].txn:
            end += 1  # a transaction is never seen by halves
        some, at, last = events[at:end], end, end == len(events)
        cur = page.cur if last else some[-1].place
        yield Page(page.scope, page.epoch, some, cur, page.head, page.server_time), start
        if last:
            return
        start = cur


def _joined(one: Applied, other: Applied) -> Applied:
    return Applied(
        one.scope or other.scope,
        tuple(dict.fromkeys((*one.entities, *other.entities))),
        (*one.new, *other.new),
        (*one.confirmed, *other.confirmed),
        (*one.refused, *other.refused),
        (*one.altered, *other.altered),
        one.behind or other.behind,
    )
