"""Calls that still need somebody, kept in memory beside the store."""

from __future__ import annotations

from datetime import datetime, timedelta

from agentdesk.domain.call.state import Call, Phase, read_call
from agentdesk.domain.events import EntityId
from agentdesk.domain.moments import to_ms
from agentdesk.domain.phone import LATE_NEWS, PhoneEvent, stale
from agentdesk.store.store import Store


class Calls:
    """Open calls, closed ones with gaps (待补录), and the phone ids of those just over.

    Calls of this seat only: those of others are in the store to be looked at.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._open: dict[EntityId, Call] = {}
        self._incomplete: dict[EntityId, Call] = {}
        self._over: dict[tuple[str, str], datetime] = {}

    def load(self, now: datetime) -> None:
        """Read them all anew."""
        self._open.clear()
        self._incomplete.clear()
        for call_id, state in (*self._store.open_calls(), *self._store.incomplete_calls()):
            self._keep(call_id, read_call(call_id, state))
        # Those just over too, so that a delivery repeated after a restart rings no second time.
        oldest = to_ms(now - LATE_NEWS)
        for row in self._store.calls_between(now - timedelta(hours=12), now, own=True):
            if row.phase in ("closed", "missed") and (row.ended_at or 0) > oldest:
                self.refresh(row.id)

    def refresh(self, call_id: EntityId) -> None:
        """Read one call again; one nobody here had a hand in is not looked into.

        A pull brings many of those, and whoever acts meanwhile waits for it.
        """
        state = self._store.state("call", call_id)
        own = any(item.install in self._store.installs for item in state.items.values())
        self._keep(call_id, read_call(call_id, state) if own else None)

    def read(self, call_id: EntityId) -> Call | None:
        """Any call, from the store."""
        return read_call(call_id, self._store.state("call", call_id))

    def _keep(self, call_id: EntityId, call: Call | None) -> None:
        self._open.pop(call_id, None)
        self._incomplete.pop(call_id, None)
        if call is None or call.install not in self._store.installs:
            return
        if call.phase.open:
            self._open[call_id] = call
            return
        if call.gaps:
            self._incomplete[call_id] = call
        if call.external_id and call.ended_at is not None:
            self._over[call.source, call.external_id] = call.ended_at

    def get(self, call_id: EntityId | None) -> Call | None:
        """An open or incomplete call."""
        if call_id is None:
            return None
        return self._open.get(call_id) or self._incomplete.get(call_id)

    def ids(self) -> tuple[EntityId, ...]:
        """All of them, the open ones first."""
        return (*self._open, *self._incomplete)

    def open(self) -> tuple[Call, ...]:
        """Open calls, oldest first."""
        return tuple(sorted(self._open.values(), key=lambda call: (call.offered_at, call.id)))

    def incomplete(self) -> tuple[Call, ...]:
        """Closed calls with gaps, newest first."""
        found = self._incomplete.values()
        return tuple(sorted(found, key=lambda call: call.offered_at, reverse=True))

    def newest_card(self) -> EntityId | None:
        """The open call that began last, those that only ring left out."""
        cards = [call for call in self._open.values() if call.phase is not Phase.OFFERED]
        return max(cards, key=lambda call: call.offered_at).id if cards else None

    def stale(self, now: datetime) -> tuple[Call, ...]:
        """Ringing calls of a phone that has not spoken of them for too long."""
        return tuple(c for c in self._open.values() if c.source != "manual" and stale(c, now))

    def told_of(self, event: PhoneEvent) -> Call | None:
        """The open call a phone speaks of."""
        named = (event.source, event.external_id)
        found = (c for c in self._open.values() if (c.source, c.external_id) == named)
        return next(found, None)

    def is_over(self, event: PhoneEvent, now: datetime) -> bool:
        """Whether the call a phone speaks of ended a short while ago."""
        oldest = now - LATE_NEWS
        self._over = {phone: ended for phone, ended in self._over.items() if ended > oldest}
        return (event.source, event.external_id) in self._over
