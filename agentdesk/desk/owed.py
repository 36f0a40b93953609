"""What is owed to customers: promises and callbacks, kept or called back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from msgspec.structs import replace

from agentdesk.desk.calls import Calls
from agentdesk.desk.followups import Followups
from agentdesk.desk.snapshot import Outcome, Snapshot
from agentdesk.domain.call import commands as c
from agentdesk.domain.events import Draft, EntityId, Event
from agentdesk.domain.moments import to_ms
from agentdesk.store.store import Store


class WithOwed:
    """A desk that owes callbacks; the attributes are the desk's."""

    _store: Store
    _clock: Callable[[], datetime]
    _calls: Calls
    _followups: Followups
    snapshot: Callable[[], Snapshot]
    act: Callable[[c.Command], Outcome]
    answer_or_new: Callable[..., Outcome]
    _commit: Callable[[tuple[Draft, ...]], tuple[Event, ...]]
    _entity_id: Callable[[], EntityId]

    def settle(self, entity: str, entity_id: EntityId) -> Outcome:
        """A promise or callback was kept; only this explicit act ends it.

        One that is not open (settled already, or not known) is left as it is.
        """
        if not self._followups.is_open(entity, entity_id):
            return Outcome(self.snapshot())
        at = to_ms(self._clock())
        body = {"at": at, "set": {"state": "done", "done_at": at}}
        events = self._commit((Draft(f"{entity}.set", entity, entity_id, body),))
        return Outcome(self.snapshot(), events)

    def call_back(
        self, entity: str, entity_id: EntityId, values: Mapping[str, str] | None = None
    ) -> Outcome:
        """Open an outbound card to whom a promise or callback (``entity``) is owed."""
        root = self._store.state(entity, entity_id).first(f"{entity}.made")
        call_id = EntityId(str(root.body.get("call", ""))) if root else EntityId("")
        call = self._calls.read(call_id)
        offer = c.Offer(self._entity_id(), direction="outbound", about=call_id, owed=entity)
        if call is None:
            return self.answer_or_new(values, offer=offer)
        name = call.customer or call.name
        offer = replace(offer, number=call.number, name=name, queue=call.queue)
        outcome = self.answer_or_new(values, offer=offer)
        if outcome.problem is None and (matter := call.values.get("matter")):
            told = self.act(c.SetFields({"matter": matter}))  # what the greeting names
            return replace(told, events=(*outcome.events, *told.events))
        return outcome
