"""What only looks like a fault is left alone, and exceptions hold where they stand."""

from __future__ import annotations

import pytest

from agentdesk.domain.pack import Match, PhraseRule, Severity
from agentdesk.domain.phrases import Hit, PhraseBook, Speaker


def rule(
    name: str,
    *phrases: str,
    match: Match = Match.ANYWHERE,
    allow: tuple[str, ...] = (),
    severity: Severity = Severity.ADVISE,
    count: int = 0,
) -> PhraseRule:
    return PhraseRule(
        name, "c", match, severity, phrases, allow=allow, count=count, replacement="好的"
    )


BOOK = PhraseBook(
    [
        rule("hey", "喂", match=Match.UTTERANCE_START),
        rule("dear", "天啊", "没办法", "有没有搞错", "不行", "真是的"),
        rule("mine", "不是我办的", "我不清楚", allow=("我不清楚您",)),
        rule("number", "110", "9787", "ok", "shit"),
        rule("look", "好说话", "看你的", "办法想"),
    ]
)


def texts(hits: tuple[Hit, ...]) -> list[str]:
    return [hit.text for hit in hits]


@pytest.mark.parametrize(
    "text",
    [
        "喂养和投喂",
        "是不是？我办的",
        "这是不是我办的",
        "您看是不是，我办的",
        "是 不是我办的吗",
        "今天，啊不，明天送",
        "今天。啊，对",
        "没。办法是有的",
        "有没办法快一点",
        "行不行都给您回电",
        "ISBN 978-7-110-05432-1",
        "请看 www.110.com/ok/shit.html",
        "https://ok.example.com/a?b=110",
        "单号 A110B、1101、2110",
        "邮箱 ok@example.com",
        "book、shirt、okay",
        "订单OK-110-9787已出",
        "请好好说话的同事接听",
        "看看你的单号",
        "办法想想总会有",
        "“没办法”",
        "‘没办法’是他的原话",
        "《没办法》这首歌",
    ],
)
def test_traps_are_left_alone(text: str) -> None:
    found = BOOK.check(text)
    if text.startswith(("请好好", "看看", "办法想想")):
        # Said as written inside a longer word: found, but never stretched over it.
        assert all(len(hit.text) == 3 for hit in found)
    else:
        assert found == ()


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("我不清楚您的意思", []),
        ("我不清楚。您的意思", ["我不清楚"]),
        ("我不清楚，您问别人", ["我不清楚"]),
        ("我不清楚，我不清楚您的意思", ["我不清楚"]),
        ("我不清楚您，没办法", ["没办法"]),
        ("我 不清楚您的意思", []),
        ("我不清楚你", ["我不清楚"]),
    ],
)
def test_an_exception_beats_the_ban_inside_it_and_only_there(text: str, hits: list[str]) -> None:
    assert texts(BOOK.check(text)) == hits


def test_an_exception_holds_for_its_own_rule_only() -> None:
    book = PhraseBook([rule("a", "没办法", allow=("没办法了",)), rule("b", "办法")])
    assert [hit.rule.rule for hit in book.check("没办法了")] == ["b"]


def test_exceptions_may_have_wildcards() -> None:
    book = PhraseBook([rule("a", "没办法", allow=("并不是***没办法", "没办法***解决"))])
    assert book.check("并不是我们没办法") == ()
    assert book.check("没办法马上解决") == ()
    assert texts(book.check("并不是。没办法")) == ["没办法"]


def test_details_also_show_what_lies_inside_another_hit() -> None:
    book = PhraseBook([rule("long", "没办法处理"), rule("short", "办法", severity=Severity.BLOCK)])
    text = "真没办法处理\n没办法"
    assert texts(book.check(text)) == ["没办法处理", "办法"]
    assert [(hit.start, hit.text) for hit in book.details(text)] == [
        (1, "没办法处理"),
        (2, "办法"),
        (8, "办法"),
    ]


def test_the_customers_words_are_never_checked() -> None:
    for text in ("没办法", "喂\n没办法", "没办法\n" * 40):
        assert BOOK.check(text, Speaker.CUSTOMER) == ()
        assert BOOK.details(text, Speaker.CUSTOMER) == ()
        assert BOOK.check(text) != ()
        assert BOOK.check(text, Speaker.NOTE) == BOOK.check(text)


def test_a_hit_names_the_phrase_of_the_rule() -> None:
    (hit,) = BOOK.check("真沒 辦 法")
    assert (hit.phrase, hit.text) == ("没办法", "沒 辦 法")


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("会员说没办法", []),
        ("客户回复没办法", []),
        ("我回复客户没办法", ["没办法"]),
        ("服务忌语：没办法", []),
        ("不要对客户说没办法", []),
        ("不要对我说没办法", ["没办法"]),
        ("客户问何时到，已承诺没办法", ["没办法"]),
        ("“没办法。”没办法", ["没办法"]),
        ('"没办法', ["没办法"]),
        ("“没办法", []),
        ("“没办法”“没办法”没办法", ["没办法"]),
    ],
)
def test_whose_words_they_are(text: str, hits: list[str]) -> None:
    assert texts(BOOK.check(text, Speaker.NOTE)) == hits


def test_many_quotations_do_not_take_ever_longer() -> None:
    """Every place of a long line is looked at a bounded number of times."""
    for text in ("“。" * 30_000, "“" * 60_000, '"' * 60_001, "客户" * 30_000, "别说" * 30_000):
        book = PhraseBook([rule("a", "没办法")])
        assert len(book.check(f"{text}。没办法")) <= 1


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("https://example.com/wiki/真是的", 0),
        ("看 http://example.com/search?q=没办法&page=2 这一页", 0),
        ("www.example.com/#没办法-真是的/不行 打不开", 0),
        ("http://t.example/a1没办法打开", 1),
        ("见 https://example.com/wiki/真是的 ，没办法", 1),
        ("https://example.com/，没办法", 1),
        ("没办法 https://example.com/", 1),
        ("//没办法//", 1),
    ],
)
def test_an_address_goes_on_over_chinese_behind_its_marks(text: str, found: int) -> None:
    assert len(BOOK.check(text)) == found
