"""Initials and the order of their scores."""

from __future__ import annotations

from time import process_time

import pytest

from agentdesk.domain import pinyin
from agentdesk.domain.pinyin import initials, matches


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("开场语", "kcy"),
        ("什么", "sm"),
        ("您好，请稍等。", "nhqsd"),
        ("ＶＩＰ客户 12", "vipkh12"),
        ("，。！", ""),
    ],
)
def test_initials(text: str, expected: str) -> None:
    assert initials(text) == expected


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("yh", "银行"),
        ("yx", "银行"),
        ("cs", "长沙"),
        ("zd", "长短"),
        ("cf", "重复"),
        ("zd", "重点"),
        ("yl", "音乐"),
        ("kl", "快乐"),
    ],
)
def test_every_common_reading_of_a_polyphone_is_found(query: str, text: str) -> None:
    assert matches(query, text) == pinyin.INITIALS_PREFIX


def test_scores_rank_the_kinds_of_match() -> None:
    texts = ["开场", "开场语", "再开场", "课程", "新课程", "快速出发", "结束语"]
    scores = [matches("开场", text) or matches("kc", text) for text in texts]
    assert scores[-1] is None
    found = [score for score in scores if score is not None]
    assert found == sorted(found, reverse=True)
    assert len(set(found)) == len(texts) - 1


def test_classes_do_not_mix_however_late_the_match() -> None:
    late = "安" * 300
    assert (matches("kc", late + "开场") or 0) > (matches("ky", "开场语") or 0)
    assert (matches("开场", late + "开场") or 0) > pinyin.INITIALS_PREFIX


@pytest.mark.parametrize(
    ("query", "text", "found"),
    [
        ("ＫＣ", "开场语", True),
        ("开c", "开场语", True),
        ("k c y", "开场语", True),
        ("b3-2", "B3-2.1-inbound-greeting", True),
        ("q", "开场语", False),  # one letter is no subsequence
        ("yck", "开场语", False),
        ("，", "开场语，", False),
        ("", "开场语", True),
    ],
)
def test_what_is_found(query: str, text: str, found: bool) -> None:
    assert (matches(query, text) is not None) is found


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("kaichangyu", "开场语"),
        ("kaic", "开场语"),
        ("kaichangy", "开场语"),
        ("开chang", "开场语"),
        ("zhangwei", "张伟"),
        ("ZhangWei", "张伟"),
        ("zhang wei", "张伟"),
        ("xian", "西安"),
        ("xian", "先生"),
        ("chongfu", "重复"),
        ("zhongdian", "重点"),
        ("hai", "还有"),
        ("huan", "还款"),
        ("nv", "女士"),
        ("vipkehu", "VIP客户"),
    ],
)
def test_pinyin_written_out_finds_from_the_beginning(query: str, text: str) -> None:
    assert matches(query, text) == pinyin.INITIALS_PREFIX


def test_pinyin_written_out_is_found_inside_and_a_wrong_syllable_is_not() -> None:
    assert matches("huidian", "承诺回电") == pinyin.INITIALS_SUBSTRING - 2
    assert matches("chengnuohuidiao", "承诺回电") is None
    assert matches("zhangwen", "张伟") is None


def test_spelling_writes_a_text_out() -> None:
    assert pinyin.spelling("开场语，ＶＩＰ 12") == "kaichangyuvip12"


def test_a_long_text_of_one_syllable_is_looked_through_in_no_time() -> None:
    started = process_time()
    assert matches("a" * 50 + "b", "啊" * 2_000) is None
    assert process_time() - started < 5
