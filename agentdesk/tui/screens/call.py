"""The call screen's acts: every command of a call, by keys alone.

Each act hands one domain command, with the card as typed, to the desk; what comes back is
shown. A guard's advice stands in the strip; the same key again asks for a reason and goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from agentdesk.desk.snapshot import Outcome
from agentdesk.domain.call import commands as c
from agentdesk.domain.call.gaps import category_gaps
from agentdesk.domain.call.state import Phase
from agentdesk.domain.events import EntityId
from agentdesk.domain.pack import Guard, Line, Mark
from agentdesk.domain.phrases import polite_count
from agentdesk.domain.scripts import select
from agentdesk.tui.commands import call as keys
from agentdesk.tui.panels.common import minutes_words
from agentdesk.tui.screens.call_record import CallRecord
from agentdesk.tui.widgets.today import TodayPane

if TYPE_CHECKING:
    pass

Build = Callable[[str], c.Command]
"""Makes a command from the reason for going on (empty at first)."""

_ADVISED_LINE = {
    Guard.HANG_UP_BEFORE_CLOSING: ("closing", Mark.CLOSING),
    Guard.ANYTHING_ELSE_FIRST: ("anything_else", Mark.ANYTHING_ELSE),
    Guard.CONSENT_BEFORE_HOLD: ("hold", Mark.HOLD_CONSENT),
    Guard.READ_BACK_BEFORE_SAVE: ("confirm", Mark.READ_BACK),
}
"""Moment whose line a guard brings up."""


_IN_SIGHT = frozenset({"new_call", "escalate"})


class CallScreen(CallRecord):
    """The call screen."""

    ACTS = keys.COMMANDS

    # ------------------------------------------------------------------- plumbing

    def act(self, command: c.Command, then: Callable[[Outcome], None] | None = None) -> None:
        """Do a command to the call on the card, storing what is typed with it."""
        values = self.values() if self._loaded else None
        self.console.port.run(lambda desk: desk.act(command, values), self._taker(then))

    def _taker(self, then: Callable[[Outcome], None] | None) -> Callable[[Outcome], None]:
        def take(outcome: Outcome) -> None:
            self.console.take(outcome.snapshot)
            if isinstance(outcome.problem, c.Refused):
                self.refuse(outcome.problem)
            elif then is not None:
                then(outcome)

        return take

    def refuse(self, problem: c.Refused) -> None:
        """Say why nothing happened, with the clause."""
        params = dict(problem.params)
        if "phase" in params:
            params["phase"] = self.s(f"phase.{params['phase']}")
        if "level" in params:
            params["level"] = self.level_title(str(params["level"]))
        self.frame.say(self.s(problem.key, **params), "warning", title=problem.rule)

    def guarded(self, command_id: str, build: Build, done: Callable[[Outcome], None]) -> None:
        """Do an act a guard may advise against; the same key again asks for the reason.

        Each time the desk is asked anew: what was advised may be settled by now.
        """
        self.act(build(""), lambda outcome: self._advised(outcome, command_id, build, done))

    def _go_on(self, build: Build, reason: str, done: Callable[[Outcome], None]) -> None:
        self._card = replace(self._card, advice=None)
        self.act(build(reason), done)

    def _advised(
        self, outcome: Outcome, command_id: str, build: Build, done: Callable[[Outcome], None]
    ) -> None:
        if not isinstance(outcome.problem, c.Advised):
            self._card = replace(self._card, advice=None)
            done(outcome)
            self.draw_centre()
            return
        again = outcome.problem
        if self._card.advice == (again, command_id):
            self.asks.guard(again, command_id, lambda reason: self._go_on(build, reason, done))
            return
        picked = self._advised_line(outcome.problem.guard) or self._card.picked
        self._card = replace(self._card, advice=(outcome.problem, command_id), picked=picked)
        self.draw()

    def _advised_line(self, guard: Guard) -> str:
        """The line that would settle what the guard wants."""
        moment, mark = _ADVISED_LINE.get(guard, ("", None))
        if not moment:
            return ""
        fitting = select(self.snapshot.pack.lines, moment, self.situation())
        line = next((item for item in fitting if mark in item.marks), None)
        return line.id if line else ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Which acts make sense now; None shows the key dim, False hides it."""
        call = self.snapshot.call
        phase = call.phase if call else None
        live = phase in (Phase.TALKING, Phase.HELD)
        card = live or phase is Phase.WRAP_UP
        possible = {
            "new_call": phase is not Phase.TALKING or bool(self.snapshot.ringing),
            "hold": live,
            "promise": card,
            "transfer": live,
            "said": live,
            "skip_line": live,
            "scripts": live,
            "escalate": card,
            "finish": call is not None,
            "silence": phase is Phase.TALKING,
            "customer_hung_up": live,
            "tick": card,
            "reveal": call is not None,
        }
        if action in ("replace_phrase", "dismiss_phrase"):
            return bool(self._marks)
        if action == "undo_escalation":
            return bool(self.undoable())
        if action in possible:
            # What makes no sense now is not shown; answering and escalating stay in sight.
            return True if possible[action] else None if action in _IN_SIGHT else False
        return super().check_action(action, parameters)

    # ------------------------------------------------------------- ring and answer

    def action_new_call(self) -> None:
        """Answer the ringing call or open a card by hand."""
        values = self.values() if self._loaded else None
        self.console.port.run(lambda desk: desk.answer_or_new(values), self._taker(None))

    def on_today_pane_wanted(self, event: TodayPane.Wanted) -> None:
        """Show the timeline of the call under the cursor."""
        event.stop()
        self.console.load_timeline(EntityId(event.call_id))

    def on_today_pane_opened(self, event: TodayPane.Opened) -> None:
        """Enter: answer while it rings, otherwise open the call's card."""
        event.stop()
        if self.snapshot.ringing:
            self.action_new_call()
            return
        call_id = EntityId(event.call_id)
        self.console.port.run(lambda desk: desk.open_card(call_id), self._taker(None))

    def key_enter(self) -> None:
        """With nothing else in hand Enter answers the ringing call."""
        if self.snapshot.call is None and self.snapshot.ringing:
            self.action_new_call()

    # ------------------------------------------------------------------- the words

    def action_said(self) -> None:
        """The line was spoken: count what it contains and bring the next."""
        line, filled = self._guide.line, self._filled
        if line is None or filled is None:
            self.frame.say(self.s("warn.no_line"), "warning")
            return
        if filled.missing:
            names = self.s("sla.list").join(self.s(f"call.slot.{slot}") for slot in filled.missing)
            self.frame.say(self.s("done.blank", names=names), "warning")
        spoken = sum(
            part.slot in ("customer", "surname") and not part.missing for part in filled.parts
        )
        command = c.Say(line.id, filled.text, spoken, polite_count(filled.text, self._polite()))
        self._card = replace(
            self._card, picked="" if line.id == self._card.picked else self._card.picked
        )
        self.act(command)

    def _polite(self) -> tuple[str, ...]:
        words = (word for item in self.snapshot.pack.requirements for word in item.words)
        return tuple(dict.fromkeys(words))

    def action_skip_line(self) -> None:
        """Bring the next line; this one does not count as said."""
        line = self._guide.line
        if line is None:
            self.frame.say(self.s("warn.no_line"), "warning")
            return
        self._card = replace(self._card, picked="", skipped=self._card.skipped | {line.id})
        self.draw_centre()

    def action_scripts(self) -> None:
        """Look for a line to say."""
        line = self._guide.line  # when everything was said the call is about to end
        moment = line.moment if line is not None else "closing"
        self.asks.scripts(self._guide.suggested, moment, self.pick_line)

    def pick_line(self, line: Line | None) -> None:
        """The agent chose a line to say."""
        if line is not None:
            self._card = replace(self._card, picked=line.id, skipped=self._card.skipped - {line.id})
            self.draw_centre()

    # ----------------------------------------------------------- hold, silence, end

    def action_hold(self) -> None:
        """Hold the call, or come back to it."""
        call = self.snapshot.call
        if call is not None and call.phase is Phase.HELD:
            self._card = replace(self._card, picked="")
            self.act(c.Resume())
            return
        self.guarded("hold", lambda reason: c.Hold(reason), lambda _: None)

    def action_silence(self) -> None:
        """The line is silent: last words were spoken, five seconds begin."""
        self._card = replace(self._card, picked="")
        self.act(c.Silent())

    def action_customer_hung_up(self) -> None:
        """The customer hung up."""
        said = self.s("warn.ended")
        self.act(c.End("customer"), lambda _: self.frame.say(said))

    def action_finish(self) -> None:
        """Hang up, then wrap up, then close."""
        call = self.snapshot.call
        if call is None:
            self.act(c.Close(""))
        elif call.phase is Phase.WRAP_UP:
            self._wrap_up()
        elif call.phase in (Phase.CLOSED, Phase.MISSED):
            self._leave_completed()
        else:
            self.guarded("finish", lambda reason: c.End("agent", because=reason), lambda _: None)

    def _wrap_up(self) -> None:
        """Close with a result; gaps are named once, then the call goes to 待补录."""
        titles = self.gap_titles()
        if titles and not self._card.warned:
            self._card = replace(self._card, warned=True)
            self.frame.say(self.s("warn.gaps", items=self.s("sla.list").join(titles)), "warning")
            self.focus_gap()
            return
        self.asks.disposition(self._close)

    def _close(self, disposition: str) -> None:
        self.guarded("finish", lambda reason: c.Close(disposition, reason), self._done_closing)

    def _done_closing(self, outcome: Outcome) -> None:
        closed = next((e for e in outcome.events if e.kind == "call.closed"), None)
        missing = len(closed.body.get("missing", ())) if closed else 0
        text = self.s("done.incomplete", count=missing) if missing else self.s("done.closed")
        self.frame.say(text, "warning" if missing else "information")
        self.console.load_today()

    def _leave_completed(self) -> None:
        """A closed call's card: store what was filled in and leave it."""
        values = self.values()
        port, take = self.console.port, self._taker(lambda _: self.console.load_today())
        port.run(lambda desk: desk.act(c.SetFields(values)), None)
        port.run(lambda desk: desk.leave_card(), take)

    def focus_gap(self) -> None:
        """Put the cursor on the first missing field."""
        call = self.typed_call()
        for key in category_gaps(call, self.snapshot.pack) if call else ():
            widget = self.form.widget_of(key)
            if widget is not None:
                widget.focus()
                return

    # --------------------------------------------------------- promise, transfer

    def action_promise(self) -> None:
        """Promise a callback with a figure."""
        self.asks.minutes(self._promised)

    def _promised(self, minutes: int | None) -> None:
        call = self.typed_call()
        text = (call.customer or call.name) if call else ""

        def build(reason: str) -> c.Command:
            return c.Promise(self.console.fresh_id(), minutes, text, reason)

        def done(outcome: Outcome) -> None:
            figure = minutes or self.snapshot.pack.callback_minutes
            self.frame.say(self.s("done.promised", length=minutes_words(figure, self.s)))

        self.guarded("promise", build, done)

    def action_follow_ups(self) -> None:
        """Call back, or note a promise as kept: only this explicit act ends it."""
        if not (self.snapshot.promises or self.snapshot.callbacks):
            self.frame.say(self.s("warn.no_followups"))
            return
        self.asks.followup(self._follow_up)

    def _follow_up(self, entity: str, entity_id: EntityId, call_now: bool, who: str) -> None:
        if call_now:
            values = self.values() if self._loaded else None
            port, take = self.console.port, self._taker(None)
            port.run(lambda desk: desk.call_back(entity, entity_id, values), take)
            return
        done = self.s("done.settled", what=who)
        self.console.port.run(
            lambda desk: desk.settle(entity, entity_id),
            self._taker(lambda _: self.frame.say(done)),
        )

    def action_transfer(self) -> None:
        """Hand the call over."""
        self.asks.transfer(self._transfer)

    def _transfer(self, to: str, warm: bool) -> None:
        self.guarded("transfer", lambda reason: c.Transfer(to, warm, reason), lambda _: None)

    # -------------------------------------------------------------- escalation

    def action_escalate(self) -> None:
        """Call in help: reason by digit, proposal ready to send with Enter."""
        if self.snapshot.call is None:
            self.frame.say(self.s("refused.no_call"), "warning")
            return
        self.asks.escalation(self._escalate)

    def _escalate(self, reason: str, level: str, proposal: str) -> None:
        command = c.Escalate(self.console.fresh_id(), reason, level, proposal)
        text = self.s(
            "done.escalated",
            level=self.level_title(level),
            key=self.key("undo-escalation"),
            seconds=c.UNDO_SECONDS,
        )
        self.act(command, lambda _: self.frame.say(text, "warning"))

    def action_undo_escalation(self) -> None:
        """Take the last escalation back while the offer stands."""
        found = self.undoable()
        if found is None:
            self.frame.say(self.s("warn.no_escalation"), "warning")
            return
        text = self.s("done.withdrawn")
        self.act(c.Withdraw(found.id), lambda _: self.frame.say(text))
