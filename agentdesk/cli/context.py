"""What every sub-command is given."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TextIO

from msgspec import Struct

from agentdesk.config import Config
from agentdesk.domain.text import visible
from agentdesk.errors import AgentdeskError, ConfigError
from agentdesk.locations import Locations
from agentdesk.strings import Strings


class Context(Struct, frozen=True):
    """The run: environment, places, settings and words.

    Attributes:
        settings: the settings, or why they cannot be used; see ``config``.
        asked: the options every sub-command shares, as they were given.
    """

    env: Mapping[str, str]
    locations: Locations
    settings: Config | ConfigError
    strings: Strings
    asked: Mapping[str, str | None] = {}

    @property
    def config(self) -> Config:
        """The settings.

        Raises:
            ConfigError: they cannot be used; ``doctor`` and ``paths`` go on without.
        """
        if isinstance(self.settings, ConfigError):
            raise self.settings
        return self.settings

    def put(self, *columns: str) -> None:
        """One line of data on stdout, its columns separated by tabs."""
        write("\t".join(map(visible, columns)), sys.stdout)

    def say(self, line: str = "") -> None:
        """One line of narration, on stderr."""
        write(visible(line), sys.stderr)


def write(text: str, stream: TextIO) -> None:
    """Print a line whatever the stream's encoding; what it lacks is escaped."""
    encoding = stream.encoding or "utf-8"
    print(text.encode(encoding, "backslashreplace").decode(encoding), file=stream)


def show_error(error: AgentdeskError, strings: Strings, stream: TextIO) -> None:
    """Title and body of an error; in English where the stream cannot show Chinese."""
    title, body = strings.error(error)
    try:
        f"{title}{body}".encode(stream.encoding or "utf-8")
    except UnicodeEncodeError:
        strings = Strings("en")
        title, body = strings.error(error)
    lines = [f"agentdesk: {title}", *(f"  {line}" for line in body.split("\n"))]
    write("\n".join(map(visible, lines)), stream)
