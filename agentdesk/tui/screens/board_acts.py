"""What the board's keys do to the order under the cursor.

Each act asks what it needs, hands one command to the desk and says what came of it. What a
guard advises against is asked once more, for the reason that goes on record.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec.structs import replace

from agentdesk.desk.ticket_views import TicketOutcome
from agentdesk.domain.events import EntityId
from agentdesk.domain.ticket import commands as c
from agentdesk.domain.ticket.state import Ticket
from agentdesk.tui.commands import board as keys
from agentdesk.tui.commands.command import Command as BoardCommand
from agentdesk.tui.panels.board_items import Kind, word_of
from agentdesk.tui.screens.board_view import BoardView

if TYPE_CHECKING:
    from agentdesk.desk.desk import Desk
    from agentdesk.desk.ticket_people import Colleague, Receiver
    from agentdesk.tui.screens.board_asks import BoardAsks

ACTIVE = frozenset({"new", "working", "dispatched", "waiting"})
OPEN = ACTIVE | {"resolved"}
KEPT = OPEN | {"closed"}

_STATES = {
    "edit_order": KEPT,
    "read_back_order": OPEN,
    "dispatch_order": ACTIVE,
    "form_back": frozenset({"dispatched", "waiting", "working", "resolved"}),
    "first_response": OPEN,
    "formal_reply": OPEN,
    "record_step": OPEN,
    "pause_order": ACTIVE,
    "resolve_order": ACTIVE,
    "tell_customer": OPEN,
    "follow_up_order": KEPT,
    "close_order": frozenset({"resolved"}),
    "reopen_order": frozenset({"resolved", "closed", "cancelled"}),
    "nudge_order": OPEN,
    "undo_order": KEPT,
    "rank_order": KEPT,
    "assign_order": OPEN,
    "correct_order": KEPT,
    "void_order": OPEN,
    "link_call": OPEN,
}
"""States of an order in which an act makes sense."""

Command = c.Command


class BoardActs(BoardView):
    """The acts on one order; the screen's own are in ``board``."""

    @cached_property
    def asks(self) -> BoardAsks:
        """The questions; loaded when the first is asked."""
        from agentdesk.tui.screens.board_asks import BoardAsks

        return BoardAsks(self)

    def can(self, action: str) -> bool | None:
        """Whether an act on the row under the cursor makes sense now; None: not an act."""
        item = self.item
        if action == "promise_time":
            return item is not None and item.kind is Kind.PROMISE
        if action == "open_call":
            return item is not None and bool(item.call_id)
        if action not in _STATES:
            return None
        row = item.ticket if item is not None else None
        if row is None or row.state not in _STATES[action]:
            return False
        more = {
            "form_back": bool(row.department),
            "follow_up_order": row.followup_since is not None,
            "tell_customer": row.state == "resolved" and not row.told,
            "link_call": self.snapshot.call is not None,
            "read_back_order": self.detail is not None and self.detail.card.read_back,
        }
        return more.get(action, True)

    def action_order_acts(self) -> None:
        """Choose one of the acts that make sense."""
        commands = [each for each in keys.ACTS if self.can(each.action())]
        if not commands:
            self.frame.say(self.s("board.no_acts"), "warning")
            return
        target = self.aimed()

        def chosen(command: type[BoardCommand]) -> None:
            if self.item is None or self.item.id != target:
                self.frame.say(self.s("board.list_changed"), "warning")
                return
            self.frame.run_command(command.id())

        self.asks.acts(commands, chosen)

    # ----------------------------------------------------------------------- plumbing

    _aim: EntityId | None = None

    def aimed(self) -> EntityId:
        """The order an act is about: the one under the cursor when its key was pressed.

        The list may change while a question is asked; the act must not change with it.
        """
        if self._aim is not None:
            return self._aim
        return EntityId(self.item.id if self.item is not None else "")

    def aiming(self, target: EntityId, then: Callable[[], None]) -> None:
        """Go on with an act begun on ``target``."""
        before, self._aim = self._aim, target
        try:
            then()
        finally:
            self._aim = before

    def act(self, opener: str, command: Command, ticket_id: str = "") -> None:
        """Do a command to the order it is about, and say what came of it."""
        target = EntityId(ticket_id) if ticket_id else self.aimed()

        def came(outcome: TicketOutcome) -> None:
            self.came(outcome, opener, lambda because: self.again(opener, command, target, because))

        self.console.port.run(lambda desk: desk.tickets.act(target, command), came)

    def again(self, opener: str, command: Command, target: EntityId, because: str) -> None:
        """The same command with a reason."""
        assert isinstance(command, (c.Dispatch, c.Close))
        self.act(opener, replace(command, because=because), target)

    def came(
        self, outcome: TicketOutcome, opener: str, again: Callable[[str], None] | None = None
    ) -> None:
        """Show what came of an act."""
        problem = outcome.problem
        if isinstance(problem, c.Refused):
            self.refuse(problem)
            return
        if problem is not None:
            if again is not None:
                self.asks.guard(problem, opener, again)
            return
        key = f"board.done.{opener}" if outcome.events else "board.done.nothing"
        self.frame.say(self._with_undo(self.s(key), outcome))
        self.load(outcome.ticket.id if outcome.ticket is not None else "")
        self.console.look_soon()

    def _with_undo(self, done: str, outcome: TicketOutcome) -> str:
        """What was done, and the key that undoes it where it can be undone."""
        from agentdesk.domain.ticket.undo import UNDO_SECONDS, can_undo

        if not can_undo(outcome.events):
            return done
        return self.s("board.undo", done=done, key=self.key("undo-order"), seconds=UNDO_SECONDS)

    def refuse(self, problem: c.Refused) -> None:
        """Say why nothing happened, with the clause."""
        params = dict(problem.params)
        if "state" in params:
            params["state"] = word_of("board.state", str(params["state"]), self.s)
        text = self.s(problem.key, **params)
        self.frame.say(text, "warning", title=problem.rule)

    def with_ticket(self, then: Callable[[Ticket], None]) -> None:
        """Go on with the order under the cursor as it stands now, not as it was shown."""
        target = self.aimed()

        def read(desk: Desk) -> Ticket | None:
            return desk.tickets.get(target)

        def go_on(found: Ticket | None) -> None:
            if found is not None:
                self.aiming(target, lambda: then(found))

        self.console.port.run(read, go_on)

    def new_id(self) -> EntityId:
        """A fresh id for a command that creates something."""
        return self.console.fresh_id()

    # --------------------------------------------------------------------------- acts

    def action_read_back_order(self) -> None:
        """The record was read back and is right."""
        self.act("read-back-order", c.ReadBack())

    def action_dispatch_order(self) -> None:
        """Which department, and who there took it if that is known."""

        target = self.aimed()

        def send(to: tuple[str, str]) -> None:
            department, assignee = to
            self.act("dispatch-order", c.Dispatch(self.new_id(), department, assignee=assignee))

        def ask(known: tuple[Receiver, ...]) -> None:
            self.aiming(target, lambda: self.asks.dispatch(known, send))

        self.console.port.run(lambda desk: desk.tickets.receivers(), ask)

    def action_form_back(self) -> None:
        """Which form, and what the department did."""

        def back(ticket: Ticket) -> None:
            self.asks.form(
                ticket,
                lambda form: self.asks.text(
                    "form_result",
                    "form-back",
                    lambda text: self.act("form-back", c.ReturnForm(EntityId(form), text)),
                ),
            )

        self.with_ticket(back)

    def action_first_response(self) -> None:
        """What the customer was told first."""
        self.asks.text(
            "respond", "first-response", lambda text: self.act("first-response", c.Respond(text))
        )

    def action_formal_reply(self) -> None:
        """The formal reply."""
        self.asks.text(
            "reply", "formal-reply", lambda text: self.act("formal-reply", c.Reply(text))
        )

    def action_pause_order(self) -> None:
        """Pause with a reason; a paused order goes on."""

        def pause(ticket: Ticket) -> None:
            if ticket.paused is not None:
                self.act("resume-order", c.Resume())
                return
            self.asks.pause(lambda why: self.act("pause-order", c.Pause(self.new_id(), why)))

        self.with_ticket(pause)

    def action_resolve_order(self) -> None:
        """The result."""
        self.asks.text(
            "resolve", "resolve-order", lambda text: self.act("resolve-order", c.Resolve(text))
        )

    def action_tell_customer(self) -> None:
        """How the customer was told."""
        self.asks.told(lambda how: self.act("tell-customer", c.Tell(how)))

    def action_follow_up_order(self) -> None:
        """The result of the follow-up call."""
        item = self.item
        owed = EntityId(item.form if item is not None else "")
        self.asks.text(
            "followup",
            "follow-up-order",
            lambda text: self.act("follow-up-order", c.FollowUp(text, owed=owed)),
        )

    def action_close_order(self) -> None:
        """Close; what is still missing is told first."""
        self.act("close-order", c.Close())

    def action_reopen_order(self) -> None:
        """Why it goes on."""
        self.asks.text(
            "reopen", "reopen-order", lambda text: self.act("reopen-order", c.Reopen(text))
        )

    def action_nudge_order(self) -> None:
        """Whom, and which of its forms."""

        def nudge(ticket: Ticket) -> None:
            form = next(iter(ticket.forms_out), None)
            whom = [form.department] if form is not None else []
            form_id = form.id if form is not None else EntityId("")
            self.asks.text(
                "nudge",
                "nudge-order",
                lambda text: self.act("nudge-order", c.Nudge(text, form_id=form_id)),
                presets=[*whom, ticket.owner, self.s("board.ask.nudge.1")],
            )

        self.with_ticket(nudge)

    def action_rank_order(self) -> None:
        """Another priority or severity, and why."""

        def change(values: dict[str, str]) -> None:
            self.asks.text(
                "rank_why",
                "rank-order",
                lambda why: self.act("rank-order", c.SetFields(values, why)),
            )

        self.with_ticket(lambda ticket: self.asks.rank(ticket, change))

    def action_assign_order(self) -> None:
        """Who has it from now on."""
        target = self.aimed()

        def assign(to: str) -> None:
            self.act("assign-order", c.Assign(to))

        def read(desk: Desk) -> tuple[Ticket | None, tuple[Colleague, ...]]:
            return desk.tickets.get(target), desk.tickets.colleagues()

        def ask(found: tuple[Ticket | None, tuple[Colleague, ...]]) -> None:
            ticket, people = found
            if ticket is not None:
                self.aiming(target, lambda: self.asks.assign(people, ticket, assign))

        self.console.port.run(read, ask)

    def action_correct_order(self) -> None:
        """What was wrong; while one is open, what the customer was told about it."""

        def correct(ticket: Ticket) -> None:
            owing = next(iter(ticket.corrections_open), None)
            if owing is not None:
                self.asks.text(
                    "correction_told",
                    "correct-order",
                    lambda text: self.act("correct-order", c.TellCorrection(owing.id, text)),
                    detail=owing.wrong,
                )
                return
            self.asks.text(
                "wrong",
                "correct-order",
                lambda text: self.act("correct-order", c.Correct(self.new_id(), text)),
            )

        self.with_ticket(correct)

    def action_void_order(self) -> None:
        """Why it should not exist."""
        self.asks.text("void", "void-order", lambda text: self.act("void-order", c.Cancel(text)))

    def action_link_call(self) -> None:
        """The call on the card is about it."""
        call = self.snapshot.call
        if call is not None:
            self.act("link-call", c.Link(call.id))
