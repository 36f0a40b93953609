"""The last sieve of the work orders: nothing enters the journal that steers a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from agentdesk.domain.text import clean, normalise_phone
from agentdesk.domain.ticket import commands as c

_LONG = frozenset({"text", "result", "wrong", "right", "reason", "because"})
"""Fields that may have several lines."""


def cleaned(command: c.Command) -> c.Command:
    """``command`` with every text of a person cleaned, the number in its usual form."""
    changes: dict[str, Any] = {}
    for name in command.__struct_fields__:
        value = getattr(command, name)
        if isinstance(value, str):
            changes[name] = clean(value, multiline=name in _LONG)
        elif name == "values":
            changes[name] = _tidy(value)
    return replace(command, **changes) if changes else command


def _tidy(values: Mapping[str, str]) -> dict[str, str]:
    kept = {clean(name): clean(text, multiline=True) for name, text in values.items()}
    if "number" in kept:
        kept["number"] = normalise_phone(kept["number"])
    return kept
