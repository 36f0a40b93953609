"""What a request may cost: bytes, time, depth and how often.

A body is read in pieces and never held beyond its limit: a gzip bomb, a body without an end and
one that drips are all refused while they arrive.
"""

from __future__ import annotations

import asyncio
import json
import random
import zlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from math import ceil
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from agentdesk.server.problem import ServerProblem
from agentdesk.wire import PUSH_BYTES, decode

READ_SECONDS = 15.0
"""Time a whole body may take to arrive, however slowly it drips."""
BURST_SECONDS = 3
"""A seat that was silent may do this many seconds' worth of requests at once."""
BUCKETS = 65_536
"""Tokens or addresses remembered; the ones longest silent are forgotten first."""
STRANGERS = 20
"""Requests a second of one address that carry no token we know."""

_PIECE = 64 * 1024
_GZIP = 31  # zlib: a gzip header and nothing else
_LARGEST = 2**63

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
_T = TypeVar("_T")


def headers_of(scope: Mapping[str, Any]) -> dict[str, str]:
    """Headers of an ASGI scope, lower-case names; of one sent twice, both joined by a comma."""
    found: dict[str, str] = {}
    for name, value in scope["headers"]:
        key = name.decode("latin-1")
        text = value.decode("latin-1")
        found[key] = f"{found[key]}, {text}" if key in found else text
    return found


async def read_body(
    receive: Receive,
    headers: Mapping[str, str],
    *,
    limit: int = PUSH_BYTES,
    seconds: float | None = READ_SECONDS,
) -> bytes:
    """The body of a request as JSON bytes, unpacked.

    Args:
        receive: ASGI's.
        headers: see :func:`headers_of`.
        limit: most bytes, packed and unpacked.
        seconds: time for the whole of it; None when it has arrived already.

    Raises:
        ServerProblem: 400 (its length is not the one announced, broken gzip), 408, 413,
            415 (not JSON in UTF-8, packed otherwise than by gzip).
    """
    _check_type(headers.get("content-type", ""))
    packing = headers.get("content-encoding", "identity").strip().lower()
    if packing not in ("identity", "gzip"):
        raise ServerProblem(415, "unsupported", "content-encoding: identity or gzip")
    announced = _announced(headers, limit)
    sink = _Gunzip(limit) if packing == "gzip" else _Plain(limit)
    arrived = 0
    try:
        async with asyncio.timeout(seconds):
            more = True
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise ServerProblem(400, "bad_request", "the body broke off")
                piece = message.get("body", b"")
                arrived += len(piece)
                if arrived > limit:
                    raise too_large(limit)
                for start in range(0, len(piece), _PIECE):
                    sink.feed(piece[start : start + _PIECE])
                more = message.get("more_body", False)
    except TimeoutError as error:
        raise ServerProblem(408, "bad_request", "the body did not arrive in time") from error
    if announced is not None and arrived != announced:
        raise ServerProblem(400, "bad_request", "content-length: not what arrived")
    return sink.whole()


def too_large(limit: int) -> ServerProblem:
    """413, naming the limit in bytes."""
    return ServerProblem(413, "too_large", f"at most {limit} bytes, unpacked")


def _check_type(text: str) -> None:
    kind, *rest = (part.strip().lower() for part in text.split(";"))
    others = [part for part in rest if part and part.replace('"', "") != "charset=utf-8"]
    if kind != "application/json" or others:
        raise ServerProblem(415, "unsupported", "content-type: application/json")


def _announced(headers: Mapping[str, str], limit: int) -> int | None:
    text = headers.get("content-length")
    if text is None:
        return None
    if not (text.isascii() and text.isdigit()):
        raise ServerProblem(400, "bad_request", "content-length: not a number")
    if len(text) > 15 or int(text) > limit:
        raise too_large(limit)
    return int(text)


class _Plain:
    def __init__(self, limit: int) -> None:
        self._have = bytearray()

    def feed(self, piece: bytes) -> None:
        self._have += piece  # the packed bytes are counted already

    def whole(self) -> bytes:
        return bytes(self._have)


class _Gunzip:
    """Unpacks as it comes and stops one byte beyond the limit."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._have = bytearray()
        self._machine = zlib.decompressobj(_GZIP)

    def feed(self, piece: bytes) -> None:
        try:
            self._have += self._machine.decompress(piece, self._limit + 1 - len(self._have))
        except zlib.error as error:
            raise ServerProblem(400, "bad_request", "broken gzip") from error
        if len(self._have) > self._limit or self._machine.unconsumed_tail:
            raise too_large(self._limit)
        if self._machine.unused_data:
            raise ServerProblem(400, "bad_request", "bytes after the gzip")

    def whole(self) -> bytes:
        if not self._machine.eof:
            raise ServerProblem(400, "bad_request", "the gzip breaks off")
        return bytes(self._have)


def read_message(data: bytes, kind: type[_T]) -> _T:
    """A message of the protocol, nothing in it doubtful.

    What our own seats write is recognised by writing it again, which costs little. Anything
    else is read by the strict reader: a name twice, a number out of range or half a surrogate
    pair would mean one thing here and another elsewhere. Bodies of events are judged one by
    one by the journal: one that makes no sense must not hold up the others of its push.

    Raises:
        ServerProblem: 400 no JSON, or ambiguous JSON; 422 JSON, but no such message.
    """
    try:
        message = decode(data, kind)
    except ValueError as error:
        _strictly(data)
        raise ServerProblem(422, "bad_request", str(error)[:200]) from error
    if _encode(message) != data:
        _strictly(data)
    if b"\\u00" in data or b"\x7f" in data:
        _check_names(message, "$")
    return message


def _check_names(value: object, at: str) -> None:
    """No control characters in names and ids: not every database can hold them.

    Bodies are free to have them; they stay text as they came.
    """
    if isinstance(value, Struct):
        for name in value.__struct_fields__:
            _check_names(getattr(value, name), f"{at}.{name}")
    elif isinstance(value, list):
        for place, held in enumerate(value):
            _check_names(held, f"{at}[{place}]")
    elif isinstance(value, str) and any(mark < " " or mark == "\x7f" for mark in value):
        raise ServerProblem(422, "bad_request", f"control characters - at `{at}`")


def _strictly(data: bytes) -> None:
    """Read as JSON with nothing forgiven.

    Raises:
        ServerProblem: 400.
    """
    try:
        value = json.loads(
            data.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no, parse_float=_finite
        )
        msgspec.json.encode(value)  # half a surrogate pair cannot be written
    except RecursionError as error:
        raise ServerProblem(400, "bad_request", "JSON nested too deep") from error
    except (ValueError, msgspec.MsgspecError) as error:
        reason = error.args[0] if isinstance(error, _Doubtful) else "not JSON in UTF-8"
        raise ServerProblem(400, "bad_request", reason) from error


class _Doubtful(ValueError):
    """JSON that two readers may read differently."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Doubtful("a name twice in one object")
    return found


def _no(name: str) -> Any:
    raise _Doubtful("not a JSON number")


def _finite(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise _Doubtful("a number out of range")
    return value


def number(text: str, name: str, most: int = _LARGEST - 1) -> int:
    """A whole number of a query, 0 to ``most``.

    Raises:
        ServerProblem: 422 naming the field.
    """
    if not (text.isascii() and text.isdigit() and len(text) < 20) or int(text) > most:
        raise ServerProblem(422, "bad_request", f"{name}: 0 to {most}")
    return int(text)


class Rate:
    """So many requests a second for each of many keys, and a few more after a pause.

    One integer-like float a key: the moment at which it will have used up nothing (GCRA).

    Args:
        per_second: requests a second in the long run, at least 1.
        clock: seconds that never go back.
        burst: requests at once after a pause; as many as :data:`BURST_SECONDS` bring if 0.
    """

    def __init__(self, per_second: int, clock: Callable[[], float], burst: int = 0) -> None:
        self._each = 1 / per_second
        self._slack = (burst or per_second * BURST_SECONDS) * self._each * (1 + 1e-6)  # rounding
        self._clock = clock
        self._free: OrderedDict[str, float] = OrderedDict()

    def take(self, key: str) -> None:
        """Count one request of ``key``.

        Raises:
            ServerProblem: 429 with the whole seconds to wait, at least 1.
        """
        now = self._clock()
        free = max(self._free.get(key, now), now) + self._each
        if free - now > self._slack:
            wait = max(1, ceil(free - now - self._slack))
            raise ServerProblem(429, "busy", "too many requests", wait)
        self._free[key] = free
        self._free.move_to_end(key)
        if len(self._free) > BUCKETS:
            self._free.popitem(last=False)

    def sweep(self) -> None:
        """Forget the keys that have used up nothing."""
        now = self._clock()
        for key in [key for key, free in self._free.items() if free <= now]:
            del self._free[key]


def spread(seconds: int, rng: random.Random) -> int:
    """A waiting time with jitter, so that ten thousand seats do not come back at once."""
    return max(1, round(seconds * rng.uniform(0.5, 2.0)))


_encode = msgspec.json.Encoder().encode
