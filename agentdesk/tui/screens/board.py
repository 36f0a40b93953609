"""The board: own orders, promises and follow-ups by what is due next.

::

    Place("2", "board", lambda: Board(snapshot, strings, zone))

Nothing of it is imported before it is opened first.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec.structs import replace
from textual.widgets import Input

from agentdesk.desk.snapshot import Moment, Outcome
from agentdesk.desk.ticket_views import TicketOutcome
from agentdesk.domain.events import EntityId
from agentdesk.domain.sla.words import read_time
from agentdesk.domain.ticket import commands as c
from agentdesk.errors import SlaError
from agentdesk.tui.commands import board as keys
from agentdesk.tui.panels.board_detail import CALL
from agentdesk.tui.panels.board_groups import group_at, heading_id
from agentdesk.tui.panels.board_items import Item, Kind
from agentdesk.tui.panels.board_lists import SAVED, STATES, Reader, Spot, working_hours
from agentdesk.tui.panels.today import timeline_lines
from agentdesk.tui.screens.board_steps import BoardSteps
from agentdesk.tui.widgets.clauses_sheet import SheetRow
from agentdesk.tui.widgets.rows import RowList

if TYPE_CHECKING:
    from agentdesk.desk.desk import Desk
    from agentdesk.tui.panels.board_detail import Detail
    from agentdesk.tui.screens.board_order import OrderDraft


class Board(BoardSteps):
    """The screen; see the module."""

    ACTS = keys.HERE

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What makes no sense for the row under the cursor is not offered."""
        can = self.can(action)
        if can is not None:
            return can
        if action == "follow_ups":
            item = self.item
            return item is not None and item.kind in (Kind.PROMISE, Kind.CALLBACK)
        if action == "side":
            return self.has_class("-narrow")
        if action == "order_acts":
            return self.item is not None and self.item.kind not in (Kind.REMINDER, Kind.GROUP)
        if action == "group_by":
            return self.spot.paged and not self.spot.state
        if action == "fold_group":
            return bool(self.listing.groups)
        if action == "save_view":
            return bool(self.spot.paged and (self.spot.query.strip() or self.spot.state))
        return super().check_action(action, parameters)

    # ---------------------------------------------------------------- moving, choosing

    def on_row_list_moved(self, event: RowList.Moved) -> None:
        """Another row is under the cursor."""
        event.stop()
        if event.rows is self.rows:
            self.rest()

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """Enter: to what the order says of itself; there a link leads to its call."""
        event.stop()
        if event.rows is self.sheet:
            row = self.sheet.selected
            if row is not None and row.target.startswith(CALL):
                self.open_call(row.target.removeprefix(CALL))
            return
        if self.item is not None and self.item.kind is Kind.GROUP:
            self.action_fold_group()
            return
        self.add_class("-detail")
        self.sheet.focus()

    def action_side(self) -> None:
        """On a narrow terminal: the list, or the order under its cursor."""
        self.toggle_class("-detail")
        (self.sheet if self.has_class("-detail") else self.rows).focus()

    def leads_back(self) -> bool:
        """Back to the list, then out of the search, the state, the view."""
        spot = self.spot
        within = bool(spot.query or spot.state or spot.view != "mine")
        return self.focused is not self.rows or within

    def action_leave_field(self) -> None:
        """Esc: back by one step: to the list, then the search ends, the state, the view."""
        if self.focused is not self.rows:
            self.remove_class("-detail")
            self.rows.focus()
            self._show_search(bool(self.spot.query))
        elif self.spot.query:
            self.search_field.value = ""
            self._show_search(False)
            self.go_to(replace(self.spot, query=""))
        elif self.spot.state:
            self.go_to(replace(self.spot, state=""))
        elif self.spot.view != "mine":
            self.go_to(Spot())

    def action_search(self) -> None:
        """To the search field."""
        self.remove_class("-detail")
        self._show_search(True)
        self.search_field.focus()

    def _show_search(self, wanted: bool) -> None:
        self.search_field.set_class(wanted, "-open")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search as one types, once for all that an input method commits together."""
        event.stop()
        if event.input is self.search_field:
            self.soon(self._search)

    def _search(self) -> None:
        if self.search_field.value != self.spot.query:
            self.go_to(replace(self.spot, query=self.search_field.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in the search: to what was found; a time that means nothing is explained."""
        event.stop()
        if self.problem is not None:
            self.frame.say_error(self.problem)
        else:
            self.rows.focus()

    def action_step(self, step: int) -> None:
        """Move in the list while the search has the focus."""
        self.rows.move(step)

    def action_next_state(self) -> None:
        """Only the next state."""
        self.step_state(1, STATES)

    def action_state_before(self) -> None:
        """Only the state before."""
        self.step_state(-1, STATES)

    # -------------------------------------------------------------------------- groups

    def action_group_by(self) -> None:
        """In groups by state, or all by what is due next."""
        on = not self.listing.groups
        self.console.port.run(lambda desk: desk.tickets.group(on), lambda _: self.load())

    def action_fold_group(self) -> None:
        """Only the heading of the group under the cursor, or its rows again."""
        group = group_at(self.listing.groups, self.rows.index)
        if group is None:
            return
        key = group.part.key
        self.console.port.run(
            lambda desk: desk.tickets.fold(key), lambda _: self.load(heading_id(key))
        )

    # --------------------------------------------------------------------------- views

    def action_board_views(self) -> None:
        """Choose a list."""

        def ask(names: tuple[str, ...]) -> None:
            self.asks.views(names, self._view)

        self.console.port.run(lambda desk: tuple(v.name for v in desk.tickets.views()), ask)

    def _view(self, view: str) -> None:
        if view.startswith("drop:"):
            name = view.removeprefix("drop:")
            self.with_desk(lambda desk: desk.tickets.drop_view(name))
            self.frame.say(self.s("board.saved.dropped", name=name))
            return
        self.search_field.value = ""
        self._show_search(False)
        self.go_to(Spot(view))

    def action_roll_up(self) -> None:
        """All open orders counted together, for a leader."""
        from agentdesk.tui.screens.roll_up import RollUpScreen

        self.app.push_screen(RollUpScreen(self.snapshot, self.go_to))

    def action_save_view(self) -> None:
        """Keep what is shown now under a name."""
        spot = self.spot
        reader = Reader(self.namer(), self.snapshot, self.console.clock())

        def save(name: str) -> None:
            def keep(desk: Desk) -> bool:
                return desk.tickets.save_view(name, reader.filter(desk, spot))

            self.console.port.run(keep, lambda kept: self._saved(name, kept))

        self.asks.text("view", "save-view", save, presets=())

    def _saved(self, name: str, kept: bool) -> None:
        key = "board.saved.done" if kept else "board.saved.full"
        self.frame.say(self.s(key, name=name), "information" if kept else "warning")
        if kept:
            self._view(f"{SAVED}{name.strip()}")

    # -------------------------------------------------------------------------- orders

    def action_new_order(self) -> None:
        """Take a matter in: from the call on the card, from a reminder, or by hand."""
        from agentdesk.tui.screens.board_order import OrderForm

        call, item = self.snapshot.call, self.item
        if (card := self.console.call_screen) is not None and call is not None:
            call = card.typed_call() or call  # what stands on the card, stored or not
        values: dict[str, str] = {}
        key = "board.form.new"
        if item is not None and item.kind is Kind.REMINDER:
            step = next((p for p in self.snapshot.pack.provisions if p.id == item.id), None)
            if step is not None:
                category = next(iter(step.categories), "")
                values = {"category": category, "type": step.id, "summary": item.title}
        elif call is not None:
            values = {"number": call.number, "name": call.name} | dict(call.values)
            key = "board.form.call"
        form = OrderForm(self.snapshot.pack, values, title=self.s(key))
        self.app.push_screen(form, lambda draft: self._open(draft, values))

    def _open(self, draft: OrderDraft | None, before: Mapping[str, str]) -> None:
        if draft is None:
            return
        call = self.snapshot.call
        values = {key: text for key, text in {**before, **draft.values}.items() if key != "summary"}
        from_call = call is not None and "type" not in before

        def open_(desk: Desk) -> TicketOutcome:
            if from_call and call is not None:
                return desk.tickets.from_call(call, summary=draft.summary, values=values)
            command = c.Open(desk.tickets.new_id(), values, draft.summary)
            return desk.tickets.open(command)

        self.console.port.run(open_, lambda outcome: self.came(outcome, "new-order"))

    def action_edit_order(self) -> None:
        """Fill in or change its fields."""
        self.with_detail(self._edit)

    def _edit(self, detail: Detail) -> None:
        from agentdesk.tui.screens.board_order import OrderForm

        ticket = detail.ticket
        form = OrderForm(
            detail.card.pack, ticket.values, title=self.s("board.form.edit"), opener="edit-order"
        )

        def keep(draft: OrderDraft | None) -> None:
            if draft is None:
                return
            values = {**draft.values, "summary": draft.summary}
            known = {k: v for k, v in values.items() if v != ticket.values.get(k, "")}
            self.act("edit-order", c.SetFields(known), ticket.id)

        self.app.push_screen(form, keep)

    # ---------------------------------------------------------------- calls and promises

    def action_open_call(self) -> None:
        """Open the call the row came from."""
        if self.item is not None:
            self.open_call(self.item.call_id)

    def open_call(self, call_id: str) -> None:
        """Its card if it is still open, else what happened in it."""
        target = EntityId(call_id)

        def read(desk: Desk) -> tuple[Outcome, tuple[Moment, ...]]:
            return desk.open_card(target), desk.timeline(target)

        def show(found: tuple[Outcome, tuple[Moment, ...]]) -> None:
            outcome, moments = found
            self.console.take(outcome.snapshot)
            call = outcome.snapshot.call
            if call is not None and call.id == target:
                self.frame.go("call")
                return
            lines = timeline_lines(
                moments, self.view(), self.snapshot.pack, max(20, self.sheet.size.width - 1)
            )
            self.sheet.set_sheet([SheetRow(each) for each in lines])
            self.sheet.focus()

        self.console.port.run(read, show)

    def action_follow_ups(self) -> None:
        """A promise or callback: call now, or it is done."""
        item = self.item
        if item is None:
            return
        entity, target = item.kind.value, EntityId(item.id)

        def answer(what: str) -> None:
            if what == "call":
                self.console.port.run(lambda desk: desk.call_back(entity, target), self._called)
            else:
                self.console.port.run(
                    lambda desk: desk.settle(entity, target),
                    lambda outcome: self._done(outcome, entity, target),
                )

        self.asks.owed(f"{item.what}  {item.who}", answer)

    def _called(self, outcome: Outcome) -> None:
        self.console.take(outcome.snapshot)
        if outcome.problem is not None:
            self.frame.say(self.s(getattr(outcome.problem, "key", "refused.busy")), "warning")
            return
        self.frame.go("call")

    def _done(self, outcome: Outcome, entity: str, target: EntityId) -> None:
        self.console.take(outcome.snapshot)
        self.owed_done(self.s("board.done.settled"), entity, target)

    def action_promise_time(self) -> None:
        """Agree another time, typed as it is said."""
        if self.item is not None:
            self._ask_time(self.item, "")

    def _ask_time(self, item: Item, value: str) -> None:
        now = self.console.clock()

        def typed(text: str) -> None:
            def read(desk: Desk) -> datetime | SlaError:
                try:
                    return read_time(text, now, working_hours(desk))
                except SlaError as problem:
                    return problem

            def then(found: datetime | SlaError) -> None:
                if isinstance(found, SlaError):
                    title, body = self.s.error(found)
                    self.frame.say(body, "warning", title=title)
                    self._ask_time(item, text)
                    return
                self._why_later(item, found)

            self.console.port.run(read, then)

        detail = self.s("board.ask.time.how")
        self.asks.text("time", "promise-time", typed, presets=(), detail=detail, value=value)

    def _why_later(self, item: Item, due: datetime) -> None:
        """Why another time; then keep it."""

        def keep(reason: str) -> None:
            target = EntityId(item.id)

            def move(desk: Desk) -> tuple[TicketOutcome, Outcome]:
                moved = desk.tickets.reschedule(target, due, reason)
                return moved, Outcome(desk.snapshot())

            def show(found: tuple[TicketOutcome, Outcome]) -> None:
                moved, outcome = found
                self.console.take(outcome.snapshot)
                if moved.events:
                    self.owed_done(self.s("board.done.promise-time"), item.kind.value, target)
                else:
                    self.came(moved, "promise-time")

            self.console.port.run(move, show)

        local = due.astimezone(self.console.zone)
        self.asks.text("later", "promise-time", keep, detail=f"{item.who}  {local:%m-%d %H:%M}")
