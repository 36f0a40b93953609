"""Which of many ids a table may hold: mostly none, and one look is enough to say so."""

from __future__ import annotations

from collections.abc import Callable, Sequence

NEAR = 64
"""Ids of a table that are looked at; where as many lie among those asked for, it is searched."""

Between = Callable[[bytes, bytes, int], Sequence[bytes]]
"""Ids of a table from one to another, both included, at most so many."""


def near(ids: Sequence[str], between: Between) -> Sequence[str]:
    """Those of ``ids`` a table may hold, in their order; never leaves one out that it holds.

    Ids go with the time: those of what is new lie beside all that is there, or nearly.

    Args:
        ids: of 32 hexadecimal digits.
        between: asks the table.
    """
    if not ids:
        return ids
    found = between(bytes.fromhex(min(ids)), bytes.fromhex(max(ids)), NEAR)
    if len(found) == NEAR:
        return ids
    here = {id.hex() for id in found}
    return [id for id in ids if id in here] if here else ()
