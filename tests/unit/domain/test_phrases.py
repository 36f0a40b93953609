"""What is found, what is left alone, and what is put in its place."""

from __future__ import annotations

import pytest

from agentdesk.domain.pack import Match, PhraseRule, Severity
from agentdesk.domain.phrases import PhraseBook, polite_count, uses_ni


def rule(
    name: str,
    match: Match,
    *phrases: str,
    cores: tuple[str, ...] = (),
    allow: tuple[str, ...] = (),
    replacement: str = "",
    severity: Severity = Severity.ADVISE,
) -> PhraseRule:
    return PhraseRule(name, "shirking", match, severity, phrases, cores, replacement, allow)


RULES = (
    rule("hey", Match.UTTERANCE_START, "喂", "嘿", replacement="您好"),
    rule("openers", Match.UTTERANCE_START, "啊", "嗯", "那"),
    rule("what", Match.UTTERANCE, "什么?", "为什么?", "你说什么?", "什么怎么样?"),
    rule("silent", Match.UTTERANCE, "喂,喂"),
    rule("dear", Match.ANYWHERE, "天啊", "我晕"),
    rule("hurry", Match.ANYWHERE, "你快一点讲。"),
    rule(
        "not-mine",
        Match.PARTIAL,
        "不是我办的,我不清楚,你找***。",
        cores=("不是我办的", "我不清楚", "你找***"),
        allow=("我不清楚您的意思",),
        replacement="我帮您查一下。",
    ),
    rule("no-way", Match.PARTIAL, "没办法处理", cores=("没办法",), severity=Severity.REASON),
    rule("call-x", Match.PARTIAL, "我查不到,你拨XX电话去查。", cores=("你拨XX电话去查",)),
    rule("jargon", Match.ANYWHERE, "ok件"),
)
BOOK = PhraseBook(RULES)


def found(text: str, book: PhraseBook = BOOK) -> list[tuple[str, str]]:
    hits = book.check(text)
    assert all(text[hit.start : hit.end] == hit.text for hit in hits)
    return [(hit.rule.rule, hit.text) for hit in hits]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # vocatives and openers
        ("喂，您好", [("hey", "喂")]),
        ("喂您好，请讲", [("hey", "喂")]),
        ("喂 在吗", [("hey", "喂")]),
        ("喂", [("hey", "喂")]),
        ("嘿先生，请讲", [("hey", "嘿")]),
        ("好的。喂？", [("hey", "喂")]),
        ("喂喂喂？说话", [("hey", "喂喂喂")]),
        ("嗯嗯，我看看", [("openers", "嗯嗯")]),
        ("那，您稍等", [("openers", "那")]),
        ("喂养宠物的快递可以寄", []),
        ("投喂、喂养", []),
        ("您好，喂奶枕已发出", []),
        ("那么请您稍等", []),
        ("那个地址不对", []),
        ("啊，对不起", [("openers", "啊")]),
        ("好啊，没问题", []),
        # whole utterances
        ("什么？", [("what", "什么")]),
        ("您好。 什么？！", [("what", "什么")]),
        ("为什么", [("what", "为什么")]),
        ("请问有什么可以帮您？", []),
        ("什么？什么怎么样？", [("what", "什么"), ("what", "什么怎么样")]),
        ("您说什么时间方便？", []),
        ("喂！喂！", [("silent", "喂！喂")]),
        # anywhere, with gaps
        ("你 快一点讲", [("hurry", "你 快一点讲")]),
        ("你快一点，讲", [("hurry", "你快一点，讲")]),
        ("你快一点。讲", []),
        ("你快一点  讲", [("hurry", "你快一点  讲")]),
        ("天★啊", [("dear", "天★啊")]),
        ("今天，啊不，明天送", []),
        ("我晕", [("dear", "我晕")]),
        # partial, wildcards, the phrase said in full is one hit
        ("这个没办法", [("no-way", "没办法")]),
        ("没办法处理的", [("no-way", "没办法处理")]),
        ("不是我办的，我不清楚，你找营业厅。", [("not-mine", "不是我办的，我不清楚，你找营业厅")]),
        ("不是我办的。我不清楚", [("not-mine", "不是我办的"), ("not-mine", "我不清楚")]),
        ("你找", []),
        ("你拨95338电话去查", [("call-x", "你拨95338电话去查")]),
        ("你拨电话去查", []),
        # an allowed expression covers its own hit only
        ("抱歉，我不清楚您的意思", []),
        ("我不清楚您的意思，没办法", [("no-way", "没办法")]),
        ("我不清楚。我不清楚您的意思", [("not-mine", "我不清楚")]),
        # width, case, word edges
        ("这是ＯＫ件", [("jargon", "ＯＫ件")]),
        ("这是book件", []),
        ("", []),
        ("？！。，", []),
    ],
)
def test_what_is_a_hit(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "客户称没办法登录",
        "客户情绪激动地说没办法",
        "客户说：没办法",
        "客户：没办法",
        "王先生反映快递员说没办法",
        "欧阳女士质问为何没办法",
        "用户问“没办法吗？真没办法？”",
        "「没办法」是对方原话",
        "对方表示我不清楚",
        "禁止说没办法",
        "不得对客户说没办法",
        "别说没办法",
        '他回复"没办法"后挂机',
        "“没办法",
    ],
)
def test_words_of_others_are_left_alone(text: str) -> None:
    assert found(text) == []
    assert found(f"{text}。没办法") == [("no-way", "没办法")]


@pytest.mark.parametrize(
    "text",
    [
        "没办法，客户说",
        "客户的问题没办法",
        "对客户说没办法",
        "跟王先生说没办法",
        "告知客户没办法",
        "王先生，没办法",
        "王先生您说的没办法",
        "客户不知道，没办法",
        "特别说明没办法",
        "不得不说没办法",
        "您别说了，没办法",
        "客户称没办法。确实没办法",
        "“好的”没办法",
    ],
)
def test_the_agents_own_words_are_not_excused(text: str) -> None:
    assert found(text)[-1:] == [("no-way", "没办法")]
    assert len(found(text)) == 1


def test_hits_of_later_lines_keep_their_place() -> None:
    text = "您好\n没办法\n\n喂？"
    assert [(hit.start, hit.end) for hit in BOOK.check(text)] == [(3, 6), (8, 9)]


def test_longest_wins_then_severity_then_order() -> None:
    book = PhraseBook(
        [
            rule("short", Match.ANYWHERE, "没办法", severity=Severity.BLOCK),
            rule("long", Match.ANYWHERE, "没办法处理"),
            rule("advise", Match.ANYWHERE, "找领导也没用"),
            rule("block", Match.ANYWHERE, "找领导也没用", severity=Severity.BLOCK),
            rule("again", Match.ANYWHERE, "找领导也没用", severity=Severity.BLOCK),
        ]
    )
    assert found("没办法处理，找领导也没用", book) == [
        ("long", "没办法处理"),
        ("block", "找领导也没用"),
    ]


def test_a_hit_behind_an_exempt_one_of_the_same_phrase_is_found() -> None:
    (hit,) = BOOK.check("“我不清楚”，我不清楚")
    assert hit.start == 7


def test_a_phrase_that_runs_out_of_a_quotation_is_not_the_agents() -> None:
    assert found("“喂喂”喂，没办法") == [("no-way", "没办法")]
    assert found("没“办”法") == [("no-way", "没“办”法")]


@pytest.mark.parametrize("phrases", [(), ("",), ("。？",), ("***",)])
def test_rules_without_words_find_nothing(phrases: tuple[str, ...]) -> None:
    for match in Match:
        assert PhraseBook([rule("empty", match, *phrases)]).check("您好。没办法？***") == ()


@pytest.mark.parametrize(
    ("text", "replacement", "expected"),
    [
        ("没办法，再见", "我帮您查", "我帮您查|，再见"),
        ("没办法，再见", "我帮您查。", "我帮您查|，再见"),
        ("没办法。", "我帮您查。", "我帮您查|。"),
        ("没办法？", "我帮您查。", "我帮您查。|"),
        ("没办法", "我帮您查。", "我帮您查。|"),
        ("没办法\n您好", "我帮您查。", "我帮您查。|\n您好"),
        ("没办法，您好", "您好", "您好|"),
        ("没办法！ 您好", "您好", "您好|"),
        ("没办法\n您好", "您好", "您好|\n您好"),
        ("真没办法了", "查", "真查|了"),
        ("没办法", "", "没办法|"),
    ],
)
def test_replace(text: str, replacement: str, expected: str) -> None:
    book = PhraseBook([rule("a", Match.ANYWHERE, "没办法", replacement=replacement)])
    (hit,) = book.check(text)
    new, caret = book.replace(text, hit)
    assert f"{new[:caret]}|{new[caret:]}" == expected


def test_a_hit_of_an_older_text_replaces_nothing() -> None:
    (hit,) = BOOK.check("您好，我不清楚")
    assert BOOK.replace("您好", hit) == ("您好", 2)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("您好，请问您贵姓？", 2),
        ("请您稍等，谢谢", 2),
        ("谢谢谢谢您", 2),
        ("申请已提交，邀请函和请假条", 0),
        ("ＯＫ，好的", 0),
        ("客户说谢谢您。请讲", 1),
        ("对不起", 0),
        ("请\n请", 2),
    ],
)
def test_polite_count(text: str, count: int) -> None:
    assert polite_count(text, ["您好", "请", "请问", "谢谢"]) == count


def test_polite_count_without_words_is_nothing() -> None:
    assert polite_count("您好", []) == 0


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("你好，你们的件", [(0, 1), (3, 5)]),
        ("您好，妳稍等", [(3, 4)]),
        ("客户称你们太慢", []),
        ("客户称你们太慢。\n你等等", [(9, 10)]),
        ("迷你冰箱", []),
        ("“你是谁”", []),
    ],
)
def test_uses_ni(text: str, spans: list[tuple[int, int]]) -> None:
    assert list(uses_ni(text)) == spans
