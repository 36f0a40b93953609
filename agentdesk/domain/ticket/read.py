"""From the join of its events to a ticket.

The reader is total: whatever a body holds (another version's, a forged one), it yields a
ticket and never an error, so that no event of a ticket has to be put aside. Order between
acts is that of their stamps; instants for clocks are the ones the bodies carry.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct, field

from agentdesk.domain.events import EntityId, Stamp
from agentdesk.domain.fold import EntityState, Item
from agentdesk.domain.hlc import wall
from agentdesk.domain.moments import from_ms
from agentdesk.domain.ticket.state import (
    Correction,
    Form,
    Nudge,
    Owed,
    Pause,
    Ticket,
    TicketState,
)
from agentdesk.domain.ticket.undone import UNDONE, pass_over
from agentdesk.domain.ticket.words import VOCABULARY, canonical

VOID_REASON = "_void_reason"
VOID_AT = "_void_at"
HIDDEN = "_"
"""Fields that begin so are the ticket's own; nobody types them."""

_LAST_MS = 253_402_300_799_999  # the end of the year 9999, where datetimes end
_NOT_READ = frozenset({"owner", "priority", "result"})
"""Fields nobody reads back to a customer."""


class _Course(Struct):
    """What the settling, telling and closing of a ticket came to, in order of stamps."""

    resolved: datetime | None = None
    result: str = ""
    told: datetime | None = None
    closed: datetime | None = None
    gaps: tuple[str, ...] = ()
    settled: list[tuple[datetime, datetime]] = field(default_factory=list)
    reopened: int = 0
    owed: dict[str, Owed] = field(default_factory=dict)


def text_of(body: Mapping[str, Any], name: str) -> str:
    """A text of a body; numbers as they are written, anything else as nothing."""
    value = body.get(name)
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def moment_of(item: Item, name: str = "at") -> datetime:
    """The instant of an act; when it was written, if the body has no usable one."""
    value = item.body.get(name)
    if type(value) is int and 0 <= value <= _LAST_MS:
        return from_ms(value)
    return wall(item.stamp)


def read_ticket(ticket_id: EntityId, state: EntityState) -> Ticket | None:
    """The ticket ``state`` tells of; None while no opening is known."""
    kinds: dict[str, list[Item]] = {}
    for item in state.ordered():
        kinds.setdefault(item.kind, []).append(item)
    if UNDONE in kinds:
        pass_over(kinds)
    if "ticket.opened" not in kinds:
        return None
    opened = kinds["ticket.opened"][0]
    values = _values(opened, state)
    course = _course(state, kinds)
    forms = _forms(kinds)
    pauses = _pauses(kinds)
    corrections = _corrections(kinds)
    followups = kinds.get("ticket.followup", [])
    first_owner = text_of(opened.body, "owner") or opened.actor
    read_back = kinds.get("ticket.read_back", [None])[-1]
    void = text_of(state.values(), VOID_REASON)
    return Ticket(
        id=ticket_id,
        state=_state(void, course, forms, pauses, corrections, kinds),
        values=values,
        summary=values.get("summary", ""),
        pack=text_of(opened.body, "pack"),
        owner=values.get("owner", "") or first_owner,
        first_owner=first_owner,
        opened_at=moment_of(opened),
        opened_by=opened.actor,
        calls=_calls(opened, kinds),
        forms=forms,
        pauses=pauses,
        points=_points(kinds),
        settled=tuple(course.settled),
        resolved_at=course.resolved,
        result=course.result,
        told_at=course.told,
        closed_at=course.closed,
        followups=tuple(course.owed.values()),
        followup_at=moment_of(followups[-1]) if followups else None,
        followup_result=text_of(followups[-1].body, "result") if followups else "",
        corrections=corrections,
        nudges=_nudges(kinds),
        reopened=course.reopened,
        void_reason=void,
        void_at=_void_at(state) if void else None,
        breaches=_breaches(kinds),
        warned=frozenset(
            (text_of(item.body, "key"), text_of(item.body, "band"))
            for item in kinds.get("ticket.warned", ())
        ),
        read_back_at=moment_of(read_back) if read_back else None,
        stale_read_back=read_back is not None and _changed_after(state, read_back),
        overridden=frozenset(
            text_of(item.body, "guard") for item in kinds.get("ticket.guarded", ())
        ),
        closing_gaps=course.gaps,
        changed_at=wall(_acted(state)),
        stamp=_stamp(state),
    )


def _values(opened: Item, state: EntityState) -> dict[str, str]:
    """Fields as texts, the typed words of a tier or network as keys."""
    given = opened.body.get("values")
    values: dict[str, Any] = dict(given) if isinstance(given, Mapping) else {}
    values |= state.values()
    texts = {name: text_of(values, name) for name in values if not name.startswith(HIDDEN)}
    for name in VOCABULARY:
        if name in texts:
            texts[name] = canonical(name, texts[name])
    return texts


def _void_at(state: EntityState) -> datetime | None:
    value = state.value(VOID_AT)
    return from_ms(value) if type(value) is int and 0 <= value <= _LAST_MS else None


def _stamp(state: EntityState) -> Stamp:
    """The stamp of the latest event that could move a clock."""
    members = (item.stamp for item in state.items.values() if item.kind not in _QUIET)
    fields = (held[0] for name, held in state.fields.items() if name in _LOUD)
    return max((*members, *fields), default=Stamp(0))


def _acted(state: EntityState) -> Stamp:
    """The stamp of the latest act of a person; what clocks record is none."""
    members = (item.stamp for item in state.items.values() if item.kind not in OF_CLOCKS)
    fields = (held[0] for held in state.fields.values())
    return max((*members, *fields), default=Stamp(0))


OF_CLOCKS = frozenset({"ticket.breached", "ticket.warned"})
"""What clocks record; no act of a person."""

_QUIET = frozenset({"ticket.linked", "ticket.nudged", "ticket.read_back", "ticket.guarded"})
_LOUD = frozenset(
    {"category", "severity", "tier", "network", "channel", "zone", VOID_REASON, VOID_AT}
)
"""Fields clocks depend on."""


def _changed_after(state: EntityState, item: Item) -> bool:
    return any(
        (held[0], held[1]) > item.order
        for name, held in state.fields.items()
        if name not in _NOT_READ and not name.startswith(HIDDEN)
    )


_COURSE = (
    "ticket.resolved",
    "ticket.told",
    "ticket.correction_told",
    "ticket.closed",
    "ticket.reopened",
    "ticket.followup_owed",
    "ticket.followup",
)


def _course(state: EntityState, kinds: Mapping[str, list[Item]]) -> _Course:
    course = _Course()
    items = [item for kind in _COURSE for item in kinds.get(kind, ())]
    for item in sorted(items, key=lambda item: item.order):
        _step(course, item)
    return course


def _step(course: _Course, item: Item) -> None:
    at, body = moment_of(item), item.body
    if item.kind == "ticket.resolved" and course.resolved is None:
        course.resolved, course.result = at, text_of(body, "result")
    elif item.kind in ("ticket.told", "ticket.correction_told"):
        course.told = at if course.resolved else None
    elif item.kind == "ticket.closed":
        course.closed, course.gaps = at, _texts(body.get("missing"))
    elif item.kind == "ticket.reopened":
        _reopen(course, item, at)
    elif item.kind == "ticket.followup_owed":
        owed_id = text_of(body, "owed") or item.id
        owed = Owed(
            EntityId(owed_id),
            EntityId(text_of(body, "form")),
            text_of(body, "rule"),
            at,
            None,
            "",
        )
        course.owed.setdefault(owed_id, owed)
    elif item.kind == "ticket.followup":
        _settle(course, item, at)


def _reopen(course: _Course, item: Item, at: datetime) -> None:
    """Undo the settling; the time it was thought settled does not count against anyone."""
    began = course.resolved
    if began is None and type(item.body.get("since")) is int:
        began = moment_of(item, "since")
    if began is not None and began < at:
        course.settled.append((began, at))
    course.resolved = course.told = course.closed = None
    course.result, course.gaps = "", ()
    course.reopened += 1
    # A returned form still wants its call; a repair not done yet does not.
    course.owed = {
        key: owed for key, owed in course.owed.items() if owed.form_id or owed.done_at is not None
    }


def _settle(course: _Course, item: Item, at: datetime) -> None:
    named = _texts(item.body.get("owed"))
    for key, owed in course.owed.items():
        if owed.done_at is None and key in named:
            course.owed[key] = Owed(
                owed.id, owed.form_id, owed.rule, owed.since, at, text_of(item.body, "result")
            )


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list | tuple) else ()


def _firsts(items: Iterable[Item], name: str) -> dict[str, Item]:
    """First item per id of a thing within the ticket (a form, a pause): the others repeat it."""
    found: dict[str, Item] = {}
    for item in items:
        if key := text_of(item.body, name):
            found.setdefault(key, item)
    return found


def _forms(kinds: Mapping[str, list[Item]]) -> tuple[Form, ...]:
    returned = _firsts(kinds.get("ticket.form_returned", ()), "form")
    forms = []
    for form_id, item in _firsts(kinds.get("ticket.dispatched", ()), "form").items():
        body, back = item.body, returned.get(form_id)
        form = Form(
            EntityId(form_id),
            text_of(body, "department"),
            text_of(body, "name"),
            text_of(body, "assignee"),
            text_of(body, "text"),
            moment_of(item),
            moment_of(back) if back else None,
            text_of(back.body, "result") if back else "",
        )
        forms.append(form)
    return tuple(sorted(forms, key=lambda form: (form.sent_at, form.id)))


def _pauses(kinds: Mapping[str, list[Item]]) -> tuple[Pause, ...]:
    ends = _firsts(kinds.get("ticket.resumed", ()), "pause")
    pauses = []
    for pause_id, item in _firsts(kinds.get("ticket.paused", ()), "pause").items():
        start, end = moment_of(item), ends.get(pause_id)
        pauses.append(
            Pause(
                EntityId(pause_id),
                text_of(item.body, "reason"),
                text_of(item.body, "text"),
                start,
                max(start, moment_of(end)) if end else None,
            )
        )
    return tuple(sorted(pauses, key=lambda pause: (pause.start, pause.id)))


def _corrections(kinds: Mapping[str, list[Item]]) -> tuple[Correction, ...]:
    told = _firsts(kinds.get("ticket.correction_told", ()), "correction")
    return tuple(
        Correction(
            EntityId(key),
            text_of(item.body, "wrong"),
            text_of(item.body, "right"),
            moment_of(item),
            moment_of(told[key]) if key in told else None,
        )
        for key, item in _firsts(kinds.get("ticket.corrected", ()), "correction").items()
    )


def _nudges(kinds: Mapping[str, list[Item]]) -> tuple[Nudge, ...]:
    return tuple(
        Nudge(
            moment_of(item),
            item.actor,
            text_of(item.body, "whom"),
            text_of(item.body, "text"),
            EntityId(text_of(item.body, "form")),
        )
        for item in kinds.get("ticket.nudged", ())
    )


def _calls(opened: Item, kinds: Mapping[str, list[Item]]) -> tuple[EntityId, ...]:
    found = [text_of(opened.body, "call")]
    found += [text_of(item.body, "call") for item in kinds.get("ticket.linked", ())]
    return tuple(EntityId(call_id) for call_id in dict.fromkeys(found) if call_id)


_POINTS = {"ticket.responded": "first_response", "ticket.replied": "formal_reply"}


def _points(kinds: Mapping[str, list[Item]]) -> dict[str, tuple[datetime, ...]]:
    found: dict[str, list[datetime]] = {}
    for kind in (*_POINTS, "ticket.reached"):
        for item in kinds.get(kind, ()):
            if mark := _POINTS.get(kind) or text_of(item.body, "mark"):
                found.setdefault(mark, []).append(moment_of(item))
    return {mark: tuple(sorted(moments)) for mark, moments in sorted(found.items())}


def _breaches(kinds: Mapping[str, list[Item]]) -> dict[str, datetime]:
    """Per clock the first record: a CLAIM per (ticket, clock)."""
    claims = sorted(kinds.get("ticket.breached", ()), key=lambda item: item.claim)
    found = _firsts(claims, "key")
    return {key: moment_of(item, "due") for key, item in sorted(found.items())}


def _state(
    void: str,
    course: _Course,
    forms: tuple[Form, ...],
    pauses: tuple[Pause, ...],
    corrections: tuple[Correction, ...],
    kinds: Mapping[str, list[Item]],
) -> TicketState:
    if void:
        return TicketState.CANCELLED
    wrong = any(item.told_at is None for item in corrections)
    if course.closed is not None and not wrong:
        return TicketState.CLOSED
    if course.resolved is not None:
        return TicketState.RESOLVED
    if any(pause.end is None for pause in pauses):
        return TicketState.WAITING
    if any(form.returned_at is None for form in forms):
        return TicketState.DISPATCHED
    return TicketState.WORKING if _WORKED & kinds.keys() else TicketState.NEW


_WORKED = frozenset(
    {
        "ticket.dispatched",
        "ticket.responded",
        "ticket.replied",
        "ticket.reached",
        "ticket.reopened",
        "ticket.paused",
        "ticket.told",
    }
)
