"""The last sieve: nothing enters the journal that steers a terminal, whoever sent it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from agentdesk.domain.call import commands as c
from agentdesk.domain.text import clean, normalise_phone

_LONG = frozenset({"proposal", "text"})
"""Fields that may have several lines."""


def cleaned(command: c.Command) -> c.Command:
    """``command`` with every text of a person or a phone cleaned."""
    if isinstance(command, c.SetFields):
        return c.SetFields(tidy(command.values))
    changes: dict[str, Any] = {
        name: clean(value, multiline=name in _LONG)
        for name in command.__struct_fields__
        if isinstance(value := getattr(command, name), str)
    }
    return replace(command, **changes)


def tidy(values: Mapping[str, str]) -> dict[str, str]:
    """Fields of a card as they are kept: cleaned, the number in its usual form."""
    kept = {name: clean(text, multiline=True) for name, text in values.items()}
    if "number" in kept:
        kept["number"] = normalise_phone(kept["number"])
    return kept
