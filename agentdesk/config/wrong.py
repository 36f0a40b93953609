"""The error for a value of ``config.toml`` that cannot be used, made in one place."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from agentdesk.config.lines import line_of
from agentdesk.errors import ConfigError

_SHOWN = 60  # characters of a wrong value that an error repeats


def shown(value: object) -> str:
    """A wrong value as an error repeats it: as TOML writes it, and not too long."""
    text = "true" if value is True else "false" if value is False else str(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def wrong_value(
    path: Path,
    lines: Mapping[str, int],
    key: str,
    value: object,
    expected: str,
    nearest: str = "",
) -> ConfigError:
    """``config.value`` at a dotted key of a file."""
    return ConfigError(
        "config.value",
        file=str(path),
        line=line_of(lines, key),
        key=key,
        value=shown(value),
        expected=expected,
        nearest=nearest,
    )
