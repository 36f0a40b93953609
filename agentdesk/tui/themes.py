"""Colours. One table per theme; everything drawn names a role, never a colour.

A role is words separated by blanks: a colour of ``Colours``, ``on-<colour>`` for the
background, ``bold``, ``underline``, ``reverse``::

    look = Look(THEMES["dark"])
    look.style("bad bold")              # red, bold
    look.style("bright on-selected")

In CSS the same colours are variables: ``$bright``, ``$quiet``, ``$strip`` …
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import asdict
from rich.style import Style
from textual.theme import Theme


class Colours(Struct, frozen=True):
    """The colours of one theme.

    Attributes:
        background, header, nav, panel, field, selected, strip: surfaces, back to front.
            ``strip`` is the surface under "what is wrong now".
        text, bright, quiet: ordinary values, what must be read now, labels and the past.
        accent: keys and clauses.
        good, warn, bad: states; each goes with a glyph and a word.
        alarm: escalation.
        strip_text: text on ``strip``.
        rule: a left rule that does not ask for attention.
    """

    background: str
    header: str
    nav: str
    panel: str
    field: str
    selected: str
    strip: str
    text: str
    bright: str
    quiet: str
    accent: str
    good: str
    warn: str
    bad: str
    alarm: str
    strip_text: str
    rule: str


SURFACES = ("background", "header", "nav", "panel", "field", "selected")
"""Colours text is put on (``strip`` carries ``strip_text`` and the state colours)."""
INKS = ("text", "bright", "quiet", "accent", "good", "warn", "bad", "alarm")
"""Colours text is written in."""

DARK = Colours(
    background="#0f1318",
    header="#1a222d",
    nav="#141a21",
    panel="#182330",
    field="#1c2935",
    selected="#1e3a5c",
    strip="#2d1a1c",
    text="#c3ced9",
    bright="#f4f8fb",
    quiet="#95a4b3",
    accent="#58a9ff",
    good="#7fd08f",
    warn="#f0c265",
    bad="#ff8389",
    alarm="#ffa263",
    strip_text="#f6b9ba",
    rule="#2b3846",
)
LIGHT = Colours(
    background="#f7f9fb",
    header="#e3e9ef",
    nav="#edf1f5",
    panel="#e9f0f7",
    field="#e4eaf0",
    selected="#cfe2f7",
    strip="#fbe5e5",
    text="#28333d",
    bright="#05090c",
    quiet="#4c5966",
    accent="#0a4fa3",
    good="#14602c",
    warn="#6d4a00",
    bad="#a3141f",
    alarm="#8f3300",
    strip_text="#7d0f18",
    rule="#c3cdd7",
)
CONTRAST = Colours(
    background="#000000",
    header="#000000",
    nav="#000000",
    panel="#101010",
    field="#1a1a1a",
    selected="#003a7a",
    strip="#3a0000",
    text="#ffffff",
    bright="#ffffff",
    quiet="#d0d0d0",
    accent="#7cc4ff",
    good="#7dff8a",
    warn="#ffe14d",
    bad="#ffa0a0",
    alarm="#ffb870",
    strip_text="#ffffff",
    rule="#808080",
)
THEMES: dict[str, Colours] = {"dark": DARK, "light": LIGHT, "contrast": CONTRAST}
"""Theme name of ``config.toml`` -> colours; the first is the default."""


def css_variables(colours: Colours) -> dict[str, str]:
    """The colours as CSS variables (``strip_text`` is ``$strip-text``).

    ``panel``, ``background`` and ``accent`` are Textual's own names and come with the theme.
    """
    own = {"panel", "background", "accent"}
    return {
        name.replace("_", "-"): value for name, value in asdict(colours).items() if name not in own
    } | {
        "border": colours.accent,
        "border-blurred": colours.rule,
        "block-cursor-background": colours.selected,
        "block-cursor-foreground": colours.bright,
        "input-cursor-background": colours.bright,
        "input-cursor-foreground": colours.background,
        "input-selection-background": colours.selected,
        "input-selection-foreground": colours.bright,
        "scrollbar": colours.rule,
        "scrollbar-hover": colours.quiet,
        "scrollbar-active": colours.accent,
        "scrollbar-background": colours.background,
        "scrollbar-background-hover": colours.background,
        "scrollbar-background-active": colours.background,
        "scrollbar-corner-color": colours.background,
    }


def textual_theme(name: str) -> Theme:
    """The theme as Textual registers it, as ``agentdesk-<name>``."""
    colours = THEMES[name]
    return Theme(
        name=f"agentdesk-{name}",
        primary=colours.accent,
        secondary=colours.quiet,
        accent=colours.accent,
        warning=colours.warn,
        error=colours.bad,
        success=colours.good,
        foreground=colours.text,
        background=colours.background,
        surface=colours.field,
        panel=colours.panel,
        dark=name != "light",
        variables=css_variables(colours),
    )


class Look:
    """Roles turned into Rich styles for one theme; cached."""

    def __init__(self, colours: Colours) -> None:
        self.colours = colours
        self._styles: dict[str, Style] = {}

    def style(self, role: str) -> Style:
        """The style of a role.

        Raises:
            AttributeError: a word is no colour of the theme.
        """
        if (known := self._styles.get(role)) is None:
            known = self._styles[role] = self._parse(role)
        return known

    def _parse(self, role: str) -> Style:
        style = Style.null()
        for word in role.split():
            if word in ("bold", "underline", "reverse", "italic"):
                style += Style.parse(word)
            elif word.startswith("on-"):
                style += Style(bgcolor=getattr(self.colours, word[3:].replace("-", "_")))
            else:
                style += Style(color=getattr(self.colours, word.replace("-", "_")))
        return style


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two ``#rrggbb`` colours, 1 to 21 (WCAG 2.2, 1.4.3)."""

    def luminance(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)
