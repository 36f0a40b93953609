"""The sending half of the engine: own events to the server, the oldest first.

A reply is a hint. An event leaves the outbox only when a pull has brought it back; until then it
is pushed again after every interruption, which the server takes for what it is, a repetition.
Whatever the server would not even store is set aside where people see it, and the rest goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from agentdesk.domain.events import EventId
from agentdesk.store.outbox import ELSEWHERE, Batch, Pending, Waiting
from agentdesk.sync.port import Port
from agentdesk.sync.transport import Failure, Requests, TransportError
from agentdesk.wire import Limits, Push, Pushed, Token, WireEvent

HOPELESS = {"too_large": "too_large", "malformed": "invalid"}
"""Codes of events no repetition will help, and the reason they are set aside for."""
_BATCH_REFUSED = frozenset({400, 413, 422})
_ASIDE = {400: "invalid", 413: "too_large", 422: "invalid"}
RELEASED = ("invalid", "too_large", ELSEWHERE)
"""Set aside until the next beginning: another version of the server may think otherwise."""


class Sending:
    """What was sent since the last beginning, and what comes next.

    Args:
        now_ms: the seat's time, milliseconds since 1970.
    """

    def __init__(self, port: Port, transport: Requests, now_ms: Callable[[], int]) -> None:
        self._port, self._transport, self._now_ms = port, transport, now_ms
        self.limits = Limits()
        self.places: dict[str, int] = {}
        self.later: dict[str, str] = {}
        self._received: set[str] = set()
        self._narrow: dict[str, int] = {}

    def begin(self, limits: Limits) -> None:
        """Send everything unconfirmed from the start."""
        self.limits = limits
        self.places.clear()
        self.later.clear()
        self._received.clear()

    def next(self, pending: Pending, can: Callable[[str], Token | None]) -> Waiting | None:
        """Whose turn it is; None when everything that can be sent was sent once."""
        for waiting in pending.waiting:
            if waiting.last > self.places.get(waiting.actor, 0) and can(waiting.actor):
                return waiting
        return None

    def unconfirmed(self, pending: Pending) -> bool:
        """Whether something was sent that no pull has brought back."""
        return any(each.actor in self.places for each in pending.waiting)

    def push(self, actor: str, token: Token) -> Pushed | None:
        """Send the next batch of a person; None when there is none.

        Raises:
            TransportError: it was not taken, for a reason that concerns more than its content.
        """
        limits = self.limits
        batch = self._port.outbox(
            min(limits.batch, 500), limits.bytes, actor, self.places.get(actor, 0)
        )
        events, last = _first_transactions(batch, self._narrow.get(actor, 0))
        if not events:
            return None
        try:
            answer = self._transport.push(token.token, Push(self._now_ms(), events))
        except TransportError as error:
            if error.failure is not Failure.REFUSED or error.status not in _BATCH_REFUSED:
                raise
            if error.problem.detail[:32] in batch.along:
                raise  # a pull has to say what became of what was confirmed
            self._refused(actor, events, error)
            return None
        self._narrow.pop(actor, None)
        self.places[actor] = last
        self._take(events, answer)
        return answer

    def _take(self, events: list[WireEvent], answer: Pushed) -> None:
        sent = {event.id for event in events}
        self._received |= sent.intersection(answer.received)
        aside: dict[str, list[EventId]] = {}
        for retry in answer.retry:
            if retry.id not in sent:
                continue
            if reason := HOPELESS.get(retry.code):
                aside.setdefault(reason, []).append(EventId(retry.id))
            else:
                self.later[retry.id] = retry.code
        for reason, ids in aside.items():
            self._port.set_aside(ids, reason)

    def _refused(self, actor: str, events: list[WireEvent], error: TransportError) -> None:
        """Find what the server objects to: the id it names, or by halves."""
        ids = {event.id for event in events}
        named = error.problem.detail[:32]
        if error.problem.code == "conflict" and named in ids:
            self._port.set_aside([EventId(named)], "conflict")
            return
        transactions = len({event.txn for event in events})
        if transactions > 1:
            self._narrow[actor] = transactions // 2
            return
        reason = "conflict" if error.problem.code == "conflict" else _ASIDE[error.status]
        self._port.set_aside([EventId(event_id) for event_id in sorted(ids)], reason)
        self._narrow.pop(actor, None)

    def settle(self) -> bool:
        """Every scope was read to its end after the last push.

        What the server has taken in and no scope has brought is where this seat may not read;
        it is sent again after the next beginning, in case that was no truth.

        Returns:
            Whether something is left that must be sent again later.
        """
        left = False
        for actor, place in self.places.items():
            unsent = self._port.unsent(actor, place)
            elsewhere = [event_id for event_id in unsent if event_id in self._received]
            if elsewhere:
                self._port.set_aside(elsewhere, ELSEWHERE)
            left = left or len(elsewhere) < len(unsent)
        self._received.clear()
        return left

    def again(self, actors: Collection[str] | None = None) -> None:
        """Send what is unconfirmed once more."""
        for actor in list(self.places if actors is None else actors):
            self.places.pop(actor, None)
        self.later.clear()


def _first_transactions(batch: Batch, count: int) -> tuple[list[WireEvent], int]:
    """The events of the first ``count`` transactions (0: of all), and where they end."""
    if not count:
        return batch.events, batch.last
    seen: dict[str, None] = {}
    for at, event in enumerate(batch.events):
        seen[event.txn] = None
        if len(seen) > count:
            return batch.events[:at], batch.places[at - 1]
    return batch.events, batch.last
