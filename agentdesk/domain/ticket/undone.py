"""Acts that were taken back: which can be, and how readers pass over them."""

from __future__ import annotations

from agentdesk.domain.fold import Item

UNDONE = "ticket.undone"
"""An act was taken back; ``of`` names its events."""

UNDONE_KINDS = frozenset(
    {"ticket.dispatched", "ticket.form_returned", "ticket.followup_owed", "ticket.paused"}
    | {"ticket.resumed", "ticket.nudged", "ticket.read_back", "ticket.reached", "ticket.linked"}
)
"""Kinds that are passed over once they were taken back."""


def pass_over(kinds: dict[str, list[Item]]) -> None:
    """Leave out what was taken back by whoever did it; what nobody can take back stays.

    Args:
        kinds: the acts of a ticket by kind, changed in place.
    """
    named = {(event, item.actor) for item in kinds[UNDONE] for event in _named(item)}
    for kind in UNDONE_KINDS & kinds.keys():
        kinds[kind] = [item for item in kinds[kind] if (item.id, item.actor) not in named]
        if not kinds[kind]:
            del kinds[kind]


def _named(item: Item) -> list[str]:
    """The events a forged body may name in any shape."""
    found = item.body.get("of")
    return [event for event in found if isinstance(event, str)] if isinstance(found, list) else []
