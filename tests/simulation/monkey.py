"""A monkey before the real console: random keys, and what must hold whatever it does.

::

    await Monkey(made(seed=12, length=200), tmp_path).play()

Every spree follows from its seed; ``tests.simulation.monkeys`` plays many and shrinks those that
go wrong.
"""

from __future__ import annotations

import asyncio
import shutil
import unicodedata
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar, cast

from rich.cells import cell_len
from textual import events
from textual.geometry import Size
from textual.keys import _character_to_key, key_to_character

from agentdesk.desk.remote import SyncPort
from agentdesk.desk.remote_views import Arrived
from agentdesk.domain.events import Draft, EntityId, Event
from agentdesk.domain.moments import to_ms
from agentdesk.domain.phone import PhoneEvent
from agentdesk.errors import StoreError
from agentdesk.sync.status import Reason, State
from agentdesk.tui.app import ConsoleApp
from agentdesk.tui.link import _join
from agentdesk.tui.screens.help import HelpScreen
from agentdesk.tui.screens.too_small import TooSmall
from agentdesk.tui.widgets.notes import SafeTextArea
from tests.colleagues import Others
from tests.seat_kit import to_send
from tests.simulation.late import LateWorker, stores
from tests.simulation.monkey_steps import WAIT, Spree, Step
from tests.tui.conftest import Seat, User

T = TypeVar("T")
ROUNDS = 60
"""Times of waiting for everything asked for; it never takes nearly as many."""
PATIENCE_SECONDS = 20.0
"""How long a settled console may take to do nothing."""


class Wrong(AssertionError):
    """An invariant does not hold; the first word says which."""


class Monkey:
    """Plays a spree on a store of its own."""

    def __init__(self, spree: Spree, folder: Path) -> None:
        self.spree = spree
        shutil.copytree(stores() / spree.store, folder, dirs_exist_ok=True)
        self.seat = Seat(folder)
        self.desk = LateWorker(self.seat.open_desk)
        self.seat.worker = self.desk
        self.others = Others(self.seat, folder)
        self.size = spree.size
        self.stray: list[str] = []
        self.app: ConsoleApp
        self._note: SafeTextArea | None = None
        self.user: User

    async def play(self) -> None:
        """Do every step; the console is opened again whenever it was left.

        Raises:
            Wrong: an invariant does not hold.
            Exception: whatever ended the console.
        """
        asyncio.get_running_loop().set_exception_handler(
            lambda _, context: self.stray.append(str(context.get("exception", context)))
        )
        steps = deque(self.spree.steps)
        first = True
        while steps or first:
            first = False
            await self._sit(steps)
        self.others.store.close()
        if self.stray:
            raise Wrong(f"stray {self.stray[0]}")

    async def _sit(self, steps: deque[Step]) -> None:
        """From opening the console to leaving it."""
        self.desk.late = self.spree.late
        self.app = app = self.seat.app()
        wrong: Exception | None = None
        async with app.run_test(size=self.size, notifications=True) as pilot:
            self.user = User(self.seat, app, pilot)
            try:
                await self._do(steps)
            except Exception as found:
                wrong = found
                app.exit()
            # As in a terminal: what was pressed before it ended is still worked off.
            assert app._task is not None
            await asyncio.wait_for(app._task, PATIENCE_SECONDS)
        if wrong is not None:  # and the console did not end of something itself
            raise wrong
        self._left()

    async def _do(self, steps: deque[Step]) -> None:
        app = self.app
        while steps and app.is_running and not app._exit:
            step = steps.popleft()
            self._note = app.call_screen.note if app.call_screen else None
            with suppress(StoreError):  # whoever asked is told, and asks again
                await getattr(self, f"do_{step.act}")(*step.what)
            if step.pause == WAIT:
                await self.settled()
            else:
                for _ in range(step.pause):
                    await asyncio.sleep(0)
                self.desk.let(step.pause)  # an answer a turn
        if not app._exit:
            await self.settled()
            await self._leave()

    async def _leave(self) -> None:
        """The way out is open, whatever was done: its key, and Enter where it is asked."""
        for _ in range(3):
            await self.do_key("ctrl+q")
            await self.settled()
            if self._over():
                return
            await self.do_key("enter")
            await self.settled()
            if self._over():
                return
        raise Wrong(f"quit: {self.app.screen} stays")

    def _over(self) -> bool:
        """Whether the console is being left, or ended."""
        return self.app._exit or not self.app.is_running

    # ------------------------------------------------------------------ the hands

    def _send(self, event: events.Event) -> None:
        driver = self.app._driver
        if driver is not None:
            driver.process_message(event)

    async def do_key(self, name: str) -> None:
        """A key as the terminal sends it, with its character."""
        named = {"enter": "\r", "tab": "\t", "escape": "\x1b", "space": " ", "backspace": "\x7f"}
        plain = "+" not in name and len(key_to_character(name) or "") == 1
        self._send(events.Key(name, named.get(name, key_to_character(name) if plain else None)))

    async def do_types(self, text: str) -> None:
        """One commit of an input method, or quick hands."""
        for char in text:
            if unicodedata.category(char) != "Cs":
                self._send(events.Key(_character_to_key(char), char))

    async def do_paste(self, text: str) -> None:
        """One bracketed paste."""
        self._send(events.Paste(text))

    def _mouse(self, kind: type[events.MouseEvent], x: float, y: float, button: int) -> None:
        column = int(x * self.app.size.width)
        row = int(y * self.app.size.height)
        self._send(kind(None, column, row, 0, 0, button, False, False, False, column, row))

    async def do_click(self, x: float, y: float, button: int) -> None:
        """A click somewhere."""
        self._mouse(events.MouseMove, x, y, 0)
        self._mouse(events.MouseDown, x, y, button)
        self._mouse(events.MouseUp, x, y, button)

    async def do_wheel(self, x: float, y: float, way: int) -> None:
        """The wheel somewhere."""
        self._mouse(events.MouseScrollUp if way < 0 else events.MouseScrollDown, x, y, 0)

    async def do_size(self, width: int, height: int) -> None:
        """Another size of the terminal."""
        self.size = width, height
        cast(Any, self.app._driver)._size = Size(width, height)
        self._send(events.Resize(Size(width, height), Size(width, height)))

    # ------------------------------------------------------------------ the world

    async def do_phone(self, kind: str, call: str, number: str, name: str) -> None:
        """The telephone reports something, once the desk is open."""
        if self.app.opened:
            event = PhoneEvent(cast(Any, kind), call, "pbx", number=number, name=name[:200])
            self.app.deliver(event)

    async def do_news(self, what: str, number: int) -> None:
        """The server tells of something."""
        if not self.app.opened:
            return
        now = to_ms(self.seat.clock())
        help_id = EntityId(f"{number:032x}")
        if what in ("lead", "agent", "offline", "signed_out"):
            news = self.desk.submit(lambda desk: _join(desk, True, lambda: None)).result()
            self.app.call_later(self.app.arrived, news)
            state = State.OFFLINE if what == "offline" else State.SYNCED
            changes: dict[str, Any] = {"waiting": number, "state": state}
            if what == "signed_out":
                changes |= {"state": State.REFUSED, "not_accepted": number}
                changes |= {"reasons": (Reason("signed_out", {"actor": "[/]\x1b[2J"}),)}
            status, lead = self.others.status(**changes), what == "lead"
            self.app.call_later(
                lambda: self.app.take_status(status, server="https://x  [b]  s1", lead=lead)
            )
        elif what in ("mine", "refused"):
            try:
                sent = self.desk.submit(to_send).result()
            except KeyError:  # one that is not shown any more waits to be sent
                return
            verdict = ("forbidden_now", "trainee") if what == "refused" else ("ok", "")
            self._hear(sent[: number * 3], *verdict)
        elif what == "raised":
            body = {"at": now, "call": "a" * 32, "reason": "cannot_calm", "level": "team_leader"}
            body["proposal"] = "[/]客户\x1b[2J要求\u202e经理回电"
            self._they(Draft("escalation.raised", "escalation", help_id, body), "8020")
        elif what == "taken":
            body = {"at": now, "by": "9001 王芳[b]"}
            self._they(Draft("escalation.taken", "escalation", help_id, body), "9001")
        else:
            body = {"name": "李[/]雷", "role": "agent", "team": "A"}
            self._they(Draft("person.set", "person", EntityId("8020"), body), "8009")

    def _they(self, draft: Draft, actor: str) -> None:
        self._hear(self.others.store.commit([draft], actor=actor))

    def _hear(self, found: list[Event], verdict: str = "ok", reason: str = "") -> None:
        after = self.others.site.cursor
        app = self.app

        def arrived(news: Arrived) -> None:
            app.call_later(app.arrived, news)

        SyncPort(self.desk, arrived).apply(self.others.site.take(found, verdict, reason), after)

    async def do_tick(self, seconds: float) -> None:
        """Time passes, and the console's second."""
        self.seat.clock.after(seconds)
        self.app.call_later(self.app.tick, self.seat.clock())

    async def do_language(self, language: str) -> None:
        """Another language of the interface."""
        self.app.call_later(self.app.set_language, language)

    async def do_theme(self, name: str) -> None:
        """Other colours."""
        self.app.call_later(self.app.set_theme, name)

    async def do_fails(self, acts: int) -> None:
        """The disk cannot be written for some acts."""
        if self.app.opened:
            self.desk.failing = acts

    async def do_help(self) -> None:
        """The key for help helps anywhere, and leaving it gives the focus back."""
        await self.settled()
        app = self.app
        before, focus = app.screen, app.focused
        if isinstance(before, TooSmall | HelpScreen) or not app.is_running or app._exit:
            return
        await self.do_key("f1")
        await self.settled()
        if not isinstance(app.screen, HelpScreen):
            raise Wrong(f"help: F1 over {before} shows {app.screen}")
        await self.do_key("escape")
        await self.settled()
        if app.screen is not before or app.focused is not focus:
            raise Wrong(f"help: back from it {app.screen} {app.focused}, not {before} {focus}")

    # ------------------------------------------------------------------ the eyes

    async def settled(self) -> None:
        """Wait until everything asked for is done and drawn, and look."""
        app, wrong = self.app, "never drawn"
        for _ in range(ROUNDS):
            if not app.is_running or app._exit or app._exception:
                return
            self.desk.let(self.desk.waits)
            await self._waited()
            busy = [w for w in app.workers if not w.is_finished]
            if busy:
                await asyncio.sleep(0.002)
            elif not any((app._message_queue.qsize(), self.desk.waits, app.port.busy)):
                resized = app._resize_event is None and app._resize_timer is None
                wrong = self._seen() if await self._drawn() and resized else wrong
                if resized and not wrong:
                    return
                await asyncio.sleep(0.001)
        if wrong:
            raise Wrong(wrong)
        state = f"{app.port.busy} {self.desk.waits} {busy} {app.screen.size} of {app.size}"
        raise Wrong(f"busy: {state}")

    async def _waited(self) -> None:
        """Every widget has done what was in its queue, or the console has ended."""
        waiting = asyncio.create_task(self.user.pilot._wait_for_screen(PATIENCE_SECONDS))
        assert self.app._task is not None
        await asyncio.wait({waiting, self.app._task}, return_when=asyncio.FIRST_COMPLETED)
        if not waiting.done():
            waiting.cancel()
        elif waiting.exception() is not None:
            raise Wrong("stuck: the console does not come to rest")

    async def _drawn(self) -> bool:
        """Everything put off until the next refresh was done, and asked for nothing more."""
        app = self.app
        for _ in range(3):
            if not app._exit and app.screen_stack:
                app.screen._on_timer_update()
                await self._waited()
        return not (self.desk.waits or app.port.busy or app._message_queue.qsize())

    def _seen(self) -> str:
        """What is wrong with what is seen, and with where the hands are."""
        app = self.app
        if app._exception is not None or app._exit or not app.is_running:
            return ""
        width, height = app.size
        if (width, height) != self.size:
            return f"size: {app.size}, not {self.size}"
        rows = self.user.rows()
        if len(rows) != height:
            return f"rows: {len(rows)} of {height}"
        for number, row in enumerate(rows):
            if bad := harmful(row):
                return f"harmful: {bad} in row {number}: {row!r}"
            if cell_len(row) != width:
                return f"width: row {number} has {cell_len(row)} cells, not {width}: {row!r}"
        if not any(row.strip() for row in rows):
            return f"blank: {app.screen}"
        focus = app.focused
        if focus is not None and not (focus.is_attached and focus.display):
            return f"focus: {focus} of {app.screen} is not there"
        return self._told() if app.opened and not self.desk.failing else ""

    def _told(self) -> str:
        """Where what is shown is not what the desk says."""
        stored = self.desk.submit(lambda desk: desk.snapshot()).result()
        for name in stored.__struct_fields__:
            # Typing is told when a call is taken up again, not with every key.
            held, shown = getattr(stored, name), getattr(self.app.snapshot, name)
            if name != "typing" and held != shown:
                return f"snapshot.{name}: {shown}, not {held}"
        return ""

    def _left(self) -> None:
        """The console has ended as asked, and everything is kept."""
        app = self.app
        if app.return_code != 0 or app.start_error is not None:
            raise Wrong(f"code: left with {app.return_code} {app.start_error}")
        shown = app.snapshot.call
        note = self._note.text if self._note is not None else ""
        self.desk.late = False
        self.desk.failing = 0
        self.desk.let(self.desk.waits)
        if self.desk.submit(lambda desk: desk.snapshot()).result().call != shown:
            shown = None  # it was being changed when the console was left
        kept = self.user.store.typing(shown.id) if shown is not None else None
        saved = (
            kept.values.get("note", "") if kept else shown.values.get("note", "") if shown else ""
        )
        if shown is not None and self._note is not None and saved != note:
            raise Wrong(f"note: {saved!r} is kept of {note!r}")
        if wrong := self.user.store.refold():
            raise Wrong(f"fold: {wrong}")
        self.seat.shut()


def harmful(text: str) -> set[str]:
    """Characters a terminal could obey instead of showing."""
    return {f"U+{ord(c):04X}" for c in text if unicodedata.category(c) in _HARMFUL}


_HARMFUL = ("Cc", "Cf", "Cs", "Zl", "Zp")
