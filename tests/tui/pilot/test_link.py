"""The running console and a server: a login is seen, acts go up, sub-commands are answered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from agentdesk.config import Server
from agentdesk.desk.worker import ThreadWorker
from agentdesk.domain.events import Draft, EntityId
from agentdesk.errors import RemoteError
from agentdesk.sync.credentials import Credentials
from agentdesk.sync.status import State
from agentdesk.tui import link as link_module
from agentdesk.tui.link import FILE, Link
from agentdesk.tui.main import make_app
from agentdesk.wire import Enrol, SignIn, Token
from tests.seat_kit import Direct, running

if TYPE_CHECKING:
    from agentdesk.sync.transport import Transport
    from tests.tui.conftest import Seat, User

URL = "https://desk.example.com"


class Linked:
    """A console on a thread of its own desk, and the server it may sign in to."""

    def __init__(self, seat: Seat, server: Direct) -> None:
        self.seat, self.server = seat, server
        self.dialled: list[str] = []
        seat.worker = ThreadWorker(seat.open_desk)

    def dial(self, url: str, ca_file: Path | None) -> Transport:
        self.dialled.append(url)
        return self.server

    @asynccontextmanager
    async def open(self) -> AsyncIterator[User]:
        seat = self.seat
        app = make_app(
            seat.config, seat.places, seat.worker, clock=seat.clock, new_id=seat.ids, dial=self.dial
        )
        seat._open.append(app)
        async with app.run_test(size=(120, 36)) as pilot:
            user = seat.user(app, pilot)
            await user.until(lambda: app.opened)
            yield user
        seat.shut()

    def sign_in(self, install: str = "i" * 32) -> None:
        """What ``agentdesk login`` leaves behind."""
        kept = Credentials(self.seat.places.state_dir / FILE)
        joined = self.server.enrol(Enrol("join-8001", install))
        kept.put(joined, URL)

    def link(self, user: User) -> Link:
        """The link of a running console."""
        return next(
            found
            for close in user.app._closers
            if isinstance(found := getattr(close, "__self__", None), Link)
        )


@pytest.fixture
def linked(seat: Seat, monkeypatch: pytest.MonkeyPatch) -> Iterator[Linked]:
    monkeypatch.setattr(link_module, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr(link_module, "IDLE_SECONDS", 0.0)
    server = running()
    yield Linked(seat, server)
    server.service.close()


def state(user: User) -> State | None:
    return user.app.status.state if user.app.status else None


async def test_without_a_login_nothing_is_dialled(linked: Linked) -> None:
    async with linked.open() as user:
        await user.settle()
        assert "● 仅本机" in user.rows()[0]
        assert linked.link(user).ask("status")["state"] == "local"
    assert linked.dialled == []


async def test_a_login_is_seen_and_what_was_written_before_goes_up(linked: Linked) -> None:
    async with linked.open() as user:
        desk = user.seat.worker
        profile = user.app.snapshot.profile
        install = desk.submit(lambda d: d.replica.install).result()
        body = {"at": 1, "set": {"note": "离线时写的"}}
        # As number 8001 wrote it: nobody's acts are sent by somebody else's token.
        desk.submit(
            lambda d: d._store.commit(
                [Draft("call.offered", "call", EntityId("a" * 32), body)], actor="8001"
            )
        ).result()
        linked.sign_in(install)
        await user.until(lambda: user.app.status is not None and user.app.status.contact > 0)
        assert linked.dialled == [URL]
        await user.until(lambda: any(e.actor == "8001" for e in linked.server.service.after(0)))
        await user.until(lambda: user.app.snapshot.shared)
        assert profile.agent_no == "8012"
        # Names of the people came down.
        await user.until(lambda: user.app.snapshot.names.get("8009") == "赵一平")
        found = linked.link(user).ask("now")
        assert (found["site"], found["people"]) == (linked.server.service.site, ["8001"])
        assert found["install"] == install


async def test_no_answer_is_offline_and_the_console_works_on(linked: Linked) -> None:
    linked.seat.places.prepare()
    linked.sign_in()
    linked.server.down = True
    async with linked.open() as user:
        await user.until(lambda: state(user) is State.OFFLINE)
        assert "○ 离线" in user.rows()[0]
        await user.rings()
        await user.until(lambda: bool(user.app.snapshot.ringing))
        await user.keys("f2")
        await user.until(lambda: user.app.snapshot.call is not None and not user.app.port.busy)
        await user.notes("照常登记")
        assert user.screen.note.text == "照常登记"
        linked.server.down = False
        asked = await asyncio.to_thread(linked.link(user).ask, "now")
        assert asked["state"] != "offline"


async def test_signing_out_is_seen(linked: Linked) -> None:
    linked.seat.places.prepare()
    linked.sign_in()
    async with linked.open() as user:
        await user.until(lambda: state(user) in (State.SYNCED, State.SENDING))
        Credentials(linked.seat.places.state_dir / FILE).clear()
        await user.until(lambda: state(user) is State.LOCAL)
        assert "● 仅本机" in user.rows()[0]


async def test_a_token_goes_to_no_other_server_than_its_own(linked: Linked) -> None:
    linked.seat.set(server=Server(url="https://elsewhere.example.com"))
    linked.seat.places.prepare()
    linked.sign_in()
    async with linked.open() as user:
        await user.until(lambda: state(user) is State.REFUSED)
        assert "▲ 未登录" in user.rows()[0]
    assert linked.dialled == []


async def test_switched_off_it_stays_off(linked: Linked) -> None:
    linked.seat.set(server=Server(enabled=False))
    linked.seat.places.prepare()
    linked.sign_in()
    async with linked.open() as user:
        await user.settle()
        assert not linked.link(user)._thread.is_alive()
    assert linked.dialled == []


async def test_a_file_of_tokens_that_is_damaged_is_told(linked: Linked) -> None:
    linked.seat.places.prepare()
    (linked.seat.places.state_dir / FILE).write_text("{")
    async with linked.open() as user:
        await user.until(lambda: any("登录资料" in text for text in user.toasts()))
    with pytest.raises(RemoteError):
        Credentials(linked.seat.places.state_dir / FILE)


async def test_a_leader_is_one_only_in_a_session_of_their_own(linked: Linked) -> None:
    linked.seat.places.prepare()
    linked.sign_in()
    kept = Credentials(linked.seat.places.state_dir / FILE)
    seat_token = kept.held.tokens[0].token
    leader: Token = linked.server.session(seat_token, SignIn("8009", "246801", "i" * 32))
    kept.put(leader)
    async with linked.open() as user:
        await user.until(lambda: user.app.status is not None)
        assert not user.app.lead  # 8012 sits here
        profile = user.app.snapshot.profile
        changed = type(profile)("8009", "赵一平", profile.company, profile.pack, "zh-CN", "dark")
        user.app._keep_profile(changed)
        await user.until(lambda: user.app.lead)
