"""Every rule of the catalogue is reachable in the product under its id.

A rule is served in one of three ways: ``console`` (measured or enforced) and ``record`` (stored
or reported) need an item of their pack that cites it; ``poster`` is the clause that is shown.
``pytest -rP -k served`` prints for each pack which way each of its rules takes.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from agentdesk.domain.clause import Way
from agentdesk.domain.uses import uses_of
from agentdesk.standards.clauses import clause_ids, clause_packs, load_clauses
from agentdesk.standards.facts import load_facts
from agentdesk.standards.loader import load_shipped, shipped

CATALOGUE = dict(
    line.split()
    for line in (Path(__file__).parent / "catalogue_ids.txt").read_text("utf-8").splitlines()
)
"""Rule id -> way, of the rule catalogue the packs are made from."""

PACKS = ("T0", "T1", "N2", "P1", "M2", "B3", "E4", "C5", "F6", "L7", "V8")

BY_QUESTION = ("other", "training", "facility")
"""Kinds of rules a console cannot do anything about, so that a question may serve them."""


def served_by(pack_id: str) -> dict[str, tuple[str, ...]]:
    """Rule id -> kinds of the items that serve it: tables of the pack, ``fact``, ``clause``."""
    uses = uses_of(load_shipped(pack_id))
    asked = {rule for fact in load_facts(pack_id) for rule in fact.rules}
    served = {}
    for clause in load_clauses(pack_id):
        kinds = [use.kind for use in uses.get(clause.id, ())]
        if clause.id in asked and (kinds or clause.kind in BY_QUESTION):
            kinds.append("fact")
        if clause.way is Way.POSTER:
            kinds.append("clause")
        served[clause.id] = tuple(dict.fromkeys(kinds))
    return served


def test_the_catalogue_is_whole() -> None:
    assert len(CATALOGUE) == 681
    assert list(dict.fromkeys(rule[:2] for rule in CATALOGUE)) == list(PACKS)


def test_every_rule_of_the_catalogue_is_a_clause_served_its_way() -> None:
    clauses = {item.id: item.way.value for pack in clause_packs() for item in load_clauses(pack)}

    assert clauses == CATALOGUE
    assert clause_ids() == CATALOGUE.keys()


def test_there_is_a_pack_for_each_of_the_eleven_standards() -> None:
    assert set(shipped()) == set(clause_packs()) == set(PACKS)


@pytest.mark.parametrize("pack_id", PACKS)
def test_every_rule_is_served(pack_id: str) -> None:
    served = served_by(pack_id)
    for way in Way:
        rules = [rule for rule in served if CATALOGUE[rule] == way.value]
        print(f"\n{pack_id} {way.value}: {len(rules)}")
        for rule in rules:
            print(f"  {rule:44} {' '.join(served[rule]) or '-'}")

    assert [rule for rule, kinds in served.items() if not kinds] == []


@pytest.mark.parametrize("pack_id", PACKS)
def test_every_cited_rule_is_a_clause_of_this_standard(pack_id: str) -> None:
    cited = uses_of(load_shipped(pack_id)).keys()

    assert [rule for rule in cited if rule not in CATALOGUE] == []
    assert [rule for rule in cited if not rule.startswith(f"{pack_id}-")] == []
