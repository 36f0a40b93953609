"""The known conflicts between the shipped standards, read only when somebody asks."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from agentdesk.domain.conflicts import Conflict
from agentdesk.domain.title import Title


@cache
def load_conflicts() -> tuple[Conflict, ...]:
    """All of them, in the order of the file."""
    text = (files("agentdesk.standards") / "conflicts.toml").read_text("utf-8")
    return tuple(
        Conflict(
            matter=Title(table["matter"], table["matter_en"]),
            need=Title(table["need"], table["need_en"]),
            sides=tuple(tuple(side) for side in table["sides"]),
        )
        for table in tomllib.loads(text)["conflict"]
    )
