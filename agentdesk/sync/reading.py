"""The reading half of the engine: what the scopes of the server's journal hold.

One request or one bounded piece of local work at a time, so that whoever sits at the desk never
waits, and so that the engine can be stopped anywhere: every piece leaves the store at a place the
next start goes on from.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from random import Random

from msgspec import Struct, field

from agentdesk.store.installing import Snapshot
from agentdesk.store.replica import Applied, Place
from agentdesk.sync.backoff import Backoff
from agentdesk.sync.port import Port
from agentdesk.sync.transport import Requests, TransportError
from agentdesk.wire import Checkpoints, Cursor, Live, Page, Reset

RESETS = 5
"""As many resets of one scope within :data:`WITHIN` seconds are a loop."""
PIECES = 20
"""Of a snapshot, at once: each lets acts of a person in before it."""
WITHIN = 600.0


class Task(Enum):
    """What has to be done about a scope next."""

    PULL = "pull"
    REWIND = "rewind"
    SNAPSHOT = "snapshot"
    DROP = "drop"


class Scope(Struct):
    """One scope as the engine goes about it.

    Attributes:
        due: when something has to be done next.
        common, epoch: where a rewinding goes.
        resets: when it was reset.
        fault: why it does not get on (``garbage``, ``loop``); empty when it does.
        sure: the server has agreed to the place since it greeted us and its stream began. A
            stream names places by number only: before that, events of another past could seem
            to follow.
        snapshot: the one that is being taken in.
    """

    name: str
    backoff: Backoff
    due: float = 0.0
    task: Task = Task.PULL
    common: Cursor = Cursor()
    epoch: str = ""
    resets: list[float] = field(default_factory=list)
    fault: str = ""
    at_head: bool = False
    sure: bool = False
    snapshot: Snapshot | None = None


class Reading:
    """All scopes of a seat.

    Args:
        page: events of a pull.
        changed: told what every page changed.
    """

    def __init__(
        self,
        port: Port,
        transport: Requests,
        rng: Random,
        *,
        page: int,
        changed: Callable[[Applied], None],
    ) -> None:
        self._port, self._transport, self._rng = port, transport, rng
        self._page, self._changed = page, changed
        self.scopes: dict[str, Scope] = {}
        self.server_time = 0
        self.back = False
        """Set when own events have to be sent again; whoever reads it clears it."""

    def allow(self, names: Sequence[str], epoch: str, now: float) -> None:
        """Read these scopes; what is here of others is dropped.

        One that is read from its beginning may have been read before it was lost: what of this
        seat's own was confirmed then has to be found again, or sent again.
        """
        held = self._port.cursors()
        for name in [*names, *held]:
            if name not in self.scopes:
                self.scopes[name] = Scope(name, Backoff(self._rng))
        for scope in self.scopes.values():
            scope.due, scope.sure = now, False
            place = held.get(scope.name)
            if scope.name not in names:
                scope.task, scope.snapshot = Task.DROP, None
            elif place is None or not place.cursor.seq:
                scope.task, scope.common, scope.epoch = Task.REWIND, Cursor(), epoch
                scope.snapshot = None
            elif scope.task is Task.DROP:
                scope.task = Task.PULL

    def hurry(self, now: float, names: Sequence[str] | None = None) -> None:
        """Look at scopes at once, unless they wait after a failure."""
        for name in self.scopes if names is None else names:
            scope = self.scopes.get(name)
            if scope is not None and not scope.fault:
                scope.due = min(scope.due, now)
                scope.at_head = False

    def soon(self, now: float, interval: float) -> None:
        """The stream has ended. Look at the scopes within ``interval`` seconds, each seat at
        another moment: the next stream may well say before that there is nothing to pull.
        """
        for scope in self.scopes.values():
            if not scope.fault:
                scope.due = min(scope.due, now + interval * self._rng.random())
                scope.at_head = False

    def next(self) -> Scope | None:
        """The scope whose turn it is."""
        return min(self.scopes.values(), key=lambda scope: scope.due, default=None)

    @property
    def caught_up(self) -> bool:
        """Whether every scope was read to its end since :meth:`hurry`."""
        return all(scope.at_head for scope in self.scopes.values())

    @property
    def busy(self) -> bool:
        """Whether something is being taken back or exchanged."""
        return any(scope.task is not Task.PULL for scope in self.scopes.values())

    def step(self, scope: Scope, token: str, now: float, interval: float) -> None:
        """Do the next thing about a scope.

        Args:
            interval: seconds until it is looked at again once it was read to its end.

        Raises:
            TransportError: the request failed; nothing has changed.
        """
        scope.due = now
        if scope.task is Task.PULL:
            self._pull(scope, token, now, interval)
        elif scope.task is Task.REWIND:
            if self._port.rewind(scope.name, scope.common, scope.epoch):
                scope.task, self.back = Task.PULL, True
        elif scope.task is Task.SNAPSHOT:
            self._snapshot(scope, token, now)
        elif self._port.drop_scope(scope.name):
            del self.scopes[scope.name]

    def _pull(self, scope: Scope, token: str, now: float, interval: float) -> None:
        place = self._port.cursors().get(scope.name)
        cursor, epoch = (place.cursor, place.epoch) if place else (Cursor(), "")
        answer = self._transport.pull(token, scope.name, epoch, cursor, self._page)
        if isinstance(answer, Reset):
            self._reset(scope, answer.reset, token, now)
            return
        if place is not None and answer.epoch != place.epoch:
            self._reset(scope, "epoch", token, now)
            return
        self.server_time = answer.server_time
        self._take(scope, answer, cursor, now, interval)

    def _take(self, scope: Scope, page: Page, cursor: Cursor, now: float, interval: float) -> None:
        try:
            if page.scope != scope.name:
                raise ValueError("a page of another scope")
            applied = self._port.apply(page, cursor)
        except ValueError:
            self._fault(scope, "garbage", now)
            return
        scope.fault = ""
        scope.sure = True
        scope.backoff.succeed()
        self._changed(applied)
        scope.at_head = page.cur.seq >= page.head and not applied.behind
        if scope.at_head:
            scope.due = now + interval * self._rng.uniform(0.8, 1.2)

    def _fault(self, scope: Scope, fault: str, now: float) -> None:
        scope.fault = fault
        scope.due = now + scope.backoff.fail()

    def _reset(self, scope: Scope, why: str, token: str, now: float) -> None:
        """The place of this scope leads nowhere: find the newest one both sides know."""
        scope.resets = [at for at in scope.resets if at > now - WITHIN]
        if len(scope.resets) >= RESETS:
            scope.fault = "loop"
            scope.due = now + 60.0 + scope.backoff.fail()
            return
        if why == "retention":
            scope.resets.append(now)
            scope.task = Task.SNAPSHOT
            return
        known = list(self._port.checkpoints(scope.name))
        common = self._transport.common(token, Checkpoints(scope.name, known))
        if common.cur.seq and common.cur not in known:
            self._fault(scope, "garbage", now)
            return
        scope.resets.append(now)
        scope.task, scope.common, scope.epoch = Task.REWIND, common.cur, common.epoch

    def _snapshot(self, scope: Scope, token: str, now: float) -> None:
        """Fetch a snapshot, or take in the next piece of the one that is here."""
        if scope.snapshot is None:
            lines, trailer = self._transport.snapshot(token, scope.name)
            try:
                scope.snapshot = Snapshot(scope.name, lines, trailer)
            except ValueError:
                self._fault(scope, "garbage", now)
            return
        for _ in range(PIECES):
            self._changed(self._port.take_snapshot(scope.snapshot))
            if scope.snapshot.done:
                scope.task, scope.snapshot, self.back = Task.PULL, None, True
                return

    def live(self, lives: Sequence[Live], epoch: str, now: float) -> None:
        """Apply events of the stream; scopes they do not follow on are pulled."""
        unsure = {name for name, scope in self.scopes.items() if not scope.sure}
        if unsure:
            self.hurry(now, sorted(unsure.intersection(live.event.scope for live in lives)))
            lives = [live for live in lives if live.event.scope not in unsure]
        try:
            applied = self._port.apply_live(lives, epoch)
        except ValueError:
            self.hurry(now)
            return
        for each in applied:
            self._changed(each)
            if each.behind:
                self.hurry(now, [each.scope])

    def heads(self, heads: Mapping[str, int], epoch: str, now: float) -> bool:
        """A stream has begun: pull what it does not begin with.

        Returns:
            False when it is about scopes nobody allowed here.
        """
        places = self._port.cursors()
        for scope in self.scopes.values():
            scope.sure = False
        for name, head in heads.items():
            place = places.get(name, Place(epoch, Cursor()))
            if place.epoch != epoch or place.cursor.seq != head:
                self.hurry(now, [name])
        return heads.keys() <= self.scopes.keys()

    def failed(self, scope: Scope, error: TransportError, now: float) -> None:
        """Only this scope has a problem."""
        scope.fault = "garbage"
        scope.due = now + scope.backoff.fail(error.retry_after)
