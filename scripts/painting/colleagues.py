"""A server and colleagues for the pictures: what a seat has heard of before it is painted.

The screens are those of a seat that is signed in; nothing listens and nothing is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from random import Random

from textual.pilot import Pilot

from agentdesk.desk.demo import MovingClock
from agentdesk.desk.desk import Desk
from agentdesk.desk.remote_views import Transfers
from agentdesk.domain.call import commands as c
from agentdesk.domain.events import Draft, EntityId, Event
from agentdesk.domain.ids import Ids
from agentdesk.domain.moments import to_ms
from agentdesk.domain.phone import PhoneEvent
from agentdesk.domain.ticket import commands as t
from agentdesk.store import Store
from agentdesk.store.rows import TicketFilter
from agentdesk.sync.status import Reason, State, Status
from agentdesk.tui.app import ConsoleApp
from tests.seat_kit import Site, to_send

SERVER = "https://desk.example.com  hq  s1"
OFFLINE_SECONDS = 4 * 60

PEOPLE = (
    ("8020", "张强", "agent"),
    ("8026", "赵敏", "agent"),
    ("8031", "李娜", "agent"),
    ("9001", "王芳", "leader"),
    ("9002", "孙浩", "leader"),
)
"""Work number, name and role of the colleagues; all made up."""

_ASKING = (
    (410, "8026", "hostile", "team_leader", "客户等了两天还没有派送，请与我一起安抚"),
    (95, "8020", "cannot_calm", "supervisor", "客户要求赔偿三倍运费，请示能否先答应退运费"),
    (42, "8026", "hard_question", "team_leader", "客户问国际件清关要哪些单证，请指导我答复"),
)
_EMERGENCY = "客户说半小时内到网点，情绪激动；已请网点留人，请主管立即联系客户，号码在本单"


class Colleagues:
    """Other seats of the site the painted desk belongs to."""

    def __init__(self, desk: Desk, clock: MovingClock) -> None:
        ids = Ids(lambda: to_ms(clock()), Random(77).getrandbits)
        self._desk, self._clock, self._site = desk, clock, Site()
        self._store = Store.open(Path(":memory:"), clock=clock, new_id=ids)
        desk.shared = True
        now = clock()
        clock.after(-24 * 3600)  # stamps never go back: what comes later is told later
        for number, name, role in PEOPLE:
            values = {"name": name, "role": role, "team": "A", "active": True}
            self.act("9001", "person.set", number, set=values)
        clock.to(now)

    def act(self, actor: str, kind: str, entity_id: str, **body: object) -> None:
        """One of them acts, and the desk hears of it."""
        entity = kind.partition(".")[0]
        draft = Draft(kind, entity, EntityId(entity_id), {"at": to_ms(self._clock()), **body})
        self.hear(self._store.commit((draft,), actor=actor))

    def hear(self, events: Iterable[Event], verdict: str = "ok", reason: str = "") -> None:
        """The server tells the desk what has become of events."""
        replica, after = self._desk.replica, self._site.cursor
        applied = replica.apply(self._site.take(events, verdict, reason), after)
        if applied.behind:
            raise RuntimeError("the desk has missed something")
        self._desk.arrived(applied.entities)

    def answer_for(self, verdict: str = "ok", reason: str = "") -> None:
        """The server answers for everything the desk has to send."""
        self.hear(to_send(self._desk), verdict, reason)


# ------------------------------------------------------------- what the desk has seen


def signed_in(desk: Desk, clock: MovingClock) -> Colleagues:
    """Everything so far was sent and accepted."""
    colleagues = Colleagues(desk, clock)
    colleagues.answer_for()
    return colleagues


def well(desk: Desk, clock: MovingClock) -> None:
    """Nothing waits, nothing was refused, nobody calls for help."""
    signed_in(desk, clock)


def need_help(desk: Desk, clock: MovingClock) -> None:
    """Three agents call for help, one of them in an emergency; one was helped already."""
    for ringing in desk.snapshot().ringing:
        desk.phone(PhoneEvent("ended", ringing.external_id, ringing.source))
    colleagues = signed_in(desk, clock)
    now = clock()
    for number, (ago, actor, reason, level, proposal) in enumerate(_ASKING):
        clock.to(now)
        clock.after(-ago)
        entity = f"{number:031x}e"
        body = {"call": f"{number:031x}c", "reason": reason, "level": level, "proposal": proposal}
        colleagues.act(actor, "escalation.raised", entity, **body)
        if number == 0:
            clock.after(26)
            colleagues.act("9001", "escalation.taken", entity, by="9001 王芳")
            colleagues.act("9002", "escalation.taken", entity, by="9002 孙浩")
    clock.to(now)
    clock.after(-12)
    body = {"call": "f" * 32, "reason": "complaint_manager", "level": "supervisor"}
    body["proposal"] = _EMERGENCY
    colleagues.act("8031", "escalation.raised", f"{9:032x}", emergency=True, **body)
    clock.to(now)


def cut_off(desk: Desk, clock: MovingClock) -> None:
    """Two acts on an order came too late; since the line broke a whole call was served."""
    colleagues = signed_in(desk, clock)
    order = next(
        row
        for row in desk.tickets.board(TicketFilter(owner="8012"), 0, 50).rows
        if row.department and row.summary
    )
    clock.after(3 * 60)
    nudge = t.Nudge(order.department, "客户第二次来电，请今天内答复")
    _done(desk.tickets.act(order.id, nudge).problem)
    clock.after(95)
    wish = t.SetFields({"content": "客户希望晚上七点以后联系，白天不方便接听"})
    _done(desk.tickets.act(order.id, wish).problem)
    colleagues.answer_for("forbidden_now", "not_own")
    clock.after(11 * 60)
    desk.phone(PhoneEvent("offered", "shot", "shots", number="14000007316", name="韩先生"))
    clock.after(4)
    _done(desk.answer_or_new().problem)
    clock.after(50)
    card = {"surname": "韩", "title": "先生", "note": "客户询问套餐生效时间，已说明"}
    _done(desk.act(c.SetFields(card)).problem)
    clock.after(40)
    _done(desk.act(c.End("customer")).problem)
    _done(desk.act(c.Close("informed")).problem)
    clock.after(120)


def _done(problem: object) -> None:
    if problem is not None:
        raise RuntimeError(f"the desk does not do this: {problem}")


# ---------------------------------------------------------------------------- scenes


async def until(pilot: Pilot[None], reached: Callable[[], bool]) -> None:
    """Until the console has done something of its own accord."""
    for _ in range(200):
        if reached():
            return
        await pilot.pause(0.02)
    raise RuntimeError("it did not happen")


def _at(app: ConsoleApp, seconds: float = 0) -> int:
    """So long ago, in milliseconds."""
    return to_ms(app.clock()) - round(seconds * 1000)


def _console(pilot: Pilot[None]) -> ConsoleApp:
    assert isinstance(pilot.app, ConsoleApp)
    return pilot.app


async def _signed_in(pilot: Pilot[None], *, lead: bool) -> None:
    """The exchange runs, and whatever arrives does so at once."""
    app = _console(pilot)
    now = _at(app)
    app.take_status(
        Status(State.SYNCED, now, contact=now, streaming=True), server=SERVER, lead=lead
    )
    await pilot.pause()


async def _cut_off(pilot: Pilot[None]) -> None:
    """Nobody answers, and the figures are the desk's own."""
    app = _console(pilot)
    found: list[Transfers] = []
    app.port.run(lambda desk: desk.transfers(), found.append)
    await until(pilot, lambda: bool(found))
    gone = _at(app, OFFLINE_SECONDS)
    status = Status(
        State.OFFLINE,
        gone,
        waiting=found[0].waiting_count,
        contact=gone,
        reasons=(Reason("network"),),
        not_accepted=found[0].refused_count,
    )
    app.take_status(status, server=SERVER, lead=False)
    app.clear_notifications()
    app._hush_all()
    await pilot.pause()


async def help_call(pilot: Pilot[None]) -> None:
    """A leader in the middle of a call: the emergency stands in the banner's row."""
    await _signed_in(pilot, lead=True)


async def help_calls(pilot: Pilot[None]) -> None:
    """Ctrl+F7: the emergency first, then those who wait longest, what is over dimmed."""
    await _signed_in(pilot, lead=True)
    await pilot.press("ctrl+f7")


async def helped(pilot: Pilot[None]) -> None:
    """The one that is over: who took it, and who came second."""
    await help_calls(pilot)
    await pilot.pause()
    await pilot.press("end")


async def sync(pilot: Pilot[None]) -> None:
    """Ctrl+F6 without a connection: what was refused and why, then what waits."""
    await _cut_off(pilot)
    await pilot.press("ctrl+f6")


async def sync_well(pilot: Pilot[None]) -> None:
    """Ctrl+F6 with nothing to say."""
    await _signed_in(pilot, lead=False)
    await pilot.press("ctrl+f6")


async def sync_local(pilot: Pilot[None]) -> None:
    """Ctrl+F6 at a seat without a server."""
    await pilot.press("ctrl+f6")
