"""Settings: the profile and the colours. Everything holds at once; there is nothing to save.

::

    Place("9", "settings", lambda: Settings(packs, profile))

    def on_settings_changed(self, event: Settings.Changed) -> None:
        store(event.profile)      # language and theme of the app are changed already
"""

from __future__ import annotations

from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.message import Message

from agentdesk.tui.frame import FrameScreen
from agentdesk.tui.screens.profile import PackTitles, Profile, ProfileForm
from agentdesk.tui.widgets.choice import Choice
from agentdesk.tui.widgets.inputs import SafeInput
from agentdesk.tui.widgets.lines import LinesPanel, line


class Settings(FrameScreen):
    """The screen; see the module.

    Args:
        packs: titles of the standards in a language.
        profile: present values.
    """

    PLACE = "settings"
    BINDINGS = [Binding("enter", "next", show=False, priority=True)]
    DEFAULT_CSS = """
    Settings #settings-title { height: 2; padding: 0 2; }
    Settings #settings-state { height: 1; padding: 0 2; }
    """

    @dataclass
    class Changed(Message):
        """A value was changed; ``profile`` is complete and cleaned."""

        profile: Profile

    def __init__(self, packs: PackTitles, profile: Profile) -> None:
        super().__init__()
        self._packs = packs
        self._profile = profile

    def compose_body(self) -> ComposeResult:
        """Title, form, what happened."""
        yield LinesPanel(id="settings-title")
        yield ProfileForm(self._profile, self._packs, self.s, with_theme=True)
        yield LinesPanel(id="settings-state")

    def on_mount(self) -> None:
        """Begin with the language."""
        super().on_mount()
        self.relabel()
        self.query_one("#language").focus()

    def relabel(self) -> None:
        """All texts in another language."""
        self.query_one("#settings-title", LinesPanel).set_lines(
            [line((self.s("settings.title"), "bright bold"), (self.s("settings.hint"), "quiet"))]
        )
        self.query_one(ProfileForm).relabel(self.s)

    def on_choice_changed(self, event: Choice.Changed) -> None:
        """Language and colours hold at once."""
        event.stop()
        if event.choice.id == "language":
            self.frame.set_language(event.value)
        elif event.choice.id == "theme":
            self.frame.set_theme(event.value)
        self._take()

    def action_next(self) -> None:
        """Enter: keep it and go on."""
        self._take()
        self.focus_next()

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """Leaving a field keeps it."""
        if isinstance(event.widget, SafeInput):
            self._take()

    def _take(self) -> None:
        profile = self.query_one(ProfileForm).profile
        state = self.query_one("#settings-state", LinesPanel)
        if not profile.agent_no:
            state.set_lines([line((f"▲ {self.s('profile.agent_no.missing')}", "bad"))])
            return
        if profile == self._profile:
            return
        self._profile = profile
        state.set_lines([line((f"✓ {self.s('settings.kept')}", "good"))])
        self.post_message(self.Changed(profile))
