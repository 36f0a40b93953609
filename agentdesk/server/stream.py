"""``GET /v1/stream``: server-sent events, for ten thousand listeners in one process.

A bare ASGI endpoint. A listener is one task, its places in the rings and a future to wait on;
one timer wakes them for keep-alives, one for events that came within :data:`COALESCE`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping, MutableMapping, Sequence
from typing import Any, Protocol

import msgspec

from agentdesk.server.caller import Caller
from agentdesk.server.limits import Receive
from agentdesk.server.problem import ServerProblem
from agentdesk.server.ring import FRAMES, Behind, Ring, Rings
from agentdesk.wire import Alive, Cursor, Stored, encode

COALESCE = 0.1
"""Seconds events are gathered before listeners are woken."""
KEEP_ALIVE = 20
"""Seconds between two signs of life of a stream; the work is spread over them."""
STUCK = 60.0
"""Seconds a listener may take to accept one piece before it is cut off."""
PIECE = 16 * 1024
"""About the most bytes handed to one listener at once."""
CURSORS = 24 * 1024
"""Most characters of ``cursors``."""

CONNECTION = "agentdesk.connection"
"""Where an ASGI scope holds its connection, if it can tell when it is lost."""

HEADERS = [
    (b"content-type", b"text/event-stream"),
    (b"x-accel-buffering", b"no"),
]
_ALIVE = b": ka\n\n"
_REASONS = {
    "behind": b"event: behind\ndata: {}\n\n",
    "revoked": b"event: revoked\ndata: {}\n\n",
    "closing": b": closing\n\n",
}

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Heads = Callable[[list[str]], Awaitable[Mapping[str, int]]]
"""Newest sequence of each scope, 0 for none."""


class Lost(Protocol):
    """A connection that tells when it is lost."""

    lost: bool
    on_lost: Callable[[], None] | None


class Listener:
    """One open stream.

    Args:
        rings: what it listens to.
        token: to ask whether it still holds.
        caller: whom it stood for when the stream opened.

    Attributes:
        end: why it must end, a key of the closing frames or ``gone``; empty while it runs.
        since: when the piece under way was handed over (the loop's time), 0 for none.
    """

    __slots__ = (
        "_alive",
        "_loop",
        "_places",
        "_waiter",
        "caller",
        "end",
        "rings",
        "since",
        "task",
        "token",
    )

    def __init__(self, rings: Rings, token: str, caller: Caller) -> None:
        self.rings = [rings.listen(scope, self) for scope in caller.scopes]
        self._places = [0] * len(self.rings)
        self._waiter: asyncio.Future[None] | None = None
        self._alive = False
        self._loop = asyncio.get_running_loop()
        self.token = token
        self.caller = caller
        self.end = ""
        self.since = 0.0
        self.task = asyncio.current_task()

    def begin(self, cursors: Mapping[str, Cursor]) -> None:
        """Begin where the seat stands if the rings still have what follows, else at their ends."""
        everywhere = cursors.get("*")
        for at, ring in enumerate(self.rings):
            cursor = cursors.get(ring.scope, everywhere)
            self._places[at] = ring.end if cursor is None else ring.place(cursor.seq)

    def wake(self, end: str = "", *, alive: bool = False) -> None:
        """Have it look: for events, to say that it lives, or to end."""
        if end and not self.end:
            self.end = end
        if alive:
            self._alive = True
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def gone(self) -> None:
        """The other side has closed."""
        self.wake("gone")

    async def run(self, send: Send) -> None:
        """Send until the end; the closing frame included."""
        while not self.end:
            try:
                piece = self._take()
            except Behind:
                self.end = "behind"
                break
            if not piece and self._alive:
                piece = _ALIVE
            if piece:
                self._alive = False
                self.since = self._loop.time()
                await send({"type": "http.response.body", "body": piece, "more_body": True})
                self.since = 0.0
                continue
            self._waiter = self._loop.create_future()
            await self._waiter
            self._waiter = None
        if self.end != "gone":
            body = _REASONS[self.end]
            await send({"type": "http.response.body", "body": body, "more_body": False})

    def _take(self) -> bytes:
        """The next frames of all rings in the order of the journal, and step over them."""
        places = self._places
        waiting = [at for at, ring in enumerate(self.rings) if ring.end > places[at]]
        if not waiting:
            return b""
        if len(waiting) == 1:
            at = waiting[0]
            frames = self.rings[at].since(places[at], PIECE)
            places[at] += len(frames)
            return frames[0][1] if len(frames) == 1 else b"".join(body for _, body in frames)
        # A ring that was not read to its end gave a whole piece: nothing beyond is taken before.
        merged = sorted(
            (seq, at, body)
            for at in waiting
            for seq, body in self.rings[at].since(places[at], PIECE)
        )
        taken: list[bytes] = []
        size = 0
        for _, at, body in merged:
            if size >= PIECE:
                break
            taken.append(body)
            size += len(body)
            places[at] += 1
        return b"".join(taken)


class Hub:
    """All open streams of a process; lives on its event loop.

    Args:
        rings: what they read from.
        clock: seconds that never go back.

    Attributes:
        listeners: the open streams.
        closing: whether no other may open.
    """

    def __init__(self, rings: Rings, clock: Callable[[], float] = time.monotonic) -> None:
        self.rings = rings
        self.listeners: set[Listener] = set()
        self.closing = False
        self._slots: list[set[Listener]] = [set() for _ in range(KEEP_ALIVE)]
        self._tick = 0
        self._timer: asyncio.TimerHandle | None = None
        self._flush: asyncio.TimerHandle | None = None
        self._flushed = -COALESCE
        self._waiting = 0
        self._dirty: set[Ring] = set()
        self._clock = clock

    def start(self) -> None:
        """Begin to tick."""
        self._timer = asyncio.get_running_loop().call_later(1.0, self.tick)

    def publish(self, events: Sequence[Stored]) -> None:
        """Events that were committed, by sequence."""
        if self.closing:
            return
        self._dirty |= self.rings.publish(events)
        self._waiting += len(events)
        if self._waiting >= FRAMES // 8:
            self._wake()  # gathering more of them would push quick readers off the rings
        elif self._dirty and self._flush is None:
            wait = max(0.0, self._flushed + COALESCE - self._clock())
            self._flush = asyncio.get_running_loop().call_later(wait, self._wake)

    def join(self, token: str, caller: Caller) -> Listener:
        """A stream opens."""
        listener = Listener(self.rings, token, caller)
        self.listeners.add(listener)
        self._slot(listener).add(listener)
        return listener

    def leave(self, listener: Listener) -> None:
        """A stream has ended."""
        self.listeners.discard(listener)
        self._slot(listener).discard(listener)
        for ring in listener.rings:
            self.rings.leave(ring, listener)

    def close(self) -> None:
        """Tell every stream to end; no other may open."""
        self.closing = True
        for timer in (self._timer, self._flush):
            if timer is not None:
                timer.cancel()
        self.end(lambda listener: "closing")

    def end(self, reason: Callable[[Listener], str]) -> None:
        """End the streams for which there is a reason."""
        for listener in list(self.listeners):
            if why := reason(listener):
                listener.wake(why)

    def tick(self) -> None:
        """The one timer: a twentieth of the listeners each second."""
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(1.0, self.tick)
        self._tick = (self._tick + 1) % KEEP_ALIVE
        for listener in list(self._slots[self._tick]):
            if listener.since and loop.time() - listener.since > STUCK:
                listener.end = "gone"
                if listener.task is not None:
                    listener.task.cancel()
            else:
                listener.wake(alive=True)

    def _slot(self, listener: Listener) -> set[Listener]:
        return self._slots[hash(listener) % KEEP_ALIVE]

    def _wake(self) -> None:
        if self._flush is not None:
            self._flush.cancel()
            self._flush = None
        self._waiting = 0
        self._flushed = self._clock()
        dirty, self._dirty = self._dirty, set()
        for ring in dirty:
            for listener in ring.listeners:
                listener.wake()


def wanted(headers: Mapping[str, str], query: Mapping[str, str], epoch: str) -> dict[str, Cursor]:
    """Where a seat stands in the scopes it names; under ``*`` what holds for all of them.

    Args:
        headers: ``last-event-id`` holds ``<epoch>:<seq>:<id>``; of another epoch it counts
            for nothing.
        query: ``cursors`` holds JSON, from scope to :class:`Cursor`.

    Raises:
        ServerProblem: 422.
    """
    text = query.get("cursors", "")
    found: dict[str, Cursor] = {}
    if text:
        try:
            if len(text) > CURSORS:
                raise ValueError("too long")
            found = msgspec.json.decode(text.encode(), type=dict[str, Cursor])
        except (ValueError, msgspec.MsgspecError, RecursionError) as error:
            raise ServerProblem(422, "bad_request", "cursors: JSON, scope to cursor") from error
    last = headers.get("last-event-id", "")
    parts = last.split(":")
    if len(parts) == 3 and parts[0] == epoch and parts[1].isascii() and parts[1].isdigit():
        found.setdefault("*", Cursor(int(parts[1][:19]), parts[2]))
    return found


def serve(
    hub: Hub,
    caller: Caller,
    token: str,
    cursors: Mapping[str, Cursor],
    heads: Heads,
    server_time: int,
    scope: MutableMapping[str, Any],
    receive: Receive,
    send: Send,
    headers: list[tuple[bytes, bytes]],
) -> Coroutine[Any, Any, str]:
    """One stream from its first byte to its last; why it ended.

    Args:
        hub: where it joins.
        caller: reads his scopes.
        token: its token.
        cursors: see :func:`wanted`.
        heads: awaitable heads of scopes whose rings do not know them yet.
        server_time: for the greeting, milliseconds since 1970.
        scope, receive, send: ASGI's. Under :data:`CONNECTION` the scope may hold a connection
            that tells when the other side has gone; else a task has to listen for that.
        headers: of every answer.
    """
    listener = hub.join(token, caller)
    begin = _greet(hub, listener, cursors, heads, server_time, send, headers)
    connection: Lost | None = scope.pop(CONNECTION, None)
    if connection is not None:
        connection.on_lost = listener.gone
        if connection.lost:
            listener.gone()
        return _run(hub, listener, begin, send, None)
    return _run(hub, listener, begin, send, receive)


async def _run(
    hub: Hub,
    listener: Listener,
    begin: Coroutine[Any, Any, None] | None,
    send: Send,
    receive: Receive | None,
) -> str:
    watch: asyncio.Task[None] | None = None
    try:
        if begin is not None:
            await begin
            begin = None
        if receive is not None:
            watch = asyncio.create_task(_listen(receive, listener))
        await listener.run(send)
    except asyncio.CancelledError:
        if listener.end != "gone":
            raise
    finally:
        hub.leave(listener)
        if watch is not None:
            watch.cancel()
    return listener.end


async def _greet(
    hub: Hub,
    listener: Listener,
    cursors: Mapping[str, Cursor],
    heads: Heads,
    server_time: int,
    send: Send,
    headers: list[tuple[bytes, bytes]],
) -> None:
    """The head of every scope, then the places to begin at: what comes later is in the rings."""
    rings = listener.rings
    unknown = [ring.scope for ring in rings if ring.head is None]
    known = await heads(unknown) if unknown else {}
    for ring in rings:
        ring.know(known.get(ring.scope, 0))
    listener.begin(cursors)
    greeting = Alive(hub.rings.epoch, server_time, {ring.scope: ring.head or 0 for ring in rings})
    body = b"event: hello\ndata: " + encode(greeting) + b"\n\n"
    start = {"type": "http.response.start", "status": 200, "headers": HEADERS + headers}
    await send(start)
    await send({"type": "http.response.body", "body": body, "more_body": True})


async def _listen(receive: Receive, listener: Listener) -> None:
    """Notice that the other side has closed."""
    while (await receive())["type"] != "http.disconnect":
        pass
    listener.gone()
