"""When nothing is on its way: what a sub-command that sends waits for."""

from __future__ import annotations

import pytest

from agentdesk.sync.status import Reason, State, Status

HELD = Reason("waits_for", {"actor": "8012", "count": 2})
OTHERS = Reason("waits_for", {"actor": "8013", "count": 1})


@pytest.mark.parametrize(
    ("state", "waiting", "reasons", "settled"),
    [
        (State.SYNCED, 0, (), True),
        (State.SENDING, 2, (HELD,), True),
        (State.SENDING, 3, (HELD, OTHERS), True),
        (State.SENDING, 3, (HELD,), False),  # one could go up now
        (State.SENDING, 1, (), False),
        (State.SENDING, 2, (Reason("network"), HELD), False),
        (State.OFFLINE, 2, (HELD,), False),
        (State.REFUSED, 0, (), False),
        (State.RESET, 2, (HELD,), False),
    ],
)
def test_settled(state: State, waiting: int, reasons: tuple[Reason, ...], settled: bool) -> None:
    assert Status(state, waiting=waiting, reasons=reasons).settled is settled
