"""What whoever sits at a seat has been shown, and must not miss at the next look.

Two promises of their own, asked at every moment of the storm and not only after it:

* *read your writes*: what a person did is there at once, and stays until the server refuses it;
* *monotonic reads*: what a seat has shown of others does not vanish, and no scope goes back.

Histories that go back themselves release them: a disk put back or replaced starts anew; after an
older backup of the server was put back only own acts are held to it, and after the rights of a
person changed so are theirs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentdesk.domain.events import Event
from agentdesk.store.project import Key

if TYPE_CHECKING:
    from tests.simulation.seats import Seat

LOOKED_AT = 12
"""Entities looked at again each time: those seen last."""


class Reads:
    """One seat's memory of what it was shown.

    Attributes:
        others: whether it is held to what it has shown of others.
    """

    def __init__(self, others: bool = True) -> None:
        self.others = others
        self._seen: dict[Key, set[str]] = {}
        self._own: dict[Key, set[str]] = {}
        self._places: dict[str, int] = {}

    def only_own(self) -> None:
        """The past of others may have changed."""
        self.others = False
        self._seen.clear()
        self._places.clear()

    def wrote(self, seat: Seat, events: list[Event]) -> None:
        """Acts were acknowledged: they are there at once."""
        for event in events:
            state = seat.store.state(event.entity, event.entity_id)
            changes = event.body.get("set")
            if changes is None:
                assert event.id in state.items, "I5 own writes: an act is not there at once"
                self._own.setdefault((event.entity, event.entity_id), set()).add(event.id)
                continue
            for name, value in changes.items():
                assert state.fields.get(name) == (event.stamp, event.id, value), (
                    f"I5 own writes: {name} is not there at once"
                )

    def look(self, seat: Seat) -> None:
        """Look again at what was seen, and at what there is now."""
        keys = [*dict.fromkeys([*reversed(self._seen), *reversed(self._own)])][:LOOKED_AT]
        for call in seat.calls[-3:]:
            keys.append(("call", call))
        for key in dict.fromkeys(keys):
            found = {str(id) for id in seat.store.state(*key).items}
            gone = (self._own.get(key, set()) | self._seen.get(key, set())) - found
            gone -= seat.world.purged | refused(seat, gone)
            assert not gone & self._own.get(key, set()), f"I5 own writes: {key} lost {len(gone)}"
            assert not gone, f"I5 monotonic reads: {key} lost {len(gone)}"
            if self.others:
                self._seen[key] = found
        if not self.others:
            return
        for scope, place in seat.replica.cursors().items():
            before = self._places.get(scope, 0)
            assert place.cursor.seq >= before, f"I5 monotonic reads: {scope} went back"
            self._places[scope] = place.cursor.seq


def refused(seat: Seat, ids: set[str]) -> set[str]:
    """Those the server did not accept."""
    rows = [
        seat.store.connection.execute(
            "SELECT verdict FROM event WHERE id = ?", (bytes.fromhex(id),)
        ).fetchone()
        for id in sorted(ids)
    ]
    return {
        id for id, row in zip(sorted(ids), rows, strict=True) if row and row[0] not in (None, "ok")
    }
