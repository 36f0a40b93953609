"""The badge of the board in the row of screens: how many of one's own things are late."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agentdesk.tui.app import ConsoleApp


def show_late(app: ConsoleApp, now: datetime) -> None:
    """Orders as they were counted at the last look, promises and callbacks as of ``now``."""
    snapshot = app.snapshot
    dues = [item.due_at for item in snapshot.promises]
    dues += [item.due_at for item in snapshot.callbacks]
    late = app.orders_late + sum(due < now for due in dues)
    if late != app.waiting.get("board", 0):
        app.waiting["board"] = late
        items = app.nav_items()
        for screen in app.frame_screens():
            screen.show_nav(items)
