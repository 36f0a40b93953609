"""The leader's roll-up: every open order counted by owner, area, state, department, category.

::

    app.push_screen(RollUpScreen(snapshot, go_to))

Opened from the board, and left with the same key or Esc. It counts anew every few seconds; a
row leads to its orders on the board.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.message import Message

from agentdesk.desk.roll_up import RollUp, Tally
from agentdesk.desk.snapshot import Snapshot
from agentdesk.store.rows import TicketRow
from agentdesk.store.ticket_rollup import DIMENSIONS
from agentdesk.tui.commands.board import ROLL_UP
from agentdesk.tui.frame import FrameScreen
from agentdesk.tui.panels import roll_up as draw
from agentdesk.tui.panels.board_items import Namer
from agentdesk.tui.panels.board_lists import Spot
from agentdesk.tui.panels.common import View
from agentdesk.tui.widgets.lines import Line, LinesPanel
from agentdesk.tui.widgets.rows import RowList

if TYPE_CHECKING:
    from agentdesk.tui.app import ConsoleApp

AGAIN = timedelta(seconds=10)
"""Counted anew after so long."""


class Groups(RowList[Tally]):
    """The groups; what stands above them has their columns."""

    class Resized(Message):
        """It has another width."""

    def on_resize(self) -> None:
        """Have the lines above drawn anew, too."""
        super().on_resize()
        self.post_message(self.Resized())


class RollUpScreen(FrameScreen):
    """The screen; see the module.

    Args:
        snapshot: the desk as it is now.
        go_to: shows a list of the board.
    """

    PLACE = "board"
    ACTS = ROLL_UP
    AUTO_FOCUS = "#roll-rows"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-middle"), (150, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (32, "-tall")]
    BINDINGS = [
        Binding("right", "group_by(1)", show=False),
        Binding("left", "group_by(-1)", show=False),
    ]
    DEFAULT_CSS = """
    RollUpScreen #roll-columns { height: 1fr; }
    RollUpScreen #roll-main { width: 1fr; height: 1fr; padding: 1 1 0 0; }
    RollUpScreen #roll-sums { height: 1; padding: 0 0 0 1; }
    RollUpScreen #roll-groups { height: 2; padding: 0 0 1 1; }
    RollUpScreen #roll-head { height: 1; }
    RollUpScreen #roll-rows { height: 1fr; }
    RollUpScreen #roll-side { width: 38; height: 1fr; padding: 1 1 0 1; }
    RollUpScreen.-wide #roll-side { width: 52; }
    RollUpScreen.-narrow #roll-columns { layout: vertical; }
    RollUpScreen.-narrow #roll-side { width: 100%; height: 10; }
    RollUpScreen.-short #roll-main { padding: 0; }
    RollUpScreen.-short #roll-groups { height: 1; padding: 0 0 0 1; }
    """

    def __init__(self, snapshot: Snapshot, go_to: Callable[[Spot], None]) -> None:
        super().__init__()
        self._snapshot = snapshot
        self._go_to = go_to
        self.by = DIMENSIONS[0]
        self.found: RollUp | None = None
        self.orders: tuple[TicketRow, ...] = ()
        self.reading = False
        self._of: tuple[str, str] | None = None  # the group whose orders are shown
        self._next: datetime | None = None
        self.rows = Groups(self._line, id="roll-rows")
        self.side = LinesPanel(id="roll-side")

    @property
    def console(self) -> ConsoleApp:
        """The app."""
        return cast("ConsoleApp", self.app)

    def compose_body(self) -> ComposeResult:
        """The table, and the orders of the row under the cursor."""
        with Horizontal(id="roll-columns"):
            with Vertical(id="roll-main"):
                yield LinesPanel(id="roll-sums")
                yield LinesPanel(id="roll-groups")
                yield LinesPanel(id="roll-head")
                yield self.rows
            yield self.side

    def namer(self) -> Namer:
        """Names categories by the seat's standard."""
        return Namer(self.s, self._snapshot.pack, self._snapshot.profile.agent_no)

    def view(self) -> View:
        """What panels need to draw."""
        return View(self.s, self.console.clock(), self.console.zone)

    # ------------------------------------------------------------------------ reading

    def on_mount(self) -> None:
        """Paint first, count behind it."""
        super().on_mount()
        self.draw()
        self.load()

    def load(self) -> None:
        """Count anew."""
        self.reading = True
        self._next = self.console.clock() + AGAIN
        self.console.port.run(lambda desk: desk.tickets.roll_up(), self._counted)

    def _counted(self, found: RollUp) -> None:
        if not self.whole:
            return
        self.reading = False
        self.found = found
        if found.pending:
            self._next = None
        here = self.rows.selected
        self._show_rows(here.key if here is not None else None)

    def _show_rows(self, key: str | None) -> None:
        rows = self.found.groups[self.by] if self.found is not None else ()
        at = next((n for n, row in enumerate(rows) if row.key == key), self.rows.index)
        self.rows.set_rows(rows, at)
        self._of = None
        self.draw()
        self._read_orders()

    def _read_orders(self) -> None:
        """The orders of the row under the cursor."""
        row, by = self.rows.selected, self.by
        of = (by, row.key) if row is not None else None
        if of == self._of:
            return
        self._of = of
        if row is None:
            self.orders = ()
            self.draw_side()
            return
        key = row.key

        def show(found: tuple[TicketRow, ...]) -> None:
            if self.whole and self._of == of:
                self.orders = found
                self.draw_side()

        self.console.port.run(lambda desk: desk.tickets.of_group(by, key), show)

    def tick(self, now: datetime) -> None:
        """Times go on; the counts are read again after a while."""
        if self.app.screen is not self:
            return
        if not self.reading and (self._next is None or now >= self._next):
            self.load()
        self.draw_side()

    def on_screen_resume(self) -> None:
        """Shown again: what others did meanwhile counts."""
        super().on_screen_resume()
        if self.found is not None and not self.reading:
            self.load()

    def relabel(self) -> None:
        """All texts in another language."""
        self.draw()

    # ------------------------------------------------------------------------ drawing

    def draw(self) -> None:
        """Everything."""
        width = max(20, self.rows.size.width)
        sums = draw.sum_line(self.found, self.s, width)
        self.query_one("#roll-sums", LinesPanel).set_lines([sums])
        groups = draw.group_line(self.found, self.by, self.s)
        self.query_one("#roll-groups", LinesPanel).set_lines([groups])
        head = draw.head_line(self.by, draw.columns(width, self.s), self.s)
        self.query_one("#roll-head", LinesPanel).set_lines([head])
        self.rows.refresh()
        self.draw_side()

    def draw_side(self) -> None:
        """The orders of the row under the cursor."""
        width = max(20, self.side.size.width)
        self.side.set_lines(
            draw.urgent_lines(
                self.by, self.rows.selected, self.orders, self.view(), self.namer(), width
            )
        )

    def _line(self, row: Tally, width: int, here: bool) -> Line:
        found = self.found
        rows = found.groups[self.by] if found is not None else ()
        most = max((each.total for each in rows), default=0)
        at = found.at if found is not None else 0
        shape = draw.columns(width, self.s)
        return draw.tally_line(row, self.by, shape, most, at, self.namer(), here=here)

    def on_groups_resized(self, event: Groups.Resized) -> None:
        """Other columns."""
        event.stop()
        self.draw()

    # --------------------------------------------------------------------------- acts

    def on_row_list_moved(self, event: RowList.Moved) -> None:
        """Another row: its orders."""
        event.stop()
        self._read_orders()
        self.draw_side()

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """Enter: the orders of the row on the board."""
        event.stop()
        row = self.rows.selected
        if row is None or not self.is_active:  # a second Enter of the same burst
            return
        if not draw.has_list(self.by, row.key):
            self.frame.say(self.s("roll.no_list"), "warning")
            return
        name = draw.name_of(self.by, row.key, self.namer())
        self.app.pop_screen()
        self._go_to(Spot("group", group=(self.by, row.key, name)))

    def action_group_by(self, step: int = 1) -> None:
        """By something else."""
        at = DIMENSIONS.index(self.by)
        self.by = DIMENSIONS[(at + step) % len(DIMENSIONS)]
        self.rows.set_rows(())
        self._show_rows(None)

    def action_roll_up(self) -> None:
        """The key that opened it closes it."""
        self.app.pop_screen()

    def leads_back(self) -> bool:
        """To the board it was opened from."""
        return True

    def action_leave_field(self) -> None:
        """Esc: back to the board."""
        self.app.pop_screen()
