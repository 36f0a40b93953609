"""Clock, waiting times, credentials and threads."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentdesk.errors import RemoteError
from agentdesk.strings import LANGUAGES, Strings
from agentdesk.sync.backoff import MOST, Backoff, Pacer
from agentdesk.sync.clock import ServerClock
from agentdesk.sync.credentials import Credentials
from agentdesk.sync.runner import TRIES, WITHOUT, Runner
from agentdesk.sync.status import State, Status
from agentdesk.sync.transport import Failure, Frame, TransportError
from agentdesk.wire import Alive, Cursor, Token

if TYPE_CHECKING:
    from tests.unit.sync.conftest import Site

MS = 1_772_442_000_000
DAY = 86_400_000


class Machine:
    """A machine whose wall clock anybody can set."""

    def __init__(self) -> None:
        self.wall, self.passed, self.boot = MS, 5_000, "one"

    def clock(self) -> ServerClock:
        return ServerClock(lambda: self.wall, lambda: self.passed, self.boot)

    def wait(self, ms: int) -> None:
        self.wall += ms
        self.passed += ms


def test_the_servers_time_counts_on_whatever_happens_to_the_wall_clock() -> None:
    machine = Machine()
    machine.wall += DAY
    clock = machine.clock()
    assert clock.now_ms() == MS + DAY and clock.offset_ms() == 0
    assert clock.anchor(MS, machine.passed - 200, machine.passed)
    assert clock.now_ms() == MS + 100 and clock.offset_ms() == DAY - 100
    machine.wait(60_000)
    machine.wall = 0
    assert clock.now_ms() == MS + 60_100
    assert clock.now().year == 2026


def test_an_anchor_outlives_the_console_but_not_the_machines_restart() -> None:
    machine = Machine()
    clock = machine.clock()
    clock.anchor(MS + DAY, machine.passed, machine.passed)
    kept = clock.kept()
    machine.wait(1000)
    again = machine.clock()
    again.restore(kept)
    assert again.now_ms() == MS + DAY + 1000
    machine.boot, machine.passed = "two", 50
    again = machine.clock()
    again.restore(kept)
    # Not before the last contact; from there on the wall clock counts.
    assert again.now_ms() == MS + DAY
    machine.wall = MS + 2 * DAY
    assert again.now_ms() == MS + 2 * DAY and again.offset_ms() == 0


@pytest.mark.parametrize("text", [None, "", "x", "[]", '{"server":"a"}', '{"server":1}'])
def test_an_anchor_that_makes_no_sense_is_left_out(text: str | None) -> None:
    clock = Machine().clock()
    clock.restore(text)
    assert clock.now_ms() == MS


def test_an_answer_that_took_long_or_makes_no_sense_moves_no_clock() -> None:
    machine = Machine()
    clock = machine.clock()
    assert not clock.anchor(MS + DAY, machine.passed - 6_000, machine.passed)
    assert not clock.anchor(10**17, machine.passed, machine.passed)
    assert not clock.anchor(0, machine.passed, machine.passed)
    assert clock.now_ms() == MS


@given(st.integers(0, 1 << 30), st.lists(st.floats(0, 1e9) | st.just(0.0), max_size=40))
def test_waits_grow_to_a_minute_and_never_fall_below_what_was_asked(
    seed: int, asked: list[float]
) -> None:
    backoff = Backoff(Random(seed))
    for number, wish in enumerate(asked):
        wait = backoff.fail(wish)
        bound = min(MOST, 2.0**number)
        assert min(wish, 600.0) <= wait <= min(wish, 600.0) + bound
    backoff.succeed()
    assert backoff.fail() <= 1.0


def test_requests_are_paced_to_what_the_server_takes() -> None:
    now = 0.0
    pacer = Pacer(lambda: now, rate=10.0)
    made = 0
    while now < 10.0:
        wait = pacer.wait()
        if wait > 0:
            now += wait
        else:
            pacer.take()
            made += 1
    assert 100 <= made <= 125


def token(person: str, *, session: bool = False, expires: int = 0, name: str = "") -> Token:
    text = name or f"{person}-{session}"
    return Token(text, "site", "s1", person, "王芳", "agent", "A", expires, session)


def test_credentials_are_private_and_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "state" / "server.json"
    held = Credentials(path)
    held.put(token("8001"), url="https://desk.example")
    held.put(token("8001", session=True, expires=MS))
    held.put(token("8002"))
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert [each.name for each in path.parent.iterdir()] == ["server.json"]
    again = Credentials(path)
    assert again.held == held.held and again.held.url == "https://desk.example"
    assert again.people() == ("8001", "8002")


def test_a_session_goes_before_the_seats_own_token_until_it_ends() -> None:
    held = Credentials(None)
    held.put(token("8001"))
    held.put(token("8001", session=True, expires=MS))
    found = held.of("8001", MS - 1)
    assert found is not None and found.session
    found = held.of("8001", MS)
    assert found is not None and not found.session
    assert held.of("8001", MS - 1, but={"8001-True", "8001-False"}) is None
    assert held.of("8002", MS) is None
    held.drop("8001", session_only=True)
    assert [each.session for each in held.held.tokens] == [False]
    before = held.generation
    held.clear()
    assert held.people() == () and held.generation > before


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b'{"tokens":[{"token":1}]}', b"\xff"])
def test_a_broken_credentials_file_is_said_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "server.json"
    path.write_bytes(content)
    with pytest.raises(RemoteError) as caught:
        Credentials(path)
    for language in LANGUAGES:
        title, body = Strings(language).error(caught.value)
        assert title != caught.value.code and str(path) in body
    assert path.read_bytes() == content


def test_another_process_may_sign_somebody_in(tmp_path: Path) -> None:
    ours, theirs = Credentials(tmp_path / "x.json"), Credentials(tmp_path / "x.json")
    theirs.put(token("8001"))
    assert ours.people() == ()
    ours.reload()
    assert ours.people() == ("8001",)
    seen = ours.generation
    ours.reload()
    assert ours.generation == seen
    assert json.loads((tmp_path / "x.json").read_text())["tokens"][0]["person"] == "8001"


class Pipe:
    """A stream that says what it is given and ends when closed."""

    def __init__(self, said: Sequence[Frame], endless: bool) -> None:
        self._said, self._endless, self.closed = said, endless, threading.Event()

    def __iter__(self) -> Iterator[Sequence[Frame]]:
        yield self._said
        if self._endless:
            self.closed.wait(20)
            raise TransportError(Failure.NETWORK)

    def close(self) -> None:
        self.closed.set()


def test_a_console_drives_the_exchange_and_stops_at_once(site: Site) -> None:
    desk = site.desk("8001")
    alive = Alive(site.service.epoch, site.ms, {"team:A": 0, "seat:s8001": 0})
    pipes: list[Pipe] = []

    class Talking:
        def stream(self, token: str, cursors: Mapping[str, Cursor]) -> Pipe:
            pipes.append(Pipe([Frame("hello", site.service.epoch, alive=alive)], endless=True))
            return pipes[-1]

    synced, told = threading.Event(), []

    def notify(status: Status) -> None:
        told.append(status.state)
        if status.state is State.SYNCED and status.streaming and not status.waiting:
            synced.set()

    runner = Runner(desk.engine, Talking(), notify=notify)
    runner.start()
    assert synced.wait(10)
    synced.clear()
    desk.act()
    runner.wake()
    for _ in range(200):
        if site.verdicts():
            break
        site.pass_(1)
        runner.wake()
        threading.Event().wait(0.01)
    assert list(site.verdicts().values()) == ["ok"]
    assert runner.stop()
    assert all(pipe.closed.is_set() for pipe in pipes) and told


def test_streams_that_close_at_once_are_given_up_for_a_while() -> None:
    waits: list[float] = []

    class Waiting(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            waits.append(timeout or 0.0)
            if len(waits) > TRIES:
                runner._ending.set()
            return False

    class Quiet:
        listener = None

        def offer(self, frames: Sequence[Frame]) -> None:
            assert frames[-1].name == "closed"

    class Nobody:
        def stream(self, token: str, cursors: Mapping[str, Cursor]) -> Pipe:
            return Pipe([], endless=False)

    runner = Runner(Quiet(), Nobody(), rng=Random(1), monotonic=lambda: 0.0)  # type: ignore[arg-type]
    runner._token, runner._hear = "token", Waiting()
    runner._listen()
    assert max(waits[: TRIES - 1]) <= 4.0 and waits[TRIES - 1] >= WITHOUT
    assert waits[TRIES] < WITHOUT


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_and_reason_has_words(language: str) -> None:
    from agentdesk.sync import status

    strings = Strings(language)
    for state in State:
        assert f"sync.state.{state.value}" in strings
    text = " ".join((status.Reason.__doc__ or "").split())
    codes = text.partition("Codes: ``")[2].partition("``")[0].split()
    assert len(codes) > 10
    for code in codes:
        assert f"sync.reason.{code}" in strings
    for failure in Failure:
        assert f"error.sync.{failure.value}.title" in strings
