"""The half of the console that has to do with a server: its state, its news, calls for help.

Nothing here waits for a server, and a seat without one needs nothing of it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from agentdesk.desk.snapshot import Snapshot
from agentdesk.domain.call.commands import Refused
from agentdesk.domain.events import EntityId
from agentdesk.domain.followups import EscalationView
from agentdesk.tui.keymap import display
from agentdesk.tui.panels.common import View
from agentdesk.tui.widgets.banner import BannerLine

if TYPE_CHECKING:
    from agentdesk.desk.remote_views import Arrived
    from agentdesk.desk.snapshot import Outcome
    from agentdesk.sync.status import Status
    from agentdesk.tui.base import FrameApp
    from agentdesk.tui.port import DeskPort
    from agentdesk.tui.widgets.lines import Line

    _Base = FrameApp
else:
    _Base = object  # making a class of apps takes a millisecond of every start


class WithServer(_Base):
    """See the module.

    Attributes:
        status: how things stand with the server; None for a seat that was never signed in.
        server: its address and site, for the people who ask.
        lead: whoever is signed in leads others.
    """

    snapshot: Snapshot
    port: DeskPort
    zone: tzinfo
    status: Status | None = None
    server: str = ""
    lead: bool = False
    _store_ok: bool
    _told_taken: set[tuple[EntityId, str]]
    _frame: Callable[[datetime], None]
    take: Callable[[Snapshot], None]
    load_today: Callable[[], None]
    look_soon: Callable[[], None]

    def view(self) -> View:
        """What panels need to draw, as of now."""
        return View(self.s, self.clock(), self.zone)

    # ----------------------------------------------------------------- the state

    def server_state(self, now: datetime) -> tuple[str, str]:
        """Glyph and words of the header."""
        if not self._store_ok:
            return "bad", self.s("sync.failed")
        if self.status is None:
            return "good", self.s("sync.local")
        from agentdesk.tui.panels.remote_state import state_words

        return state_words(self.status, now, self.s)

    def take_status(self, status: Status, *, server: str, lead: bool) -> None:
        """The exchange stands otherwise."""
        fresh = self.status is None or self.status.not_accepted < status.not_accepted
        gone = fresh and status.not_accepted > 0
        self.status, self.server, self.lead = status, server, lead
        if gone:
            self.say(self.s("remote.told", count=status.not_accepted), "warning")
        self._frame(self.clock())
        self._refill()

    def show_notices(self, banner: BannerLine, view: View) -> None:
        """What a banner says of the server and of colleagues."""
        if self.status is None:
            return
        from agentdesk.tui.panels.help_calls import show_help
        from agentdesk.tui.panels.remote_state import show_state

        sync, take = self._key("sync"), self._key("take-help")
        show_state(banner, self.status, view, sync, self.s("cmd.sync.label"))
        label = self.s("cmd.take-help.label")
        show_help(banner, self.snapshot, view, lead=self.lead, key=take, action=label)

    def _key(self, command_id: str) -> str:
        keys = self.keymap.get(command_id, ())
        return display(keys[0]) if keys else ""

    def server_facts(self, width: int) -> list[Line]:
        """Who is signed in where, and how old what is seen here is, in so many cells."""
        from agentdesk.tui.panels.remote_state import facts

        return facts(self.status, self.server, self.view(), width)

    def tick(self, now: datetime) -> None:
        """Dialogs with clocks go on, too."""
        super().tick(now)
        self._refill(now)

    def _refill(self, now: datetime | None = None) -> None:
        """Show the present state in a dialog about it, if one is open."""
        if self.status is None and now is not None:
            return
        from agentdesk.tui.screens.help_calls import HelpCalls
        from agentdesk.tui.screens.sync import SyncScreen

        top = self.screen if self.screen_stack else None
        if isinstance(top, HelpCalls):
            top.refill() if now is None else top.tick(now)
        elif isinstance(top, SyncScreen):
            top.tick(now or self.clock())
            if now is None:
                self.port.run(lambda desk: desk.transfers(), top.show)

    # ------------------------------------------------------------------ the news

    def arrived(self, news: Arrived) -> None:
        """Something came from the server. The focus and what is typed stay as they are."""
        before = {item.id: item for item in self.snapshot.escalations}
        self.take(news.snapshot)
        for item in news.snapshot.escalations:
            self._tell(before.get(item.id), item)
        if news.calls:
            self.load_today()
        if news.tickets:
            self.look_soon()
        self._refill()

    def _tell(self, before: EscalationView | None, now: EscalationView) -> None:
        """Say once what has become of a call for help."""
        me = self.snapshot.profile.agent_no
        mine = now.raised_by == me
        if before is None:
            if self.lead and not mine and now.state == "sent":
                self.bell()
            return
        taken = now.state == "taken" and now.confirmed and not before.confirmed
        if taken:
            # A server restored from a backup forgets and confirms again: that is no news.
            taken = (now.id, now.taken_by) not in self._told_taken
            self._told_taken.add((now.id, now.taken_by))
        if taken and mine:
            self.say(self.s("help.told.taken", by=now.taken_by))
            self.bell()
        elif taken and now.taker == me:
            self.say(self.s("help.told.yours", who=now.raised_by))
        elif taken and me in now.claims:
            self.say(self.s("help.told.lost", who=now.raised_by, by=now.taken_by), "warning")
        elif now.state == "withdrawn" and before.state != "withdrawn" and me in now.claims:
            self.say(self.s("help.told.withdrawn", who=now.raised_by))

    # ------------------------------------------------------------------ the acts

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Calls for help are a leader's."""
        if action in ("help_calls", "take_help"):
            return self.lead
        return super().check_action(action, parameters)

    def action_sync(self) -> None:
        """Show what waits and what was not accepted."""
        from agentdesk.tui.screens.sync import SyncScreen

        screen = SyncScreen(self)
        self.push_screen(screen)
        self.port.run(lambda desk: desk.transfers(), screen.show)

    def action_help_calls(self) -> None:
        """Show who calls for help."""
        from agentdesk.tui.screens.help_calls import HelpCalls

        self.push_screen(HelpCalls(self))

    def action_take_help(self) -> None:
        """Take the call for help the banner shows."""
        from agentdesk.tui.panels.help_calls import for_me

        waiting = [item for item in for_me(self.snapshot) if item.state == "sent"]
        if waiting:
            self.take_help(waiting[0])
        else:
            self.say(self.s("help.none"))

    def take_help(self, item: EscalationView) -> None:
        """Take one; the server says later who was first."""
        who = item.raised_by

        def done(outcome: Outcome) -> None:
            self.take(outcome.snapshot)
            self._refill()
            if isinstance(outcome.problem, Refused):
                key, params = outcome.problem.key, outcome.problem.params
                self.say(self.s(key, **params), "warning")
            elif outcome.events:
                self.say(self.s("help.told.sent", who=who))

        self.port.run(lambda desk: desk.take_help(item.id), done)
