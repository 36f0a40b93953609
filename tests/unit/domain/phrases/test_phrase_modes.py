"""Each way of matching: where a phrase is a fault and where it is a word like any other."""

from __future__ import annotations

import pytest

from agentdesk.domain.pack import Match, PhraseRule, Severity
from agentdesk.domain.phrases import PhraseBook


def book(match: Match, *phrases: str, cores: tuple[str, ...] = (), count: int = 0) -> PhraseBook:
    return PhraseBook(
        [PhraseRule("R", "c", match, Severity.ADVISE, phrases, cores=cores, count=count)]
    )


def marked(text: str, checker: PhraseBook) -> str:
    for hit in reversed(checker.check(text)):
        text = f"{text[: hit.start]}[{hit.text}]{text[hit.end :]}"
    return text


def check(texts: list[str], checker: PhraseBook) -> None:
    assert [marked(text.replace("[", "").replace("]", ""), checker) for text in texts] == texts


def test_anywhere() -> None:
    check(["真[没办法]了", "[没办法]，[没办法]", "办法没有"], book(Match.ANYWHERE, "没办法"))


def test_partial_finds_cores_and_whole_phrases() -> None:
    checker = book(Match.PARTIAL, "我没办法,你自己想。", cores=("没办法", "自己想"))
    check(["真[没办法]", "您[自己想]", "[我没办法，你自己想]", "[我没办法！你自己想]。"], checker)


def test_a_whole_utterance() -> None:
    checker = book(Match.UTTERANCE, "什么?", "挂了啊")
    check(["[什么]？", "您好。[什么]", "……[什么]…？", "说什么？", "什么事？", "[挂了啊]"], checker)


def test_an_utterance_begins_behind_the_name_of_who_speaks() -> None:
    """In a transcript, not where the name is a word of the sentence."""
    said = book(Match.UTTERANCE, "什么?")
    check(["坐席：[什么]？", "09:15 客服代表02: [什么]？您好", "【接线员】：[什么]"], said)
    check(
        ["这位坐席：什么？", "客服什么？", "坐席说，什么？", "您好坐席，什么", "客户：什么？"], said
    )
    check(["客服：[喂]，您好", "好。坐席：[喂]", "找客服，喂"], book(Match.UTTERANCE_START, "喂"))


def test_what_need_not_be_done_or_another_does_is_no_part_of_a_refusal() -> None:
    checker = book(Match.PARTIAL, "这事没办法,你自己解决吧。", cores=("自己解决", "我没办法"))
    check(
        [
            "您[自己解决]吧",
            "您不用自己解决",
            "不必您再自己解决",
            "不用，[自己解决]",
            "客户已自己解决",
            "对方自己解决了",
            "让客户[自己解决]",
            "已告知客户[自己解决]",
            "客户[我没办法]",
        ],
        checker,
    )
    check(["对方[神经病]", "不用[神经病]"], book(Match.ANYWHERE, "神经病"))


def test_what_the_agent_does_for_the_customer_is_no_order_to_him() -> None:
    checker = book(Match.PARTIAL, "不是我办的,你找***。", cores=("你找***", "您去找***"))
    check(
        [
            "我帮你找一下单据",
            "先替您去找一找",
            "给你找到了",
            "为您去找同事核实",
            "[您去找柜台]",
            "帮忙的话[你找前台]",
            "给我，[你找前台]",
        ],
        checker,
    )


def test_the_start_of_an_utterance() -> None:
    checker = book(Match.UTTERANCE_START, "喂", "那", "喂喂喂", "我跟你说")
    check(
        [
            "[喂]，您好",
            "[喂]您好",
            "您好。[喂]？",
            "喂养",
            "好的喂",
            "那么",
            "[那]，好的",
            "[喂，喂]，在吗",
            "[喂喂喂喂]",
            "[我跟你说]这个",
            "这个我跟你说",
            "【[喂]】",
        ],
        checker,
    )


def test_calling_somebody() -> None:
    checker = book(Match.VOCATIVE, "亲", "美女", "老头")
    check(
        [
            "[亲]，您好",
            "[亲]您好",
            "[亲]",
            "您好[亲]",
            "好的[亲]～",
            "谢谢[亲]！",
            "[美女]您贵姓",
            "稍等，[美女]",
            "[亲亲]，在吗",
            "母亲，您好",
            "父亲您好",
            "亲自送到",
            "亲爱的客户",
            "那位美女很客气",
            "找美女，谢谢",
            "老头乐",
        ],
        checker,
    )


def test_filling_a_silence() -> None:
    checker = book(Match.FILLER, "嗯", "那个", "这个", "就是说")
    check(
        [
            "[嗯]，我看看",
            "[那个]，您稍等",
            "好的，[这个]…我查一下",
            "[这个这个]件",
            "我看[那个，那个]单号",
            "[嗯嗯]",
            "[就是说]，不能退",
            "嗯",
            "那个件到了",
            "我要那个，谢谢",
            "这个地址不对",
            "一个个核对",
            "也就是说，可以退",
        ],
        checker,
    )


def test_an_answer_about_the_matter_asked() -> None:
    checker = book(Match.CONTEXT, "不知道", "不清楚", "不明白")
    check(
        [
            "[不知道]。",
            "[不清楚]",
            "我[不知道]",
            "我[不知道]啊，您问别人",
            "我们这边也[不清楚]呢",
            "这个我[不清楚]",
            "这个问题我真的[不知道]了",
            "这事[不清楚]",
            "您说的我[不明白]",
            "好的，我[不 知 道]",
            "具体[不清楚]，您查一下",
            "您知不知道",
            "不知道您方便吗",
            "您不知道吗",
            "您不知道",
            "线路不清楚",
            "声音听不清楚",
            "字迹不清楚，请重拍",
            "我不知道您的地址",
            "如果我不清楚，会问同事",
            "客户不清楚",
            "哪里不明白，请告诉我",
            "清不清楚",
        ],
        checker,
    )


def test_a_note_tells_what_was_answered() -> None:
    checker = book(Match.CONTEXT, "不知道")
    check(["客户问何时到，答复[不知道]。", "问能否改期，我说[不知道]，请再问。"], checker)
    check(["客户答复称不知道。", "已告知客户不知道的地方可来电。"], checker)


@pytest.mark.parametrize("count", [0, 2])
def test_too_often_in_one_line(count: int) -> None:
    checker = book(Match.FREQUENCY, "这个", "嗯", count=count)
    texts = {
        0: ["[这个]件，[嗯]，好", "您好"],
        2: ["这个件，嗯，[这个]地址，[嗯]", "这个这个", "嗯，好", "这个\n这个\n嗯"],
    }
    check(texts[count], checker)


def test_a_list_of_classes_has_no_words_of_its_own() -> None:
    insult = PhraseRule("A", "insult", Match.ANYWHERE, Severity.BLOCK, ("神经病",))
    listed = PhraseRule("B", "rough", Match.LIST, Severity.ADVISE, ("办法",), classes=("insult",))
    assert [hit.rule.rule for hit in PhraseBook([listed, insult]).check("神经病，办法")] == ["A"]


@pytest.mark.parametrize("match", list(Match))
def test_no_mode_looks_far(match: Match) -> None:
    """The words of a mode repeated without end are looked at a bounded number of times each."""
    checker = book(match, "嗯", "喂", "不知道", count=1)
    for text in ("嗯" * 6_000, "嗯，" * 4_000, "我不知道啊" * 2_000, "喂\u200b" * 4_000):
        for hit in checker.check(text):
            assert text[hit.start : hit.end] == hit.text


def test_what_oneself_does_not_know_may_follow_an_answer() -> None:
    check(
        [
            "我[不知道]什么时候补货，您等等",
            "这个我们也[不清楚]怎么退。",
            "我这边确实[不知道]库存",
            "我不知道您方便吗",
            "我不知道这样说合适不合适",
            "我不知道这样行不行，请稍等",
            "我不清楚的地方会再核实",
            "客户不知道什么时候补货",
            "不知道什么时候补货的话请留电话",
            "他们也不清楚怎么退",
            "我不明白这句话，请您再讲一次",
        ],
        book(Match.CONTEXT, "不知道", "不清楚", "不明白"),
    )
