"""What the screens of the work orders see: outcomes, cards, queues, saved views."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from agentdesk.domain.events import Event
from agentdesk.domain.followups import CallbackView, PromiseView
from agentdesk.domain.pack import Line, Pack
from agentdesk.domain.provision import Provision
from agentdesk.domain.sla import alarms
from agentdesk.domain.text import clean
from agentdesk.domain.ticket.clocks import TicketClock
from agentdesk.domain.ticket.commands import Advised, Refused
from agentdesk.domain.ticket.priority import Priority
from agentdesk.domain.ticket.state import Nudge, Owed, Ticket
from agentdesk.store.rows import TicketFilter, TicketRow

MOST_VIEWS = 50
_NAME = 40


class TicketOutcome(Struct, frozen=True):
    """What came of an act.

    Attributes:
        ticket: as it stands now; None when there is none.
        events: what was stored.
        problem: why nothing happened: a refusal, or advice that a reason overrides.
    """

    ticket: Ticket | None
    events: tuple[Event, ...] = ()
    problem: Refused | Advised | None = None


class TicketCard(Struct, frozen=True):
    """One ticket with everything a detail shows.

    Attributes:
        pack: the standard it was taken in by.
        clocks: those that have begun, the next due first, as of ``at``.
        gaps: must-fill fields that are not filled yet, by key.
        read_back: the record still has to be read back to the customer.
    """

    ticket: Ticket
    pack: Pack
    clocks: tuple[TicketClock, ...]
    priority: Priority
    gaps: tuple[str, ...]
    read_back: bool
    at: datetime


class Page(Struct, frozen=True):
    """A stretch of a list.

    Attributes:
        rows: from ``offset`` on.
        total: how many there are in all; None for lists with closed tickets that go on.
        pending: due times are being reckoned; some tickets may be missing or out of place.
    """

    rows: tuple[TicketRow, ...]
    offset: int
    total: int | None
    pending: bool = False


class Alarm(Struct, frozen=True):
    """A target missed or a band entered, announced once.

    Attributes:
        band: the band, ``late`` for a miss.
    """

    row: TicketRow
    key: str
    band: str


class Ticked(Struct, frozen=True):
    """What a tick of the clocks found.

    Attributes:
        alarms: news of this seat, the missed ones first.
        next_at: when it is worth looking again; None when nothing runs.
        pending: due times are still being reckoned: look again at once.
    """

    alarms: tuple[Alarm, ...]
    next_at: datetime | None
    pending: bool = False

    @property
    def roll_up(self) -> tuple[tuple[str, str, int], ...]:
        """What a leader gets instead of one alarm for each ticket: limit, band, how many."""
        found = (alarms.Alarm(a.row.id, a.key.partition("/")[0], a.band) for a in self.alarms)
        return alarms.roll_up(found)


class FollowUpItem(Struct, frozen=True):
    """A follow-up call to make.

    Attributes:
        due_at: by when the standard wants it; None where it names no time.
    """

    row: TicketRow
    owed: Owed
    due_at: datetime | None


class OverdueItem(Struct, frozen=True):
    """A ticket with missed deadlines, or a department that keeps a form too long.

    Attributes:
        clocks: the clocks that are late and still run.
        departments: those of them that are about a form: who has it.
        nudges: how often and when it was chased, the latest last.
    """

    row: TicketRow
    clocks: tuple[TicketClock, ...]
    departments: tuple[str, ...]
    nudges: tuple[Nudge, ...]


class DayClear(Struct, frozen=True):
    """What is still one's own before signing off (N2-4.4-daily-clear).

    Attributes:
        rule: the clause if the standard in force has it, else empty.
        total: own open tickets, of which ``tickets`` are the next due.
        today: how many of them were due today or before.
    """

    rule: str
    tickets: tuple[TicketRow, ...]
    total: int
    today: int
    promises: tuple[PromiseView, ...]
    callbacks: tuple[CallbackView, ...]

    @property
    def clear(self) -> bool:
        """Nothing is left."""
        return not (self.total or self.promises or self.callbacks)


class ReminderItem(Struct, frozen=True):
    """One kind of outbound reminder with its script and its open work items."""

    step: Provision
    lines: tuple[Line, ...]
    tickets: tuple[TicketRow, ...]


class TicketMoment(Struct, frozen=True):
    """One entry of a ticket's course: who, when, where and what."""

    at: datetime
    kind: str
    actor: str
    seat: str
    params: dict[str, object]


def told(moments: Iterable[TicketMoment]) -> tuple[TicketMoment, ...]:
    """The course without what says nothing: a field left empty that never held anything.

    A field that was emptied stays, with ``""`` as its new value.
    """
    filled: set[str] = set()
    kept: list[TicketMoment] = []
    for moment in moments:
        changes = moment.params.get("values" if moment.kind == "ticket.opened" else "set")
        if not isinstance(changes, Mapping):
            kept.append(moment)
            continue
        new = {
            name: value
            for name, value in changes.items()
            if name in filled or (value.strip() if isinstance(value, str) else True)
        }
        filled |= {name for name in new if new[name] != ""}
        filled -= {name for name in new if new[name] == ""}
        if moment.kind == "ticket.opened":
            kept.append(moment)
        elif new:
            kept.append(replace(moment, params={**moment.params, "set": new}))
    return tuple(kept)


class SavedView(Struct, frozen=True):
    """A filter with a name."""

    name: str
    filter: TicketFilter


def read_views(text: str | None) -> tuple[SavedView, ...]:
    """Saved views of a setting; what cannot be read is as if it were not there."""
    if not text:
        return ()
    try:
        return tuple(msgspec.json.decode(text, type=list[SavedView]))
    except (msgspec.DecodeError, UnicodeError):
        return ()


def with_view(views: tuple[SavedView, ...], view: SavedView) -> tuple[SavedView, ...] | None:
    """The views with one added or replaced by name; None without a name or room."""
    name = clean(view.name).strip()[:_NAME]
    others = tuple(other for other in views if other.name != name)
    if not name or len(others) >= MOST_VIEWS:
        return None
    return (*others, SavedView(name, view.filter))


def write_views(views: tuple[SavedView, ...]) -> str:
    """The setting's text."""
    return msgspec.json.encode(list(views)).decode()


class Groups(Struct, frozen=True):
    """Whether the board shows its orders in groups by state, and which of them are folded."""

    on: bool = False
    folded: tuple[str, ...] = ()


def read_groups(text: str | None) -> Groups:
    """The groups of a setting; what cannot be read is as if it were not there."""
    try:
        return msgspec.json.decode(text, type=Groups) if text else Groups()
    except (msgspec.DecodeError, UnicodeError):
        return Groups()


def write_groups(groups: Groups) -> str:
    """The setting's text."""
    return msgspec.json.encode(groups).decode()


def day_clear_rule(pack: Pack) -> str:
    """The clause that wants the day cleared, if the standard has it."""
    from agentdesk.domain.ticket.citing import cites

    return DAILY_CLEAR if cites(pack, DAILY_CLEAR) else ""


DAILY_CLEAR = "N2-4.4-daily-clear"
