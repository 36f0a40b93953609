"""The least HTTP client there is: keep-alive connections and streams, on asyncio protocols.

What drives a server must be cheap beside it; the answers it reads are the server's own, so it
forgives nothing and understands little: content-length or chunks, no redirects, no packing
unless it was asked for.
"""

from __future__ import annotations

import asyncio
import gzip
import socket
from collections import deque
from collections.abc import Callable
from time import perf_counter
from typing import cast

import httptools
from msgspec import Struct

CONNECT_SECONDS = 30.0
NARROW = 4096
"""Bytes the system may hold for a reader who is to be slow."""
Address = tuple[str, int]
"""Host and port."""


class Answer(Struct, frozen=True):
    """An answer, and how long it took."""

    status: int
    body: bytes
    seconds: float
    retry_after: float = 0.0


WORTH_PACKING = 1024
"""Bytes from which a body is packed, as a console does it."""


def post(path: str, token: str, body: bytes) -> bytes:
    """A request with a body, ready to be sent."""
    packed = ""
    if len(body) >= WORTH_PACKING:
        body, packed = gzip.compress(body, 1), "Content-Encoding: gzip\r\n"
    return (
        f"POST {path} HTTP/1.1\r\nHost: load\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\n{packed}Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body


def get(path: str, token: str, headers: str = "") -> bytes:
    """A request without a body; ``headers`` end with their line ends."""
    return (
        f"GET {path} HTTP/1.1\r\nHost: load\r\nAuthorization: Bearer {token}\r\n{headers}\r\n"
    ).encode()


class Connection(asyncio.Protocol):
    """One request at a time, or several sent at once and answered in their order."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[asyncio.Future[Answer], float]] = deque()
        self._parser: httptools.HttpResponseParser | None = None
        self._body: list[bytes] = []
        self._retry = 0.0
        self._transport: asyncio.Transport | None = None
        self.open = False

    @classmethod
    async def connect(cls, address: Address, source: str = "") -> Connection:
        """A connection.

        Args:
            source: address to come from: one address has only some 28,000 ports.
        """
        local = (source, 0) if source else None
        async with asyncio.timeout(CONNECT_SECONDS):
            _, made = await asyncio.get_running_loop().create_connection(
                cls, *address, local_addr=local
            )
        return made

    def ask(self, request: bytes) -> asyncio.Future[Answer]:
        """Send; the answer is in the future, or ConnectionError."""
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        if not self.open or self._transport is None:
            future.set_exception(ConnectionError("closed"))
            return future
        self._waiting.append((future, perf_counter()))
        self._transport.write(request)
        return future

    @property
    def busy(self) -> bool:
        """Whether an answer is waited for."""
        return bool(self._waiting)

    def close(self) -> None:
        """Let go of it."""
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ready."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is no subclass
        self.open = True
        self._parser = httptools.HttpResponseParser(self)

    def data_received(self, data: bytes) -> None:
        """A piece of an answer."""
        assert self._parser is not None
        self._parser.feed_data(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """Whoever waits is told."""
        self.open = False
        while self._waiting:
            future, _ = self._waiting.popleft()
            if not future.done():
                future.set_exception(ConnectionError("closed"))

    # -- httptools

    def on_header(self, name: bytes, value: bytes) -> None:
        """Only one interests us."""
        if name.lower() == b"retry-after":
            self._retry = float(value)

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        self._body.append(body)

    def on_message_complete(self) -> None:
        """The end of an answer."""
        assert self._parser is not None
        future, began = self._waiting.popleft()
        status, body = self._parser.get_status_code(), b"".join(self._body)
        answer = Answer(status, body, perf_counter() - began, self._retry)
        self._body, self._retry = [], 0.0
        if not future.done():
            future.set_result(answer)


_LAST_CHUNK = b"\r\n0\r\n\r\n"


class Stream(asyncio.Protocol):
    """One stream of events; frames are handed over as they came.

    Args:
        request: how to ask for it.
        on_data: gets every piece after the greeting.
        on_end: called when it is over.
    """

    def __init__(
        self,
        request: bytes,
        on_data: Callable[[bytes], None],
        on_end: Callable[[], None] = lambda: None,
    ) -> None:
        self._request, self._on_data, self._on_end = request, on_data, on_end
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._head = b""
        self._transport: asyncio.Transport | None = None

    @classmethod
    async def connect(
        cls,
        address: Address,
        request: bytes,
        on_data: Callable[[bytes], None],
        on_end: Callable[[], None] = lambda: None,
        source: str = "",
        narrow: bool = False,
    ) -> Stream:
        """A stream that has said hello.

        Args:
            narrow: have the system hold as little as it can of what was not read.

        Raises:
            ConnectionError: it was refused; the message begins with the status.
        """
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(CONNECT_SECONDS):
            if narrow:
                sock = socket.socket(socket.AF_INET6 if ":" in address[0] else socket.AF_INET)
                sock.setblocking(False)
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, NARROW)
                try:
                    await loop.sock_connect(sock, address)
                except BaseException:
                    sock.close()
                    raise
                _, made = await loop.create_connection(
                    lambda: cls(request, on_data, on_end), sock=sock
                )
            else:
                local = (source, 0) if source else None
                _, made = await loop.create_connection(
                    lambda: cls(request, on_data, on_end), *address, local_addr=local
                )
            await made.opened
        return made

    def pause(self) -> None:
        """Read nothing more."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.pause_reading()

    def resume(self) -> None:
        """Read again."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()

    def close(self) -> None:
        """Let go of it."""
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask."""
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """The greeting, then events; how chunks are cut does not matter to who counts frames."""
        if self.opened.done():
            self._on_data(data)
            self._head = (self._head + data if len(data) < len(_LAST_CHUNK) else data)[-8:]
            if self._head.endswith(_LAST_CHUNK):
                self.close()  # the server would keep the connection for another request
            return
        self._head += data
        if b"event: hello" in self._head and b"\n\n" in self._head.partition(b"event: hello")[2]:
            self._head = b""
            self.opened.set_result(None)
        elif b"\r\n\r\n" in self._head and not self._head.startswith(b"HTTP/1.1 200"):
            self.opened.set_exception(ConnectionError(self._head[9:12].decode()))

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over."""
        if not self.opened.done():
            self.opened.set_exception(ConnectionError("closed"))
        self._on_end()
