"""``agentdesk ring`` and ``agentdesk calls`` as a person or a script meets them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agentdesk.__main__ import main
from agentdesk.cli.demo import build
from agentdesk.config import Config
from agentdesk.desk.demo import MovingClock
from agentdesk.desk.demo_calls import DAY
from agentdesk.domain.phone import PhoneEvent
from agentdesk.locations import Locations
from agentdesk.store.store import Store
from agentdesk.telephony.control import Control, write_control
from agentdesk.telephony.push import PushServer

TOKEN = "t" * 43
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Locations:
    for name in list(os.environ):
        if name.startswith(("AGENTDESK_", "XDG_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    return Locations.find(os.environ)


@pytest.fixture
def run(places: Locations, capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*argv: str) -> tuple[int, str, str]:
        code = main(argv)
        out, err = capsys.readouterr()
        return code, out, err

    return call


@pytest.fixture
def got(places: Locations) -> Iterator[list[PhoneEvent]]:
    """What a running console was told."""
    events: list[PhoneEvent] = []
    server = PushServer("127.0.0.1", 0, TOKEN, 60, events.append)
    url = server.start()
    write_control(places.control_file, Control(url, TOKEN, os.getpid()))
    yield events
    server.close()


def test_ring_prints_the_id_to_go_on_with(run: Run, got: list[PhoneEvent]) -> None:
    code, out, err = run("ring", "--from", "138 0013 8000", "--name", "张伟", "--queue", "售后")
    assert (code, err) == (0, "")
    call_id = out.strip()
    assert call_id
    assert run("ring", "--id", call_id, "--event", "answered")[:2] == (0, out)
    assert run("ring", "--id", call_id, "--event", "ended")[0] == 0
    assert [(event.kind, event.external_id) for event in got] == [
        ("offered", call_id),
        ("answered", call_id),
        ("ended", call_id),
    ]
    assert (got[0].number, got[0].name, got[0].queue) == ("13800138000", "张伟", "售后")


def test_the_end_of_a_call_nobody_knows_is_not_passed_over_in_silence(
    run: Run, places: Locations
) -> None:
    server = PushServer("127.0.0.1", 0, TOKEN, 60, lambda event: event.kind != "ended")
    write_control(places.control_file, Control(server.start(), TOKEN, os.getpid()))
    code, out, err = run("ring", "--event", "ended", "--id", "没有-17".encode().hex())
    server.close()
    assert (code, out) == (1, "")
    assert "没有编号为" in err


def test_ring_outbound(run: Run, got: list[PhoneEvent]) -> None:
    assert run("ring", "--outbound", "--to", "13900139000")[0] == 0
    assert (got[0].direction, got[0].number) == ("outbound", "13900139000")


def test_two_rings_are_two_calls(run: Run, got: list[PhoneEvent]) -> None:
    ids = {run("ring", "--from", "10086")[1] for _ in range(2)}
    assert len(ids) == 2


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        ((), "--from"),
        (("--outbound", "--from", "1"), "--to"),
        (("--from", "1", "--event", "answered"), "--id"),
        (("--from", "1", "--event", "dialled"), "dialled"),
    ],
)
def test_ring_used_wrongly(run: Run, argv: tuple[str, ...], says: str) -> None:
    code, out, err = run("ring", *argv)
    assert (code, out) == (2, "")
    assert says in err


def test_ring_without_a_console(run: Run) -> None:
    code, out, err = run("ring", "--from", "13800138000")
    assert (code, out) == (4, "")
    assert "控制台没有在运行" in err
    assert "13800138000" not in err


def test_ring_with_the_wrong_token(
    run: Run, places: Locations, got: list[PhoneEvent], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = json.loads(places.control_file.read_text())["url"]
    write_control(places.control_file, Control(url, "x" * 43, os.getpid()))
    code, _, err = run("ring", "--from", "13800138000")
    assert code == 4
    assert "401" in err
    assert "xxx" not in err
    assert got == []


@pytest.fixture
def day(places: Locations) -> str:
    """A store of one made-up day; that day."""
    places.prepare()
    config = Config()
    at = datetime(2026, 3, 10, 14, 30, tzinfo=config.zone())
    build(places, config, MovingClock(at))
    return "2026-03-10"


def test_calls_one_a_line_and_masked(run: Run, day: str) -> None:
    code, out, err = run("calls", "--day", day)
    lines = out.splitlines()
    assert code == 0
    assert len(lines) == len(DAY) + 2
    assert str(len(lines)) in err
    assert lines[0].startswith("10:38  已结束  来电  140****")
    assert "王先生  查件  当场解决" in lines[0]
    assert "缺 联系电话" in out
    assert "1400000" not in out


def test_calls_for_scripts(run: Run, day: str) -> None:
    code, out, _ = run("calls", "--json", "--day", day)
    records = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert len(records) == len(DAY) + 2
    assert records[0]["offered_at"] == "2026-03-10T10:38:00+08:00"
    assert records[-2]["phase"] == "talking"
    assert not any("note" in record for record in records)
    shown = [record["number"] for record in records if record["number"]]
    assert len(shown) == len(records) - 1  # one called without showing a number
    assert all("****" in number for number in shown)


def test_the_course_of_one_call(run: Run, day: str) -> None:
    records = [json.loads(line) for line in run("calls", "--json", "--day", day)[1].splitlines()]
    missed = next(record for record in records if record["phase"] == "missed")
    code, out, _ = run("calls", "--day", day, "show", missed["id"][-6:])
    assert code == 0
    assert [line[8:].strip().split()[0] for line in out.splitlines()] == [
        "来电",
        "未接",
        "待回拨",
        "回拨",
    ]
    complaint = next(record for record in records if record["disposition"] == "escalated")
    out = run("calls", "show", complaint["id"])[1]
    assert "升级 班长：请与我一起安抚客户" in out
    assert "客户挂机" in out
    assert "1400000" not in out
    assert "未联系就放门口" not in out  # values of fields stay in the console
    moments = [
        json.loads(line) for line in run("calls", "--json", "show", complaint["id"])[1].splitlines()
    ]
    assert moments[0]["kind"] == "call.offered"


@pytest.mark.parametrize("wanted", ["zzz", "0" * 32, ""])
def test_a_call_that_is_not_there(run: Run, day: str, wanted: str) -> None:
    assert run("calls", "--day", day, "show", wanted)[0] == 2


def test_calls_without_a_store_make_none(run: Run, places: Locations) -> None:
    code, out, err = run("calls")
    assert (code, out) == (0, "")
    assert "没有通话" in err
    assert not places.store_file.exists()
    assert run("calls", "show", "abc")[0] == 2


def test_calls_while_the_console_is_open(run: Run, places: Locations, day: str) -> None:
    store = Store.open(places.store_file, clock=lambda: datetime.now(UTC))
    try:
        code, out, err = run("calls")
    finally:
        store.close()
    assert (code, out) == (3, "")
    assert "控制台" in err
    assert str(os.getpid()) in err


def test_not_a_day(run: Run) -> None:
    code, _, err = run("calls", "--day", "昨天")
    assert code == 2
    assert "YYYY-MM-DD" in err


def test_a_day_without_calls(run: Run, day: str) -> None:
    yesterday = (datetime.fromisoformat(day) - timedelta(days=1)).date().isoformat()
    code, out, err = run("calls", "--day", yesterday)
    assert (code, out) == (0, "")
    assert yesterday in err
