"""Hostile rules and texts: a right answer in bounded time, or a clear word about what is wrong."""

from __future__ import annotations

import re
import tracemalloc
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentdesk.domain.pack import Match, PhraseRule, Severity
from agentdesk.domain.phrases import PhraseBook, Unusable, modes, speech, unusable
from agentdesk.domain.phrases.folding import fold
from agentdesk.domain.phrases.judging import Judge
from agentdesk.domain.phrases.matching import Found, HashMatcher


def rule(name: str, *phrases: str, **changes: object) -> PhraseRule:
    values: dict[str, object] = {"match": Match.ANYWHERE, "severity": Severity.ADVISE} | changes
    return PhraseRule(name, "c", phrases=phrases, **values)  # type: ignore[arg-type]


def test_phrases_without_anything_to_look_for_are_named() -> None:
    rules = [
        rule("A", "没办法", "？！", "\u200b\ud800"),
        rule("B", "***", cores=("", "好"), allow=("…",)),
    ]
    assert unusable(rules) == (
        Unusable(0, "A", "phrases", 1, "？！"),
        Unusable(0, "A", "phrases", 2, "\u200b\ud800"),
        Unusable(1, "B", "phrases", 0, "***"),
        Unusable(1, "B", "cores", 0, ""),
        Unusable(1, "B", "allow", 0, "…"),
    )
    assert unusable([rule("C", "没办法")]) == ()
    assert len(PhraseBook(rules).check("没办法？！")) == 1


def test_rules_with_the_same_id_or_phrase_are_kept_apart() -> None:
    book = PhraseBook([rule("A", "没办法"), rule("A", "没办法", "没办法"), rule("B", "没 办 法")])
    assert [hit.rule.rule for hit in book.check("没办法")] == ["A"]
    assert [hit.rule.rule for hit in book.details("没办法")] == ["A", "A", "B"]


class Counting(HashMatcher):
    """Counts the characters it is given."""

    seen = 0

    def find(self, text: str) -> list[Found]:
        Counting.seen += len(text)
        return super().find(text)


@pytest.mark.parametrize("part", ["没办", "没", "没\n", "ban", "没\u200b"])
def test_a_text_is_searched_a_fixed_number_of_times(part: str) -> None:
    text = part * 40_000
    Counting.seen = 0
    book = PhraseBook([rule("A", "没办法处理", "没办法")], builder=Counting)
    assert book.check(text) == ()
    assert Counting.seen <= 4 * len(text)


def test_every_candidate_is_judged_once(monkeypatch: pytest.MonkeyPatch) -> None:
    judged: list[int] = []
    real = Judge.verdicts

    def counting(self: Judge, sheet: object, found: Sequence[object]) -> object:
        judged.append(len(found))
        return real(self, sheet, found)  # type: ignore[arg-type]

    monkeypatch.setattr(Judge, "verdicts", counting)
    text = "没办法处理，" * 500
    assert len(PhraseBook([rule("A", "没办法", "没办法处理")]).check(text)) == 500
    assert sum(judged) <= 3 * 500  # both phrases, and the longer by its sound


def test_of_hits_inside_hits_only_the_first_is_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    judged: list[object] = []
    real = Judge._verdicts

    def counting(self: Judge, *args: Any) -> object:
        judged.append(args)
        return real(self, *args)

    monkeypatch.setattr(Judge, "_verdicts", counting)
    phrases = [chr(0x4E00 + at) * 2 for at in range(50)]
    phrases.append("".join(phrases))
    text = phrases[-1] * 200
    hits = PhraseBook([rule("A", *phrases)], homophones=False).check(text)
    assert [hit.text for hit in hits] == [phrases[-1]] * 200
    # The whole and what begins with it, as written and said once; in all there are 40,400.
    assert len(judged) <= 5 * 200


def test_a_pair_that_begins_with_the_second_of_another_is_found() -> None:
    keys = ["ab", "bc", "c", "cab", "bb"]
    assert sorted(HashMatcher(keys).find("abcabbb")) == [
        (0, 2, 0), (1, 3, 1), (2, 3, 2), (2, 5, 3), (3, 5, 0), (4, 6, 4), (5, 7, 4),
    ]  # fmt: skip


def test_a_megabyte_on_one_line() -> None:
    book = PhraseBook([rule("A", "没办法"), rule("B", "喂", match=Match.UTTERANCE_START)])
    padding = "请问您需要查询哪一票快件" * 30_000
    (hit,) = book.check(f"{padding}沒 辦 法{padding}")
    assert (hit.start, hit.text) == (len(padding), "沒 辦 法")


def test_a_great_many_hits_on_one_line() -> None:
    book = PhraseBook([rule("A", "没办法", allow=("真没办法",))])
    assert len(book.check("没办法，" * 5_000)) == 5_000
    assert book.check("真没办法，" * 5_000) == ()


class Looking:
    """Counts the characters a search for the end of a sentence goes through."""

    def __init__(self, real: re.Pattern[str]) -> None:
        self.real, self.seen = real, 0

    def search(self, text: str, at: int) -> re.Match[str] | None:
        found = self.real.search(text, at)
        self.seen += (found.end() if found else len(text)) - at
        return found


def test_the_end_of_a_sentence_is_looked_for_once_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looking = Looking(speech._SENTENCE_END)
    monkeypatch.setattr(speech, "_SENTENCE_END", looking)
    text = "“没办法”" * 3_000
    assert not PhraseBook([rule("A", "没办法")]).check(text)
    assert list(speech.not_own_words(f"{text}。“好”啊“")) == [0, len(text), len(text) + 1,
                                                           len(text) + 4, len(text) + 5,
                                                           len(text) + 6]  # fmt: skip
    assert looking.seen <= 3 * len(text)


def test_a_long_line_of_hits_is_held_part_by_part() -> None:
    text = "没办法，天啊，" * 40_000
    book = PhraseBook([rule("A", "没办法"), rule("B", "天啊", match=Match.FREQUENCY, count=3)])
    book.check("没办法")
    tracemalloc.start()
    try:
        total = sum(1 for _ in book.hits(text))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert total == 80_000 - 3
    assert peak < 40 * len(text)  # bytes; all candidates at once are six times as much
    assert [hit.start for hit in book.hits(text)][-1] == len(text) - 3


@given(
    st.text("喂，,。 \u200b您", max_size=40).map(lambda text: f"喂{text}"),
    st.sampled_from(("喂", "您喂", "喂 ")),
)
def test_a_word_said_again_and_again_ends_where_stepping_over_it_does(text: str, word: str) -> None:
    folded = fold(text)
    for end in range(len(folded) + 1):
        at = end
        for _ in range(64):
            gap = re.compile("\u200b{0,64}(?:[ ,]\u200b{0,64})?").match(folded, at)
            assert gap is not None
            if not folded.startswith(word, gap.end()):
                break
            at = gap.end() + len(word)
        assert modes._repeated(folded, word, end) == at


def test_a_great_many_phrases() -> None:
    phrases = [f"{chr(0x4E00 + at % 5_000)}{chr(0x5E00 + at // 5_000)}词" for at in range(20_000)]
    book = PhraseBook([rule("A", *phrases)], homophones=False)
    assert [hit.text for hit in book.check(f"您{phrases[0]}好{phrases[-1]}")] == [
        phrases[0],
        phrases[-1],
    ]


@pytest.mark.parametrize("text", ["", "\n", "\n\n\n", "\x00", "\ud800", "\u202e没", "\r\n", " "])
def test_texts_without_words(text: str) -> None:
    assert PhraseBook([rule("A", "没办法")]).check(text) == ()
    assert PhraseBook([]).check(f"没办法{text}") == ()


def test_places_count_code_points_whatever_the_line_ends() -> None:
    text = "😀好\r\n沒😀辦法\r\n\u2028没办法"
    hits = PhraseBook([rule("A", "没办法")]).check(text)
    assert [(hit.start, hit.end) for hit in hits] == [(4, 8), (11, 14)]


def test_nothing_is_made_before_it_is_needed() -> None:
    made: list[int] = []

    def builder(keys: Sequence[str]) -> HashMatcher:
        made.append(len(keys))
        return HashMatcher(keys)

    book = PhraseBook([rule("A", "没办法")], builder=builder, homophones=False)
    assert made == []
    book.prepare()
    book.check("没办法")
    assert made == [1]
