"""Lists in which very much begins alike: the same is found, and for no more work than promised."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentdesk.domain.pack import Match, PhraseRule, Severity
from agentdesk.domain.phrases import PhraseBook, crowds, judging
from agentdesk.domain.phrases.pattern import Pattern, parse, parse_all

WORDS = st.text("没办法好", min_size=1, max_size=3)
OPEN = st.lists(WORDS, min_size=1, max_size=3).map("***".join)
TEXTS = st.text("没办法好，。 ", max_size=40)


def rule(name: str, *phrases: str, allow: Sequence[str] = ()) -> PhraseRule:
    return PhraseRule(
        name, "c", Match.ANYWHERE, Severity.ADVISE, phrases, allow=tuple(dict.fromkeys(allow))
    )


def patterns(phrases: Sequence[str]) -> list[Pattern]:
    return [pattern for phrase in phrases if (pattern := parse(phrase)) is not None]


def found(rules: Sequence[PhraseRule], text: str) -> list[tuple[int, int, str]]:
    hits = PhraseBook(rules, homophones=False).details(text)
    return [(hit.start, hit.end, hit.rule.rule) for hit in hits]


PIECES = st.sampled_from(
    [
        "没办法",
        "沒辦法",
        "***",
        "XX",
        "xx",
        "{name}",
        "，",
        "。",
        "\n",
        " ",
        "Ｏｋ",
        "⑩",
        "e\u0301",
        "\u200b",
        "9",
        "𠀀",
    ]
)


@given(st.lists(st.one_of(st.lists(PIECES, max_size=4).map("".join), st.text()), max_size=8))
def test_many_phrases_are_read_as_each_by_itself(phrases: list[str]) -> None:
    assert list(parse_all(phrases)) == [parse(each) for each in phrases]


@given(st.dictionaries(st.text("ab", max_size=4), st.integers(1, 5), max_size=12))
def test_the_greatest_crowd_is_that_of_a_string_and_all_it_begins_with(
    weights: dict[str, int],
) -> None:
    totals = {
        string: sum(weight for other, weight in weights.items() if string.startswith(other))
        for string in weights
    }
    string, total = crowds.crowd(weights)
    assert total == max(totals.values(), default=0)
    assert not weights or totals[string] == total


@given(st.lists(OPEN, min_size=1, max_size=12, unique=True), TEXTS)
def test_no_more_stand_at_one_place_than_were_counted(phrases: list[str], text: str) -> None:
    rules = [rule(f"R{at}", phrase) for at, phrase in enumerate(phrases)]
    hits = {(start, name) for start, _, name in found(rules, text)}
    most = max(Counter(start for start, _ in hits).values(), default=0)
    assert most <= crowds.written(patterns(phrases))[1]


@given(st.lists(OPEN, min_size=1, max_size=30, unique=True), TEXTS)
def test_of_many_phrases_each_is_found_as_if_alone(phrases: list[str], text: str) -> None:
    rules = [rule(f"R{at}", f"没***{phrase}") for at, phrase in enumerate(phrases)]
    rules += [rule(f"S{at}", f"没{chr(0x5000 + at)}***好") for at in range(20)]
    rules += [rule(f"T{at}", f"没***{chr(0x5000 + at)}") for at in range(20)]
    alone = [hit for one in rules for hit in found([one], text)]
    assert sorted(found(rules, text)) == sorted(alone)


@given(st.lists(OPEN, min_size=1, max_size=30), st.lists(WORDS, min_size=1, max_size=3), TEXTS)
def test_many_exceptions_hold_where_a_few_at_a_time_do(
    allowed: list[str], phrases: list[str], text: str
) -> None:
    others = [f"没{chr(0x5000 + at)}" for at in range(judging._FEW)]
    many = found([rule("R", *phrases, allow=[*allowed, *others])], text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(judging, "_FEW", 10_000)
        patch.setattr(judging, "_WIDE", 10_000)
        assert many == found([rule("R", *phrases, allow=allowed)], text)


def test_what_cannot_go_on_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[object] = []
    real = judging._stretch

    def counting(*args: Any) -> Any:
        looked.append(args)
        return real(*args)

    monkeypatch.setattr(judging, "_stretch", counting)
    phrases = [f"没***{chr(0x5000 + at)}好" for at in range(3_000)]
    text = "没有" * 500 + f"没有{phrases[7][-2:]}"
    (hit,) = PhraseBook([rule("R", *phrases)]).check(text)
    assert hit.text == "没有没有没有没有" + phrases[7][-2:]
    assert len(looked) <= 10  # 3,000 for each of 500 places, if every one were tried


def test_an_exception_is_looked_for_once_a_place(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[object] = []
    real = judging._reach

    def counting(*args: Any) -> Any:
        looked.append(args)
        return real(*args)

    monkeypatch.setattr(judging, "_reach", counting)
    allowed = [f"好***{chr(0x5000 + at)}" for at in range(3_000)]
    allowed += ["好***没办法***行" * 2, "好没办法"]
    text = "好没办法" * 300 + "没办法"
    hits = PhraseBook([rule("R", "没办法", allow=allowed)], homophones=False).check(text)
    assert [hit.start for hit in hits] == [len(text) - 3]
    assert len(looked) <= 4 * 300


def test_the_same_phrase_of_many_rules_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[object] = []
    real = judging._stretch

    def counting(*args: Any) -> Any:
        looked.append(args)
        return real(*args)

    monkeypatch.setattr(judging, "_stretch", counting)
    rules = [rule(f"R{at}", "没办法") for at in range(30)]
    rules.append(rule("S", "没办法", allow=("真没办法",)))
    assert [name for _, _, name in found(rules, "真没办法")] == [f"R{at}" for at in range(30)]
    assert len(looked) == 2  # and once more, for the one with an exception
