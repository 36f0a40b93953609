"""One open stream: its places in the rings, and how it is told what is new.

A stream whose connection has room is written to directly, by whoever has something new for many;
its own task is woken only to wait: for a slow reader, or to end.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any, Protocol

from agentdesk.server.caller import Caller
from agentdesk.server.ring import PIECE, Behind, Rings, Shared, chunk
from agentdesk.wire import Cursor

_ALIVE = b": ka\n\n"
_REASONS = {
    "behind": b"event: behind\ndata: {}\n\n",
    "revoked": b"event: revoked\ndata: {}\n\n",
    "closing": b": closing\n\n",
}

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Connection(Protocol):
    """A connection that tells when it is lost, and can be written to without waiting."""

    lost: bool
    on_lost: Callable[[], None] | None

    def deliver(self, chunk: bytes) -> bool:
        """Write a chunk of the answer under way if there is room for it; whether there was."""
        ...


_ALIVE_CHUNK = chunk(_ALIVE)


class Listener:
    """One open stream.

    Args:
        rings: what it listens to.
        token: to ask whether it still holds.
        caller: whom it stood for when the stream opened.

    Attributes:
        link: its connection, if that can be written to; None for one only its task writes to.
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
        "link",
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
        self.link: Connection | None = None
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

    def tell(self, shared: Shared) -> None:
        """Hand over what is new at once; its task only gets to know what does not fit.

        Args:
            shared: the chunks of the others who are told the same.
        """
        link, waiter = self.link, self._waiter
        if waiter is None or waiter.done():
            return  # its task is at work, and looks again before it waits
        if link is None or self.end:
            waiter.set_result(None)
            return
        places, only = self._places, -1
        for at, ring in enumerate(self.rings):
            if ring.end > places[at]:
                if only >= 0:  # several: its task puts them in their order
                    waiter.set_result(None)
                    return
                only = at
        if only < 0:
            return
        ring = self.rings[only]
        try:
            count, made = shared.get(ring, places[only])
        except Behind:
            waiter.set_result(None)
            return
        if link.deliver(made):
            places[only] += count
            self._alive = False
        if ring.end > places[only]:
            waiter.set_result(None)

    def live(self) -> None:
        """Say that it lives, unless something was said since it was last asked to."""
        waiter, link = self._waiter, self.link
        idle = waiter is not None and not waiter.done() and not self.end
        if not (idle and link is not None and link.deliver(_ALIVE_CHUNK)):
            self.wake(alive=True)

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
