"""The protocol over HTTP.

Nothing of what arrives is trusted: its kind, its length packed and unpacked, and the time it
takes are bounded; no redirect is followed, because it would carry the token to another host; and
whoever answers with something else than the protocol is a stranger, whatever the status says.
Import this where there is a server to talk to, never on the way to the first screen.
"""

from __future__ import annotations

import gzip
import ipaddress
import socket
import ssl
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import httpx
import msgspec

from agentdesk import __version__
from agentdesk.sync.sse import Reader
from agentdesk.sync.transport import Failure, Frame, Stream, TransportError
from agentdesk.wire import (
    Checkpoints,
    Common,
    Cursor,
    Enrol,
    Hello,
    Page,
    Problem,
    Push,
    Pushed,
    Reset,
    SignIn,
    Token,
    Trailer,
    Welcome,
    decode,
    encode,
)

ANSWER = 32 * 1024 * 1024
"""Most bytes of an answer, packed and unpacked: a full page of the largest events has half."""
SNAPSHOT = 512 * 1024 * 1024
"""The same of a snapshot."""
WHOLE = 60.0
"""Seconds a whole answer may take, however slowly it drips; a snapshot has ten times that."""
QUIET = 50.0
"""Seconds a stream may say nothing: it says something every 20."""

_JSON = "application/json"
_T = TypeVar("_T")


class HttpTransport:
    """Requests to one server; safe to use from two threads, one of them for the stream.

    Args:
        url: ``https://host[:port]``; plain ``http`` only to this very machine.
        ca: file of certificates to trust beside the system's.
        timeout: seconds to connect, and to wait for the next bytes.
        transport: another way to the server, for tests.

    Raises:
        TransportError: ``sync.untrusted``: an address no token may be sent to.
    """

    def __init__(
        self,
        url: str,
        *,
        ca: Path | None = None,
        timeout: float = 10.0,
        monotonic: Callable[[], float] = time.monotonic,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._monotonic = monotonic
        self._client = httpx.Client(
            base_url=checked_url(url),
            timeout=httpx.Timeout(timeout, pool=None),
            follow_redirects=False,
            verify=_trusted(ca),
            trust_env=False,
            transport=transport,
            headers={"user-agent": f"agentdesk/{__version__}", "accept-encoding": "gzip"},
            limits=httpx.Limits(max_connections=4, keepalive_expiry=60.0),
        )

    def enrol(self, msg: Enrol) -> Token:
        """See :class:`agentdesk.sync.transport.Transport`."""
        return self._post("/v1/enrol", "", msg, Token)

    def session(self, token: str, msg: SignIn) -> Token:
        """See :class:`agentdesk.sync.transport.Transport`."""
        return self._post("/v1/session", token, msg, Token)

    def hello(self, token: str, msg: Hello) -> Welcome:
        """See :class:`agentdesk.sync.transport.Transport`."""
        return self._post("/v1/hello", token, msg, Welcome)

    def push(self, token: str, msg: Push) -> Pushed:
        """See :class:`agentdesk.sync.transport.Transport`."""
        return self._post("/v1/push", token, msg, Pushed)

    def pull(self, token: str, scope: str, epoch: str, cursor: Cursor, limit: int) -> Page | Reset:
        """See :class:`agentdesk.sync.transport.Transport`."""
        asked = {
            "scope": scope,
            "epoch": epoch,
            "seq": str(cursor.seq),
            "id": cursor.id,
            "at": str(cursor.at),
            "limit": str(limit),
        }
        request = self._client.build_request(
            "GET", "/v1/pull", params=asked, headers=_bearer(token)
        )
        status, body = self._whole(request, ANSWER, WHOLE)
        if status == 409:
            return _message(body, Reset)
        return self._answer(status, body, Page)

    def common(self, token: str, msg: Checkpoints) -> Common:
        """See :class:`agentdesk.sync.transport.Transport`."""
        return self._post("/v1/common", token, msg, Common)

    def snapshot(self, token: str, scope: str) -> tuple[list[bytes], Trailer]:
        """See :class:`agentdesk.sync.transport.Transport`."""
        request = self._client.build_request(
            "GET", "/v1/snapshot", params={"scope": scope}, headers=_bearer(token)
        )
        status, body = self._whole(request, SNAPSHOT, WHOLE * 10, "application/x-ndjson")
        if status != 200:
            raise _refusal(status, body)
        lines = body.splitlines(keepends=True)
        if not lines or not lines[-1].endswith(b"\n"):
            raise TransportError(Failure.NETWORK, "a snapshot that breaks off", status=status)
        return lines[:-1], _message(lines[-1], Trailer)

    def stream(self, token: str, cursors: Mapping[str, Cursor]) -> Stream:
        """See :class:`agentdesk.sync.transport.Transport`."""
        asked = {"cursors": msgspec.json.encode(dict(cursors)).decode()} if cursors else {}
        request = self._client.build_request(
            "GET",
            "/v1/stream",
            params=asked,
            headers={**_bearer(token), "accept-encoding": "identity"},
            timeout=httpx.Timeout(10.0, read=QUIET, pool=None),
        )
        with _mapped():
            response = self._client.send(request, stream=True)
        try:
            with _mapped():
                if response.status_code != 200:
                    body = self._read(response, 64 * 1024, WHOLE)
                    raise _refusal(response.status_code, body, _asked_to_wait(response))
                _check_type(response, "text/event-stream")
        except BaseException:
            response.close()
            raise
        return _HttpStream(response)

    def close(self) -> None:
        """See :class:`agentdesk.sync.transport.Transport`."""
        self._client.close()

    def _post(self, path: str, token: str, msg: msgspec.Struct, kind: type[_T]) -> _T:
        body, headers = encode(msg), {"content-type": _JSON, **_bearer(token)}
        if len(body) > 1024:
            body, headers["content-encoding"] = gzip.compress(body, 5, mtime=0), "gzip"
        request = self._client.build_request("POST", path, content=body, headers=headers)
        status, answer = self._whole(request, ANSWER, WHOLE)
        return self._answer(status, answer, kind)

    @staticmethod
    def _answer(status: int, body: bytes, kind: type[_T]) -> _T:
        if status != 200:
            raise _refusal(status, body)
        return _message(body, kind)

    def _whole(
        self, request: httpx.Request, most: int, seconds: float, kind: str = _JSON
    ) -> tuple[int, bytes]:
        """Status and body of an answer that could be ours."""
        with _mapped():
            response = self._client.send(request, stream=True)
            try:
                status = response.status_code
                body = self._read(response, most, seconds)
                if status not in (200, 409):
                    raise _refusal(status, body, _asked_to_wait(response))
                _check_type(response, kind if status == 200 else _JSON)
                return status, body
            finally:
                response.close()

    def _read(self, response: httpx.Response, most: int, seconds: float) -> bytes:
        """The body, unpacked; nothing is kept beyond the limit."""
        packing = response.headers.get("content-encoding", "identity").strip().lower()
        if packing not in ("identity", "gzip", ""):
            raise TransportError(Failure.STRANGER, f"packed by {packing[:20]}")
        unpack = zlib.decompressobj(31) if packing == "gzip" else None
        until, have = self._monotonic() + seconds, bytearray()
        for piece in response.iter_raw(64 * 1024):
            if self._monotonic() > until:
                raise TransportError(Failure.NETWORK, "the answer takes too long")
            have += piece if unpack is None else unpack.decompress(piece, most + 1 - len(have))
            if len(have) > most or (unpack is not None and unpack.unconsumed_tail):
                raise TransportError(Failure.STRANGER, "the answer is too large")
        if unpack is not None and not unpack.eof:
            raise TransportError(Failure.NETWORK, "the answer breaks off")
        return bytes(have)


class _HttpStream:
    """An open stream over HTTP."""

    def __init__(self, response: httpx.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[Sequence[Frame]]:
        reader = Reader()
        try:
            with _mapped():
                for piece in self._response.iter_raw():
                    yield _frames(reader, piece)
        finally:
            self._response.close()

    def close(self) -> None:
        """End it from another thread: the read under way says that it is over."""
        stream = self._response.extensions.get("network_stream")
        held = stream.get_extra_info("socket") if stream is not None else None
        if isinstance(held, socket.socket):
            with suppress(OSError):
                # Past TLS, whose state belongs to the thread that reads.
                socket.socket.shutdown(held, socket.SHUT_RDWR)
        else:
            self._response.close()


def _frames(reader: Reader, piece: bytes) -> Sequence[Frame]:
    try:
        return reader.feed(piece)
    except ValueError as error:
        raise TransportError(Failure.STRANGER, "the stream makes no sense") from error


def checked_url(url: str) -> str:
    """The address, if a token may be sent to it.

    Raises:
        TransportError: ``sync.untrusted``.
    """
    parts = urlsplit(url.strip())
    try:
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        raise TransportError(Failure.UNTRUSTED, "not an address") from error
    if parts.scheme not in ("http", "https") or not host or parts.username or parts.query:
        raise TransportError(Failure.UNTRUSTED, "not an address like https://host")
    if parts.scheme == "http" and not _loopback(host):
        raise TransportError(Failure.UNTRUSTED, "plain http only to this machine")
    return url.strip().rstrip("/")


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _trusted(ca: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if ca is not None:
        try:
            context.load_verify_locations(ca)
        except (OSError, ssl.SSLError) as error:
            raise TransportError(Failure.UNTRUSTED, f"no certificates in {ca}") from error
    return context


def _bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"} if token else {}


def _check_type(response: httpx.Response, kind: str) -> None:
    """A portal answers everything with 200 and a page of its own."""
    found = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if found != kind:
        raise TransportError(
            Failure.STRANGER, f"answers with {found[:40] or 'nothing'}", status=response.status_code
        )


def _message(body: bytes, kind: type[_T]) -> _T:
    try:
        return decode(body, kind)
    except ValueError as error:
        raise TransportError(Failure.STRANGER, "no message of the protocol") from error


def _refusal(status: int, body: bytes, wait: float = 0.0) -> TransportError:
    """What an answer other than 200 means: without a problem in it, it is not from our server."""
    try:
        problem = decode(body, Problem)
    except ValueError:
        failure = Failure.NETWORK if status >= 500 or status == 429 else Failure.STRANGER
        return TransportError(failure, f"HTTP {status}", status=status, retry_after=wait)
    asked = max(wait, float(problem.retry_after))
    return TransportError(Failure.REFUSED, status=status, problem=problem, retry_after=asked)


def _asked_to_wait(response: httpx.Response) -> float:
    text = response.headers.get("retry-after", "")
    return float(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0.0


@contextmanager
def _mapped() -> Iterator[None]:
    """Errors of the network as the engine knows them."""
    try:
        yield
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, zlib.error) as error:
        failure = Failure.NETWORK
        if isinstance(error.__cause__ or error.__context__, ssl.SSLCertVerificationError) or (
            "CERTIFICATE_VERIFY_FAILED" in str(error)
        ):
            failure = Failure.UNTRUSTED
        # Only its kind: a message may hold an address with what was asked for.
        raise TransportError(failure, type(error).__name__) from error
