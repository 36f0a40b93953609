"""The exchange with the server: how it stands, what waits and why, what was not accepted.

Nothing can be changed here. What somebody wrote is kept whatever the server said, and can be
copied from here to be written again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical

from agentdesk.desk.remote_views import Held, Transfers
from agentdesk.tui.dialog import Dialog
from agentdesk.tui.fitting import heights
from agentdesk.tui.panels import remote as panel
from agentdesk.tui.panels.common import View
from agentdesk.tui.widgets.lines import Line, LinesPanel, line
from agentdesk.tui.widgets.rows import RowList

if TYPE_CHECKING:
    from agentdesk.tui.with_server import WithServer

DETAIL = 4
"""Rows kept for the chosen entry in full; a long text takes more, where there are more."""

_AROUND = 6
"""Rows of the dialog's edges, title, gaps and keys."""


class SyncScreen(Dialog[None]):
    """The dialog; see the module.

    Args:
        console: the app.

    What waits is read behind it and given to :meth:`show`: a store that was never sent is long.
    """

    DEFAULT_CSS = """
    SyncScreen.-wide > .box { max-width: 140; }
    SyncScreen #sync-rows { margin: 1 0; }
    SyncScreen #sync-hint { margin-top: 1; }
    """
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (150, "-wide")]
    BINDINGS = [
        Binding("backspace", "leave", show=False),
        Binding("c,ctrl+c", "copy", show=False, priority=True),
    ]

    def __init__(self, console: WithServer) -> None:
        super().__init__(opener="sync")
        self._seat = console
        self._transfers: Transfers | None = None  # not read yet
        self._view = console.view()
        self._list: RowList[Held | str] = RowList(
            self._row, selectable=lambda row: not isinstance(row, str), id="sync-rows"
        )

    def compose(self) -> ComposeResult:
        """Title, state, rows, the chosen one, keys."""
        facts = LinesPanel(id="sync-facts", classes="lines")
        detail = LinesPanel(id="sync-detail", classes="lines")
        with Vertical(classes="box"):
            yield LinesPanel([line((self.s("remote.title"), "bright bold"))], classes="title")
            yield facts
            yield self._list
            yield detail
            hint = line((self.s("remote.hint"), "quiet"))
            yield LinesPanel([hint], id="sync-hint", classes="title")

    def on_mount(self) -> None:
        """What was not accepted comes first: it needs somebody."""
        self._list.focus()
        self._fill()

    def show(self, transfers: Transfers) -> None:
        """Other figures; the same entry stays chosen."""
        self._transfers = transfers
        if self.whole and self.is_mounted:
            self._fill()
        else:
            self.soon(self._fill)

    def _fill(self) -> None:
        rows = self._rows()
        chosen = self._list.selected
        at = next((n for n, each in enumerate(rows) if chosen is not None and each == chosen), 0)
        self._list.set_rows(rows, at)
        self.tick(self._seat.clock())

    def _rows(self) -> list[Held | str]:
        s, found = self.s, self._transfers
        if found is None:
            return [s("board.reading")]
        rows: list[Held | str] = []
        if found.refused_count:
            rows += [s("remote.refused", count=found.refused_count), *found.refused]
        if found.waiting_count:
            rows += [s("remote.waiting", count=found.waiting_count), *found.waiting]
            if found.waiting_count > len(found.waiting):
                rows.append(s("remote.more", count=found.waiting_count - len(found.waiting)))
        if found.parked:
            rows.append(s("remote.parked", count=found.parked))
        return rows or [s("remote.nothing")]

    def tick(self, now: datetime) -> None:
        """A second has passed."""
        if not self.whole:
            return
        self._view = View(self.s, now, self._seat.zone)
        self._show_detail()

    def _show_detail(self) -> None:
        panel_ = self.query_one("#sync-facts", LinesPanel)
        facts: Sequence[Line] = self._seat.server_facts(panel_.size.width or 60)
        panel_.styles.height = len(facts)
        panel_.set_lines(facts)
        detail = self.query_one("#sync-detail", LinesPanel)
        row, width = self._list.selected, detail.size.width or 60
        pack, status = self._seat.snapshot.pack, self._seat.status
        found: list[Line] = []
        if isinstance(row, Held):
            found = panel.detail_lines(row, status, self._view, pack, width)
        least = DETAIL if any(isinstance(each, Held) for each in self._list.rows) else 0
        room = self.room - _AROUND - 1 - len(facts)
        above, below = heights(room, len(self._list.rows), len(found), least)
        self._list.styles.height, detail.styles.height = above, below
        detail.display = below > 0
        detail.set_lines(found[:below])

    def _row(self, row: Held | str, width: int, selected: bool) -> Line:
        if isinstance(row, str):
            return line((row, "quiet"))
        pack, status = self._seat.snapshot.pack, self._seat.status
        return panel.held_line(row, status, self._view, pack, width, selected=selected)

    def on_row_list_moved(self, event: RowList.Moved) -> None:
        """Another entry is chosen."""
        event.stop()
        self._show_detail()

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """Enter does nothing here: an entry is read, not opened."""
        event.stop()

    def on_resize(self) -> None:
        """Wrap anew."""
        self.once_drawn(self._show_detail)

    def action_copy(self) -> None:
        """Copy the chosen entry, its texts whole."""
        row = self._list.selected
        if isinstance(row, Held):
            pack, status = self._seat.snapshot.pack, self._seat.status
            self.app.copy_to_clipboard(panel.copied(row, status, self._view, pack))
            self._seat.say(self.s("remote.copied"))
