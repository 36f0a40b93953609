"""Which clocks run on a ticket, how they stand, and which is due next.

Joins the ticket's marks and pauses to the clock engine (:mod:`agentdesk.domain.sla`). A limit
that starts with the intake starts when the ticket was opened, whatever became of its category
since; forms run a clock each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from hashlib import blake2b

from msgspec import Struct, field
from msgspec.structs import replace

from agentdesk.domain.events import EntityId
from agentdesk.domain.moments import to_ms
from agentdesk.domain.pack import Pack
from agentdesk.domain.sla.calendar import Calendar
from agentdesk.domain.sla.clocks import (
    OUTSIDE_HOURS,
    OUTSIDE_VISITS,
    Binding,
    Choice,
    Clock,
    Facts,
    Settings,
    choose,
    clocks,
)
from agentdesk.domain.sla.engine import due
from agentdesk.domain.sla.instants import from_us
from agentdesk.domain.sla.state import ClockState, History, Level, Pause, Plan, State, plan, states
from agentdesk.domain.ticket.commands import Breach, Note, Warned
from agentdesk.domain.ticket.marks import INTAKE, REPEATED, marks_of, pauses_of
from agentdesk.domain.ticket.state import Ticket, TicketState

SETTLED = "settled"
"""Reason of the spans in which a reopened ticket was thought to be settled."""

DEFAULT_PAUSES = ("waiting_customer", "waiting_visit")
"""Reasons that stop a limit whose standard names none: what waits for the customer."""

AFTER_HOURS = "after_hours_end"
"""Mark of the first opening after an order that was taken in outside working hours."""

_TICK = timedelta(microseconds=1)
_MOST_FACTS = 4096
"""Some hundred bytes each; people can type anything into a zone or a channel."""

_HOURS = frozenset({OUTSIDE_HOURS, OUTSIDE_VISITS})
_RUNNING = frozenset({State.RUNNING, State.PAUSED, State.BREACHED})


class Policy(Struct, frozen=True):
    """The clocks of one standard with the centre's settings.

    Attributes:
        basis: changes with anything that could move a due time.
        working: the centre's hours, where what is taken in outside them has a limit of its own.
    """

    clocks: tuple[Clock, ...]
    basis: str
    working: Calendar | None = None
    _chosen: dict[Facts, tuple[Choice, ...]] = field(default_factory=dict)

    def choices(self, facts: Facts) -> tuple[Choice, ...]:
        """The clocks that hold for an item; most tickets share their facts with many others."""
        found = self._chosen.get(facts)
        if found is None:
            if len(self._chosen) >= _MOST_FACTS:
                self._chosen.clear()
            found = self._chosen[facts] = choose(self.clocks, facts)
        return found


class TicketClock(Struct, frozen=True):
    """One clock of a ticket.

    Attributes:
        key: names it within the ticket, also in the journal: the limit's id, with the form's
            id behind a stroke where every form has its own, or the instant in milliseconds
            where every message has.
        choice: the clock and why it holds for this ticket.
        form_id: the form it is about, or empty.
        history: its marks and pauses, for ``sla.explain``.
        state: how it stood at the instant that was asked for.
    """

    key: str
    choice: Choice
    form_id: EntityId
    history: History
    plan: Plan
    state: ClockState

    @property
    def running(self) -> bool:
        """It has a deadline that nobody has met yet.

        What stopped it counts even where the seat's clock was set back behind it since.
        """
        state = self.state
        return state.state in _RUNNING and self.plan.stop is None and state.length_us > 0


class Standing(Struct, frozen=True):
    """What a list shows of all clocks of a ticket.

    Attributes:
        due_at: the earliest due time of the running clocks; None without one.
        warn_at: when that clock begins to warn.
        next_at: when any of them changes next by itself.
        key: that clock; while all stand still the first of these.
        paused: clocks stand still and none runs.
    """

    due_at: datetime | None = None
    warn_at: datetime | None = None
    next_at: datetime | None = None
    key: str = ""
    paused: bool = False


def policy_of(pack: Pack, settings: Settings) -> Policy:
    """The clocks a ticket of this standard may have.

    Raises:
        SlaError: a figure of the pack or the settings means nothing.
    """
    made = tuple(
        replace(clock, pauses=_pauses(clock, settings))
        for clock in clocks(pack.provisions, settings)
    )
    wanted = any(clock.start == AFTER_HOURS for clock in made)
    basis = (made, settings.working) if wanted else made
    digest = blake2b(repr(basis).encode(), digest_size=8).hexdigest()
    return Policy(made, f"{pack.id}:{digest}", settings.working if wanted else None)


def _pauses(clock: Clock, settings: Settings) -> tuple[str, ...]:
    own = tuple(reason for reason in clock.pauses if reason not in _HOURS)
    if not own and clock.id not in settings.pauses:
        own = DEFAULT_PAUSES
    return (*own, SETTLED)


def facts_of(ticket: Ticket) -> Facts:
    """What clocks may depend on, of a ticket."""
    names = ("category", "severity", "tier", "network", "channel", "zone")
    return Facts(**{name: ticket.values.get(name, "") for name in names})


def clocks_of(ticket: Ticket, policy: Policy, now: datetime) -> tuple[TicketClock, ...]:
    """Every clock that has begun on a ticket, the next due first; none when it is cancelled.

    Raises:
        SlaError: ``now`` has no zone.
    """
    if ticket.state is TicketState.CANCELLED:
        return ()
    pauses = tuple(Pause(span.start, span.end, span.reason) for span in pauses_of(ticket))
    marks = marks_by(ticket, policy)
    keys: list[tuple[str, Choice, EntityId, History]] = []
    plans: list[Plan] = []
    for choice in policy.choices(facts_of(ticket)):
        for form_id, begun, ended in _runs(choice.clock, ticket, marks):
            clock = choice.clock
            key = f"{clock.id}/{form_id}" if form_id else clock.id
            happened = [(clock.start, moment) for moment in begun]
            happened += [(clock.stop, moment) for moment in ended]
            history = History(tuple(happened), pauses)
            keys.append((key, choice, form_id, history))
            plans.append(plan(clock, history, ticket.breaches.get(key)))
    found = [
        TicketClock(*of, planned, state)
        for of, planned, state in zip(keys, plans, states(plans, now), strict=True)
    ]
    return tuple(sorted(found, key=_order))


def _order(clock: TicketClock) -> tuple[bool, float, str]:
    due = clock.state.due_us
    return not clock.running, float("inf") if due is None else due, clock.key


Moments = tuple[datetime, ...]


def _runs(
    clock: Clock, ticket: Ticket, marks: Mapping[str, Moments]
) -> Iterator[tuple[EntityId, Moments, Moments]]:
    """Form (if it is about one), beginnings and ends, of every time the clock runs."""
    closed = (ticket.closed_at,) if ticket.state is TicketState.CLOSED and ticket.closed_at else ()
    if clock.start == "feedback_form_sent" and clock.stop == "form_returned":
        for form in ticket.forms:
            back = (form.returned_at,) if form.returned_at else ()
            yield form.id, (form.sent_at,), back + closed
    elif clock.start == "form_returned" and clock.stop == "followup_done":
        done = {item.form_id: item.done_at for item in ticket.followups if item.form_id}
        for form in ticket.forms:
            if form.returned_at is not None:
                called = done.get(form.id, ticket.followup_at)
                yield form.id, (form.returned_at,), ((called,) if called else ()) + closed
    elif clock.start in REPEATED:
        yield from _again(marks.get(clock.start, ()), (*marks.get(clock.stop, ()), *closed))
    else:
        begun = marks.get(clock.start, ())
        if not begun and clock.start in INTAKE:
            begun = (ticket.opened_at,)
        if begun:
            yield EntityId(""), begun, marks.get(clock.stop, ()) + closed


def marks_by(ticket: Ticket, policy: Policy) -> Mapping[str, Moments]:
    """The marks of a ticket, and the opening after it was taken in while nobody worked."""
    marks = marks_of(ticket)
    if policy.working is None:
        return marks
    worked = due(policy.working, ticket.opened_at, _TICK)
    opening = worked - _TICK if worked is not None else ticket.opened_at
    return {**marks, AFTER_HOURS: (opening,)} if opening > ticket.opened_at else marks


def _again(begun: Moments, ended: Moments) -> Iterator[tuple[EntityId, Moments, Moments]]:
    """A run from each beginning to the next end; what begins before that end is the same run."""
    after: datetime | None = None
    for start in begun:
        if after is None or start > after:
            stop = min((end for end in ended if end >= start), default=None)
            yield EntityId(str(to_ms(start))), (start,), () if stop is None else (stop,)
            if stop is None:
                return
            after = stop


def standing_of(found: tuple[TicketClock, ...]) -> Standing:
    """What a list shows of these clocks; they come as :func:`clocks_of` gives them."""
    limits = [
        clock
        for clock in found
        if clock.running and clock.choice.clock.binding is not Binding.THRESHOLD
    ]
    first = next((clock for clock in limits if clock.state.due_us is not None), None)
    changes = [clock.state.change_us for clock in found if clock.state.change_us is not None]
    shown = first or (limits[0] if limits else None)
    return Standing(
        due_at=first.state.due if first else None,
        warn_at=from_us(first.plan.warnings[0][0]) if first and first.plan.warnings else None,
        next_at=from_us(min(changes)) if changes else None,
        key=shown.key if shown else "",
        paused=first is None and any(clock.state.state is State.PAUSED for clock in limits),
    )


def news_of(ticket: Ticket, found: tuple[TicketClock, ...]) -> Note:
    """Breaches and warnings that are not recorded yet.

    A miss counts whether the clock still runs or was stopped too late; a band is announced
    only while the clock runs in it.
    """
    breaches, warnings = [], []
    for clock in found:
        state = clock.state
        if clock.choice.clock.binding is Binding.THRESHOLD:
            continue
        if state.missed_at is not None and clock.key not in ticket.breaches:
            breaches.append(Breach(clock.key, state.missed_at))
        near = state.level is Level.WARN and state.state is State.RUNNING
        if near and (clock.key, state.band) not in ticket.warned:
            warnings.append(Warned(clock.key, state.band))
    return Note(tuple(breaches), tuple(warnings))
