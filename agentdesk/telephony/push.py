"""The door a phone system knocks at: a tiny HTTP server on this machine only.

``POST /v1/phone`` with a form or JSON (:mod:`agentdesk.telephony.wire`) and the seat's token
(``Authorization: Bearer …`` or ``X-Agentdesk-Token``); ``GET /healthz`` needs no token.

====  =====================================================================
202   the event was delivered
400   not HTTP as we speak it, or no form or JSON in UTF-8
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
import hmac
import io
import json
import socket
import socketserver
import threading
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler
from math import ceil
from typing import Any
from urllib.parse import urlsplit

from agentdesk.domain.phone import PhoneEvent
from agentdesk.errors import ConfigError, RemoteError
from agentdesk.telephony.loopback import is_loopback
from agentdesk.telephony.ratelimit import TokenBucket
from agentdesk.telephony.wire import BODY_LIMIT, WireError, parse

READ_SECONDS = 5.0
"""Time a whole request may take to arrive, however slowly it drips."""

THREADS = 8
"""Requests served at once; the next is told to come back."""

_DRAIN_LIMIT = 256 * 1024
_DRAIN_SECONDS = 0.5
_BUSY = (
    b"HTTP/1.0 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\n"
    b'Content-Type: application/json\r\n\r\n{"error": "busy"}'
)

Deliver = Callable[[PhoneEvent], None]


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
    ) -> None:
        if not is_loopback(host):
            raise ConfigError("push.not_loopback", host=host)
        if not token:
            raise ValueError("a push server needs a token")
        self._address = ("127.0.0.1" if host.lower() == "localhost" else host, port)
        self._door = _Door(
            token,
            TokenBucket(rate_per_minute, clock),
            deliver,
            on_failure or (lambda error: None),
            read_seconds,
            threading.BoundedSemaphore(threads),
        )
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> str:
        """Listen; the address, for example ``http://127.0.0.1:40123``.

        Raises:
            RemoteError: ``remote.port``, the port is taken or not ours to take.
        """
        host, port = self._address
        try:
            server = _Server(self._address, self._door)
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


class _Door:
    """What every request is measured by."""

    def __init__(
        self,
        token: str,
        bucket: TokenBucket,
        deliver: Deliver,
        on_failure: Callable[[Exception], None],
        read_seconds: float,
        slots: threading.BoundedSemaphore,
    ) -> None:
        self.token = token.encode()
        self.bucket = bucket
        self.deliver = deliver
        self.on_failure = on_failure
        self.read_seconds = read_seconds
        self.slots = slots


class _Server(socketserver.ThreadingTCPServer):
    """A thread per request, not more of them than there are slots."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 16

    def __init__(self, address: tuple[str, int], door: _Door) -> None:
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        self.door = door
        self._stopping = threading.Event()
        super().__init__(address, _Handler)

    def serve(self) -> None:
        """Wait for requests without waking up in between (``serve_forever`` polls)."""
        while not self._stopping.is_set():
            self.handle_request()

    def stop(self) -> None:
        """Make ``serve`` return: it looks up at the next connection, which is this one."""
        self._stopping.set()
        with contextlib.suppress(OSError):
            socket.create_connection(self.server_address[:2], _DRAIN_SECONDS).close()

    def verify_request(self, request: Any, client_address: Any) -> bool:
        return not self._stopping.is_set()

    def process_request(self, request: Any, client_address: Any) -> None:
        if self.door.slots.acquire(blocking=False):
            try:
                super().process_request(request, client_address)
            except BaseException:  # no thread to be had
                self.door.slots.release()
                raise
            return
        request.settimeout(_DRAIN_SECONDS)
        try:
            request.sendall(_BUSY)
        except OSError:
            pass  # it has gone already
        finally:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.door.slots.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection broke. The standard library would print a traceback over the screen."""


class _Drip(io.RawIOBase):
    """Bytes of a socket until a deadline, so that one byte now and then buys no time."""

    def __init__(self, connection: socket.socket, seconds: float) -> None:
        self._connection = connection
        self.deadline = time.monotonic() + seconds

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._connection.settimeout(left)
        return self._connection.recv_into(buffer)


class _Refused(Exception):
    """An answer other than 202."""

    def __init__(self, status: int, error: str, **details: str) -> None:
        super().__init__(error)
        self.status = status
        self.answer = {"error": error, **details}
        self.headers: dict[str, str] = {}


def _length(text: str) -> int:
    """A ``Content-Length``; -1 when it is none."""
    if not (text.isascii() and text.isdigit()):
        return -1
    return int(text[:10])  # long enough to be too long


class _Handler(BaseHTTPRequestHandler):
    """One request; HTTP/1.0, so the connection never stays open."""

    server: _Server
    protocol_version = "HTTP/1.0"

    def setup(self) -> None:
        super().setup()
        self.rfile.close()
        self._drip = _Drip(self.connection, self.server.door.read_seconds)
        self.rfile = io.BufferedReader(self._drip)
        self._unread = 0

    def finish(self) -> None:
        """Swallow what was not read: closing over it would cut the answer off."""
        self._drip.deadline = time.monotonic() + _DRAIN_SECONDS
        try:
            self.wfile.flush()
            if self._unread > 0:
                self.connection.shutdown(socket.SHUT_WR)
                left = self._unread
                while left > 0 and (read := len(self.rfile.read1(left))):
                    left -= read
        except OSError:
            pass  # the other side has gone
        finally:
            super().finish()

    # The names are http.server's.
    def do_GET(self) -> None:
        """``/healthz``."""
        self._answer(self._health)

    def do_POST(self) -> None:
        """``/v1/phone``."""
        self._answer(self._phone)

    def _answer(self, serve: Callable[[], tuple[int, dict[str, object]]]) -> None:
        try:
            self._check_origin()
            status, answer = serve()
            self._reply(status, answer)
        except _Refused as refused:
            self._reply(refused.status, refused.answer, refused.headers)
        except WireError as wrong:
            details = {"field": wrong.field, "expected": wrong.expected}
            self._reply(wrong.status, {"error": wrong.reason, **details})
        except TimeoutError:
            self._reply(408, {"error": "timeout"})

    def _check_origin(self) -> None:
        """A web page must not reach us, neither by DNS rebinding nor by a form."""
        length = self.headers.get("Content-Length", "0" if self.command == "GET" else "")
        self._unread = min(_length(length), _DRAIN_LIMIT) if length else _DRAIN_LIMIT
        hosts = self.headers.get_all("Host", [])
        try:
            name = urlsplit(f"//{hosts[0]}").hostname if len(hosts) == 1 else None
        except ValueError:
            name = None
        if name is None or not is_loopback(name) or "Origin" in self.headers:
            raise _Refused(403, "foreign")

    def _path(self, wanted: str, method: str) -> None:
        known = {"/healthz": "GET", "/v1/phone": "POST"}
        path = self.path.partition("?")[0]
        if path == wanted:
            return
        if path in known:
            refused = _Refused(405, "method", expected=known[path])
            refused.headers["Allow"] = known[path]
            raise refused
        raise _Refused(404, "address")

    def _health(self) -> tuple[int, dict[str, object]]:
        self._path("/healthz", "GET")
        return 200, {"ok": True}

    def _phone(self) -> tuple[int, dict[str, object]]:
        self._path("/v1/phone", "POST")
        door = self.server.door
        if not hmac.compare_digest(self._token(), door.token):
            refused = _Refused(401, "token")
            refused.headers["WWW-Authenticate"] = "Bearer"
            raise refused
        # After the token: a stranger's flood must not shut the exchange out.
        wait = door.bucket.take()
        if wait:
            refused = _Refused(429, "rate")
            refused.headers["Retry-After"] = str(ceil(wait))
            raise refused
        event = parse(self._body(), self.headers.get("Content-Type", ""))
        try:
            door.deliver(event)
        except Exception as error:
            # Whatever failed, the sender must know, and so must the console.
            door.on_failure(error)
            raise _Refused(503, "not_delivered") from error
        return 202, {"accepted": event.external_id}

    def _token(self) -> bytes:
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            token = self.headers.get("X-Agentdesk-Token", "")
        return token.strip().encode("utf-8", "surrogateescape")

    def _body(self) -> bytes:
        lengths = self.headers.get_all("Content-Length", [])
        if "Transfer-Encoding" in self.headers or not lengths:
            raise _Refused(411, "length", expected="Content-Length")
        length = _length(lengths[0])
        if len(lengths) > 1 or length < 0:
            raise _Refused(400, "length", expected="Content-Length")
        if length > BODY_LIMIT:
            raise _Refused(413, "too_long", expected=f"at most {BODY_LIMIT} bytes")
        body = self.rfile.read(length)
        self._unread -= len(body)
        if len(body) < length:
            raise _Refused(400, "length", expected=f"{length} bytes")
        return body

    def _reply(
        self, status: int, answer: Mapping[str, object], headers: Mapping[str, str] | None = None
    ) -> None:
        body = json.dumps(answer).encode()
        self.connection.settimeout(self.server.door.read_seconds)
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What http.server itself refuses, in our form."""
        self.close_connection = True
        self._unread = _DRAIN_LIMIT
        if code == 501:
            code = 405
        self._reply(int(code), {"error": "method" if code == 405 else "http"})

    def version_string(self) -> str:
        """The ``Server`` header: no version of anything."""
        return "agentdesk"

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is logged; see the module."""
