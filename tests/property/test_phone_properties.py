"""Phone events of one call in any order, any number of times, end in a phase that makes sense."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count

from hypothesis import example, given
from hypothesis import strategies as st

from agentdesk.domain.call import commands as c
from agentdesk.domain.call.decide import Context, decide
from agentdesk.domain.call.state import Call, Phase, read_call
from agentdesk.domain.events import Draft, EntityId, Event, EventId, Stamp
from agentdesk.domain.fold import EntityState, join
from agentdesk.domain.pack import Pack
from agentdesk.domain.phone import PhoneEvent, PhoneKind, react
from agentdesk.standards.loader import load_shipped

PACK: Pack = load_shipped("F6")
KINDS: tuple[PhoneKind, ...] = ("offered", "answered", "held", "resumed", "ended")
SEQUENCES = st.lists(st.sampled_from(KINDS), max_size=12)


class Seat:
    """A desk of one call without a store."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
        self.call_state = EntityState()
        self.call_id: EntityId | None = None
        self.drafts: list[Draft] = []
        self._ids = count(1)

    @property
    def call(self) -> Call | None:
        return read_call(self.call_id, self.call_state) if self.call_id else None

    def _id(self) -> EntityId:
        return EntityId(f"{next(self._ids):032x}")

    def hear(self, kind: PhoneKind) -> None:
        self.now += timedelta(seconds=1)
        event = PhoneEvent(kind, "1", "push", number="13800138000")
        for command in react(event, self.call, self._id):
            if isinstance(command, c.Offer):
                self.call_id = command.call_id
            decision = decide(self.call, command, Context(self.now, PACK, self._id))
            assert isinstance(decision, tuple), f"{command} in {self.call}: {decision}"
            for draft in decision:
                self._store(draft)

    def _store(self, draft: Draft) -> None:
        self.drafts.append(draft)
        if draft.entity == "call":
            assert draft.entity_id == self.call_id
            number = next(self._ids)
            stored = Event(
                EventId(f"{number:032x}"),
                draft.kind,
                1,
                draft.entity,
                draft.entity_id,
                draft.body,
                Stamp(number),
                "8012",
                "",
                EventId(""),
            )
            join(self.call_state, stored)

    def count(self, kind: str) -> int:
        return sum(draft.kind == kind for draft in self.drafts)


def told(kinds: Sequence[PhoneKind]) -> Seat:
    seat = Seat()
    for kind in kinds:
        seat.hear(kind)
    return seat


@given(SEQUENCES)
@example(["offered", "ended", "answered", "held", "ended"])
@example(["answered", "held", "offered", "ended", "resumed"])
def test_any_sequence_ends_in_a_phase_that_makes_sense(kinds: list[PhoneKind]) -> None:
    """Once a call was heard of, its end is final, and it is one call with one outcome."""
    seat = told(kinds)
    news = kinds
    while news and news[0] == "ended":  # ends of a call nobody saw begin
        news = news[1:]
    if not news:
        assert seat.call is None
        return
    call = seat.call
    assert call is not None
    before_end = news[: news.index("ended")] if "ended" in news else news
    answered = any(kind in ("answered", "held", "resumed") for kind in before_end[:1]) or (
        "answered" in before_end
    )
    if "ended" in news:
        assert call.phase is (Phase.WRAP_UP if answered else Phase.MISSED)
        assert call.ended_at is not None
    else:
        assert call.phase in ((Phase.TALKING, Phase.HELD) if answered else (Phase.OFFERED,))
    assert seat.count("call.offered") == 1
    assert seat.count("call.answered") == answered
    assert seat.count("call.missed") + seat.count("call.ended") == ("ended" in news)


@given(SEQUENCES)
def test_missed_and_only_missed_owes_exactly_one_callback(kinds: list[PhoneKind]) -> None:
    seat = told(kinds)
    missed = seat.call is not None and seat.call.phase is Phase.MISSED
    assert seat.count("callback.made") == missed


@given(SEQUENCES, st.data())
def test_a_repeated_delivery_changes_nothing(kinds: list[PhoneKind], data: st.DataObject) -> None:
    """Each event repeated at once, as exchanges do that saw no answer in time."""
    repeats = data.draw(
        st.lists(st.integers(1, 3), min_size=len(kinds), max_size=len(kinds)), "repeats"
    )
    stuttered = [kind for kind, times in zip(kinds, repeats, strict=True) for _ in range(times)]
    once, often = told(kinds), told(stuttered)
    if any(kinds[:1] == [first] for first in ("held", "resumed")):
        # The first one only told that the call is there; the second is taken at its word.
        assert (once.call is None) == (often.call is None)
        return
    phases = [seat.call.phase if seat.call else None for seat in (once, often)]
    assert phases[0] == phases[1]
    assert once.count("callback.made") == often.count("callback.made")


@given(st.permutations(["offered", "answered", "held", "resumed", "ended"]))
def test_overtaken_events_never_leave_a_finished_call_live(order: list[PhoneKind]) -> None:
    """An end that was not the very first news always ends the call."""
    seat = told(order)
    assert seat.call is not None
    if order[0] != "ended":
        assert not seat.call.phase.live
        assert seat.call.phase is not Phase.OFFERED
