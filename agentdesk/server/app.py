"""The ASGI application of a server."""

from __future__ import annotations

from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from agentdesk import __version__
from agentdesk.server import openapi
from agentdesk.server.gate import EXCHANGE, Exchange, Gate
from agentdesk.server.problem import ServerProblem
from agentdesk.server.routes import Api, problem_response
from agentdesk.server.running import Running
from agentdesk.wire import Problem

_CODES = {404: "not_found"}


class App(FastAPI):
    """FastAPI behind the gate, which serves streams, pushes and pages without it."""

    gate: Gate

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        """One request, or the lifespan."""
        await self.gate(scope, receive, send)


def create_app(running: Running) -> App:
    """The application; its lifespan starts and stops ``running``.

    Bodies are read as bytes and answered as bytes by msgspec, so the routes are plain ones and
    the description is made from the messages (:mod:`agentdesk.server.openapi`).
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await running.start()
        try:
            yield
        finally:
            await running.stop()

    app = App(
        title="agentdesk server",
        version=__version__,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        # Nothing of a request leaves this process but what the log and the figures say.
        telemetry={"tracing": False, "metrics": False, "logs": False},
        exception_handlers={
            HTTPException: _no_such,
            ServerProblem: _refused,
            Exception: _failed,
        },
    )
    api = Api(running)
    app.router.routes.extend(api.routes())
    # One description for everybody who asks, made once.
    document = openapi.document()
    app.openapi = lambda: document  # type: ignore[method-assign]
    app.gate = Gate(super(App, app).__call__, running, api.direct())
    app.state.running = running
    return app


async def _no_such(request: Request, error: Exception) -> Response:
    """An address or method there is not, in our form."""
    if not isinstance(error, HTTPException):  # it is registered for nothing else
        raise error
    code = _CODES.get(error.status_code, "bad_request")
    response = problem_response(Problem(code, str(error.detail)), error.status_code)
    response.headers.update(error.headers or {})
    return response


async def _refused(request: Request, error: Exception) -> Response:
    if not isinstance(error, ServerProblem):
        raise error
    exchange: Exchange = request.scope[EXCHANGE]
    return await exchange.refusal(error)


async def _failed(request: Request, error: Exception) -> Response:
    """A mistake of ours; the gate logs it."""
    return problem_response(Problem("internal"), 500)
