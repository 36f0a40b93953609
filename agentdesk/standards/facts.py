"""The examination questions that come with the program, read only when practised."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from agentdesk.domain.fact import Fact, FactType
from agentdesk.standards.clauses import clause_packs
from agentdesk.standards.packfile import SUFFIX


@cache
def load_facts(pack_id: str) -> tuple[Fact, ...]:
    """The questions about a shipped standard; ``()`` if there is none with that id.

    The files are part of the program and checked by its tests, so they are read as they are.
    """
    if pack_id not in clause_packs():
        return ()
    text = (files("agentdesk.standards") / "facts" / (pack_id + SUFFIX)).read_text("utf-8")
    return tuple(_fact(table, pack_id) for table in tomllib.loads(text)["fact"])


def _fact(values: Mapping[str, object], pack_id: str) -> Fact:
    points = values.get("points", 0)
    return Fact(
        id=str(values["id"]),
        pack=pack_id,
        type=FactType(values["type"]),
        rules=_texts(values["rules"]),
        question=str(values["question"]),
        options=_texts(values.get("options")),
        answer=_texts(values["answer"]),
        explanation=str(values.get("explanation", "")),
        points=points if isinstance(points, int) else 0,
    )


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else ()
