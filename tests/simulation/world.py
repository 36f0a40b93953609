"""A site in one process: real seats, the real server, a storm between them, and a seed.

Time is virtual. Whatever happens, after the storm everything must have come together again; see
:mod:`tests.simulation.invariants`. The same seed and steps give the same history.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

from msgspec import Raw, Struct

from agentdesk import wire
from agentdesk.domain.authority import acting_as
from agentdesk.domain.events import Event
from agentdesk.domain.ids import Ids
from agentdesk.domain.people import read_person, set_person, set_team
from agentdesk.domain.scopes import readable
from agentdesk.server.admission import AHEAD_MS
from agentdesk.server.caller import Caller
from agentdesk.server.problem import ServerProblem
from agentdesk.server.service import Service
from agentdesk.wire import Limits, Page, Push, Pushed, Stored, WireEvent
from tests.simulation.mortal import Mortal
from tests.simulation.network import CALM, STORM, Weather
from tests.simulation.seats import Seat

BEGIN = 1_772_413_200_000  # 2 March 2026, 09:00 in Shanghai
DAY = 86_400_000
BATCH = 6
"""Events of one push: so few that a short history has many of them."""
RESTORING = 7_013
"""Milliseconds it takes to put a backup back; no round number of anything else that happens."""
PEOPLE = (
    ("8001", "王芳", "agent", "A"),
    ("8002", "李小雨", "agent", "A"),
    ("8009", "赵班长", "leader", "A"),
    ("9001", "周兰", "agent", "B"),
)
CLOCKS = (0, DAY, -DAY, 90_000, -10 * 365 * DAY, 80 * 365 * DAY)
"""What wall clocks are ahead, in milliseconds."""
ROLES = ("agent", "leader", "trainee", "off")
WEATHERS = ("calm", "storm", "cut", "pulls", "pushes")
_KINDS = {"hello": wire.Welcome, "push": wire.Pushed, "pull": wire.Page, "common": wire.Common}

Step = tuple[str, Any, Any]
"""One thing that happens: a method of :class:`World` and its two arguments."""


class Dying(BaseException):
    """The server died in the middle of a transaction."""


class Saved(Struct):
    """A backup of the server: the file and what had been committed."""

    path: Path
    held: set[str]


class World:
    """See the module.

    Args:
        seed: of everything that is left to chance.
        folder: for the databases.

    Attributes:
        acked: every id a person was told is stored.
        forgiven: those of them no copy was left of, by disks rolled back and servers restored.
        forged: events no seat wrote.
        transactions: ids of each.
        purged: ids retention has removed; of these entities (``emptied``) no side need know all.
        forked: whether one store ever became two: its chain of seals shows it.
    """

    def __init__(self, seed: int, folder: Path) -> None:
        self.seed, self.folder, self.ms = seed, folder, BEGIN
        self.chance = Random(seed)
        self.tokens: dict[str, tuple[str, str, str, bool]] = {}
        self.acked: set[str] = set()
        self.forgiven: set[str] = set()
        self.forged: set[str] = set()
        self.purged: set[str] = set()
        self.emptied: set[tuple[str, str]] = set()
        self.transactions: dict[str, set[str]] = {}
        self.held: set[str] = set()
        self.backups: list[Saved] = []
        self._ids = Ids(lambda: self.ms, Random(f"{seed} server").getrandbits)
        self.forked = self._taking = False
        self._doomed: int | None = None
        self.off, self.latest, self._machines = 0, BEGIN, 0
        self.server_path = folder / "server-0.db"
        self._servers = 0
        self.seats: list[Seat] = []
        self.open_server()
        self.service.append([set_team(team, {"name": f"{team}组"}, self.ms) for team in "AB"])
        for number, name, role, team in PEOPLE:
            self.employ(number, {"name": name, "role": role, "team": team, "active": True})
        self.seats = [
            Seat(self, f"s{at}", number) for at, (number, _, _, _) in enumerate(PEOPLE, 1)
        ]

    def close(self) -> None:
        """Let go of every file."""
        for seat in self.seats:
            seat.store.close()
        self.service.close()

    # -- the server ------------------------------------------------------------------

    def open_server(self) -> None:
        """Start the server on its file."""
        self.service = Service.open(self.server_path, clock=self.now, new_id=self._ids)
        self.service.limits = Limits(batch=BATCH, rps=1_000_000)
        self.service.on_commit(self._broadcast)
        for seat in self.seats:
            seat.net.hang_up()
        storage: Any = self.service.storage
        storage._db.execute("PRAGMA synchronous = OFF")
        storage._db = Mortal(storage._db, self._moment)

    def _moment(self) -> None:
        """The server is about to do something to its file, or has just committed."""
        if self._taking and self._doomed is not None:
            self._doomed -= 1
            if self._doomed < 0:
                self._doomed = None
                raise Dying

    def now(self) -> int:
        """What the server's clock says; whoever set it may have been wrong."""
        now = self.ms + self.off
        self.latest = max(self.latest, now)
        return now

    def _broadcast(self, events: Sequence[Stored]) -> None:
        for seat in self.seats:
            seat.net.hear(events)

    def employ(self, number: str, values: dict[str, object]) -> None:
        """Change what is known of a person."""
        try:
            self.service.append([set_person(number, values, self.ms)])
        except ServerProblem as error:
            raise AssertionError(f"I6: the server cannot write: {error}") from error
        for seat in self.seats:
            seat.net.look_again()

    def caller(self, token: str) -> Caller:
        """Whom a token stands for now."""
        number, seat, install, session = self.tokens[token]
        person = read_person(number, self.service.state("person", number))
        if person is None or not person.active:
            raise ServerProblem(401, "revoked", "")
        role = acting_as(person.role, session=session)
        scopes = readable(role, person.team, seat, number, ("A", "B"))
        return Caller(number, person.name, person.role, person.team, seat, install, session, scopes)

    def kind_of(self, name: str, data: bytes) -> Any:
        """The message a request is answered by."""
        return wire.Reset if data.startswith(b'{"reset"') else _KINDS[name]

    def take_in(self, who: Caller, push: Push) -> Pushed:
        """A push reaches the server, which may die of it at any statement."""
        self._taking = True
        try:
            answer = self.service.push(who, push)
        except Dying:
            self._taking = False
            self.restart_server()
            raise ServerProblem(503, "busy", "") from None
        finally:
            self._taking = False
        self.held |= set(answer.received)
        return answer

    def restart_server(self) -> None:
        """What a killed server finds when it is started again: what was committed."""
        self.service.close()
        self.open_server()
        self.held = {stored.id for stored in self.service.after(0, 1_000_000)} | (
            self.held & self.purged
        )

    # -- what has to hold at every moment ----------------------------------------------

    def acknowledged(self, events: Sequence[Event]) -> None:
        """A person was told that these are stored."""
        ids: set[str] = {event.id for event in events}
        self.acked |= ids
        self.transactions[events[0].txn] = ids

    def check_push(self, push: Push) -> None:
        """A transaction travels in one push."""
        sent: dict[str, set[str]] = {}
        for event in push.events:
            sent.setdefault(event.txn, set()).add(event.id)
        for txn, ids in sent.items():
            left = self.transactions.get(txn, ids) - ids - self.held
            assert not left, f"a push without {len(left)} events of its transaction"

    def check_page(self, page: Page, limit: int) -> None:
        """A page never tears a transaction apart, and no time runs away."""
        for event in page.events:
            assert event.eff >> 16 <= self.latest + AHEAD_MS + 1, "eff ahead"
        shown = {event.txn: 0 for event in page.events}
        for event in page.events:
            shown[event.txn] += 1
        if not page.events or len(shown) == 1:
            return
        last = page.events[-1].txn
        rest = self.service.storage.page(page.scope, page.cur.seq, 1)
        assert not rest or rest[0].txn != last, "half a transaction on a page"

    # -- what can happen ---------------------------------------------------------------

    def act(self, seat: int, what: str) -> None:
        """Somebody does something."""
        self.seats[seat % len(self.seats)].act(what)

    def work(self, seat: int, times: int) -> None:
        """An engine gets some time."""
        self.seats[seat % len(self.seats)].step(times)

    def wait(self, milliseconds: int, _: object = None) -> None:
        """Time passes."""
        self.ms += milliseconds

    def weather(self, seat: int, kind: str) -> None:
        """The network of a seat changes."""
        net = self.seats[seat % len(self.seats)].net
        net.weather = {"calm": CALM, "storm": STORM, "cut": Weather(cut=True)}.get(kind, CALM)
        net.only({"pulls": True, "pushes": False}.get(kind))

    def clock(self, seat: int, offset: int) -> None:
        """Somebody sets a wall clock."""
        self.seats[seat % len(self.seats)].offset = offset

    def server_clock(self, offset: int, _: object = None) -> None:
        """Somebody sets the server's clock."""
        self.off = offset

    def listen(self, seat: int, on: bool) -> None:
        """A seat opens its stream, or loses it."""
        listener = self.seats[seat % len(self.seats)]
        if not on:
            listener.net.hang_up()
        elif (token := listener.engine.listener) is not None:
            listener.net.tune_in(token.token)

    def lose_disk(self, seat: int, _: object = None) -> None:
        """A seat's machine is replaced: the same seat and person, a new store."""
        self._machines += 1
        self.seats[seat % len(self.seats)].replace_disk(f"disk-{self._machines}")
        self._forgive()

    def fragile(self, seat: int, on: bool) -> None:
        """A console that may die at any moment."""
        self.seats[seat % len(self.seats)].fragile = on

    def crash(self, seat: int, _: object = None) -> None:
        """A console dies."""
        self.seats[seat % len(self.seats)].crash()

    def die(self, _: object = None, __: object = None) -> None:
        """The server will die while it takes something in."""
        self._doomed = self.chance.randrange(16)

    def backup(self, _: object = None, __: object = None) -> None:
        """The server is backed up."""
        path = self.folder / f"backup-{len(self.backups)}.db"
        path.unlink(missing_ok=True)
        storage: Any = self.service.storage
        storage.copy(path)
        self.backups.append(Saved(path, set(self.held)))

    def purge(self, age: int, _: object = None) -> None:
        """What is over, and nothing happened to for so many milliseconds, is removed."""
        before = {stored.id: stored for stored in self.service.after(0, 1_000_000)}
        self.service.purge(self.now() - age)
        for each in before.keys() - {stored.id for stored in self.service.after(0, 1_000_000)}:
            self.purged.add(each)
            self.emptied.add((before[each].entity, before[each].entity_id))

    def restore(self, which: int, mint: bool) -> None:
        """An older backup is put back, with a new epoch or (a mistake) without."""
        if not self.backups:
            return
        saved = self.backups[which % len(self.backups)]
        self.ms += RESTORING
        self.service.close()
        self._servers += 1
        self.server_path = self.folder / f"server-{self._servers}.db"
        shutil.copyfile(saved.path, self.server_path)
        self.held = set(saved.held)
        self.open_server()
        for seat in self.seats:
            seat.reads.only_own()
        if mint:
            self.service.new_epoch("restored")
        self._forgive()

    def save_disk(self, seat: int, _: object = None) -> None:
        """A seat's machine is saved."""
        self.seats[seat % len(self.seats)].save_disk()

    def roll_back(self, seat: int, _: object = None) -> None:
        """A seat's machine is put back."""
        self.seats[seat % len(self.seats)].roll_back()
        self.forked = True
        self._forgive()

    def clone(self, seat: int, _: object = None) -> None:
        """A seat's disk is copied to another machine; both go on."""
        if len(self.seats) >= 6:
            return
        of = self.seats[seat % len(self.seats)]
        self.forked = True
        of.store.close()
        self.seats.append(Seat(self, f"c{len(self.seats)}", of.person, copy_of=of))
        of.open()
        of.start()

    def role(self, who: int, role: str) -> None:
        """Somebody is promoted, demoted or sent home."""
        number = PEOPLE[who % len(PEOPLE)][0]
        for seat in self.seats:
            if seat.person == number:
                seat.reads.only_own()
        change: dict[str, object] = {"active": False} if role == "off" else {"role": role}
        self.employ(number, change if role == "off" else change | {"active": True})

    def forge(self, seat: int, how: str) -> None:
        """Somebody sends what their token does not allow."""
        victim = self.seats[(seat + 1) % len(self.seats)]
        thief = self.seats[seat % len(self.seats)]
        token = next(name for name, held in self.tokens.items() if held[2] == thief.store.install)
        body = Raw(b'{"at":1,"set":{"role":"director"}}')
        actor = victim.person if how == "actor" else thief.person
        install = victim.store.install if how == "install" else thief.store.install
        kind, entity_id = ("person.set", thief.person)
        if how in ("actor", "install"):
            kind, entity_id = "call.set", self._ids()
        if how == "actor" and actor == thief.person:
            return
        event = WireEvent(
            self._ids(),
            self._ids(),
            kind,
            1,
            kind.partition(".")[0],
            entity_id,
            self.ms << 16,
            actor,
            install,
            body,
        )
        if how == "install" and (victim.seat == thief.seat or not self._known(install)):
            return
        self.forged.add(event.id)
        try:
            self.take_in(self.caller(token), Push(self.ms, [event]))
        except ServerProblem:
            return
        stored = self.service.storage.known([event.id])[event.id]
        assert stored is not None and stored.verdict != "ok", "I7: a forged event was accepted"

    def _known(self, install: str) -> bool:
        """Whether the server has heard of a store: before, nobody could name it either."""
        return any(each.install == install for each in self.service.after(0, 1_000_000))

    def _forgive(self) -> None:
        """What no disk holds any more cannot come back."""
        held = set(self.held).union(*(seat.must_hold for seat in self.seats))
        self.forgiven |= self.acked - held

    # -- histories ---------------------------------------------------------------------

    def play(self, steps: Sequence[Step]) -> None:
        """Let everything of a script happen."""
        for name, first, second in steps:
            getattr(self, name)(first, second)
