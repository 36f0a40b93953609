"""Pinyin written out, looked for in long texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentdesk.domain.pinyin import SUBSEQUENCE, matches
from agentdesk.domain.spelling import is_spelt, spelt

ORDER = "王女士\n宽带断网，两天没有恢复\nkddwltmyhf\n重庆银行\n14000000021\n8012"


@pytest.mark.parametrize(
    "word",
    ["kuandai", "KuanDai", "ｋｕａｎ", "kuanda", "kuand", "宽dai", "wangns", "nvshi", "huifu"],
)
def test_syllables_find_what_is_written_so(word: str) -> None:
    assert is_spelt(word) and spelt(word, ORDER)


@pytest.mark.parametrize("word", ["chongqing", "yinhang"])
def test_every_reading_of_a_character_counts(word: str) -> None:
    assert spelt(word, ORDER)


@pytest.mark.parametrize("word", ["kd", "k", "vip", "8012", "王女士", "", "a" * 500, "kuanb!"])
def test_what_is_no_syllable_is_left_to_others(word: str) -> None:
    assert not is_spelt(word) and not spelt(word, ORDER)


def test_two_lines_are_two_texts() -> None:
    assert not spelt("nvshikuan", ORDER)


@given(st.text(alphabet="开场语宽带断网银行重庆西安", min_size=1, max_size=8), st.data())
def test_what_the_other_search_finds_by_syllables_is_found_here(
    text: str, data: st.DataObject
) -> None:
    """The oracle is :func:`matches`, which reads short texts another way."""
    from agentdesk.domain.pinyin import syllables

    cut = data.draw(st.integers(0, len(text) - 1))
    word = "".join(data.draw(st.sampled_from(syllables(char))) for char in text[cut : cut + 3])
    begun = word[: data.draw(st.integers(min(3, len(word)), len(word)))]
    if not is_spelt(begun):
        return
    assert (matches(begun, text) or 0) > SUBSEQUENCE
    assert spelt(begun, text)
