"""The description of the server, and what a fuzzer that believes it finds."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.generation import GenerationMode

from agentdesk.server import openapi
from agentdesk.server.routes import Api
from tests.unit.server_http.conftest import CONFORMANCE, MakeSite, Site

load_all_checks()

EXAMPLES = 12
PATHS = [operation.path for operation in openapi.OPERATIONS if operation.path != "/v1/stream"]
FREE = {"/v1/enrol", "/healthz", "/readyz"}


def document() -> dict[str, Any]:
    return openapi.document()


def test_every_route_is_described_and_nothing_else(site: Site) -> None:
    served = Api(site.running).routes()
    routes = {(route.path, method) for route in served for method in route.methods or ()}
    described = {
        (path, method.upper()) for path, item in document()["paths"].items() for method in item
    }
    assert {(path, method) for path, method in routes if method != "HEAD"} == described


def test_every_operation_but_three_wants_a_token() -> None:
    free = {
        path
        for path, item in document()["paths"].items()
        for operation in item.values()
        if not operation["security"]
    }
    assert free == FREE


def test_the_schemas_are_those_of_the_messages() -> None:
    schemas = document()["components"]["schemas"]
    assert set(schemas) >= {"Push", "WireEvent", "Page", "Stored", "Live", "Trailer", "Problem"}
    assert schemas["WireEvent"]["properties"]["id"]["pattern"] == "^[0-9a-f]{32}$"


@pytest.fixture
def served(make_site: MakeSite) -> tuple[Site, str]:
    """A site that is never full, and the token of a seat."""
    site = make_site(rps=1_000_000)
    return site, site.seat("1001")


@pytest.mark.parametrize(
    ("path", "mode"),
    [
        *((path, GenerationMode.POSITIVE) for path in PATHS),
        *((path, GenerationMode.NEGATIVE) for path in PATHS if path.startswith("/v1/")),
    ],
)
def test_schemathesis(served: tuple[Site, str], path: str, mode: GenerationMode) -> None:
    """No 5xx, every answer as described, and nothing that breaks the description is taken."""
    site, token = served
    schema = schemathesis.openapi.from_asgi("/openapi.json", site.app)
    schema.config.generation.update(modes=[mode])
    (method,) = document()["paths"][path]
    operation = schema[path][method]
    names = (
        [*CONFORMANCE, "negative_data_rejection"]
        if mode is GenerationMode.NEGATIVE
        else CONFORMANCE
    )
    checks: list[Any] = CHECKS.get_by_names(names)
    seen: set[int] = set()

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def run(case: schemathesis.Case[Any]) -> None:
        if mode is GenerationMode.POSITIVE:
            _within_reach(case)
        response = case.call(headers={"authorization": f"Bearer {token}"})
        seen.add(response.status_code)
        case.validate_response(response, checks=checks)

    run()
    if mode is GenerationMode.POSITIVE and path in ("/v1/pull", "/v1/common", "/v1/snapshot"):
        assert 200 in seen


def _within_reach(case: schemathesis.Case[Any]) -> None:
    """A scope the token may read: what lies behind the check is looked at too."""
    for held in (case.query, case.body):
        if isinstance(held, dict) and "scope" in held:
            held["scope"] = "team:A"
            if "epoch" in held:
                held["epoch"] = ""


@pytest.mark.parametrize("path", sorted({*PATHS} - FREE))
def test_schemathesis_without_a_token(served: tuple[Site, str], path: str) -> None:
    site, _ = served
    schema = schemathesis.openapi.from_asgi("/openapi.json", site.app)
    (method,) = document()["paths"][path]

    @settings(
        max_examples=5,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=schema[path][method].as_strategy())
    def run(case: schemathesis.Case[Any]) -> None:
        for headers in ({}, {"authorization": "Bearer " + "0" * 64}):
            response = case.call(headers=headers)
            assert response.status_code in (401, 429)

    run()
