"""The addresses of the server: raw bytes in, a message out (:mod:`agentdesk.wire`)."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, MutableMapping
from math import ceil
from time import perf_counter
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from msgspec import Struct
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from agentdesk.server import edge, metrics
from agentdesk.server.caller import Caller
from agentdesk.server.limits import Receive, headers_of, number, read_body, read_message
from agentdesk.server.problem import ServerProblem
from agentdesk.server.running import Running
from agentdesk.server.stream import CONNECTION
from agentdesk.wire import BATCH, Cursor, Problem, Reset, encode

WORTH_PACKING = 1024
"""Bytes from which an answer is packed for those who can unpack it."""
LINES = 64 * 1024
"""About the bytes of a snapshot that are handed over at once."""
BUSY_SECONDS = 2
"""When to come back to a server that is busy; the gate spreads it."""
READY_SECONDS = 5.0
"""Time the database has to answer before the process calls itself not ready."""

_JSON = "application/json"
_PACKED = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
_T = TypeVar("_T")


class Asked:
    """One request, as the handlers see it: the same whether it came through FastAPI or not.

    Attributes:
        headers: see :func:`agentdesk.server.limits.headers_of`.
    """

    __slots__ = ("headers", "receive", "scope")

    def __init__(self, scope: MutableMapping[str, Any], receive: Receive) -> None:
        self.scope, self.receive = scope, receive
        self.headers = headers_of(scope)

    @property
    def arrived(self) -> bool:
        """Whether the whole body is known to be here, so that no clock need watch over it."""
        cycle = getattr(self.scope.get(CONNECTION), "cycle", None)
        # The connection may be at a later request of the same client.
        return cycle is not None and cycle.scope is self.scope and not cycle.more_body


Handler = Callable[[Asked], Awaitable[Response]]


class Api:
    """The handlers, over one running server."""

    def __init__(self, running: Running) -> None:
        self._running = running

    def direct(self) -> dict[tuple[str, str], Handler]:
        """What every seat asks all day, and when all come back at once, by method and path: the
        gate serves it by itself.

        It is the same handler that stands among :meth:`routes`; on the way to that one a push
        costs as much again as all that is done for it.
        """
        return {
            ("POST", "/v1/hello"): self.hello,
            ("POST", "/v1/push"): self.push,
            ("GET", "/v1/pull"): self.pull,
        }

    def routes(self) -> list[Route]:
        """All of them; the stream itself is served by the gate."""
        return [
            _route("POST", "/v1/enrol", self.enrol),
            _route("POST", "/v1/session", self.session),
            _route("POST", "/v1/hello", self.hello),
            _route("POST", "/v1/push", self.push),
            _route("GET", "/v1/pull", self.pull),
            _route("POST", "/v1/common", self.common),
            _route("GET", "/v1/snapshot", self.snapshot),
            _route("GET", "/v1/stream", self.no_stream),
            _route("GET", "/healthz", self.healthz),
            _route("GET", "/readyz", self.readyz),
            _route("GET", "/metrics", self.metrics),
        ]

    async def enrol(self, asked: Asked) -> Response:
        """A code for a token."""
        running = self._running
        running.stranger(asked.scope, asked.headers)
        message = await self._message(asked, edge.Enrol)
        keeper = running.doorkeeper
        return await self._answer(
            asked, await running.read(keeper.enrol, message, running.now_ms())
        )

    async def session(self, asked: Asked) -> Response:
        """Work number and PIN for a token."""
        running = self._running
        who = await self._caller(asked)
        message = await self._message(asked, edge.SignIn)
        keeper = running.doorkeeper
        found = await running.read(keeper.sign_in, who, message, running.now_ms())
        return await self._answer(asked, found)

    async def hello(self, asked: Asked) -> Response:
        """What to speak and to read."""
        who = await self._caller(asked)
        message = await self._message(asked, edge.Hello)
        found = await self._running.read(self._running.core.hello, who, message)
        return await self._answer(asked, found)

    async def push(self, asked: Asked) -> Response:
        """Events for the writer."""
        running = self._running
        who = await self._caller(asked)
        message = await self._message(asked, edge.Push)
        if running.stopping:
            raise _busy("ending")
        began = perf_counter()
        try:
            # The writer finishes what it has begun, whether somebody waits or not.
            pushed = await running.answers.wait(running.queue.submit(who, message))
        except ServerProblem as problem:
            if problem.problem.code == "conflict":
                running.metrics.conflicts.inc()
            raise
        finally:
            running.metrics.commit.observe(perf_counter() - began)
        running.metrics.pushes.inc()
        running.metrics.pushed_events.inc(len(message.events))
        return await self._answer(asked, pushed)

    async def pull(self, asked: Asked) -> Response:
        """Events after a cursor."""
        running = self._running
        who = await self._caller(asked)
        query = _query(asked, {"scope", "epoch", "seq", "id", "at", "limit"})
        scope = self._scope(who, query)
        if len(query.get("epoch", "")) > edge.TEXT or "epoch" not in query:
            raise ServerProblem(422, "bad_request", "epoch")
        if len(query.get("id", "")) > edge.TEXT:
            raise ServerProblem(422, "bad_request", "id")
        cursor = Cursor(
            number(query.get("seq", "0"), "seq"),
            query.get("id", ""),
            number(query.get("at", "0"), "at"),
        )
        limit = number(query.get("limit", str(BATCH)), "limit", BATCH)
        if not limit:
            raise ServerProblem(422, "bad_request", "limit: 1 or more")

        pack = _may_pack(asked)

        def page() -> Response:
            found = running.core.sheet(who, scope, cursor, query["epoch"], limit)
            if isinstance(found, Reset):
                return Response(encode(found), 409, media_type=_JSON)
            if pack and len(found.front.text) >= WORTH_PACKING:
                return Response(found.packed(), 200, _PACKED, _JSON)
            return Response(found.plain(), 200, media_type=_JSON)

        with running.metrics.pull.time():
            return await running.read(page)

    async def common(self, asked: Asked) -> Response:
        """The newest place both sides know."""
        who = await self._caller(asked)
        message = await self._message(asked, edge.Checkpoints)
        _may_read(who, message.scope)
        found = await self._running.read(self._running.core.common, who, message)
        return await self._answer(asked, found)

    async def snapshot(self, asked: Asked) -> Response:
        """Everything of a scope, as it is read."""
        running = self._running
        who = await self._caller(asked)
        scope = self._scope(who, _query(asked, {"scope"}))
        if running.snapshots.locked():
            raise _busy("too many snapshots")
        await running.snapshots.acquire()
        try:
            pieces = _pieces(await running.read(running.core.snapshot, who, scope))
            first = await running.read(next, pieces, None)
        except BaseException:
            running.snapshots.release()
            raise
        pack = _may_pack(asked)

        async def lines() -> AsyncIterator[bytes]:
            machine = zlib.compressobj(1, wbits=31) if pack else None
            piece = first
            try:
                while piece is not None:
                    yield piece if machine is None else machine.compress(piece)
                    piece = await running.read(next, pieces, None)
                if machine is not None:
                    yield machine.flush()
            finally:
                running.snapshots.release()

        headers = {"Vary": "Accept-Encoding"} | ({"Content-Encoding": "gzip"} if pack else {})
        return StreamingResponse(lines(), 200, headers, "application/x-ndjson")

    async def no_stream(self, asked: Asked) -> Response:
        """What is left of the stream's address: HEAD."""
        raise HTTPException(405, headers={"Allow": "GET"})

    async def healthz(self, asked: Asked) -> Response:
        """The process lives."""
        return Response(encode(edge.Health()), media_type=_JSON)

    async def readyz(self, asked: Asked) -> Response:
        """The database answers and takes in more, and nothing is ending."""
        running = self._running
        try:
            async with asyncio.timeout(READY_SECONDS):
                await running.read(running.core.heads, ())
        except Exception as error:
            raise _busy("the database does not answer") from error
        if not running.core.takes_more:
            raise _busy("the disk failed: look at it, then start the server again")
        if running.stopping:
            raise _busy("ending")
        return Response(encode(edge.Health()), media_type=_JSON)

    async def metrics(self, asked: Asked) -> Response:
        """Figures."""
        running = self._running
        await running.may_see_figures(asked.scope, asked.headers)
        text = await running.read(running.metrics.text)
        return Response(text, headers={"Content-Type": metrics.CONTENT_TYPE})

    # -- inside

    async def _caller(self, asked: Asked) -> Caller:
        who = await self._running.caller(asked.scope, asked.headers)
        asked.scope["agentdesk.caller"] = who
        return who

    async def _message(self, asked: Asked, kind: type[_T]) -> _T:
        settings = self._running.settings
        data = await read_body(
            asked.receive,
            asked.headers,
            limit=settings.limits.bytes,
            seconds=None if asked.arrived else settings.read_seconds,
        )
        return read_message(data, kind)

    async def _answer(self, asked: Asked, message: Struct) -> Response:
        return await self._packed(asked, encode(message), 200)

    async def _packed(self, asked: Asked, data: bytes, status: int) -> Response:
        if len(data) < WORTH_PACKING or not _may_pack(asked):
            return Response(data, status, media_type=_JSON)
        packed = await self._running.read(gzip.compress, data, 1)
        return Response(packed, status, _PACKED, _JSON)

    def _scope(self, who: Caller, query: dict[str, str]) -> str:
        scope = query.get("scope", "")
        if not scope or len(scope) > edge.TEXT:
            raise ServerProblem(422, "bad_request", "scope")
        _may_read(who, scope)
        return scope


def _route(method: str, path: str, handler: Handler) -> Route:
    async def endpoint(request: Request) -> Response:
        return await handler(Asked(request.scope, request.receive))

    return Route(path, endpoint, methods=[method])


def problem_response(problem: Problem, status: int, close: bool = False) -> Response:
    """A refusal."""
    headers = {}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if problem.retry_after:
        headers["Retry-After"] = str(ceil(problem.retry_after))
    if close:
        headers["Connection"] = "close"
    return Response(encode(problem), status, headers, _JSON)


def query_of(text: bytes, known: set[str]) -> dict[str, str]:
    """The parameters of an address.

    Raises:
        ServerProblem: 422 one twice, one we do not know, or not UTF-8.
    """
    try:
        pairs = parse_qsl(
            text.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=20
        )
    except ValueError as error:
        raise ServerProblem(422, "bad_request", "query") from error
    found = dict(pairs)
    if len(found) != len(pairs) or found.keys() - known:
        raise ServerProblem(422, "bad_request", f"query: {' '.join(sorted(known))}, each once")
    if any("\x00" in value for value in found.values()):
        raise ServerProblem(422, "bad_request", "query: control characters")
    return found


def _busy(detail: str) -> ServerProblem:
    return ServerProblem(503, "busy", detail, BUSY_SECONDS)


def _query(asked: Asked, known: set[str]) -> dict[str, str]:
    return query_of(asked.scope["query_string"], known)


def _may_read(who: Caller, scope: str) -> None:
    if not who.reads(scope):
        raise ServerProblem(403, "forbidden_scope", "not one of the scopes of this token")


def _may_pack(asked: Asked) -> bool:
    return "gzip" in asked.headers.get("accept-encoding", "").lower()


def _pieces(lines: Iterator[bytes]) -> Iterator[bytes]:
    """Lines joined to pieces of a size worth sending."""
    held: list[bytes] = []
    size = 0
    for line in lines:
        held.append(line)
        size += len(line)
        if size >= LINES:
            yield b"".join(held)
            held, size = [], 0
    if held:
        yield b"".join(held)
