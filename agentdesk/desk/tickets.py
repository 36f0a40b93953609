"""Work orders: load, decide, commit; lists and due times are in modules of their own.

Used from the desk's own thread, like the desk. Due times are this seat's own reckoning, see
:mod:`agentdesk.desk.ticket_reckoning`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo

from msgspec import Struct

from agentdesk.desk.ticket_intake import cleaned
from agentdesk.desk.ticket_people import Colleague, Receiver, colleagues, receivers
from agentdesk.desk.ticket_queues import TicketQueues
from agentdesk.desk.ticket_reckoning import TicketReckoning
from agentdesk.desk.ticket_views import (
    Groups,
    SavedView,
    TicketCard,
    TicketMoment,
    TicketOutcome,
    read_groups,
    read_views,
    told,
    with_view,
    write_groups,
    write_views,
)
from agentdesk.domain.call.meters import met
from agentdesk.domain.call.state import Call
from agentdesk.domain.events import Draft, EntityId, Event
from agentdesk.domain.followups import read_promise, reschedule
from agentdesk.domain.hlc import wall
from agentdesk.domain.moments import from_ms
from agentdesk.domain.owed_undo import undo_owed
from agentdesk.domain.pack import Mark, Pack
from agentdesk.domain.sla.calendar import Calendar
from agentdesk.domain.sla.clocks import Settings
from agentdesk.domain.text import clean
from agentdesk.domain.ticket import commands as c
from agentdesk.domain.ticket.clocks import (
    Policy,
    TicketClock,
    clocks_of,
)
from agentdesk.domain.ticket.context import Decision
from agentdesk.domain.ticket.decide import Context, decide
from agentdesk.domain.ticket.gaps import needs_read_back, ticket_gaps
from agentdesk.domain.ticket.priority import priority_of
from agentdesk.domain.ticket.read import read_ticket
from agentdesk.domain.ticket.state import Ticket
from agentdesk.domain.ticket.steps import steps_of
from agentdesk.domain.ticket.undo import undo
from agentdesk.errors import PackError, SlaError
from agentdesk.store.rows import TicketFilter
from agentdesk.store.store import Store
from agentdesk.store.ticket_queries import TicketTables

_VIEWS = "ticket.views"
_GROUPS = "ticket.groups"
_ZONE = "Asia/Shanghai"
_NUMBERS = ("number", "phone")
"""What an order takes over from a call unseen, for it is masked there and here."""
_NOT_COPIED = frozenset({"upset", "disposition", "title_shown"})
"""What a call's card holds that says nothing about the matter."""


class Seat(Struct, frozen=True):
    """What the work orders need of the desk.

    Attributes:
        pack: the seat's standard, as it is now.
        actor: agent number of whoever sits here; ``name`` what they are called.
        commit: stores events and tells the desk's own lists.
        answers: whether this seat records what the clocks of a ticket say.
    """

    store: Store
    find_pack: Callable[[str], Pack]
    pack: Callable[[], Pack]
    actor: Callable[[], str]
    commit: Callable[[tuple[Draft, ...]], tuple[Event, ...]]
    clock: Callable[[], datetime]
    new_id: Callable[[], EntityId]
    zone: tzinfo
    answers: Callable[[Ticket], bool] = lambda _: True
    name: Callable[[], str] = lambda: ""


class TicketDesk(TicketReckoning, TicketQueues):
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
        self._fresh = False  # nothing is known to be out of date
        self._stale: list[EntityId] = []  # known to be, and waiting
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
        given = {k: v for k, v in (kept | dict(values or {})).items() if v}
        known = {"number": call.number, "phone": call.values.get("phone")}
        command = c.Open(
            self.new_id(),
            given,
            line[:200],
            call_id=call.id,
            read_back=met(call, pack, Mark.READ_BACK),
            taken={key: "call" for key in _NUMBERS if given.get(key, "") == known.get(key)},
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
        return self._done(ticket, ticket_id, decide(ticket, cleaned(command), context))

    def undo(self, ticket_id: EntityId) -> TicketOutcome:
        """Take back the last act on a ticket, if it was this seat's and can be taken back."""
        ticket, history = self.get(ticket_id), self._store.events_of("ticket", ticket_id)
        seat = self._seat
        context = Context(seat.clock(), self.pack_of(ticket), seat.actor(), self.new_id)
        return self._done(ticket, ticket_id, undo(history, context, self._store.install))

    def _done(
        self, ticket: Ticket | None, ticket_id: EntityId, decision: Decision
    ) -> TicketOutcome:
        """Store what was decided."""
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

    def undo_owed(self, entity: str, entity_id: EntityId) -> TicketOutcome:
        """Take back that a promise or callback (``entity``) was settled or put off just now."""
        history, seat = self._store.events_of(entity, entity_id), self._seat
        decision = undo_owed(history, seat.actor(), self._store.install, seat.clock())
        if not isinstance(decision, tuple):
            return TicketOutcome(None, (), decision)
        return TicketOutcome(None, seat.commit(decision))

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

    def steps(self, ticket_id: EntityId) -> tuple[str, ...]:
        """The dated steps that may be recorded of a ticket now."""
        ticket = self.get(ticket_id)
        return steps_of(ticket, self._policy(self.pack_of(ticket))) if ticket else ()

    def timeline(self, ticket_id: EntityId) -> tuple[TicketMoment, ...]:
        """Everything that happened to a ticket, oldest first: who, when, where, what."""
        return told(map(_moment, self._store.events_of("ticket", ticket_id)))

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

    def colleagues(self) -> tuple[Colleague, ...]:
        """Everybody known here who can have an order, by work number."""
        return colleagues(self._store, {self._seat.actor(): self._seat.name()})

    def receivers(self) -> tuple[Receiver, ...]:
        """Departments orders are or were sent to, and who took them there."""
        return receivers(self._store)

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

    def groups(self) -> Groups:
        """Whether the board is grouped, and what is folded, as it was left."""
        return read_groups(self._store.setting(_GROUPS))

    def group(self, on: bool) -> Groups:
        """Show the board in groups, or not; what is folded is kept."""
        return self._keep_groups(Groups(on, self.groups().folded))

    def fold(self, key: str) -> Groups:
        """Fold a group that is open, unfold one that is not."""
        groups = self.groups()
        others = tuple(each for each in groups.folded if each != key)
        folded = others if key in groups.folded else (*others, key)
        return self._keep_groups(Groups(groups.on, folded))

    def _keep_groups(self, groups: Groups) -> Groups:
        self._store.set_setting(_GROUPS, write_groups(groups))
        return groups


def _moment(event: Event) -> TicketMoment:
    at = event.body.get("at")
    written = wall(event.stamp)
    moment = from_ms(at) if type(at) is int and abs(at) < _FAR else written
    params = {name: value for name, value in event.body.items() if name != "at"}
    return TicketMoment(moment, event.kind, event.actor, event.install, params)


_FAR = 253_000_000_000_000  # about the year 9987; a forged instant is shown as when it was written
