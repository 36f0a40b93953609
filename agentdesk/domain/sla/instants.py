"""Instants and spans as whole microseconds: exact, and quick to compare."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from agentdesk.errors import SlaError

MICROSECOND = timedelta(microseconds=1)
SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

NEVER = 1 << 62
"""The end of a pause that still lasts; later than any instant."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST_YEAR, LAST_YEAR = 1900, 9800
"""Years an instant may lie in; beyond them local time cannot be computed."""

Span = tuple[int, int]
"""Begin (included) and end (excluded) in microseconds since 1970, UTC."""


def micros(span: timedelta) -> int:
    """A span in whole microseconds."""
    return (span.days * 86_400 + span.seconds) * SECOND + span.microseconds


def to_us(moment: datetime, field: str) -> int:
    """Microseconds since 1970 of an instant.

    Raises:
        SlaError: it has no zone (``sla.naive``) or lies outside 1900-9800 (``sla.range``);
            with ``field``.
    """
    if moment.tzinfo is not UTC and moment.utcoffset() is None:
        raise SlaError("sla.naive", field=field, value=moment.isoformat())
    if not FIRST_YEAR < moment.year < LAST_YEAR:
        raise SlaError("sla.range", field=field, value=moment.isoformat())
    span = moment - EPOCH
    return (span.days * 86_400 + span.seconds) * SECOND + span.microseconds


def from_us(instant: int) -> datetime:
    """The UTC instant of microseconds since 1970."""
    return EPOCH + timedelta(0, 0, instant)


def to_span(length: int) -> timedelta:
    """A span of microseconds."""
    return timedelta(0, 0, length)


def union(spans: Iterable[Span]) -> list[Span]:
    """The same time without overlap, in order; empty and negative spans are nothing."""
    joined: list[Span] = []
    for begin, end in sorted(spans):
        if end <= begin:
            continue
        if joined and begin <= joined[-1][1]:
            if end > joined[-1][1]:
                joined[-1] = (joined[-1][0], end)
        else:
            joined.append((begin, end))
    return joined
