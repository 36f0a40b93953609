"""The desk: one seat's use cases over one store.

Every method runs on the desk's own thread (see :mod:`agentdesk.desk.worker`) and returns
immutable values. An act is: load, decide (pure), one store transaction, a new snapshot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta, tzinfo
from types import MappingProxyType

from msgspec.structs import replace

from agentdesk.desk.calls import Calls
from agentdesk.desk.followups import Followups
from agentdesk.desk.in_force import InForce
from agentdesk.desk.intake import cleaned, tidy
from agentdesk.desk.owed import WithOwed
from agentdesk.desk.recognise import recognise
from agentdesk.desk.seat import read_profile, write_profile
from agentdesk.desk.snapshot import (
    Day,
    Known,
    Moment,
    Outcome,
    Profile,
    Snapshot,
    TypingState,
)
from agentdesk.desk.timeline import timeline
from agentdesk.desk.with_server import WithServer
from agentdesk.desk.with_tickets import SettingsOf
from agentdesk.domain.calendar_cn import SHIPPED, China
from agentdesk.domain.call import commands as c
from agentdesk.domain.call.decide import Context, decide
from agentdesk.domain.call.state import Call, Phase
from agentdesk.domain.call.taken import taken_over
from agentdesk.domain.events import Draft, EntityId, Event, EventId
from agentdesk.domain.pack import Pack
from agentdesk.domain.phone import PhoneEvent, react
from agentdesk.domain.text import clean
from agentdesk.store.call_packs import recorded_packs
from agentdesk.store.rows import CallRow, Typing
from agentdesk.store.store import Store

_CURRENT = "current_call"


class Desk(WithServer, WithOwed):
    """Use cases of one seat.

    Args:
        store: the open store.
        find_pack: gives a pack by id; never fails for a shipped id.
        clock: the present instant, aware.
        new_id: a fresh UUIDv7.
        zone: zone of the centre; a day begins at its midnight.
        defaults: profile values used until something was chosen.
        given: profile values of the configuration, which win over what is remembered.
        queues: queue name to pack id, for queues with a standard of their own.
        china: the public calendar, for the greetings of holidays and make-up workdays.
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
        queues: Mapping[str, str] = MappingProxyType({}),
        settings: SettingsOf | None = None,
        china: China = SHIPPED,
    ) -> None:
        self._store = store
        self._find_pack = find_pack
        self._clock = clock
        self._new_id = new_id
        self._zone = zone
        self._settings = settings
        self._china = china
        self._defaults = defaults
        self._given = given
        self._calls = Calls(store)
        self._followups = Followups(store)
        self._current: EntityId | None = None
        self._known: Known | None = None
        self._profile = read_profile(self._store, self._defaults, self._given)
        self._in_force = InForce(find_pack, queues, self._profile.pack)
        self._ended: dict[EntityId, str] = {}
        self._load()

    # ------------------------------------------------------------------ reading

    def _read_all(self) -> None:
        self._calls.load(self._clock())
        self._followups.load(self.day_start(), (call.id for call in self._calls.open()))

    def _load(self) -> None:
        self._read_all()
        held = EntityId(self._store.setting(_CURRENT) or "")
        if self._calls.get(held) is not None:
            self._open(held)
        elif newest := self._calls.newest_card():
            self._open(newest)

    def day_start(self) -> datetime:
        """Midnight of today in the centre's zone."""
        now = self._clock().astimezone(self._zone)
        return now.replace(hour=0, minute=0, second=0, microsecond=0)

    def snapshot(self) -> Snapshot:
        """The picture the screens draw."""
        call = self._calls.get(self._current)
        others = [item for item in self._calls.open() if item.id != self._current]
        pack = self._in_force.of(call)
        promises = self._followups.promises()
        listed = {*self._calls.ids(), *(item.call_id for item in promises)}
        if self._known is not None:
            listed.add(self._known.last_id)
        return Snapshot(
            profile=self._profile,
            pack=pack,
            checker=self._in_force.checker(pack),
            call=call,
            ringing=tuple(item for item in others if item.phase is Phase.OFFERED),
            waiting=tuple(item for item in others if item.phase is not Phase.OFFERED),
            promises=promises,
            callbacks=self._followups.callbacks(),
            escalations=self._followups.escalations(),
            incomplete=self._calls.incomplete(),
            known=self._known,
            typing=self._typing(call),
            packs=self._packs_of(listed, pack),
            names=self.names,
            shared=self.shared,
            china=self._china,
        )

    def _packs_of(self, call_ids: Iterable[EntityId], but: Pack) -> dict[EntityId, Pack]:
        """The standards of calls that have another one."""
        wanted = dict.fromkeys(call_ids)
        over = [each for each in wanted if not self._calls.get(each) and each not in self._ended]
        if over:  # a call that is over keeps its standard
            self._ended |= dict.fromkeys(over, "") | recorded_packs(self._store, over)
        found = ((call_id, self._pack_of(call_id)) for call_id in wanted)
        return {call_id: pack for call_id, pack in found if pack is not but}

    def _pack_of(self, call_id: EntityId) -> Pack:
        call = self._calls.get(call_id)
        if call is not None:
            return self._in_force.of(call)
        return self._in_force.recorded(self._ended.get(call_id, ""))

    def _typing(self, call: Call | None) -> TypingState | None:
        held = self._store.typing(call.id) if call else None
        if held is None:
            return None
        return TypingState(held.values, held.focus, held.cursor, held.saved_at)

    def today(self) -> tuple[CallRow, ...]:
        """Today's calls of this seat, newest first."""
        start = self.day_start()
        return tuple(self._store.calls_between(start, start + timedelta(days=1), own=True))

    def day(self) -> Day:
        """Today's calls with the standard of each."""
        calls, seat = self.today(), self._in_force.seat
        return Day(calls, self._packs_of((row.id for row in calls), seat), seat)

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
        return self._act(self._calls.get(self._current), command, values)

    def _talks_elsewhere(self) -> bool:
        """One customer at a time: another call than the card's is on the line."""
        others = (call for call in self._calls.open() if call.id != self._current)
        return any(call.phase is Phase.TALKING for call in others)

    def _act(
        self, call: Call | None, command: c.Command, values: Mapping[str, str] | None = None
    ) -> Outcome:
        command = cleaned(command)
        typed: tuple[Draft, ...] = ()
        context = self._context(call, command)
        if call is not None and values:
            kept = tidy(values)
            decided = decide(call, c.SetFields(kept), context)
            typed = decided if isinstance(decided, tuple) else ()
            kept = {**call.values, **kept}
            kept |= taken_over(kept, kept.get("number") or call.number, context.pack)
            call = replace(call, values=kept)
        if call is not None and isinstance(command, c.Close):
            checker = self._in_force.checker(context.pack)
            context = replace(context, standing=checker.standing(call.values, call.kept))
        decision = decide(call, command, context)
        if not isinstance(decision, tuple):
            return Outcome(self.snapshot(), (), decision)
        number = call.number if call else ""
        events = self._commit((*typed, *decision))
        self._meet(call.id if call else None, number)
        return Outcome(self.snapshot(), events)

    def _meet(self, call_id: EntityId | None, number: str) -> None:
        """A number that became known on the card tells who the customer is."""
        call = self._calls.get(call_id)
        if call is not None and call_id == self._current and call.number != number:
            self._known = recognise(self._store, call)
            self._prefill()

    def _context(self, call: Call | None, command: c.Command) -> Context:
        mine = tuple(
            item for item in self._followups.escalations() if call and item.call_id == call.id
        )
        pack = self._in_force.of(call)
        if isinstance(command, c.Offer):  # a call back belongs to the call it comes back to
            about = EntityId(command.about)
            pack = self._in_force.of_queue(command.queue)
            if about:
                pack = self._packs_of((about,), pack).get(about, pack)
        return Context(self._clock(), pack, self._entity_id, mine)

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
                self._calls.refresh(entity_id)
            elif entity != "seat":
                self._followups.refresh(entity, entity_id)
        if self._current is not None and (
            self._current in done or self._calls.get(self._current) is None
        ):
            self._open(None)
        self.committed()
        return events

    # ------------------------------------------------------------ cards and rings

    def _open(self, call_id: EntityId | None) -> None:
        self._current = call_id
        self._store.set_setting(_CURRENT, call_id or "")
        call = self._calls.get(call_id)
        self._known = recognise(self._store, call) if call else None

    def open_card(self, call_id: EntityId) -> Outcome:
        """Put another open or incomplete call on the card."""
        if self._calls.get(call_id) is None:
            self._calls.refresh(call_id)
        if self._calls.get(call_id) is not None:
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
        offer: c.Offer | None = None,
    ) -> Outcome:
        """F2: take the oldest ringing call, or open a card by hand.

        What stands on the present card is stored first. With ``offer`` it is that call that
        is opened, whatever rings.
        """
        present = self._calls.get(self._current)
        if present is not None and present.phase is Phase.TALKING:
            return Outcome(self.snapshot(), (), c.Refused("refused.busy"))
        if present is not None and values:
            self.act(c.SetFields(values))
        ringing = self.snapshot().ringing
        if present is not None and present.phase is Phase.OFFERED:
            ringing = (present,)
        if ringing and offer is None:
            outcome = self._act(ringing[0], c.Answer())
            target = ringing[0].id
        else:
            offer = offer or c.Offer(self._entity_id())
            target = offer.call_id
            outcome = self._act(None, offer)
        if outcome.problem is not None:
            return outcome
        self._open(target)
        self._prefill()
        return Outcome(self.snapshot(), outcome.events)

    def _prefill(self) -> None:
        """Name and title of a customer known by the exact number."""
        known, call = self._known, self._calls.get(self._current)
        if known is None or call is None or not known.exact or call.values.get("surname"):
            return
        title = known.title if known.title in self._in_force.of(call).titles else ""
        values = {"surname": known.surname, "title": title}
        self._act(call, c.SetFields({k: v for k, v in values.items() if v}))

    def phone(self, event: PhoneEvent) -> Outcome:
        """A telephone reported something; a problem when it is the end of a call nobody knows."""
        known = self._calls.told_of(event)
        if known is None and self._calls.is_over(event, self._clock()):
            return Outcome(self.snapshot())
        if known is None and event.kind == "ended":
            return Outcome(self.snapshot(), problem=c.Refused("refused.unknown_call"))
        events: tuple[Event, ...] = ()
        call = known
        for command in react(event, known, self._entity_id):
            outcome = self._act(call, command)
            events += outcome.events
            call_id = command.call_id if isinstance(command, c.Offer) else call and call.id
            call = self._calls.get(call_id or None)
        answered = call is not None and event.kind == "answered"
        if answered and call is not None and self._current is None:
            self._open(call.id)
        return Outcome(self.snapshot(), events)

    def expire(self) -> Outcome:
        """Ringing calls without news become missed calls with a callback."""
        events: tuple[Event, ...] = ()
        for call in self._calls.stale(self._clock()):
            events += self._act(call, c.Miss("stale")).events
        return Outcome(self.snapshot(), events)

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
        self._in_force.take(self._profile.pack)
        return Outcome(self.snapshot(), events)

    def close(self) -> None:
        """Close the store."""
        self._store.close()
