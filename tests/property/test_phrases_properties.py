"""Laws of the phrase checker and of filled lines, over random Chinese-looking text."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from agentdesk.domain.pack import SLOTS, Match, PhraseRule, Severity
from agentdesk.domain.phrases import PhraseBook, uses_ni
from agentdesk.domain.scripts import fill

ALPHABET = "喂您你好我不清楚没办法处理什么那嗯找天啊，。？！\n “”「」客户说称别ＡaXx*95"


def rule(match: Match, *phrases: str, **changes: object) -> PhraseRule:
    values: dict[str, object] = {"replacement": "好的"} | changes
    return PhraseRule("F6", "shirking", match, Severity.ADVISE, phrases, **values)  # type: ignore[arg-type]


RULES = [
    rule(Match.UTTERANCE_START, "喂", "嗯", "那"),
    rule(Match.UTTERANCE, "什么?", "喂,喂"),
    rule(Match.ANYWHERE, "天啊", "我不清楚", allow=("我不清楚您",)),
    rule(Match.PARTIAL, "没办法处理", cores=("没办法", "你找***", "不x5")),
]
BOOK = PhraseBook(RULES)

texts = st.lists(
    st.sampled_from(["我不清楚", "没办法处理", "喂，", "什么？", "客户说", "你找", "天啊"])
    | st.text(ALPHABET, max_size=4),
    max_size=12,
).map("".join)


@settings(max_examples=200)
@given(texts)
def test_hits_lie_in_the_text_in_order_and_apart(text: str) -> None:
    reached = 0
    for hit in BOOK.check(text):
        assert reached <= hit.start < hit.end <= len(text)
        assert text[hit.start : hit.end] == hit.text
        assert "\n" not in hit.text
        assert hit.text.strip(" ，。？！“”「」") == hit.text
        reached = hit.end


@settings(max_examples=150)
@given(texts, texts)
def test_lines_are_checked_each_for_itself(first: str, second: str) -> None:
    whole = [(hit.start, hit.end) for hit in BOOK.check(f"{first}\n{second}")]
    shift = len(first) + 1
    apart = [(hit.start, hit.end) for hit in BOOK.check(first)]
    apart += [(hit.start + shift, hit.end + shift) for hit in BOOK.check(second)]
    assert whole == apart


@settings(max_examples=200)
@given(texts)
def test_many_lines_at_once_are_checked_like_each(text: str) -> None:
    """A long text is searched in one go, a short one line by line."""
    padding = "\n" * 20
    shifted = [(hit.start - 20, hit.text) for hit in BOOK.check(padding + text)]
    assert shifted == [(hit.start, hit.text) for hit in BOOK.check(text)]


@settings(max_examples=150)
@given(texts)
def test_replacing_every_hit_comes_to_an_end(text: str) -> None:
    for _ in range(len(text) + 1):
        hits = BOOK.check(text)
        if not hits:
            return
        text, caret = BOOK.replace(text, hits[0])
        assert 0 <= caret <= len(text)
    raise AssertionError(text)


@settings(max_examples=150)
@given(texts.map(lambda text: text.translate(dict.fromkeys(map(ord, "\n“”「」")))))
def test_quotations_and_reports_are_exempt(text: str) -> None:
    assert BOOK.check(f"“{text}”") == ()
    assert BOOK.check(f"「{text}」") == ()
    assert uses_ni(f"“{text}”") == ()
    sentence = text.translate(dict.fromkeys(map(ord, "。？！")))
    assert BOOK.check(f"客户称{sentence}") == ()


@settings(max_examples=200)
@given(st.text(st.characters(exclude_categories=()), max_size=200))
def test_any_text_can_be_checked(text: str) -> None:
    for hit in BOOK.check(text):
        assert text[hit.start : hit.end] == hit.text


@settings(max_examples=150)
@given(st.text(ALPHABET + "([{\\\\|^$.?+", min_size=1, max_size=8), st.sampled_from(Match))
def test_every_phrase_can_be_a_rule(phrase: str, match: Match) -> None:
    book = PhraseBook([rule(match, phrase, allow=(phrase[:2],))])
    for hit in book.check(f"您好，{phrase}。{phrase}"):
        assert hit.text


@settings(max_examples=150)
@given(st.text("不我清楚办法k9 ，", min_size=1, max_size=8).filter(lambda text: text.strip(" ，")))
def test_a_phrase_is_found_as_it_is_written(phrase: str) -> None:
    for match in (Match.ANYWHERE, Match.PARTIAL, Match.UTTERANCE):
        (hit, *_) = PhraseBook([rule(match, phrase)]).check(f"您好。{phrase}。")
        assert hit.text == phrase.strip(" ，")


SEPARATORS = ["\u200b", "\u2060", "\u0301", " ", "★", "😀", "\u202e", "\ufe0f"]
TRADITIONAL = str.maketrans("没办处", "沒辦處")
FULL_WIDTH = str.maketrans("ax95", "ａｘ９５")
PHRASES = ["没办法处理", "我不清楚", "不x5a", "天啊"]


@settings(max_examples=200)
@given(st.sampled_from(PHRASES), st.lists(st.sampled_from(["", *SEPARATORS]), min_size=5), texts)
def test_what_is_put_inside_does_not_hide_a_phrase(
    phrase: str, between: list[str], around: str
) -> None:
    book = PhraseBook([rule(Match.ANYWHERE, phrase)])
    latin = phrase == "不x5a"
    hidden = "".join(
        char + ("" if latin and gap in " ★😀" else gap)
        for char, gap in zip(phrase, between, strict=False)
    ).rstrip("".join(SEPARATORS))
    around = around.translate(dict.fromkeys(map(ord, "\n“”「」客户说称别")))
    text = f"{around}。{hidden}。"
    assert (len(around) + 1, hidden) in [(hit.start, hit.text) for hit in book.details(text)]


@settings(max_examples=200)
@given(texts)
def test_another_form_of_the_characters_changes_nothing(text: str) -> None:
    plain = [(hit.start, hit.end) for hit in BOOK.check(text)]
    for table in (TRADITIONAL, FULL_WIDTH):
        assert [(hit.start, hit.end) for hit in BOOK.check(text.translate(table))] == plain


@settings(max_examples=150)
@given(st.text("请问您需要查询哪票快件谢已转，。 😀\n", max_size=300))
def test_a_text_without_any_character_of_a_phrase_is_clean(text: str) -> None:
    assert BOOK.check(text) == ()
    assert BOOK.details(text) == ()


@settings(max_examples=150)
@given(texts)
def test_the_details_hold_every_hit(text: str) -> None:
    details = [(hit.start, hit.end, hit.rule.rule) for hit in BOOK.details(text)]
    assert details == sorted(details, key=lambda item: (item[0], -item[1]))
    for hit in BOOK.check(text):
        assert (hit.start, hit.end, hit.rule.rule) in details


slot_values = st.dictionaries(
    st.sampled_from(SLOTS), st.text("王先生 30\x1b\u200b", max_size=6), max_size=5
)
templates = st.lists(
    st.sampled_from([f"{{{slot}}}" for slot in SLOTS]) | st.text("您好，{}a ", max_size=4),
    max_size=8,
).map("".join)


@settings(max_examples=200)
@given(templates, slot_values)
def test_a_filled_line_has_no_holes_and_no_braces(template: str, slots: dict[str, str]) -> None:
    filled = fill(template, slots, lambda slot: f"〔{slot}〕")
    assert all(part.text for part in filled.parts)
    assert not set("{}\x1b\u200b") & set(filled.text)
    assert filled.complete is (not filled.missing)
    for slot in filled.missing:
        assert f"〔{slot}〕" in filled.text
    assert fill(template, slots, lambda slot: "").missing == filled.missing
