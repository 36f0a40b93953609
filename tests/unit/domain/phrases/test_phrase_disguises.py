"""Disguises are seen through, and the hit is exactly what was typed for the phrase."""

from __future__ import annotations

import pytest

from agentdesk.domain.pack import Match, PhraseRule, Severity
from agentdesk.domain.phrases import PhraseBook
from agentdesk.domain.phrases.folding import fold, pack


def book(*phrases: str, match: Match = Match.ANYWHERE, homophones: bool = True) -> PhraseBook:
    rules = [
        PhraseRule(f"R{at}", "shirking", match, Severity.ADVISE, (phrase,))
        for at, phrase in enumerate(phrases)
    ]
    return PhraseBook(rules, homophones=homophones)


BOOK = book("没办法", "自己看着办", "不是我办的", "打110", "shit", "这是公司规定的")


def marked(text: str, checker: PhraseBook = BOOK) -> str:
    """The text with its hits in brackets."""
    for hit in reversed(checker.check(text)):
        assert text[hit.start : hit.end] == hit.text
        text = f"{text[: hit.start]}[{hit.text}]{text[hit.end :]}"
    return text


@pytest.mark.parametrize(
    "text",
    [
        # another form of the characters
        "这个[沒辦法]了",
        "您[打１１０]吧",
        "您[打①①⓪]吧",
        "您[打⑪0]吧",
        "您[打𝟏𝟏𝟎]吧",
        "您[打١١٠]吧",
        "真是[ＳＨＩＴ]",
        "真是[𝓼𝓱𝓲𝓽]",
        "真是[🅢🅗🅘🅣]",
        "真是[🆂🅷🅸🆃]",
        "真是[ⓢⓗⓘⓣ]",
        "真是[ѕһіt]",
        "真是[şhìť]",
        "真是[s\u0336h\u0336i\u0336t\u0336]",
        "㊙[没办法]㍿",
        "[⾃⼰看着办]",  # radicals in place of characters
        # something between the characters
        "真[没 办 法]了",
        "真[没\u200b办\u200d\u2060法]了",
        "真[没\u202e办\u2066法]",
        "真[没\ufe0f办\u0301法]",
        "真[没😀办👨\u200d👩\u200d👧法]",
        "真[没★办☆法]",
        "真[没【办】法]",
        "真[没,办,法]",
        "真[没。办。法]",
        "[自己，看着办]",
        "[自-己-看-着-办]",
        "真是[s h i t]",
        "真是[s.h.i.t]",
        # the same character again
        "真[没没没办法]",
        "真[没办办办法]",
        "[没办法法法]",
        "[没没办办法法]",
        "[没 没 没办法]",
        # written as it sounds
        "[自己看着班]",
        "[子己看着办]",
        "[自己看zhe办]",
        "[自己 kàn 着办]",
        "[步是我办的]",
        "[不是我ban的]",
        "[这是工司规定的]",
        "[自己看者办办办]",
    ],
)
def test_disguises_are_found_tightly(text: str) -> None:
    assert marked(text.replace("[", "").replace("]", "")) == text


def test_more_than_one_character_in_four_by_sound_is_another_phrase() -> None:
    assert BOOK.check("字己看着班") == ()
    assert marked("公司没有規定，這是公司龟定的") == "公司没有規定，[這是公司龟定的]"
    assert book("一二三四五六七八").check("依而三四五六七八") != ()
    assert book("一二三四五六七八").check("依而散四五六七八") == ()


def test_short_phrases_are_not_found_by_sound() -> None:
    assert BOOK.check("没半法") == ()
    assert PhraseBook(BOOK.rules, shortest=3).check("没半法") != ()
    assert PhraseBook(BOOK.rules, shortest=6).check("自己看着班") == ()


def test_sound_can_be_left_out() -> None:
    assert book("自己看着办", homophones=False).check("自己看着班") == ()
    assert book("自己看着办", homophones=False).check("自己看着办") != ()


def test_a_common_word_in_the_place_of_another_is_that_word() -> None:
    assert book("这是规定").check("这事规定得很细") == ()
    assert book("我再看看").check("我在看看") == ()


def test_phrases_may_be_disguised_in_the_rules_too() -> None:
    assert marked("真没办法", book("沒 辦 法")) == "真[没办法]"
    assert marked("真没办法", book("“没办法”！")) == "真[没办法]"


def test_one_character_that_stands_for_several_is_marked_whole() -> None:
    assert marked("我们是㍿的", book("会社")) == "我们是[㍿]的"
    assert marked("重10㎏左右", book("kg左右")) == "重10[㎏左右]"


@pytest.mark.parametrize("text", ["", "Ａ①⑩㍿é沒\u0301\ud800𝓗\U000e0061", "您好\t。\n\x00"])
def test_folding_keeps_every_place(text: str) -> None:
    assert len(fold(text)) == len(text)


def test_packing_leaves_what_can_be_read() -> None:
    assert pack("Ａ①⑩ ㏄é，沒\u0301\ud800𝓗\U000e0061\n好") == "a110cce没h\n好"


def test_a_long_text_is_packed_like_a_short_one() -> None:
    line = "沒辦法，Ａ①é😀\u200b好"
    assert pack(line * 500) == pack(line) * 500


def test_wildcards_find_their_rest_near() -> None:
    checker = book("你拨XX电话去查", "你找***")
    assert marked("你拨12345电话去查", checker) == "[你拨12345电话去查]"
    assert marked("你拨 你的 电话去查", checker) == "[你拨 你的 电话去查]"
    assert marked("你拨一二三四五六七八九电话去查", checker) == "你拨一二三四五六七八九电话去查"
    assert marked("你拨一下。电话去查", checker) == "你拨一下。电话去查"
    assert marked("你找小王，谢谢", checker) == "[你找小王]，谢谢"
    assert marked("你找，谢谢", checker) == "你找，谢谢"
    assert marked("妳找小王", checker) == "[妳找小王]"
