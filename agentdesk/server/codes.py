"""Codes people type and tokens machines show: made here, compared by their digests."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Callable
from hashlib import sha256

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_SIMILAR = str.maketrans({"O": "0", "I": "1", "L": "1", "-": "", " ": "", "_": ""})
_GROUPS, _GROUP = 3, 4
CODE_SYMBOLS = _GROUPS * _GROUP
TOKEN_BYTES = 32
_TOKEN_MOST = 128

Randomness = Callable[[int], bytes]
"""So many random bytes: ``secrets.token_bytes`` or a seeded stand-in."""


def new_code(randomness: Randomness = secrets.token_bytes) -> str:
    """A code of 60 random bits in Crockford's digits, ``7K3M-Q2ZV-0XHT``: none look alike."""
    bits = int.from_bytes(randomness(8), "big")
    symbols = "".join(_ALPHABET[bits >> 5 * place & 31] for place in range(CODE_SYMBOLS))
    return "-".join(symbols[at : at + _GROUP] for at in range(0, CODE_SYMBOLS, _GROUP))


def plain_code(typed: str) -> str:
    """A code as it was meant: capitals, no hyphens, ``O`` for 0, full-width digits of an input
    method as plain ones. Empty when it can be none.
    """
    if len(typed) > 8 * CODE_SYMBOLS:
        return ""
    text = unicodedata.normalize("NFKC", typed).strip().upper().translate(_SIMILAR)
    sound = len(text) == CODE_SYMBOLS and set(text) <= set(_ALPHABET)
    return text if sound else ""


def new_token(randomness: Randomness = secrets.token_bytes) -> str:
    """An opaque token of 256 random bits, 64 hexadecimal digits."""
    return randomness(TOKEN_BYTES).hex()


def digest(secret: str) -> str:
    """What is kept of a code or token. They are random, so a plain SHA-256 gives nothing away."""
    return sha256(secret[:_TOKEN_MOST].encode(errors="surrogatepass")).hexdigest()
