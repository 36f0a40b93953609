"""Around every request: its end in the log, in the figures, and as an answer whatever happens.

A bare ASGI layer. The stream is served right here: ten thousand of them wait at once, and every
layer in between would cost memory ten thousand times. So is what every seat asks all day
(:meth:`agentdesk.server.routes.Api.direct`), by the handlers that stand among the routes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from time import perf_counter
from typing import Any

from msgspec.structs import replace
from starlette.responses import Response

from agentdesk.server.limits import Receive, headers_of, spread
from agentdesk.server.listener import Send
from agentdesk.server.logs import failure, log
from agentdesk.server.openapi import OPERATIONS
from agentdesk.server.problem import ServerProblem
from agentdesk.server.routes import Asked, Handler, problem_response, query_of
from agentdesk.server.running import Running, bearer
from agentdesk.server.stream import CONNECTION, serve, wanted
from agentdesk.wire import Problem

STREAM = "/v1/stream"
EXCHANGE = "agentdesk.exchange"
"""Where a scope holds its :class:`Exchange`."""
KEPT = ("type", "method", "http_version", CONNECTION)
"""What is left of the scope of a stream; the server below it still looks at some."""
SEND_SECONDS = 60.0
"""Time a client may take to accept one piece of an answer."""
SMALL = 64 * 1024
DRAIN_SECONDS = 1.0
"""Time spent on swallowing what a refused client still sends, so that it reads the refusal."""
DRAIN_BYTES = 4 * 1024 * 1024

Scope = MutableMapping[str, Any]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_PATHS = frozenset(operation.path for operation in OPERATIONS) | {"/openapi.json"}
_SAFE = [
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
_TLS = (b"strict-transport-security", b"max-age=31536000")


class Gate:
    """The layer.

    Args:
        app: what is inside.
        running: the server.
        direct: handlers by method and path that need nothing of what is inside.
    """

    def __init__(
        self, app: App, running: Running, direct: Mapping[tuple[str, str], Handler]
    ) -> None:
        self._app = app
        self._direct = {key: _directly(handler) for key, handler in direct.items()}
        self._running = running
        self._headers = [*_SAFE, _TLS] if running.settings.tls else _SAFE

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """One request; lifespan goes through."""
        if scope["type"] != "http":
            return self._app(scope, receive, send)
        if scope["path"] == STREAM and scope["method"] == "GET":
            return self._stream(scope, receive, send)
        app = self._direct.get((scope["method"], scope["path"]), self._app)
        return Exchange(app, self._running, self._headers).run(scope, receive, send)

    async def _stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A stream: two lines in the log, one when it opens and one when it ends."""
        running, started = self._running, perf_counter()
        try:
            opened = await self._open(scope)
        except ServerProblem as problem:
            await Exchange(_refusing(problem), running, self._headers).run(scope, receive, send)
            return
        caller, token, cursors = opened
        del opened
        people = {"seat": caller.seat, "person": caller.person}
        log("stream opened", path=STREAM, **people)
        # What a stream does not need while it waits is let go of: there are many.
        kept = {name: scope[name] for name in KEPT if name in scope}
        scope.clear()
        scope.update(kept)
        del kept
        end = "failed"
        try:
            end = await serve(
                running.hub,
                caller,
                token,
                cursors,
                self._heads,
                running.now_ms(),
                scope,
                receive,
                send,
                self._headers,
            )
        except Exception as error:
            failure("stream", error, **people)
            raise
        finally:
            if end == "behind":
                running.metrics.behind.inc()
            seconds = perf_counter() - started
            log("stream ended", path=STREAM, reason=end, seconds=round(seconds, 1), **people)

    async def _open(self, scope: Scope) -> tuple[Any, str, Any]:
        running = self._running
        headers = headers_of(scope)
        caller = await running.caller(scope, headers)
        query = query_of(scope["query_string"], {"cursors"})
        cursors = wanted(headers, query, running.hub.rings.epoch)
        for name in cursors:
            if name != "*" and not caller.reads(name):
                raise ServerProblem(403, "forbidden_scope", "not one of the scopes of this token")
        if running.stopping or len(running.hub.listeners) >= running.settings.streams:
            raise ServerProblem(503, "busy", "streams", 5)
        return caller, bearer(headers), cursors

    async def _heads(self, scopes: list[str]) -> Any:
        return await self._running.read(self._running.core.heads, scopes)


def _directly(handler: Handler) -> App:
    """A handler as an application, with nothing around it."""

    async def serve_directly(scope: Scope, receive: Receive, send: Send) -> None:
        response = await handler(Asked(scope, receive))
        await response(scope, receive, send)

    return serve_directly


def _refusing(problem: ServerProblem) -> App:
    async def refuse(scope: Scope, receive: Receive, send: Send) -> None:
        raise problem

    return refuse


class Exchange:
    """One request and its answer."""

    def __init__(self, app: App, running: Running, headers: list[tuple[bytes, bytes]]) -> None:
        self._app, self._running, self._safe = app, running, headers
        self._status = 0
        self._unread = True

    async def run(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve it, refuse it, or say that it failed."""
        self._receive, self._send = receive, send
        scope[EXCHANGE] = self
        started = perf_counter()
        path = scope["path"] if scope["path"] in _PATHS else "(none)"
        failed: BaseException | None = None
        try:
            await self._app(scope, self._reading, self._sending)
        except ServerProblem as problem:
            response = await self.refusal(problem)
            await response(scope, self._reading, self._sending)
        except Exception as error:
            failed = error
            if not self._status:
                await problem_response(Problem("internal"), 500)(scope, receive, self._sending)
            elif self._status != 500:
                raise  # half an answer: the connection breaks off
        finally:
            # What receives and sends for us holds the scope, and the connection holds that. Left in
            # it they would be cycles, one for every request, which wait for the collector: it
            # stops everybody while it looks for them.
            scope.pop(EXCHANGE, None)
            scope.pop(CONNECTION, None)
            seconds = perf_counter() - started
            self._running.metrics.observe(path, self._status, seconds)
            who = scope.get("agentdesk.caller")
            fields = {
                "method": scope["method"],
                "path": path,
                "status": self._status,
                "ms": round(seconds * 1000, 1),
                "seat": who.seat if who else None,
                "person": who.person if who else None,
            }
            if failed is None:
                log("request", **fields)
            else:
                failure("request", failed, **fields)

    async def refusal(self, refused: ServerProblem) -> Response:
        """The answer to what was refused, once the client has said all it wants to say."""
        self._running.metrics.refused.labels(refused.problem.code).inc()
        # Whoever has stopped talking in the middle is not waited for again.
        clean = refused.status != 408 and await self._drain()
        problem = refused.problem
        if refused.status == 503:
            problem = replace(problem, retry_after=spread(problem.retry_after, self._running.rng))
        return problem_response(problem, refused.status, close=not clean)

    async def _reading(self) -> MutableMapping[str, Any]:
        message = await self._receive()
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            self._unread = False
        return message

    async def _sending(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            given = {name.lower() for name, _ in message["headers"]}
            message["headers"] = [
                *message["headers"],
                *(pair for pair in self._safe if pair[0] not in given),
            ]
        if not message.get("more_body") and len(message.get("body", b"")) < SMALL:
            await self._send(message)  # the connection has room for it
            return
        async with asyncio.timeout(SEND_SECONDS):
            await self._send(message)

    async def _drain(self) -> bool:
        """Swallow the rest of the body; False when there is too much of it."""
        left = DRAIN_BYTES
        try:
            async with asyncio.timeout(DRAIN_SECONDS):
                while self._unread and left > 0:
                    left -= len((await self._reading()).get("body", b""))
        except TimeoutError:
            return False
        return not self._unread
