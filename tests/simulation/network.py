"""The way from a seat to the server: real bytes, and everything a network does to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import zip_longest
from random import Random
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct

from agentdesk import wire
from agentdesk.errors import StoreError
from agentdesk.server.caller import Caller
from agentdesk.server.problem import ServerProblem
from agentdesk.sync.transport import Failure, Frame, TransportError
from agentdesk.wire import (
    Alive,
    Cursor,
    Live,
    Page,
    Problem,
    Reset,
    Stored,
    Trailer,
)

if TYPE_CHECKING:
    from tests.simulation.world import World

_Answer = TypeVar("_Answer", bound=Struct)


class Weather(Struct, frozen=True):
    """How often what happens to a request: of a hundred."""

    lost: int = 0
    reply_lost: int = 0
    twice: int = 0
    late: int = 0
    torn: int = 0
    portal: int = 0
    busy: int = 0
    cut: bool = False


CALM = Weather()
STORM = Weather(lost=8, reply_lost=8, twice=8, late=6, torn=6, portal=3, busy=6)


class Net:
    """One seat's way to the server; see :class:`agentdesk.sync.transport.Requests`."""

    def __init__(self, world: World, chance: Random) -> None:
        self.world, self.chance, self.weather = world, chance, CALM
        self._late: list[Callable[[], object]] = []
        self._pulls_only: bool | None = None
        self._tape: list[Frame] | None = None
        self._readable: tuple[str, ...] = ()
        self._ended = ""
        self.token = ""

    def only(self, pulls: bool | None) -> None:
        """Let only pulls (True) or only pushes (False) through; None for both."""
        self._pulls_only = pulls

    def _happens(self, percent: int) -> bool:
        return percent > 0 and self.chance.randrange(100) < percent

    def _before(self, name: str) -> None:
        weather = self.weather
        wrong_way = self._pulls_only is not None and name in ("pull", "push")
        if weather.cut or (wrong_way and (name == "pull") is not self._pulls_only):
            raise TransportError(Failure.NETWORK)
        if self._happens(weather.busy):
            wait = self.chance.choice((0, 1, 5))
            raise TransportError(
                Failure.REFUSED, status=503, problem=Problem("busy"), retry_after=wait
            )
        if self._happens(weather.portal):
            raise TransportError(Failure.STRANGER, status=200)
        if self._happens(weather.lost):
            raise TransportError(Failure.NETWORK)

    def _do(
        self, name: str, token: str, work: Callable[[Caller], _Answer], *, repeat: bool = False
    ) -> _Answer:
        self._before(name)
        while self._late and self._happens(50):
            self._quietly(self._late.pop(0))

        def serve() -> _Answer:
            return work(self.world.caller(token))

        if repeat and self._happens(self.weather.twice):
            self._quietly(serve)
        if repeat and self._happens(self.weather.late):
            self._late.append(serve)
            raise TransportError(Failure.NETWORK)
        try:
            data = wire.encode(serve())
        except ServerProblem as error:
            raise TransportError(
                Failure.REFUSED, status=error.status, problem=error.problem
            ) from error
        except StoreError as error:
            raise TransportError(Failure.REFUSED, status=503) from error
        if self._happens(self.weather.reply_lost):
            raise TransportError(Failure.NETWORK)
        if self._happens(self.weather.torn):
            raise TransportError(Failure.STRANGER, "torn")
        answer: _Answer = wire.decode(data, self.world.kind_of(name, data))
        return answer

    @staticmethod
    def _quietly(work: Callable[[], object]) -> None:
        """A copy of a request nobody waits for any more."""
        try:
            work()
        except (ServerProblem, StoreError, TransportError):
            return

    def deliver_late(self) -> None:
        """Everything still on its way arrives."""
        late, self._late = self._late, []
        self.chance.shuffle(late)
        for each in late:
            self._quietly(each)

    # -- the stream ------------------------------------------------------------------

    def tune_in(self, token: str) -> None:
        """Open the stream, as far as the weather allows."""
        if self.weather.cut:
            return
        service = self.world.service
        try:
            self._readable = self.world.caller(token).scopes
        except ServerProblem:
            return
        heads = service.heads(self._readable)
        hello = Alive(service.epoch, service.now(), heads)
        self._tape = [Frame("hello", service.epoch, alive=hello)]

    def hang_up(self, last: str = "closed") -> None:
        """The stream ends; what is still on its way is lost."""
        if self._tape is not None:
            self._tape, self._ended = None, last

    def look_again(self) -> None:
        """The server closes streams whose token does not hold, or reads other scopes now."""
        try:
            if self._tape is not None and self.world.caller(self.token).scopes != self._readable:
                self.hang_up()
        except ServerProblem:
            self.hang_up("revoked")

    def hear(self, events: Sequence[Stored]) -> None:
        """The server has committed something."""
        if self._tape is None:
            return
        service = self.world.service
        mine = [stored for stored in events if stored.scope in self._readable]
        for stored, after in zip_longest(mine, mine[1:]):
            more = after is not None and after.txn == stored.txn
            live = Live(service.before(stored.scope, stored.seq), stored, more)
            self._tape.append(Frame("event", service.epoch, live=live))

    def heard(self) -> list[Frame]:
        """What has arrived since; a stream may break at any place."""
        if self._ended:
            ended, self._ended = self._ended, ""
            return [Frame(ended)] if ended == "closed" else [Frame(ended), Frame("closed")]
        if self._tape is None or (self.weather is STORM and self._happens(40)):
            return []
        frames, self._tape = self._tape, []
        if self.weather.cut or self._happens(self.weather.torn):
            self.hang_up()
            return frames[: self.chance.randrange(len(frames) + 1)]
        return frames

    # -- the protocol ----------------------------------------------------------------

    def hello(self, token: str, msg: wire.Hello) -> wire.Welcome:
        return self._do("hello", token, lambda who: self.world.service.hello(who, msg))

    def push(self, token: str, msg: wire.Push) -> wire.Pushed:
        data = wire.encode(msg)
        self.world.check_push(msg)

        def work(who: Caller) -> wire.Pushed:
            return self.world.take_in(who, wire.decode(data, wire.Push))

        return self._do("push", token, work, repeat=True)

    def pull(self, token: str, scope: str, epoch: str, cursor: Cursor, limit: int) -> Page | Reset:
        def work(who: Caller) -> Page | Reset:
            answer = self.world.service.pull(who, scope, cursor, epoch, limit)
            if isinstance(answer, Page):
                self.world.check_page(answer, limit)
            return answer

        return self._do("pull", token, work)

    def common(self, token: str, msg: wire.Checkpoints) -> wire.Common:
        return self._do("common", token, lambda who: self.world.service.common(who, msg))

    def snapshot(self, token: str, scope: str) -> tuple[list[bytes], Trailer]:
        self._before("snapshot")
        found = b"".join(self.world.service.snapshot(self.world.caller(token), scope))
        lines = found.splitlines(keepends=True)
        trailer = wire.decode(lines.pop(), Trailer)
        if self._happens(self.weather.torn) and lines:
            del lines[self.chance.randrange(len(lines))]
        return lines, trailer
