"""A small app on the frame, and typing as an input method does it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeAlias, cast

import pytest
from textual import events
from textual.app import ComposeResult
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.strip import Strip

from agentdesk.tui.base import FrameApp, Place
from agentdesk.tui.commands.call import COMMANDS
from agentdesk.tui.frame import FrameScreen
from agentdesk.tui.screens.first_start import FirstStart
from agentdesk.tui.screens.profile import Profile
from agentdesk.tui.screens.settings import Settings
from agentdesk.tui.widgets.inputs import SafeInput
from agentdesk.tui.widgets.lines import LinesPanel, line
from agentdesk.tui.widgets.notes import SafeTextArea

NOW = datetime(2026, 11, 22, 1, 41, 27, tzinfo=UTC)
TITLES = [("F6", "快递客服热线规范"), ("F1", "电信客服规范")]


class DeskScreen(FrameScreen):
    """Stands for the call screen."""

    PLACE = "call"
    ACTS = COMMANDS

    def __init__(self) -> None:
        super().__init__()
        self.done: list[str] = []
        self.ticks: list[datetime] = []
        self.possible: dict[str, bool | None] = {}

    def compose_body(self) -> ComposeResult:
        yield LinesPanel([line("通话")], id="panel")
        yield SafeTextArea(id="note")
        yield SafeInput(id="field")

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one("#note").focus()

    def tick(self, now: datetime) -> None:
        self.ticks.append(now)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self.possible.get(action, True)

    def action_escalate(self) -> None:
        self.done.append("escalate")

    def action_hold(self) -> None:
        self.done.append("hold")

    def action_scripts(self) -> None:
        self.done.append("scripts")

    def action_said(self) -> None:
        self.done.append("said")


class DeskApp(FrameApp):
    """Two places and a frozen clock."""

    PLACES = (
        Place("1", "call", DeskScreen),
        Place("9", "settings", lambda: Settings(lambda _: TITLES, Profile(agent_no="8012"))),
    )

    def __init__(
        self, *, keys: Mapping[str, str] | None = None, theme: str = "dark", first: bool = False
    ) -> None:
        super().__init__(clock=lambda: NOW, keys=keys, theme=theme)
        self.first = first
        self.told: list[FirstStart.Done | Settings.Changed] = []

    def on_mount(self) -> None:
        if self.first:
            self.push_screen(FirstStart(lambda _: TITLES))
        else:
            self.go("call")

    def on_first_start_done(self, event: FirstStart.Done) -> None:
        self.told.append(event)

    def on_settings_changed(self, event: Settings.Changed) -> None:
        self.told.append(event)

    @property
    def desk(self) -> DeskScreen:
        screen = self.place_screen("call")
        assert isinstance(screen, DeskScreen)
        return screen

    @property
    def note(self) -> SafeTextArea:
        return self.desk.query_one("#note", SafeTextArea)

    def toasts(self) -> list[str]:
        told = [str(note.message) for note in self._notifications]
        return [*told, *self.messages]


Commit: TypeAlias = Callable[[Pilot[None], str], None]


@pytest.fixture
def desk_app() -> Callable[..., DeskApp]:
    """Makes the app."""
    return DeskApp


@pytest.fixture
def commit() -> Commit:
    """One input-method commit: a burst of keys with their characters set."""

    def send(pilot: Pilot[None], text: str) -> None:
        for char in text:
            key = {"\n": "enter", "\t": "tab"}.get(char) or _character_to_key(char)
            event = events.Key(key, "\r" if char == "\n" else char)
            event.set_sender(pilot.app)
            driver = pilot.app._driver
            assert driver is not None
            driver.send_message(event)

    return send


@pytest.fixture
def screen_text() -> Callable[[FrameApp], list[str]]:
    """The rows a user sees, dialogs included."""

    def rows(app: FrameApp) -> list[str]:
        update = app.screen._compositor.render_update(
            full=True, screen_stack=app._background_screens
        )
        found: list[str] = []
        for row in cast(Any, update).strips:
            strips = [row] if isinstance(row, Strip) else row
            found.append("".join(strip.text for strip in strips))
        return found

    return rows
