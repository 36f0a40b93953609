"""What one look leaves out of a table's ids is never one the table holds."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from agentdesk.store.nearby import NEAR, near

NUMBERS = st.lists(st.integers(0, 400), max_size=120)


def ids_of(numbers: list[int]) -> list[str]:
    """Ids of 32 digits, the same number the same id."""
    return [f"{number:032x}" for number in numbers]


@given(st.sets(st.integers(0, 400)), NUMBERS)
@example(set(), [])
@example({5}, [5, 5, 4])
@example(set(range(NEAR)), list(range(400)))
@example(set(range(NEAR - 1)), list(range(400)))
def test_nothing_the_table_holds_is_left_out(table: set[int], asked: list[int]) -> None:
    """In the order asked for; and all that is left is there, or everything is to be searched."""
    held, wanted = set(ids_of(sorted(table))), ids_of(asked)

    def between(first: bytes, last: bytes, most: int) -> list[bytes]:
        keys = sorted(map(bytes.fromhex, held))
        return [key for key in keys if first <= key <= last][:most]

    found = list(near(wanted, between))
    assert [id for id in found if id in held] == [id for id in wanted if id in held]
    assert found == wanted or set(found) <= held
