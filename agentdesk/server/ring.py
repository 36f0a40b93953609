"""The newest events of every scope somebody listens to, each encoded once.

A listener keeps nothing but its place in each ring. Whoever is so slow that the ring has gone
over their place is told ``behind`` and pulls; nothing is ever queued for one listener.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from operator import itemgetter
from typing import Protocol

from agentdesk.wire import Live, Stored, encode

FRAMES = 1024
"""Most frames of a ring."""
RING_BYTES = 1024 * 1024
"""Most bytes of a ring; the newest frame stays whatever its size."""
AGE = 60
"""Seconds a frame stays at least; after twice as long it is gone. A busy site of many teams would
fill all of their rings otherwise, for readers who should have pulled long ago."""
PIECE = 16 * 1024
"""About the most bytes handed to one listener at once."""
IDLE = 4096
"""Most rings nobody listens to: a seat that comes back at once finds what it missed."""
UNKNOWN = -1
"""``after`` of a frame whose predecessor is not known: it fits no cursor, so seats pull."""


class Behind(Exception):
    """The place of a listener has fallen off its ring."""


class Listening(Protocol):
    """Whoever waits for frames."""

    def tell(self, shared: Shared) -> None:
        """There are some."""
        ...


class Ring:
    """The newest frames of one scope.

    Attributes:
        head: sequence of its newest event; None until somebody asked the journal.
        listeners: who holds a place in it.
        told: place up to which its listeners were woken.
    """

    __slots__ = (
        "_base",
        "_before",
        "_bytes",
        "_frames",
        "_mark",
        "head",
        "listeners",
        "scope",
        "told",
    )

    def __init__(self, scope: str) -> None:
        self.scope = scope
        self.head: int | None = None
        self.listeners: set[Listening] = set()
        self._base = 0
        self._before: int | None = None
        self._bytes = 0
        self._mark = self.told = 0
        self._frames: list[tuple[int, bytes]] = []

    @property
    def end(self) -> int:
        """Place after the newest frame; places only grow."""
        return self._base + len(self._frames)

    def add(self, event: Stored, epoch: str, *, more: bool = False) -> None:
        """Append the frame of an event; one that is not newer than the head is left out.

        Args:
            more: whether the next event of the scope belongs to the same transaction.
        """
        head = self.head
        if head is not None and event.seq <= head:
            return
        live = Live(UNKNOWN if head is None else head, event, more)
        name = f"{epoch}:{event.seq}:{event.id}".encode()
        frame = b"id: " + name + b"\nevent: event\ndata: " + encode(live) + b"\n\n"
        if not self._frames:
            self._before = head
        self.head = event.seq
        self._frames.append((event.seq, frame))
        self._bytes += len(frame)
        if len(self._frames) > FRAMES or self._bytes > RING_BYTES:
            self._trim()

    def know(self, head: int) -> None:
        """The journal's answer for the head; an event that came meanwhile counts more."""
        if self.head is None:
            self.head = head

    def place(self, seq: int) -> int:
        """The place after the event ``seq``; the end if what follows it is not here."""
        frames, before = self._frames, self._before
        if not frames or before is None or seq < before:
            return self.end
        return self._base + bisect_right(frames, seq, key=itemgetter(0))

    def since(self, place: int, most: int) -> list[tuple[int, bytes]]:
        """Frames from a place on, at least ``most`` bytes of them unless there are no more.

        Raises:
            Behind: the first of them has fallen off.
        """
        start = place - self._base
        if start < 0:
            raise Behind
        found: list[tuple[int, bytes]] = []
        for at in range(start, len(self._frames)):
            found.append(self._frames[at])
            most -= len(found[-1][1])
            if most <= 0:
                break
        return found

    def _trim(self) -> None:
        """Let the oldest go down to three quarters, so that it is seldom done."""
        frames, gone, left = self._frames, 0, self._bytes
        while gone < len(frames) - 1 and (
            len(frames) - gone > FRAMES * 3 // 4 or left > RING_BYTES * 3 // 4
        ):
            left -= len(frames[gone][1])
            gone += 1
        self._drop(gone)

    def age(self) -> None:
        """Let those go that were here already when this was last called."""
        self._drop(self._mark - self._base)
        self._mark = self.end

    def _drop(self, gone: int) -> None:
        """Let go of the oldest."""
        if gone <= 0:
            return
        frames = self._frames
        self._bytes -= sum(len(body) for _, body in frames[:gone])
        self._before = frames[gone - 1][0]
        del frames[:gone]
        self._base += gone


class Shared:
    """Chunks made for one listener and good for all who stand at the same place of a ring."""

    def __init__(self) -> None:
        self._made: dict[tuple[int, int], tuple[int, bytes]] = {}

    def get(self, ring: Ring, place: int) -> tuple[int, bytes]:
        """How many frames follow a place, about as many as a piece holds, and their chunk.

        Raises:
            Behind: the first of them has fallen off.
        """
        key = (id(ring), place)
        found = self._made.get(key)
        if found is None:
            frames = ring.since(place, PIECE)
            found = self._made[key] = len(frames), chunk(b"".join(body for _, body in frames))
        return found


def chunk(body: bytes) -> bytes:
    """A chunk of HTTP/1.1 (RFC 9112, 7.1)."""
    return b"%x\r\n%b\r\n" % (len(body), body)


class Rings:
    """All rings of a server process; touched from its event loop only.

    Args:
        epoch: the server's.
    """

    def __init__(self, epoch: str) -> None:
        self.epoch = epoch
        self._rings: dict[str, Ring] = {}
        self._idle: dict[str, None] = {}  # by when they were left

    def listen(self, scope: str, listener: Listening) -> Ring:
        """The ring of a scope, made if there is none; :meth:`leave` it afterwards."""
        ring = self._rings.get(scope)
        if ring is None:
            ring = self._rings[scope] = Ring(scope)
        else:
            self._idle.pop(scope, None)
        ring.listeners.add(listener)
        return ring

    def leave(self, ring: Ring, listener: Listening) -> None:
        """A listener has gone. The :data:`IDLE` rings last left are kept."""
        ring.listeners.discard(listener)
        if not ring.listeners:
            self._leave_idle(ring)

    def _leave_idle(self, ring: Ring) -> None:
        self._idle[ring.scope] = None
        if len(self._idle) > IDLE:
            oldest = next(iter(self._idle))
            del self._idle[oldest], self._rings[oldest]

    def age(self) -> None:
        """Have every ring let go of what has been in it for long, see :data:`AGE`."""
        for ring in self._rings.values():
            ring.age()

    def publish(self, events: Iterable[Stored]) -> set[Ring]:
        """Frame events that were committed, by sequence; the rings somebody listens to."""
        of: dict[str, list[Stored]] = {}
        for event in events:
            if event.scope in self._rings:
                of.setdefault(event.scope, []).append(event)
        for scope, found in of.items():
            ring = self._rings[scope]
            for at, event in enumerate(found, 1):
                more = at < len(found) and found[at].txn == event.txn
                ring.add(event, self.epoch, more=more)
        return {self._rings[scope] for scope in of if self._rings[scope].listeners}

    def begin(self, epoch: str) -> None:
        """Another past: what the rings hold belongs to the old one."""
        self.epoch = epoch
        for scope, ring in list(self._rings.items()):
            if ring.listeners:
                self._rings[scope] = fresh = Ring(scope)
                fresh.listeners = ring.listeners  # until they have gone
            else:
                del self._rings[scope]
                self._idle.pop(scope, None)
