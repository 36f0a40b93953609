"""A site in memory: the real server behind a network that can be told to fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import TypeVar

import pytest
from msgspec import Struct

from agentdesk import wire
from agentdesk.domain.authority import Judgement
from agentdesk.domain.events import Draft, EntityId, Event
from agentdesk.domain.fold import EntityState
from agentdesk.domain.ids import Ids
from agentdesk.domain.people import Role, Standing
from agentdesk.server.caller import Caller
from agentdesk.server.problem import ServerProblem
from agentdesk.server.service import Service
from agentdesk.store import Store
from agentdesk.store.replica import Replica
from agentdesk.sync.clock import ServerClock
from agentdesk.sync.credentials import Credentials
from agentdesk.sync.engine import Engine
from agentdesk.sync.pace import Pace
from agentdesk.sync.transport import Failure, TransportError
from agentdesk.wire import Cursor, Page, Problem, Reset, Token, Trailer

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MS = int(NINE.timestamp() * 1000)
AT_ONCE = Pace(gather=0.0)
TEAM = "team:A"
_T = TypeVar("_T", bound=Struct)


def judged(event: Event, who: Caller, then: Standing, state: EntityState, scope: str) -> Judgement:
    """Whatever says so is refused."""
    return Judgement("forbidden", "not_own") if event.body.get("wrong") else Judgement("ok")


def moved(message: _T) -> _T:
    """A message after its way over the wire."""
    return wire.decode(wire.encode(message), type(message))


class Net:
    """One seat's way to the server.

    Attributes:
        fail: asked before every request with its name (and again with ``name!`` after the server
            has done it); whatever it returns is raised.
        asked: names of the requests so far.
        people: whom a token stands for.
    """

    def __init__(self, site: Site) -> None:
        self.site = site
        self.fail: Callable[[str], TransportError | None] = lambda name: None
        self.asked: list[str] = []
        self.people: dict[str, Caller] = {}

    def _do(self, name: str, token: str, work: Callable[[Caller], _T]) -> _T:
        self.asked.append(name)
        self._maybe(name)
        who = self.people.get(token)
        if who is None:
            raise refused(401, "unauthorised")
        try:
            answer = work(who)
        except ServerProblem as error:
            raise TransportError(
                Failure.REFUSED,
                status=error.status,
                problem=error.problem,
                retry_after=error.problem.retry_after,
            ) from error
        self._maybe(name + "!")
        return moved(answer)

    def _maybe(self, name: str) -> None:
        if (error := self.fail(name)) is not None:
            raise error

    def hello(self, token: str, msg: wire.Hello) -> wire.Welcome:
        return self._do("hello", token, lambda who: self.site.service.hello(who, moved(msg)))

    def push(self, token: str, msg: wire.Push) -> wire.Pushed:
        return self._do("push", token, lambda who: self.site.service.push(who, moved(msg)))

    def pull(self, token: str, scope: str, epoch: str, cursor: Cursor, limit: int) -> Page | Reset:
        def work(who: Caller) -> Page | Reset:
            return self.site.service.pull(who, scope, cursor, epoch, limit)

        return self._do("pull", token, work)

    def common(self, token: str, msg: wire.Checkpoints) -> wire.Common:
        return self._do("common", token, lambda who: self.site.service.common(who, moved(msg)))

    def snapshot(self, token: str, scope: str) -> tuple[list[bytes], Trailer]:
        self.asked.append("snapshot")
        self._maybe("snapshot")
        found = b"".join(self.site.service.snapshot(self.people[token], scope))
        lines = found.splitlines(keepends=True)
        return lines[:-1], wire.decode(lines[-1], Trailer)


def refused(status: int, code: str, detail: str = "", retry_after: int = 0) -> TransportError:
    """What a server that says no looks like."""
    problem = Problem(code, detail, retry_after)
    return TransportError(Failure.REFUSED, status=status, problem=problem, retry_after=retry_after)


class Desk:
    """A seat: store, engine, and time that only moves when told."""

    def __init__(self, site: Site, number: str) -> None:
        self.site, self.number = site, number
        ids = Ids(lambda: site.ms, Random(int(number)).getrandbits)
        self.clock = ServerClock(lambda: site.ms, lambda: site.ms, "boot")
        self.store = Store.open(Path(":memory:"), clock=self.clock.now, new_id=ids)
        self.replica = Replica(self.store)
        self.credentials = Credentials(None)
        self.net = Net(site)
        self.engine = self.new_engine()

    def new_engine(self, pace: Pace = AT_ONCE) -> Engine:
        """The same seat after a restart of its console."""
        return Engine(
            self.replica,
            self.net,
            self.credentials,
            self.clock,
            monotonic=lambda: self.site.ms / 1000,
            rng=Random(5),
            actor=lambda: self.number,
            pace=pace,
        )

    def sign_in(
        self, person: str = "", *, token: str = "", team: str = "A", session: bool = True
    ) -> str:
        """Have a token for somebody, as ``agentdesk login`` would."""
        person = person or self.number
        token = token or f"token-{person}-{len(self.net.people)}"
        install, seat = self.store.install, f"s{self.number}"
        scopes = (f"seat:{seat}", f"team:{team}")
        who = Caller(person, "王芳", Role.LEADER, team, seat, install, session, scopes)
        self.net.people[token] = who
        self.credentials.put(
            Token(token, self.site.service.site, seat, person, "王芳", "leader", team, 0, session)
        )
        return token

    def act(self, kind: str = "call.offered", number: int = 1, **body: object) -> list[Event]:
        """One act."""
        drafts = [
            Draft(kind, kind.partition(".")[0], EntityId(f"{number:032x}"), {"at": MS} | body)
        ]
        return self.store.commit(drafts, actor=self.number)

    def run(self, seconds: float = 60.0, steps: int = 2000) -> int:
        """Step for a while; how many steps it took."""
        until, count = self.site.ms + seconds * 1000, 0
        while self.site.ms <= until:
            count += 1
            assert count < steps, "the engine does not come to rest"
            wait = self.engine.step()
            self.site.pass_(max(wait, 0.001))
        return count


class Site:
    """A server and its seats."""

    def __init__(self) -> None:
        self.ms = MS
        self.service = self.new_service(1)
        self.desks: list[Desk] = []

    def new_service(self, seed: int) -> Service:
        """Another server."""
        ids = Ids(lambda: MS, Random(seed).getrandbits)
        return Service.in_memory(clock=lambda: self.ms, new_id=ids, authority=judged)

    def pass_(self, seconds: float) -> None:
        """Time passes."""
        self.ms += max(1, int(seconds * 1000))

    @property
    def now(self) -> datetime:
        """The present instant."""
        return NINE + timedelta(milliseconds=self.ms - MS)

    def desk(self, number: str, *, signed_in: bool = True) -> Desk:
        """Another seat."""
        made = Desk(self, number)
        self.desks.append(made)
        if signed_in:
            made.sign_in()
        return made

    def verdicts(self) -> dict[str, str]:
        """Every event the server holds."""
        return {stored.id: stored.verdict for stored in self.service.after(0, 100_000)}


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    for desk in made.desks:
        desk.store.close()
    made.service.close()
