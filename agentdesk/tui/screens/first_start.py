"""First start: language, standard, work number — then the console is usable.

::

    app.push_screen(FirstStart(lambda language: [(p.id, p.title.get(language)) for p in packs]))

    def on_first_start_done(self, event: FirstStart.Done) -> None:
        ...                                   # store them, then app.go("call")
"""

from __future__ import annotations

from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container
from textual.message import Message
from textual.widgets import Input

from agentdesk.tui.frame import FrameScreen
from agentdesk.tui.screens.profile import PackTitles, Profile, ProfileForm
from agentdesk.tui.widgets.choice import Choice
from agentdesk.tui.widgets.footer import FooterLine
from agentdesk.tui.widgets.inputs import SafeInput
from agentdesk.tui.widgets.lines import LinesPanel, line


class StartLine(LinesPanel, can_focus=True):
    """The last stop of the form: Enter starts."""

    DEFAULT_CSS = """
    StartLine { height: 1; margin-left: 16; width: 42; background: $field; }
    StartLine:focus { background: $selected; }
    """

    class Pressed(Message):
        """Start."""

    def on_key(self, event: events.Key) -> None:
        """Enter or space."""
        if event.key in ("enter", "space"):
            event.stop()
            self.post_message(self.Pressed())

    def on_click(self) -> None:
        """The mouse works too."""
        self.post_message(self.Pressed())


class FirstStart(FrameScreen):
    """The screen; see the module.

    Args:
        packs: titles of the standards in a language.
        profile: values to begin with.
    """

    LEAVABLE = False
    # With priority the focus moves before the next key is handed out: what is typed fast
    # after Enter does not land in the field that was left.
    BINDINGS = [Binding("enter", "next", show=False, priority=True)]
    DEFAULT_CSS = """
    FirstStart #start-title { height: 2; padding: 0 2; margin: 1 0; }
    FirstStart #start-wrong { height: 1; padding: 0 2; margin-left: 14; }
    FirstStart ProfileForm { height: auto; max-height: 1fr; }
    """

    @dataclass
    class Done(Message):
        """Everything needed is known; the values are cleaned."""

        language: str
        pack: str
        agent_no: str
        agent_name: str
        company: str

    def __init__(self, packs: PackTitles, profile: Profile | None = None) -> None:
        super().__init__()
        self._packs = packs
        self._profile = profile

    def compose(self) -> ComposeResult:
        """No header yet: there is nothing to show in it."""
        with Container(id="body"):
            yield LinesPanel(id="start-title")
            start = self._profile or Profile(language=self.s.language)
            yield ProfileForm(start, self._packs, self.s)
            yield StartLine(id="start-go")
            yield LinesPanel(id="start-wrong")
        yield FooterLine()

    def on_mount(self) -> None:
        """Begin at the top."""
        super().on_mount()
        self.relabel()
        self.query_one("#language").focus()

    def relabel(self) -> None:
        """All texts in another language."""
        s = self.s
        self.query_one("#start-title", LinesPanel).set_lines(
            [line((s("start.title"), "bright bold")), line((s("start.hint"), "quiet"))]
        )
        self.query_one("#start-go", LinesPanel).set_lines(
            [line((" Enter ", "accent bold"), (s("start.go"), "bright"))]
        )
        self.query_one("#start-wrong", LinesPanel).set_lines(())
        self.query_one(ProfileForm).relabel(s)

    def on_choice_changed(self, event: Choice.Changed) -> None:
        """The language holds at once."""
        event.stop()
        if event.choice.id == "language":
            self.frame.set_language(event.value)

    def on_input_changed(self, event: Input.Changed) -> None:
        """What was wrong is being put right."""
        event.stop()
        self.query_one("#start-wrong", LinesPanel).set_lines(())

    def action_next(self) -> None:
        """Enter: the next field; in the last one, start."""
        if self.focused is None or self.focused.id in ("company", "start-go"):
            self._finish()
        else:
            self.focus_next()

    def on_start_line_pressed(self, event: StartLine.Pressed) -> None:
        """Start."""
        event.stop()
        self._finish()

    def _finish(self) -> None:
        if any(field.message_queue_size for field in self.query(SafeInput)):
            # Enter has overtaken keys that another field has yet to take in.
            self.set_timer(0.01, self._finish)
            return
        profile = self.query_one(ProfileForm).profile
        if not profile.agent_no:
            self.query_one("#start-wrong", LinesPanel).set_lines(
                [line((f"▲ {self.s('profile.agent_no.missing')}", "bad"))]
            )
            self.query_one("#agent_no", SafeInput).focus()
            return
        self.post_message(
            self.Done(
                profile.language,
                profile.pack,
                profile.agent_no,
                profile.agent_name,
                profile.company,
            )
        )
