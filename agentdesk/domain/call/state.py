"""A call as its events tell it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from msgspec import Struct

from agentdesk.domain.events import EntityId
from agentdesk.domain.fold import EntityState, Item
from agentdesk.domain.moments import from_ms
from agentdesk.domain.pack import Mark


class Phase(Enum):
    """Where a call stands."""

    OFFERED = "offered"
    TALKING = "talking"
    HELD = "held"
    WRAP_UP = "wrap_up"
    CLOSED = "closed"
    MISSED = "missed"

    @property
    def live(self) -> bool:
        """The customer is on the line."""
        return self in (Phase.TALKING, Phase.HELD)

    @property
    def open(self) -> bool:
        """The call still needs somebody."""
        return self not in (Phase.CLOSED, Phase.MISSED)


class Said(Struct, frozen=True):
    """A line spoken, with what it counts for."""

    line_id: str
    text: str
    at: datetime
    names: int
    polite: int
    marks: frozenset[Mark]


class Call(Struct, frozen=True):
    """One contact, from ring to close.

    Attributes:
        values: form fields by key; also ``surname``, ``title``, ``category``, ``note``,
            ``upset`` (``"1"``), ``branch`` … whatever the card holds.
        ticks: net manual ticks per requirement id.
        kept: marks the agent kept with a reason, as ``(rule id, text)``; ``kept_phrases``
            are those of banned phrases, without numbers and 你.
        hold_began: when the last hold began, whether it goes on or not.
        overridden: guards the agent went past, by ``Guard`` value.
        closing_gaps: what was missing when the call was closed.
        pack: id of the standard it was answered by, or was offered under; empty for calls
            of versions that did not keep it.
        about, owed: the call this one comes back to, and what it keeps (``promise``, ...).
    """

    id: EntityId
    phase: Phase
    direction: str
    number: str
    name: str
    queue: str
    source: str
    external_id: str
    offered_at: datetime
    answered_at: datetime | None
    held_since: datetime | None
    hold_began: datetime | None
    held_total: timedelta
    last_hold: timedelta | None
    silent_since: datetime | None
    ended_at: datetime | None
    ended_by: str
    closed_at: datetime | None
    disposition: str
    values: Mapping[str, str]
    said: tuple[Said, ...]
    ticks: Mapping[str, int]
    kept: frozenset[tuple[str, str]]
    kept_phrases: frozenset[tuple[str, str]]
    overridden: frozenset[str]
    closing_gaps: tuple[str, ...]
    transferred_to: str
    pack: str = ""
    about: str = ""
    owed: str = ""
    install: str = ""

    @property
    def marks(self) -> frozenset[Mark]:
        """Every mark some spoken line carries."""
        return frozenset(mark for said in self.said for mark in said.marks)

    @property
    def customer(self) -> str:
        """Surname and title as they are spoken, 王先生; empty when either is unknown."""
        surname, title = self.values.get("surname", ""), self.values.get("title", "")
        return f"{surname}{title}" if surname and title else ""

    @property
    def upset(self) -> bool:
        """The agent marked the customer as upset."""
        return self.values.get("upset") == "1"

    @property
    def gaps(self) -> tuple[str, ...]:
        """What a closed call still lacks: the 待补录 list."""
        return tuple(key for key in self.closing_gaps if not self.values.get(key, "").strip())

    def said_line(self, line_id: str) -> bool:
        """Whether the line with that id was spoken."""
        return any(said.line_id == line_id for said in self.said)

    def marked_since(self, mark: Mark, since: datetime | None) -> bool:
        """Whether a line with ``mark`` was spoken after ``since``."""
        return any(mark in said.marks and (since is None or said.at >= since) for said in self.said)


def _at(item: Item | None) -> datetime | None:
    return None if item is None else from_ms(int(item.body["at"]))


def _first(items: Iterable[Item], kind: str) -> Item | None:
    return next((item for item in items if item.kind == kind), None)


def _last(items: list[Item], kind: str) -> Item | None:
    return _first(reversed(items), kind)


def _holds(items: list[Item], end: datetime | None) -> tuple[datetime | None, timedelta, timedelta]:
    """Open hold since, total of finished holds, length of the last finished one."""
    since: datetime | None = None
    total = last = timedelta()
    for item in items:
        at = _at(item)
        if item.kind == "call.held" and since is None:
            since = at
        elif item.kind == "call.resumed" and since is not None and at is not None:
            last = max(timedelta(), at - since)
            total += last
            since = None
    if since is not None and end is not None:
        last = max(timedelta(), end - since)
        total += last
        since = None
    return since, total, last


def phase_of(kinds: Set[str], held: bool) -> Phase:
    """The phase by the kinds of events that exist: duplicates and any order give one answer."""
    if "call.closed" in kinds:
        return Phase.CLOSED
    answered = "call.answered" in kinds
    if not answered and kinds & {"call.missed", "call.ended"}:
        return Phase.MISSED
    if kinds & {"call.ended", "call.transferred"}:
        return Phase.WRAP_UP
    if not answered:
        return Phase.OFFERED
    return Phase.HELD if held else Phase.TALKING


def _said(items: list[Item]) -> tuple[Said, ...]:
    return tuple(
        Said(
            str(item.body.get("line", "")),
            str(item.body.get("text", "")),
            from_ms(int(item.body["at"])),
            int(item.body.get("names", 0)),
            int(item.body.get("polite", 0)),
            frozenset(Mark(name) for name in item.body.get("marks", ()) if name in _MARKS),
        )
        for item in items
        if item.kind == "call.said"
    )


_MARKS = frozenset(mark.value for mark in Mark)


def _ticks(items: list[Item]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for item in items:
        if item.kind in ("call.ticked", "call.unticked"):
            step = 1 if item.kind == "call.ticked" else -1
            name = str(item.body["requirement"])
            counts[name] = max(0, counts.get(name, 0) + step)
    return counts


PRIVATE = "private"
"""Category of a number that must not be written down."""
PLAIN_YOU = "plain_you"
"""Category of 你 where the standard wants 您."""

_NO_PHRASES = (PRIVATE, PLAIN_YOU)


def _kept(items: list[Item], but: Sequence[str] = ()) -> frozenset[tuple[str, str]]:
    """Marks kept with a reason, except those of the categories ``but``."""
    return frozenset(
        (str(item.body["rule"]), str(item.body["phrase"]))
        for item in items
        if item.kind == "call.phrase"
        and item.body.get("outcome") == "kept"
        and item.body.get("category") not in but
    )


def _silence(items: list[Item]) -> datetime | None:
    """Since when the line is silent: the last prompt, unless something was said after it."""
    for item in reversed(items):
        if item.kind == "call.silent":
            return _at(item)
        if item.kind in ("call.said", "call.held", "call.resumed"):
            return None
    return None


def _pack(offered: Item, answered: Item | None) -> str:
    """The standard the call was answered by; one that never was, the one it was offered under."""
    kept = answered.body.get("pack") if answered is not None else None
    return str(kept or offered.body.get("pack", ""))


def _disposition(closed: Item | None, values: Mapping[str, str]) -> str:
    """As chosen at the close; one that was missing then may have been filled in later."""
    if closed is None:
        return ""
    return str(closed.body.get("disposition", "")) or values.get("disposition", "")


def read_call(call_id: EntityId, state: EntityState, *, words: bool = True) -> Call | None:
    """The call ``state`` tells of; None while no offering is known.

    Args:
        call_id: the entity's id.
        state: join of its events.
        words: whether to read what was said, ticked, kept and overridden too; the table of
            calls has none of it.
    """
    items = state.ordered()
    offered = _first(items, "call.offered")
    if offered is None:
        return None
    ended_item = _last(items, "call.ended") or _last(items, "call.transferred")
    ended_at = _at(ended_item)
    held_since, held_total, last_hold = _holds(items, ended_at)
    closed = _last(items, "call.closed")
    transferred = _last(items, "call.transferred")
    values: dict[str, Any] = dict(state.values())
    texts = {name: str(value) for name, value in values.items() if value is not None}
    body = offered.body
    answered = _first(items, "call.answered")
    return Call(
        id=call_id,
        phase=phase_of({item.kind for item in items}, held_since is not None),
        direction=str(body.get("direction", "inbound")),
        number=str(values.get("number") or body.get("number", "")),
        name=str(body.get("name", "")),
        queue=str(body.get("queue", "")),
        source=str(body.get("source", "")),
        external_id=str(body.get("external_id", "")),
        offered_at=from_ms(int(body["at"])),
        answered_at=_at(answered),
        held_since=held_since,
        hold_began=_at(_last(items, "call.held")),
        held_total=held_total,
        last_hold=last_hold or None,
        silent_since=_silence(items),
        ended_at=ended_at or _at(_last(items, "call.missed")),
        ended_by=str(ended_item.body.get("by", "")) if ended_item else "",
        closed_at=_at(closed),
        disposition=_disposition(closed, texts),
        values=texts,
        said=_said(items) if words else (),
        ticks=_ticks(items) if words else {},
        kept=_kept(items) if words else frozenset(),
        kept_phrases=_kept(items, _NO_PHRASES) if words else frozenset(),
        overridden=frozenset(
            str(item.body["guard"]) for item in items if words and item.kind == "call.guarded"
        ),
        closing_gaps=tuple(closed.body.get("missing", ())) if closed else (),
        transferred_to=str(transferred.body.get("to", "")) if transferred else "",
        pack=_pack(offered, answered),
        about=str(body.get("about", "")),
        owed=str(body.get("owed", "")),
        install=offered.install,
    )
