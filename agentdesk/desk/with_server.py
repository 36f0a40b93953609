"""The half of the desk that has to do with a server: what came from it, what it must be told.

A desk works its own calls and only looks at others': what began at another seat never becomes
a card, a ring, a promise or a callback here. Work orders belong to the team.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from agentdesk.desk.calls import Calls
from agentdesk.desk.followups import Followups
from agentdesk.desk.recognise import recognise
from agentdesk.desk.snapshot import Known, Outcome, Profile, Snapshot
from agentdesk.desk.with_tickets import WithTickets
from agentdesk.domain.call.commands import Refused
from agentdesk.domain.events import EntityId, Stamp
from agentdesk.domain.followups import take_escalation
from agentdesk.domain.hlc import wall
from agentdesk.store.store import Store

if TYPE_CHECKING:
    from agentdesk.desk.remote_views import Arrived, Transfers
    from agentdesk.store.replica import Replica

SHOWN = 200
"""Entries of a list of what waits; the list says how many there are in all."""

_MOST_BYTES = 4 * 1024 * 1024


class WithServer(WithTickets):
    """A desk that may have a server; the attributes are the desk's.

    Attributes:
        committed: told, on the desk's thread, that something was written here.
    """

    committed: Callable[[], None] = staticmethod(lambda: None)
    _store: Store
    _clock: Callable[[], datetime]
    _profile: Profile
    _calls: Calls
    _followups: Followups
    _current: EntityId | None
    _known: Known | None
    _names: Mapping[str, str] | None = None
    _replica: Replica | None = None

    @abstractmethod
    def snapshot(self) -> Snapshot:
        """The picture the screens draw."""

    @abstractmethod
    def _open(self, call_id: EntityId | None) -> None:
        """Put a call on the card."""

    @abstractmethod
    def _read_all(self) -> None:
        """Read this seat's calls and what it owes anew."""

    @property
    def replica(self) -> Replica:
        """The store as the exchange with a server sees it."""
        if self._replica is None:
            from agentdesk.store.replica import Replica

            self._replica = Replica(self._store)
        return self._replica

    @property
    def names(self) -> Mapping[str, str]:
        """Work number to name, of everybody the server told of."""
        if self._names is None:
            found = self._store.entities("person")
            self._names = {str(key): str(state.value("name") or "") for key, state in found}
        return self._names

    def take_help(self, escalation_id: EntityId) -> Outcome:
        """A leader takes a colleague's call for help."""
        item = next((x for x in self._followups.escalations() if x.id == escalation_id), None)
        if item is None:
            return Outcome(self.snapshot(), (), Refused("refused.escalation_withdrawn"))
        no, name = self._profile.agent_no, self._profile.agent_name
        decision = take_escalation(item, no, f"{no} {name}".strip(), self._clock())
        if not isinstance(decision, tuple):
            return Outcome(self.snapshot(), (), decision)
        events = self._commit(decision)
        return Outcome(self.snapshot(), events)

    def arrived(self, touched: Iterable[tuple[str, EntityId]]) -> Arrived:
        """What came from the server, or was confirmed by it, is known to the desk from now on.

        Args:
            touched: entity and id of everything whose state may have changed.
        """
        from agentdesk.desk.remote_views import Arrived

        tickets: set[EntityId] = set()
        calls = False
        for entity, entity_id in dict.fromkeys(touched):
            if entity == "call":
                calls = True
                self._calls.refresh(entity_id)
            elif entity == "ticket":
                tickets.add(entity_id)
            elif entity == "person":
                self._names = None
            elif entity in ("promise", "callback", "escalation"):
                self._followups.refresh(entity, entity_id)
        if calls:
            self._look_again()
        if tickets and "tickets" in self.__dict__:  # made only when somebody went there
            self.tickets.arrived(tickets)
        return Arrived(self.snapshot(), frozenset(tickets), calls)

    def reload(self) -> Arrived:
        """Everything may have changed: a snapshot was installed, or the past was put right."""
        from agentdesk.desk.remote_views import Arrived

        self._names = None
        self._read_all()
        self._look_again()
        if "tickets" in self.__dict__:
            self.tickets.forget()
        return Arrived(self.snapshot(), calls=True)

    def _look_again(self) -> None:
        """The card's call may be over, and more may be known of its customer."""
        call = self._calls.get(self._current)
        if call is not None:
            self._known = recognise(self._store, call)
        elif self._current is not None:
            self._open(None)

    def transfers(self, limit: int = SHOWN) -> Transfers:
        """What waits to be sent, the oldest first, and what was not accepted, the newest first."""
        from agentdesk.desk.remote_views import Held, Transfers
        from agentdesk.wire import body_of

        replica = self.replica
        pending = replica.pending()
        waiting = [
            Held(
                wall(Stamp(event.hlc)),
                event.kind,
                event.entity,
                EntityId(event.entity_id),
                event.actor,
                body_of(event.body),
            )
            for event in replica.outbox(limit, _MOST_BYTES).events
        ]
        refused = [
            Held(
                wall(found.stamp),
                found.kind,
                found.entity,
                found.entity_id,
                found.actor,
                found.body,
                found.verdict or found.reason,
                found.reason,
            )
            for found in replica.not_accepted(limit)
        ]
        return Transfers(
            tuple(waiting),
            pending.count,
            tuple(refused),
            pending.not_accepted,
            len(self._store.parked()),
        )
