"""What the console shows of the exchange with the server."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from agentdesk.desk.snapshot import Snapshot
from agentdesk.domain.events import Body, EntityId


class Held(Struct, frozen=True):
    """An event that waits to be sent, or that the server did not accept.

    Attributes:
        at: when it was written here.
        body: its content; what somebody wrote is kept, whatever the server said.
        verdict: of :data:`agentdesk.wire.VERDICTS`; empty while it waits.
        reason: why, a key below ``verdict.`` or ``wait.``.
    """

    at: datetime
    kind: str
    entity: str
    entity_id: EntityId
    actor: str
    body: Body
    verdict: str = ""
    reason: str = ""


class Transfers(Struct, frozen=True):
    """What waits and what was not accepted, each with its number in all.

    Attributes:
        waiting: the oldest of what still has to be sent.
        refused: the newest of what was not accepted.
        parked: events of a newer agentdesk that this one keeps but cannot show.
    """

    waiting: tuple[Held, ...] = ()
    waiting_count: int = 0
    refused: tuple[Held, ...] = ()
    refused_count: int = 0
    parked: int = 0


class Arrived(Struct, frozen=True):
    """Something came from the server, or what was sent was confirmed.

    Attributes:
        tickets: work orders that changed.
        calls: whether calls changed, those of today among them perhaps.
    """

    snapshot: Snapshot
    tickets: frozenset[EntityId] = frozenset()
    calls: bool = False
