"""Keys that belong to a call and, where they mean nothing, to the text field that is typed in."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from textual.actions import SkipAction

from agentdesk.tui.quick import QuickApp


@runtime_checkable
class Edited(Protocol):
    """A text field with editing keys of its own."""

    def edits_by(self, key: str) -> bool:
        """Whether it edits its text with a key."""
        ...


def leave_to_field(app: QuickApp[None]) -> None:
    """Let the focused text field have the key that was pressed, if it edits by it.

    Raises:
        SkipAction: it does.
    """
    field = app.focused
    if isinstance(field, Edited) and field.edits_by(app.pressed):
        raise SkipAction
