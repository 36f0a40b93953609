"""Taking back that a promise or callback was settled or put off, just after it was done.

Nothing is deleted: one more event sets the fields back to what they were, so the promise is
open again and due when it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from agentdesk.domain.call.commands import Refused
from agentdesk.domain.events import Draft, Event
from agentdesk.domain.fold import fold
from agentdesk.domain.hlc import wall
from agentdesk.domain.moments import to_ms
from agentdesk.domain.ticket.undo import UNDO_SECONDS

_KINDS = frozenset({"promise.set", "callback.set"})
_AT_FIRST = {"state": "open", "done_at": None, "due_at": None}
"""What the fields are before anybody sets them; a due time of its own is the figure given."""


def undo_owed(
    history: Sequence[Event], actor: str, install: str, now: datetime
) -> tuple[Draft, ...] | Refused:
    """Take back the last act on a promise or callback.

    Args:
        history: every event of it.
        actor, install: who sits here; what others did is not taken back.

    Returns:
        The event that sets it back, or a :class:`Refused`: nothing was done to it, it was
        somebody else's act, it was taken back already, or half a minute has passed.
    """
    acts = [event for event in history if event.kind in _KINDS]
    if not acts:
        return Refused("refused.undo.kept")
    last = max(acts, key=lambda event: (event.stamp, event.id))
    changed = last.body.get("set")
    if "undone" in last.body:
        return Refused("refused.undo.done")
    if (last.actor, last.install) != (actor, install):
        return Refused("refused.undo.other", {"actor": last.actor})
    if not isinstance(changed, dict) or not changed.keys() <= _AT_FIRST.keys():
        return Refused("refused.undo.kept")
    if (now - wall(last.stamp)).total_seconds() > UNDO_SECONDS:
        return Refused("refused.undo.late", {"seconds": UNDO_SECONDS})
    before = fold(event for event in history if event.id != last.id)
    values = {name: before.value(name, _AT_FIRST[name]) for name in changed}
    body = {"at": to_ms(now), "set": values, "undone": last.id}
    return (Draft(last.kind, last.entity, last.entity_id, body),)
