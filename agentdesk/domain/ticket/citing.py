"""Whether the standard in force has a clause at all."""

from __future__ import annotations

from agentdesk.domain.pack import Pack


def cites(pack: Pack, rule: str) -> bool:
    """Whether anything in the pack rests on the clause."""
    tables = (pack.provisions, pack.categories, pack.fields, pack.lines, pack.requirements)
    return any(item.rule == rule for table in tables for item in table) or (
        rule in pack.guards.values()
    )
