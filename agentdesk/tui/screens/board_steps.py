"""Two acts of the board that look back: a dated step that was reached, and taking an act back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from agentdesk.desk.snapshot import Outcome
from agentdesk.desk.ticket_views import TicketOutcome
from agentdesk.domain.events import EntityId
from agentdesk.domain.ticket import commands as c
from agentdesk.errors import SlaError
from agentdesk.tui.panels.board_detail import act_names
from agentdesk.tui.panels.board_items import Item, Kind
from agentdesk.tui.screens.board_acts import BoardActs

if TYPE_CHECKING:
    from agentdesk.desk.desk import Desk

AGO = ("-5m", "-15m", "-1h")
"""Spans a step is often recorded late by."""

AT_TIME = "time"
"""Stands for a time that is typed."""


def _is_owed(item: Item) -> bool:
    return item.kind in (Kind.PROMISE, Kind.CALLBACK)


class BoardSteps(BoardActs):
    """The acts; see the module."""

    _settled: tuple[str, EntityId] | None = None
    """The promise or callback that was settled or put off last: no row leads to it any more."""

    def can(self, action: str) -> bool | None:
        """As for every act; what is owed can be taken back as well."""
        item = self.item
        owed = self._settled is not None or (item is not None and _is_owed(item))
        return True if action == "undo_order" and owed else super().can(action)

    def came(
        self, outcome: TicketOutcome, opener: str, again: Callable[[str], None] | None = None
    ) -> None:
        """Show what came of an act on an order: that is what is taken back from now on."""
        self._settled = None
        super().came(outcome, opener, again)

    def action_record_step(self) -> None:
        """Which step, and when it was."""
        target = self.aimed()

        def ask(marks: tuple[str, ...]) -> None:
            if not marks:
                self.frame.say(self.s("board.no_steps"), "warning")
                return
            self.aiming(target, lambda: self.asks.step(marks, self._step_at))

        self.console.port.run(lambda desk: desk.tickets.steps(target), ask)

    def _step_at(self, mark: str) -> None:
        """Now, a while ago, or a time that is typed: hours begin with digits as presets do."""

        def at(text: str) -> None:
            if text == AT_TIME:
                self._step_time(mark, "")
            else:
                self._reach(mark, text)

        self.asks.step_at(mark, at)

    def _step_time(self, mark: str, value: str) -> None:
        detail = f"{self.s(f'ticket.mark.{mark}')}  {self.s('board.ask.step_at.how')}"
        self.asks.text(
            "step_at",
            "record-step",
            lambda text: self._reach(mark, text),
            presets=(),
            detail=detail,
            value=value,
        )

    def _reach(self, mark: str, text: str) -> None:
        from agentdesk.domain.sla.past import read_past

        try:
            at = read_past(text, self.console.clock(), self.console.zone) if text else None
        except SlaError as problem:
            title, body = self.s.error(problem)
            self.frame.say(body, "warning", title=title)
            self._step_time(mark, text)
            return
        self.act("record-step", c.Reach(mark, at=at))  # now is left to the desk

    def owed_done(self, done: str, entity: str, target: EntityId) -> None:
        """A promise or callback was settled or put off: say so, and the key that undoes it."""
        from agentdesk.domain.ticket.undo import UNDO_SECONDS

        self._settled = entity, target
        key = self.key("undo-order")
        self.frame.say(self.s("board.undo", done=done, key=key, seconds=UNDO_SECONDS))
        self.load()
        self.console.look_soon()
        self.refresh_bindings()

    def action_undo_order(self) -> None:
        """What one did last, if it was done just now."""
        item = self.item
        target = EntityId(item.id if item is not None else "")
        owed = self._settled
        if item is not None and _is_owed(item):
            owed = owed or (item.kind.value, target)
        if owed is not None:
            self._undo_owed(*owed)
            return

        def came(outcome: TicketOutcome) -> None:
            if isinstance(outcome.problem, c.Refused):
                self.refuse(outcome.problem)
                return
            undone = next((e.body for e in outcome.events if e.kind == "ticket.undone"), {})
            acts = act_names(undone.get("kinds"), self.s)
            self.frame.say(self.s("board.done.undo-order", acts=acts))
            self.load(target)
            self.console.look_soon()

        self.console.port.run(lambda desk: desk.tickets.undo(target), came)

    def _undo_owed(self, entity: str, target: EntityId) -> None:
        """A promise or callback is as it was; once settled it stands in no list to be chosen."""
        self._settled = None

        def undo(desk: Desk) -> tuple[TicketOutcome, Outcome]:
            return desk.tickets.undo_owed(entity, target), Outcome(desk.snapshot())

        def came(found: tuple[TicketOutcome, Outcome]) -> None:
            outcome, picture = found
            self.console.take(picture.snapshot)
            if isinstance(outcome.problem, c.Refused):
                self.refuse(outcome.problem)
                return
            self.frame.say(self.s("board.done.undo-owed"))
            self.load(target)
            self.console.look_soon()

        self.console.port.run(undo, came)
