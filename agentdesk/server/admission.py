"""What the server takes in, and as what: envelope, content, time, authority.

Three things can become of an event that was pushed:

* it is stored for good, with a verdict (whatever is wrong with what somebody did is data: the
  seat learns of it by pulling, and the text is not lost);
* it cannot be stored now or here and stays in the seat's outbox (:data:`HOLDS`); so does the
  whole transaction it belongs to, and nothing else;
* the request makes no sense and is refused as a whole (:class:`ServerProblem`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import starmap
from typing import Annotated, Any, Protocol

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import astuple, replace

from agentdesk.domain.authority import CONFLICT, INVALID, Judgement, judge
from agentdesk.domain.events import KINDS, Event, Merge, Stamp
from agentdesk.domain.fold import EntityState
from agentdesk.domain.ids import hexadecimal
from agentdesk.domain.people import Role, Standing
from agentdesk.domain.text import clean, visible
from agentdesk.server.caller import Caller
from agentdesk.server.problem import ServerProblem
from agentdesk.wire import BATCH, EVENT_BYTES, Push, Stored, WireEvent

HOLDS = ("unknown_kind", "too_large", "malformed")
"""Codes of events that stay at the seat: a newer seat's kind; a body over the limit; a body
no reader could read (neither can come from a seat that works)."""

SKEW_MS = 120_000
"""A seat's clock may be off by this much before its stamps are put right."""
AHEAD_MS = 60_000
"""Furthest into the future an event may count."""
DEEPEST = 32
"""Objects and lists within one another in a body."""
NAME_MOST = 64
"""Most characters of a name: kind, entity, id of an entity, actor."""

CROWDED = 10_000
"""Most events, and most fields, of one entity: each one more is judged and folded with them."""

_ID = re.compile(r"[0-9a-f]{32}").fullmatch
_SEAL = re.compile(r"[0-9a-f]{64}").fullmatch
_KIND = re.compile(r"[a-z][a-z_]{0,30}\.[a-z][a-z_]{0,30}").fullmatch
_INSTALL = re.compile(r"[0-9A-Za-z._-]{1,64}").fullmatch
_ESCAPES = re.compile(r'(?:[^\\]++|\\["\\n])*+').fullmatch
_INT64 = 1 << 63
_Whole = Annotated[int, Meta(ge=-_INT64, le=_INT64 - 1)]
_Flat = dict[str, str | _Whole | bool | list[str] | dict[str, str] | None]
"""As nearly every body is: what :func:`_fault` finds nothing in at its first look."""
_decode = msgspec.json.Decoder().decode
_decode_flat = msgspec.json.Decoder(_Flat).decode_lines
_sorted = msgspec.json.Encoder(order="sorted").encode
_sorted_lines = msgspec.json.Encoder(order="sorted").encode_lines


class Authority(Protocol):
    """Decides whether somebody may do something."""

    def __call__(
        self, event: Event, who: Caller, then: Standing, state: EntityState, scope: str
    ) -> Judgement:
        """What becomes of ``event``.

        Args:
            event: its stamp is the one it counts by.
            who: whose token the request carried, as they are on arrival.
            then: what they were at the event's stamp.
            state: the entity without it; must not be changed.
            scope: where the entity belongs, or will.
        """


def authority(
    event: Event, who: Caller, then: Standing, state: EntityState, scope: str
) -> Judgement:
    """The house's rules, see :mod:`agentdesk.domain.authority`."""
    role = then.role if then.active else Role.TRAINEE
    return judge(event, who, role, who.role, state, scope, team_then=then.team)


class Candidate(Struct, frozen=True, gc=False):
    """An event that was read and not yet judged.

    Attributes:
        text: the body as it came.
        body: what it says; empty when ``hold``.
        fault: reason of the verdict ``invalid``, empty for none.
        hold: one of :data:`HOLDS`, empty for none.
    """

    event: WireEvent
    text: str
    body: dict[str, Any]
    fault: str = ""
    hold: str = ""


def read(push: Push, most: int = BATCH) -> list[Candidate]:
    """Every event of a push, read once.

    Raises:
        ServerProblem: 413 more events than ``most``; 400 an event without a name one could
            answer by, naming the field.
    """
    events = push.events
    if len(events) > most:
        raise ServerProblem(413, "too_large", f"at most {most} events")
    if not _well_named(events):
        for number, event in enumerate(events):
            if field := _nameless(event):
                raise ServerProblem(400, "bad_request", f"events[{number}].{field}")
    if quick := _at_once(events):
        return quick
    found = [_candidate(event) for event in events]
    # One look over all texts together: most pushes hold nothing that needs a closer one.
    if not _clean("".join([each.text for each in found])):
        found = [
            each if each.hold or each.fault or _clean(each.text) else replace(each, fault="text")
            for each in found
        ]
    return found


def _at_once(events: Sequence[WireEvent]) -> list[Candidate] | None:
    """What a closer look at each would find if there is nothing wrong with any of them, in a
    fifth of the time; None when in doubt.
    """
    raws = [event.body for event in events]
    if max(map(len, raws), default=0) > EVENT_BYTES:
        return None
    data = b"\n".join(raws)
    try:
        bodies = _decode_flat(data)
        # A line as we write it holds no line end, and none is empty. So these are the lines we
        # would write, each of them in its place, whatever somebody put together to look so.
        if len(bodies) != len(events) or _sorted_lines(bodies) != data + b"\n":
            return None
        text = data.decode()
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    fields: set[str] = set()
    for kind, version, entity in {(event.kind, event.v, event.entity) for event in events}:
        known = KINDS.get(kind)
        if known is None or version > known.version or entity != kind.partition(".")[0]:
            return None
        if known.merge is Merge.FIELD:
            fields.add(kind)
    for event, body in zip(events, bodies, strict=True):
        if event.kind in fields and type(body.get("set")) is not dict:
            return None
    if not _clean(text):
        return None
    return list(map(Candidate, events, text.split("\n"), bodies))


def _well_named(events: Sequence[WireEvent]) -> bool:
    """True only if every envelope is in order; a few looks for all of them together."""
    if not events:
        return True
    id, txn, kind, v, entity, entity_id, hlc, actor, install, _, prev = zip(
        *map(astuple, events), strict=True
    )
    ids = id + txn + entity_id
    seals = [seal for seal in prev if seal is not None]
    return (
        set(map(len, ids)) == {32}
        and not set(map(len, seals)) - {64}
        and hexadecimal("".join(ids))
        and hexadecimal("".join(seals))
        and min(hlc) >= 0
        and max(hlc) < _INT64
        and not any(starmap(_misnamed, set(zip(kind, v, entity, actor, install, strict=True))))
    )


def _nameless(event: WireEvent) -> str:
    """The field of the envelope no journal could hold; empty for none."""
    if not _ID(event.id):
        return "id"
    if not _ID(event.txn):
        return "txn"
    if not _ID(event.entity_id) and not _name(event.entity_id):
        return "entity_id"
    if not 0 <= event.hlc < _INT64:
        return "hlc"
    if event.prev is not None and not _SEAL(event.prev):
        return "prev"
    return _misnamed(event.kind, event.v, event.entity, event.actor, event.install)


def _misnamed(kind: str, v: int, entity: str, actor: str, install: str) -> str:
    """The name that is none; empty when all are."""
    if not _KIND(kind):
        return "kind"
    if not 1 <= v < 1 << 31:
        return "v"
    if entity != kind.partition(".")[0] and not _name(entity):
        return "entity"
    if not _name(actor):
        return "actor"
    return "" if _INSTALL(install) else "install"


def _name(text: str) -> bool:
    return 0 < len(text) <= NAME_MOST and clean(text) == text


def _candidate(event: WireEvent) -> Candidate:
    raw = bytes(event.body)
    if len(raw) > EVENT_BYTES:
        return Candidate(event, "", {}, hold="too_large")
    try:
        text, body = raw.decode(), _decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Candidate(event, "", {}, hold="malformed")
    if type(body) is not dict or (fault := _fault(body)) == "deep":
        return Candidate(event, "", {}, hold="malformed")
    kind = KINDS.get(event.kind)
    if kind is None or event.v > kind.version:
        return Candidate(event, text, body, hold="unknown_kind")
    fault = fault or _misfit(event, kind.merge, body, raw)
    return Candidate(event, text, body, fault) if fault else Candidate(event, text, body)


def _fault(body: dict[str, Any]) -> str:
    """What JSON would not carry unchanged from machine to machine; empty for nothing."""
    for value in body.values():  # as nearly every body is: flat, but for words in a list
        kind = type(value)
        if kind is str or (kind is int and -_INT64 <= value < _INT64):
            continue
        if kind is list or kind is dict:
            for inner in value if kind is list else value.values():
                if type(inner) is not str:
                    return _inner_fault(body)
        elif kind is not bool and value is not None:
            return _inner_fault(body)
    return ""


def _inner_fault(body: dict[str, Any]) -> str:
    """The same for a body of any shape."""
    heap: list[tuple[Any, int]] = [(body.values(), 1)]
    fault = ""
    while heap:
        values, depth = heap.pop()
        for value in values:
            kind = type(value)
            if kind is str or kind is bool or value is None:
                continue
            if kind is int:
                if not -_INT64 <= value < _INT64:
                    fault = "number"
            elif kind is float:
                fault = "number"
            elif depth == DEEPEST:
                return "deep"
            else:
                heap.append((value.values() if kind is dict else value, depth + 1))
    return fault


def _misfit(event: WireEvent, merge: Merge, body: dict[str, Any], raw: bytes) -> str:
    """Why the content makes no sense; empty when it does."""
    if event.entity != event.kind.partition(".")[0]:
        return "entity"
    if _sorted(body) != raw:
        return "body"
    if merge is Merge.FIELD and type(body.get("set")) is not dict:
        return "shape"
    return ""


def _clean(text: str) -> bool:
    """Whether JSON text holds nothing that steers a terminal, escaped or not."""
    return visible(text) == text and ("\\" not in text or _ESCAPES(text) is not None)


class Righting(Struct, frozen=True):
    """How the stamps of one push are put right.

    Attributes:
        shift: added to each, for a seat's clock that is wrong.
        most: none counts further ahead.
    """

    shift: int
    most: int

    @classmethod
    def of(cls, server_now: int, client_now: int) -> Righting:
        """By the server's clock and what the request says is the seat's, in milliseconds."""
        offset = server_now - client_now
        most = (server_now + AHEAD_MS) << 16 | 0xFFFF
        return cls(offset << 16 if abs(offset) > SKEW_MS else 0, most)

    def stamp(self, hlc: int) -> Stamp:
        """The stamp an event counts by, but for the order within its install."""
        eff = hlc + self.shift
        return Stamp(self.most if eff > self.most else eff if eff > 0 else 0)


def right_stamp(hlc: int, server_now: int, client_now: int) -> Stamp:
    """The stamp of one event of a push, see :class:`Righting`."""
    return Righting.of(server_now, client_now).stamp(hlc)


def same(stored: Stored, event: WireEvent, text: str) -> bool:
    """Whether ``event`` is the one that was stored. A salvaged one has lost its seal."""
    return (
        bytes(stored.body) == text.encode()
        and stored.kind == event.kind
        and stored.entity_id == event.entity_id
        and stored.entity == event.entity
        and stored.hlc == event.hlc
        and stored.actor == event.actor
        and stored.install == event.install
        and stored.txn == event.txn
        and stored.v == event.v
    )


def held_back(candidates: Sequence[Candidate]) -> dict[str, str]:
    """Transactions that cannot be taken in as a whole, with the code of what stops them."""
    found: dict[str, str] = {}
    for each in candidates:
        if each.hold:
            found.setdefault(each.event.txn, each.hold)
    return found


def guarded(event: Event, state: EntityState) -> Judgement | None:
    """The refusal of a change the state does not allow; None when it does.

    An escalation is resolved by whoever took it: before somebody did, nobody can.
    """
    if event.kind != "escalation.set":
        return None
    changes = event.body.get("set")
    resolves = type(changes) is dict and ("resolved" in changes or changes.get("state"))
    if resolves and state.first("escalation.taken") is None:
        return Judgement(CONFLICT, "not_taken")
    return None


def crowded(state: EntityState) -> bool:
    """Whether an entity has more of everything than any work could bring about."""
    return len(state.items) >= CROWDED or len(state.fields) >= CROWDED


def invalid(reason: str) -> Judgement:
    """The verdict on content that makes no sense."""
    return Judgement(INVALID, reason)
