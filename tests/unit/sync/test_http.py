"""The protocol over HTTP: whatever answers, the seat neither falls over nor believes it."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from msgspec import Raw

from agentdesk import wire
from agentdesk.sync import http
from agentdesk.sync.http import HttpTransport, checked_url
from agentdesk.sync.sse import LONGEST, Reader
from agentdesk.sync.transport import Failure, TransportError
from agentdesk.wire import Alive, Cursor, Hello, Live, Page, Push, Pushed, Reset, Stored

JSON = {"content-type": "application/json"}
URL = "https://desk.example"
PUSHED = wire.encode(Pushed(1, []))

Answer = Callable[[httpx.Request], httpx.Response]


def served(answer: Answer) -> HttpTransport:
    return HttpTransport(URL, transport=httpx.MockTransport(answer))


def always(status: int, content: bytes, headers: dict[str, str] = JSON) -> Answer:
    return lambda request: said(status, content, headers)


def said(status: int, content: bytes, headers: dict[str, str] = JSON) -> httpx.Response:
    """An answer as it comes from a network: not read yet."""
    return httpx.Response(status, headers=dict(headers), stream=httpx.ByteStream(content))


def failure_of(answer: Answer) -> TransportError:
    with pytest.raises(TransportError) as caught:
        served(answer).push("secret", Push(1, []))
    assert "secret" not in str(caught.value)
    return caught.value


def test_a_request_carries_the_token_and_large_ones_are_packed() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return said(200, PUSHED)

    transport = served(answer)
    event = wire.WireEvent(
        "a" * 32, "b" * 32, "call.set", 1, "call", "c" * 32, 1, "8001", "d" * 32,
        Raw(b'{"set":{"note":"' + "客".encode() * 1000 + b'"}}'),
    )  # fmt: skip
    assert transport.push("secret", Push(7, [event])) == Pushed(1, [])
    assert seen[0].headers["authorization"] == "Bearer secret"
    assert seen[0].headers["content-encoding"] == "gzip"
    sent = wire.decode(gzip.decompress(seen[0].content), Push)
    assert bytes(sent.events[0].body) == bytes(event.body)
    assert transport.push("secret", Push(7, [])) == Pushed(1, [])
    assert "content-encoding" not in seen[1].headers


def test_a_pull_gives_a_page_or_a_reset() -> None:
    page = Page("team:甲", "e", [], Cursor(), 0)
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.params["scope"])
        return said(200, wire.encode(page))

    assert served(answer).pull("t", "team:甲", "e", Cursor(), 100) == page
    assert asked == ["team:甲"]
    reset = Reset("gone", "e2", "team:甲")
    assert served(always(409, wire.encode(reset))).pull("t", "x", "e", Cursor(), 1) == reset


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (always(200, b"<html>Welcome</html>", {"content-type": "text/html"}), Failure.STRANGER),
        (always(200, b"<html>Welcome</html>"), Failure.STRANGER),
        (always(200, PUSHED, {}), Failure.STRANGER),
        (always(200, b'{"server_time":1,"received":[NaN]}'), Failure.STRANGER),
        (always(200, b'{"server_time":1e400,"received":[]}'), Failure.STRANGER),
        (always(200, b'{"server_time":1,"received":["\\ud800"]}'), Failure.STRANGER),
        (always(200, PUSHED[:-3]), Failure.STRANGER),
        (always(200, b"[" * 100_000), Failure.STRANGER),
        (always(200, b""), Failure.STRANGER),
        (always(302, b"", {"location": "https://elsewhere.example/"}), Failure.STRANGER),
        (always(404, b"nginx", {"content-type": "text/html"}), Failure.STRANGER),
        (always(502, b"<html>Bad gateway</html>"), Failure.NETWORK),
        (always(429, b"slow down"), Failure.NETWORK),
        (always(200, b"xx", JSON | {"content-encoding": "gzip"}), Failure.NETWORK),
        (always(200, PUSHED, JSON | {"content-encoding": "br"}), Failure.STRANGER),
        (
            always(200, gzip.compress(PUSHED)[:-6], JSON | {"content-encoding": "gzip"}),
            Failure.NETWORK,
        ),
    ],
)
def test_whatever_is_not_the_protocol_is_recognised(answer: Answer, failure: Failure) -> None:
    assert failure_of(answer).failure is failure


def test_a_redirect_is_not_followed_with_the_token() -> None:
    hosts: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        hosts.append(request.url.host)
        return said(307, b"", {"location": "https://elsewhere.example/v1/push"})

    assert failure_of(answer).failure is Failure.STRANGER
    assert hosts == ["desk.example"]


def test_a_bomb_and_a_body_without_an_end_are_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "ANSWER", 1 << 20)
    packed = gzip.compress(bytes(64 << 20))
    bomb = failure_of(always(200, packed, JSON | {"content-encoding": "gzip"}))
    assert (bomb.failure, bomb.params["detail"]) == (Failure.STRANGER, "the answer is too large")
    read = 0

    def endless() -> Iterator[bytes]:
        nonlocal read
        while True:
            read += 1
            yield bytes(1 << 16)

    endless_one = failure_of(lambda request: httpx.Response(200, headers=JSON, content=endless()))
    assert endless_one.failure is Failure.STRANGER and read < 30


def test_a_body_that_drips_is_given_up() -> None:
    times = iter(range(0, 10_000, 25))

    def drip() -> Iterator[bytes]:
        while True:
            yield b" "

    transport = HttpTransport(
        URL,
        monotonic=lambda: next(times),
        transport=httpx.MockTransport(
            lambda request: httpx.Response(200, headers=JSON, content=drip())
        ),
    )
    with pytest.raises(TransportError) as caught:
        transport.hello("t", Hello("i", "1"))
    assert caught.value.failure is Failure.NETWORK


def test_a_refusal_brings_its_code_and_how_long_to_wait() -> None:
    problem = wire.encode(wire.Problem("busy", "", 7))
    error = failure_of(always(503, problem, JSON | {"retry-after": "30"}))
    assert (error.failure, error.status, error.problem.code) == (Failure.REFUSED, 503, "busy")
    assert error.retry_after == 30
    odd = failure_of(always(503, problem, JSON | {"retry-after": "Tue, 03 Mar 2026"}))
    assert odd.retry_after == 7


@pytest.mark.parametrize(
    ("raised", "failure"),
    [
        (httpx.ConnectError("refused"), Failure.NETWORK),
        (httpx.ReadTimeout("slow"), Failure.NETWORK),
        (httpx.RemoteProtocolError("garbage"), Failure.NETWORK),
        (ssl.SSLError("eof"), Failure.NETWORK),
        (httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED]"), Failure.UNTRUSTED),
    ],
)
def test_a_broken_network_is_one_kind_of_failure(raised: Exception, failure: Failure) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise raised

    assert failure_of(answer).failure is failure


@pytest.mark.parametrize(
    "url",
    [
        "http://desk.example",
        "ftp://desk.example",
        "desk.example",
        "https://",
        "https://user:pw@desk.example",
        "https://desk.example:port",
        "http://127.0.0.1.example",
    ],
)
def test_no_token_is_sent_to_a_doubtful_address(url: str) -> None:
    with pytest.raises(TransportError) as caught:
        checked_url(url)
    assert caught.value.failure is Failure.UNTRUSTED


@pytest.mark.parametrize(
    "url", ["https://desk.example/", "http://127.0.0.1:8700", "http://[::1]:8700"]
)
def test_an_address_of_ours_is_fine(url: str) -> None:
    assert checked_url(url) == url.rstrip("/")


def test_a_file_without_certificates_is_said(tmp_path: Path) -> None:
    with pytest.raises(TransportError) as caught:
        HttpTransport(URL, ca=tmp_path / "none.pem")
    assert caught.value.failure is Failure.UNTRUSTED


def stored(seq: int) -> Stored:
    return Stored(
        seq, "team:A", 1, "ok", f"{seq:032x}", "b" * 32, "call.offered", 1, "call", "c" * 32, 1,
        "8001", "d" * 32, Raw(b"{}"),
    )  # fmt: skip


def framed() -> bytes:
    alive = wire.encode(Alive("e", 1, {"team:A": 0}))
    parts = [b"event: hello\ndata: " + alive + b"\n\n", b": ka\n\n"]
    for seq in (1, 2):
        live = wire.encode(Live(seq - 1, stored(seq)))
        parts.append(f"id: e:{seq}:{seq:032x}\nevent: event\ndata: ".encode() + live + b"\n\n")
    return b"".join((*parts, b"event: new\ndata: {}\n\n", b"event: behind\ndata: {}\n\n"))


@pytest.mark.parametrize("size", [1, 7, 4096])
def test_a_stream_is_cut_into_the_same_frames_however_it_arrives(size: int) -> None:
    text, reader = framed(), Reader()
    frames = [
        frame for at in range(0, len(text), size) for frame in reader.feed(text[at : at + size])
    ]
    assert [frame.name for frame in frames] == ["hello", "event", "event", "behind"]
    assert [frame.live.event.seq for frame in frames if frame.live] == [1, 2]
    assert {frame.epoch for frame in frames[:3]} == {"e"}


def test_a_stream_over_http_ends_as_one_that_broke_or_was_refused() -> None:
    kind = {"content-type": "text/event-stream"}
    stream = served(always(200, framed(), kind)).stream("t", {"team:A": Cursor(1, "a" * 32)})
    assert sum(len(frames) for frames in stream) == 4
    stream.close()
    with pytest.raises(TransportError) as caught:
        served(always(200, b"{}", JSON)).stream("t", {})
    assert caught.value.failure is Failure.STRANGER
    problem = wire.encode(wire.Problem("revoked"))
    with pytest.raises(TransportError) as caught:
        served(always(401, problem)).stream("t", {})
    assert (caught.value.failure, caught.value.status) == (Failure.REFUSED, 401)
    endless = b"data: " + b"x" * (LONGEST + 10)
    with pytest.raises(TransportError) as caught:
        list(served(always(200, endless, kind)).stream("t", {}))
    assert caught.value.failure is Failure.STRANGER


def test_a_stream_that_says_nothing_is_closed_from_another_thread_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"

        def serve() -> None:
            peer, _ = server.accept()
            with peer:
                peer.recv(65536)
                peer.sendall(head + framed())
                peer.recv(65536)  # until the seat goes

        served_by = threading.Thread(target=serve)
        served_by.start()
        transport = HttpTransport(f"http://127.0.0.1:{server.getsockname()[1]}")
        stream, names, heard = transport.stream("t", {}), list[str](), threading.Event()

        def read() -> None:
            with suppress(TransportError):
                for frames in stream:
                    names.extend(frame.name for frame in frames)
                    heard.set()

        reading = threading.Thread(target=read)
        reading.start()
        assert heard.wait(10)
        stream.close()
        reading.join(5)
        assert not reading.is_alive() and names[0] == "hello"
        served_by.join(5)
        transport.close()


def test_the_first_screen_does_not_load_the_network() -> None:
    import subprocess
    import sys

    code = (
        "import sys; import agentdesk.store, agentdesk.sync.status, agentdesk.sync.engine\n"
        "heavy = {'httpx', 'ssl', 'fastapi', 'sqlalchemy'} & set(sys.modules)\n"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
