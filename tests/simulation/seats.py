"""A seat of the simulation: the real store, replica and engine, and a person who acts."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from agentdesk.domain.events import Draft, EntityId
from agentdesk.domain.ids import Ids
from agentdesk.store import Store
from agentdesk.store.installing import Snapshot
from agentdesk.store.replica import Applied, Replica
from agentdesk.sync.clock import ServerClock
from agentdesk.sync.credentials import Credentials
from agentdesk.sync.engine import Engine
from agentdesk.sync.pace import Pace
from agentdesk.wire import Token
from tests.simulation.mortal import Mortal
from tests.simulation.network import Net
from tests.simulation.reads import Reads

if TYPE_CHECKING:
    from tests.simulation.world import World

PACE = Pace(page=7, gather=0.0, poll=2.0, echo=0.0, greet=900.0)


class Crash(BaseException):
    """The console died."""


class Pieces(Replica):
    """Takes a snapshot in by pieces so small that a short history has many of them."""

    def take_snapshot(self, snapshot: Snapshot, limit: int = 2) -> Applied:
        return super().take_snapshot(snapshot, limit)


class Seat:
    """One console.

    Attributes:
        person: work number of whoever sits there.
        offset: what its wall clock is ahead, in milliseconds.
        must_hold: ids its disk must hold: acknowledged there, unless the disk was rolled back.
    """

    def __init__(
        self, world: World, name: str, person: str, *, copy_of: Seat | None = None
    ) -> None:
        self.world, self.name, self.person = world, name, person
        self.chance = Random(f"{world.seed} {name}")
        self.path = world.folder / f"{name}.db"
        self.offset = 0
        self.fragile = self._working = False
        self.must_hold: set[str] = set()
        self.saved: tuple[Path, set[str]] | None = None
        self.calls: list[EntityId] = []
        self.reads: Reads = Reads(copy_of is None or copy_of.reads.others)
        self.net = Net(world, self.chance)
        self.seat: str = copy_of.seat if copy_of is not None else name
        self.ids = Ids(self.wall, self.chance.getrandbits)
        if copy_of is not None:
            shutil.copyfile(copy_of.path, self.path)
            self.must_hold = set(copy_of.must_hold)
            self.calls = list(copy_of.calls)
        self.open()
        self.credentials = Credentials(None)
        self.join()
        self.start()

    def join(self) -> None:
        """Get tokens for what is here."""
        world = self.world
        for session in (False, True):
            secret = f"{self.path.stem}/{session}"
            world.tokens[secret] = (self.person, self.seat, self.store.install, session)
            who = (self.person, "", "agent", "A")
            token = Token(secret, world.service.site, self.seat, *who, session=session)
            self.credentials.put(token)
            self.net.token = secret

    def wall(self) -> int:
        """What its wall clock says."""
        return max(0, self.world.ms + self.offset)

    def open(self) -> None:
        """Open the store and look after the clock."""
        self.clock = ServerClock(self.wall, lambda: self.world.ms, "boot")
        self.store = Store.open(self.path, clock=self.clock.now, new_id=self.ids)
        self.store.connection.execute("PRAGMA synchronous = OFF")
        held: Any = self.store
        held._db = held.memory._db = Mortal(held._db, self.maybe_crash)
        self.replica = Pieces(self.store)

    def start(self) -> None:
        """Start the exchange."""
        self.engine = Engine(
            self.replica,
            self.net,
            self.credentials,
            self.clock,
            monotonic=lambda: self.world.ms / 1000,
            rng=Random(self.chance.random()),
            actor=lambda: self.person,
            pace=PACE,
        )

    def maybe_crash(self) -> None:
        """Die before or after any statement, now and then, when told to be fragile."""
        if self.fragile and self._working and self.chance.randrange(150) == 0:
            raise Crash

    def crash(self) -> None:
        """Begin anew from what is on the disk."""
        self.net.hang_up()
        self.store.close()
        self.open()
        self.start()

    def step(self, times: int = 1) -> float:
        """Let the engine work; how long it would wait now."""
        wait = 0.0
        for _ in range(times):
            try:
                self._working = True
                self.engine.offer(self.net.heard())
                wait = self.engine.step()
                if self.engine.listener is None:
                    self.net.hang_up()
            except Crash:
                self._working = False
                self.crash()
                wait = 0.0
            finally:
                self._working = False
            self.reads.look(self)
            if wait > 0:
                break
        return wait

    # -- the disk --------------------------------------------------------------------

    def with_disk(self, work: Callable[[], None]) -> None:
        """Do something to the file while nobody has it open."""
        self.store.close()
        work()
        self.open()
        self.start()

    def save_disk(self) -> None:
        """Somebody takes a snapshot of the machine."""
        target = self.path.with_suffix(".saved")
        self.with_disk(lambda: _copy(self.path, target))
        self.saved = (target, set(self.must_hold))

    def roll_back(self) -> None:
        """Somebody puts it back."""
        if self.saved is None:
            return
        source, held = self.saved
        self.reads = Reads(self.reads.others)
        self.with_disk(lambda: _copy(source, self.path))
        self.must_hold = set(held)
        self.calls = [call for call in self.calls if self.store.state("call", call).items]

    def replace_disk(self, name: str) -> None:
        """Another machine in its place, with nothing on it."""
        self.store.close()
        self.path, self.saved = self.world.folder / f"{name}.db", None
        self.must_hold, self.calls, self.reads = set(), [], Reads(self.reads.others)
        self.net.hang_up()
        self.open()
        self.join()
        self.start()

    # -- the person ------------------------------------------------------------------

    def act(self, what: str) -> None:
        """One act of whoever sits here, acknowledged when this returns."""
        drafts = getattr(self, f"_{what}")()
        if not drafts:
            return
        self._working = True
        try:
            events = self.store.commit(drafts, actor=self.person)
        except Crash:
            self._working = False
            self.crash()  # nobody was told anything
            return
        finally:
            self._working = False
        self.reads.wrote(self, events)
        self.must_hold |= {event.id for event in events}
        self.world.acknowledged(events)

    def _at(self) -> int:
        return self.clock.now_ms()

    def _id(self) -> EntityId:
        return EntityId(self.ids())

    def _call(self) -> list[Draft]:
        call, at = self._id(), self._at()
        self.calls.append(call)
        return [
            Draft("call.offered", "call", call, {"at": at, "number": "13800138000"}),
            Draft("call.answered", "call", call, {"at": at}),
            Draft(
                "call.set", "call", call, {"at": at, "set": {"note": f"{self.name}：空调不制冷"}}
            ),
        ]

    def _note(self) -> list[Draft]:
        if not self.calls:
            return []
        text = f"客户要求回电 {self.chance.randrange(1000)}"
        body = {"at": self._at(), "set": {"note": text, "surname": self.chance.choice("王李赵")}}
        return [Draft("call.set", "call", self.chance.choice(self.calls), body)]

    def _promise(self) -> list[Draft]:
        if not self.calls:
            return []
        call, promise, at = self.chance.choice(self.calls), self._id(), self._at()
        body = {"at": at, "call": call, "text": "30 分钟内回电", "minutes": 30}
        return [Draft("promise.made", "promise", promise, body)]

    def _escalate(self) -> list[Draft]:
        if not self.calls:
            return []
        call, at = self.chance.choice(self.calls), self._at()
        body = {"at": at, "call": call, "reason": "客户要求", "level": "leader", "proposal": "回电"}
        return [Draft("escalation.raised", "escalation", self._id(), body)]

    def _take(self) -> list[Draft]:
        rows = self.store.connection.execute(
            "SELECT id FROM escalation WHERE state = 'sent' ORDER BY id"
        ).fetchall()
        if not rows:
            return []
        escalation = EntityId(self.chance.choice(rows)[0])
        body = {"at": self._at(), "by": self.person}
        return [Draft("escalation.taken", "escalation", escalation, body)]

    def _ticket(self) -> list[Draft]:
        ticket, at = self._id(), self._at()
        opened = {"at": at, "values": {"category": "complaint", "summary": "漏水，要求今天修"}}
        return [Draft("ticket.opened", "ticket", ticket, opened)]

    def _follow(self) -> list[Draft]:
        rows = self.store.connection.execute("SELECT id FROM ticket ORDER BY id").fetchall()
        if not rows:
            return []
        ticket = EntityId(self.chance.choice(rows)[0])
        values = {"summary": f"{self.name} 已联系 {self.chance.randrange(1000)}"}
        return [Draft("ticket.set", "ticket", ticket, {"at": self._at(), "set": values})]

    def _resolve(self) -> list[Draft]:
        """What only somebody with the rights may: mostly refused."""
        rows = self.store.connection.execute("SELECT id FROM escalation ORDER BY id").fetchall()
        if not rows:
            return []
        escalation = EntityId(self.chance.choice(rows)[0])
        body = {"at": self._at(), "set": {"state": "resolved"}}
        return [Draft("escalation.set", "escalation", escalation, body)]


ACTS = ("call", "note", "promise", "escalate", "take", "ticket", "follow", "resolve")


def _copy(source: Path, target: Path) -> None:
    shutil.copyfile(source, target)
