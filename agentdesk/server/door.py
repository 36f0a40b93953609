"""The administrators' door of a running server over a SQLite file.

Only one process may have that file open, so what ``agentdesk server …`` is asked while the
server runs, the server does itself. The door is a listener of its own on this machine's loopback,
never a path of the public one (behind a proxy every request would seem to come from here), and
opens to whoever can read the key file beside the database: the same user. Whoever runs the
server mounts it with::

    with AdminDoor(door_file(path), Admin(service, keys).call):
        …serve…

A server over PostgreSQL needs none: its commands open the database themselves.
"""

from __future__ import annotations

import hmac
import json
import logging
import os
import secrets
import threading
from collections.abc import Callable, Mapping
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from agentdesk import errors
from agentdesk.errors import AgentdeskError, RemoteError
from agentdesk.server.problem import ServerProblem
from agentdesk.store.files import side
from agentdesk.telephony.control import Control, read_control, remove_control, write_control
from agentdesk.telephony.loopback import is_loopback

Act = Callable[[str, Mapping[str, Any]], dict[str, Any]]

MOST = 16 * 1024 * 1024
"""Bytes of a request or an answer: a register of some ten thousand people."""
READ_SECONDS = 10.0
ANSWER_SECONDS = 600.0
"""Checking or copying a large journal takes its time."""

_PATH = "/v1/admin/"
_log = logging.getLogger("agentdesk.server")


def door_file(database: Path) -> Path:
    """Where a server over ``database`` says how to reach its door; readable by its user only."""
    return side(database, ".admin")


class AdminDoor:
    """An open door, until it is closed.

    Args:
        path: of :func:`door_file`.
        act: :meth:`agentdesk.server.admin.Admin.call`; one act at a time.

    Raises:
        StoreReadOnly: the file cannot be written.
    """

    def __init__(self, path: Path, act: Act) -> None:
        self._path = path
        token = secrets.token_urlsafe(32)
        self._server = _Server(token, act)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.1,), name="admin", daemon=True
        )
        self._thread.start()
        try:
            write_control(path, Control(self.url, token, os.getpid()))
        except BaseException:
            self.close()
            raise

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        """Close it; an act under way is finished first."""
        remove_control(self._path, os.getpid())
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> AdminDoor:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = False

    def __init__(self, token: str, act: Act) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.token, self.act = token, act
        self.one_at_a_time = threading.Lock()

    def handle_error(self, request: object, client_address: object) -> None:
        """A peer that broke off is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.0"
    timeout = READ_SECONDS
    server: _Server

    def log_message(self, format: str, *args: object) -> None:
        """The server keeps its own log."""

    def do_POST(self) -> None:
        """One act."""
        status, answer = self._answer()
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _answer(self) -> tuple[int, dict[str, Any]]:
        # A page in a browser could name a host that leads here.
        if not is_loopback(urlsplit(f"//{self.headers.get('Host', '')}").hostname or ""):
            return 403, {}
        given = self.headers.get("Authorization", "").encode("latin-1", "replace")
        if not hmac.compare_digest(given, f"Bearer {self.server.token}".encode()):
            return 401, {}
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()) or int(length) > MOST:
            return 413, {}
        try:
            params = json.loads(self.rfile.read(int(length)))
        except (ValueError, RecursionError):
            return 400, {}
        if not self.path.startswith(_PATH) or not isinstance(params, dict):
            return 404, {}
        return self._act(self.path.removeprefix(_PATH), params)

    def _act(self, act: str, params: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        try:
            with self.server.one_at_a_time:
                return 200, self.server.act(act, params)
        except AgentdeskError as error:
            kind = "RemoteError" if isinstance(error, ServerProblem) else type(error).__name__
            said = {name: _plain(value) for name, value in error.params.items()}
            return 422, {"error": kind, "code": error.code, "params": said}
        except Exception:
            _log.exception("an administrator's act failed: %s", act)
            return 500, {}


def _plain(value: object) -> object:
    return value if isinstance(value, str | int | bool | type(None)) else str(value)


def knock(path: Path, act: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """Have a running server do an act.

    Args:
        path: of :func:`door_file`.

    Raises:
        AgentdeskError: as the server raised it.
        RemoteError: ``admin.closed`` (no server runs there) or ``admin.failed``.
    """
    control = read_control(path)
    if control is None:
        raise RemoteError("admin.closed", path=str(path))
    try:
        status, answer = _post(control, act, params)
        values = json.loads(answer)
    except (OSError, HTTPException, ValueError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise RemoteError("admin.failed", reason=reason) from error
    if status == 422 and isinstance(values, dict):
        kind = getattr(errors, str(values.get("error")), AgentdeskError)
        raised = kind if isinstance(kind, type) and issubclass(kind, AgentdeskError) else None
        raise (raised or AgentdeskError)(str(values["code"]), **values["params"])
    if status != 200 or not isinstance(values, dict):
        raise RemoteError("admin.failed", reason=f"HTTP {status}")
    return values


def _post(control: Control, act: str, params: Mapping[str, Any]) -> tuple[int, bytes]:
    parts = urlsplit(control.url)
    host = parts.hostname or ""
    if parts.scheme != "http" or not is_loopback(host):
        raise ValueError("not an address of this machine")  # never hand the token out
    connection = HTTPConnection(host, parts.port, timeout=ANSWER_SECONDS)
    try:
        headers = {"Authorization": f"Bearer {control.token}"}
        connection.request("POST", _PATH + act, json.dumps(dict(params)).encode(), headers)
        answer = connection.getresponse()
        return answer.status, answer.read(MOST)
    finally:
        connection.close()
