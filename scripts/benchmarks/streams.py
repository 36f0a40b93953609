"""Bench streams: ten thousand seats listening to one server process.

The server is the real one (uvicorn, tokens, rings) over a journal in memory, every seat of
another person with scopes of their own. The floor is a bare ASGI application in the same uvicorn
that holds a future for each connection and writes one frame; both are measured in one run, one
after the other, by the same client in a process of its own.

Bars (design, performance): 10,000 open streams at ≤ 15 KB each, a notice to all of them in ≤ 1 s.

    scripts/bench streams [--json] [--streams 10000] [--rounds 5] [--idle 20]
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

BARS = {"kb_per_stream": 15.0, "notice_s": 1.0}
PACE = 400  # connections being opened at once
NOTICE = b"event: event"


def main() -> int:
    """Measure and print; 1 when a bar is missed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--streams", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--idle", type=float, default=0.0, help="seconds to watch it do nothing")
    parser.add_argument("--child", choices=("bare", "real"))
    args = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if args.child:
        return child(args.child, args.streams)
    if hard < args.streams + 200:
        print(f"only {hard} files may be open: --streams {hard - 200}", file=sys.stderr)
        return 2
    found = {kind: asyncio.run(measure(kind, args)) for kind in ("bare", "real")}
    real, bare = found["real"], found["bare"]
    result: dict[str, Any] = {
        "streams": args.streams,
        **{f"{name}_bare": value for name, value in bare.items()},
        **real,
        "memory_ratio": round(real["kb_per_stream"] / bare["kb_per_stream"], 2),
        "notice_ratio": round(real["notice_s"] / bare["notice_s"], 2),
        "notice_cpu_ratio": round(real["notice_cpu_s"] / bare["notice_cpu_s"], 2),
        "bars": BARS,
    }
    result["met"] = all(real[name] <= bar for name, bar in BARS.items())
    if args.json:
        print(json.dumps(result))
    else:
        for name, value in result.items():
            print(f"{name:24} {value}")
    return 0 if result["met"] else 1


# -- the client ----------------------------------------------------------------------------


class Seat(asyncio.Protocol):
    """One stream, as little of it as possible."""

    open = 0
    told = 0

    def __init__(self, token: str, opened: asyncio.Future[None]) -> None:
        self._request = (
            f"GET /v1/stream HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n"
            "Accept: text/event-stream\r\n\r\n"
        ).encode()
        self._opened = opened

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask."""
        assert isinstance(transport, asyncio.Transport)
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Count greetings and notices."""
        if not self._opened.done() and b"event: hello" in data:
            Seat.open += 1
            self._opened.set_result(None)
        Seat.told += data.count(NOTICE)

    def connection_lost(self, exc: Exception | None) -> None:
        """It should not happen."""
        Seat.open -= 1
        if not self._opened.done():
            self._opened.set_exception(ConnectionError("closed"))


class Server:
    """The process under test."""

    def __init__(self, kind: str, streams: int) -> None:
        command = [sys.executable, "-m", "scripts.benchmarks.streams", "--child", kind]
        self._process = subprocess.Popen(
            [*command, "--streams", str(streams)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.pid = self._process.pid

    async def ask(self, line: str = "") -> Any:
        """Say a line, hear one."""
        return await asyncio.get_running_loop().run_in_executor(None, self._ask, line)

    def _ask(self, line: str) -> Any:
        assert self._process.stdin and self._process.stdout
        if line:
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.communicate(timeout=60)

    def memory_kb(self) -> float:
        """Resident memory."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return float(line.split()[1])
        raise RuntimeError("no VmRSS")

    def cpu_seconds(self) -> float:
        """Time it has computed."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / 100


async def measure(kind: str, args: argparse.Namespace) -> dict[str, Any]:
    """Open the streams, tell all of them something, several times."""
    Seat.open = Seat.told = 0
    server = Server(kind, args.streams)
    try:
        start = await server.ask()
        port, tokens = start["port"], Path(start["tokens"]).read_text().split()
        await connect(port, tokens[:100])  # whatever is loaded late is loaded now
        await server.ask("collect")
        before, began = server.memory_kb(), time.perf_counter()
        await connect(port, tokens[100:])
        opening = time.perf_counter() - began
        await server.ask("collect")
        after = server.memory_kb()
        if Seat.open != len(tokens):
            raise RuntimeError(f"{Seat.open} streams of {len(tokens)} are open")
        spent = server.cpu_seconds()
        seconds = [await notice(server, len(tokens)) for _ in range(args.rounds)]
        computed = (server.cpu_seconds() - spent) / args.rounds
        found = {
            "kb_per_stream": round((after - before) / (len(tokens) - 100), 2),
            "notice_s": round(median(seconds), 3),
            "notice_worst_s": round(max(seconds), 3),
            "notice_cpu_s": round(computed, 3),  # of the server; other load hardly moves it
            "opened_per_s": round((len(tokens) - 100) / opening),
        }
        if args.idle:
            spent = server.cpu_seconds()
            await asyncio.sleep(args.idle)
            share = (server.cpu_seconds() - spent) / args.idle * 100
            found["idle_cpu_percent"] = round(share, 1)
        return found
    finally:
        server.close()


async def connect(port: int, tokens: list[str]) -> None:
    """Open a stream for each token, some hundred at a time."""
    loop = asyncio.get_running_loop()
    for begin in range(0, len(tokens), PACE):
        waiting: list[asyncio.Future[None]] = []
        for number, token in enumerate(tokens[begin : begin + PACE], begin):
            opened: asyncio.Future[None] = loop.create_future()
            waiting.append(opened)

            def seat(token: str = token, opened: asyncio.Future[None] = opened) -> Seat:
                return Seat(token, opened)

            # Sixteen source addresses: one would run out of ports at some 28,000.
            source = f"127.0.0.{number % 16 + 1}"
            await loop.create_connection(seat, "127.0.0.1", port, local_addr=(source, 0))
        await asyncio.gather(*waiting)


async def notice(server: Server, streams: int) -> float:
    """Seconds from the act until the last seat has it."""
    goal = Seat.told + streams
    began = time.perf_counter()
    asked = asyncio.ensure_future(server.ask("notice"))
    while Seat.told < goal:
        await asyncio.sleep(0.002)
        if time.perf_counter() - began > 60:
            raise RuntimeError(f"{goal - Seat.told} seats were not told")
    took = time.perf_counter() - began
    await asked
    await asyncio.sleep(0.3)
    return took


# -- the servers ---------------------------------------------------------------------------


def child(kind: str, streams: int) -> int:
    """Serve, and do what is said on stdin."""
    with tempfile.TemporaryDirectory(prefix="agentdesk-bench-") as folder:
        tokens = Path(folder) / "tokens"
        with (real if kind == "real" else bare)(streams, tokens) as (server, sock, act):

            async def serve() -> None:
                loop = asyncio.get_running_loop()
                reader = asyncio.ensure_future(loop.run_in_executor(None, listen, loop, act))
                print(json.dumps({"port": sock.getsockname()[1], "tokens": str(tokens)}))
                sys.stdout.flush()
                await server.serve(sockets=[sock])
                reader.cancel()

            import uvloop

            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(serve())
    return 0


def listen(loop: asyncio.AbstractEventLoop, act: Callable[[], None]) -> None:
    """Lines of the parent, on a thread."""
    for line in sys.stdin:
        if line.strip() == "notice":
            act()
        else:
            gc.collect()
        print(json.dumps(True))
        sys.stdout.flush()


@contextmanager
def bare(streams: int, tokens: Path) -> Iterator[tuple[Any, Any, Callable[[], None]]]:
    """The floor: the least that is a stream."""
    import uvicorn

    from agentdesk.server.process import bind
    from agentdesk.server.settings import Settings

    tokens.write_text("\n".join(f"{number:064x}" for number in range(streams)))
    waiting: list[asyncio.Future[None]] = []
    frame = b'id: 1\nevent: event\ndata: {"text":"' + "您好".encode() * 40 + b'"}\n\n'

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await receive()
            return
        headers = [(b"content-type", b"text/event-stream")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        body = b"event: hello\ndata: {}\n\n"
        while True:
            await send({"type": "http.response.body", "body": body, "more_body": True})
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            waiting.append(future)
            await future
            body = frame

    loops: list[asyncio.AbstractEventLoop] = []

    class Bare(uvicorn.Server):
        async def startup(self, sockets: Any = None) -> None:
            loops.append(asyncio.get_running_loop())
            await super().startup(sockets)

    def wake() -> None:
        woken = waiting[:]
        waiting.clear()
        for future in woken:
            future.set_result(None)

    config = uvicorn.Config(
        app, http="httptools", ws="none", lifespan="off", log_config=None, access_log=False
    )
    config.timeout_graceful_shutdown = 1
    sock = bind(Settings("sqlite:///x", port=0))

    def act() -> None:
        loops[0].call_soon_threadsafe(wake)

    yield Bare(config), sock, act


@contextmanager
def real(streams: int, tokens: Path) -> Iterator[tuple[Any, Any, Callable[[], None]]]:
    """The server, a person for each seat, fifty teams."""
    import secrets

    from agentdesk.domain.ids import Ids
    from agentdesk.domain.people import set_person, set_team
    from agentdesk.server.admin import Admin
    from agentdesk.server.opening import now_ms
    from agentdesk.server.process import Process, bind
    from agentdesk.server.running import Running
    from agentdesk.server.service import Service
    from agentdesk.server.settings import Settings
    from agentdesk.server.writer import Writer
    from agentdesk.wire import Enrol

    service = Service.in_memory(clock=now_ms, new_id=Ids(now_ms, secrets.randbits))
    keys = Admin(service).keys
    service.append([set_team(f"T{team}", {"name": "售后"}, 0) for team in range(50)])
    made: list[str] = []
    for begin in range(0, streams, 500):
        numbers = range(begin, min(begin + 500, streams))
        service.append(
            [
                set_person(
                    f"{number:05}",
                    {"name": "王敏", "role": "agent", "team": f"T{number % 50}", "active": True},
                    0,
                )
                for number in numbers
            ]
        )
        for number in numbers:
            code = keys.new_code(f"{number:05}", f"A{number:05}", now_ms())
            message = Enrol(code, secrets.token_hex(16), f"A{number:05}")
            made.append(keys.enrol(message, now_ms()).token)
    tokens.write_text("\n".join(made))
    settings = Settings("sqlite:///x", port=0, streams=streams + 100)
    running = Running(service, Writer(service), keys, settings)
    sock = bind(settings)
    count = 0

    def act() -> None:
        nonlocal count
        count += 1
        service.append([set_team("T0", {"name": f"售后{count}" + "组" * 40}, count)])

    yield Process(running, sock), sock, act
    service.close()


if __name__ == "__main__":
    sys.exit(main())
