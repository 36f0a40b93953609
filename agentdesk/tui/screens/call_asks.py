"""The call screen's questions: small dialogs whose first answers are one digit away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from agentdesk.domain.call.commands import UNDO_SECONDS, Advised
from agentdesk.domain.call.meters import meters
from agentdesk.domain.events import EntityId
from agentdesk.domain.followups import EscalationView
from agentdesk.domain.pack import MOMENTS, Line, Reason
from agentdesk.tui.screens.call_view import CallView
from agentdesk.tui.screens.reason import ReasonScreen
from agentdesk.tui.widgets.picker import Picker, PickRow

PROMISE_MINUTES = (10, 30, 60, 120, 240, 1440)
"""Figures offered for a callback; any other can be typed."""


class CallAsks(CallView):
    """Dialogs of the call screen; each answers to a callback, leaving answers nothing."""

    def level_title(self, key: str) -> str:
        """A ladder level's name for people."""
        level = next((item for item in self.snapshot.pack.levels if item.key == key), None)
        return level.title.get(self.s.language) if level else key

    def undoable(self) -> EscalationView | None:
        """The escalation that can still be taken back."""
        call = self.snapshot.call
        for item in reversed(self.snapshot.of_call(call.id) if call else ()):
            age = self.console.clock() - item.raised_at
            if item.state == "sent" and age <= timedelta(seconds=UNDO_SECONDS):
                return item
        return None

    def pick_line(self, line: Line | None) -> None:
        """The agent chose a line."""
        raise NotImplementedError

    def action_scripts(self) -> None:
        """Look for a line: text, pinyin initials or clause; suggestions come first."""
        language = self.s.language
        suggested = self._guide.suggested
        order = {moment: place for place, moment in enumerate(MOMENTS)}
        lines = sorted(self.snapshot.pack.lines, key=lambda x: (order[x.moment], x.order))
        first = [line for line in suggested if line in lines]
        rows = [
            PickRow(
                line,
                line.title.get(language),
                detail=line.rule,
                group=self.s("ask.suggested") if line in first else self.s(f"moment.{line.moment}"),
                preview=self.fill_line(line).text,
                search=f"{line.title.zh} {line.id}",
            )
            for line in (*first, *(line for line in lines if line not in first))
        ]
        picker = Picker(self.s("ask.scripts"), rows, preview_height=3, opener="scripts")
        self.app.push_screen(picker, self.pick_line)

    def ask_guard(self, advised: Advised, opener: str, then: Callable[[str], None]) -> None:
        """Why go on against a guard's advice."""
        what = self.s(f"guard.{advised.guard.value}", hung_up="", silent="")
        presets = [
            self.s(f"reason.{key}")
            for key in ("customer_asked", "said_freely", "line_cut", "emergency")
        ]
        self._ask(self.s("ask.guard", what=what), presets, then, opener)

    def ask_keep(self, text: str, then: Callable[[str], None]) -> None:
        """Why a banned phrase stays."""
        presets = [self.s(f"reason.{key}") for key in ("quote", "not_to_customer", "wrong_hit")]
        self._ask(self.s("ask.keep", text=text), presets, then, "dismiss-phrase")

    def ask_reveal(self, then: Callable[[str], None]) -> None:
        """Why masked data is shown."""
        presets = [self.s(f"reason.{key}") for key in ("verify", "callback", "ship")]
        self._ask(self.s("ask.reveal"), presets, then, "reveal")

    def _ask(
        self,
        question: str,
        presets: list[str],
        then: Callable[[str], None],
        opener: str,
        *,
        value: str = "",
    ) -> None:
        def answer(text: str | None) -> None:
            if text:
                then(text)

        self.app.push_screen(ReasonScreen(question, presets, value=value, opener=opener), answer)

    def ask_minutes(self, then: Callable[[int | None], None]) -> None:
        """The figure of a promise; text without one is what the guard is about."""
        usual = self.snapshot.pack.callback_minutes
        figures = [usual, *(item for item in PROMISE_MINUTES if item != usual)]
        presets = [self.s("ask.promise.minutes", minutes=item) for item in figures]

        def read(text: str) -> None:
            digits = "".join(char for char in text if char.isdecimal())
            then(int(digits[:6]) if digits else None)

        self._ask(self.s("ask.promise"), presets, read, "promise")

    def ask_transfer(self, then: Callable[[str, bool], None]) -> None:
        """To whom, and whether the colleague is told first."""
        rows: list[PickRow[tuple[str, bool]]] = []
        for warm in (True, False):
            kind = "warm" if warm else "cold"
            for level in self.snapshot.pack.levels:
                title = level.title.get(self.s.language)
                rows.append(
                    PickRow(
                        (title, warm), self.s(f"ask.transfer.{kind}", to=title), detail=level.rule
                    )
                )

        def answer(found: tuple[str, bool] | None) -> None:
            if found is not None:
                then(*found)

        picker = Picker(self.s("ask.transfer"), rows, preview_height=0, opener="transfer")
        self.app.push_screen(picker, answer)

    def ask_escalation(self, then: Callable[[str, str, str], None]) -> None:
        """Reason by digit, then the proposal, ready to send with Enter: three keystrokes."""
        language = self.s.language
        rows = [
            PickRow(
                reason,
                reason.title.get(language),
                detail=f"{self.level_title(self._next_level(reason))}  {reason.rule}",
                preview=reason.proposal,
            )
            for reason in self.snapshot.pack.reasons
        ]

        def chosen(reason: Reason | None) -> None:
            if reason is None:
                return
            level = self._next_level(reason)
            question = self.s("ask.proposal", level=self.level_title(level))
            self._ask(
                question,
                [],
                lambda text: then(reason.key, level, text),
                "escalate",
                value=reason.proposal,
            )

        self.app.push_screen(Picker(self.s("ask.escalate"), rows, opener="escalate"), chosen)

    def _next_level(self, reason: Reason) -> str:
        """One step above what was reached; an emergency goes where its reason says."""
        keys = [level.key for level in self.snapshot.pack.levels]
        call = self.snapshot.call
        standing = self.snapshot.of_call(call.id) if call else ()
        reached = [
            keys.index(e.level) for e in standing if e.state != "withdrawn" and e.level in keys
        ]
        step = min(max(reached, default=-1) + 1, len(keys) - 1)
        wanted = keys.index(reason.level) if reason.level in keys else step
        return keys[max(step, wanted)] if reason.emergency else keys[step]

    def ask_followup(self, then: Callable[[str, EntityId, bool, str], None]) -> None:
        """Which promise or callback, then whether to call now or to note it as done."""
        rows: list[PickRow[tuple[str, EntityId, str]]] = []
        view = self.view()
        for promise in self.snapshot.promises:
            who = self.s("call.promise", who=promise.text or self.s("call.who.none"))
            due = self.s("ask.followup.due", due=view.clock(promise.due_at))
            rows.append(PickRow(("promise", promise.id, who), who, detail=due))
        for callback in self.snapshot.callbacks:
            who = callback.customer or view.number(callback.number)
            who = self.s("call.callback", who=who)
            due = self.s("ask.followup.due", due=view.clock(callback.due_at))
            rows.append(PickRow(("callback", callback.id, who), who, detail=due))

        def chosen(found: tuple[str, EntityId, str] | None) -> None:
            if found is None:
                return
            entity, entity_id, who = found
            acts = [
                PickRow(True, self.s("ask.followup.call")),
                PickRow(False, self.s("ask.followup.done")),
            ]

            def act(call_now: bool | None) -> None:
                if call_now is not None:
                    then(entity, entity_id, call_now, who)

            self.app.push_screen(Picker(who, acts, preview_height=0, opener="follow-ups"), act)

        title = self.s("ask.followups")
        self.app.push_screen(Picker(title, rows, preview_height=0, opener="follow-ups"), chosen)

    def ask_disposition(self, then: Callable[[str], None]) -> None:
        """How the call ended, by digit."""
        rows = [
            PickRow(item.key, item.title.get(self.s.language))
            for item in self.snapshot.pack.dispositions
        ]

        def answer(key: str | None) -> None:
            if key is not None:
                then(key)

        picker = Picker(self.s("ask.disposition"), rows, preview_height=0, opener="finish")
        self.app.push_screen(picker, answer)

    def ask_tick(self, then: Callable[[str], None]) -> None:
        """Which requirement was met in free words."""
        call = self.snapshot.call
        if call is None:
            return
        found = meters(call, self.snapshot.pack)
        rows = [
            PickRow(
                item.requirement.id,
                item.requirement.title.get(self.s.language),
                detail=item.requirement.rule,
                dim=item.done,
            )
            for item in found
            if not item.ban
        ]

        def answer(key: str | None) -> None:
            if key is not None:
                then(key)

        self.app.push_screen(
            Picker(self.s("ask.tick"), rows, preview_height=0, opener="tick"), answer
        )
