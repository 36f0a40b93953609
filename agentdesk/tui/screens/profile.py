"""Who sits here and by which standard: the form of first start and settings."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence

from msgspec import Struct
from msgspec.structs import replace
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.widget import Widget

from agentdesk.domain.text import clean
from agentdesk.strings import LANGUAGES, Strings
from agentdesk.tui.themes import THEMES
from agentdesk.tui.widgets.choice import Choice, Option
from agentdesk.tui.widgets.inputs import SafeInput
from agentdesk.tui.widgets.lines import LinesPanel, line

NUMBER_LENGTH = 12
"""Longest work number, in characters."""
NAME_LENGTH = 20
COMPANY_LENGTH = 40

PackTitles = Callable[[str], Sequence[Option]]
"""Language -> (pack id, title) of every standard there is."""


class Profile(Struct, frozen=True):
    """What the form holds.

    Attributes:
        language: ``zh-CN`` or ``en``.
        pack: id of the standards pack.
        agent_no: work number, not empty once saved.
        agent_name: may be empty.
        company: name the greeting says, may be empty.
        theme: key of ``THEMES``.
    """

    language: str = LANGUAGES[0]
    pack: str = ""
    agent_no: str = ""
    agent_name: str = ""
    company: str = ""
    theme: str = "dark"

    def cleaned(self) -> Profile:
        """The same with tidy texts; digits in half width, no blanks in the number."""
        number = unicodedata.normalize("NFKC", clean(self.agent_no))
        return replace(
            self,
            agent_no="".join(number.split())[:NUMBER_LENGTH],
            agent_name=clean(self.agent_name).strip()[:NAME_LENGTH],
            company=clean(self.company).strip()[:COMPANY_LENGTH],
        )


class ProfileForm(VerticalScroll, can_focus=False):
    """The fields, one label column; ``profile`` reads them.

    Args:
        profile: first values.
        packs: titles of the standards in a language.
        s: texts.
        with_theme: also ask for the colours.
    """

    DEFAULT_CSS = """
    ProfileForm { padding: 0 2; background: $background; scrollbar-size-vertical: 1; }
    ProfileForm > Horizontal { height: auto; margin-bottom: 1; }
    ProfileForm > .tight { margin-bottom: 0; }
    ProfileForm .label { width: 14; height: 1; }
    ProfileForm Choice { width: 1fr; max-width: 64; }
    ProfileForm #agent_no { width: 16; }
    ProfileForm #agent_name { width: 24; }
    ProfileForm #company { width: 40; }
    ProfileForm .note { width: 1fr; height: 1; margin-left: 2; }
    """

    def __init__(
        self, profile: Profile, packs: PackTitles, s: Strings, *, with_theme: bool = False
    ) -> None:
        super().__init__(id="profile")
        self._profile = profile
        self._packs = packs
        self._s = s
        self._with_theme = with_theme

    def compose(self) -> ComposeResult:
        """One row for each field."""
        start = self._profile
        language = Choice(
            [(code, self._s(f"language.{code}")) for code in LANGUAGES],
            start.language,
            id="language",
        )
        yield from self._row("language", language)
        packs = self._packs(start.language)
        yield from self._row("pack", Choice(packs, start.pack, most=7, id="pack"))
        if self._with_theme:
            yield from self._row("theme", Choice(self._themes(), start.theme, id="theme"))
        number = SafeInput(start.agent_no, max_length=NUMBER_LENGTH, id="agent_no")
        yield from self._row("agent_no", number, tight=True)
        name = SafeInput(start.agent_name, max_length=NAME_LENGTH, id="agent_name")
        yield from self._row("agent_name", name, tight=True)
        company = SafeInput(start.company, max_length=COMPANY_LENGTH, id="company")
        yield from self._row("company", company)

    def _row(self, field: str, widget: Widget, *, tight: bool = False) -> ComposeResult:
        with Horizontal(classes="tight" if tight else ""):
            yield LinesPanel(classes="label", id=f"label-{field}")
            yield widget
            yield LinesPanel(classes="note", id=f"note-{field}")

    def on_mount(self) -> None:
        """Write the labels."""
        self.relabel(self._s)

    def _themes(self) -> list[Option]:
        return [(name, self._s(f"theme.{name}")) for name in THEMES]

    def relabel(self, s: Strings) -> None:
        """All texts in another language."""
        self._s = s
        for panel in self.query(".label").results(LinesPanel):
            field = (panel.id or "").removeprefix("label-")
            panel.set_lines([line((s(f"profile.{field}"), "quiet"))])
        for panel in self.query(".note").results(LinesPanel):
            field = (panel.id or "").removeprefix("note-")
            note = s(f"profile.{field}.note") if f"profile.{field}.note" in s else ""
            panel.set_lines([line((note, "quiet"))])
            panel.display = bool(note)
        self.query_one("#pack", Choice).set_options(self._packs(s.language))
        for theme in self.query("#theme").results(Choice):
            theme.set_options(self._themes())

    @property
    def profile(self) -> Profile:
        """What the fields say now, cleaned."""
        theme = next((each.value for each in self.query("#theme").results(Choice)), "")
        return Profile(
            language=self.query_one("#language", Choice).value,
            pack=self.query_one("#pack", Choice).value,
            agent_no=self.query_one("#agent_no", SafeInput).value,
            agent_name=self.query_one("#agent_name", SafeInput).value,
            company=self.query_one("#company", SafeInput).value,
            theme=theme or self._profile.theme,
        ).cleaned()
