"""What a server process holds while it runs: the parts, the streams, figures and small helpers."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeVar

from agentdesk.domain.people import Role
from agentdesk.server.auth import Backend, Doorkeeper, Queue
from agentdesk.server.caller import Caller
from agentdesk.server.feed import Direct, Follower, Source
from agentdesk.server.handover import Handover
from agentdesk.server.limits import STRANGERS, Rate
from agentdesk.server.listener import Listener
from agentdesk.server.logs import failure, warn
from agentdesk.server.metrics import Metrics
from agentdesk.server.problem import ServerProblem
from agentdesk.server.ring import Rings
from agentdesk.server.settings import Settings, loopback
from agentdesk.server.stream import Hub
from agentdesk.wire import Pushed, Stored

READERS = 4
"""Threads that read the database and unpack PINs."""
RECHECK = 30
"""Seconds within which a stream notices that its token was revoked by another process; what is
done in this one counts at once."""
SNAPSHOTS = 8
"""Most snapshots at once."""

KNOWN_SECONDS = 1.0
"""How long a token is believed without asking again; changes of people count at once."""
KNOWN_ALONE = 30.0
"""The same where no other process can revoke one: what is done in this one counts at once."""
CALLERS = 20_000
"""Most tokens believed at once."""

_INSTALL = "agentdesk-install"
_T = TypeVar("_T")


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


class Running:
    """One server process.

    Args:
        core: journal and rules.
        queue: the writer.
        doorkeeper: tokens.
        settings: limits.
        source: the journal to follow when other processes write it too; None when the core's
            own commits are all there is.
        now_ms: wall clock.
        clock: seconds that never go back.
    """

    def __init__(
        self,
        core: Backend,
        queue: Queue,
        doorkeeper: Doorkeeper,
        settings: Settings,
        *,
        source: Source | None = None,
        now_ms: Callable[[], int] = _now_ms,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.core, self.queue, self.doorkeeper = core, queue, doorkeeper
        self.settings = settings
        self.metrics = Metrics()
        self.hub = Hub(Rings(core.epoch), clock)
        self.now_ms = now_ms
        self.rng = random.Random()
        self.snapshots = asyncio.Semaphore(SNAPSHOTS)
        self.stopping = False
        self._source = source
        self._known_seconds = KNOWN_ALONE if source is None else KNOWN_SECONDS
        self._feed: Direct | Follower | None = None
        self._rate = Rate(settings.limits.rps, clock)
        self._strangers = Rate(STRANGERS, clock, burst=STRANGERS * 5)
        self._pool = ThreadPoolExecutor(READERS, thread_name_prefix="read")
        self._timer: asyncio.Task[None] | None = None
        self._clock = clock
        self._callers: dict[tuple[str, str | None], tuple[float, Caller]] = {}
        self._generation = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.metrics.watch(
            "streams_open", "Streams that are open", lambda: float(len(self.hub.listeners))
        )
        self.metrics.watch("queue_events", "Events waiting for the writer", queue_length(queue))
        core.on_commit(self._committed)

    # -- life

    async def start(self) -> None:
        """Open the streams."""
        self._loop = loop = asyncio.get_running_loop()
        self.answers = Handover[Pushed](loop)
        if self._source is None:
            self._feed = Direct(loop, self._publish)
        else:
            self._feed = await self.read(
                Follower, self._source, loop, self._publish, self._begin_anew
            )
        self.hub.start()
        self._timer = asyncio.create_task(self._watch())

    def stop_streams(self) -> None:
        """Tell every stream to close; the seats come back to whoever is there then."""
        self.stopping = True
        self.hub.close()

    async def stop(self) -> None:
        """Write what waits and let go of everything but the database."""
        self.stop_streams()
        if self._timer is not None:
            self._timer.cancel()
            with suppress(asyncio.CancelledError):
                await self._timer
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(None, self.queue.close)
        if self._feed is not None:
            await loop.run_in_executor(None, self._feed.close)
        self._pool.shutdown(wait=True)

    # -- helpers of the routes

    async def read(self, work: Callable[..., _T], *args: object) -> _T:
        """Do something that waits, on one of the reading threads."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, lambda: work(*args))

    async def caller(self, scope: Mapping[str, Any], headers: Mapping[str, str]) -> Caller:
        """Whom the request comes from, counted against the rate of the token.

        Raises:
            ServerProblem: 401, 429.
        """
        token, install = bearer(headers), headers.get(_INSTALL)
        self._rate.take(token)
        known = self._callers.get((token, install))
        if known is not None and known[0] > self._clock():
            return known[1]
        self._callers.pop((token, install), None)
        generation = self._generation
        try:
            who = await self.read(self.doorkeeper.authenticate, token, install, self.now_ms())
        except ServerProblem as problem:
            if problem.status == 401:
                self.stranger(scope, headers)
            raise
        if generation == self._generation:
            if len(self._callers) >= CALLERS:
                self._callers.clear()
            self._callers[token, install] = (self._clock() + self._known_seconds, who)
        return who

    def rights_changed(self) -> None:
        """Somebody's keys or rights changed in this process: look at all of them. Any thread."""
        self.forget_callers()
        if self._loop is not None:
            with suppress(RuntimeError):  # it has ended
                self._loop.call_soon_threadsafe(self._check_all)

    def _check_all(self) -> None:
        self._begin_task(self._recheck_quietly(list(self.hub.listeners)))

    def _begin_task(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def forget_callers(self) -> None:
        """Ask for every token anew: somebody's rights may have changed. From any thread."""
        self._generation += 1
        self._callers.clear()

    def stranger(self, scope: Mapping[str, Any], headers: Mapping[str, str]) -> None:
        """Count a request without a good token against its address.

        Raises:
            ServerProblem: 429.
        """
        self._strangers.take(self.peer(scope, headers))

    def peer(self, scope: Mapping[str, Any], headers: Mapping[str, str]) -> str:
        """Address of the other side; behind a proxy the one the proxy saw."""
        if self.settings.behind_proxy and (seen := headers.get("x-forwarded-for")):
            return seen.rpartition(",")[2].strip()[:64]
        client = scope.get("client")
        return str(client[0]) if client else ""

    async def may_see_figures(self, scope: Mapping[str, Any], headers: Mapping[str, str]) -> None:
        """Whether metrics may be shown: on this machine, or to an administrator.

        Raises:
            ServerProblem: 401, 403, 429.
        """
        if "authorization" not in headers and not self.settings.behind_proxy:
            foreign = headers.keys() & {"forwarded", "x-forwarded-for", "origin"}
            if not foreign and loopback(self.peer(scope, headers) or "none"):
                return
        who = await self.caller(scope, headers)
        if not (who.session and who.role is Role.ADMINISTRATOR):
            raise ServerProblem(403, "forbidden_scope", "administrators only")

    # -- events

    def _committed(self, events: Sequence[Stored]) -> None:
        """On the writer's thread."""
        if any(event.entity in ("person", "team") for event in events):
            self.forget_callers()
        self.metrics.taken(events)
        if isinstance(self._feed, Direct):
            self._feed(events)

    def _publish(self, events: Sequence[Stored]) -> None:
        """On the loop."""
        self.hub.publish(events)
        people = {event.entity_id for event in events if event.entity == "person"}
        if people:
            self.forget_callers()
            chosen = [each for each in self.hub.listeners if each.caller.person in people]
            self._begin_task(self._recheck_quietly(chosen))

    async def _watch(self) -> None:
        """Ask again and again whether the tokens of the streams still hold."""
        turn = 0
        while True:
            await asyncio.sleep(1.0)
            turn = (turn + 1) % RECHECK
            due = [each for each in self.hub.listeners if id(each) // 64 % RECHECK == turn]
            try:
                self._sweep()
                self._begin_epoch(await self.read(lambda: self.core.epoch))
            except Exception as error:
                failure("epoch", error)
            await self._recheck_quietly(due)

    async def _recheck_quietly(self, listeners: Sequence[Listener]) -> None:
        try:
            await self.recheck(listeners)
        except Exception as error:
            failure("recheck", error)  # the database is away; the streams stay

    def _sweep(self) -> None:
        """Keep nothing of tokens and addresses that are silent."""
        self._rate.sweep()
        self._strangers.sweep()
        now = self._clock()
        # A copy: other threads clear it.
        for key in [key for key, (until, _) in list(self._callers.items()) if until <= now]:
            self._callers.pop(key, None)

    def _begin_epoch(self, epoch: str) -> None:
        """The past was changed while we run: no place of a stream means anything any more."""
        if epoch != self.hub.rings.epoch:
            self.hub.rings.begin(epoch)
            self.hub.end(lambda listener: "behind")

    def _begin_anew(self) -> None:
        """Another database has taken over, and its journal is not the one the streams told. It has
        the same epoch, because nobody had to begin another: every seat finds out by the ids.
        """
        warn("journal_replaced", epoch=self.hub.rings.epoch)
        self.metrics.replaced.inc()
        self.forget_callers()
        self.hub.rings.begin(self.hub.rings.epoch)
        self.hub.end(lambda listener: "behind")

    async def recheck(self, listeners: Sequence[Listener]) -> None:
        """Close the streams of those whose token no longer holds, or who read other scopes now."""
        if listeners:
            for listener, reason in await self.read(self._reasons, listeners):
                listener.wake(reason)

    def _reasons(self, listeners: Sequence[Listener]) -> list[tuple[Listener, str]]:
        found: list[tuple[Listener, str]] = []
        for listener in listeners:
            try:
                who = self.doorkeeper.authenticate(listener.token, None, self.now_ms())
            except ServerProblem as problem:
                if problem.status in (401, 403):
                    found.append((listener, "revoked"))
                continue
            if who.scopes != listener.caller.scopes:
                found.append((listener, "behind"))
        return found


def queue_length(queue: Queue) -> Callable[[], float]:
    """How many events wait; 0 for a queue that does not say."""
    return lambda: float(getattr(queue, "waiting", 0))


def bearer(headers: Mapping[str, str]) -> str:
    """The token of a request.

    Raises:
        ServerProblem: 401.
    """
    scheme, _, token = headers.get("authorization", "").partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token or len(token) > 256:
        raise ServerProblem(401, "unauthorised", "a bearer token is needed")
    return token
