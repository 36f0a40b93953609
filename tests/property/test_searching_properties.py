"""A long text is searched in stretches: the same is found as in every line by itself."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentdesk.domain.pack import Match, PhraseRule, Severity
from agentdesk.domain.phrases import PhraseBook
from agentdesk.domain.phrases import book as books
from agentdesk.domain.phrases.book import Hit, _candidates, _hits, _leading
from agentdesk.domain.phrases.folding import pack
from agentdesk.domain.phrases.matching import Builder, HashMatcher
from agentdesk.domain.phrases.pattern import parse, squeeze
from agentdesk.domain.phrases.searching import LONG, doubles, search, stretches, without
from agentdesk.domain.phrases.sheet import Sheet, Way, may_hide, said_often
from agentdesk.standards.compiled import Automaton

ANY_TEXT = st.text(st.characters(exclude_categories=()) | st.sampled_from("没没办天a1\n𠀀"))
PARTS = ["没办法处理", "没没办法", "没办办法", "我不清楚", "meibanfa", "天天啊", "哈哈哈", "𠀀𠀀𠀀"]
TEXTS = st.lists(
    st.sampled_from([*PARTS, "\n", "\n\n", "客户说", "，", "1155"])
    | st.text("没办法aan\n。", max_size=5),
    max_size=25,
).map("".join)
RULES = [
    PhraseRule("R", "c", Match.ANYWHERE, Severity.ADVISE, ("没办法", "我不清楚", "155", "𠀀𠀀")),
    PhraseRule("S", "c", Match.UTTERANCE_START, Severity.REASON, ("天啊", "哈哈")),
    PhraseRule("T", "c", Match.FREQUENCY, Severity.ADVISE, ("办",), count=2),
    PhraseRule("V", "c", Match.VOCATIVE, Severity.ADVISE, ("天",), allow=("天天",)),
    PhraseRule("U", "c", Match.ANYWHERE, Severity.BLOCK, ("没办法处理",)),
]


@pytest.mark.parametrize("homophones", [True, False])
@pytest.mark.parametrize("builder", [HashMatcher, Automaton])
def test_stretches_of_any_size_find_what_every_line_does(
    builder: Builder, homophones: bool
) -> None:
    book = PhraseBook(RULES, homophones=homophones, builder=builder)

    @settings(max_examples=120)
    @given(TEXTS, st.integers(0, 40), st.sampled_from((3, 12, LONG)))
    def same(text: str, size: int, long: int) -> None:
        judge = book._ready()
        wanted, begin = [], 0
        for line in text.split("\n"):
            sheet = Sheet(line, pack(line))
            hits = _hits(judge, sheet, _candidates(judge.index, sheet), begin)
            wanted += [(hit.start, hit.text, hit.rule) for hit in hits]
            begin += len(line) + 1
        found = [
            (hit.start, text[hit.start : hit.end], hit.rule)
            for start, sheet, candidates in search(judge.index, text, size, long)
            for hit in _hits(judge, sheet, candidates, start)
        ]
        assert found == wanted

    same()


def apart(hits: list[Hit]) -> list[Hit]:
    """Those that do not begin inside an earlier one."""
    kept: list[Hit] = []
    for hit in hits:
        if not kept or hit.start >= kept[-1].end:
            kept.append(hit)
    return kept


@pytest.mark.parametrize("many", [1, 6])
@pytest.mark.parametrize("rules", [RULES, [rule for rule in RULES if rule.rule != "T"]])
def test_what_begins_inside_a_hit_need_not_be_judged(
    rules: list[PhraseRule], many: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the parts a line is searched in, and whether a rule in it counts or not."""
    monkeypatch.setattr(books, "_MANY_CANDIDATES", many)
    judge = PhraseBook(rules)._ready()

    @settings(max_examples=200)
    @given(TEXTS, st.integers(1, 40), st.sampled_from((3, 12, LONG)))
    def same(text: str, size: int, long: int) -> None:
        every, leading = [], []
        for start, sheet, candidates in search(judge.index, text, size, long):
            every += _hits(judge, sheet, candidates, start)
        for start, sheet, candidates in search(judge.index, text, size, long):
            leading += _leading(judge, sheet, candidates, start)
        assert leading == apart(every)

    same()


@given(TEXTS, st.integers(0, 40), st.integers(0, 40))
def test_stretches_are_the_text(text: str, size: int, long: int) -> None:
    cut = list(stretches(text, size, long))
    assert "\n".join(stretch for _, stretch in cut) == text
    assert all(text.startswith(stretch, begin) for begin, stretch in cut)
    assert all("\n" not in stretch or len(stretch) <= size + long for _, stretch in cut)


@settings(max_examples=300)
@given(ANY_TEXT)
def test_doubles_are_every_character_that_another_of_its_kind_follows(text: str) -> None:
    pairs = enumerate(pairwise(text))
    assert doubles(text) == [at for at, (one, other) in pairs if one == other != "\n"]


@given(ANY_TEXT)
def test_a_text_without_its_doubles_says_every_character_once(text: str) -> None:
    assert without(text, doubles(text)) == "\n".join(map(squeeze, text.split("\n")))


@given(ANY_TEXT)
def test_a_text_is_packed_as_each_of_its_characters(text: str) -> None:
    wanted = "".join(map(pack, text))
    assert pack(text) == wanted
    assert pack(text * 2_001) == wanted * 2_001


@settings(max_examples=200)
@given(
    st.lists(st.sampled_from("没办天大1a"), min_size=1, max_size=4),
    st.lists(st.integers(1, 4), min_size=4),
)
def test_only_rows_that_can_hide_nothing_are_left_out(chars: list[str], sizes: list[int]) -> None:
    """Whatever phrase is said more often than it is written, one of its rows may hide it."""
    line = "".join(char * size for char, size in zip(chars, sizes, strict=False))
    pattern = parse("".join(chars))
    assert pattern is not None
    sheet = Sheet(line, line)
    if sheet.once != pattern.squeezed:
        return
    if said_often(pattern, sheet.view(Way.ONCE), 0, len(sheet.once)):
        assert any(may_hide(line, at) for at in doubles(line))
