"""The clauses of the shipped standards: every rule in this project's own restatement.

They are read when somebody asks for them, never when the console starts.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from agentdesk.domain.clause import Clause, Way
from agentdesk.standards.packfile import SUFFIX


@cache
def load_clauses(pack_id: str) -> tuple[Clause, ...]:
    """The clauses of a shipped standard in the order of its source; ``()`` if it has none.

    The files are part of the program and checked by its tests, so they are read as they are.
    """
    if pack_id not in clause_packs():
        return ()
    text = (files("agentdesk.standards") / "clauses" / (pack_id + SUFFIX)).read_text("utf-8")
    return tuple(make_clause(table, pack_id) for table in tomllib.loads(text)["clause"])


@cache
def clause_packs() -> tuple[str, ...]:
    """Ids of the standards whose clauses are shipped, in alphabetical order."""
    folder = files("agentdesk.standards") / "clauses"
    names = (entry.name for entry in folder.iterdir())
    return tuple(sorted(name.removesuffix(SUFFIX) for name in names if name.endswith(SUFFIX)))


@cache
def clause_ids() -> frozenset[str]:
    """Rule ids of all shipped clauses."""
    return frozenset(clause.id for pack_id in clause_packs() for clause in load_clauses(pack_id))


def find_clause(rule: str) -> Clause | None:
    """The shipped clause with that rule id; its pack is what stands before the first dash."""
    pack_id = rule.partition("-")[0]
    return next((item for item in load_clauses(pack_id) if item.id == rule), None)


def make_clause(values: Mapping[str, object], pack_id: str) -> Clause:
    """A clause from a checked ``[[clause]]`` table."""
    return Clause(
        id=str(values["id"]),
        pack=pack_id,
        section=str(values["section"]),
        kind=str(values["kind"]),
        way=Way(values["way"]),
        title_en=str(values["title_en"]),
        text=str(values["text"]),
        conflicts=_texts(values.get("conflicts")),
        see=_texts(values.get("see")),
        note=str(values.get("note", "")),
        heading_only=values.get("heading_only") is True,
    )


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else ()
