"""The Standards screen: browse, search, read a clause, see its uses, compare two packs.

::

    Place("8", "standards", lambda: Standards(registry, in_force))

``registry`` is called on the reading thread, so that nothing of the packs is parsed, or even
imported, before the screen is opened.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace
from textual import work
from textual.message import Message
from textual.widgets import Input
from textual.worker import Worker, WorkerState, get_current_worker

from agentdesk.tui.commands import standards as keys
from agentdesk.tui.screens.standards_view import InForce, Spot, StandardsView
from agentdesk.tui.widgets.clauses import ClauseRow
from agentdesk.tui.widgets.clauses_library import (
    Entry,
    Library,
    Registry,
    read_entries,
    read_library,
)
from agentdesk.tui.widgets.picker import Picker, PickRow
from agentdesk.tui.widgets.rows import RowList

MOST_REMEMBERED = 100
"""How many jumps can be taken back."""


class Standards(StandardsView):
    """The screen; see the module.

    Args:
        registry: makes the registry of packs; called on the reading thread.
        in_force: ids of the standards in force, the chosen one first.
        ahead: what was read before it was opened.
    """

    ACTS = keys.COMMANDS

    @dataclass
    class Listed(Message):
        """The list of standards is known."""

        library: Library

    @dataclass
    class Read(Message):
        """One more standard was read."""

        entry: Entry

    def __init__(
        self,
        registry: Callable[[], Registry],
        in_force: InForce,
        ahead: Library | None = None,
    ) -> None:
        super().__init__(in_force)
        self.library = ahead or Library()
        self._pack_registry = registry
        self._asked = False
        self._jumps: list[Spot] = []
        self._last_pack = ""
        self._searching = False  # a search is about to be drawn
        self._chosen = False  # whether somebody chose what is shown

    # ------------------------------------------------------------------------ reading

    def on_mount(self) -> None:
        """Paint first, read behind it."""
        super().on_mount()
        self.spot = Spot(next(iter(self._in_force()), ""))
        self.draw()
        self.clauses.focus()
        if self.is_current:
            self._read_rest()

    def on_screen_resume(self) -> None:
        """Shown: now the standards are read that were not; only few look at any other."""
        super().on_screen_resume()
        self._read_rest()

    def _read_rest(self) -> None:
        if self._asked:
            return
        self._asked = True
        known = frozenset(self.library.entries)
        if self.spot.pack in known:
            self.once_drawn(self._read, known)  # paint what is there first
        else:
            self._read(known)

    @work(thread=True, group="standards", exclusive=True, exit_on_error=False)
    def _read(self, known: Collection[str]) -> None:
        worker = get_current_worker()
        registry = self._pack_registry()
        library = read_library(registry)
        self.post_message(self.Listed(library))
        rest = [pack_id for pack_id in library.ids if pack_id not in known]
        for entry in read_entries(registry, rest, self._in_force()):
            if worker.is_cancelled:
                return
            self.post_message(self.Read(entry))

    def on_standards_listed(self, event: Listed) -> None:
        """Show what there is."""
        before, self.library = self.library, replace(event.library, entries=self.library.entries)
        if self.library == before:
            return  # it was read ahead
        if self.spot.pack not in self.library.ids:
            self.spot = Spot(next(iter(self.library.ids), ""))
        self.draw()
        self._follow_force()

    def tick(self, now: datetime) -> None:
        """Another standard may have come into force."""
        super().tick(now)
        self._follow_force()

    def _follow_force(self) -> None:
        """Until somebody chooses, the standard in force is shown; it may be known late."""
        force = next(iter(self._in_force()), "")
        if not self._chosen and force != self.spot.pack and force in self.library.ids:
            self._show(Spot(force))

    def on_standards_read(self, event: Read) -> None:
        """Show one more; what is being read stays where it is."""
        entry = event.entry
        self.library = self.library.with_entry(entry)
        self._follow_force()
        self.draw_packs()
        if entry.id == self.spot.pack:
            self.draw_chapters()
        if entry.id in (self.spot.pack, self.spot.against) or not self.spot.pack:
            self.draw_clauses()
        elif self.library.complete:
            self._draw_title(len(self.clauses.rows))
            self.draw_sheet(keep=True)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Reading failed: say so; what was read stays."""
        if event.worker.group == "standards" and event.state is WorkerState.ERROR:
            self.failed = str(event.worker.error)
            self.draw_clauses()

    # ---------------------------------------------------------------- moving, choosing

    def on_row_list_moved(self, event: RowList.Moved) -> None:
        """Another row is under a cursor."""
        event.stop()
        if event.rows is self.packs:
            self._pack_moved()
        elif event.rows is self.chapters and self.chapters.has_focus:
            row = self.chapters.selected
            if row is not None:
                self._show(Spot(self.spot.pack, rule=row.rule))
        elif event.rows is self.clauses:
            here = self.clauses.selected
            if isinstance(here, ClauseRow):
                self.stand_on(here)
                self._chosen = self._chosen or event.index > 0
            self.draw_sheet()

    def _pack_moved(self) -> None:
        row = self.packs.selected
        if row is None or not self.packs.has_focus or not self.library.ids:
            return
        if row.id != self.spot.pack:
            self._chosen = True
            self._show(Spot(row.id, self.spot.query))
        else:
            self.draw_sheet()

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """Enter: on to what the row is about; a link leads to its clause."""
        event.stop()
        if event.rows is self.sheet:
            row = self.sheet.selected
            if row is not None:
                self.go_to(row.target)
        elif event.rows is self.clauses:
            self.sheet.focus()
        else:
            self.clauses.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search as one types."""
        event.stop()
        if event.value != self.spot.query:
            # The best find comes first; the clause read before is no longer asked for.
            self._chosen = True
            self.spot = replace(self.spot, query=event.value, rule="")
            if not self._searching:  # once for all that an input method commits together
                self._searching = True
                self.soon(self._search)

    def _search(self) -> None:
        self._searching = False
        self.draw_clauses()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in the search: to what was found."""
        event.stop()
        self.clauses.focus()

    def on_descendant_focus(self) -> None:
        """A standard is read while its list has the focus, a clause otherwise."""
        for rows in (self.packs, self.chapters, self.clauses):
            rows.refresh()
        self.draw_sheet(keep=self.sheet.has_focus)

    def action_step(self, step: int) -> None:
        """Move in the list while the search has the focus."""
        self.clauses.move(step)

    def leads_back(self) -> bool:
        """Out of what is read to the list, out of the comparison, the search."""
        reading = self.focused is self.sheet or self.focused is self.search_field
        return reading or bool(self.spot.against or self.spot.query)

    def action_leave_field(self) -> None:
        """Esc: back by one step; from the list first the comparison, then the search ends."""
        if self.focused is not self.clauses:
            self.clauses.focus()
        elif self.spot.against:
            self._show(replace(self.spot, against=""))
        elif self.spot.query:
            self._show(replace(self.spot, query=""))

    # --------------------------------------------------------------------------- jumps

    def go_to(self, rule: str) -> None:
        """Read another clause; ``standards-back`` returns."""
        home = self.library.home(rule)
        if home is None:
            return
        self._chosen = True
        self._jumps = [*self._jumps[-MOST_REMEMBERED + 1 :], self.spot]
        inside = self.entry is not None and any(c.id == rule for c in self.entry.clauses)
        pack = self.spot.pack if inside or not self.spot.pack else home.id
        self._show(Spot(pack, rule=rule))
        if not self.sheet.has_focus:
            self.clauses.focus()

    def _show(self, spot: Spot) -> None:
        """Show another spot."""
        before, self.spot = self.spot, spot
        if before.pack:
            self._last_pack = before.pack
        self.search_field.value = spot.query
        if before.pack != spot.pack:
            self.draw_packs()
            self.draw_chapters()
        self.draw_clauses()

    def action_standards_back(self) -> None:
        """Back to where the last jump began."""
        if not self._jumps:
            self.frame.say(self.s("std.back.none"))
            return
        self._show(self._jumps.pop())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing to go back to is shown dim; all standards at once cannot be compared."""
        if action == "standards_back" and not self._jumps:
            return None
        return super().check_action(action, parameters)

    # ---------------------------------------------------------------------- the others

    def action_search(self) -> None:
        """To the search field."""
        self.search_field.focus()

    def action_all_standards(self) -> None:
        """All standards, or the one shown before."""
        self._chosen = True
        pack = self._last_pack or next(iter(self._in_force() or self.library.ids), "")
        self._show(Spot("" if self.spot.pack else pack, self.spot.query, self.spot.rule))

    def action_compare_standards(self) -> None:
        """Choose the other standard; a comparison that stands is ended."""
        if self.spot.against:
            self._show(replace(self.spot, against=""))
        elif self.entry is None:
            self.frame.say(self.s("std.compare.one"), "warning")
        else:
            self._ask_other(self.entry)

    def _ask_other(self, left: Entry) -> None:
        s = self.s
        rows = [
            PickRow(
                entry.id,
                entry.title.get(s.language),
                detail=entry.id,
                preview=s("std.count", count=len(entry.clauses)),
            )
            for entry in self.library.listed()
            if entry.id != left.id and entry.pack is not None
        ]
        title = s("std.compare.with", left=f"{left.id} {left.title.get(s.language)}")
        self.app.push_screen(Picker(title, rows, opener="compare-standards"), self._compare_with)

    def _compare_with(self, other: str | None) -> None:
        if other is not None:
            self._chosen = True
            self._show(Spot(self.spot.pack, rule=self.spot.rule, against=other))
            self.clauses.focus()
