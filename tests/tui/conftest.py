"""One seat with the real console, store and standards, on a clock the test moves."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, time
from pathlib import Path
from random import Random
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace
from textual import events
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.strip import Strip

from agentdesk.config import Config, Push, Shift, Typing
from agentdesk.desk import demo_orders
from agentdesk.desk.demo import MovingClock, profile
from agentdesk.desk.desk import Desk
from agentdesk.desk.snapshot import Profile
from agentdesk.desk.worker import InlineWorker, Worker
from agentdesk.domain.call.state import Call
from agentdesk.domain.events import EntityId, Event
from agentdesk.domain.ids import Ids
from agentdesk.domain.moments import to_ms
from agentdesk.domain.phone import PhoneEvent, PhoneKind
from agentdesk.locations import Locations
from agentdesk.standards.loader import PackRegistry
from agentdesk.store.store import Store
from agentdesk.tui.app import ConsoleApp
from agentdesk.tui.main import make_app, open_desk
from agentdesk.tui.screens.call import CallScreen
from agentdesk.tui.widgets.picker import Picker

AT = datetime(2026, 3, 10, 14, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
"""A working Tuesday afternoon."""

CONFIG = Config(
    shift=Shift(time(8), time(17)), push=Push(enabled=False), typing=Typing(save_after_ms=1)
)
"""A configuration that leaves everything personal to the first start and the settings."""


class Seat:
    """The store, the clock and the ids of one seat; the console over it can be opened again.

    Attributes:
        worker: may be replaced before :meth:`open`, to let the desk fail.
    """

    def __init__(self, folder: Path, config: Config = CONFIG) -> None:
        self.config = config
        self.places = Locations.under(folder)
        self.clock = MovingClock(AT)
        self.ids = Ids(lambda: to_ms(self.clock()), Random(8012).getrandbits)
        self.worker: Worker = InlineWorker(self.open_desk)
        self._open: list[ConsoleApp] = []

    def open_desk(self) -> Desk:
        """The desk over the store of this seat."""
        packs = PackRegistry(self.places.packs_dir)
        return open_desk(self.config, self.places, lambda: packs, clock=self.clock, new_id=self.ids)

    def set(self, **changes: Any) -> Seat:
        """Change the configuration before the console is opened."""
        self.config = replace(self.config, **changes)
        return self

    def app(self) -> ConsoleApp:
        """The console, not yet running; the one opened before is shut."""
        self.shut()
        app = make_app(self.config, self.places, self.worker, clock=self.clock, new_id=self.ids)
        self._open.append(app)
        return app

    @asynccontextmanager
    async def open(self, size: tuple[int, int] = (120, 36)) -> AsyncIterator[User]:
        """Run the console and hand out somebody who sits before it."""
        app = self.app()
        async with app.run_test(size=size, notifications=True) as pilot:
            user = User(self, app, pilot)
            await user.settle()
            yield user
        self.shut()

    def user(self, app: ConsoleApp, pilot: Pilot[None]) -> User:
        """Somebody before a console that runs already."""
        return User(self, app, pilot)

    def answered(self, seat: Profile) -> Seat:
        """The first start was answered long ago."""
        desk = self.open_desk()
        desk.set_profile(seat)
        desk.close()
        return self

    def shut(self) -> None:
        """Close the store; it can be opened again."""
        while self._open:
            self._open.pop().shut()


class User:
    """Hands and eyes before a running console."""

    def __init__(self, seat: Seat, app: ConsoleApp, pilot: Pilot[None]) -> None:
        self.seat, self.app, self.pilot = seat, app, pilot

    # Waiting

    async def settle(self) -> None:
        """Until everything asked for has been done and drawn."""
        await self._through()
        if self.app._batch_count and self.app.is_running:
            # A new screen is drawn once it may be painted, some milliseconds after it was opened.
            await self.until(lambda: not self.app._batch_count)

    async def _through(self) -> None:
        """What is in the queues; no clock is involved."""
        for _ in range(6):
            await self.pilot._wait_for_screen()
            self.app.screen._on_timer_update()

    async def until(self, reached: Callable[[], bool]) -> None:
        """Until something on a real timer of some milliseconds has happened."""
        for _ in range(4_000):  # of no hurry: other tests may have the machine
            if reached():
                break
            await self.pilot.pause(0.005)
        assert reached()
        await self._through()

    async def after(self, seconds: float) -> None:
        """Move the clock on, and let the console's second pass."""
        self.seat.clock.after(seconds)
        self.app.tick(self.seat.clock())
        await self.settle()

    async def quiet(self) -> None:
        """Take down what was told in passing: how long it stays is real time."""
        self.app.clear_notifications()
        self.app._hush_all()
        await self.settle()

    # Hands

    def _send(self, event: events.Event) -> None:
        event.set_sender(self.app)
        driver = self.app._driver
        assert driver is not None
        driver.send_message(event)

    async def keys(self, *names: str) -> None:
        """Press keys, one after another."""
        for name in names:
            self._send(events.Key(name, name if len(name) == 1 else None))
            await self.settle()

    async def types(self, text: str) -> None:
        """One commit of an input method: a burst of keys with their characters."""
        for char in text:
            key = {"\n": "enter", "\t": "tab"}.get(char) or _character_to_key(char)
            self._send(events.Key(key, "\r" if char == "\n" else char))
        await self.settle()

    async def pastes(self, text: str) -> None:
        """One bracketed paste."""
        self._send(events.Paste(text))
        await self.settle()

    # The telephone

    async def phone(self, kind: PhoneKind, call: str = "c1", **more: Any) -> None:
        """The telephone system reports something."""
        self.app.deliver(PhoneEvent(kind, call, "pbx", **more))
        await self.settle()

    async def rings(self, number: str = "13800138000", *, call: str = "c1", **more: Any) -> None:
        """A call rings."""
        await self.phone("offered", call, number=number, **more)

    async def talks(self, number: str = "13800138000") -> None:
        """A call rings and is answered after two seconds."""
        await self.rings(number)
        await self.after(2)
        await self.keys("f2")

    async def names(self, surname: str = "王") -> None:
        """The customer is 王先生; the hands go on to the note."""
        await self.focus("surname")
        await self.types(surname)
        await self.focus("title")
        await self.keys("right")
        await self.note()

    async def focus(self, key: str) -> None:
        """Go to a field of the form."""
        widget = self.screen.form.widget_of(key)
        assert widget is not None
        widget.focus()
        await self.settle()

    async def note(self) -> None:
        """Go to the note."""
        self.screen.note.focus()
        await self.settle()

    async def notes(self, text: str) -> None:
        """Write into the note."""
        await self.note()
        await self.types(text)

    async def category(self, key: str) -> None:
        """Choose a category as a hand does, by arrows."""
        await self.focus("category")
        for _ in range(20):
            if self.screen.form.category.value == key:
                break
            await self.keys("right")
        assert self.screen.form.category.value == key
        await self.note()

    async def closes(self) -> None:
        """The customer hangs up, and the card is closed with the first result."""
        await self.keys("ctrl+underscore", "f9")
        if not isinstance(self.app.screen, Picker):
            await self.keys("f9")  # it told what is missing
        await self.keys("1")
        assert self.app.snapshot.call is None

    # Eyes

    @property
    def screen(self) -> CallScreen:
        """The call screen."""
        found = self.app.call_screen
        assert found is not None
        return found

    @property
    def call(self) -> Call:
        """The call on the card, as the desk last told it."""
        found = self.app.snapshot.call
        assert found is not None
        return found

    @property
    def card_is_shown(self) -> bool:
        """The call screen is what the user sees."""
        return self.app.screen is self.screen

    def rows(self) -> list[str]:
        """The rows on the terminal, dialogs and toasts included."""
        update = self.app.screen._compositor.render_update(
            full=True, screen_stack=self.app._background_screens
        )
        found: list[str] = []
        for row in cast(Any, update).strips:
            strips = [row] if isinstance(row, Strip) else row
            found.append("".join(strip.text for strip in strips))
        return found

    def sees(self, text: str) -> bool:
        """Whether the terminal shows the text; line breaks and blanks do not matter."""
        return "".join(text.split()) in "".join("".join(self.rows()).split())

    def panel(self, name: str) -> str:
        """What a panel of the call screen says, rows joined without their left rule."""
        lines = self.screen._panel(name).lines
        return "".join(item.text.replace("▌", " ").strip() for item in lines)

    def toasts(self) -> list[str]:
        """Everything told in passing, oldest first; titles stand before a colon."""
        notes = list(self.app._notifications)
        told = [f"{n.title}: {n.message}" if n.title else str(n.message) for n in notes]
        return [*told, *self.app.messages]

    # The store

    @property
    def store(self) -> Store:
        """The store itself; the desk keeps it to itself otherwise."""
        return self.seat.worker.submit(lambda desk: desk._store).result()

    def events(self, entity: str = "call", of: str = "") -> list[Event]:
        """Everything stored about the call on the card, or about another entity."""
        if entity != "call":
            known = self.store.entities(entity)
            return [event for key, _ in known for event in self.store.events_of(entity, key)]
        call_id = EntityId(of) if of else self.call.id
        return self.store.events_of("call", call_id)

    def kinds(self, of: str = "") -> list[str]:
        """Kinds of what is stored about a call, field changes left out."""
        return [event.kind for event in self.events(of=of) if event.kind != "call.set"]

    def last(self, kind: str, of: str = "") -> Mapping[str, Any]:
        """Body of the latest stored event of a kind."""
        entity = kind.partition(".")[0]
        found = [event for event in self.events(entity, of) if event.kind == kind]
        assert found, f"nothing stored of kind {kind}"
        return found[-1].body

    def saved(self) -> str:
        """The note as unfinished typing in the store."""
        typing = self.store.typing(self.call.id)
        return typing.values.get("note", "") if typing else ""


@pytest.fixture
def seat(tmp_path: Path) -> Iterator[Seat]:
    """A seat of 示例速运 that works by the courier standard; no call yet."""
    found = Seat(tmp_path).answered(profile())
    yield found
    found.shut()


@pytest.fixture
def telecom(seat: Seat) -> Seat:
    """A seat that works by the telecom standard and has orders in every state."""
    desk = seat.open_desk()
    desk.set_profile(demo_orders.profile())
    demo_orders.tell(desk, seat.clock)
    desk.close()
    return seat


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Seat]:
    """A seat nobody has sat at."""
    found = Seat(tmp_path)
    yield found
    found.shut()
