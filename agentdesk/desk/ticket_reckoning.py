"""When work orders are due: reckoned anew after every act, at every tick, before the first list.

What has to be reckoned in numbers (another standard, other hours, tickets from elsewhere) is
read in bulk and stored in one transaction, some hundreds at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from msgspec.structs import replace

from agentdesk.desk.ticket_queues import SLICE
from agentdesk.desk.ticket_views import Alarm, Ticked
from agentdesk.domain.events import Draft, EntityId, Event
from agentdesk.domain.moments import from_ms, to_ms
from agentdesk.domain.pack import Pack
from agentdesk.domain.sla.clocks import Settings
from agentdesk.domain.sla.state import LATE
from agentdesk.domain.ticket.clocks import (
    Policy,
    Standing,
    clocks_of,
    news_of,
    policy_of,
    standing_of,
)
from agentdesk.domain.ticket.decide import Context, decide
from agentdesk.domain.ticket.read import read_ticket
from agentdesk.domain.ticket.state import Ticket
from agentdesk.errors import PackError, SlaError
from agentdesk.store.bulk import states
from agentdesk.store.rows import TicketDue, TicketRow
from agentdesk.store.store import Store
from agentdesk.store.ticket_queries import PAGE, TicketTables

if TYPE_CHECKING:
    from agentdesk.desk.tickets import Seat

TICKED = 50
"""Tickets one tick looks at; about a tenth of a second when all of them were missed."""

ASKED = 20_000
"""Tickets that are out of date, asked for at once and reckoned a slice at a time."""

MANY = 8
"""Tickets from which on they are read in bulk; fewer may be in the store's memory already."""

_AT_ONCE = timedelta(milliseconds=1)
_MOST_ROUNDS = 2000
"""A million tickets; what still is out of date then waits for the next list."""


class TicketReckoning:
    """The reckoning half of :class:`agentdesk.desk.tickets.TicketDesk`."""

    _seat: Seat
    _store: Store
    _tables: TicketTables
    _settings: Settings
    _packs: dict[str, Pack]
    _policies: dict[str, tuple[Pack, Policy]]
    _reckoned_by: Pack | None
    _fresh: bool
    _stale: list[EntityId]
    faults: dict[str, SlaError]
    get: Callable[[EntityId], Ticket | None]
    pack_of: Callable[[Ticket | None], Pack]
    new_id: Callable[[], EntityId]

    def _policy(self, pack: Pack) -> Policy:
        known = self._policies.get(pack.id)
        if known is None or known[0] is not pack:
            try:
                made = policy_of(pack, self._settings)
            except SlaError as error:  # a wrong figure must not take the board away
                self.faults[pack.id] = error
                made = Policy((), f"{pack.id}:none")
            known = self._policies[pack.id] = (pack, made)
        return known[1]

    def use(self, settings: Settings) -> None:
        """Other calendars or figures; due times follow, starts and pauses stay."""
        self._settings = settings
        self.forget()

    def forget(self) -> None:
        """A standard changed, or tickets came from elsewhere: reckon anew before the next list."""
        self._packs.clear()
        self._policies.clear()
        self.faults.clear()
        self._stale.clear()
        self._fresh = False

    def arrived(self, ids: Collection[EntityId]) -> None:
        """Tickets changed elsewhere: some are reckoned now, many a slice at a time."""
        if len(ids) <= MANY:
            self._reckon(ids, record=False)
        else:
            self._stale.extend(ids)

    def catch_up(self, limit: int = PAGE) -> int:
        """Bring due times up to date that are missing or out of date, at most ``limit``.

        Returns:
            How many were reckoned; less than ``limit`` means nothing is left.
        """
        if not self._stale:  # one question for many slices: it looks at every open ticket
            self._stale = self._tables.stale(self._bases(), ASKED)
            self._fresh = len(self._stale) < ASKED
            self._reckon(self._tables.over(), record=False)
        some, self._stale = self._stale[:limit], self._stale[limit:]
        self._reckon(some, record=False)
        return len(some)

    def _bases(self) -> list[str]:
        """What due times may rest on: the present policies of all standards tickets have."""
        packs = {self._seat.pack().id: self._seat.pack()}
        for basis in self._tables.bases():
            pack_id = basis.partition(":")[0]
            if pack_id not in packs:
                try:
                    packs[pack_id] = self._packs.get(pack_id) or self._seat.find_pack(pack_id)
                except PackError:
                    continue
        return [self._policy(pack).basis for pack in packs.values()]

    def ready(self) -> None:
        """Bring every due time up to date; a second for some thousands of tickets."""
        for _ in range(_MOST_ROUNDS):
            if not self.pending():
                break
            self.catch_up()

    def pending(self) -> bool:
        """Due times may be out of date or missing: :meth:`catch_up` has work."""
        if self._reckoned_by is not self._seat.pack():
            self._reckoned_by, self._fresh = self._seat.pack(), False
            self._stale.clear()
        return bool(self._stale) or not self._fresh

    def tick(self) -> Ticked:
        """Look at the clocks that have changed by themselves; record what they say, once.

        At most ``TICKED`` tickets a call, so that nobody's act waits for a weekend's misses;
        ``next_at`` lies in the past while more wait.
        """
        if self.pending():
            self.catch_up(SLICE)
        now = self._seat.clock()
        _, alarms = self._reckon(self._tables.changing(to_ms(now), TICKED))
        next_at = self._tables.next_change()
        found = sorted(alarms, key=lambda alarm: (alarm.band != LATE, alarm.row.priority))
        return Ticked(tuple(found), None if next_at is None else from_ms(next_at), self.pending())

    def _reckon(
        self, ids: Collection[EntityId], *, record: bool = True
    ) -> tuple[tuple[Event, ...], list[Alarm]]:
        """Reckon clocks anew and keep when they are due.

        Args:
            record: store misses and warnings that are not recorded yet; else the next tick
                finds them, which also announces them.
        """
        now, gone = self._seat.clock(), []
        found: dict[EntityId, tuple[Ticket, str, Standing]] = {}
        drafts: list[Draft] = []
        for ticket_id, ticket in self._tickets(ids):
            if ticket is None:
                gone.append(ticket_id)
                continue
            pack = self.pack_of(ticket)
            policy = self._policy(pack)
            clocks = clocks_of(ticket, policy, now)
            news = news_of(ticket, clocks)
            standing = standing_of(clocks)
            if not self._seat.answers(ticket):
                pass  # another seat records it
            elif not record and (news.breaches or news.warnings):
                standing = replace(standing, next_at=now - _AT_ONCE)
            elif record:
                noted = decide(ticket, news, Context(now, pack, "", self.new_id))
                drafts += noted if isinstance(noted, tuple) else ()
            if ticket.state.open:
                found[ticket_id] = ticket, policy.basis, standing
            else:
                gone.append(ticket_id)
        events = self._seat.commit(tuple(drafts)) if drafts else ()
        self._keep(found, events, gone)
        return events, self._alarms(events)

    def _tickets(self, ids: Collection[EntityId]) -> Iterator[tuple[EntityId, Ticket | None]]:
        """Each ticket as it stands; many are read in bulk."""
        known = states(self._store, "ticket", tuple(ids)) if len(ids) >= MANY else {}
        for ticket_id in ids:
            state = known.get(ticket_id)
            found = self.get(ticket_id) if state is None else read_ticket(ticket_id, state)
            yield ticket_id, found

    def _keep(
        self,
        found: Mapping[EntityId, tuple[Ticket, str, Standing]],
        events: Iterable[Event],
        gone: Iterable[EntityId],
    ) -> None:
        """Store due times; ``events`` is what the clocks themselves have just recorded."""
        stamps = {event.entity_id: event.stamp for event in events}
        rows = [
            _due(ticket, stamps.get(ticket_id, ticket.stamp), basis, standing)
            for ticket_id, (ticket, basis, standing) in found.items()
        ]
        kept = self._tables.due_of(found) if len(found) == 1 else {}
        self._tables.put_due([row for row in rows if kept.get(row.id) != row], gone)

    def _alarms(self, events: Iterable[Event]) -> list[Alarm]:
        rows: dict[EntityId, TicketRow | None] = {}
        alarms = []
        for event in events:
            if event.entity_id not in rows:
                rows[event.entity_id] = self._tables.row(event.entity_id)
            row = rows[event.entity_id]
            if row is not None:
                band = LATE if event.kind == "ticket.breached" else str(event.body["band"])
                alarms.append(Alarm(row, str(event.body["key"]), band))
        return alarms


def _due(ticket: Ticket, stamp: int, basis: str, standing: Standing) -> TicketDue:
    return TicketDue(
        ticket.id,
        _ms(standing.due_at),
        _ms(standing.warn_at),
        # Rounded up: looking a moment too early would find nothing and look again at once.
        None if standing.next_at is None else to_ms(standing.next_at) + 1,
        standing.key,
        standing.paused,
        stamp,
        basis,
    )


def _ms(moment: datetime | None) -> int | None:
    return None if moment is None else to_ms(moment)
