"""Pages as they travel, and the full ones kept for the next who asks.

On the first day of a site every seat reads the same register, page by page. What follows a
cursor never changes once the page is full: it is read, written as JSON and packed once, for all
of them. Only the end of a page tells the time and how far the scope has come, and is written for
each.
"""

from __future__ import annotations

import threading
import zlib
from collections.abc import Sequence
from struct import pack

from msgspec import Struct

from agentdesk.wire import Cursor, Stored, encode

KEPT_BYTES = 32 * 1024 * 1024
"""Most bytes of pages that are kept, as JSON and packed: the register of some 50,000 people."""

Key = tuple[str, str, int, int]
"""Scope, epoch, sequence after which, most events."""

# RFC 1952: deflate, no name, no time, packed in haste, on any system.
_GZIP = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x04\xff"
_RAW = -15  # zlib: deflate without a header


class _Beginning(Struct):
    """The first fields of :class:`agentdesk.wire.Page`, in its order."""

    scope: str
    epoch: str
    events: list[Stored]
    cur: Cursor


class Front:
    """All of a page but its end.

    Attributes:
        cur: the cursor after it.
    """

    def __init__(self, scope: str, epoch: str, events: Sequence[Stored], cur: Cursor) -> None:
        self.cur = cur
        self.text = encode(_Beginning(scope, epoch, list(events), cur))[:-1]
        self._packed: bytes | None = None
        self._crc = 0

    @property
    def size(self) -> int:
        """Bytes it takes, packed too."""
        return len(self.text) + len(self._packed or b"")

    def packed(self, end: bytes) -> bytes:
        """One gzip of the text and ``end``; the text is packed once."""
        if self._packed is None:
            self._crc = zlib.crc32(self.text)
            machine = zlib.compressobj(1, wbits=_RAW)
            # Ends on a whole byte and refers to nothing behind it, so anything may follow.
            self._packed = machine.compress(self.text) + machine.flush(zlib.Z_FULL_FLUSH)
        machine = zlib.compressobj(1, wbits=_RAW)
        last = machine.compress(end) + machine.flush()
        size = (len(self.text) + len(end)) & 0xFFFF_FFFF
        return b"".join((_GZIP, self._packed, last, pack("<II", zlib.crc32(end, self._crc), size)))


class Sheet(Struct, frozen=True):
    """A page, ready to be sent: the same bytes as of :class:`agentdesk.wire.Page`."""

    front: Front
    head: int
    server_time: int

    def plain(self) -> bytes:
        """JSON."""
        return self.front.text + self._end()

    def packed(self) -> bytes:
        """The same as gzip."""
        return self.front.packed(self._end())

    def _end(self) -> bytes:
        return b',"head":%d,"server_time":%d}' % (self.head, self.server_time)


class Fronts:
    """The pages used last; safe from any thread.

    Args:
        most: bytes.
    """

    def __init__(self, most: int = KEPT_BYTES) -> None:
        self._most, self._bytes = most, 0
        self._lock = threading.Lock()
        self._held: dict[Key, tuple[int, Front]] = {}

    @property
    def bytes(self) -> int:
        """How much is kept."""
        return self._bytes

    def get(self, key: Key) -> Front | None:
        """A page, which is thereby the one used last."""
        with self._lock:
            found = self._held.pop(key, None)
            if found is None:
                return None
            self._held[key] = found
            return found[1]

    def keep(self, key: Key, front: Front) -> None:
        """Keep a page; what was used longest ago goes."""
        front.packed(b"")  # now, so that its size is known
        with self._lock:
            self._drop(key)
            self._held[key] = front.size, front
            self._bytes += front.size
            while self._bytes > self._most:
                self._drop(next(iter(self._held)))

    def drop(self, key: Key) -> None:
        """Keep it no longer."""
        with self._lock:
            self._drop(key)

    def clear(self) -> None:
        """Keep none."""
        with self._lock:
            self._held.clear()
            self._bytes = 0

    def _drop(self, key: Key) -> None:
        if (found := self._held.pop(key, None)) is not None:
            self._bytes -= found[0]
