"""What the call screen itself knows of its card, beyond the snapshot."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct

from agentdesk.domain.call.commands import Advised

REVEAL = timedelta(seconds=10)
"""How long masked data stays shown (mission.md, confidentiality)."""


class Card(Struct):
    """What the screen itself knows of the card, beyond the snapshot.

    Attributes:
        picked: id of a line the agent chose to say.
        skipped: lines passed over.
        dismissed: phrases kept with a reason, as ``(rule, text)``.
        advice: guard that advised, with the command id that asks again.
        revealed: fields shown in clear, until ``revealed_until``.
        warned: wrap-up told of the gaps once.
    """

    picked: str = ""
    skipped: frozenset[str] = frozenset()
    dismissed: frozenset[tuple[str, str]] = frozenset()
    advice: tuple[Advised, str] | None = None
    revealed: frozenset[str] = frozenset()
    revealed_until: datetime | None = None
    warned: bool = False
