"""The Standards screen's layout and drawing; what its keys do is in ``standards``.

What is shown follows from one small state, :class:`Spot`, and the library as far as it was
read. Packs are read on a thread of their own: the first paint waits for nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container, Horizontal, Vertical

from agentdesk.domain.clause import Clause
from agentdesk.tui.frame import FrameScreen
from agentdesk.tui.keymap import display
from agentdesk.tui.panels.common import heading
from agentdesk.tui.widgets.clauses import (
    ChapterRow,
    ClauseRow,
    ConflictRow,
    Cursor,
    DifferenceRow,
    Heading,
    PackRow,
    Row,
    chapter_line,
    chapter_of,
    chapters,
    pack_line,
    row_line,
)
from agentdesk.tui.widgets.clauses_compare import compare_rows, difference_sheet
from agentdesk.tui.widgets.clauses_detail import clause_sheet, conflict_sheet, pack_sheet
from agentdesk.tui.widgets.clauses_library import Entry, Library
from agentdesk.tui.widgets.clauses_search import fold, search
from agentdesk.tui.widgets.clauses_sheet import Sheet, SheetRow
from agentdesk.tui.widgets.inputs import SafeInput
from agentdesk.tui.widgets.lines import Line, LinesPanel
from agentdesk.tui.widgets.rows import RowList

InForce = Callable[[], tuple[str, ...]]
"""Ids of the standards in force at this seat, the chosen one first."""


class Spot(Struct, frozen=True):
    """Where one is.

    Attributes:
        pack: id of the standard; empty for all of them.
        query: what is searched for.
        rule: the clause under the cursor.
        against: id of the standard it is compared with; empty when it is not.
    """

    pack: str = ""
    query: str = ""
    rule: str = ""
    against: str = ""


class ClauseSearch(SafeInput):
    """The search field: arrows move in the list while one types."""

    BINDINGS = [
        Binding("down,ctrl+down", "screen.step(1)", show=False),
        Binding("up,ctrl+up", "screen.step(-1)", show=False),
        Binding("pagedown", "screen.step(8)", show=False),
        Binding("pageup", "screen.step(-8)", show=False),
    ]


class StandardsView(FrameScreen):
    """The screen without its acts; see the module.

    Args:
        in_force: the standards in force, asked for again whenever it may have changed.
    """

    PLACE = "standards"
    AUTO_FOCUS = ""  # the clauses have the focus, not the first list there is
    # Not in a file of its own: that would style every screen anew when this one is opened.
    DEFAULT_CSS = """
    StandardsView #columns { height: 1fr; }
    StandardsView #left { width: 31; padding: 0 1 0 0; }
    StandardsView #packs-title, StandardsView #chapters-title { height: 2; padding: 1 0 0 3; }
    StandardsView #packs { height: auto; max-height: 60%; }
    StandardsView #chapters { height: 1fr; }
    StandardsView #main { width: 1fr; layout: vertical; padding: 0 1 0 0; }
    StandardsView #find { width: 1fr; height: 1fr; }
    StandardsView #clause-search { margin: 1 0 0 0; }
    StandardsView #clauses-title { height: 2; padding: 1 0 0 1; }
    StandardsView #clauses { height: 1fr; }
    StandardsView #sheet { width: 1fr; height: 1fr; padding: 0 0 0 1; margin: 1 0 0 0; }
    StandardsView.-wide #left { width: 36; }
    StandardsView.-wide #main { layout: horizontal; }
    StandardsView.-wide #sheet { padding: 0 1 0 2; }
    StandardsView.-narrow #left { width: 22; padding: 0; }
    StandardsView.-short #packs-title,
    StandardsView.-short #chapters-title { height: 1; padding: 0 0 0 3; }
    StandardsView.-short #packs { max-height: 13; }
    StandardsView.-short #clause-search { margin: 0; }
    StandardsView.-short #clauses-title { height: 1; padding: 0 0 0 1; }
    StandardsView.-short #find { height: 9; }
    StandardsView.-tall #find { height: 4fr; }
    StandardsView.-tall #sheet { height: 5fr; }
    StandardsView.-wide.-tall #find { width: 3fr; height: 1fr; }
    StandardsView.-wide.-tall #sheet { width: 3fr; height: 1fr; }
    """
    HORIZONTAL_BREAKPOINTS = [
        (0, "-narrow"),
        (100, "-middle"),
        (150, "-wide"),
    ]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (32, "-tall")]

    def __init__(self, in_force: InForce) -> None:
        super().__init__()
        self._in_force = in_force
        self._force: tuple[str, ...] = ()
        self.library = Library()
        self.failed = ""
        self.spot = Spot()
        self.packs: RowList[PackRow] = RowList(
            lambda row, width, on: pack_line(row, self.s, width, self._cursor(self.packs, on)),
            id="packs",
        )
        self.chapters: RowList[ChapterRow] = RowList(
            lambda row, width, on: chapter_line(row, width, self._cursor(self.chapters, on)),
            id="chapters",
        )
        self.clauses: RowList[Row] = RowList(
            lambda row, width, on: row_line(row, self.s, width, self._cursor(self.clauses, on)),
            selectable=lambda row: not isinstance(row, Heading),
            id="clauses",
        )
        self.sheet = Sheet(lambda count: self.s("std.more", count=count), id="sheet")

    def compose_body(self) -> ComposeResult:
        """Standards and sections, search over clauses, the sheet."""
        with Horizontal(id="columns"):
            with Vertical(id="left"):
                yield LinesPanel(id="packs-title")
                yield self.packs
                yield LinesPanel(id="chapters-title")
                yield self.chapters
            with Container(id="main"):
                with Vertical(id="find"):
                    yield ClauseSearch(id="clause-search", max_length=80)
                    yield LinesPanel(id="clauses-title")
                    yield self.clauses
                yield self.sheet

    @property
    def search_field(self) -> SafeInput:
        """Where one searches."""
        return self.query_one("#clause-search", SafeInput)

    @property
    def entry(self) -> Entry | None:
        """The standard that is shown; None for all of them or while it is being read."""
        return self.library.entries.get(self.spot.pack)

    def _key(self, command_id: str) -> str:
        keys = self.frame.keymap.get(command_id, ())
        return display(keys[0]) if keys else "–"

    def _title(self, name: str, content: Line) -> None:
        self.query_one(f"#{name}", LinesPanel).set_lines([content])

    def _cursor(self, rows: RowList[Any], on: bool) -> Cursor:
        """How the cursor stands on a row of a list; typing in the search moves the clauses'."""
        typing = rows is self.clauses and self.focused is self.search_field
        here = rows.has_focus or typing
        return Cursor.AWAY if not on else Cursor.HERE if here else Cursor.RESTS

    # -------------------------------------------------------------------- time, words

    def tick(self, now: datetime) -> None:
        """Another standard may have come into force."""
        if self._in_force() != self._force:
            self.draw_packs()

    def relabel(self) -> None:
        """All texts in another language."""
        self.draw()

    def on_resize(self) -> None:
        """Wrap the sheet anew."""
        self.once_drawn(self.draw_sheet, keep=True)

    # ------------------------------------------------------------------------ drawing

    def draw(self) -> None:
        """Everything."""
        self.search_field.placeholder = self.s("std.search")
        self.draw_packs()
        self.draw_chapters()
        self.draw_clauses()

    def draw_packs(self) -> None:
        """The list of standards, those in force marked."""
        self._force = force = self._in_force()
        entries = self.library.entries
        rows = [PackRow("", None, sum(len(entry.own) for entry in entries.values()))]
        for pack_id in self.library.ids:
            entry = entries.get(pack_id)
            count = len(entry.clauses) if entry else 0
            rows.append(PackRow(pack_id, entry, count, pack_id in force))
        at = next((i for i, row in enumerate(rows) if row.id == self.spot.pack), 0)
        self.packs.styles.height = len(rows)
        self.packs.set_rows(rows, at)
        legend = self.s("std.force")
        if any(entry.problems for entry in entries.values()):
            legend += f" {self.s('std.broken')}"
        self._title("packs-title", heading(self.s("std.packs"), legend))

    def draw_chapters(self) -> None:
        """The sections of the standard that is shown."""
        rows = chapters(self.entry.clauses) if self.entry else []
        self.chapters.set_rows(rows)
        self.mark_chapter()
        self._title("chapters-title", heading(self.s("std.chapters")) if rows else Line())

    def mark_chapter(self) -> None:
        """Let the cursor of the sections rest on the one the clause stands in."""
        row = self.clauses.selected
        if isinstance(row, ClauseRow) and not self.chapters.has_focus:
            name = chapter_of(row.clause)
            at = (i for i, each in enumerate(self.chapters.rows) if each.name == name)
            self.chapters.move_to(next(at, 0))

    def draw_clauses(self) -> None:
        """The middle list, the cursor on the clause of the spot, and the sheet."""
        rows = self._comparison() if self.spot.against else self._clauses()
        at = next((i for i, row in enumerate(rows) if self._is_spot(row)), 0)
        self.clauses.set_rows(rows, at)
        if isinstance(here := self.clauses.selected, ClauseRow):
            self.stand_on(here)
        self._draw_title(sum(not isinstance(row, Heading) for row in rows))
        self.draw_sheet()
        self.refresh_bindings()

    def stand_on(self, row: ClauseRow) -> None:
        """The cursor stands on a clause."""
        self.spot = replace(self.spot, rule=row.clause.id)
        self.mark_chapter()

    def _is_spot(self, row: Row) -> bool:
        return isinstance(row, ClauseRow) and row.clause.id == self.spot.rule

    def _clauses(self) -> list[Row]:
        if self.spot.pack:
            entries = [self.entry] if self.entry else []
        else:
            entries = list(self.library.listed())
        if self.spot.query.strip():
            known = {f.clause.id: f for entry in entries for f in entry.found}
            return [ClauseRow(each) for each in search(known.values(), self.spot.query)] or [
                Heading(self._nothing())
            ]
        rows: list[Row] = []
        for entry in entries:
            own = entry.clauses if self.spot.pack else entry.own
            if not self.spot.pack and own:
                rows.append(Heading(entry.id, entry.title.get(self.s.language)))
            rows += [ClauseRow(clause) for clause in own]
        return rows or [Heading(self._nothing())]

    def _nothing(self) -> str:
        """Why the list is empty, and what to do."""
        if not self.library.complete and (not self.spot.pack or self.entry is None):
            return self.s("std.loading.one")
        if not self.spot.query.strip():
            broken = self.entry is not None and self.entry.pack is None
            return self.s("std.problem.none" if broken else "std.none.clauses")
        if self.spot.pack:
            return self.s("std.none", key=self._key("all-standards"))
        return self.s("std.none.all")

    def _comparison(self) -> list[Row]:
        left, right = self.entry, self.library.entries.get(self.spot.against)
        if left is None or right is None:
            return [Heading(self.s("std.compare.loading"))]
        rows = compare_rows(left, right, self.library, self.s)
        wanted = fold(self.spot.query)
        if not wanted:
            return rows
        return [row for row in rows if wanted in fold(self._label(row))] or [
            Heading(self.s("std.none.all"))
        ]

    def _label(self, row: Row) -> str:
        if isinstance(row, ConflictRow):
            return row.conflict.matter.get(self.s.language) + " ".join(row.conflict.rules)
        return f"{row.name} {row.difference.name}" if isinstance(row, DifferenceRow) else ""

    def _draw_title(self, count: int) -> None:
        read, there = len(self.library.entries), len(self.library.ids)
        name = self.entry.title.get(self.s.language) if self.entry else self.s("std.all")
        if self.spot.against:
            name = self.s("std.compare.title", left=self.spot.pack, right=self.spot.against)
        key = "std.hits" if self.spot.query.strip() else "std.count"
        extra = self.s(key, count=count)
        if self.spot.against:
            matters = sum(isinstance(row, ConflictRow) for row in self.clauses.rows)
            counts = {"conflicts": matters, "differences": count - matters}
            extra = self.s("std.compare.count", **counts)
        role = "quiet"
        if self.failed:
            extra, role = f"▲ {self.s('std.failed', reason=self.failed)}", "bad"
        elif not self.library.complete:
            extra, role = f"◐ {self.s('std.loading', done=read, total=there or '…')}", "warn"
        elif self.entry is not None and self.entry.problems:
            usable = self.entry.pack is not None
            key = "std.problem" if usable else "std.problem.none"
            extra, role = f"▲ {self.s(key)}", "bad"
        self._title("clauses-title", heading(name, extra, role))

    def draw_sheet(self, *, keep: bool = False) -> None:
        """What there is to read of the row under the cursor."""
        self.sheet.set_sheet(self._sheet(max(10, self.sheet.size.width)), keep=keep)

    def _sheet(self, width: int) -> list[SheetRow]:
        at = self.packs.selected
        if self.packs.has_focus and at is not None and at.entry is not None:
            key = self._key("compare-standards")
            return pack_sheet(at.entry, self.library, self.s, width, key)
        row = self.clauses.selected
        if isinstance(row, ClauseRow):
            home = self._home(row.clause)
            return clause_sheet(row.clause, home, self.library, self.s, width) if home else []
        left, right = self.entry, self.library.entries.get(self.spot.against)
        if left is None or right is None:
            return []
        if isinstance(row, ConflictRow):
            return conflict_sheet(
                row.conflict, left.family, right.family, self.library, self.s, width
            )
        if isinstance(row, DifferenceRow):
            return difference_sheet(row, left, right, self.s, width)
        return []

    def _home(self, clause: Clause) -> Entry | None:
        """The standard whose use of a clause is shown: the one that is open, else its own."""
        return self.entry or self.library.home(clause.id)
