"""The server's description of itself, made from the messages of the protocol.

Schemas come from the very types that are read and written (:mod:`agentdesk.server.edge`,
:mod:`agentdesk.wire`), so they cannot drift from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from agentdesk import __version__, wire
from agentdesk.server import edge
from agentdesk.server.edge import LONGEST, TEXT
from agentdesk.server.stream import CURSORS

SCHEMES = {
    "seat": {
        "type": "http",
        "scheme": "bearer",
        "description": "Token of a seat (from /v1/enrol) or of a person (from /v1/session).",
    }
}

_REFUSALS = {
    400: "Not HTTP, JSON or gzip as we speak it",
    401: "No token, or one that is unknown, expired or revoked",
    403: "The token may not do that, or not read that scope",
    404: "No such address",
    408: "The body did not arrive in time",
    409: "It was used before, or stands against what is known",
    413: "More than the limit of bytes or events",
    415: "Not JSON in UTF-8, or packed otherwise than by gzip",
    422: "JSON, but no message that can be used; the field is named",
    423: "Locked after too many wrong attempts",
    426: "No protocol both sides speak",
    429: "Too many requests; Retry-After says when to come back",
    500: "A mistake in the server",
    503: "Busy or ending; Retry-After says when to come back",
}
_BODY = (400, 408, 413, 415, 422)
_ALWAYS = (429, 500, 503)
_WAITS = (429, 503, 423)


class Operation(Struct, frozen=True):
    """One operation.

    Attributes:
        takes: message of the body, None for none.
        gives: message of a 200, or a media type.
        refuses: statuses answered by a problem.
        open: whether it needs no token.
        query: parameters, name to schema; those ending in ``?`` may be left out.
        reset: whether a 409 may be a reset.
        links: what may be asked next, by status and name.
    """

    method: str
    path: str
    about: str
    takes: type[Struct] | None
    gives: type[Struct] | str
    refuses: tuple[int, ...]
    open: bool = False
    query: Mapping[str, Mapping[str, Any]] = {}
    reset: bool = False
    links: Mapping[int, Mapping[str, Mapping[str, Any]]] = {}


_SCOPE = {"type": "string", "minLength": 1, "maxLength": TEXT}
_SEQ = {"type": "integer", "minimum": 0, "maximum": LONGEST}
_PULL: dict[str, Mapping[str, Any]] = {
    "scope": _SCOPE,
    "epoch": {"type": "string", "maxLength": TEXT},
    "seq?": _SEQ,
    "id?": {"type": "string", "maxLength": TEXT},
    "at?": _SEQ,
    "limit?": {"type": "integer", "minimum": 1, "maximum": wire.BATCH},
}


def _link(to: str, about: str, body: object = None, **parameters: str) -> dict[str, Any]:
    found: dict[str, Any] = {"operationId": to, "description": about}
    if parameters:
        found["parameters"] = parameters
    if body is not None:
        found["requestBody"] = body
    return found


_ANSWER, _ASKED = "$response.body#/", "$request.body#/"
_CUR = {each: f"{_ANSWER}cur/{each}" for each in ("seq", "id", "at")}
_HERE = {"scope": f"{_ANSWER}scope", "epoch": f"{_ANSWER}epoch"}
_GREET = {
    "greet": _link(
        "v1_hello", "With the token of the answer", {"install": f"{_ASKED}install", "app": ""}
    )
}
_READ = {
    "read": _link("v1_pull", "From the beginning of a scope",
                  scope=f"{_ANSWER}scopes/0", epoch=f"{_ANSWER}epoch"),
    "readAll": _link("v1_snapshot", "All of a scope", scope=f"{_ANSWER}scopes/0"),
    "listen": _link("v1_stream", "From now on"),
    "write": _link("v1_push", "The server's time tells a seat how wrong its clock is",
                   {"client_now": f"{_ANSWER}server_time"}),
}  # fmt: skip
_AGAIN = {
    "again": _link("v1_push", "Sent twice is received once", "$request.body"),
    "confirm": _link("v1_pull", "Only what is pulled is confirmed"),
}
_ON = {
    "on": _link("v1_pull", "After what was read", **_HERE, **_CUR),
    "listen": _link("v1_stream", "With this cursor among ``cursors``"),
    "keep": _link("v1_common", "What to ask after a reset",
                  {"scope": _HERE["scope"], "known": [_CUR]}),
}  # fmt: skip
_BEGIN = {
    "back": _link(
        "v1_common", "The newest place both know", {"scope": _HERE["scope"], "known": []}
    ),
    "anew": _link("v1_pull", "From the beginning", **_HERE),
    "whole": _link("v1_snapshot", "All of it", scope=_HERE["scope"]),
}
_GO_ON = {
    "on": _link("v1_pull", "From there", scope=f"{_ASKED}scope", epoch=_HERE["epoch"], **_CUR)
}

OPERATIONS = (
    Operation("post", "/v1/enrol", "A seat joins by a code", edge.Enrol, wire.Token,
              (401, 403, 409, 423, *_BODY, *_ALWAYS), open=True, links={200: _GREET}),
    Operation("post", "/v1/session", "A person signs in at a seat", edge.SignIn, wire.Token,
              (401, 403, 409, 423, *_BODY, *_ALWAYS), links={200: _GREET}),
    Operation("post", "/v1/hello", "What to speak, and what to read", edge.Hello, wire.Welcome,
              (401, 403, 426, *_BODY, *_ALWAYS), links={200: _READ}),
    Operation("post", "/v1/push", "Events of a seat; the answer is only a hint", edge.Push,
              wire.Pushed, (401, 403, 409, *_BODY, *_ALWAYS), links={200: _AGAIN}),
    Operation("get", "/v1/pull", "Events of a scope after a cursor", None, wire.Page,
              (401, 403, 422, *_ALWAYS), query=_PULL, reset=True,
              links={200: _ON, 409: _BEGIN}),
    Operation("post", "/v1/common", "The newest place both sides know", edge.Checkpoints,
              wire.Common, (401, 403, *_BODY, *_ALWAYS), links={200: _GO_ON}),
    Operation("get", "/v1/snapshot", "All events of a scope: lines of Stored, then a Trailer",
              None, "application/x-ndjson", (401, 403, 422, *_ALWAYS), query={"scope": _SCOPE}),
    Operation("get", "/v1/stream", "Events as they come (Live), by server-sent events", None,
              "text/event-stream", (401, 403, 422, *_ALWAYS),
              query={"cursors?": {"type": "string", "maxLength": CURSORS}}),
    Operation("get", "/healthz", "Whether the process lives", None, edge.Health, (), open=True),
    Operation("get", "/readyz", "Whether it takes requests", None, edge.Health, (503,),
              open=True),
    Operation("get", "/metrics", "Figures for Prometheus, for this machine or an administrator",
              None, "text/plain", (401, 403, 429, 500)),
)  # fmt: skip
"""Everything there is to ask for."""


def document() -> dict[str, Any]:
    """The OpenAPI 3.1 document."""
    shown: list[type[Struct]] = [wire.Problem, wire.Reset, wire.Stored, wire.Live, wire.Alive]
    shown.append(wire.Trailer)
    for operation in OPERATIONS:
        shown += [
            kind
            for kind in (operation.takes, operation.gives)
            if isinstance(kind, type) and kind not in shown
        ]
    _, schemas = msgspec.json.schema_components(shown, ref_template="#/components/schemas/{name}")
    paths: dict[str, Any] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "agentdesk server", "version": __version__},
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": SCHEMES},
    }


def _operation(operation: Operation) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": operation.path.strip("/").replace("/", "_"),
        "summary": operation.about,
        "security": [] if operation.open else [{"seat": []}],
        "parameters": [
            {
                "name": name.rstrip("?"),
                "in": "query",
                "required": not name.endswith("?"),
                "schema": schema,
            }
            for name, schema in operation.query.items()
        ],
        "responses": _responses(operation),
    }
    if operation.takes is not None:
        found["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": _ref(operation.takes)}},
        }
    return found


def _responses(operation: Operation) -> dict[str, Any]:
    if isinstance(operation.gives, str):
        # A stream has no end, and a reader of this may take a schema for that of one event.
        shown = {} if operation.gives == "text/event-stream" else {"schema": {"type": "string"}}
        content: dict[str, Any] = {operation.gives: shown}
    else:
        content = {"application/json": {"schema": _ref(operation.gives)}}
    found: dict[str, Any] = {"200": {"description": "Done", "content": content}}
    for status in sorted(operation.refuses):
        answer: dict[str, Any] = {
            "description": _REFUSALS[status],
            "content": {"application/json": {"schema": _ref(wire.Problem)}},
        }
        if status in _WAITS:
            answer["headers"] = {
                "Retry-After": {"required": True, "schema": {"type": "integer", "minimum": 1}}
            }
        found[str(status)] = answer
    if operation.reset:
        found["409"] = {
            "description": "The cursor leads nowhere",
            "content": {"application/json": {"schema": _ref(wire.Reset)}},
        }
    for code, links in operation.links.items():
        found[str(code)]["links"] = links
    return found


def _ref(kind: type[Struct]) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{kind.__name__}"}
