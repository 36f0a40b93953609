"""Today's calls with the timeline of the one under the cursor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.message import Message
from textual.widget import Widget

from agentdesk.desk.snapshot import Day, Moment
from agentdesk.domain.pack import Pack
from agentdesk.tui.panels.common import View, heading
from agentdesk.tui.panels.today import call_line, timeline_lines
from agentdesk.tui.widgets.lines import Line, LinesPanel
from agentdesk.tui.widgets.rows import RowList

if TYPE_CHECKING:
    from agentdesk.store.rows import CallRow


class TodayPane(Widget):
    """The list and, below it, the timeline.

    ``TodayPane.Wanted`` asks for the timeline of a call, ``TodayPane.Opened`` for its card.
    """

    DEFAULT_CSS = """
    TodayPane { height: 1fr; width: 1fr; layout: vertical; }
    TodayPane > #today-title { height: 1; }
    TodayPane > #today-list { height: 2fr; }
    TodayPane > #today-line-title { height: 2; }
    TodayPane > #today-line { height: 1fr; }
    """

    @dataclass
    class Wanted(Message):
        """The cursor stands on a call."""

        call_id: str

    @dataclass
    class Opened(Message):
        """Enter on a call."""

        call_id: str

    def __init__(self, view: View, pack: Pack) -> None:
        super().__init__(id="today")
        self._view = view
        self._day = Day((), {}, pack)
        self._moments: Sequence[Moment] = ()
        self.list: RowList[CallRow] = RowList(self._row, id="today-list")
        self.title_line = LinesPanel(id="today-title")
        self.line_title = LinesPanel(id="today-line-title")
        self.line_panel = LinesPanel(id="today-line")

    def compose(self) -> ComposeResult:
        """List over timeline."""
        yield self.title_line
        yield self.list
        yield self.line_title
        yield self.line_panel

    def _row(self, row: CallRow, width: int, selected: bool) -> Line:
        return call_line(row, self._view, self._day.pack_of(row.id), width, selected)

    def show(self, day: Day, view: View) -> None:
        """Show these calls; the cursor stays on the call it stood on."""
        s, rows = view.s, day.calls
        at = self.list.selected.id if self.list.selected else ""
        self._view, self._day = view, day
        cursor = next((i for i, row in enumerate(rows) if row.id == at), 0)
        count = s("call.list.count", count=len(rows)) if rows else s("call.list.empty")
        self.title_line.set_lines([heading(s("call.panel.today"), count)])
        self.list.set_rows(rows, cursor)
        if not rows:
            self._moments = ()
            self.line_title.set_lines([])
            self.line_panel.set_lines([])
        self.refresh()

    def show_timeline(self, moments: Sequence[Moment]) -> None:
        """Show one call's timeline, its end when it is longer than the place for it."""
        self._moments = moments
        title = self._view.s("call.panel.timeline")
        self.line_title.set_lines([Line(), heading(title)])
        pack = self._day.pack_of(self.list.selected.id if self.list.selected else "")
        lines = timeline_lines(moments, self._view, pack, self.line_panel.size.width)
        height = max(1, self.line_panel.size.height)
        self.line_panel.set_lines(lines[-height:] if len(lines) > height else lines)

    def on_resize(self) -> None:
        """Wrap the timeline anew."""
        if self._moments:
            self.call_after_refresh(self.show_timeline, self._moments)

    def on_row_list_moved(self, event: RowList.Moved) -> None:
        """Ask for the timeline."""
        event.stop()
        if self.list.selected is not None:
            self.post_message(self.Wanted(self.list.selected.id))

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """Open the card."""
        event.stop()
        if self.list.selected is not None:
            self.post_message(self.Opened(self.list.selected.id))
