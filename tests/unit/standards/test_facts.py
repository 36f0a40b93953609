"""The examination questions: answerable, and each about its own standard."""

from __future__ import annotations

import pytest

from agentdesk.domain.fact import Fact, FactType
from agentdesk.standards.clauses import clause_packs, load_clauses
from agentdesk.standards.facts import load_facts

FACTS = [fact for pack_id in clause_packs() for fact in load_facts(pack_id)]


def ids(fact: Fact) -> str:
    return fact.id


def test_all_297_are_there_under_ids_of_their_own() -> None:
    assert len(FACTS) == len({fact.id for fact in FACTS}) == 297
    assert {fact.type for fact in FACTS} == set(FactType)


@pytest.mark.parametrize("pack_id", clause_packs())
def test_each_tests_clauses_of_its_own_standard(pack_id: str) -> None:
    known = {clause.id for clause in load_clauses(pack_id)}

    assert load_facts(pack_id)
    for fact in load_facts(pack_id):
        assert fact.pack == pack_id
        assert fact.id.startswith(f"QZ-{pack_id}-")
        assert fact.rules
        assert set(fact.rules) <= known


@pytest.mark.parametrize("kind", FactType)
def test_answers_fit_the_way_of_asking(kind: FactType) -> None:
    for fact in (fact for fact in FACTS if fact.type is kind):
        assert fact.question.strip()
        assert not set(",;?!()") & set(fact.question), fact.id
        if kind.chosen:
            assert len(fact.options) >= 2, fact.id
            assert len(set(fact.options)) == len(fact.options), fact.id
            assert set(fact.answer) <= set(fact.letters), fact.id
        else:
            assert fact.options == (), fact.id


@pytest.mark.parametrize("kind", [FactType.SINGLE, FactType.JUDGE])
def test_one_answer_where_one_is_asked_for(kind: FactType) -> None:
    assert {len(fact.answer) for fact in FACTS if fact.type is kind} == {1}


def test_several_and_ordered_answers() -> None:
    for fact in FACTS:
        if fact.type is FactType.MULTI:
            assert len(fact.answer) >= 2, fact.id
            assert list(fact.answer) == sorted(set(fact.answer)), fact.id
        if fact.type is FactType.ORDER:
            assert sorted(fact.answer) == list(fact.letters), fact.id


def test_every_blank_has_its_answer_and_essays_have_none() -> None:
    for fact in FACTS:
        if fact.type is FactType.FILL:
            assert fact.question.count("____") == len(fact.answer), fact.id
        if fact.type is FactType.SHORT:
            assert fact.answer, fact.id
        if fact.type is FactType.ESSAY:
            assert fact.answer == (), fact.id


def test_a_pack_without_questions_has_none() -> None:
    assert load_facts("M1") == load_facts("../F6") == ()
