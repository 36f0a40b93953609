"""One request at the door of :mod:`agentdesk.telephony.push`: checks, body, answer."""

from __future__ import annotations

import hmac
import io
import json
import socket
import threading
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler
from math import ceil
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from agentdesk.domain.phone import PhoneEvent
from agentdesk.telephony.loopback import is_loopback
from agentdesk.telephony.ratelimit import TokenBucket
from agentdesk.telephony.wire import BODY_LIMIT, WireError, parse

if TYPE_CHECKING:
    from agentdesk.telephony.push import Server

DRAIN_SECONDS = 0.5
"""Time spent on swallowing what a refused sender still sends."""

SYNC_ACTS = ("status", "now", "login")
"""What a sub-command may ask of the exchange: how it stands, to hurry, to read the tokens anew."""

_DRAIN_LIMIT = 256 * 1024

Deliver = Callable[[PhoneEvent], bool | None]
"""Takes an event on a thread of the server; returns when it is safe. False: of no known call."""

Ask = Callable[[str], Mapping[str, object]]
"""Answers a question about the exchange with the site's server, on a thread of this one."""


class Door:
    """What every request is measured by."""

    def __init__(
        self,
        token: str,
        bucket: TokenBucket,
        deliver: Deliver,
        on_failure: Callable[[Exception], None],
        read_seconds: float,
        slots: threading.BoundedSemaphore,
        ask: Ask | None = None,
    ) -> None:
        self.ask = ask
        self.token = token.encode()
        self.bucket = bucket
        self.deliver = deliver
        self.on_failure = on_failure
        self.read_seconds = read_seconds
        self.slots = slots


class Drip(io.RawIOBase):
    """Bytes of a socket until a deadline, so that one byte now and then buys no time."""

    def __init__(self, connection: socket.socket, seconds: float) -> None:
        self._connection = connection
        self.deadline = time.monotonic() + seconds

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: Any) -> int:
        """What has come, waiting no longer than the deadline.

        Raises:
            TimeoutError: it has passed.
        """
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._connection.settimeout(left)
        return self._connection.recv_into(buffer)


class Refused(Exception):
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


class Handler(BaseHTTPRequestHandler):
    """One request; HTTP/1.0, so the connection never stays open."""

    server: Server
    protocol_version = "HTTP/1.0"

    def setup(self) -> None:
        """Read with a deadline."""
        super().setup()
        self.rfile.close()
        self._drip = Drip(self.connection, self.server.door.read_seconds)
        self.rfile = io.BufferedReader(self._drip)
        self._unread = 0

    def finish(self) -> None:
        """Swallow what was not read: closing over it would cut the answer off."""
        self._drip.deadline = time.monotonic() + DRAIN_SECONDS
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
        """``/v1/phone`` and ``/v1/sync``."""
        sync = self.path.partition("?")[0] == "/v1/sync"
        self._answer(self._sync if sync else self._phone)

    def _answer(self, serve: Callable[[], tuple[int, dict[str, object]]]) -> None:
        try:
            self._check_origin()
            status, answer = serve()
            self._reply(status, answer)
        except Refused as refused:
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
            raise Refused(403, "foreign")

    def _path(self, wanted: str, method: str) -> None:
        known = {"/healthz": "GET", "/v1/phone": "POST", "/v1/sync": "POST"}
        path = self.path.partition("?")[0]
        if path == wanted:
            return
        if path in known:
            refused = Refused(405, "method", expected=known[path])
            refused.headers["Allow"] = known[path]
            raise refused
        raise Refused(404, "address")

    def _health(self) -> tuple[int, dict[str, object]]:
        self._path("/healthz", "GET")
        return 200, {"ok": True}

    def _phone(self) -> tuple[int, dict[str, object]]:
        self._path("/v1/phone", "POST")
        self._let_in()
        door = self.server.door
        event = parse(self._body(), self.headers.get("Content-Type", ""))
        try:
            known = door.deliver(event)
        except Exception as error:
            # Whatever failed, the sender must know, and so must the console.
            door.on_failure(error)
            raise Refused(503, "not_delivered") from error
        # A phone system that ends a call of before our start made no mistake: it hears 202 too.
        unknown = {"known": False} if known is False else {}
        return 202, {"accepted": event.external_id, **unknown}

    def _sync(self) -> tuple[int, dict[str, object]]:
        """``agentdesk sync``, ``login`` and ``logout`` beside a running console."""
        self._path("/v1/sync", "POST")
        self._let_in()
        door = self.server.door
        if door.ask is None:
            raise Refused(404, "address")
        act = self._body().decode("ascii", "replace").strip()
        if act not in SYNC_ACTS:
            raise Refused(422, "act", expected=" | ".join(SYNC_ACTS))
        try:
            return 200, dict(door.ask(act))
        except Exception as error:
            door.on_failure(error)
            raise Refused(503, "not_delivered") from error

    def _let_in(self) -> None:
        """The token is right, and the knocks are not too many."""
        door = self.server.door
        if not hmac.compare_digest(self._token(), door.token):
            refused = Refused(401, "token")
            refused.headers["WWW-Authenticate"] = "Bearer"
            raise refused
        # After the token: a stranger's flood must not shut the exchange out.
        wait = door.bucket.take()
        if wait:
            refused = Refused(429, "rate")
            refused.headers["Retry-After"] = str(ceil(wait))
            raise refused

    def _token(self) -> bytes:
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            token = self.headers.get("X-Agentdesk-Token", "")
        return token.strip().encode("utf-8", "surrogateescape")

    def _body(self) -> bytes:
        lengths = self.headers.get_all("Content-Length", [])
        if "Transfer-Encoding" in self.headers or not lengths:
            raise Refused(411, "length", expected="Content-Length")
        length = _length(lengths[0])
        if len(lengths) > 1 or length < 0:
            raise Refused(400, "length", expected="Content-Length")
        if length > BODY_LIMIT:
            raise Refused(413, "too_long", expected=f"at most {BODY_LIMIT} bytes")
        body = self.rfile.read(length)
        self._unread -= len(body)
        if len(body) < length:
            raise Refused(400, "length", expected=f"{length} bytes")
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
