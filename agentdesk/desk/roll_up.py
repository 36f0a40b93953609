"""What a team leader sees instead of one alarm for each order: counts by owner, area, state.

Pure: from what the store counted to rows in the order they should be looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from agentdesk.domain.ticket.state import TicketState
from agentdesk.store.ticket_rollup import DIMENSIONS, Count

_STATES = {state.value: at for at, state in enumerate(TicketState)}


class Tally(Struct, frozen=True):
    """One row: the open orders that have one value in common.

    Attributes:
        key: the value; empty where it was not filled in.
        late, red, amber, paused: see :mod:`agentdesk.store.ticket_rollup`.
        oldest, due: when the first of them was taken in, and is due, milliseconds since 1970;
            None without any.
    """

    key: str
    total: int = 0
    late: int = 0
    red: int = 0
    amber: int = 0
    paused: int = 0
    oldest: int | None = None
    due: int | None = None

    @property
    def calm(self) -> int:
        """How many are in time and run."""
        return self.total - self.late - self.red - self.amber - self.paused


class RollUp(Struct, frozen=True):
    """The whole of it at one instant.

    Attributes:
        at: milliseconds since 1970.
        whole: all open orders.
        groups: by each of ``DIMENSIONS``, what is worst first (states in their own order).
        pending: due times are still being reckoned; the counts are not whole yet.
    """

    at: int
    whole: Tally
    groups: Mapping[str, tuple[Tally, ...]]
    pending: bool = False

    @property
    def unassigned(self) -> int:
        """Orders nobody follows."""
        return sum(row.total for row in self.groups["owner"] if not row.key)


def rolled_up(found: Iterable[Count], at: int) -> RollUp:
    """The counts by each dimension."""
    whole = Tally("")
    groups: dict[str, dict[str, Tally]] = {name: {} for name in DIMENSIONS}
    for count in found:
        whole = _with(whole, count)
        for name, rows in groups.items():
            key = getattr(count, name) or ""
            rows[key] = _with(rows.get(key) or Tally(key), count)
    worst = {name: tuple(sorted(rows.values(), key=_worst)) for name, rows in groups.items()}
    worst["state"] = tuple(sorted(worst["state"], key=lambda row: _STATES.get(row.key, 99)))
    return RollUp(at, whole, worst)


def _with(row: Tally, count: Count) -> Tally:
    return replace(
        row,
        total=row.total + count.total,
        late=row.late + count.late,
        red=row.red + count.red,
        amber=row.amber + count.amber,
        paused=row.paused + count.paused,
        oldest=_least(row.oldest, count.oldest),
        due=_least(row.due, count.due),
    )


def _least(*moments: int | None) -> int | None:
    return min((moment for moment in moments if moment is not None), default=None)


def _worst(row: Tally) -> tuple[int, int, int, int, str]:
    return -row.late, -row.red, -row.amber, -row.total, row.key
