"""What seats ask, from the code to the last page."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import json
import logging
import sqlite3
from typing import Any

import httpx
import msgspec
import pytest

from agentdesk.server.problem import ServerProblem
from agentdesk.wire import (
    Checkpoints,
    Common,
    Cursor,
    Enrol,
    Hello,
    Page,
    Problem,
    Pushed,
    Reset,
    SignIn,
    Stored,
    Token,
    Trailer,
    Welcome,
    encode,
)
from tests.unit.server_http.conftest import NOW, MakeSite, Site, auth

PIN = "482915"


def problem(answer: httpx.Response) -> Problem:
    assert answer.headers["content-type"] == "application/json"
    return msgspec.json.decode(answer.content, type=Problem)


async def pull(client: httpx.AsyncClient, token: str, **query: Any) -> httpx.Response:
    return await client.get("/v1/pull", params=query, headers=auth(token))


async def test_a_seat_joins_says_hello_pushes_and_reads(
    site: Site, client: httpx.AsyncClient
) -> None:
    code = site.keys.new_code("1001", "A01", NOW)
    message = encode(Enrol(code, "store-S1001"))
    answer = await client.post("/v1/enrol", content=message, headers=auth("none"))
    token = msgspec.json.decode(answer.content, type=Token)
    assert (token.person, token.seat, token.name, token.session) == ("1001", "A01", "王敏", False)

    hello = encode(Hello("store-S1001", "1.0"))
    answer = await client.post("/v1/hello", content=hello, headers=auth(token.token))
    welcome = msgspec.json.decode(answer.content, type=Welcome)
    assert welcome.scopes == ["site", "seat:A01", "person:1001", "team:A"]
    assert welcome.server_time == NOW and welcome.limits == site.running.settings.limits

    event = site.event()
    packed = gzip.compress(site.push(event))
    headers = auth(token.token) | {"content-encoding": "gzip"}
    answer = await client.post("/v1/push", content=packed, headers=headers)
    pushed = msgspec.json.decode(answer.content, type=Pushed)
    assert (answer.status_code, pushed.received, pushed.retry) == (200, [event.id], [])

    answer = await pull(client, token.token, scope="team:A", epoch=welcome.epoch)
    page = msgspec.json.decode(answer.content, type=Page)
    assert [(each.id, each.verdict) for each in page.events] == [(event.id, "ok")]
    assert bytes(page.events[0].body) == bytes(event.body)
    assert page.cur.seq == page.head

    known = Checkpoints("team:A", [Cursor(10**9, "f" * 32), page.cur])
    answer = await client.post("/v1/common", content=encode(known), headers=auth(token.token))
    assert msgspec.json.decode(answer.content, type=Common).cur == page.cur


async def test_a_person_signs_in_at_the_seat(site: Site, client: httpx.AsyncClient) -> None:
    site.keys.set_pin("2001", PIN, NOW)
    seat = site.seat("1001")

    def ask(pin: str) -> Any:
        message = encode(SignIn("2001", pin, "store-S1001"))
        return client.post("/v1/session", content=message, headers=auth(seat))

    wrong = await ask("000001")
    assert (wrong.status_code, problem(wrong).code) == (401, "unauthorised")
    token = msgspec.json.decode((await ask(PIN)).content, type=Token)
    assert (token.person, token.role, token.session) == ("2001", "leader", True)
    for _ in range(5):
        await ask("000001")
    locked = await ask(PIN)
    assert (locked.status_code, problem(locked).code) == (423, "locked")
    assert int(locked.headers["retry-after"]) > 60


async def test_a_page_is_packed_for_those_who_ask(site: Site, client: httpx.AsyncClient) -> None:
    token = site.seat("1001")
    events = [site.event() for _ in range(20)]
    await client.post("/v1/push", content=site.push(*events), headers=auth(token))
    answer = await pull(client, token, scope="team:A", epoch=site.service.epoch)
    assert answer.headers["content-encoding"] == "gzip"
    assert len(msgspec.json.decode(answer.content, type=Page).events) == 20
    plain = await client.get(
        "/v1/pull",
        params={"scope": "team:A", "epoch": site.service.epoch},
        headers=auth(token) | {"accept-encoding": "identity"},
    )
    assert "content-encoding" not in plain.headers


async def test_a_cursor_of_another_past_is_told_so(site: Site, client: httpx.AsyncClient) -> None:
    token = site.seat("1001")
    answer = await pull(client, token, scope="team:A", epoch="old", seq=5, id="a" * 32)
    assert answer.status_code == 409
    reset = msgspec.json.decode(answer.content, type=Reset)
    assert (reset.reset, reset.scope, reset.epoch) == ("epoch", "team:A", site.service.epoch)


@pytest.mark.parametrize("packing", ["gzip", "identity"])
async def test_a_snapshot_is_whole(site: Site, client: httpx.AsyncClient, packing: str) -> None:
    token = site.seat("1001")
    for _ in range(3):
        events = [site.event() for _ in range(400)]
        await client.post("/v1/push", content=site.push(*events), headers=auth(token))
    headers = auth(token) | {"accept-encoding": packing}
    answer = await client.get("/v1/snapshot", params={"scope": "team:A"}, headers=headers)
    assert answer.headers["content-type"] == "application/x-ndjson"
    *lines, last = answer.content.splitlines(keepends=True)
    trailer = msgspec.json.decode(last, type=Trailer)
    assert trailer.count == len(lines) == 1200
    assert trailer.sha256 == hashlib.sha256(b"".join(lines)).hexdigest()
    assert trailer.cur.seq == msgspec.json.decode(lines[-1], type=Stored).seq


async def test_not_everybody_takes_a_snapshot_at_once(
    site: Site, client: httpx.AsyncClient
) -> None:
    token = site.seat("1001")
    for _ in range(8):
        await site.running.snapshots.acquire()
    answer = await client.get("/v1/snapshot", params={"scope": "site"}, headers=auth(token))
    assert answer.status_code == 503 and int(answer.headers["retry-after"]) >= 1
    site.running.snapshots.release()
    for _ in range(3):  # each gives its place back
        answer = await client.get("/v1/snapshot", params={"scope": "site"}, headers=auth(token))
        assert answer.status_code == 200


async def test_too_many_requests_are_told_to_wait(make_site: MakeSite) -> None:
    site = make_site(rps=5)
    async with site.app.router.lifespan_context(site.app):
        transport = httpx.ASGITransport(app=site.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://server") as client:
            one, two = site.seat("1001"), site.seat("1002")
            answers = [await pull(client, one, scope="site", epoch="") for _ in range(20)]
            assert [each.status_code for each in answers] == [200] * 15 + [429] * 5
            assert problem(answers[-1]).code == "busy"
            assert answers[-1].headers["retry-after"] == "1"
            assert (await pull(client, two, scope="site", epoch="")).status_code == 200
            site.time.ms += 1000
            assert (await pull(client, one, scope="site", epoch="")).status_code == 200


async def test_a_full_queue_is_told_to_wait(site: Site, client: httpx.AsyncClient) -> None:
    class Full:
        def submit(self, who: object, push: object) -> Any:
            raise ServerProblem(503, "busy", "too much is waiting", 2)

        def close(self) -> None:
            pass

    token = site.seat("1001")
    site.running.queue = Full()
    waits = set()
    for _ in range(40):
        headers = auth(token)
        answer = await client.post("/v1/push", content=site.push(site.event()), headers=headers)
        assert (answer.status_code, problem(answer).code) == (503, "busy")
        waits.add(int(answer.headers["retry-after"]))
    assert len(waits) > 1 and min(waits) >= 1  # they do not all come back at once


async def test_a_push_nobody_waits_for_any_more_is_written(
    site: Site, client: httpx.AsyncClient
) -> None:
    token = site.seat("1001")
    event = site.event()
    asked = asyncio.ensure_future(
        client.post("/v1/push", content=site.push(event), headers=auth(token))
    )
    await asyncio.sleep(0)
    asked.cancel()
    await client.post("/v1/push", content=site.push(site.event()), headers=auth(token))
    again = await client.post("/v1/push", content=site.push(event), headers=auth(token))
    assert msgspec.json.decode(again.content, type=Pushed).received == [event.id]
    page = await pull(client, token, scope="team:A", epoch=site.service.epoch)
    ids = [each.id for each in msgspec.json.decode(page.content, type=Page).events]
    assert ids.count(event.id) == 1


async def test_the_process_says_how_it_is(site: Site, client: httpx.AsyncClient) -> None:
    assert (await client.get("/healthz")).json() == {"ok": True}
    assert (await client.get("/readyz")).json() == {"ok": True}
    site.running.stopping = True
    ready = await client.get("/readyz")
    assert (ready.status_code, problem(ready).code) == (503, "busy")
    answer = await client.post("/v1/push", content=site.push(), headers=auth(site.seat("1001")))
    assert answer.status_code == 503
    assert (await client.get("/healthz")).status_code == 200


async def test_after_a_failed_fsync_nobody_is_sent_here(
    site: Site, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It answers what it can read; whoever shares the load out has to look elsewhere."""
    storage = site.service.storage

    def refused(*_: object, **__: object) -> None:
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorcode = sqlite3.SQLITE_IOERR_FSYNC
        raise error

    token = site.seat("1001")
    monkeypatch.setattr(storage, "append", refused)
    pushed = site.push(site.event())
    answer = await client.post("/v1/push", content=pushed, headers=auth(token))
    monkeypatch.undo()
    assert answer.status_code == 503
    again = await client.post("/v1/push", content=pushed, headers=auth(token))
    assert again.status_code == 503, "nobody knows what is on the disk"
    ready = await client.get("/readyz")
    assert (ready.status_code, problem(ready).code) == (503, "busy")
    assert "the disk failed" in problem(ready).detail
    assert (await client.get("/healthz")).status_code == 200


async def test_figures_are_for_this_machine_or_an_administrator(
    site: Site, client: httpx.AsyncClient
) -> None:
    assert (await client.get("/metrics")).status_code == 401
    for person, status in (("1001", 403), ("2001", 403), ("9001", 403)):
        answer = await client.get("/metrics", headers=auth(site.seat(person)))
        assert answer.status_code == status  # a seat's token makes nobody an administrator
    site.keys.set_pin("9001", PIN, NOW)
    message = encode(SignIn("9001", PIN, "store-S9001"))
    answer = await client.post("/v1/session", content=message, headers=auth(site.seat("9001")))
    session = msgspec.json.decode(answer.content, type=Token).token
    token = site.seat("1001")
    forged = site.event(actor="1002")
    await client.post("/v1/push", content=site.push(site.event(), forged), headers=auth(token))
    text = (await client.get("/metrics", headers=auth(session))).text
    assert 'agentdesk_events_total{verdict="forged"} 1.0' in text
    assert "agentdesk_pushes_total 1.0" in text and "agentdesk_queue_events 0.0" in text
    assert 'agentdesk_requests_total{path="/v1/push",status="200"} 1.0' in text
    assert not any(who in text for who in ("S1001", "王敏", "team:A", token))

    near = httpx.ASGITransport(app=site.app, client=("127.0.0.1", 40_000))
    async with httpx.AsyncClient(transport=near, base_url="http://server") as here:
        assert (await here.get("/metrics")).status_code == 200
        passed_on = {"x-forwarded-for": "10.0.0.9"}
        assert (await here.get("/metrics", headers=passed_on)).status_code == 401


async def test_the_log_knows_who_and_what_but_no_words(
    site: Site, client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    from agentdesk.server.logs import Lines

    caplog.set_level(logging.INFO, "agentdesk.server")
    token = site.seat("1001")
    words = site.event(body={"at": NOW, "text": "客户电话 13800138000"})
    await client.post("/v1/push?name=张伟", content=site.push(words), headers=auth(token))
    await client.get("/v1/people/13800138000", headers=auth(token))
    lines = [Lines().format(record) for record in caplog.records]
    shown = [json.loads(line) for line in lines]
    assert [(each["path"], each["status"]) for each in shown] == [
        ("/v1/push", 200),
        ("(none)", 404),
    ]
    assert (shown[0]["person"], shown[0]["seat"], shown[0]["method"]) == ("1001", "S1001", "POST")
    assert shown[0]["ms"] >= 0 and shown[0]["time"].endswith("Z")
    assert not any(secret in line for line in lines for secret in ("138", "张伟", token, "客户"))


async def test_a_mistake_in_the_server_is_told_without_words(
    site: Site,
    client: httpx.AsyncClient,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from agentdesk.server.logs import Lines

    def broken(*args: object) -> None:
        raise RuntimeError("客户电话 13800138000")

    caplog.set_level(logging.INFO, "agentdesk.server")
    monkeypatch.setattr(site.service, "sheet", broken)
    answer = await pull(client, site.seat("1001"), scope="site", epoch="")
    assert (answer.status_code, problem(answer)) == (500, Problem("internal"))
    line = Lines().format(caplog.records[-1])
    assert json.loads(line)["error"] == "RuntimeError" and "13800138000" not in line
    assert "test_api.py" in json.loads(line)["where"][-1]


async def test_every_answer_is_closed_to_browsers_and_caches(
    site: Site, client: httpx.AsyncClient
) -> None:
    for answer in (await client.get("/healthz"), await client.get("/nothing")):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "access-control-allow-origin" not in answer.headers
