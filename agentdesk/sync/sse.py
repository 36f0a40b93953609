"""Server-sent events, piece by piece; see :class:`agentdesk.wire.Live`."""

from __future__ import annotations

from agentdesk.sync.transport import Frame
from agentdesk.wire import EVENT_BYTES, Alive, Live, decode

LONGEST = 4 * EVENT_BYTES + 1024 * 1024
"""Most bytes of one event of the stream: the greeting names every scope."""


class Reader:
    """Cuts a stream into frames."""

    def __init__(self) -> None:
        self._have = bytearray()

    def feed(self, piece: bytes) -> list[Frame]:
        """The frames ``piece`` completes.

        Raises:
            ValueError: no such frame, or one too long.
        """
        self._have += piece
        found: list[Frame] = []
        while (end := self._have.find(b"\n\n")) >= 0:
            block = bytes(self._have[:end])
            del self._have[: end + 2]
            if (frame := _frame(block)) is not None:
                found.append(frame)
        if len(self._have) > LONGEST:
            raise ValueError("a frame without an end")
        return found


def _frame(block: bytes) -> Frame | None:
    """The frame of one block; None for a comment or a name nobody knows."""
    fields: dict[bytes, bytes] = {}
    for line in block.split(b"\n"):
        name, _, value = line.partition(b":")
        fields[name] = value.removeprefix(b" ").rstrip(b"\r")
    name, data = fields.get(b"event", b""), fields.get(b"data", b"")
    if name == b"event":
        epoch = fields.get(b"id", b"").partition(b":")[0].decode("ascii", "replace")
        return Frame("event", epoch, live=decode(data, Live))
    if name == b"hello":
        alive = decode(data, Alive)
        return Frame("hello", alive.epoch, alive=alive)
    if name in (b"behind", b"revoked"):
        return Frame(name.decode())
    return None
