"""Colleagues' calls for help: a list on a leader's console, taken with one key.

It stands over whatever is shown; nothing typed below is touched.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical

from agentdesk.domain.followups import EscalationView
from agentdesk.tui.dialog import Dialog
from agentdesk.tui.fitting import heights
from agentdesk.tui.keymap import display
from agentdesk.tui.panels import help_calls as panel
from agentdesk.tui.panels.common import View
from agentdesk.tui.widgets.lines import Line, LinesPanel, line
from agentdesk.tui.widgets.rows import RowList

if TYPE_CHECKING:
    from agentdesk.tui.with_server import WithServer

DETAIL = 5
"""Rows kept for the chosen one in full; a long proposal takes more, where there are more."""

_AROUND = 6
"""Rows of the dialog's edges, title, gaps and keys."""


class HelpCalls(Dialog[None]):
    """The list; see the module."""

    DEFAULT_CSS = """
    HelpCalls.-wide > .box { max-width: 140; }
    HelpCalls #help-rows { margin: 1 0; }
    HelpCalls #help-hint { margin-top: 1; }
    """
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (150, "-wide")]
    BINDINGS = [Binding("backspace", "leave", show=False)]

    def __init__(self, console: WithServer) -> None:
        super().__init__(opener="help-calls")
        self._seat = console
        self._view = console.view()
        self._list: RowList[EscalationView] = RowList(self._row, id="help-rows")

    def compose(self) -> ComposeResult:
        """Title, rows, the chosen one, keys."""
        detail = LinesPanel(id="help-detail", classes="lines")
        hint = LinesPanel(id="help-hint", classes="title")
        with Vertical(classes="box"):
            yield LinesPanel(id="help-title", classes="title")
            yield self._list
            yield detail
            yield hint

    def on_mount(self) -> None:
        """The one that waits longest is chosen."""
        self._list.focus()
        self.refill()

    def refill(self) -> None:
        """Something was raised, taken or confirmed: the same one stays chosen."""
        if not self.whole:
            return
        snapshot = self._seat.snapshot
        rows = [*panel.for_me(snapshot), *panel.settled(snapshot)]
        chosen = self._list.selected
        at = next((n for n, each in enumerate(rows) if chosen and each.id == chosen.id), 0)
        self._list.set_rows(rows, at)
        self.tick(self._seat.clock())

    def tick(self, now: datetime) -> None:
        """A second has passed: the clocks go on."""
        if not self.whole:
            return
        self._view = View(self.s, now, self._seat.zone)
        self._list.refresh()
        waiting = sum(item.state == "sent" for item in self._list.rows)
        count = (f"  {waiting}", "warn bold" if waiting else "quiet")
        title = line((self.s("help.list"), "bright bold"), count)
        self.query_one("#help-title", LinesPanel).set_lines([title])
        keys = self._seat.keymap.get("take-help", ())
        key = f"Enter/{display(keys[0])}" if keys else "Enter"
        hint = self.s("help.hint", key=key)
        self.query_one("#help-hint", LinesPanel).set_lines([line((hint, "quiet"))])
        self._show_detail()

    def _show_detail(self) -> None:
        detail = self.query_one("#help-detail", LinesPanel)
        item, snapshot = self._list.selected, self._seat.snapshot
        lines = panel.detail_lines(item, snapshot, self._view, detail.size.width or 60)
        lines = lines or [line((self.s("help.none"), "quiet"))]
        count = len(self._list.rows)
        room = self.room - _AROUND
        above, below = heights(room, count, len(lines), DETAIL if count else 1)
        self._list.styles.height, detail.styles.height = above, below
        self._list.display = count > 0
        detail.set_lines(lines[:below])

    def _row(self, item: EscalationView, width: int, selected: bool) -> Line:
        return panel.row_line(item, self._seat.snapshot, self._view, width, selected=selected)

    def on_row_list_moved(self, event: RowList.Moved) -> None:
        """Another one is chosen."""
        event.stop()
        self._show_detail()

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """Enter or a click."""
        event.stop()
        self.action_take()

    def on_resize(self) -> None:
        """Wrap anew."""
        self.once_drawn(self._show_detail)

    def command_pressed(self, command_id: str) -> bool:
        """The key that takes one from anywhere takes the chosen one here."""
        if command_id == "take-help":
            self.action_take()
            return True
        return super().command_pressed(command_id)

    def action_take(self) -> None:
        """Take the chosen one."""
        item = self._list.selected
        if item is not None:
            self._seat.take_help(item)
