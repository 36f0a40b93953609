"""The call screen's questions: small dialogs whose first answers are one digit away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from agentdesk.desk.snapshot import Snapshot
from agentdesk.domain.call.checking import PROPOSAL, REASON, spoken_of
from agentdesk.domain.call.commands import Advised
from agentdesk.domain.call.meters import meters
from agentdesk.domain.events import EntityId
from agentdesk.domain.pack import Line, Reason
from agentdesk.domain.phrases import Hit
from agentdesk.domain.scripts import as_wanted, fits
from agentdesk.errors import SlaError
from agentdesk.strings import Strings
from agentdesk.tui.dialog import Dialog
from agentdesk.tui.panels.common import minutes_words
from agentdesk.tui.screens.reason import ReasonScreen
from agentdesk.tui.widgets.picker import Picker, PickRow

if TYPE_CHECKING:
    from agentdesk.tui.screens.call_record import CallRecord

T = TypeVar("T")

PROMISE_MINUTES = (10, 30, 60, 120, 240, 1440)
"""Figures offered for a callback; any other can be typed."""


def line_row(
    line: Line, text: str, group: str, language: str, *, dim: bool = False
) -> PickRow[Line]:
    """A line in the picker: found by title, text, their pinyin, clause and trigger.

    Args:
        text: the line filled in.
        dim: it is made for another situation than the present one.
    """
    return PickRow(
        line,
        line.title.get(language),
        detail=line.rule,
        group=group,
        preview=text,
        search=f"{line.title.zh} {line.id} {line.trigger}",
        dim=dim,
    )


class CallAsks:
    """Dialogs of the call screen; each answers to a callback, leaving answers nothing.

    Args:
        screen: the call screen they stand over.
    """

    def __init__(self, screen: CallRecord) -> None:
        self._screen = screen

    @property
    def s(self) -> Strings:
        """The texts of the interface language."""
        return self._screen.s

    @property
    def snapshot(self) -> Snapshot:
        """What the screen shows."""
        return self._screen.snapshot

    def scripts(
        self, suggested: Sequence[Line], moment: str, then: Callable[[Line | None], None]
    ) -> None:
        """Look for a line: text, pinyin or clause.

        What the customer's words suggest comes first, then what can be said at this ``moment``
        of the call and after it; lines of another situation stand last.
        """
        s, now = self.s, self._screen.situation()
        lines = as_wanted(self.snapshot.pack.lines, moment, now)
        first = [line for line in suggested if line in lines]
        rows = []
        for line in (*first, *(line for line in lines if line not in first)):
            said_now = fits(line, now) or line in first
            group = s(f"moment.{line.moment}") if said_now else s("ask.scripts.other")
            rows.append(
                line_row(
                    line,
                    self._screen.fill_line(line).text,
                    s("ask.suggested") if line in first else group,
                    s.language,
                    dim=not said_now,
                )
            )
        picker = Picker(s("ask.scripts"), rows, preview_height=3, opener="scripts")
        self._show(picker, then)

    def guard(self, advised: Advised, opener: str, then: Callable[[str], None]) -> None:
        """Why go on against a guard's advice."""
        what = self.s(f"guard.{advised.guard.value}", hung_up="", silent="")
        presets = [
            self.s(f"reason.{key}")
            for key in ("customer_asked", "said_freely", "line_cut", "emergency")
        ]
        self._ask(self.s("ask.guard", what=what), presets, then, opener)

    def keep(self, hit: Hit, then: Callable[[str], None]) -> None:
        """Why a mark stays. What is typed here explains it, and is not marked again."""
        presets = [self.s(f"reason.{key}") for key in ("quote", "not_to_customer", "wrong_hit")]
        question = self.s("ask.keep", text=spoken_of(hit))
        self._ask(question, presets, then, "dismiss-phrase", where="")

    def reveal(self, then: Callable[[str], None]) -> None:
        """Why masked data is shown."""
        presets = [self.s(f"reason.{key}") for key in ("verify", "callback", "ship")]
        self._ask(self.s("ask.reveal"), presets, then, "reveal")

    def _show(self, dialog: Dialog[T], then: Callable[[T | None], None]) -> None:
        self._screen.app.push_screen(dialog, then)

    def _ask(
        self,
        question: str,
        presets: list[str],
        then: Callable[[str], None],
        opener: str,
        *,
        value: str = "",
        asked: str = "",
        where: str = REASON,
    ) -> None:
        def answer(text: str | None) -> None:
            if text:
                then(text)

        proof = self._screen.proof(where) if where and self.snapshot.call else None
        dialog = ReasonScreen(
            question, presets, value=value, asked=asked, opener=opener, proof=proof
        )
        self._show(dialog, answer)

    def minutes(self, then: Callable[[int | None], None]) -> None:
        """The figure of a promise; text without one is what the guard is about."""
        usual = self.snapshot.pack.callback_minutes
        figures = [usual, *(item for item in PROMISE_MINUTES if item != usual)]
        presets = {minutes_words(item, self.s): item for item in figures}
        console = self._screen.console

        def answered(text: str, found: int | SlaError | None) -> None:
            if isinstance(found, SlaError):
                title, body = self.s.error(found)
                self._screen.frame.say(body, "warning", title=title)
                ask(text)
            else:
                then(found)

        def typed(text: str) -> None:
            if text in presets:
                then(presets[text])
                return
            # Only who types a time needs what reads it.
            from agentdesk.tui.screens.call_promise import promise_reader

            read = promise_reader(text, console.clock())
            console.port.run(read, lambda found: answered(text, found))

        def ask(value: str) -> None:
            asked = self.s("ask.promise.asked")
            self._ask(
                self.s("ask.promise"), list(presets), typed, "promise", value=value, asked=asked
            )

        ask("")

    def transfer(self, then: Callable[[str, bool], None]) -> None:
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
        self._show(picker, answer)

    def escalation(self, then: Callable[[str, str, str], None]) -> None:
        """Reason by digit, then the proposal, ready to send with Enter: three keystrokes."""
        language = self.s.language
        rows = [
            PickRow(
                reason,
                reason.title.get(language),
                detail=f"{self._screen.level_title(self._next_level(reason))}  {reason.rule}",
                preview=reason.proposal,
            )
            for reason in self.snapshot.pack.reasons
        ]

        def chosen(reason: Reason | None) -> None:
            if reason is None:
                return
            level = self._next_level(reason)
            question = self.s("ask.proposal", level=self._screen.level_title(level))
            self._ask(
                question,
                [],
                lambda text: then(reason.key, level, text),
                "escalate",
                value=reason.proposal,
                where=PROPOSAL,
            )

        self._show(Picker(self.s("ask.escalate"), rows, opener="escalate"), chosen)

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

    def followup(self, then: Callable[[str, EntityId, bool, str], None]) -> None:
        """Which promise or callback, then whether to call now or to note it as done."""
        owed: list[tuple[datetime, str, EntityId, str]] = []
        view = self._screen.view()
        for promise in self.snapshot.promises:
            who = self.s("call.promise", who=promise.text or self.s("call.who.none"))
            owed.append((promise.due_at, "promise", promise.id, who))
        for callback in self.snapshot.callbacks:
            who = callback.customer or view.number(callback.number)
            who = self.s("call.callback", who=who)
            owed.append((callback.due_at, "callback", callback.id, who))
        rows = [
            PickRow(
                (kind, entity_id, who),
                who,
                detail=self.s("ask.followup.due", due=view.clock(due_at)),
            )
            for due_at, kind, entity_id, who in sorted(owed)
        ]

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

            self._show(Picker(who, acts, preview_height=0, opener="follow-ups"), act)

        title = self.s("ask.followups")
        self._show(Picker(title, rows, preview_height=0, opener="follow-ups"), chosen)

    def disposition(self, then: Callable[[str], None]) -> None:
        """How the call ended, by digit."""
        rows = [
            PickRow(item.key, item.title.get(self.s.language))
            for item in self.snapshot.pack.dispositions
        ]

        def answer(key: str | None) -> None:
            if key is not None:
                then(key)

        picker = Picker(self.s("ask.disposition"), rows, preview_height=0, opener="finish")
        self._show(picker, answer)

    def tick(self, then: Callable[[str], None]) -> None:
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

        self._show(Picker(self.s("ask.tick"), rows, preview_height=0, opener="tick"), answer)
