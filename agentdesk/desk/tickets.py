"""Work orders: load, decide, commit, keep the due times; the lists are in ticket_queues.

Used from the desk's own thread, like the desk. Due times are this seat's own reckoning
(see :mod:`agentdesk.store.ticket_queries`); they are brought up to date after every act, at
every tick, and before the first list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta, tzinfo

from msgspec import Struct
from msgspec.structs import replace

from agentdesk.desk.ticket_intake import cleaned
from agentdesk.desk.ticket_queues import SLICE, TicketQueues
from agentdesk.desk.ticket_views import (
    Alarm,
    SavedView,
    Ticked,
    TicketCard,
    TicketMoment,
    TicketOutcome,
    read_views,
    with_view,
    write_views,
)
from agentdesk.domain.call.meters import met
from agentdesk.domain.call.state import Call
from agentdesk.domain.events import Draft, EntityId, Event
from agentdesk.domain.followups import read_promise, reschedule
from agentdesk.domain.hlc import wall
from agentdesk.domain.moments import from_ms, to_ms
from agentdesk.domain.pack import Mark, Pack
from agentdesk.domain.sla.calendar import Calendar
from agentdesk.domain.sla.clocks import Settings
from agentdesk.domain.sla.state import LATE
from agentdesk.domain.text import clean
from agentdesk.domain.ticket import commands as c
from agentdesk.domain.ticket.clocks import (
    Policy,
    Standing,
    TicketClock,
    clocks_of,
    news_of,
    policy_of,
    standing_of,
)
from agentdesk.domain.ticket.decide import Context, decide
from agentdesk.domain.ticket.gaps import needs_read_back, ticket_gaps
from agentdesk.domain.ticket.priority import priority_of
from agentdesk.domain.ticket.read import read_ticket
from agentdesk.domain.ticket.state import Ticket
from agentdesk.errors import PackError, SlaError
from agentdesk.store.rows import TicketDue, TicketFilter, TicketRow
from agentdesk.store.store import Store
from agentdesk.store.ticket_queries import PAGE, TicketTables

_VIEWS = "ticket.views"
_ZONE = "Asia/Shanghai"
TICKED = 50
"""Tickets one tick looks at; about a tenth of a second when all of them were missed."""

_AT_ONCE = timedelta(milliseconds=1)
_MOST_ROUNDS = 2000
"""A million tickets; what still is out of date then waits for the next list."""

_NOT_COPIED = frozenset({"upset", "disposition", "title_shown"})
"""What a call's card holds that says nothing about the matter."""


class Seat(Struct, frozen=True):
    """What the work orders need of the desk.

    Attributes:
        pack: the seat's standard, as it is now.
        actor: agent number of whoever sits here.
        commit: stores events and tells the desk's own lists.
    """

    store: Store
    find_pack: Callable[[str], Pack]
    pack: Callable[[], Pack]
    actor: Callable[[], str]
    commit: Callable[[tuple[Draft, ...]], tuple[Event, ...]]
    clock: Callable[[], datetime]
    new_id: Callable[[], EntityId]
    zone: tzinfo


class TicketDesk(TicketQueues):
    """Use cases of work orders.

    Args:
        seat: the desk they belong to.
        settings: calendars and figures of the centre; around the clock without them.

    Attributes:
        faults: standards whose limits mean nothing, by pack id; their tickets have no clocks.
    """

    def __init__(self, seat: Seat, settings: Settings | None = None) -> None:
        self._seat = seat
        self._store = seat.store
        self._tables = TicketTables(seat.store)
        self._packs: dict[str, Pack] = {}
        self._policies: dict[str, tuple[Pack, Policy]] = {}
        self._reckoned_by: Pack | None = None
        self._fresh = False
        self.faults: dict[str, SlaError] = {}
        name = getattr(seat.zone, "key", _ZONE)
        self._settings = settings or Settings(Calendar.round_the_clock(name))

    # ------------------------------------------------------------------ acting

    def open(self, command: c.Open) -> TicketOutcome:
        """Take a matter in (see :meth:`new_id` for its id)."""
        return self._act(None, command.ticket_id, command)

    def from_call(
        self, call: Call, *, summary: str = "", values: Mapping[str, str] | None = None
    ) -> TicketOutcome:
        """Open a ticket from a call: customer, category and form as they stand on its card.

        Args:
            summary: one line for the lists; the card's content or note without it.
            values: fields that differ or come on top.
        """
        kept = {k: v for k, v in call.values.items() if v and k not in _NOT_COPIED}
        kept = {"number": call.number, "name": call.name, "channel": "phone"} | kept
        texts = (summary, kept.get("content", ""), kept.get("matter", ""), kept.get("note", ""))
        line = next((" ".join(text.split()) for text in texts if text.strip()), "")
        pack = self._pack_named(call.pack)
        command = c.Open(
            self.new_id(),
            {k: v for k, v in (kept | dict(values or {})).items() if v},
            line[:200],
            call_id=call.id,
            read_back=met(call, pack, Mark.READ_BACK),
        )
        return self._act(None, command.ticket_id, command, pack)

    def act(self, ticket_id: EntityId, command: c.Command) -> TicketOutcome:
        """Do ``command`` to a ticket."""
        return self._act(self.get(ticket_id), ticket_id, command)

    def _act(
        self,
        ticket: Ticket | None,
        ticket_id: EntityId,
        command: c.Command,
        pack: Pack | None = None,
    ) -> TicketOutcome:
        pack = pack or self.pack_of(ticket)
        context = Context(self._seat.clock(), pack, self._seat.actor(), self.new_id)
        decision = decide(ticket, cleaned(command), context)
        if not isinstance(decision, tuple):
            return TicketOutcome(ticket, (), decision)
        events = self._seat.commit(decision)
        noted, _ = self._reckon([ticket_id])
        return TicketOutcome(self.get(ticket_id), (*events, *noted))

    def new_id(self) -> EntityId:
        """A fresh id for a command that creates something (a ticket, a form, a pause)."""
        return EntityId(self._seat.new_id())

    def reschedule(self, promise_id: EntityId, due_at: datetime, reason: str) -> TicketOutcome:
        """Agree another time for a promised callback; it stays open."""
        promise = read_promise(promise_id, self._store.state("promise", promise_id))
        if promise is None:
            return TicketOutcome(None, (), c.Refused("refused.promise_over"))
        decision = reschedule(promise, due_at, clean(reason, multiline=True), self._seat.clock())
        if not isinstance(decision, tuple):
            return TicketOutcome(None, (), decision)
        return TicketOutcome(None, self._seat.commit(decision))

    # ------------------------------------------------------------------ reading

    def get(self, ticket_id: EntityId) -> Ticket | None:
        """A ticket as it stands."""
        return read_ticket(ticket_id, self._store.state("ticket", ticket_id))

    def card(self, ticket_id: EntityId) -> TicketCard | None:
        """A ticket with its clocks, gaps and priority, as of now."""
        ticket, now = self.get(ticket_id), self._seat.clock()
        if ticket is None:
            return None
        pack = self.pack_of(ticket)
        return TicketCard(
            ticket,
            pack,
            clocks_of(ticket, self._policy(pack), now),
            priority_of(ticket.values),
            ticket_gaps(ticket, pack),
            needs_read_back(ticket, pack),
            now,
        )

    def clocks(self, ticket: Ticket) -> tuple[TicketClock, ...]:
        """The clocks of a ticket, as of now."""
        return clocks_of(ticket, self._policy(self.pack_of(ticket)), self._seat.clock())

    def timeline(self, ticket_id: EntityId) -> tuple[TicketMoment, ...]:
        """Everything that happened to a ticket, oldest first: who, when, where, what."""
        return tuple(map(_moment, self._store.events_of("ticket", ticket_id)))

    def pack_of(self, ticket: Ticket | None) -> Pack:
        """The standard a ticket was taken in by; the seat's where that cannot be had."""
        return self._pack_named(ticket.pack if ticket else "")

    def _pack_named(self, pack_id: str) -> Pack:
        seat = self._seat.pack()
        if pack_id in ("", seat.id):
            return seat
        if pack_id not in self._packs:
            try:
                self._packs[pack_id] = self._seat.find_pack(pack_id)
            except PackError:
                self._packs[pack_id] = seat
        return self._packs[pack_id]

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

    # ------------------------------------------------------------------ clocks

    def use(self, settings: Settings) -> None:
        """Other calendars or figures; due times follow, starts and pauses stay."""
        self._settings = settings
        self.forget()

    def forget(self) -> None:
        """A standard changed, or tickets came from elsewhere: reckon anew before the next list."""
        self._packs.clear()
        self._policies.clear()
        self.faults.clear()
        self._fresh = False

    def catch_up(self, limit: int = PAGE) -> int:
        """Bring due times up to date that are missing or out of date, at most ``limit``.

        Returns:
            How many were reckoned; less than ``limit`` means nothing is left.
        """
        stale = self._tables.stale(self._bases(), limit)
        over = self._tables.over() if not self._fresh else []
        self._reckon([*stale, *over], record=False)
        self._fresh = len(stale) < limit
        return len(stale)

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
        return not self._fresh

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
        return Ticked(tuple(found), None if next_at is None else from_ms(next_at))

    def _reckon(
        self, ids: Iterable[EntityId], *, record: bool = True
    ) -> tuple[tuple[Event, ...], list[Alarm]]:
        """Reckon clocks anew and keep when they are due.

        Args:
            record: store misses and warnings that are not recorded yet; else the next tick
                finds them, which also announces them.
        """
        now, gone = self._seat.clock(), []
        found: dict[EntityId, tuple[Ticket, str, Standing]] = {}
        drafts: list[Draft] = []
        for ticket_id in ids:
            ticket = self.get(ticket_id)
            if ticket is None:
                gone.append(ticket_id)
                continue
            pack = self.pack_of(ticket)
            policy = self._policy(pack)
            clocks = clocks_of(ticket, policy, now)
            news = news_of(ticket, clocks)
            standing = standing_of(clocks)
            if not record and (news.breaches or news.warnings):
                standing = replace(standing, next_at=now - _AT_ONCE)
            elif record:
                noted = decide(ticket, news, Context(now, pack, "", self.new_id))
                drafts += noted if isinstance(noted, tuple) else ()
            if ticket.state.open:
                found[ticket_id] = ticket, policy.basis, standing
            else:
                gone.append(ticket_id)
        events = self._seat.commit(tuple(drafts)) if drafts else ()
        stamps = {event.entity_id: event.stamp for event in events}
        rows = [
            _due(ticket, stamps.get(ticket_id, ticket.stamp), basis, standing)
            for ticket_id, (ticket, basis, standing) in found.items()
        ]
        kept = self._tables.due_of(found) if len(found) == 1 else {}
        self._tables.put_due([row for row in rows if kept.get(row.id) != row], gone)
        return events, self._alarms(events)

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

    # -------------------------------------------------------------- saved views

    def views(self) -> tuple[SavedView, ...]:
        """Saved filters, in the order they were made."""
        return read_views(self._store.setting(_VIEWS))

    def save_view(self, name: str, wanted: TicketFilter) -> bool:
        """Keep a filter under a name, replacing one of that name; False without name or room."""
        views = with_view(self.views(), SavedView(name, wanted))
        if views is not None:
            self._store.set_setting(_VIEWS, write_views(views))
        return views is not None

    def drop_view(self, name: str) -> None:
        """Forget a saved filter."""
        left = tuple(view for view in self.views() if view.name != name)
        self._store.set_setting(_VIEWS, write_views(left) if left else None)


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


def _moment(event: Event) -> TicketMoment:
    at = event.body.get("at")
    written = wall(event.stamp)
    moment = from_ms(at) if type(at) is int and abs(at) < _FAR else written
    params = {name: value for name, value in event.body.items() if name != "at"}
    return TicketMoment(moment, event.kind, event.actor, event.install, params)


_FAR = 253_000_000_000_000  # about the year 9987; a forged instant is shown as when it was written
