"""The board's layout, reading and drawing; what its keys do is in ``board`` and ``board_acts``.

Lists are read on the desk's thread and shown when they come; the first paint waits for
nothing. What an order says of itself is read once the cursor has rested on it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, cast

from msgspec.structs import replace
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.timer import Timer

from agentdesk.desk.snapshot import Snapshot
from agentdesk.domain.events import EntityId
from agentdesk.domain.moments import to_ms
from agentdesk.errors import SlaError
from agentdesk.strings import Strings
from agentdesk.tui.frame import FrameScreen
from agentdesk.tui.keymap import display
from agentdesk.tui.panels.board_clocks import why_lines
from agentdesk.tui.panels.board_detail import Detail, head_lines, owed_rows, sheet_rows, ticked
from agentdesk.tui.panels.board_items import Item, Kind, Namer
from agentdesk.tui.panels.board_lists import Listing, Reader, Spot
from agentdesk.tui.panels.board_title import empty_lines, state_line, title_line
from agentdesk.tui.panels.common import View
from agentdesk.tui.widgets.board_list import BoardList, BoardSheet, Rows
from agentdesk.tui.widgets.clauses_sheet import SheetRow
from agentdesk.tui.widgets.inputs import SafeInput
from agentdesk.tui.widgets.lines import Line, LinesPanel

if TYPE_CHECKING:
    from agentdesk.desk.desk import Desk
    from agentdesk.tui.app import ConsoleApp

REST_SECONDS = 0.12
"""How long the cursor rests on an order before it is read. Less, and the reading falls between
keys that are pressed one by one, twelve a second."""


class BoardSearch(SafeInput):
    """The search field: arrows move in the list while one types."""

    BINDINGS = [
        Binding("down,ctrl+down", "screen.step(1)", show=False),
        Binding("up,ctrl+up", "screen.step(-1)", show=False),
    ]


class BoardView(FrameScreen):
    """The screen without its acts; see the module.

    Args:
        snapshot: the desk as it is now.
        s, zone: texts and zone to begin with.
    """

    PLACE = "board"
    AUTO_FOCUS = ""
    CSS_PATH = "board.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-middle"), (150, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (32, "-tall")]

    def __init__(self, snapshot: Snapshot, s: Strings, zone: tzinfo) -> None:
        super().__init__()
        self.snapshot = snapshot
        self.rows = BoardList(s, zone, id="board-list")
        self.head = LinesPanel(id="board-head")
        self.sheet = BoardSheet(lambda count: self.s("std.more", count=count), id="board-sheet")
        self.spot = Spot()
        self.listing = Listing(self.spot, (), 0)
        self._detail: Detail | None = None
        self.problem: SlaError | None = None
        self.reading = True  # the list asked for has not come yet
        self._asked = 0
        self._early: tuple[Listing | SlaError, str] | None = None  # read before it can be shown
        self._composed = False
        self._frame_due = False
        self._moving = False
        self._rest: Timer | None = None
        self._counts: tuple[int, int] = (-1, -1)
        self._tag = ""  # id of the row whose detail is shown

    @property
    def console(self) -> ConsoleApp:
        """The app."""
        return cast("ConsoleApp", self.app)

    def compose_body(self) -> ComposeResult:
        """The list, and the order under the cursor."""
        with Horizontal(id="board-columns"):
            with Vertical(id="board-main"):
                yield LinesPanel(id="board-title")
                yield LinesPanel(id="board-states")
                yield BoardSearch(id="board-search", max_length=80)
                yield self.rows
            with Vertical(id="board-side"):
                yield self.head
                yield self.sheet

    @property
    def search_field(self) -> SafeInput:
        """Where one searches."""
        return self.query_one("#board-search", SafeInput)

    @property
    def item(self) -> Item | None:
        """The row under the cursor."""
        return self.rows.selected

    @property
    def detail(self) -> Detail | None:
        """What was read of the order under the cursor; None while it is that of another."""
        item, detail = self.rows.selected, self._detail
        return detail if item and detail and detail.ticket.id == item.id else None

    def with_detail(self, then: Callable[[Detail], None]) -> None:
        """Go on with what the order under the cursor says of itself, as it is now.

        A key may come before the cursor has rested; what it acts on is read for it.
        """
        item = self.item
        if item is None or item.ticket is None:
            return
        self._read(EntityId(item.id), lambda found: then(found) if found is not None else None)

    def key(self, command_id: str) -> str:
        """The key of a command as people read it."""
        keys = self.frame.keymap.get(command_id, ())
        plain = next((key for key in keys if len(key) == 1), "")
        return display(plain or keys[0]) if keys else "–"

    def view(self) -> View:
        """What panels need to draw."""
        return View(self.s, self.console.clock(), self.console.zone)

    def now(self) -> int:
        """The present instant in milliseconds."""
        return to_ms(self.console.clock())

    def namer(self) -> Namer:
        """Names rows by the standard and the language in force."""
        return Namer(self.s, self.snapshot.pack, self.snapshot.profile.agent_no)

    # ------------------------------------------------------------------------ reading

    def on_mount(self) -> None:
        """Show what was read meanwhile, or paint first and read behind it."""
        super().on_mount()
        self.rows.focus()
        self.search_field.placeholder = self.s("board.search")
        self._composed = True
        if self._early is not None:
            self.reading = False
            self._show(*self._early)
            self._early = None
        elif not self._asked:
            self.load()

    def load(self, keep: str = "") -> None:
        """Read the list again; the cursor stays on its row, or goes to ``keep``.

        It may be asked for before the screen is mounted: reading takes as long as mounting.
        """
        self._asked += 1
        asked, spot = self._asked, self.spot
        reader = Reader(self.namer(), self.snapshot, self.console.clock())

        def read(desk: Desk) -> Listing | SlaError | None:
            if asked != self._asked:  # something else is wanted by now
                return None
            try:
                return reader.read(desk, spot)
            except SlaError as problem:  # of what is typed: told beside it
                return problem

        def show(found: Listing | SlaError | None) -> None:
            if found is None or asked != self._asked:
                return
            if not self._composed:
                self._early = found, keep
            elif self.whole:
                self.reading = False
                self._show(found, keep)

        self.reading = True
        self.console.port.run(read, show)

    def _show(self, found: Listing | SlaError, wanted: str) -> None:
        if isinstance(found, SlaError):
            self.problem = found
            self.draw_title()
            return
        self.problem = None
        if found == self.listing and not wanted and self.rows.rows:
            self.draw_title()  # nothing has changed: whoever reads it is left alone
            self.read_detail()
            return
        again = found.spot == self.listing.spot
        before = self.rows.index if again else 0
        if again and not wanted and self.item is not None:  # where the cursor is by now
            wanted = self.item.id
        self.listing = found
        rows = Rows(found.total, found.items)
        at = rows.find(wanted) if wanted else -1
        if at < 0 and wanted:  # a heading may stand behind rows that were not read
            at = next((g.start for g in found.groups if g.heading.id == wanted), -1)
        self.rows.empty = empty_lines(found.spot, self.key, self.s) if not found.total else ()
        self.rows.show(rows, at if at >= 0 else before, self.now())
        self.draw_title()

    def on_board_list_need(self, event: BoardList.Need) -> None:
        """Rows came into sight that were not read yet."""
        event.stop()
        listing, page = self.listing, event.page
        reader = Reader(self.namer(), self.snapshot, self.console.clock())

        def put(found: tuple[tuple[Item, ...], int | None]) -> None:
            if listing is self.listing:
                self.rows.put(page, *found)

        self.console.port.run(lambda desk: reader.page(desk, listing, page), put)

    def rest(self) -> None:
        """The cursor stands on another row: the right column follows when it stays there."""
        item = self.item
        tag = item.id if item is not None else ""
        self._tag = tag
        self._moving = self._rest is not None
        if self._rest is None:
            self._rest = self.set_timer(REST_SECONDS, self._rested)

    def _rested(self) -> None:
        """Read, unless the cursor went on meanwhile."""
        self._rest = None
        if self._moving:
            self.rest()
        else:
            self.read_detail()

    def read_detail(self) -> None:
        """Read the order under the cursor."""
        item = self.item
        if item is None or item.ticket is None:
            self._detail = None
            self.draw_detail()
            self.refresh_bindings()
            return
        ticket_id = EntityId(item.id)

        def show(found: Detail | None) -> None:
            if self.whole and self._tag == ticket_id:
                keep = self.detail is not None
                self._detail = found
                self.draw_detail(keep=keep)
                self.refresh_bindings()

        self._read(ticket_id, show)

    def _read(self, ticket_id: EntityId, then: Callable[[Detail | None], None]) -> None:
        def read(desk: Desk) -> Detail | None:
            card = desk.tickets.card(ticket_id)
            return None if card is None else Detail(card, desk.tickets.timeline(ticket_id))

        self.console.port.run(read, then)

    # ------------------------------------------------------------------- time, words

    def tick(self, now: datetime) -> None:
        """Draw the figures that have changed."""
        if self.app.current_mode != self.PLACE:
            return
        self.rows.tick(to_ms(now))
        if self.listing.pending and not self.reading:
            self.load()
        detail, width = self.detail, self.head.size.width
        if detail is not None and width:
            self.head.set_lines(ticked(self.head.lines, detail, self.view(), max(10, width)))
        if self.rows.counts(to_ms(now)) != self._counts:
            self.draw_title()

    def take(self, snapshot: Snapshot) -> None:
        """Another picture of the desk. The list is read again when it is shown."""
        before, self.snapshot = self.snapshot, snapshot
        if self.app.current_mode != self.PLACE:
            return
        owed = (before.promises, before.callbacks) != (snapshot.promises, snapshot.callbacks)
        if owed or before.pack is not snapshot.pack or before.profile != snapshot.profile:
            self.load()
        if (before.call is None) != (snapshot.call is None):
            self.refresh_bindings()

    def on_screen_resume(self) -> None:
        """Shown again: catch up with the time and with what others did."""
        super().on_screen_resume()
        if self._asked and not self.reading:
            self.load()
            self.tick(self.console.clock())

    def refresh_frame(self) -> None:
        """Once for all that has changed until the next message is handled."""
        if not self._frame_due:
            self._frame_due = True
            self.soon(self._draw_frame)

    def _draw_frame(self) -> None:
        self._frame_due = False
        super().refresh_frame()

    def relabel(self) -> None:
        """All texts in another language."""
        self.search_field.placeholder = self.s("board.search")
        self.rows.relabel(self.s)
        self.load()
        self.draw_detail()

    def on_board_sheet_resized(self, event: BoardSheet.Resized) -> None:
        """Wrap the right column anew."""
        event.stop()
        self.draw_detail(keep=True)

    # ------------------------------------------------------------------------ drawing

    def draw_title(self) -> None:
        """What list this is, how many are late, which states there are."""
        self._counts = self.rows.counts(self.now())
        width = max(20, self.rows.size.width)
        title = title_line(self.listing, self.spot, self._counts, self.problem, self.s, width)
        states = state_line(self.listing, self.spot, self.s, width)
        self.query_one("#board-title", LinesPanel).set_lines([title])
        self.query_one("#board-states", LinesPanel).set_lines([states])

    def draw_head(self) -> None:
        """The fixed rows of the right column, the clocks among them."""
        item = self.item
        width = max(10, self.head.size.width)
        lines = head_lines(item, self.detail, self.view(), width) if item is not None else []
        self.head.set_lines(lines)

    def draw_detail(self, *, keep: bool = False) -> None:
        """The whole right column."""
        self.draw_head()
        self.head.styles.height = max(1, len(self.head.lines))
        self.sheet.set_sheet(self._sheet(max(10, self.sheet.size.width - 1)), keep=keep)

    def _sheet(self, width: int) -> Sequence[SheetRow]:
        item = self.item
        if item is None:
            return ()
        if self.detail is not None:
            return sheet_rows(self.detail, self.view(), width)
        if item.kind is Kind.TICKET:
            return ()
        if item.kind is Kind.GROUP:
            item = replace(item, title="")  # it stands above already
        return owed_rows(item, self.view(), width, self.hints(item))

    def hints(self, item: Item) -> list[str]:
        """What can be done with a row that is no order."""
        key = f"board.hint.{item.kind.value}"
        if key not in self.s:
            return []
        names = {"c": "follow-ups", "m": "promise-time", "n": "new-order"}
        names |= {"f": "fold-group", "b": "group-by"}
        return [self.s(key, **{sign: self.key(name) for sign, name in names.items()})]

    def explanation(self) -> Sequence[Line]:
        """Help first says why the order's clocks are due when they are."""
        if self.detail is None:
            return ()
        return why_lines(self.detail.card.clocks, self.view(), 80)

    def go_to(self, spot: Spot) -> None:
        """Another list, state or search."""
        if spot != self.spot:
            self.spot = spot
            self.load()
            self.refresh_frame()

    def with_desk(self, work: Callable[[Desk], None]) -> None:
        """Do something at the desk, then read the list again."""
        self.console.port.run(work, lambda _: self.load())

    def step_state(self, step: int, states: Sequence[str]) -> None:
        """The next state of a long list."""
        if not self.spot.staged:
            self.frame.say(self.s("board.no_states"), "warning")
            return
        at = states.index(self.spot.state) if self.spot.state in states else 0
        self.go_to(replace(self.spot, state=states[(at + step) % len(states)]))
