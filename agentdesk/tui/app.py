"""The console: the frame, the desk, and the screens between them.

State flows down as snapshots (:meth:`ConsoleApp.take`), acts go up through the port. The
first paint needs neither store nor pack: both are opened on the desk's thread.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, cast

from agentdesk.config import Config
from agentdesk.desk.snapshot import Day, Moment, Outcome, Snapshot
from agentdesk.desk.worker import Worker
from agentdesk.domain.call.checking import Checker
from agentdesk.domain.call.state import Phase
from agentdesk.domain.events import EntityId
from agentdesk.domain.phone import PhoneEvent, stale
from agentdesk.errors import AgentdeskError, ConfigError
from agentdesk.tui.base import FrameApp, Place
from agentdesk.tui.panels.badge import show_late
from agentdesk.tui.panels.common import View
from agentdesk.tui.panels.header import header_model
from agentdesk.tui.panels.ring import show_ringing
from agentdesk.tui.placeholder import nothing_yet
from agentdesk.tui.port import DeskPort
from agentdesk.tui.screens.call import CallScreen
from agentdesk.tui.with_profile import WithProfile

if TYPE_CHECKING:
    from textual.screen import Screen

    from agentdesk.store.rows import TicketRow
    from agentdesk.tui.panels.board_watch import Look
    from agentdesk.tui.screens.board import Board
    from agentdesk.tui.screens.profile import PackTitles
    from agentdesk.tui.widgets.clauses_library import Library, Registry

RETRY_SECONDS = 2.0
"""Wait before unsaved typing is tried again."""
FIRST_LOOK = timedelta(seconds=3)
"""From the opening to the first look at the clocks of the orders: the start does not wait."""
LEAVE_SECONDS = 0.5
"""A field that does not answer is not waited for longer on the way out."""
LOOK_AGAIN = timedelta(minutes=1)
"""They are looked at again after so long, even if none changes by itself."""


class ConsoleApp(WithProfile, FrameApp):
    """The console of one seat.

    Args:
        worker: the desk, on its thread.
        packs: titles for the choice of a standard, by language.
        config: settings, with the defaults filled in.
        clock: the present instant, aware.
        new_id: fresh ids for commands that create something.
        registry: the standards, for the screen that shows them; called on its thread.
        when_open: called once the desk is open, with a way to deliver phone events.
        problems: told at the start (a broken centre pack, a bad key), never fatal.
    """

    def __init__(
        self,
        worker: Worker,
        packs: PackTitles,
        config: Config,
        *,
        clock: Callable[[], datetime],
        new_id: Callable[[], str],
        registry: Callable[[], Registry],
        when_open: Callable[[Callable[[PhoneEvent], None]], None] | None = None,
        problems: Callable[[], Sequence[AgentdeskError]] = tuple,
        locate: Callable[[ConfigError], ConfigError] = lambda error: error,
    ) -> None:
        self._config = config
        self._packs = packs
        self._new_id = new_id
        self._pack_registry = registry
        self._when_open = when_open
        self._late_problems = problems
        self.zone = config.zone()
        self.save_after = config.typing.save_after_ms / 1000
        self.snapshot: Snapshot = nothing_yet()
        self.opened = False
        self.when_settled: Callable[[], None] = lambda: None
        self.start_error: BaseException | None = None
        self._store_ok = True
        self._told_taken = set()
        self._look_at = clock()
        self._first_due: TicketRow | None = None
        self.orders_late = 0
        self.library: Library | None = None  # what was read for the Standards screen
        self._closers: list[Callable[[], None]] = []
        self.PLACES = (
            Place("1", "call", lambda: CallScreen(self.snapshot, self.clock())),
            Place("2", "board", self._board),
            Place("8", "standards", self._standards),
            Place("9", "settings", self._settings),
        )
        super().__init__(
            language=config.language or "zh-CN",
            theme=config.theme or "dark",
            keys=config.keys,
            clock=clock,
            locate=locate,
        )
        self._worker = worker
        self.port = DeskPort(self, worker, self.desk_failed)

    # ------------------------------------------------------------------- opening

    def on_mount(self) -> None:
        """Paint first; the desk is opened behind it, see :meth:`painted`."""
        self.go("call")

    def painted(self) -> None:
        """The call screen has been painted: open the desk."""
        self.port.run(lambda desk: desk.snapshot(), self._opened)

    def _opened(self, snapshot: Snapshot) -> None:
        self.opened = True
        self._look_at = self.clock() + FIRST_LOOK
        profile = snapshot.profile
        if profile.language and profile.language != self.s.language:
            self.set_language(profile.language)
        if profile.theme and profile.theme != self.theme_name:
            self.set_theme(profile.theme)
        self.take(snapshot)
        self.load_today()
        for problem in self._late_problems():
            self.say_error(problem)
        if not profile.complete:
            from agentdesk.tui.screens.first_start import FirstStart

            self.push_screen(FirstStart(self._packs, self._form_profile()))
        elif snapshot.call is not None:
            self.say(self.s("warn.restored"))
        if self._when_open is not None:
            self.call_after_refresh(self._when_open, self.deliver)
        self.call_after_refresh(self.when_settled)

    def _board(self) -> Screen[None]:
        from agentdesk.tui.screens.board import Board

        board = Board(self.snapshot, self.s, self.zone)
        board.load()
        return board

    def _standards(self) -> Screen[None]:
        from agentdesk.tui.screens.standards import Standards

        return Standards(self._pack_registry, self._in_force, self.library)

    def make_screens_ready(self) -> None:
        """Make the screens that were not opened yet while nobody does anything."""
        from agentdesk.tui.warming import one_by_one

        steps = [
            partial(step, place.id)
            for place in self.PLACES
            for step in (self.make_ready, self.draw_ahead)
        ]
        # What is wrong with a screen shows when it is opened.
        self.run_worker(one_by_one(lambda: self.touched, steps), group="ready", exit_on_error=False)

    def _in_force(self) -> tuple[str, ...]:
        pack = self.snapshot.pack
        return (pack.id, *pack.extends) if pack.id else ()

    # ---------------------------------------------------------- state flows down

    @property
    def checker(self) -> Checker:
        """Checks what is written on the card, by the standard in force there."""
        return self.snapshot.checker

    @property
    def call_screen(self) -> CallScreen | None:
        """The call screen, once it is mounted."""
        screen = self.place_screen("call")
        return screen if isinstance(screen, CallScreen) and screen.ready else None

    def take(self, snapshot: Snapshot) -> None:
        """A new picture of the desk: hand it down."""
        known = {call.id for call in self.snapshot.ringing}
        fresh = [call for call in snapshot.ringing if call.id not in known]
        self.snapshot = snapshot
        self._store_ok = True
        if fresh:
            self.bell()
        if self.call_screen is not None:
            self.call_screen.show(snapshot)
        if self.board is not None:
            self.board.take(snapshot)
        self._frame(self.clock())

    def tick(self, now: datetime) -> None:
        """Once a second: header, ring banner, then the screens."""
        self._frame(now)
        super().tick(now)
        if self.opened and now >= self._look_at:
            self._look(now)
        waiting = [call for call in self.snapshot.ringing if call.source != "manual"]
        if any(stale(call, now) for call in waiting) and not self.port.busy:
            self.port.run(lambda desk: desk.expire(), self._expired)

    def _expired(self, outcome: Outcome) -> None:
        self.take(outcome.snapshot)
        if outcome.events:
            self.say(self.s("done.missed"), "warning")
            self.load_today()

    @property
    def board(self) -> Board | None:
        """The board, once it was opened."""
        screen = self.place_screen("board")
        return cast("Board", screen) if screen is not None and screen.is_mounted else None

    def look_soon(self) -> None:
        """Orders have changed: look at their clocks at the next second."""
        self._look_at = self.clock()
        self._first_due = None

    def _look(self, now: datetime) -> None:
        """Let the desk look at the clocks of the orders that change by themselves now."""
        from agentdesk.tui.panels.board_watch import look

        self._look_at = now + LOOK_AGAIN
        first = self._first_due
        me = self.snapshot.profile.agent_no
        self.port.run(lambda desk: look(desk, first, me), self._looked)

    def _looked(self, found: Look) -> None:
        from agentdesk.tui.panels.board_watch import looked

        self._first_due = found.first
        self._look_at = looked(self, found, self._look_at)
        self._frame(self.clock())
        if found.pending:
            self._look(self.clock())

    def _frame(self, now: datetime) -> None:
        view = View(self.s, now, self.zone)
        if self.opened:
            show_late(self, now)
            sync = self.server_state(now)
            self.set_header(
                header_model(self.snapshot, self._config.shift, view, sync, self._first_due)
            )
        answer = self.s("cmd.new-call.answer")
        for screen in self.frame_screens():
            if screen.query("#banner"):
                key = self.call_screen.key("new-call") if self.call_screen else "F2"
                show_ringing(screen.banner, self.snapshot, view, key, answer)
                self.show_notices(screen.banner, view)

    # ------------------------------------------------------------------- the desk

    def fresh_id(self) -> EntityId:
        """An id for something a command creates."""
        return EntityId(self._new_id())

    def save_typing(
        self, call_id: str, values: Mapping[str, str], key: str, cursor: tuple[int, int]
    ) -> None:
        """Hand unfinished typing to the store."""

        def kept(at: datetime) -> None:
            if not self._store_ok:
                self._store_ok = True
                self._frame(self.clock())
            if self.call_screen is not None:
                self.call_screen.saved(call_id, at)

        entity = EntityId(call_id)
        self.port.run(lambda desk: desk.save_typing(entity, values, key, cursor), kept)

    def load_today(self) -> None:
        """Read today's calls."""
        self.port.run(lambda desk: desk.day(), self._show_today)

    def _show_today(self, day: Day) -> None:
        screen = self.call_screen
        if screen is not None:
            screen.today.show(day, screen.view())

    def load_timeline(self, call_id: EntityId) -> None:
        """Read one call's timeline."""
        self.port.run(lambda desk: desk.timeline(call_id), self._show_timeline)

    def _show_timeline(self, moments: Sequence[Moment]) -> None:
        if self.call_screen is not None:
            self.call_screen.today.show_timeline(moments)

    def deliver(self, event: PhoneEvent) -> bool:
        """A phone event, on whatever thread; returns once it is stored.

        False: it is the end of a call that is not known here, and nothing was stored.
        """
        outcome = self._worker.submit(lambda desk: desk.phone(event)).result(timeout=10)
        self.call_later(self._phoned, outcome)
        return outcome.problem is None

    def _phoned(self, outcome: Outcome) -> None:
        self.take(outcome.snapshot)
        if any(event.kind == "call.missed" for event in outcome.events):
            self.say(self.s("done.missed"), "warning")
        if any(event.kind == "call.ended" for event in outcome.events):
            self.say(self.s("warn.ended"))
        self.load_today()

    def at_exit(self, close: Callable[[], None]) -> None:
        """Also close this when the console is left."""
        self._closers.append(close)

    def shut(self) -> None:
        """Close everything; after the run."""
        for close in self._closers:
            close()
        self.port.close()

    def desk_failed(self, error: BaseException) -> None:
        """Something went wrong at the desk: never in silence, and nothing typed is dropped."""
        if not self.opened:
            self.start_error = error
            self.exit(return_code=1)
            return
        self._store_ok = False
        self._frame(self.clock())
        if isinstance(error, AgentdeskError):
            self.say_error(error)
            if self.call_screen is not None:
                self.call_screen.unsaved()
                self.call_screen.after(RETRY_SECONDS, self.call_screen.typed)
            return
        raise error

    # ----------------------------------------------------------------- frame acts

    def action_today(self) -> None:
        """Today's calls: the card stays as it is and waits."""
        self.go("call")
        self.port.run(lambda desk: desk.leave_card(), self._left)

    def _left(self, outcome: Outcome) -> None:
        self.take(outcome.snapshot)
        self.load_today()

    async def action_quit(self) -> None:
        """Leave; with a call open it is asked first. Everything is kept."""
        call = self.snapshot.call
        if call is not None and call.phase in (Phase.TALKING, Phase.HELD):
            from agentdesk.tui.screens.reason import ConfirmScreen

            question, detail = self.s("quit.question"), self.s("quit.detail")
            self.push_screen(ConfirmScreen(question, detail=detail, opener="quit"), self._quit)
            return
        self._quit(True)

    def _quit(self, sure: bool | None) -> None:
        if not sure or self.leaving:
            return
        self.leaving = True
        # What was typed before is still in the queue of the field it was typed into.
        hands = self.focused or self.screen
        hands.call_later(self.call_later, self._leave)
        self.set_timer(LEAVE_SECONDS, self._leave)

    def _leave(self) -> None:
        if self._exit:
            return
        if self.call_screen is not None and self.opened:
            self.call_screen.save_typing()
        self.exit(return_code=0)
