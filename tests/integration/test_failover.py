"""A standby of PostgreSQL takes over which had not received the last commits.

Its journal ends earlier and goes on from there by the same numbers and in the same epoch: only the
ids tell that it is another past. ``agentdesk serve`` reaches either through one address, as libpq
has it: whichever of the two can be written to.

``AGENTDESK_TORTURE=150`` lets ten times as many take over in the midst of work.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from threading import Event, Thread, Timer

import pytest

from agentdesk.sync.transport import Frame, TransportError
from tests.integration.test_server_kill import Site, epoch_of
from tests.postgres import Server, server
from tests.serving import Console, journal

ROUNDS = max(1, int(os.environ.get("AGENTDESK_TORTURE", "15")) // 15)
SEED = int(os.environ.get("AGENTDESK_SEED", "20261122"))
PATIENCE = 30.0

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")


class Pair:
    """A primary and its standby."""

    def __init__(self, primary: Server, standby: Server) -> None:
        self.primary, self.standby = primary, standby
        name = primary.fresh().rpartition("dbname=")[2]
        hosts = f"host={primary.folder},{standby.folder}"
        self.url = f"postgresql://postgres@/{name}?{hosts}&target_session_attrs=read-write"

    def cut(self) -> None:
        """The standby receives everything up to here, and no more."""
        wait(lambda: self.standby.has_all_of(self.primary), "the standby does not follow")
        self.standby.stop()

    def take_over(self) -> None:
        """The primary is gone; the standby is told to be one, from where it was cut off."""
        self.primary.stop("immediate")
        self.standby.start()
        self.standby.promote()


@contextmanager
def pair() -> Iterator[Pair]:
    """Two servers for as long as the block lasts; skipped where there is no PostgreSQL."""
    try:
        with server() as primary, server(standby_of=primary) as standby:
            yield Pair(primary, standby)
    except FileNotFoundError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))


def wait(until: Callable[[], bool], else_: str) -> None:
    """Look again and again.

    Args:
        until: asked each time.
        else_: what it is when it takes too long.
    """
    turns, pause = int(PATIENCE / 0.05), Event()
    assert any(until() or pause.wait(0.05) for _ in range(turns)), else_


class Hearing:
    """The stream of a console, opened again whenever it ends."""

    def __init__(self, console: Console) -> None:
        self._console, self._ending = console, Event()
        self.opened = 0
        self._thread = Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        engine = self._console.engine
        while not self._ending.is_set():
            token = engine.listener
            try:
                if token is not None:
                    self._stream = self._console.transport.stream(token.token, {})
                    self.opened += 1
                    for frames in self._stream:
                        engine.offer(frames)
            except TransportError:
                pass  # the next one finds out
            engine.offer([Frame("closed")])
            self._ending.wait(0.1)

    def close(self) -> None:
        self._ending.set()
        self._stream.close()
        self._thread.join(PATIENCE)


@pytest.mark.parametrize(("server_lives", "regrown"), [(True, True), (True, False), (False, True)])
def test_seats_find_out_and_send_again_what_the_standby_has_not(
    server_lives: bool, regrown: bool, tmp_path: Path
) -> None:
    """Also who only listens: what comes next seems to follow what it was told before."""
    with pair() as machines:
        site = Site(tmp_path, machines.url, people=4)
        *busy, listening, away = site.consoles
        hearing = Hearing(listening)
        for console in site.consoles:
            console.act()
            console.drain()
        machines.cut()
        for console in (*busy, listening):
            for _ in range(3):
                console.act()
            console.drain()
        acted = set().union(*(each.written for each in (*busy, listening)))
        work_until(listening, lambda: acted <= listening.confirmed(), "the stream says nothing")
        taken = len(journal(site.url))
        lost = listening.written & listening.received

        if not server_lives:
            site.served.kill()
        machines.take_over()
        assert epoch_of(site.url) == site.epoch
        kept = kept_of(site)
        assert taken - len(kept) >= 2 * 9 and lost - kept, "the standby had lost nothing"
        if not server_lives:
            site.again()
        if regrown:
            for _ in range(taken - len(kept)):
                away.act()
            away.drain()
            assert len(journal(site.url)) > taken
        work_until(
            listening,
            partial(has, site, lost),
            "who listens never found out",
        )
        hearing.close()
        come_back(site)
        site.end()


def come_back(site: Site) -> None:
    """Everybody looks, finds out and sends again, one after the other."""
    for console in site.consoles:
        console.engine.hurry()
        work_until(console, partial(has, site, console.written), "not sent again")


def has(site: Site, ids: set[str]) -> bool:
    """Whether all of these are in the journal."""
    return ids <= kept_of(site)


def kept_of(site: Site) -> set[str]:
    """Ids of everything in the journal, wherever that is now."""
    return {each.id for each in journal(site.url)}


def work_until(console: Console, until: Callable[[], bool], else_: str) -> None:
    """Let a console work as it likes."""

    def worked() -> bool:
        console.work(50)
        return until()

    wait(worked, else_)


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_it_takes_over_in_the_midst_of_work(turn: int, tmp_path: Path) -> None:
    chance = random.Random(SEED + turn)
    with pair() as machines:
        site = Site(tmp_path, machines.url)
        turns = count()
        site.crowd.work_until(lambda: next(turns) > 30)
        machines.cut()
        over, wrong, lost = Event(), list[BaseException](), set[str]()

        def break_it() -> None:
            try:
                told = {id for console in site.consoles for id in console.received}
                machines.take_over()
                lost.update(told - kept_of(site))
                over.wait(1.0)
            except BaseException as error:
                wrong.append(error)
            over.set()

        Timer(chance.uniform(0.1, 0.6), break_it).start()
        site.crowd.work_until(over.is_set)
        assert not wrong, wrong
        come_back(site)
        site.end()
        print(f"seed {SEED + turn}: {len(lost)} were lost by the standby, and sent again")
        assert lost, "the standby had all of it"
