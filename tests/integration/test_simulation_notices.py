"""The simulation can fail: mistakes made on purpose are noticed within a few histories."""

from __future__ import annotations

import pytest

from tests.simulation.histories import failure, first_failure
from tests.simulation.mistakes import MISTAKES, Mistake

BUDGET = 60
"""Most histories until a mistake has to be noticed."""
BEGIN = {"no_epoch_check": 7, "no_id_check": 7, "cursor_before_data": 3, "no_clock_clamp": 4}
BEGIN |= {"naive_common_ancestor": 19}
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
