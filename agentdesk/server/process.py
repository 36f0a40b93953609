"""One server process on its socket: uvicorn, held to our limits, and its orderly end."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import uvicorn
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from agentdesk.errors import RemoteError
from agentdesk.server.app import create_app
from agentdesk.server.running import Running
from agentdesk.server.settings import Settings
from agentdesk.server.stream import CONNECTION

HEADER_BYTES = 32 * 1024
"""Most bytes of the first line and the headers of a request."""
HEADER_SECONDS = 10.0
"""Time they may take to arrive; also how long a connection may stay silent between requests."""
UNACKNOWLEDGED_MS = 60_000
"""When the system gives up a peer that no longer takes what was sent."""
BACKLOG = 4096

_TCP_USER_TIMEOUT = getattr(socket, "TCP_USER_TIMEOUT", None)


class Connection(HttpToolsProtocol):
    """A connection whose headers may neither grow nor drip for ever.

    uvicorn limits neither; a body is the routes' business.
    """

    # In slots: beside uvicorn's own attributes they would cost every connection a kilobyte.
    __slots__ = ("_header_bytes", "_patience", "_raw_bytes", "lost", "on_lost")

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._header_bytes = self._raw_bytes = 0
        self._patience: asyncio.TimerHandle | None = None
        self.lost = False
        self.on_lost: Callable[[], None] | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request."""
        super().connection_made(transport)
        sock = transport.get_extra_info("socket")
        if _TCP_USER_TIMEOUT is not None and sock is not None and sock.family != socket.AF_UNIX:
            sock.setsockopt(socket.IPPROTO_TCP, _TCP_USER_TIMEOUT, UNACKNOWLEDGED_MS)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there any more."""
        self._enough()
        super().connection_lost(exc)
        self.lost = True
        if self.on_lost is not None:
            self.on_lost()
            self.on_lost = None

    def deliver(self, chunk: bytes) -> bool:
        """Write a chunk of the answer under way, unless the peer is behind with what it was
        sent; whether it was written.
        """
        cycle: Any = self.cycle  # of a later request when the client did not wait for its answer
        if (
            self.flow.write_paused
            or not cycle.chunked_encoding
            or cycle.response_complete
            or self.transport.is_closing()
        ):
            return False
        self.transport.write(chunk)
        return True

    def data_received(self, data: bytes) -> None:
        """Bytes; nothing is parsed of a connection that was given up."""
        if self.transport.is_closing():
            return
        super().data_received(data)
        if self._patience is not None:
            # One header that never ends is told to nobody, and still takes memory.
            self._count(len(data), told=False)

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        scope: dict[str, Any] = self.scope  # type: ignore[assignment] # one key of our own
        scope[CONNECTION] = self
        under_way: Any = self.cycle  # uvicorn calls it never None
        if under_way is None or under_way.response_complete:
            self.on_lost = None
        self._header_bytes = self._raw_bytes = 0
        self._wait()

    def on_url(self, url: bytes) -> None:
        """A piece of the address."""
        if self._count(len(url)):
            super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header."""
        if self._count(len(name) + len(value)):
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The rest is the body."""
        self._enough()
        if not self.transport.is_closing():
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A piece of the body; without a request it was refused already."""
        if self.cycle is not None:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """The end of the body."""
        if self.cycle is not None:
            super().on_message_complete()

    def _wait(self) -> None:
        self._enough()
        self._patience = self.loop.call_later(HEADER_SECONDS, self._give_up)

    def _enough(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _give_up(self) -> None:
        self._refuse(b"408 Request Timeout")

    def _count(self, size: int, *, told: bool = True) -> bool:
        if told:
            self._header_bytes += size + 4
        else:
            self._raw_bytes += size
        if max(self._header_bytes, self._raw_bytes) <= HEADER_BYTES:
            return True
        if not self.transport.is_closing():
            self._refuse(b"431 Request Header Fields Too Large")
        return False

    def _refuse(self, status: bytes) -> None:
        cycle: Any = self.cycle  # uvicorn calls it never None
        if cycle is None or cycle.response_complete:
            self.transport.write(
                b"HTTP/1.1 " + status + b"\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
            )
        self.transport.close()


class Process(uvicorn.Server):
    """uvicorn, which first tells the streams to close when it is to end.

    Args:
        running: the server.
        sock: bound, not yet listening.
        on_ready: called when requests are taken.
    """

    def __init__(
        self, running: Running, sock: socket.socket, on_ready: Callable[[], None] = lambda: None
    ) -> None:
        settings = running.settings
        config = Config(
            create_app(running),
            http=Connection,
            interface="asgi3",
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            backlog=BACKLOG,
            timeout_keep_alive=int(HEADER_SECONDS) * 6,
            timeout_graceful_shutdown=max(1, round(settings.stop_seconds)),
        )
        config.load()
        if settings.tls:
            from agentdesk.server.settings import tls_context

            config.ssl = tls_context(settings)
        super().__init__(config)
        self._running, self._sock, self._on_ready = running, sock, on_ready

    def go(self) -> None:
        """Serve until told to end by SIGTERM, SIGINT or :attr:`should_exit`."""
        self.run(sockets=[self._sock])

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say so."""
        await super().startup(sockets)
        if not self.should_exit:
            self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close the streams, answer what is under way, write what waits."""
        self._running.stop_streams()
        await super().shutdown(sockets)
        # uvicorn would raise the signal again, and the database would not be closed.
        self._captured_signals.clear()


def bind(settings: Settings) -> socket.socket:
    """The socket to listen on.

    Raises:
        RemoteError: ``server.address``, it cannot be had.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        host = "127.0.0.1" if settings.host.lower() == "localhost" else settings.host
        sock.bind((host, settings.port))
        sock.listen(BACKLOG)  # whoever comes before the first answer waits
    except OSError as error:
        sock.close()
        raise RemoteError(
            "server.address",
            host=settings.host,
            port=settings.port,
            reason=error.strerror or str(error),
        ) from error
    sock.set_inheritable(False)
    return sock


def address(settings: Settings, sock: socket.socket) -> str:
    """Where it listens, ``https://host:port``."""
    host, port = sock.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    return f"{'https' if settings.tls else 'http'}://{shown}:{port}"
