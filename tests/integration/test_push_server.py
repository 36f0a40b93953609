"""The push server over real sockets, with a stand-in for the desk."""

from __future__ import annotations

import http.client
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest

from agentdesk.domain.phone import PhoneEvent
from agentdesk.errors import ConfigError, RemoteError
from agentdesk.telephony.push import PushServer
from agentdesk.telephony.wire import BODY_LIMIT

TOKEN = "t0ken-" + "x" * 37
RING = {"event": "newCall", "callId": "a1", "from": "13800138000", "name": "张伟"}


class Standing:
    """A clock that stands, so that nothing is refilled during a test."""

    def __call__(self) -> float:
        return 0.0


@contextmanager
def serving(
    deliver: Callable[[PhoneEvent], None], *, rate: int = 60, **options: Any
) -> Iterator[str]:
    server = PushServer("127.0.0.1", 0, TOKEN, rate, deliver, clock=Standing(), **options)
    url = server.start()
    try:
        yield url
    finally:
        server.close()


def ask(
    url: str,
    method: str = "POST",
    path: str = "/v1/phone",
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
) -> tuple[http.client.HTTPResponse, dict[str, Any]]:
    """One request; our usual headers unless others are given."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=5)
    usual = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    try:
        if body is None and method == "POST":
            body = json.dumps(RING).encode()
        connection.request(method, path, body, usual if headers is None else headers)
        answer = connection.getresponse()
        return answer, json.loads(answer.read())
    finally:
        connection.close()


def raw(url: str, data: bytes, *, half_close: bool = False) -> bytes:
    """What comes back for bytes as they are."""
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=5) as link:
        link.sendall(data)
        if half_close:
            link.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := link.recv(4096):
            answer += piece
        return answer


def never(event: PhoneEvent) -> None:
    raise AssertionError("must not be delivered")


def test_accepted_only_after_it_was_delivered() -> None:
    got: list[PhoneEvent] = []
    with serving(got.append) as url:
        answer, said = ask(url)
        assert answer.status == 202
        assert said == {"accepted": "a1"}
    assert [(event.kind, event.number, event.name) for event in got] == [
        ("offered", "13800138000", "张伟")
    ]


def test_other_token_header() -> None:
    got: list[PhoneEvent] = []
    with serving(got.append) as url:
        headers = {
            "X-Agentdesk-Token": TOKEN,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        answer, _ = ask(url, body=b"event=hangup&callId=7&cause=cancel", headers=headers)
    assert answer.status == 202
    assert got[0].cause == "cancel"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer "},
        {"Authorization": f"Bearer {TOKEN[:-1]}"},
        {"Authorization": f"Bearer {TOKEN}x"},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": "Bearer t\u00f6ken"},
        {"X-Agentdesk-Token": TOKEN.upper()},
    ],
)
def test_without_the_token(headers: dict[str, str]) -> None:
    with serving(never) as url:
        answer, said = ask(url, headers={**headers, "Content-Type": "application/json"})
    assert (answer.status, said["error"]) == (401, "token")
    assert answer.getheader("WWW-Authenticate") == "Bearer"


def test_rate_is_limited_but_strangers_do_not_use_it_up() -> None:
    got: list[PhoneEvent] = []
    with serving(got.append, rate=3) as url:
        strangers = [ask(url, headers={})[0].status for _ in range(5)]
        statuses = [ask(url)[0].status for _ in range(3)]
        answer, said = ask(url)
    assert strangers == [401] * 5
    assert statuses == [202] * 3
    assert (answer.status, said["error"]) == (429, "rate")
    assert answer.getheader("Retry-After") == "20"
    assert len(got) == 3


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        (b'{"event": "dial", "callId": "1"}', 422, "event"),
        (b'{"event": "newCall"}', 422, "callId"),
        (b'{"event": "newCall", "event": "hangup", "callId": "1"}', 400, ""),
        (b'{"event": "newCall", "callId": "1", "x": NaN}', 400, ""),
        (b"\xff\xfe", 400, ""),
        (b"", 400, ""),
    ],
)
def test_a_wrong_body_is_answered_by_name(body: bytes, status: int, field: str) -> None:
    with serving(never) as url:
        answer, said = ask(url, body=body)
    assert (answer.status, said["field"]) == (status, field)
    assert said["expected"]


def test_wrong_media_type() -> None:
    with serving(never) as url:
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "text/xml"}
        assert ask(url, body=b"<x/>", headers=headers)[0].status == 415


@pytest.mark.parametrize("size", [BODY_LIMIT + 1, 200_000])
def test_too_large_a_body_gets_its_answer(size: int) -> None:
    with serving(never) as url:
        answer, said = ask(url, body=b" " * size)
    assert (answer.status, said["error"]) == (413, "too_long")


def test_largest_body() -> None:
    got: list[PhoneEvent] = []
    with serving(got.append) as url:
        body = json.dumps(RING).encode()
        assert ask(url, body=body + b" " * (BODY_LIMIT - len(body)))[0].status == 202


HEAD = f"POST /v1/phone HTTP/1.1\r\nHost: localhost\r\nX-Agentdesk-Token: {TOKEN}\r\n".encode()


@pytest.mark.parametrize(
    ("rest", "status"),
    [
        (b"\r\n", b" 411 "),
        (b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b" 411 "),
        (b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}", b" 411 "),
        (b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", b" 400 "),
        (b"Content-Length: -1\r\n\r\n", b" 400 "),
        (b"Content-Length: 1_0\r\n\r\n", b" 400 "),
        (b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n", b" 413 "),
        (b"Content-Length: 10\r\n\r\n{}", b" 400 "),
        (b"X: " + b"x" * 70_000 + b"\r\n\r\n", b" 431 "),
        (b"X: y\r\n" * 200 + b"\r\n", b" 431 "),
    ],
)
def test_crooked_http(rest: bytes, status: bytes) -> None:
    with serving(never) as url:
        answer = raw(url, HEAD + rest, half_close=True)
    assert status in answer.split(b"\r\n", 1)[0]
    assert answer.count(b"HTTP/1.0") == 1


@pytest.mark.parametrize("data", [b"\x16\x03\x01\x02\x00\x01\r\n\r\n", b"GET\r\n\r\n", b"\r\n\r\n"])
def test_no_http_at_all_does_no_harm(data: bytes) -> None:
    got: list[PhoneEvent] = []
    with serving(got.append) as url:
        raw(url, data, half_close=True)
        assert ask(url)[0].status == 202


@pytest.mark.parametrize(
    ("head", "answer"),
    [
        (b"", b""),  # not even a request line: nothing to answer
        (HEAD, b""),
        (HEAD + b"Content-Length: 50\r\n\r\n{", b" 408 "),
    ],
)
def test_a_slow_sender_is_cut_off(head: bytes, answer: bytes) -> None:
    with serving(never, read_seconds=0.05) as url:
        assert answer in raw(url, head)


def test_dripping_bytes_buy_no_time() -> None:
    """One byte now and then would keep a per-read timeout alive for ever."""
    with serving(never, read_seconds=0.3) as url:
        parts = urlsplit(url)
        with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=5) as link:
            link.settimeout(0.05)
            link.sendall(HEAD + b"Content-Length: 16000\r\n\r\n")
            answer = b""
            for _ in range(200):  # ten seconds, were there no deadline
                try:
                    link.sendall(b" ")
                    answer = link.recv(4096)
                    break
                except TimeoutError:
                    continue
                except OSError:
                    break
            else:
                pytest.fail("still listening")
    assert b" 408 " in answer or answer == b""


def test_the_connection_is_closed_after_each_answer() -> None:
    one = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n"
    with serving(never) as url:
        assert raw(url, one * 2).count(b"200 OK") == 1


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/healthz", 200),
        ("POST", "/healthz", 405),
        ("GET", "/v1/phone", 405),
        ("PUT", "/v1/phone", 405),
        ("OPTIONS", "/v1/phone", 405),
        ("POST", "/", 404),
        ("GET", "/../../etc/passwd", 404),
        ("POST", "/v1/phone/..%2f..%2fx", 404),
    ],
)
def test_addresses(method: str, path: str, status: int) -> None:
    with serving(never) as url:
        answer, _ = ask(url, method, path, headers={})
    assert answer.status == status
    assert "Python" not in (answer.getheader("Server") or "")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 403),
        ({"Host": "127.0.0.1.evil.example:80"}, 403),
        ({"Host": "127.0.0.1@evil.example"}, 403),
        ({"Host": "[::1"}, 403),
        ({"Host": ""}, 403),
        ({"Host": "localhost"}, 200),
        ({"Host": "[::1]:8080"}, 200),
        ({"Host": "localhost", "Origin": "http://localhost"}, 403),
    ],
)
def test_pages_and_foreign_names_stay_out(headers: dict[str, str], status: int) -> None:
    with serving(never) as url:
        assert ask(url, "GET", "/healthz", headers=headers)[0].status == status


def test_what_could_not_be_delivered_is_said_to_both_sides() -> None:
    told: list[Exception] = []

    def full(event: PhoneEvent) -> None:
        raise OSError("disk is full, says 13800138000")

    with serving(full, on_failure=told.append) as url:
        answer, said = ask(url)
    assert (answer.status, said) == (503, {"error": "not_delivered"})
    assert [type(error) for error in told] == [OSError]


def test_only_so_many_at_once(capfd: pytest.CaptureFixture[str]) -> None:
    go_on, entered = threading.Event(), threading.Event()

    def wait(event: PhoneEvent) -> None:
        entered.set()
        assert go_on.wait(5)

    with serving(wait, threads=1) as url:
        first: list[int] = []
        thread = threading.Thread(target=lambda: first.append(ask(url)[0].status))
        thread.start()
        try:
            assert entered.wait(5)
            assert b"503" in raw(url, b"")
        finally:
            go_on.set()
            thread.join()
        assert first == [202]
    assert capfd.readouterr() == ("", "")


def test_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    with serving(lambda event: None) as url:
        ask(url)
        ask(url, headers={})
        raw(url, b"\x00\xff\r\n\r\n", half_close=True)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.com", ""])
def test_other_machines_are_refused(host: str) -> None:
    with pytest.raises(ConfigError) as caught:
        PushServer(host, 0, TOKEN, 60, never)
    assert caught.value.code == "push.not_loopback"


def test_a_taken_port_is_said() -> None:
    with serving(never) as url:
        port = urlsplit(url).port or 0
        second = PushServer("127.0.0.1", port, TOKEN, 60, never)
        with pytest.raises(RemoteError) as caught:
            second.start()
    assert caught.value.code == "remote.port"
    second.close()


def test_closed_means_closed() -> None:
    with serving(never) as url:
        pass
    with pytest.raises(ConnectionRefusedError):
        ask(url)
