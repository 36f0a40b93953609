"""What the screens see: one immutable picture of the desk after each act."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct, field

from agentdesk.domain.calendar_cn import SHIPPED, China
from agentdesk.domain.call.checking import Checker
from agentdesk.domain.call.commands import Advised, Refused
from agentdesk.domain.call.state import Call
from agentdesk.domain.events import EntityId, Event
from agentdesk.domain.followups import CallbackView, EscalationView, PromiseView
from agentdesk.domain.pack import Pack

if TYPE_CHECKING:
    from agentdesk.store.rows import CallRow


class Profile(Struct, frozen=True):
    """Whose seat this is; asked once at the first start, changed in settings.

    Attributes:
        company: what ``{company}`` says in a line.
        pack: id of the standard in force.
        theme: name of the colour theme.
    """

    agent_no: str = ""
    agent_name: str = ""
    company: str = ""
    pack: str = ""
    language: str = ""
    theme: str = ""

    @property
    def complete(self) -> bool:
        """The first start has been answered."""
        return bool(self.agent_no and self.pack and self.language)


class Known(Struct, frozen=True):
    """What the store knows of the caller's number.

    Attributes:
        exact: the number is the same; otherwise only its end is (shown as 可能).
        times: earlier contacts; ``last`` the latest of them, ``last_id`` its call.
    """

    exact: bool
    times: int
    customer: str
    surname: str
    title: str
    last_at: datetime | None
    last_category: str
    last_id: EntityId = EntityId("")


class TypingState(Struct, frozen=True):
    """Unfinished typing of a card, kept by the store within a second.

    Attributes:
        values: every field of the card as it stands.
        focus: key of the field that has the cursor.
        cursor: line and column in it.
    """

    values: Mapping[str, str]
    focus: str
    cursor: tuple[int, int]
    saved_at: datetime


class Snapshot(Struct, frozen=True):
    """Everything a screen may draw.

    Attributes:
        pack: the standard of the call on the card; the seat's without one.
        checker: checks what is written on the card by that standard.
        call: the call on the card, if any.
        ringing: calls that wait for an answer, oldest first.
        waiting: other open calls (held, in wrap-up).
        promises, callbacks: open ones by due time.
        escalations: of today, newest first.
        incomplete: closed calls with gaps (待补录), newest first.
        packs: standards of the other calls known here that have another one than ``pack``.
        names: work number to name, of the people a server told of.
        shared: this seat is signed in to a server, whether it can be reached or not.
        china: the public calendar as far as it is known here.
    """

    profile: Profile
    pack: Pack
    checker: Checker
    call: Call | None
    ringing: tuple[Call, ...]
    waiting: tuple[Call, ...]
    promises: tuple[PromiseView, ...]
    callbacks: tuple[CallbackView, ...]
    escalations: tuple[EscalationView, ...]
    incomplete: tuple[Call, ...]
    known: Known | None
    typing: TypingState | None
    packs: Mapping[EntityId, Pack] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    shared: bool = False
    china: China = SHIPPED

    def pack_of(self, call_id: EntityId) -> Pack:
        """The standard of a call that rings, waits, lacks something or has a promise."""
        return self.packs.get(call_id, self.pack)

    def of_call(self, call_id: EntityId) -> tuple[EscalationView, ...]:
        """Escalations of one call, oldest first."""
        mine = [item for item in self.escalations if item.call_id == call_id]
        return tuple(sorted(mine, key=lambda item: item.raised_at))


class Outcome(Struct, frozen=True):
    """What came of an act.

    Attributes:
        problem: why nothing happened: a refusal, or advice that a reason overrides.
        events: what was stored.
    """

    snapshot: Snapshot
    events: tuple[Event, ...] = ()
    problem: Refused | Advised | None = None


class Day(Struct, frozen=True):
    """Today's calls, newest first, and their standards where they have another one.

    Attributes:
        packs: call id to pack, for calls with another standard than the seat's.
    """

    calls: tuple[CallRow, ...]
    packs: Mapping[EntityId, Pack]
    seat: Pack

    def pack_of(self, call_id: str) -> Pack:
        """The standard of one of the calls."""
        return self.packs.get(EntityId(call_id), self.seat)


class Moment(Struct, frozen=True):
    """One entry of a call's timeline; ``kind`` names its sentence in the string tables."""

    at: datetime
    kind: str
    actor: str
    params: Mapping[str, object]
