"""``GET /v1/stream``: server-sent events, for ten thousand listeners in one process.

A bare ASGI endpoint. A listener is one task, its places in the rings and a future to wait on;
one timer has them say that they live, one tells them of events that came within
:data:`COALESCE`. Both write to the connections themselves, some hundred at a time, and wake no
task: ten thousand of them would take the loop for half a second.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping, MutableMapping, Sequence
from typing import Any

import msgspec

from agentdesk.server.caller import Caller
from agentdesk.server.limits import Receive
from agentdesk.server.listener import Connection, Listener, Send
from agentdesk.server.problem import ServerProblem
from agentdesk.server.ring import AGE, FRAMES, Listening, Ring, Rings, Shared
from agentdesk.wire import Alive, Cursor, Stored, encode

COALESCE = 0.1
"""Seconds events are gathered before listeners are woken."""
COALESCE_MOST = 0.5
"""The same where telling everybody takes long itself; see :data:`PART`."""
PART = 4
"""Events are gathered for this many times as long as telling the last ones took: about a quarter
of the loop goes into it, and the more there is to tell the more goes out in one piece."""
KEEP_ALIVE = 20
"""Seconds between two signs of life of a stream; the work is spread over them."""
STUCK = 60.0
"""Seconds a listener may take to accept one piece before it is cut off."""
ROUND = 500
"""Listeners that are told before others on the loop have their turn."""
CURSORS = 24 * 1024
"""Most characters of ``cursors``."""

CONNECTION = "agentdesk.connection"
"""Where an ASGI scope holds its connection, if it can tell when it is lost."""

HEADERS = [
    (b"content-type", b"text/event-stream"),
    (b"x-accel-buffering", b"no"),
]
Heads = Callable[[list[str]], Awaitable[Mapping[str, int]]]
"""The newest sequence of each scope."""


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
        self._spent = 0.0
        self._dirty: set[Ring] = set()
        self._clock = clock

    def start(self) -> None:
        """Begin to tick."""
        self._timer = asyncio.get_running_loop().call_later(1.0, self.tick)

    def publish(self, events: Sequence[Stored]) -> None:
        """Events that were committed, by sequence."""
        if self.closing:
            return
        fresh = self.rings.publish(events)
        self._dirty |= fresh
        if any(ring.end - ring.told >= FRAMES // 8 for ring in fresh):
            self._wake()  # gathering more of them would push quick readers off the rings
        elif self._dirty and self._flush is None:
            gather = max(COALESCE, min(COALESCE_MOST, self._spent * PART))
            wait = max(0.0, self._flushed + gather - self._clock())
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
        self._tick = (self._tick + 1) % (KEEP_ALIVE * AGE)
        if not self._tick % AGE:
            self.rings.age()
        for listener in list(self._slots[self._tick % KEEP_ALIVE]):
            if listener.since and loop.time() - listener.since > STUCK:
                listener.end = "gone"
                if listener.task is not None:
                    listener.task.cancel()
            else:
                listener.live()

    def _slot(self, listener: Listener) -> set[Listener]:
        return self._slots[hash(listener) % KEEP_ALIVE]

    def _wake(self) -> None:
        if self._flush is not None:
            self._flush.cancel()
            self._flush = None
        self._spent = 0.0
        self._flushed = self._clock()
        dirty, self._dirty = self._dirty, set()
        for ring in dirty:
            ring.told = ring.end
            self._tell(list(ring.listeners), 0, Shared())

    def _tell(self, listeners: list[Listening], begin: int, shared: Shared) -> None:
        """A round of them; what comes to the rings meanwhile has rounds of its own."""
        began = self._clock()
        for listener in listeners[begin : begin + ROUND]:
            listener.tell(shared)
        self._spent += self._clock() - began
        begin += ROUND
        if begin < len(listeners):
            asyncio.get_running_loop().call_soon(self._tell, listeners, begin, shared)


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
    connection: Connection | None = scope.pop(CONNECTION, None)
    if connection is not None:
        listener.link = connection
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
    places = {ring.scope: ring.head or 0 for ring in rings}
    greeting = Alive(hub.rings.epoch, server_time, places)
    body = b"event: hello\ndata: " + encode(greeting) + b"\n\n"
    start = {"type": "http.response.start", "status": 200, "headers": HEADERS + headers}
    await send(start)
    await send({"type": "http.response.body", "body": body, "more_body": True})


async def _listen(receive: Receive, listener: Listener) -> None:
    """Notice that the other side has closed."""
    while (await receive())["type"] != "http.disconnect":
        pass
    listener.gone()
