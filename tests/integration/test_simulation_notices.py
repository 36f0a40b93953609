"""The simulation can fail: mistakes made on purpose are noticed within a few histories."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.simulation.histories import failure, first_failure, kept
from tests.simulation.mistakes import MISTAKES, OF_OLD, Mistake

BUDGET = 60
"""Most histories until a mistake has to be noticed."""
BEGIN = {
    "no_authorisation": 2,
    "no_clock_clamp": 10,
    "no_epoch_check": 7,
    "no_id_check": 7,
    "delete_on_acknowledgement": 2,
    "wipe_on_reset": 1,
    "cursor_before_data": 5,
    "per_row_commit": 5,
    "acknowledged_from_reply": 2,
    "partial_push": 6,
    "no_way_back": 1,
    "own_verdicts_ignored": 2,
}
"""Seeds to begin with, to save time; the next ones follow."""
HELD = ("AssertionError", "I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "check", "parked")


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.__name__)
def test_a_mistake_is_noticed(mistake: Mistake) -> None:
    with pytest.MonkeyPatch.context() as patch:
        mistake(patch)
        begin = BEGIN.get(mistake.__name__, 0)
        found = first_failure(range(begin, begin + BUDGET), 150)
    assert found is not None, f"nobody noticed: {mistake.__doc__}"
    history, wrong = found
    print(f"{mistake.__name__}: seed {history.seed}: {wrong.said[:160]}")
    assert wrong.what.split()[0] in HELD, "noticed for a wrong reason"
    assert failure(history) is None, "it fails without the mistake, too"


@pytest.mark.parametrize("name", OF_OLD)
def test_a_mistake_made_again_is_noticed_by_the_history_it_was_found_in(name: str) -> None:
    path = Path(__file__).parents[1] / "data" / "histories" / f"{name}.json"
    with pytest.MonkeyPatch.context() as patch:
        OF_OLD[name](patch)
        assert failure(kept(path.read_bytes())) is not None
