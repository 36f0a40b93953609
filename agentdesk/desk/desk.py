"""The desk: one seat's use cases over one store.

Every method runs on the desk's own thread (see :mod:`agentdesk.desk.worker`) and returns
immutable values. An act is: load, decide (pure), one store transaction, a new snapshot.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo

from agentdesk.desk.followups import Followups
from agentdesk.desk.intake import cleaned, tidy
from agentdesk.desk.recognise import recognise
from agentdesk.desk.seat import read_profile, write_profile
from agentdesk.desk.snapshot import Known, Moment, Outcome, Profile, Snapshot, TypingState
from agentdesk.desk.timeline import timeline
from agentdesk.domain.call import commands as c
from agentdesk.domain.call.decide import Context, decide
from agentdesk.domain.call.state import Call, Phase, read_call
from agentdesk.domain.events import Draft, EntityId, Event, EventId
from agentdesk.domain.moments import to_ms
from agentdesk.domain.pack import Pack
from agentdesk.domain.phone import LATE_NEWS, PhoneEvent, react, stale
from agentdesk.domain.phrases import PhraseBook
from agentdesk.domain.text import clean
from agentdesk.store.rows import CallRow, Typing
from agentdesk.store.store import Store

_CURRENT = "current_call"


class Desk:
    """Use cases of one seat.

    Args:
        store: the open store.
        find_pack: gives a pack by id; never fails for a shipped id.
        clock: the present instant, aware.
        new_id: a fresh UUIDv7.
        zone: zone of the centre; a day begins at its midnight.
        defaults: profile values used until something was chosen.
        given: profile values of the configuration, which win over what is remembered.
    """

    def __init__(
        self,
        store: Store,
        find_pack: Callable[[str], Pack],
        *,
        clock: Callable[[], datetime],
        new_id: Callable[[], EventId],
        zone: tzinfo,
        defaults: Profile,
        given: Profile = Profile(),  # noqa: B008  (frozen)
    ) -> None:
        self._store = store
        self._find_pack = find_pack
        self._clock = clock
        self._new_id = new_id
        self._zone = zone
        self._defaults = defaults
        self._given = given
        self._calls: dict[EntityId, Call] = {}
        self._incomplete: dict[EntityId, Call] = {}
        self._over: dict[tuple[str, str], datetime] = {}
        self._followups = Followups(store)
        self._current: EntityId | None = None
        self._known: Known | None = None
        self._profile = read_profile(self._store, self._defaults, self._given)
        self._pack = find_pack(self._profile.pack)
        self._book = PhraseBook(self._pack.phrases)
        self._load()

    # ------------------------------------------------------------------ reading

    def _load(self) -> None:
        for call_id, state in self._store.open_calls():
            self._keep(call_id, read_call(call_id, state))
        for call_id, state in self._store.incomplete_calls():
            self._keep(call_id, read_call(call_id, state))
        self._recall_ended()
        self._followups.load(self.day_start(), self._calls)
        held = self._store.setting(_CURRENT) or ""
        if self._get(EntityId(held)) is not None:
            self._open(EntityId(held))
        else:
            card = [call for call in self._calls.values() if call.phase is not Phase.OFFERED]
            if card:
                self._open(max(card, key=lambda call: call.offered_at).id)

    def _recall_ended(self) -> None:
        """Calls just over, so that a delivery repeated after a restart rings no second time."""
        now = self._clock()
        oldest = to_ms(now - LATE_NEWS)
        for row in self._store.calls_between(now - timedelta(hours=12), now):
            if row.phase in ("closed", "missed") and (row.ended_at or 0) > oldest:
                self._keep(row.id, read_call(row.id, self._store.state("call", row.id)))

    def _keep(self, call_id: EntityId, call: Call | None) -> None:
        self._calls.pop(call_id, None)
        self._incomplete.pop(call_id, None)
        if call is None:
            return
        if call.phase.open:
            self._calls[call_id] = call
            return
        if call.gaps:
            self._incomplete[call_id] = call
        if call.external_id and call.ended_at is not None:
            self._over[call.source, call.external_id] = call.ended_at

    def day_start(self) -> datetime:
        """Midnight of today in the centre's zone."""
        now = self._clock().astimezone(self._zone)
        return now.replace(hour=0, minute=0, second=0, microsecond=0)

    def snapshot(self) -> Snapshot:
        """The picture the screens draw."""
        call = self._get(self._current)
        open_calls = sorted(self._calls.values(), key=lambda item: (item.offered_at, item.id))
        others = [item for item in open_calls if item.id != self._current]
        newest = sorted(self._incomplete.values(), key=lambda item: item.offered_at, reverse=True)
        return Snapshot(
            profile=self._profile,
            pack=self._pack,
            book=self._book,
            call=call,
            ringing=tuple(item for item in others if item.phase is Phase.OFFERED),
            waiting=tuple(item for item in others if item.phase is not Phase.OFFERED),
            promises=self._followups.promises(),
            callbacks=self._followups.callbacks(),
            escalations=self._followups.escalations(),
            incomplete=tuple(newest),
            known=self._known,
            typing=self._typing(call),
        )

    def _get(self, call_id: EntityId | None) -> Call | None:
        if call_id is None:
            return None
        return self._calls.get(call_id) or self._incomplete.get(call_id)

    def _typing(self, call: Call | None) -> TypingState | None:
        held = self._store.typing(call.id) if call else None
        if held is None:
            return None
        return TypingState(held.values, held.focus, held.cursor, held.saved_at)

    def today(self) -> tuple[CallRow, ...]:
        """Today's calls, newest first."""
        start = self.day_start()
        return tuple(self._store.calls_between(start, start + timedelta(days=1)))

    def timeline(self, call_id: EntityId) -> tuple[Moment, ...]:
        """What happened to one call, oldest first."""
        return timeline(self._store, call_id)

    # ------------------------------------------------------------------- acting

    def act(self, command: c.Command, values: Mapping[str, str] | None = None) -> Outcome:
        """Do ``command`` to the call on the card.

        Args:
            command: what to do.
            values: the card's fields as typed so far; stored in the same transaction.
        """
        if isinstance(command, (c.Answer, c.Resume)) and self._talks_elsewhere():
            return Outcome(self.snapshot(), (), c.Refused("refused.busy"))
        return self._act(self._get(self._current), command, values)

    def _talks_elsewhere(self) -> bool:
        """One customer at a time: another call than the card's is on the line."""
        others = (call for call in self._calls.values() if call.id != self._current)
        return any(call.phase is Phase.TALKING for call in others)

    def _act(
        self, call: Call | None, command: c.Command, values: Mapping[str, str] | None = None
    ) -> Outcome:
        command = cleaned(command)
        typed: tuple[Draft, ...] = ()
        context = self._context(call)
        if call is not None and values:
            kept = tidy(values)
            decided = decide(call, c.SetFields(kept), context)
            typed = decided if isinstance(decided, tuple) else ()
            call = replace(call, values={**call.values, **kept})
        decision = decide(call, command, context)
        if not isinstance(decision, tuple):
            return Outcome(self.snapshot(), (), decision)
        number = call.number if call else ""
        events = self._commit((*typed, *decision))
        self._meet(call.id if call else None, number)
        return Outcome(self.snapshot(), events)

    def _meet(self, call_id: EntityId | None, number: str) -> None:
        """A number that became known on the card tells who the customer is."""
        call = self._get(call_id)
        if call is not None and call_id == self._current and call.number != number:
            self._known = recognise(self._store, call)
            self._prefill()

    def _context(self, call: Call | None) -> Context:
        mine = tuple(
            item for item in self._followups.escalations() if call and item.call_id == call.id
        )
        return Context(self._clock(), self._pack, self._entity_id, mine)

    def _entity_id(self) -> EntityId:
        return EntityId(self._new_id())

    def new_id(self) -> EntityId:
        """A fresh id for a command that creates something."""
        return self._entity_id()

    def _commit(self, drafts: tuple[Draft, ...]) -> tuple[Event, ...]:
        if not drafts:
            return ()
        done = tuple(draft.entity_id for draft in drafts if draft.kind == "call.closed")
        actor = self._profile.agent_no
        events = tuple(self._store.commit(drafts, actor=actor, clear_draft=done))
        for entity, entity_id in dict.fromkeys((d.entity, d.entity_id) for d in drafts):
            if entity == "call":
                self._keep(entity_id, read_call(entity_id, self._store.state(entity, entity_id)))
            elif entity != "seat":
                self._followups.refresh(entity, entity_id)
        if self._current is not None and (
            self._current in done or self._get(self._current) is None
        ):
            self._open(None)
        return events

    # ------------------------------------------------------------ cards and rings

    def _open(self, call_id: EntityId | None) -> None:
        self._current = call_id
        self._store.set_setting(_CURRENT, call_id or "")
        call = self._get(call_id)
        self._known = recognise(self._store, call) if call else None

    def open_card(self, call_id: EntityId) -> Outcome:
        """Put another open or incomplete call on the card."""
        if self._get(call_id) is None:
            state = self._store.state("call", call_id)
            self._keep(call_id, read_call(call_id, state))
        if self._get(call_id) is not None:
            self._open(call_id)
        return Outcome(self.snapshot())

    def leave_card(self) -> Outcome:
        """Take the card off the screen; the call stays where it is."""
        self._open(None)
        return Outcome(self.snapshot())

    def answer_or_new(
        self,
        values: Mapping[str, str] | None = None,
        *,
        number: str = "",
        direction: c.Direction = "inbound",
        name: str = "",
    ) -> Outcome:
        """F2: take the oldest ringing call, or open a card by hand.

        What stands on the present card is stored first.
        """
        present = self._get(self._current)
        if present is not None and present.phase is Phase.TALKING:
            return Outcome(self.snapshot(), (), c.Refused("refused.busy"))
        if present is not None and values:
            self.act(c.SetFields(values))
        ringing = self.snapshot().ringing
        if present is not None and present.phase is Phase.OFFERED:
            ringing = (present,)
        if ringing and direction == "inbound" and not number:
            outcome = self._act(ringing[0], c.Answer())
            target = ringing[0].id
        else:
            target = self._entity_id()
            offer = c.Offer(target, number, name, direction)
            outcome = self._act(None, offer)
        if outcome.problem is not None:
            return outcome
        self._open(target)
        self._prefill()
        return Outcome(self.snapshot(), outcome.events)

    def _prefill(self) -> None:
        """Name and title of a customer known by the exact number."""
        known, call = self._known, self._get(self._current)
        if known is None or call is None or not known.exact or call.values.get("surname"):
            return
        values = {"surname": known.surname, "title": known.title}
        self._act(call, c.SetFields({k: v for k, v in values.items() if v}))

    def phone(self, event: PhoneEvent) -> Outcome:
        """A telephone reported something."""
        known = next(
            (
                call
                for call in self._calls.values()
                if call.external_id == event.external_id and call.source == event.source
            ),
            None,
        )
        oldest = self._clock() - LATE_NEWS
        self._over = {phone: ended for phone, ended in self._over.items() if ended > oldest}
        if known is None and (event.source, event.external_id) in self._over:
            return Outcome(self.snapshot())
        events: tuple[Event, ...] = ()
        call = known
        for command in react(event, known, self._entity_id):
            outcome = self._act(call, command)
            events += outcome.events
            call_id = command.call_id if isinstance(command, c.Offer) else call and call.id
            call = self._get(call_id or None)
        answered = call is not None and event.kind == "answered"
        if answered and call is not None and self._current is None:
            self._open(call.id)
        return Outcome(self.snapshot(), events)

    def expire(self) -> Outcome:
        """Ringing calls without news become missed calls with a callback."""
        now = self._clock()
        events: tuple[Event, ...] = ()
        for call in list(self._calls.values()):
            if call.source != "manual" and stale(call, now):
                events += self._act(call, c.Miss("stale")).events
        return Outcome(self.snapshot(), events)

    # -------------------------------------------------------------- follow-ups

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
        call = read_call(call_id, self._store.state("call", call_id))
        number, name = (call.number, call.customer or call.name) if call else ("", "")
        return self.answer_or_new(values, number=number, direction="outbound", name=name)

    # ------------------------------------------------------------ typing, profile

    def save_typing(
        self, call_id: EntityId, values: Mapping[str, str], focus: str, cursor: tuple[int, int]
    ) -> datetime:
        """Keep unfinished typing; answers the instant it was stored."""
        at = self._clock()
        kept = {name: clean(text, multiline=True) for name, text in values.items()}
        self._store.save_typing(Typing(call_id, kept, focus, cursor, at))
        return at

    def set_profile(self, profile: Profile) -> Outcome:
        """Store who sits here; takes effect at once.

        Raises:
            PackError: no such pack; nothing was stored, the seat stays as it was.
        """
        if pack_id := clean(profile.pack).strip():
            self._find_pack(pack_id)
        events = write_profile(self._store, profile, self._clock())
        self._profile = read_profile(self._store, self._defaults, self._given)
        self._take_pack(self._find_pack(self._profile.pack))
        return Outcome(self.snapshot(), events)

    def _take_pack(self, pack: Pack) -> None:
        if pack is not self._pack:
            self._pack, self._book = pack, PhraseBook(pack.phrases)

    def close(self) -> None:
        """Close the store."""
        self._store.close()
