"""The lists of the work orders: board, follow-ups, overdue, day-clear, reminders."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from msgspec.structs import replace

from agentdesk.desk.roll_up import RollUp, rolled_up
from agentdesk.desk.ticket_views import (
    DayClear,
    FollowUpItem,
    OverdueItem,
    Page,
    ReminderItem,
    day_clear_rule,
)
from agentdesk.domain.events import EntityId
from agentdesk.domain.followups import read_callback, read_promise
from agentdesk.domain.moments import to_ms
from agentdesk.domain.provision import ProvisionKind
from agentdesk.domain.sla.state import Level
from agentdesk.domain.sla.sums import Explanation, explain_plan
from agentdesk.domain.ticket.clocks import TicketClock
from agentdesk.domain.ticket.state import Ticket
from agentdesk.store.rows import TicketFilter, TicketRow
from agentdesk.store.store import Store
from agentdesk.store.ticket_queries import PAGE, TicketTables
from agentdesk.store.ticket_rollup import counts, first_due, late_count

if TYPE_CHECKING:
    from agentdesk.desk.tickets import Seat

REMINDER_FLOW = "reminder"
"""Flow of the steps that are outbound reminders (C5-Q1.1-balance-low and its like)."""

SLICE = 200
"""Due times reckoned between two acts of a person, when many are out of date."""

SHOWN = 200
"""Tickets a queue looks into at most; the lists say how many there are in all."""


class TicketQueues:
    """The reading half of :class:`agentdesk.desk.tickets.TicketDesk`."""

    _seat: Seat
    _store: Store
    _tables: TicketTables
    ready: Callable[[], None]
    pending: Callable[[], bool]
    catch_up: Callable[[int], int]
    get: Callable[[EntityId], Ticket | None]
    clocks: Callable[[Ticket], tuple[TicketClock, ...]]

    def board(self, wanted: TicketFilter, offset: int = 0, limit: int = PAGE) -> Page:
        """A stretch of the board: what fits the filter, in its order.

        It does not wait for due times that have to be reckoned anew: ``pending`` says that
        some still are, and the next tick or :meth:`catch_up` goes on.
        """
        if self.pending():
            self.catch_up(SLICE)
        rows = self._tables.page(wanted, offset, limit)
        last = len(rows) < limit and (rows or not offset)
        pending = self.pending()
        total = offset + len(rows) if last else self._tables.count(wanted, reckoned=not pending)
        return Page(tuple(rows), offset, total, pending)

    def row(self, ticket_id: EntityId) -> TicketRow | None:
        """One row of the board, after its ticket changed."""
        return self._tables.row(ticket_id)

    def states(self, owner: str = "") -> dict[str, int]:
        """How many open tickets stand in each state; of one owner, or of all."""
        return self._tables.states(owner)

    def by_state(self, wanted: TicketFilter) -> dict[str, int] | None:
        """How many open tickets of a list stand in each state; None where it has closed ones."""
        return self._tables.by_state(wanted)

    def late_count(self, owner: str = "") -> int:
        """How many open tickets are past their due time; of one owner, or of all."""
        return late_count(self._store, owner, to_ms(self._seat.clock()))

    def roll_up(self) -> RollUp:
        """Every open ticket counted by owner, area, state, department and category."""
        if self.pending():
            self.catch_up(SLICE)
        at = to_ms(self._seat.clock())
        found = rolled_up(counts(self._store, at), at)
        return replace(found, pending=self.pending())

    def of_group(self, dimension: str, key: str, limit: int = 20) -> tuple[TicketRow, ...]:
        """The open tickets of one row of the roll-up, the next due first."""
        rows = map(self._tables.row, first_due(self._store, dimension, key, limit))
        return tuple(row for row in rows if row is not None)

    def of_call(self, call_id: EntityId) -> tuple[TicketRow, ...]:
        """The tickets a call is about, oldest first."""
        rows = [self._tables.row(ticket_id) for ticket_id in self._of_call(call_id)]
        return tuple(row for row in rows if row is not None)

    def _of_call(self, call_id: EntityId) -> list[EntityId]:
        """Without those whose link was taken back."""
        found = ((each, self.get(each)) for each in self._tables.of_call(call_id))
        return [each for each, ticket in found if ticket is not None and call_id in ticket.calls]

    def of_number(self, number: str) -> tuple[TicketRow, ...]:
        """The tickets of a telephone number, newest first."""
        return tuple(self._tables.of_number(number))

    def find(self, suffix: str) -> tuple[EntityId, ...]:
        """Tickets whose id ends so."""
        return tuple(self._tables.by_suffix(suffix.strip().lower()))

    def why(self, ticket_id: EntityId) -> tuple[tuple[TicketClock, Explanation], ...]:
        """The sum behind every clock that has begun on a ticket, the next due first."""
        ticket, now = self.get(ticket_id), self._seat.clock()
        clocks = self.clocks(ticket) if ticket else ()
        sums = ((clock, explain_plan(clock.plan, now, clock.choice)) for clock in clocks)
        return tuple((clock, found) for clock, found in sums if found is not None)

    def follow_ups(self, owner: str = "") -> tuple[FollowUpItem, ...]:
        """Follow-up calls to make: returned forms the same day, office repairs one by one.

        The next due first (P1-3.4.4-followup-same-day, P1-3.4.2.2-office-followup).
        """
        self.ready()
        found = []
        for row in self._tables.page(TicketFilter(owner=owner, followup=True), 0, SHOWN):
            ticket = self.get(row.id)
            if ticket is None:
                continue
            due = {
                clock.form_id: clock.state.due
                for clock in self.clocks(ticket)
                if clock.running and clock.choice.clock.stop == "followup_done"
            }
            found += [FollowUpItem(row, owed, due.get(owed.form_id)) for owed in ticket.owed]
        return tuple(sorted(found, key=_by_due))

    def overdue(self, owner: str = "") -> tuple[OverdueItem, ...]:
        """Stuck tickets and departments that keep a form too long, the latest first.

        (N2-12.8-stuck-tickets, P1-3.7-dept-24h.)
        """
        self.ready()
        now = to_ms(self._seat.clock())
        found = []
        for row in self._tables.page(TicketFilter(owner=owner, due_before=now), 0, SHOWN):
            ticket = self.get(row.id)
            if ticket is None:
                continue
            late = tuple(
                clock
                for clock in self.clocks(ticket)
                if clock.running and clock.state.level is Level.LATE
            )
            holders = {form.id: form.department for form in ticket.forms_out}
            departments = [holders[clock.form_id] for clock in late if clock.form_id in holders]
            if late:
                item = OverdueItem(row, late, tuple(dict.fromkeys(departments)), ticket.nudges)
                found.append(item)
        return tuple(found)

    def day_clear(self, owner: str = "") -> DayClear:
        """What is still one's own before signing off; ``owner`` without is who sits here."""
        self.ready()
        mine = TicketFilter(owner=owner or self._seat.actor())
        midnight = self._midnight()
        promises = [read_promise(id, state) for id, state in self._store.standing("promise")]
        callbacks = [read_callback(id, state) for id, state in self._store.standing("callback")]
        due_today = TicketFilter(owner=mine.owner, due_before=to_ms(midnight))
        return DayClear(
            day_clear_rule(self._seat.pack()),
            tuple(self._tables.page(mine, 0, SHOWN)),
            self._tables.count(mine) or 0,
            self._tables.count(due_today) or 0,
            tuple(sorted((p for p in promises if p), key=lambda p: (p.due_at, p.id))),
            tuple(sorted((b for b in callbacks if b), key=lambda b: (b.due_at, b.id))),
        )

    def _midnight(self) -> datetime:
        """The end of today in the centre's zone."""
        now = self._seat.clock().astimezone(self._seat.zone)
        return (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)

    def reminders(self) -> tuple[ReminderItem, ...]:
        """The outbound reminders of the standard, each with its script and open work items.

        A work item is a ticket of the step's category whose ``type`` is the step's id.
        """
        self.ready()
        pack = self._seat.pack()
        found = []
        for step in pack.provisions_of(ProvisionKind.STEP):
            if step.flow != REMINDER_FLOW:
                continue
            lines = tuple(
                line
                for line in pack.lines
                if line.rule == step.rule or (step.trigger and line.trigger == step.trigger)
            )
            rows = self._tables.of_type(step.id) if step.categories else []
            found.append(ReminderItem(step, lines, tuple(rows)))
        return tuple(found)


_LAST = float("inf")


def _by_due(item: FollowUpItem) -> tuple[float, float, str]:
    due = item.due_at.timestamp() if item.due_at else _LAST
    return due, item.owed.since.timestamp(), item.row.id
