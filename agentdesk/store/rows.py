"""What queries give back, and what is kept of unfinished typing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from agentdesk.domain.events import EntityId


@dataclass(frozen=True, slots=True)
class Typing:
    """What stands in the fields of a call and is not yet an event.

    Attributes:
        call_id: the call it belongs to.
        values: field name to text, as typed.
        focus: name of the field that had the focus.
        cursor: row and column of the caret in that field.
        saved_at: when it was kept; aware.
    """

    call_id: EntityId
    values: Mapping[str, str]
    focus: str
    cursor: tuple[int, int]
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class CallRow:
    """One call as the lists show it; times are milliseconds since 1970, UTC.

    Attributes:
        missing: names of required items not yet given.
        source: where the call came from (a phone system, typed by hand).
    """

    id: EntityId
    phase: str | None
    direction: str | None
    number: str | None
    customer: str | None
    surname: str | None
    title: str | None
    category: str | None
    disposition: str | None
    offered_at: int | None
    answered_at: int | None
    ended_at: int | None
    closed_at: int | None
    ended_by: str | None
    source: str | None
    missing: tuple[str, ...]
    note: str | None

    @property
    def began_at(self) -> int | None:
        """When the call first showed itself, in milliseconds since 1970."""
        return next(
            (at for at in (self.offered_at, self.answered_at, self.ended_at) if at is not None),
            None,
        )


def call_row(row: Sequence[Any]) -> CallRow:
    """The row of a ``SELECT`` over the call table's columns, in their order."""
    values = list(row)
    values[15] = tuple(json.loads(values[15])) if values[15] else ()
    return CallRow(*values)


def milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970.

    Raises:
        ValueError: ``moment`` has no time zone; what it means would depend on the seat.
    """
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise ValueError("a time without a zone cannot be stored")
    return round(moment.timestamp() * 1000)
