"""What a phone system may send, and the one event it becomes. Pure: bytes in, event out.

The shape is the one helpdesk products share (telephony.md): ``event`` is ``newCall``,
``answer``, ``hangup``, ``hold`` or ``unhold`` (or our own ``offered``, ``answered``,
``ended``, ``held``, ``resumed``), with ``callId``, ``from``, ``to``, ``direction``,
``user``, ``queue``, ``cause`` and ``name``, as a form or as JSON. Fields we do not know are
left alone: exchanges add their own, and ``name[]`` fields may repeat.

Everything here comes from a stranger: it is measured, cleaned and refused by name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Literal, NoReturn, TypeVar, cast
from urllib.parse import parse_qsl

from agentdesk.domain.call.commands import Direction, EndedBy
from agentdesk.domain.phone import PHONE_KINDS, PhoneEvent, PhoneKind
from agentdesk.domain.text import clean, normalise_phone

BODY_LIMIT = 16 * 1024
"""Most bytes of one request."""

SOURCE = "push"
"""``PhoneEvent.source`` of everything that comes in here."""

_FIELDS_LIMIT = 64
_DEPTH_LIMIT = 4
_LIMITS = {"from": 128, "to": 128, "user": 64, "queue": 64, "cause": 64, "name": 64}

_EVENTS: Mapping[str, PhoneKind] = {
    "newCall": "offered",
    "answer": "answered",
    "hangup": "ended",
    "hold": "held",
    "unhold": "resumed",
    **{kind: cast("PhoneKind", kind) for kind in PHONE_KINDS},
}
_DIRECTIONS: Mapping[str, Direction] = {
    "in": "inbound",
    "inbound": "inbound",
    "out": "outbound",
    "outbound": "outbound",
}
_BY: Mapping[str, EndedBy] = {"customer": "customer", "agent": "agent", "unknown": "unknown"}
_CALL_ID = re.compile(r"[!-~]{1,128}")
_ADDRESS = re.compile(r"<?(?:sips?|tel):([^@;>]*)", re.IGNORECASE)

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"?', re.DOTALL)  # the end may lack: linear on any input

Reason = Literal["syntax", "media_type", "missing", "unknown", "too_long", "not_text", "format"]
T = TypeVar("T")


class WireError(ValueError):
    """A request that cannot be understood.

    Attributes:
        status: HTTP status that says so: 400, 415 or 422.
        reason: what is wrong, as a word for programs.
        field: which field, empty when it is the whole body.
        expected: what would have been right.
    """

    def __init__(self, status: int, reason: Reason, field: str, expected: str) -> None:
        super().__init__(f"{field or 'body'}: {reason}, expected {expected}")
        self.status = status
        self.reason = reason
        self.field = field
        self.expected = expected


def parse(body: bytes, content_type: str) -> PhoneEvent:
    """The event a request body tells of.

    Args:
        body: as received, at most ``BODY_LIMIT`` bytes (the server sees to it).
        content_type: the header, with or without parameters.

    Raises:
        WireError: 415 for another media type, 400 for a body that is no form or JSON
            object in UTF-8, 422 naming the field that cannot be used.
    """
    media, _, options = content_type.partition(";")
    charset = re.search(r"charset\s*=\s*\"?([^\s\";]+)", options, re.IGNORECASE)
    if charset and charset[1].lower() not in ("utf-8", "utf8", "us-ascii"):
        raise WireError(415, "media_type", "", "charset=utf-8")
    match media.strip().lower():
        case "application/json":
            return read_fields(_json(body))
        case "application/x-www-form-urlencoded":
            return read_fields(_form(body))
    raise WireError(415, "media_type", "", "application/json|application/x-www-form-urlencoded")


def read_fields(fields: Mapping[str, object]) -> PhoneEvent:
    """The event a mapping of field names to values tells of.

    Raises:
        WireError: 422, naming the field.
    """
    kind = _choice(fields, "event", _EVENTS, None)
    call_id = _scalar(fields, "callId")
    if not call_id:
        raise WireError(422, "missing", "callId", "1-128 ASCII characters")
    if not _CALL_ID.fullmatch(call_id):
        # An id is compared, never shown: cleaning could make two of them one.
        raise WireError(422, "format", "callId", "1-128 ASCII characters")
    direction = _choice(fields, "direction", _DIRECTIONS, "inbound")
    text = {name: _text(fields, name) for name in _LIMITS}
    party = "from" if direction == "inbound" else "to"
    return PhoneEvent(
        kind=kind,
        external_id=call_id,
        source=SOURCE,
        direction=direction,
        number=_number(text[party]),
        name=text["name"],
        queue=text["queue"],
        cause=text["cause"],
        by=_choice(fields, "by", _BY, "unknown"),
    )


# ------------------------------------------------------------------------- bodies


def _bad(expected: str) -> NoReturn:
    raise WireError(400, "syntax", "", expected)


def _utf8(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        _bad("UTF-8")


def _unique(pairs: Iterable[tuple[str, object]]) -> dict[str, object]:
    """One value per name; of a repeated name two readers would believe different things."""
    held: dict[str, object] = {}
    for name, value in pairs:
        if name in held and not name.endswith("[]"):
            _bad("each field once")
        held[name] = value
    return held


def _json(body: bytes) -> dict[str, object]:
    text = _utf8(body)
    if _depth(text) > _DEPTH_LIMIT:  # before the parser recurses
        _bad("a flat JSON object")
    try:
        value = json.loads(
            text, object_pairs_hook=_unique, parse_constant=lambda _: _bad("a finite number")
        )
    except WireError:
        raise
    except (ValueError, RecursionError):
        _bad("a JSON object")
    if not isinstance(value, dict):
        _bad("a JSON object")
    return value


def _depth(text: str) -> int:
    """How deep brackets nest at most, those inside strings left out."""
    depth = deepest = 0
    for mark in _STRING.sub("", text):
        if mark in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif mark in "]}":
            depth -= 1
    return deepest


def _form(body: bytes) -> dict[str, object]:
    text = _utf8(body)
    try:
        pairs = parse_qsl(
            text,
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=_FIELDS_LIMIT,
        )
    except ValueError:  # UnicodeDecodeError of a percent-encoded byte is one too
        _bad("a form in UTF-8")
    return _unique(pairs)


# ------------------------------------------------------------------------- fields


def _scalar(fields: Mapping[str, object], name: str) -> str:
    """The value as text; numbers are how some exchanges send ids and numbers."""
    value = fields.get(name)
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise WireError(422, "not_text", name, "text")
    return value


def _text(fields: Mapping[str, object], name: str) -> str:
    raw = _scalar(fields, name)
    limit = _LIMITS[name]
    if len(raw) > limit:
        raise WireError(422, "too_long", name, f"at most {limit} characters")
    return clean(raw).strip()


def _number(raw: str) -> str:
    """Digits of the other party; empty for a caller who hides the number.

    A caller id may come as ``"name" <sip:number@host>`` or ``number@host``.
    """
    address = _ADDRESS.search(raw)
    return normalise_phone(address[1] if address else raw.partition("@")[0])


def _choice(
    fields: Mapping[str, object], name: str, choices: Mapping[str, T], default: T | None
) -> T:
    raw = _scalar(fields, name).strip().lower()
    expected = "|".join(choices)
    if not raw:
        if default is None:
            raise WireError(422, "missing", name, expected)
        return default
    for word, meaning in choices.items():
        if word.lower() == raw:
            return meaning
    raise WireError(422, "unknown", name, expected)
