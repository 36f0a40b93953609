"""Phone events: the one neutral shape every telephone source speaks (telephony.md).

The reducer tolerates duplicates, reordering and missing events: an answer without an
offer opens the card, ``ended`` before ``answered`` is a missed call, a stale offer expires.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal, get_args

from msgspec import Struct

from agentdesk.domain.call import commands as c
from agentdesk.domain.call.state import Call, Phase
from agentdesk.domain.events import EntityId

PhoneKind = Literal["offered", "answered", "held", "resumed", "ended"]
PHONE_KINDS: tuple[str, ...] = get_args(PhoneKind)

STALE_AFTER = timedelta(seconds=90)
"""A ringing call without news for this long is taken as missed."""

LATE_NEWS = timedelta(minutes=10)
"""So long after its end, news of a call is a delivery repeated or overtaken, not a new call."""


class PhoneEvent(Struct, frozen=True):
    """Something a telephone reported.

    Attributes:
        external_id: the source's id of the call; with ``source`` it names the call.
        number, name: the other party (already cleaned).
        cause: why it ended; ``by`` who ended it, when the source knows.
    """

    kind: PhoneKind
    external_id: str
    source: str
    direction: c.Direction = "inbound"
    number: str = ""
    name: str = ""
    queue: str = ""
    cause: str = ""
    by: c.EndedBy = "unknown"


def react(
    event: PhoneEvent, known: Call | None, new_id: Callable[[], EntityId]
) -> tuple[c.Command, ...]:
    """Commands that bring the call ``event`` speaks of up to date.

    Args:
        event: what was reported.
        known: the call with that external id, if there is one.
        new_id: gives the id of a new call.
    """
    if known is None:
        if event.kind == "ended":
            return ()  # the end of a call nobody saw begin tells nothing
        offer = c.Offer(
            new_id(),
            event.number,
            event.name,
            event.direction,
            event.queue,
            event.source,
            event.external_id,
        )
        if event.kind == "offered":
            return (offer,)
        held = (c.Hold(because="phone"),) if event.kind == "held" else ()
        return (offer, c.Answer(), *held)
    return _known(event, known)


def _known(event: PhoneEvent, call: Call) -> tuple[c.Command, ...]:
    phase = call.phase
    if event.kind == "answered" and phase is Phase.OFFERED:
        return (c.Answer(),)
    if event.kind == "held" and phase is Phase.TALKING:
        return (c.Hold(because="phone"),)
    if event.kind == "resumed" and phase is Phase.HELD:
        return (c.Resume(),)
    if event.kind == "ended":
        if phase is Phase.OFFERED:
            return (c.Miss(event.cause or "abandoned"),)
        if phase.live:
            return (c.End(event.by, event.cause, because="phone"),)
    return ()


def stale(call: Call, now: datetime) -> bool:
    """Whether a ringing call has had no news for too long."""
    return call.phase is Phase.OFFERED and now - call.offered_at >= STALE_AFTER
