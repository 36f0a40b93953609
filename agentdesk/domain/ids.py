"""Identities: UUIDv7, made here because Python 3.11 has none.

An id says who something is and, roughly, when it was made. It is never used to order
events of different seats; that is the stamp's work (:mod:`agentdesk.domain.hlc`).
"""

from __future__ import annotations

from collections.abc import Callable

from agentdesk.domain.events import EventId

_MS_MAX = (1 << 48) - 1
_RANDOM_BITS = 74
_RANDOM_MAX = (1 << _RANDOM_BITS) - 1
_STEP_BITS = 32


class Ids:
    """A source of UUIDv7 (RFC 9562), strictly increasing within one process.

    Several ids of one millisecond, or ids made after the clock went back, continue from
    the last one by a random step (RFC 9562 section 6.2, method 2), so a B-tree of ids
    is only ever appended to.

    Args:
        clock_ms: milliseconds since 1970; values a UUID cannot hold are clamped.
        randbits: ``secrets.randbits`` or a seeded stand-in.
    """

    def __init__(self, clock_ms: Callable[[], int], randbits: Callable[[int], int]) -> None:
        self._clock_ms = clock_ms
        self._randbits = randbits
        self._ms = -1
        self._random = 0

    def __call__(self) -> EventId:
        """The next id, as 32 lower-case hexadecimal digits."""
        now = min(max(self._clock_ms(), 0), _MS_MAX)
        if now > self._ms:
            self._ms = now
            # The top bit stays clear: room for a burst of steps within this millisecond.
            self._random = self._randbits(_RANDOM_BITS - 1)
        else:
            self._random += 1 + self._randbits(_STEP_BITS)
            if self._random > _RANDOM_MAX:
                self._ms += 1
                self._random = self._randbits(_RANDOM_BITS - 1)
        high, low = self._random >> 62, self._random & ((1 << 62) - 1)
        value = self._ms << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low
        return EventId(f"{value:032x}")


def hexadecimal(text: str) -> bool:
    """Whether ``text`` is pairs of lower-case hexadecimal digits and nothing else.

    For many ids joined: a third of the time a pattern takes.
    """
    try:
        return bytes.fromhex(text).hex() == text  # fromhex alone would take spaces and capitals
    except ValueError:
        return False
