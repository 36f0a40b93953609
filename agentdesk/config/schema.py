"""Every key of ``config.toml``: how its value is read and what else it could be.

``expected`` is written in TOML itself (``"zh-CN" | "en"``, ``1 … 60``), so it needs no
translation.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import time

from msgspec import Struct

from agentdesk.config import remote
from agentdesk.config.model import TIMEZONE_DEFAULT

TEXT_LIMIT = 64
"""Longest text value, in characters; a greeting has to fit a line."""

PATH_LIMIT = 1024
"""Longest name of a file, in characters."""


class WrongValue(Exception):
    """A value cannot be used; ``choices`` are what may have been meant."""

    def __init__(self, choices: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.choices = choices


class Key(Struct, frozen=True):
    """One key.

    Attributes:
        name: dotted name, for example ``agent.no``.
        expected: what a right value looks like, in TOML.
        read: turns a TOML value into the typed one, or raises ``WrongValue``.
        of_text: turns the text of a variable or flag into a TOML value.
    """

    name: str
    expected: str
    read: Callable[[object], object]
    of_text: Callable[[str], object] = str

    @property
    def variable(self) -> str:
        """Environment variable that sets it: ``agent.no`` -> ``AGENTDESK_AGENT_NO``."""
        return "AGENTDESK_" + self.name.replace(".", "_").upper()


def _choice(name: str, *choices: str) -> Key:
    def read(value: object) -> object:
        if value not in choices:
            raise WrongValue(choices)
        return value

    return Key(name, " | ".join(f'"{choice}"' for choice in choices), read)


def _text(name: str, example: str) -> Key:
    def read(value: object) -> object:
        if not isinstance(value, str):
            raise WrongValue
        stripped = unicodedata.normalize("NFC", value.strip())
        hidden = any(unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl") for char in stripped)
        if hidden or not 0 < len(stripped) <= TEXT_LIMIT:
            raise WrongValue
        return stripped

    return Key(name, f'"{example}" (1 … {TEXT_LIMIT})', read)


def _integer(name: str, low: int, high: int) -> Key:
    def read(value: object) -> object:
        # TOML's true is a Python int.
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise WrongValue
        return value

    def of_text(text: str) -> object:
        return int(text) if text.isascii() and text.isdigit() else text

    return Key(name, f"{low} … {high}", read, of_text)


def _boolean(name: str) -> Key:
    words = {"true": True, "1": True, "yes": True, "on": True}
    words |= {"false": False, "0": False, "no": False, "off": False}

    def read(value: object) -> object:
        if not isinstance(value, bool):
            raise WrongValue(("true", "false"))
        return value

    return Key(name, "true | false", read, lambda text: words.get(text.lower(), text))


def _clock(name: str, example: str) -> Key:
    def read(value: object) -> object:
        if isinstance(value, str) and len(value) == 5 and value[2] == ":":
            try:
                return time.fromisoformat(value)
            except ValueError:
                pass
        if isinstance(value, time) and value.tzinfo is None:  # TOML has times: 08:00:00
            return value.replace(second=0, microsecond=0)
        raise WrongValue

    return Key(name, f'"{example}"', read)


def _zone(value: object) -> object:
    if value == TIMEZONE_DEFAULT:  # works without a time zone database: see Config.zone
        return value
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

    try:
        if isinstance(value, str) and value:
            ZoneInfo(value)
            return value
    except (ZoneInfoNotFoundError, ValueError, OSError):
        pass
    raise WrongValue(tuple(sorted(available_timezones())))


def _server(value: object) -> object:
    try:
        return remote.server_url(value)
    except ValueError:
        raise WrongValue from None


def _file(value: object) -> object:
    from pathlib import Path

    # Relative to what? The console is started from anywhere.
    if isinstance(value, str) and value.isprintable() and len(value) <= PATH_LIMIT:
        path = Path(value.strip())
        if path.is_absolute() or value.strip().startswith("~/"):
            return value.strip()
    raise WrongValue


def _loopback(value: object) -> object:
    if value == "localhost":
        return "127.0.0.1"
    import ipaddress

    try:
        if isinstance(value, str) and ipaddress.ip_address(value).is_loopback:
            return value
    except ValueError:
        pass
    raise WrongValue


KEYS: tuple[Key, ...] = (
    _choice("language", "zh-CN", "en"),
    _choice("theme", "dark", "light", "contrast"),
    _text("pack", "F6"),
    _text("company", "示例快运"),
    Key("timezone", f'"{TIMEZONE_DEFAULT}"', _zone),
    _boolean("mouse"),
    _text("agent.no", "8001"),
    _text("agent.name", "李华"),
    _clock("shift.start", "08:00"),
    _clock("shift.end", "17:00"),
    _integer("ring.seconds_per_ring", 1, 60),
    _integer("typing.save_after_ms", 50, 900),
    _boolean("push.enabled"),
    Key("push.host", '"127.0.0.1" | "::1"', _loopback),
    _integer("push.port", 0, 65535),
    _integer("push.rate_per_minute", 1, 6000),
    _boolean("server.enabled"),
    Key("server.url", remote.EXAMPLE, _server),
    Key("server.ca_file", '"/etc/agentdesk/ca.pem" | "~/ca.pem"', _file),
)
"""Every key but those of ``[hours]`` (see :mod:`agentdesk.config.hours`), and of ``[queues]``
and ``[keys]``, whose names are not ours."""

QUEUE_LIMIT = 64
"""Longest name of a queue a phone system may give, in characters."""

QUEUE_PACK = _text("queues", "F6")
"""A value of ``[queues]``, whose names are the phone system's own."""

TABLES = ("agent", "shift", "ring", "typing", "push", "server", "hours", "queues", "keys")
"""Names that are tables."""
