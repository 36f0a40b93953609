"""Which time an event counts by, whatever the clocks say."""

from __future__ import annotations

import pytest

from agentdesk.server.admission import right_stamp
from agentdesk.server.service import Service
from tests.server_kit import (
    DAY,
    HOUR,
    NOW,
    Clock,
    Numbered,
    Seat,
    caller,
    entity,
    everything,
    read_all,
)

CALL = entity(1)


def test_a_clock_that_is_right_enough_is_left_alone() -> None:
    hlc = (NOW - HOUR) << 16 | 7
    assert right_stamp(hlc, NOW, NOW - 120_000) == hlc
    assert right_stamp(hlc, NOW, NOW - 120_001) == hlc + (120_001 << 16)
    assert right_stamp((NOW + HOUR) << 16, NOW, NOW) == (NOW + 60_000) << 16 | 0xFFFF
    assert right_stamp(5, NOW, 10**30) == 0
    assert right_stamp(5, NOW, -(10**30)) == (NOW + 60_000) << 16 | 0xFFFF


@pytest.mark.parametrize("off", [-DAY, -HOUR, 0, HOUR, DAY])
def test_a_wrong_clock_wins_no_field(service: Service, seat: Seat, clock: Clock, off: int) -> None:
    wrong = Seat(caller("8002", seat="s2", install="b" * 32), clock, Numbered(2), off=off)
    wrong.push(service, wrong.write("call.set", CALL, set={"note": "先"}))
    clock.now += 1000
    seat.push(service, seat.write("call.set", CALL, set={"note": "后"}))
    assert service.state("call", CALL).value("note") == "后"
    assert all(one.eff >> 16 <= NOW + 61_000 for one in everything(service))


def test_a_seats_own_order_holds_though_the_servers_clock_goes_back(
    service: Service, seat: Seat, clock: Clock
) -> None:
    events = []
    for step in (0, 5000, -HOUR, 1, -DAY, HOUR):
        clock.now += step
        events += [seat.write("call.ticked", CALL), seat.write("call.unticked", CALL)]
        seat.push(service, *events[-2:])
    effs = [one.eff for one in read_all(service, seat.who, "team:A")]
    assert effs == sorted(set(effs)) and len(effs) == 12


def test_an_old_edit_pushed_late_loses_to_a_newer_one(
    service: Service, seat: Seat, clock: Clock
) -> None:
    early = seat.write("call.set", CALL, set={"note": "九点四十"})
    clock.now += HOUR
    other = Seat(caller("8002", seat="s2", install="b" * 32), clock, Numbered(2))
    other.push(service, other.write("call.set", CALL, set={"note": "十点"}))
    clock.now += HOUR
    seat.push(service, early)
    assert service.state("call", CALL).value("note") == "十点"
