"""The door a phone system knocks at: a tiny HTTP server on this machine only.

``POST /v1/phone`` with a form or JSON (:mod:`agentdesk.telephony.wire`) and the seat's token
(``Authorization: Bearer …`` or ``X-Agentdesk-Token``); ``GET /healthz`` needs no token.
``POST /v1/sync`` (one word, :data:`agentdesk.telephony.handler.SYNC_ACTS`) is for this user's own
sub-commands: they cannot open the store while the console has it.

====  =====================================================================
202   the event was delivered
400   414  431  not HTTP as we speak it; 400 also: no form or JSON in UTF-8
401   the token is missing or wrong
403   the request came by a foreign host name or from a web page
404   405  no such address or method
408   the request did not arrive in time
411   413  no length, or more than 16 KiB
415   neither form nor JSON
422   a field cannot be used; it is named
429   too many requests; ``Retry-After`` says when to come back
503   busy, or the console could not take the event: send it again
====  =====================================================================

Answers are JSON with words for programs. Nothing is logged: a request holds numbers, names
and the token. Import this module only to start the server; ``http.server`` loads slowly.
"""

from __future__ import annotations

import contextlib
import socket
import socketserver
import threading
import time
from collections.abc import Callable
from typing import Any

from agentdesk.errors import ConfigError, RemoteError
from agentdesk.telephony.handler import DRAIN_SECONDS, Ask, Deliver, Door, Handler
from agentdesk.telephony.loopback import is_loopback
from agentdesk.telephony.ratelimit import TokenBucket

READ_SECONDS = 5.0
"""Time a whole request may take to arrive, however slowly it drips."""

THREADS = 8
"""Requests served at once; the next is told to come back."""

_BUSY = (
    b"HTTP/1.0 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\n"
    b'Content-Type: application/json\r\n\r\n{"error": "busy"}'
)


class PushServer:
    """The server and its thread.

    Args:
        host: loopback address to listen on.
        port: port, or 0 for any free one.
        token: what a request must carry.
        rate_per_minute: requests with a right token accepted in a minute.
        deliver: takes an event, on a thread of the server; 202 is sent once it returned.
        on_failure: told when ``deliver`` raised; the sender was told 503.
        read_seconds: time a request may take to arrive.
        threads: requests served at once.
        clock: seconds that never go back, for the rate.
        ask: answers ``/v1/sync``; without it there is no such address.
    """

    def __init__(
        self,
        host: str,
        port: int,
        token: str,
        rate_per_minute: int,
        deliver: Deliver,
        *,
        on_failure: Callable[[Exception], None] | None = None,
        read_seconds: float = READ_SECONDS,
        threads: int = THREADS,
        clock: Callable[[], float] = time.monotonic,
        ask: Ask | None = None,
    ) -> None:
        if not is_loopback(host):
            raise ConfigError("push.not_loopback", host=host)
        if not token:
            raise ValueError("a push server needs a token")
        self._address = ("127.0.0.1" if host.lower() == "localhost" else host, port)
        self._door = Door(
            token,
            TokenBucket(rate_per_minute, clock),
            deliver,
            on_failure or (lambda error: None),
            read_seconds,
            threading.BoundedSemaphore(threads),
            ask,
        )
        self._server: Server | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> str:
        """Listen; the address, for example ``http://127.0.0.1:40123``.

        Raises:
            RemoteError: ``remote.port``, the port is taken or not ours to take.
        """
        host, port = self._address
        try:
            server = Server(self._address, self._door)
        except OSError as error:
            raise RemoteError(
                "remote.port", host=host, port=port, reason=error.strerror or str(error)
            ) from error
        self._server = server
        self._thread = threading.Thread(target=server.serve, name="push", daemon=True)
        self._thread.start()
        shown = f"[{host}]" if ":" in host else host
        return f"http://{shown}:{server.server_address[1]}"

    def close(self) -> None:
        """Stop listening; requests under way get their answer or are cut."""
        server, thread = self._server, self._thread
        self._server = self._thread = None
        if server is not None and thread is not None:
            server.stop()
            thread.join()
            server.server_close()


class Server(socketserver.ThreadingTCPServer):
    """A thread per request, not more of them than there are slots."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 16

    def __init__(self, address: tuple[str, int], door: Door) -> None:
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        self.door = door
        self._stopping = threading.Event()
        super().__init__(address, Handler)

    def serve(self) -> None:
        """Wait for requests without waking up in between (``serve_forever`` polls)."""
        while not self._stopping.is_set():
            self.handle_request()

    def stop(self) -> None:
        """Make ``serve`` return: it looks up at the next connection, which is this one."""
        self._stopping.set()
        with contextlib.suppress(OSError):
            host, port = self.server_address[:2]
            socket.create_connection((str(host), port), DRAIN_SECONDS).close()

    def verify_request(self, request: Any, client_address: Any) -> bool:
        """Nobody is let in any more once it stops."""
        return not self._stopping.is_set()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve on a thread, or say busy."""
        if self.door.slots.acquire(blocking=False):
            try:
                super().process_request(request, client_address)
            except BaseException:  # no thread to be had
                self.door.slots.release()
                raise
            return
        request.settimeout(DRAIN_SECONDS)
        try:
            request.sendall(_BUSY)
        except OSError:
            pass  # it has gone already
        finally:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve, then give the slot back."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.door.slots.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection broke. The standard library would print a traceback over the screen."""
