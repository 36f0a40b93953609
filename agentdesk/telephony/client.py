"""Speaks to the running console of this user: what ``agentdesk ring`` and ``sync`` use.

The standard library's ``http.client`` is enough for one request to this machine: it starts
in a tenth of the time of httpx and, unlike it, never sends the token through a proxy named
in the environment.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from agentdesk.domain.text import clean
from agentdesk.errors import RemoteError
from agentdesk.telephony.control import Control, read_control
from agentdesk.telephony.loopback import is_loopback

TIMEOUT_SECONDS = 5.0
_ANSWER_LIMIT = 4096
_SHOWN = 200


def send(control_file: Path, fields: Mapping[str, str], timeout: float = TIMEOUT_SECONDS) -> bool:
    """Tell the running console of a phone event; False when it knows no such call.

    Args:
        control_file: ``Locations.control_file``.
        fields: as the wire wants them (:mod:`agentdesk.telephony.wire`).
        timeout: seconds to wait for each step.

    Raises:
        RemoteError: ``remote.not_running``, ``remote.unreachable`` or ``remote.refused``.
    """
    status, answer = _knock(control_file, "/v1/phone", json.dumps(dict(fields)).encode(), timeout)
    if status != 202:
        raise RemoteError("remote.refused", status=status, reason=_reason(answer))
    try:
        return json.loads(answer).get("known") is not False
    except (ValueError, AttributeError):
        return True  # accepted, whatever else it says


def ask(control_file: Path, act: str, timeout: float = TIMEOUT_SECONDS) -> dict[str, Any]:
    """Ask the running console about its exchange with the site's server.

    Args:
        act: one of :data:`agentdesk.telephony.handler.SYNC_ACTS`.

    Raises:
        RemoteError: as :func:`send`.
    """
    status, answer = _knock(control_file, "/v1/sync", act.encode(), timeout)
    try:
        found = json.loads(answer)
    except ValueError:
        found = None
    if status != 200 or not isinstance(found, dict):
        raise RemoteError("remote.refused", status=status, reason=_reason(answer))
    return found


def _knock(control_file: Path, path: str, body: bytes, timeout: float) -> tuple[int, bytes]:
    control = read_control(control_file)
    if control is None:
        raise RemoteError("remote.not_running", path=str(control_file))
    try:
        return _post(control, path, body, timeout)
    except (OSError, HTTPException, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise RemoteError("remote.unreachable", url=control.url, reason=reason) from error


def _post(control: Control, path: str, body: bytes, timeout: float) -> tuple[int, bytes]:
    parts = urlsplit(control.url)
    host = parts.hostname or ""
    if parts.scheme != "http" or not is_loopback(host):
        raise ValueError("not an address of this machine")  # never hand the token out
    connection = HTTPConnection(host, parts.port, timeout=timeout)
    try:
        headers = {
            "Authorization": f"Bearer {control.token}",
            "Content-Type": "application/json",
        }
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read(_ANSWER_LIMIT)
    finally:
        connection.close()


def _reason(answer: bytes) -> str:
    """What the console said: ``too_long name (at most 64 characters)``."""
    try:
        values = json.loads(answer)
        parts = [str(values.get(name, "")) for name in ("error", "field", "expected")]
    except (ValueError, AttributeError):
        return clean(answer[:_SHOWN].decode("utf-8", "replace"))
    return clean(" ".join(part for part in parts if part))[:_SHOWN]
