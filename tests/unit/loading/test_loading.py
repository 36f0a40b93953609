"""The load generator: what it says of a server must not come from its own mistakes."""

from __future__ import annotations

import asyncio
from random import Random
from typing import Any
from unittest.mock import MagicMock

import pytest

from agentdesk.wire import Cursor, Live, Stored, encode
from scripts.loading.__main__ import parsed
from scripts.loading.client import Stream
from scripts.loading.report import OUTAGE_EVENTS, describe, drained
from scripts.loading.running import Result, slow_places
from scripts.loading.seats import Seat, Tally
from scripts.loading.serving import Place
from scripts.loading.slow import SlowReaders
from scripts.loading.timeline import Sample, Timeline, thirds
from scripts.loading.traffic import Hand


def place(number: int, team: str = "T0") -> Place:
    return Place(f"{number:05}", f"S{number:05}", team, f"{number:032x}", "token")


def seat(tally: Tally, *, slow: bool = False, watch: bool = False, number: int = 0) -> Seat:
    address = ("127.0.0.1", 1)
    return Seat(place(number), address, tally, Random(number), watch=watch, slow=slow)


def frame(number: int) -> bytes:
    """One event of a stream, as a server writes it."""
    hand = Hand("00001", f"{1:032x}", Random(number), lambda: 1_790_000_000_000)
    event = hand.act()[0]
    stored = Stored(
        number, "team:T0", event.hlc, "ok", f"{number:032x}", event.txn, event.kind, 1,
        event.entity, event.entity_id, event.hlc, event.actor, event.install, event.body,
    )  # fmt: skip
    name = f"id: e1:{number}:{number:032x}\nevent: event\ndata: ".encode()
    return name + encode(Live(number - 1, stored)) + b"\n\n"


# -- what a seat hears


@pytest.mark.parametrize("kind", ["plain", "watch", "slow"])
def test_a_frame_is_counted_once_however_it_is_cut(kind: str) -> None:
    data = b"".join(b"%x\r\n%b\r\n" % (len(each), each) for each in map(frame, range(1, 9)))
    for size in (1, 7, 50, 333, len(data)):
        tally = Tally()
        one = seat(tally, slow=kind == "slow", watch=kind == "watch")
        for begin in range(0, len(data), size):
            one._heard(data[begin : begin + size])
        assert tally.frames == 8, size
        if one.known is not None:
            assert one.known == {f"{number:032x}".encode() for number in range(1, 9)}


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 100])
async def test_a_stream_the_server_ended_is_over_at_once(size: int) -> None:
    """A connection the server keeps for another request tells nobody that its answer ended."""
    heard: list[bytes] = []
    stream, transport = Stream(b"", heard.append), MagicMock()
    stream.connection_made(transport)
    stream.data_received(b"HTTP/1.1 200 OK\r\n\r\nf\r\nevent: hello\n\n\r\n")
    data = b"3\r\n:\n\n\r\n0\r\n\r\n"
    for begin in range(0, len(data), size):
        assert not transport.close.called
        stream.data_received(data[begin : begin + size])
    transport.close.assert_called_once()
    assert b"".join(heard) == data


def test_half_a_frame_is_not_one_a_slow_reader_has_read() -> None:
    one = seat(Tally(), slow=True)
    one._heard(frame(1) + frame(2)[:-1])
    assert one.known == {f"{1:032x}".encode()}


def test_a_seat_stands_after_the_last_whole_frame() -> None:
    one = seat(Tally())
    one.cursors = {"team:T0": Cursor(1, f"{1:032x}")}
    one._heard(frame(2) + frame(3) + frame(4)[:-1])
    one._step()
    assert one.cursors["team:T0"] == Cursor(3, f"{3:032x}")
    one._step()  # nothing was heard since
    assert one.cursors["team:T0"].seq == 3


def test_an_installed_seat_has_read_the_site_and_nothing_else() -> None:
    first, other = seat(Tally()), seat(Tally(), number=1)
    first.epoch = "e1"
    first.cursors = {"site": Cursor(9, "a" * 32, 5), "team:T0": Cursor(12, "b" * 32)}
    other.as_installed(first)
    assert (other.epoch, other.cursors) == ("e1", {"site": Cursor(9, "a" * 32, 5)})


# -- slow readers


def test_a_slow_reader_has_a_colleague() -> None:
    places = [place(number, f"T{number // 3}") for number in range(7)]  # the last one is alone
    assert slow_places(places, 0) == set()
    assert slow_places(places, 1) == {places[2]}
    assert slow_places(places, 99) == {places[2], places[5]}


def test_what_a_slow_reader_never_read_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scripts.loading.slow.CAUGHT_UP_SECONDS", 0.0)
    tally = Tally()
    quick, slow = seat(tally), seat(tally, slow=True, number=1)

    async def history() -> list[str]:
        return [f"{number:032x}" for number in range(1, 5)]

    monkeypatch.setattr(quick, "history", history)
    readers = SlowReaders([quick, slow])
    assert readers.pairs == [(slow, quick)]
    for heard, holes in (((1, 3), [2]), ((2, 4), [0])):
        for number in heard:
            slow._heard(frame(number))
        assert asyncio.run(readers.holes()) == holes


# -- over time


def test_each_sample_tells_of_its_own_time() -> None:
    tally, memory = Tally(lag=[9.0]), iter([100.0, 110.0])
    tally.accepted = tally.frames = 5
    line = Timeline(tally, lambda: next(memory), 50.0)
    tally.lag += [0.1, 0.3]
    tally.accepted, tally.frames = 25, 105
    line.take(60.0)
    tally.accepted = 30
    line.take(65.0)
    assert line.samples[0] == Sample(10.0, 100.0, 200.0, 298.0, 2.0, 10.0)
    assert line.samples[1] == Sample(15.0, 110.0, 0.0, 0.0, 1.0, 0.0)


def test_the_first_third_is_held_against_the_last() -> None:
    samples = [Sample(10.0 * n, 100.0 + n, 5.0 * n, 9.0, 2.0, 40.0) for n in range(7)]
    found = thirds(samples)
    assert found["first"]["rss_mib"] == 100.5 and found["last"]["rss_mib"] == 105.5
    assert found["first"]["lag_p50_ms"] == 2.5 and found["last"]["lag_p50_ms"] == 27.5
    assert thirds(samples[:2]) == {}


# -- what is said in the end


def result(**changes: Any) -> Result:
    tally = Tally(written=100, accepted=100, statuses={200: 9, 503: 1})
    made = Result(tally, 10.0, stored=100)
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def test_a_sound_load_is_called_so() -> None:
    found = describe(result(holes=[0, 0]))
    assert found["ok"] and found["not_stored"] == 0
    assert found["slow"]["caught_up"] == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"left": 1},
        {"absent": 1},
        {"missing": 1},
        {"holes": [0, 3]},
        {"stored": 99},
        {"tally": Tally(written=100, statuses={401: 1})},
        {"tally": Tally(written=100, lost=1)},
    ],
)
def test_whatever_went_wrong_is_not_called_sound(wrong: dict[str, Any]) -> None:
    assert not describe(result(**wrong))["ok"]


def test_what_a_seat_still_holds_is_not_called_lost() -> None:
    assert describe(result(stored=97, left=3))["not_stored"] == 0
    assert describe(result(stored=99, left=3))["not_stored"] == 0  # only the answer was lost


def test_an_outage_is_reckoned_from_what_came_home() -> None:
    found = drained(result(backlog=60_000, drained=6.0))
    assert (found["events_per_s"], found["seconds"]) == (10_000.0, 6.0)
    assert found["outage_minutes"] == OUTAGE_EVENTS / 10_000 / 60
    part = result(backlog=60_000)  # ten seconds were not enough
    part.tally.accepted = 20_000
    assert drained(part)["events_per_s"] == 2_000.0
    assert drained(part)["seconds"] == 0.0


@pytest.mark.parametrize(
    "line",
    [
        [],
        ["--server", "http://h:1"],
        ["--self", "--storm", "--slow", "1"],
        ["--self", "--storm", "--backlog", "5"],
        ["--server", "http://h:1", "--admin-file", "f", "--storm"],
    ],
)
def test_what_makes_no_sense_is_refused(line: list[str]) -> None:
    with pytest.raises(SystemExit):
        parsed(line)
