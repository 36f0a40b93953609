"""``agentdesk serve`` as a process: its address, its end, and its socket's bad manners."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import httpx
import msgspec
import pytest

from agentdesk.__main__ import main
from agentdesk.server import process
from agentdesk.server.assemble import assemble
from agentdesk.server.door import door_file, knock
from agentdesk.server.settings import Settings
from agentdesk.wire import Enrol, Page, Push, Pushed, Token, WireEvent, encode

ROOT = Path(__file__).parents[2]
JSON = {"content-type": "application/json"}
SOON = 30.0


class Served:
    """A server in a process of its own."""

    def __init__(self, database: Path, *more: str) -> None:
        self.database = database
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "agentdesk", "--language", "en", "serve", "--port", "0"),
                *("--database", f"sqlite:///{database}", *more),
            ],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"HOME": str(database.parent)},
        )
        self.said: list[str] = []
        self._listener = threading.Thread(target=self._listen, args=(self.process.stderr,))
        self._listener.start()
        assert self.process.stdout
        self.url = self.process.stdout.readline().strip()

    def _listen(self, stderr: IO[str] | None) -> None:
        for line in stderr or ():
            self.said.append(line.rstrip("\n"))

    def act(self, name: str, **params: Any) -> dict[str, Any]:
        return knock(door_file(self.database), name, params)

    def end(self, how: signal.Signals) -> int:
        self.process.send_signal(how)
        code = self.process.wait(SOON)
        self._listener.join(SOON)
        assert self.process.stdout
        self.process.stdout.close()
        assert self.process.stderr
        self.process.stderr.close()
        return code

    @property
    def log(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.said if line.startswith("{")]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "server.sqlite3"


@pytest.fixture
def served(database: Path) -> Iterator[Served]:
    server = Served(database)
    yield server
    if server.process.poll() is None:
        server.end(signal.SIGKILL)


def join(server: Served) -> str:
    server.act("people.set", changes=[{"id": "1001", "values": {"name": "王敏"}}])
    code = server.act("enrol", person="1001", seat="A01")["code"]
    message = encode(Enrol(code, "store-1"))
    answer = httpx.post(f"{server.url}/v1/enrol", content=message, headers=JSON)
    return msgspec.json.decode(answer.content, type=Token).token


def bearer(token: str) -> dict[str, str]:
    return JSON | {"authorization": f"Bearer {token}"}


def push(url: str, token: str, number: int) -> str:
    """One event; its id once the server has said that it has it."""
    event = WireEvent(
        f"{number:032x}",
        f"{number:032x}",
        "call.said",
        1,
        "call",
        f"{number:032x}",
        (1_790_000_000_000 << 16) + number,
        "1001",
        "store-1",
        msgspec.Raw('{"text":"您好"}'.encode()),
    )
    answer = httpx.post(
        f"{url}/v1/push",
        content=encode(Push(time.time_ns() // 1_000_000, [event])),
        headers=bearer(token),
    )
    received = msgspec.json.decode(answer.content, type=Pushed).received
    assert received == [event.id]
    return event.id


def ids(url: str, token: str) -> list[str]:
    asked = {"scope": "person:1001", "epoch": ""}
    answer = httpx.get(f"{url}/v1/pull", params=asked, headers=bearer(token))
    return [event.id for event in msgspec.json.decode(answer.content, type=Page).events]


def test_it_prints_where_it_is_and_ends_in_order(served: Served) -> None:
    assert served.url.startswith("http://127.0.0.1:")
    token = join(served)
    with httpx.stream("GET", f"{served.url}/v1/stream", headers=bearer(token)) as stream:
        lines = stream.iter_lines()
        assert next(lines) == "event: hello"
        number = push(served.url, token, 1)
        told = [line for line in (next(lines) for _ in range(6)) if line.startswith("id: ")]
        assert told[0].endswith(number)
        served.process.send_signal(signal.SIGTERM)
        rest = list(lines)  # the stream is closed properly, not broken off
        assert ": closing" in rest
    assert served.end(signal.SIGTERM) == 0
    first = "\n".join(served.said)
    assert "Nobody is registered yet" in first and "agentdesk server enrol" in first
    assert [line["path"] for line in served.log if line["event"] == "stream ended"]
    assert not any("您好" in line or token in line for line in served.said)
    assert not door_file(served.database).exists()
    again = Served(served.database)
    try:
        assert ids(again.url, token) == [number]
        assert "Nobody is registered yet" not in "\n".join(again.said)
    finally:
        assert again.end(signal.SIGINT) == 0


def test_what_was_acknowledged_survives_a_kill(database: Path) -> None:
    server = Served(database)
    token = join(server)
    known: list[str] = []
    for round_ in range(3):
        for number in range(15):
            known.append(push(server.url, token, round_ * 100 + number + 1))
        assert server.end(signal.SIGKILL) == -signal.SIGKILL
        server = Served(database)
        assert ids(server.url, token) == known
    assert server.end(signal.SIGTERM) == 0


def test_a_second_server_on_the_file_is_refused(served: Served) -> None:
    second = subprocess.run(
        [
            *(sys.executable, "-m", "agentdesk", "--language", "en", "serve", "--port", "0"),
            *("--database", f"sqlite:///{served.database}"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=SOON,
    )
    assert second.returncode == 3 and second.stdout == ""


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["--host", "0.0.0.0"], "needs TLS"),
        (["--tls-cert", "c.pem"], "belong together"),
        (["--tls-cert", "no.pem", "--tls-key", "no.pem"], "cannot be used"),
        (["--port", "70000"], "No such port"),
        (["--rate", "0"], "No such rate"),
        (["--database", "mysql://root:geheim@host/x"], "address is wrong"),
        (["--database", "sqlite://"], "address is wrong"),
    ],
)
def test_what_cannot_be_is_said(
    argv: list[str],
    said: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert main(["--language", "en", "serve", *argv]) == 2
    error = capsys.readouterr().err
    assert said in error and "geheim" not in error


def test_a_taken_port_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert main(["--language", "en", "serve", "--port", port]) == 4
    assert "--port 0" in capsys.readouterr().err
    assert not (tmp_path / "agentdesk" / "server.sqlite3").exists()


# -- a server in this process, for its socket


@pytest.fixture
def port(database: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(process, "HEADER_SECONDS", 0.3)
    settings = Settings(f"sqlite:///{database}", port=0, read_seconds=0.3, stop_seconds=2.0)
    service, _, running = assemble(settings)
    sock = process.bind(settings)
    ready = threading.Event()
    server = process.Process(running, sock, ready.set)
    thread = threading.Thread(target=server.go)
    number = sock.getsockname()[1]
    thread.start()
    assert ready.wait(SOON)
    yield number
    server.should_exit = True
    thread.join(SOON)
    service.close()
    sock.close()


def talk(port: int, *pieces: bytes) -> bytes:
    """What the server answers until it closes the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=SOON) as sock:
        heard = b""
        try:
            for piece in pieces:
                sock.sendall(piece)
            while more := sock.recv(65_536):
                heard += more
        except ConnectionError:
            pass
        return heard


HEAD = b"POST /v1/enrol HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"


def test_silence_is_not_waited_for(port: int) -> None:
    assert talk(port).startswith(b"HTTP/1.1 408")
    assert talk(port, b"GET /healthz HT").startswith(b"HTTP/1.1 408")
    assert talk(port, b"GET /healthz HTTP/1.1\r\nHost: a\r\nX: ").startswith(b"HTTP/1.1 408")
    assert alive(port)


def test_a_body_that_stops_is_not_waited_for(port: int) -> None:
    answer = talk(port, HEAD + b"Content-Length: 100\r\n\r\n{")
    assert answer.startswith(b"HTTP/1.1 408") and b'"code":"bad_request"' in answer
    assert talk(port, HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{").startswith(
        b"HTTP/1.1 408"
    )
    assert alive(port)


def test_headers_without_end_are_refused(port: int) -> None:
    start = b"GET /healthz HTTP/1.1\r\nHost: a\r\n"
    lines = [b"X-%d: %s\r\n" % (number, b"y" * 1000) for number in range(40)]
    assert talk(port, start + b"".join(lines)).startswith(b"HTTP/1.1 431")
    assert talk(port, start + b"X: ", b"y" * 100_000).startswith(b"HTTP/1.1 431")
    talk(port, start, *lines * 1000)  # cut off, however much it has to say
    assert talk(port, b"GET /" + b"a" * 40_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n").startswith(
        b"HTTP/1.1 431"
    )
    assert alive(port)


@pytest.mark.parametrize(
    "request_",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET\r\n\r\n",
        HEAD + b"Content-Length: -5\r\n\r\n{}",
        HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        HEAD + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    ],
    ids=["tls", "words", "negative", "two", "both"],
)
def test_what_is_no_http(port: int, request_: bytes) -> None:
    assert talk(port, request_).startswith(b"HTTP/1.1 400")
    assert alive(port)


def test_a_gigabyte_is_refused_before_it_is_sent(port: int) -> None:
    answer = talk(port, HEAD + b"Content-Length: 1073741824\r\n\r\n", b"x" * 100_000)
    assert answer.startswith(b"HTTP/1.1 413") and b"too_large" in answer
    endless = (b"10000\r\n" + b"x" * 65_536 + b"\r\n" for _ in range(2_000))
    talk(port, HEAD + b"Transfer-Encoding: chunked\r\n\r\n", *endless)
    assert alive(port)


def test_no_upgrade(port: int) -> None:
    upgrade = b"GET /v1/stream HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n"
    assert talk(port, upgrade + b"\r\n").split(b"\r\n")[0].split()[1] in (b"400", b"401", b"404")
    assert alive(port)


def alive(port: int) -> bool:
    return bool(httpx.get(f"http://127.0.0.1:{port}/healthz").json()["ok"])
