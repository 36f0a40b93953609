"""The known conflicts between the standards."""

from __future__ import annotations

import re

import pytest

from agentdesk.domain.conflicts import Conflict, about_rule, between
from agentdesk.standards.clauses import clause_ids, clause_packs, load_clauses
from agentdesk.standards.conflicts import load_conflicts


@pytest.fixture
def conflicts() -> tuple[Conflict, ...]:
    return load_conflicts()


def test_all_23_matters_name_real_clauses_on_two_sides_or_more(
    conflicts: tuple[Conflict, ...],
) -> None:
    assert len(conflicts) == 23
    for conflict in conflicts:
        assert len(conflict.sides) >= 2
        assert all(conflict.sides)
        assert len(set(conflict.rules)) == len(conflict.rules)
        assert set(conflict.rules) <= clause_ids()


def test_each_has_words_in_both_languages(conflicts: tuple[Conflict, ...]) -> None:
    assert len({conflict.matter.zh for conflict in conflicts}) == 23
    for conflict in conflicts:
        for title in (conflict.matter, conflict.need):
            assert re.search("[一-鿿]", title.zh)
            assert title.en.isascii()


def test_clauses_that_contradict_each_other_meet_in_a_matter(
    conflicts: tuple[Conflict, ...],
) -> None:
    for pack_id in clause_packs():
        for clause in load_clauses(pack_id):
            for other in clause.conflicts:
                shared = [c for c in about_rule(conflicts, clause.id) if other in c.rules]
                assert shared, (clause.id, other)


def test_between_two_standards_are_those_they_differ_in(
    conflicts: tuple[Conflict, ...],
) -> None:
    found = {conflict.matter.en for conflict in between(conflicts, ["F6"], ["N2"])}

    assert found == {"Customer asks for a superior", "Who hangs up first"}
    assert between(conflicts, ["MY"], ["N2"]) == ()
    assert between(conflicts, ["MY", "F6"], ["N2"]) == between(conflicts, ["F6"], ["N2"])
    assert between(conflicts, ["N2"], ["F6"]) == between(conflicts, ["F6"], ["N2"])


def test_standards_of_one_mind_and_a_pack_and_its_child_have_none(
    conflicts: tuple[Conflict, ...],
) -> None:
    hold = next(conflict for conflict in conflicts if conflict.matter.en == "Back from hold")

    assert hold in between(conflicts, ["B3"], ["F6"])
    assert hold not in between(conflicts, ["B3"], ["E4"])  # both recommend it
    assert between(conflicts, ["F6"], ["MY", "F6"]) == ()
    assert between(conflicts, ["N2"], ["N2"]) == ()


def test_the_words_after_a_hold_are_in_conflict(conflicts: tuple[Conflict, ...]) -> None:
    found = about_rule(conflicts, "F6-4.4-hold-return-ban")

    assert [conflict.matter.en for conflict in found] == ["Back from hold"]
    assert found[0].packs == ("B3", "E4", "F6")
