"""Labelled texts, half of them traps: how much the phrase checker finds, and how little it invents.

The cases and their format are in ``tests/data/phrases``. A hit counts only with the right rule
and the exact span, in code points of the text as it was written.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from pathlib import Path

import pytest

from agentdesk.domain.pack import Match, PhraseRule, Severity
from agentdesk.domain.phrases import Hit, PhraseBook, Speaker
from agentdesk.standards.loader import load_shipped

FOLDER = Path(__file__).parents[2] / "data" / "phrases"
FLOOR = 0.97
SHIPPED = ("B3", "E4", "F6", "T1")
"""Packs with rules about phrases."""

IMPORTED = {
    "X1-1": "加微信私聊",
    "X1-2": "好评返现20",
    "X1-3": "vip888",
    "X1-4": "bonus",
}
"""A list as a centre brings it along, for what no standard has: Latin letters and digits."""


@dataclass(frozen=True, slots=True)
class Expected:
    """A hit the standard asks for.

    Attributes:
        start: first code point; ``end`` and ``most`` bound the end.
        rules: any of these will do.
        anywhere: the rule counts occurrences, so where it strikes is left open.
    """

    start: int
    end: int
    most: int
    rules: frozenset[str]
    anywhere: bool

    def met_by(self, hit: Hit) -> bool:
        here = hit.start == self.start and self.end <= hit.end <= self.most
        return hit.rule.rule in self.rules and (here or self.anywhere)


@dataclass(frozen=True, slots=True)
class Case:
    """A labelled text.

    Attributes:
        readings: what must be found, empty for a trap; a second one where a banned phrase
            stands complete and may be taken as one hit instead of its parts.
        known: why the checker gets it wrong; empty when it gets it right.
    """

    id: str
    pack: str
    speaker: Speaker
    text: str
    readings: tuple[tuple[Expected, ...], ...]
    known: str

    @property
    def expected(self) -> tuple[Expected, ...]:
        return self.readings[0]


def _expected(text: str, hits: Sequence[Mapping[str, object]], where: str) -> tuple[Expected, ...]:
    found, at = [], 0
    for hit in hits:
        span, most = str(hit["text"]), str(hit.get("to", hit["text"]))
        start = hit.get("at", text.find(most, at))
        assert isinstance(start, int) and start >= at, f"{where}: {most!r} is not in the text"
        assert text[start : start + len(most)] == most and most.startswith(span), where
        others = hit.get("or", [])
        assert isinstance(others, list)
        rules = frozenset({str(hit["rule"]), *map(str, others)})
        found.append(
            Expected(start, start + len(span), start + len(most), rules, bool(hit.get("any")))
        )
        at = start + len(most)
    return tuple(found)


def _case(line: str) -> Case:
    values = json.loads(line)
    name, text = values["id"], values["text"]
    readings = [values[key] for key in ("hits", "whole") if key in values]
    return Case(
        id=name,
        pack=values["pack"],
        speaker=Speaker[values["speaker"].upper()],
        text=text,
        readings=tuple(_expected(text, hits, name) for hits in readings),
        known=values.get("known", ""),
    )


@cache
def cases() -> tuple[Case, ...]:
    files = [FOLDER / f"{pack}.jsonl" for pack in (*SHIPPED, "X1")]
    lines = chain.from_iterable(file.read_text(encoding="utf-8").splitlines() for file in files)
    return tuple(_case(line) for line in lines)


@cache
def rules_of(pack: str) -> tuple[PhraseRule, ...]:
    if pack in SHIPPED:
        return load_shipped(pack).phrases
    return tuple(
        PhraseRule(rule, "imported", Match.ANYWHERE, Severity.REASON, (phrase,))
        for rule, phrase in IMPORTED.items()
    )


@cache
def book(pack: str) -> PhraseBook:
    return PhraseBook(rules_of(pack))


def _compare(wanted: Sequence[Expected], hits: Sequence[Hit]) -> tuple[list[Expected], list[Hit]]:
    """What was missed and what was invented."""
    missed = [want for want in wanted if not any(map(want.met_by, hits))]
    invented = [hit for hit in hits if not any(want.met_by(hit) for want in wanted)]
    return missed, invented


@dataclass(slots=True)
class Score:
    """Hits and texts counted over some cases."""

    right: int = 0
    missed: int = 0
    invented: int = 0
    texts_right: int = 0
    texts_missed: int = 0
    texts_invented: int = 0
    wrong: dict[str, str] = field(default_factory=dict)

    def add(self, case: Case, hits: Sequence[Hit]) -> None:
        compared = [(reading, *_compare(reading, hits)) for reading in case.readings]
        reading, missed, invented = min(compared, key=lambda item: len(item[1]) + len(item[2]))
        self.right += len(reading) - len(missed)
        self.missed += len(missed)
        self.invented += len(invented)
        self.texts_right += bool(case.expected and hits)
        self.texts_missed += bool(case.expected and not hits)
        self.texts_invented += bool(hits and not case.expected)
        if missed or invented:
            lost = [f"-{case.text[w.start : w.most]}:{'/'.join(sorted(w.rules))}" for w in missed]
            extra = [f"+{case.text[h.start : h.end]}:{h.rule.rule}" for h in invented]
            self.wrong[case.id] = f"{case.id} {case.text!r} {' '.join(lost + extra)}"

    @property
    def figures(self) -> dict[str, float]:
        def share(good: int, bad: int) -> float:
            return good / (good + bad) if good + bad else 1.0

        return {
            "recall": share(self.right, self.missed),
            "precision": share(self.right, self.invented),
            "recall by text": share(self.texts_right, self.texts_missed),
            "precision by text": share(self.texts_right, self.texts_invented),
        }


@cache
def scored(pack: str = "") -> Score:
    """All cases, or those of one pack, run through the checker."""
    score = Score()
    for case in cases():
        if pack in ("", case.pack):
            score.add(case, book(case.pack).check(case.text, case.speaker))
    return score


def test_the_cases_are_a_fair_set() -> None:
    traps = sum(not case.expected for case in cases())

    assert len({case.id for case in cases()}) == len(cases()) >= 330
    assert len({(case.pack, case.speaker, case.text) for case in cases()}) == len(cases())
    assert traps * 2 >= len(cases())
    assert all(
        rule.startswith(f"{case.pack}-")
        for case in cases()
        for want in case.expected
        for rule in want.rules
    )


@pytest.mark.parametrize("pack", SHIPPED)
def test_every_rule_with_words_has_a_case_it_must_find(pack: str) -> None:
    asked = {rule for case in cases() for want in case.expected for rule in want.rules}
    with_words = {rule.rule for rule in rules_of(pack) if rule.match is not Match.LIST}

    assert with_words <= asked


@pytest.mark.parametrize("pack", [*SHIPPED, "X1"])
def test_no_case_comes_out_wrong_but_the_known_ones(pack: str) -> None:
    known = {case.id for case in cases() if case.pack == pack and case.known}
    wrong = scored(pack).wrong

    assert [text for name, text in wrong.items() if name not in known] == []
    assert known - wrong.keys() == set(), "no longer wrong: take the reason away"


def test_recall_and_precision_stay_above_the_floor(
    record_property: Callable[[str, object], None],
) -> None:
    for pack in (*SHIPPED, "X1", ""):
        shares = {name: round(figure, 4) for name, figure in scored(pack).figures.items()}
        record_property(pack or "all", shares)
        print(pack or "all", shares)  # shown with -rP
    figures = scored().figures

    assert {name: figure for name, figure in figures.items() if figure < FLOOR} == {}


def test_the_customer_is_never_flagged() -> None:
    said = [case for case in cases() if case.speaker is Speaker.CUSTOMER]

    assert said
    assert not any(book(case.pack).check(case.text, case.speaker) for case in said)
