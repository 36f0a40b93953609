"""PINs: kept as scrypt, guessed slowly, and not the first ones anybody would try."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from threading import BoundedSemaphore
from typing import Protocol

import msgspec
from msgspec import Struct

from agentdesk.errors import UsageError
from agentdesk.server.codes import Randomness

PIN_LEAST, PIN_MOST = 6, 64
"""Characters of a PIN."""
TRIES = 5
"""Wrong PINs in a row before the person has to wait."""
LOCK_MS = 5 * 60 * 1000
"""How long the first time; twice as long each time after, up to ``LOCK_MOST_MS``."""
LOCK_MOST_MS = 60 * 60 * 1000

_N, _R, _P = 1 << 14, 8, 1
_MEMORY = 64 * 1024 * 1024
_SALT = 16
_PIN, _TRIES = "pin", "tries"

# Each takes 16 MiB and some 50 ms: a flood of sign-ins must not take the machine.
_at_once = BoundedSemaphore(2)

_ROWS = ("0123456789", "9876543210", "qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefghijklmnopqrst")
_COMMON = frozenset(
    {"147258", "147258369", "159357", "258369", "369258", "456852", "741852", "789456", "852456"}
    | {"963852", "password", "passwd", "admin123", "abc123", "abc123456", "qwe123"}
    | {"woaini", "woaini1314"}
)


class Kept(Protocol):
    """The small records of :class:`agentdesk.server.storage.base.Storage`."""

    def keep(self, kind: str, key: str, value: str | None) -> None:
        """Keep a record durably; None removes it."""

    def kept(self, kind: str, key: str) -> str | None:
        """A record."""

    def all_kept(self, kind: str) -> dict[str, str]:
        """Every record of a kind."""

    def swap(self, kind: str, key: str, old: str, new: str | None) -> bool:
        """Replace a record if it is still ``old``."""


class _Sealed(Struct, frozen=True):
    """A PIN as it is kept; the figures are those it was made with."""

    salt: str
    hash: str
    n: int
    r: int
    p: int


class _Tries(Struct, frozen=True):
    """Wrong PINs in a row, how often that led to a lock, and until when the last one holds."""

    count: int = 0
    locks: int = 0
    until: int = 0


def weakness(pin: str, person: str) -> str:
    """Why a PIN is refused, a key below ``error.pin.``; empty for none."""
    plain = unicodedata.normalize("NFKC", pin)
    if not PIN_LEAST <= len(plain) <= PIN_MOST:
        return "length"
    if not plain.isprintable() or plain != plain.strip():
        return "characters"
    low = plain.lower()
    if person and person.lower() in (low, low[::-1], low.strip("0")):
        return "own"
    blocks = (low[:size] * len(low) for size in range(1, len(low) // 2 + 1))
    if any(block.startswith(low) for block in blocks):
        return "repeated"
    if low in _COMMON or any(low in row + row for row in _ROWS):
        return "common"
    return ""


def refuse(pin: str, person: str) -> None:
    """See that a PIN is good enough.

    Raises:
        UsageError: ``pin.length``, ``pin.characters``, ``pin.own``, ``pin.repeated`` or
            ``pin.common``.
    """
    if reason := weakness(pin, person):
        raise UsageError(f"pin.{reason}", least=PIN_LEAST, most=PIN_MOST)


class Pins:
    """The PINs of a site.

    Args:
        storage: where they are kept.
        randomness: for salts.
    """

    def __init__(self, storage: Kept, randomness: Randomness = secrets.token_bytes) -> None:
        self._storage, self._randomness = storage, randomness

    def set(self, person: str, pin: str) -> None:
        """Give somebody a PIN; what was counted against them is forgotten.

        Raises:
            UsageError: ``pin.length``, ``pin.characters``, ``pin.own``, ``pin.repeated`` or
                ``pin.common``; nothing was changed.
        """
        refuse(pin, person)
        salt = self._randomness(_SALT)
        sealed = _Sealed(salt.hex(), _hash(pin, salt, _N, _R, _P).hex(), _N, _R, _P)
        self._storage.keep(_PIN, person, _text(sealed))
        self._storage.keep(_TRIES, person, _text(_Tries()))

    def remove(self, person: str) -> None:
        """Take somebody's PIN away: they cannot sign in."""
        self._storage.keep(_PIN, person, None)
        self._storage.keep(_TRIES, person, None)

    def has(self, person: str) -> bool:
        """Whether somebody can sign in."""
        return self._storage.kept(_PIN, person) is not None

    def wait_ms(self, person: str, now_ms: int) -> int:
        """How long somebody has to wait before another try, in milliseconds; 0 for not at all."""
        return max(0, self._tries(person)[1].until - now_ms)

    def check(self, person: str, pin: str, now_ms: int) -> bool:
        """Whether that is somebody's PIN. The caller has seen to ``wait_ms``.

        A try is counted before it is looked at, so many at once are as many tries. Somebody
        without a PIN takes as long to refuse.
        """
        text = self._storage.kept(_PIN, person)
        sealed = _NOBODY if text is None else msgspec.json.decode(text, type=_Sealed)
        if text is not None and not self._count(person, now_ms):
            return False
        made = _hash(pin, bytes.fromhex(sealed.salt), sealed.n, sealed.r, sealed.p)
        right = hmac.compare_digest(made, bytes.fromhex(sealed.hash)) and text is not None
        if right:
            self._storage.keep(_TRIES, person, _text(_Tries()))
        return right

    def _count(self, person: str, now_ms: int) -> bool:
        """Count one try; False when there are none left for now."""
        while True:
            text, tries = self._tries(person)
            if tries.until > now_ms:
                return False
            count, locks, until = tries.count + 1, tries.locks, 0
            if count >= TRIES:
                until = now_ms + min(LOCK_MS << min(locks, 8), LOCK_MOST_MS)
                count, locks = 0, locks + 1
            new = _text(_Tries(count, locks, until))
            if text is None:
                self._storage.keep(_TRIES, person, new)
                return True
            if self._storage.swap(_TRIES, person, text, new):
                return True

    def _tries(self, person: str) -> tuple[str | None, _Tries]:
        text = self._storage.kept(_TRIES, person)
        return text, _Tries() if text is None else msgspec.json.decode(text, type=_Tries)


def _hash(pin: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    typed = unicodedata.normalize("NFKC", pin[: 4 * PIN_MOST]).encode(errors="surrogatepass")
    with _at_once:
        return hashlib.scrypt(typed, salt=salt, n=n, r=r, p=p, maxmem=_MEMORY, dklen=32)


def _text(record: Struct) -> str:
    return msgspec.json.encode(record).decode()


_NOBODY = _Sealed("00" * _SALT, "00" * 32, _N, _R, _P)
