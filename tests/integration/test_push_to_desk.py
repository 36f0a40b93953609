"""From a phone system's request to the stored call: real HTTP, a real store, a real desk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest

from agentdesk.config.model import Push
from agentdesk.desk.demo import MovingClock, profile
from agentdesk.desk.desk import Desk
from agentdesk.desk.snapshot import Snapshot
from agentdesk.desk.worker import ThreadWorker
from agentdesk.domain.call.commands import SetFields
from agentdesk.domain.call.state import Phase
from agentdesk.domain.ids import Ids
from agentdesk.domain.moments import to_ms
from agentdesk.domain.phone import LATE_NEWS, PhoneEvent
from agentdesk.errors import RemoteError
from agentdesk.locations import Locations
from agentdesk.standards.loader import load_shipped
from agentdesk.store.store import Store
from agentdesk.telephony.client import send
from agentdesk.telephony.control import read_control
from agentdesk.telephony.listening import Listening

ZONE = ZoneInfo("Asia/Shanghai")


class Console:
    """What the running console has behind its screen."""

    def __init__(self, folder: Path) -> None:
        self.clock = MovingClock(datetime(2026, 3, 10, 9, 30, tzinfo=ZONE))
        self._path = folder / "store.sqlite3"
        self.worker = ThreadWorker(self._open)
        places = Locations.under(folder)
        self.control = places.control_file
        self.listening = Listening(Push(rate_per_minute=1000), places, self._deliver)

    def _open(self) -> Desk:
        ids = Ids(lambda: to_ms(self.clock()), Random(1).getrandbits)
        store = Store.open(self._path, clock=self.clock, new_id=ids)
        return Desk(
            store, load_shipped, clock=self.clock, new_id=ids, zone=ZONE, defaults=profile()
        )

    def _deliver(self, event: PhoneEvent) -> bool:
        return self.worker.submit(lambda desk: desk.phone(event)).result(5).problem is None

    def phone(self, event: str, call_id: str = "1", **fields: str) -> Snapshot:
        self.known = send(self.control, {"event": event, "callId": call_id, **fields})
        return self.now()

    def now(self) -> Snapshot:
        return self.worker.submit(lambda desk: desk.snapshot()).result(5)

    def rows(self) -> list[str | None]:
        return [row.phase for row in self.worker.submit(lambda desk: desk.today()).result(5)]

    def close(self) -> None:
        self.listening.close()
        self.worker.close()


@pytest.fixture
def console(tmp_path: Path) -> Iterator[Console]:
    opened = Console(tmp_path)
    yield opened
    opened.close()


RING = {"from": "+86 13800138000", "name": "张伟", "queue": "售后"}


def test_ring_answer_end(console: Console) -> None:
    snapshot = console.phone("newCall", **RING)
    assert snapshot.call is None  # a ring never takes the card by itself
    ringing = snapshot.ringing[0]
    assert (ringing.number, ringing.name, ringing.queue) == ("13800138000", "张伟", "售后")

    console.clock.after(6)
    snapshot = console.phone("answer")
    assert snapshot.call is not None
    assert snapshot.call.phase is Phase.TALKING

    console.clock.after(30)
    assert console.phone("hold").call.phase is Phase.HELD  # type: ignore[union-attr]
    console.clock.after(10)
    console.phone("unhold")
    console.clock.after(60)
    snapshot = console.phone("hangup", cause="normalClearing")
    assert snapshot.call is not None
    assert snapshot.call.phase is Phase.WRAP_UP
    assert snapshot.call.held_total == timedelta(seconds=10)
    assert snapshot.call.ended_at == console.clock()
    assert snapshot.callbacks == ()


def test_the_end_of_a_call_nobody_saw_begin_is_told_apart(console: Console) -> None:
    console.phone("hangup", "nobody")
    assert not console.known and console.rows() == []
    console.phone("newCall", **{"from": "13800138000"})
    console.phone("hangup")
    assert console.known
    console.phone("hangup")  # told twice, as phone systems do
    assert console.known and len(console.rows()) == 1


def test_ended_before_answered_is_missed_and_owes_a_callback(console: Console) -> None:
    console.phone("newCall", **RING)
    console.clock.after(20)
    snapshot = console.phone("hangup", cause="cancel")
    assert snapshot.ringing == ()
    assert [item.number for item in snapshot.callbacks] == ["13800138000"]
    assert console.rows() == ["missed"]


def test_a_ring_leaves_the_call_in_hand_alone(console: Console) -> None:
    console.phone("newCall", "1", **RING)
    before = console.phone("answer", "1").call
    snapshot = console.phone("newCall", "2", **{"from": "02166208888"})
    assert snapshot.call == before
    assert [call.number for call in snapshot.ringing] == ["02166208888"]
    snapshot = console.phone("answer", "2")
    assert snapshot.call == before


def test_everything_delivered_twice_is_one_call(console: Console) -> None:
    for event in ("newCall", "answer", "hangup"):
        console.phone(event, **RING)
        console.clock.after(5)
        console.phone(event, **RING)
    assert console.rows() == ["wrap_up"]


def test_late_news_of_a_missed_call_is_no_new_call(console: Console) -> None:
    console.phone("newCall", **RING)
    console.phone("hangup")
    for event in ("newCall", "answer", "hold", "hangup"):
        console.clock.after(20)
        assert console.phone(event, **RING).ringing == ()
    assert console.rows() == ["missed"]
    assert len(console.now().callbacks) == 1


def test_an_exchange_may_use_an_id_again_later(console: Console) -> None:
    console.phone("newCall", **RING)
    console.phone("hangup")
    console.clock.after((LATE_NEWS + timedelta(seconds=1)).total_seconds())
    assert len(console.phone("newCall", **RING).ringing) == 1


def test_hostile_text_is_stored_clean(console: Console) -> None:
    name = "\x1b[2J\x1b]52;c;eA==\x07[bold red]李\u202e梅\u2066\u200b\x9b31m\U0001f3ff"
    snapshot = console.phone("newCall", **{"from": "1\u202e3800138000", "name": name})
    call = snapshot.ringing[0]
    # Markup stays: it is text, and no widget reads it as anything else.
    assert call.name == "[2J]52;c;eA==[bold red]李梅31m"
    assert call.number == "13800138000"
    assert call.name.isprintable()


def test_a_caller_without_a_number(console: Console) -> None:
    snapshot = console.phone("newCall", **{"from": "anonymous"})
    assert snapshot.ringing[0].number == ""
    assert console.phone("hangup").callbacks == ()  # nobody to call back


def test_a_call_nobody_hangs_up_is_missed_after_a_while(console: Console) -> None:
    console.phone("newCall", **RING)
    console.clock.after(89)
    expire = console.worker.submit(lambda desk: desk.expire()).result(5)
    assert len(expire.snapshot.ringing) == 1
    console.clock.after(1)
    expire = console.worker.submit(lambda desk: desk.expire()).result(5)
    assert expire.snapshot.ringing == ()
    assert len(expire.snapshot.callbacks) == 1


def test_outbound_calls_name_the_called_customer(console: Console) -> None:
    fields = {"from": "8012", "to": "13900139000", "direction": "out"}
    snapshot = console.phone("answer", **fields)
    assert snapshot.call is not None
    assert (snapshot.call.number, snapshot.call.direction) == ("13900139000", "outbound")


def test_a_refusal_reaches_the_sender(console: Console) -> None:
    with pytest.raises(RemoteError) as caught:
        console.phone("newCall", name="名" * 65)
    assert caught.value.code == "remote.refused"
    assert caught.value.params == {
        "status": 422,
        "reason": "too_long name at most 64 characters",
    }


def test_a_console_that_went_away_is_unreachable(console: Console) -> None:
    held = console.control.read_bytes()
    console.listening.close()
    assert not console.control.exists()
    console.control.write_bytes(held)  # as after a crash, with the process id given anew
    with pytest.raises(RemoteError) as caught:
        console.phone("newCall", **RING)
    assert caught.value.code == "remote.unreachable"
    assert caught.value.exit_code == 4


def test_the_token_stays_when_the_console_starts_again(tmp_path: Path) -> None:
    tokens = []
    for _ in range(2):
        opened = Console(tmp_path)
        control = read_control(opened.control)
        assert control is not None
        tokens.append(control.token)
        opened.close()
    assert tokens[0] == tokens[1]
    assert not (tmp_path / "run" / "control.json").exists()


def test_a_store_that_fails_is_not_acknowledged(console: Console) -> None:
    console.worker.submit(lambda desk: desk.close()).result(5)
    with pytest.raises(RemoteError) as caught:
        send(console.control, {"event": "newCall", "callId": "9", **RING})
    assert caught.value.params["status"] == 503


def test_the_known_customer_is_told_from_the_number(console: Console) -> None:
    console.phone("newCall", "1", **RING)
    console.phone("answer", "1")
    console.worker.submit(
        lambda desk: desk.act(SetFields({"surname": "张", "title": "先生"}))
    ).result(5)
    console.phone("hangup", "1")
    console.worker.submit(lambda desk: desk.leave_card()).result(5)
    console.clock.after(60)
    console.phone("newCall", "2", **RING)
    snapshot = console.phone("answer", "2")
    assert snapshot.known is not None
    assert (snapshot.known.exact, snapshot.known.customer) == (True, "张先生")
