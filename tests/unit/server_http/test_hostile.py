"""Who asks for what is not theirs, and what is no request at all."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import msgspec
import pytest

from agentdesk.wire import Checkpoints, Page, Problem, Push, encode
from tests.unit.server_http.conftest import NOW, Site, auth

FOREIGN = [
    "team:B",
    "person:1002",
    "seat:S1002",
    "seat:",
    "team:",
    "team:A ",
    "TEAM:A",
    "*",
    "site/",
]


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, msgspec.json.decode(answer.content, type=Problem).code


@pytest.mark.parametrize("scope", FOREIGN)
async def test_nobody_reads_the_scope_of_others(
    site: Site, client: httpx.AsyncClient, scope: str
) -> None:
    """Pull, common, snapshot and stream; one that is there and one that is not look the same."""
    await client.post(
        "/v1/push",
        content=site.push(site.event(actor="1002", install="store-S1002")),
        headers=auth(site.seat("1002")),
    )
    mine = auth(site.seat("1001"))
    asked: dict[str, Any] = {"scope": scope}
    answers = [
        await client.get("/v1/pull", params=asked | {"epoch": ""}, headers=mine),
        await client.get("/v1/snapshot", params=asked, headers=mine),
        await client.post("/v1/common", content=encode(Checkpoints(scope, [])), headers=mine),
    ]
    assert {code(answer) for answer in answers} == {(403, "forbidden_scope")}
    if scope != "*":
        cursors = msgspec.json.encode({scope: {"seq": 0, "id": ""}}).decode()
        async with asyncio.timeout(10):
            answer = await client.get("/v1/stream", params={"cursors": cursors}, headers=mine)
        assert code(answer) == (403, "forbidden_scope")


async def test_a_refused_event_is_seen_by_its_seat_only(
    site: Site, client: httpx.AsyncClient
) -> None:
    mine, other = auth(site.seat("1001")), auth(site.seat("1002"))
    forged = site.event(actor="2001")
    answer = await client.post("/v1/push", content=site.push(forged), headers=mine)
    assert answer.status_code == 200
    asked = {"scope": "seat:S1001", "epoch": ""}
    page = msgspec.json.decode(
        (await client.get("/v1/pull", params=asked, headers=mine)).content, type=Page
    )
    assert [(each.id, each.verdict) for each in page.events] == [(forged.id, "forged")]
    assert (await client.get("/v1/pull", params=asked, headers=other)).status_code == 403


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Bearer x", "Basic eDp5", "bearer " + "0" * 64, "Bearer " + "é" * 64],
)
async def test_every_operation_wants_a_token(
    site: Site, client: httpx.AsyncClient, header: str
) -> None:
    headers = [(b"authorization", header.encode("latin-1")), (b"content-type", b"application/json")]
    for method, path in (
        ("POST", "/v1/session"),
        ("POST", "/v1/hello"),
        ("POST", "/v1/push"),
        ("POST", "/v1/common"),
        ("GET", "/v1/pull?scope=site&epoch="),
        ("GET", "/v1/snapshot?scope=site"),
        ("GET", "/v1/stream"),
        ("GET", "/metrics"),
    ):
        answer = await client.request(method, path, headers=headers, content=b"{}")
        assert code(answer) == (401, "unauthorised"), path
        assert answer.headers["www-authenticate"] == "Bearer"


async def test_revoked_and_expired_tokens(site: Site, client: httpx.AsyncClient) -> None:
    mine = auth(site.seat("1001"))
    asked = {"scope": "site", "epoch": ""}
    assert (await client.get("/v1/pull", params=asked, headers=mine)).status_code == 200
    site.keys.revoke(NOW, person="1001")
    site.running.rights_changed()
    answer = await client.get("/v1/pull", params=asked, headers=mine)
    assert code(answer) == (401, "revoked")
    content = site.push(site.event())
    assert code(await client.post("/v1/push", content=content, headers=mine)) == (401, "revoked")


async def test_whoever_leaves_is_out_at_once(site: Site, client: httpx.AsyncClient) -> None:
    mine = auth(site.seat("1001"))
    asked = {"scope": "team:A", "epoch": ""}
    assert (await client.get("/v1/pull", params=asked, headers=mine)).status_code == 200
    site.admin.call("people.set", {"changes": [{"id": "1001", "values": {"team": "B"}}]})
    assert (await client.get("/v1/pull", params=asked, headers=mine)).status_code == 403
    site.admin.call("people.set", {"changes": [{"id": "1001", "values": {"active": False}}]})
    assert (await client.get("/v1/pull", params=asked, headers=mine)).status_code == 401


async def test_strangers_are_slowed_down_and_nobody_else(
    site: Site, client: httpx.AsyncClient
) -> None:
    mine = auth(site.seat("1001"))
    asked = {"scope": "site", "epoch": ""}
    statuses = [
        (await client.get("/v1/pull", params=asked, headers=auth(f"{n:064x}"))).status_code
        for n in range(150)
    ]
    assert statuses[:100] == [401] * 100 and statuses[-1] == 429
    assert (await client.get("/v1/pull", params=asked, headers=mine)).status_code == 200
    content = b'{"code":"x","install":"y"}'
    answer = await client.post("/v1/enrol", content=content, headers=auth("x"))
    assert code(answer) == (429, "busy")  # codes are not guessed either


async def test_an_id_with_another_body_is_an_alarm(site: Site, client: httpx.AsyncClient) -> None:
    mine = auth(site.seat("1001"))
    event = site.event()
    await client.post("/v1/push", content=site.push(event), headers=mine)
    other = msgspec.structs.replace(event, body=msgspec.Raw(b'{"at":1,"text":"x"}'))
    answer = await client.post("/v1/push", content=site.push(other), headers=mine)
    assert code(answer) == (422, "conflict")
    assert "agentdesk_conflicts_total 1.0" in site.running.metrics.text().decode()
    page = site.service.storage.known([event.id])[event.id]
    assert page is not None and bytes(page.body) == bytes(event.body)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("epoch=", "scope"),
        ("scope=site", "epoch"),
        ("scope=site&epoch=&seq=-1", "seq"),
        ("scope=site&epoch=&seq=9223372036854775808", "seq"),
        ("scope=site&epoch=&seq=%D9%A3", "seq"),
        ("scope=site&epoch=&limit=0", "limit"),
        ("scope=site&epoch=&limit=501", "limit"),
        ("scope=site&scope=team:B&epoch=", "query"),
        ("scope=site&epoch=&order=seq", "query"),
        ("scope=%FF&epoch=", "query"),
        ("scope=site%00&epoch=", "query"),
        ("&".join(f"a{n}=1" for n in range(50)), "query"),
    ],
)
async def test_queries_that_make_no_sense_are_named(
    site: Site, client: httpx.AsyncClient, query: str, field: str
) -> None:
    answer = await client.get(f"/v1/pull?{query}", headers=auth(site.seat("1001")))
    assert code(answer) == (422, "bad_request")
    assert field in answer.text


INJECTIONS = ["' OR 1=1 --", "1; DROP TABLE event", '"', "%", "_", "\\", "{}", "$1", "?", "𝒳" * 60]


@pytest.mark.parametrize("text", INJECTIONS)
async def test_sql_in_every_field(site: Site, client: httpx.AsyncClient, text: str) -> None:
    mine = auth(site.seat("1001"))
    asked = {"scope": "team:A", "epoch": site.service.epoch, "seq": "1", "id": text}
    assert (await client.get("/v1/pull", params=asked, headers=mine)).status_code == 409
    asked = {"scope": "team:A", "epoch": text}
    assert (await client.get("/v1/pull", params=asked, headers=mine)).status_code in (409, 200)
    for name in ("kind", "entity", "entity_id", "actor", "install"):
        content = encode(Push(NOW, [site.event(**{name: text})]))
        answer = await client.post("/v1/push", content=content, headers=mine)
        assert answer.status_code in (200, 400), (name, answer.text)
    assert (await client.get("/readyz")).status_code == 200
    assert site.service.storage.meta("site")


async def test_one_bad_event_does_not_hold_up_the_others(
    site: Site, client: httpx.AsyncClient
) -> None:
    mine = auth(site.seat("1001"))
    good = site.event()
    bad = [
        site.event(body=body)
        for body in (b'{"a":1e400}', b'{"a":1,"a":2}', b'"text"', b"[]", b'{"a":"\\ud800\\u0000"}')
        if b"ud800" not in body
    ]
    answer = await client.post("/v1/push", content=site.push(*bad, good), headers=mine)
    assert answer.status_code == 200
    assert good.id in answer.json()["received"]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "GET"])
async def test_other_methods(site: Site, client: httpx.AsyncClient, method: str) -> None:
    answer = await client.request(method, "/v1/push")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert code(answer) == (405, "bad_request")
    answer = await client.post("/v1/stream")
    assert answer.status_code == 405
