"""A busy shift of made-up calls, told to the desk as if it had happened.

Everything goes through :class:`~agentdesk.desk.desk.Desk`, so the demo shows nothing the
console could not have recorded itself.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from random import Random

from agentdesk.desk.demo_calls import DAY, NOW, RINGING, Story
from agentdesk.desk.desk import Desk
from agentdesk.desk.snapshot import Outcome, Profile
from agentdesk.domain.calendar_cn import holiday_name
from agentdesk.domain.call import commands as c
from agentdesk.domain.ids import Ids
from agentdesk.domain.moments import to_ms
from agentdesk.domain.pack import Line, Pack
from agentdesk.domain.phone import PhoneEvent, PhoneKind
from agentdesk.domain.phrases import polite_count
from agentdesk.domain.scripts import daypart_word, fill, select, situation
from agentdesk.store.store import Store

SEED = 8012
"""Seed used when none is asked for."""

COMPANY = "示例速运"
"""A name no company has: it says itself that it is an example."""

PACK = "F6"


def profile(language: str = "zh-CN", theme: str = "") -> Profile:
    """Who sits at the demo's seat."""
    return Profile("8012", "李敏", COMPANY, PACK, language, theme)


class MovingClock:
    """A clock that stands until it is moved.

    Args:
        now: where it stands; aware.
    """

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """Where it stands."""
        return self.now

    def to(self, moment: datetime) -> None:
        """Put it to ``moment``."""
        self.now = moment

    def after(self, seconds: float) -> None:
        """Move it on."""
        self.now += timedelta(seconds=seconds)


def open_desk(
    path: Path,
    find_pack: Callable[[str], Pack],
    clock: Callable[[], datetime],
    *,
    zone: tzinfo,
    seed: int = SEED,
) -> Desk:
    """A desk over a new store whose ids follow from ``seed`` and ``clock`` alone.

    Args:
        path: file of the store, or ``Path(":memory:")``.
        find_pack: gives a pack by id; it must know F6.
    """
    ids = Ids(lambda: to_ms(clock()), Random(seed).getrandbits)
    store = Store.open(path, clock=clock, new_id=ids)
    return Desk(store, find_pack, clock=clock, new_id=ids, zone=zone, defaults=profile())


def seed(desk: Desk, clock: MovingClock, *, seed: int = SEED, seat: Profile | None = None) -> None:
    """Live through the made-up shift; afterwards the clock stands where it stood.

    Args:
        desk: over an empty store, running on ``clock``.
        clock: its present instant is the demo's now, in the centre's zone.
        seed: which numbers, rings and pauses; the stories stay the same.
        seat: who sits there; :func:`profile` if not given.
    """
    now = clock()
    clock.to(now - timedelta(minutes=DAY[0].ago + 5))
    _Shift(desk, clock, now, Random(seed)).live(seat or profile())
    clock.to(now)


def _done(outcome: Outcome) -> Outcome:
    """An act of the demo that the desk refuses is a mistake in the stories."""
    if outcome.problem is not None:
        raise RuntimeError(f"the demo cannot do this: {outcome.problem}")
    return outcome


class _Shift:
    """Tells the stories, one after another."""

    def __init__(self, desk: Desk, clock: MovingClock, now: datetime, random: Random) -> None:
        self._desk, self._clock, self._now, self._random = desk, clock, now, random
        self._numbers: dict[str, str] = {}
        self._calls = 0

    def live(self, seat: Profile) -> None:
        _done(self._desk.set_profile(seat))
        for story in DAY:
            self._begin(story)
            if story.missed:
                self._clock.after(story.ring)
                self._phone("ended", story)
            else:
                self._serve(story)
        self._begin(NOW)
        self._take(NOW)
        self._talk(NOW)
        self._begin(RINGING)
        self._phone("offered", RINGING)

    def _begin(self, story: Story) -> None:
        moment = self._now - timedelta(minutes=story.ago)
        if moment < self._clock():
            raise RuntimeError(f"the demo is still busy {story.ago} minutes ago")
        self._clock.to(moment)
        self._calls += 1
        if story.direction == "inbound" and story is not RINGING:
            self._phone("offered", story)

    def _number(self, who: str) -> str:
        if who not in self._numbers:
            taken = set(self._numbers.values())
            while (number := f"1400000{self._random.randrange(1000, 10000)}") in taken:
                pass
            self._numbers[who] = number
        return self._numbers[who]

    def _phone(self, kind: PhoneKind, story: Story) -> None:
        number = self._number(story.who)
        event = PhoneEvent(
            kind,
            f"demo-{self._calls}",
            "demo",
            story.direction,
            "" if story.hidden else number,
            story.who,
            by="customer",
        )
        _done(self._desk.phone(event))

    def _serve(self, story: Story) -> None:
        """One call from answer to close."""
        self._take(story)
        self._talk(story)
        if story.promise is not None:
            promise = c.Promise(self._desk.new_id(), story.promise, story.who)
            _done(self._desk.act(promise))
        if story.escalate is not None:
            self._escalate(*story.escalate)
        self._say_moment("anything_else", story)
        self._clock.after(4)
        self._say_moment("closing", story)
        self._clock.after(3)
        if story.direction == "inbound":
            self._phone("ended", story)
        else:
            _done(self._desk.act(c.End("customer")))
        self._clock.after(self._random.randrange(8, 25))
        _done(self._desk.act(c.Close(story.disposition)))
        self._settle(story)

    def _take(self, story: Story) -> None:
        if story.direction == "inbound":
            self._clock.after(story.ring + self._random.random())
            _done(self._desk.answer_or_new())
        else:
            number = self._number(story.who)
            offer = c.Offer(self._desk.new_id(), number, story.who, "outbound")
            _done(self._desk.answer_or_new(offer=offer))
        self._clock.after(1)
        if story.direction == "outbound":
            self._record(story)  # the agent knows whom they call
        self._say_moment("opening", story)

    def _talk(self, story: Story) -> None:
        step = story.seconds / (len(story.lines) + 3) * self._random.uniform(0.7, 1.0)
        self._clock.after(step)
        if story.direction == "inbound":
            self._say("ask-surname", story)
            self._clock.after(step / 2)
            self._record(story)
        if story.hold:
            self._hold(story)
        for line_id in story.lines:
            self._clock.after(step)
            self._say(line_id, story)
        self._clock.after(step / 2)

    def _record(self, story: Story) -> None:
        values = {
            "surname": story.who[0],
            "title": story.who[1:],
            "category": story.category,
            "note": story.note,
            **story.fields,
        }
        _done(self._desk.act(c.SetFields({name: text for name, text in values.items() if text})))

    def _hold(self, story: Story) -> None:
        self._say("hold-query", story)
        self._clock.after(4)
        _done(self._desk.act(c.Hold()))
        self._clock.after(self._random.randrange(20, 50))
        _done(self._desk.act(c.Resume()))
        self._say("hold-return", story)

    def _escalate(self, reason_key: str, proposal: str) -> None:
        pack = self._desk.snapshot().pack
        reason = next(item for item in pack.reasons if item.key == reason_key)
        escalation = c.Escalate(self._desk.new_id(), reason.key, reason.level, proposal)
        _done(self._desk.act(escalation))

    def _settle(self, story: Story) -> None:
        """The follow-up this call was made for is done."""
        if not story.settles:
            return
        snapshot = self._desk.snapshot()
        open_ones = snapshot.promises if story.settles == "promise" else snapshot.callbacks
        _done(self._desk.settle(story.settles, open_ones[0].id))

    def _say_moment(self, moment: str, story: Story) -> None:
        """The first line that fits the moment."""
        now = self._clock()
        snapshot = self._desk.snapshot()
        held = situation(
            now,
            story.direction,
            holiday=holiday_name(now.date()),
            late=story.ring >= 15,
            promised=story.promise is not None or story.settles == "promise",
        )
        line = next(iter(select(snapshot.pack.lines, moment, held)), None)
        if line is not None:
            self._speak(line, story)
            if line.then is not None and story.direction == "outbound":
                self._clock.after(4)
                self._say(line.then, story)

    def _say(self, line_id: str, story: Story) -> None:
        line = self._desk.snapshot().pack.line(line_id)
        if line is None:
            raise RuntimeError(f"the demo says a line the pack does not have: {line_id}")
        self._speak(line, story)

    def _speak(self, line: Line, story: Story) -> None:
        snapshot = self._desk.snapshot()
        customer = snapshot.call.customer if snapshot.call is not None else ""
        slots = {
            "company": snapshot.profile.company,
            "agent_no": snapshot.profile.agent_no,
            "agent_name": snapshot.profile.agent_name,
            "customer": customer,
            "daypart": daypart_word(self._clock()),
            "holiday": holiday_name(self._clock().date()) or "",
            "matter": "快件的情况",
            "minutes": str(story.promise or line.minutes or snapshot.pack.callback_minutes),
            **story.fields,
        }
        text = fill(line.text, slots, lambda slot: "").text
        words = [word for item in snapshot.pack.requirements for word in item.words]
        names = text.count(customer) if customer else 0
        _done(self._desk.act(c.Say(line.id, text, names, polite_count(text, words))))
