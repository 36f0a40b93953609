"""Acts on what stands on the card: marked phrases, ticks, masked data, the number."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec.structs import replace
from textual.events import DescendantBlur

from agentdesk.desk.snapshot import Outcome
from agentdesk.domain.call import commands as c
from agentdesk.domain.call.checking import record, spoken_of
from agentdesk.domain.phrases import Hit
from agentdesk.tui.marks import Proof, put_better
from agentdesk.tui.screens.call_view import CallView
from agentdesk.tui.screens.card import REVEAL

if TYPE_CHECKING:
    from agentdesk.tui.screens.call_asks import CallAsks


class CallRecord(CallView):
    """The card's own acts; those of the call are :mod:`agentdesk.tui.screens.call`'s."""

    @cached_property
    def asks(self) -> CallAsks:
        """The screen's questions; loaded when the first is asked."""
        from agentdesk.tui.screens.call_asks import CallAsks

        return CallAsks(self)

    def act(self, command: c.Command, then: Callable[[Outcome], None] | None = None) -> None:
        """Do a command to the call on the card, storing what is typed with it."""
        raise NotImplementedError

    def action_replace_phrase(self) -> None:
        """Put the better wording in place of the marked phrase."""
        spot = self.near_spot()
        field = self.fields().get(spot.field) if spot else None
        if spot is None or field is None:
            self.frame.say(self.s("warn.no_hit"), "warning")
            return
        if problem := put_better(field, spot.hit, self.console.checker.book):
            self.frame.say(self.s(problem), "warning")
            return
        self.act(record(spot.hit, spot.field, "replaced"))

    def action_dismiss_phrase(self) -> None:
        """Keep the marked phrase, with a reason."""
        spot = self.near_spot()
        if spot is None:
            self.frame.say(self.s("warn.no_hit"), "warning")
            return
        self.asks.keep(spot.hit, lambda reason: self.keep(spot.hit, spot.field, reason))

    def keep(self, hit: Hit, where: str, reason: str) -> None:
        """A mark stays, with a reason: it is recorded, and not shown again on this card."""
        kept = self._card.dismissed | {(hit.rule.rule, spoken_of(hit))}
        self._card = replace(self._card, dismissed=kept)
        self.act(record(hit, where, "kept", reason))

    def proof(self, where: str) -> Proof:
        """How the field of a dialog is checked, and what becomes of its marks."""
        return Proof(
            self.console.checker,
            where,
            self._card.dismissed,
            record=lambda hit, outcome: self.act(record(hit, where, outcome)),
            keep=lambda hit, then: self.asks.keep(
                hit, lambda why: self._kept(hit, where, why, then)
            ),
        )

    def _kept(self, hit: Hit, where: str, reason: str, then: Callable[[], None]) -> None:
        self.keep(hit, where, reason)
        then()

    def action_tick(self) -> None:
        """Something required was done in the agent's own words."""
        self.asks.tick(lambda requirement: self.act(c.Tick(requirement)))

    def action_reveal(self) -> None:
        """Show the number for ten seconds; the reason is kept."""

        def reveal(reason: str) -> None:
            until = self.console.clock() + REVEAL
            command = c.Reveal("number", reason)
            self.act(command, lambda _: self._reveal_until(until))

        self.asks.reveal(reveal)

    def _reveal_until(self, until: datetime) -> None:
        self._card = replace(self._card, revealed=frozenset({"number"}), revealed_until=until)
        self.draw()

    def on_descendant_blur(self, event: DescendantBlur) -> None:
        """The number was typed: store it, so that the customer is recognised."""
        call = self.snapshot.call
        typed = self.form.number.value.strip()
        if event.widget is self.form.number and call is not None and typed != call.number:
            self.store_fields()

    def store_fields(self) -> None:
        """Make what is typed an event now."""
        self.act(c.SetFields(self.values()))
