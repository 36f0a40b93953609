"""What is wrong in what an agent writes, by field."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentdesk.domain.call.checking import Checker, is_banned, record, spoken_of
from agentdesk.domain.phrases import PhraseBook
from agentdesk.standards.loader import load_shipped, shipped

HIT = "这事不归我管"
NUMBER = "13912345678"
MASKED = "139****5678"


@cache
def checker(pack_id: str) -> Checker:
    pack = load_shipped(pack_id)
    return Checker(PhraseBook(pack.phrases), pack)


def found(pack_id: str, key: str, text: str) -> list[tuple[str, str]]:
    """Category and text of every mark."""
    return [(hit.rule.category, hit.text) for hit in checker(pack_id).hits(key, text)]


@pytest.mark.parametrize("key", ["note", "content", "item", "correction", "proposal", "reason"])
def test_words_are_checked_wherever_the_agent_writes_them(key: str) -> None:
    assert found("F6", key, f"{HIT}。") == [("shirking", HIT)]


@pytest.mark.parametrize(
    "key", ["surname", "number", "title", "category", "phone", "reply_by", "id_copy", "other"]
)
def test_names_choices_times_and_numbers_are_no_words(key: str) -> None:
    assert found("F6", key, f"{HIT}，{NUMBER}") == []


def test_a_number_is_marked_with_its_clause_and_its_masked_form() -> None:
    (hit,) = checker("N2").hits("note", f"请回拨 {NUMBER} 。")
    assert (hit.start, hit.end) == (4, 15)
    assert hit.rule.rule == "N2-2.1-no-customer-data-leak"
    assert hit.rule.replacement == MASKED
    assert not is_banned(hit)


@pytest.mark.parametrize("text", [f"请回拨{MASKED}", "运单 123456789012", "限 30 分钟", "110"])
def test_what_is_no_number_of_a_person_passes(text: str) -> None:
    assert found("N2", "note", text) == []


@pytest.mark.parametrize(
    ("pack_id", "key", "marked"),
    [
        ("N2", "content", True),
        ("N2", "proposal", True),
        ("N2", "phone", False),  # its place
        ("N2", "account", False),
        ("M2", "contact", False),  # held masked
        ("M2", "member_no", False),
        ("M2", "content", True),
        ("F6", "note", False),  # the standard does not ask for it
    ],
)
def test_numbers_are_looked_for_where_they_have_no_place(
    pack_id: str, key: str, marked: bool
) -> None:
    assert bool(found(pack_id, key, f"客户的手机是{NUMBER}")) is marked


def test_a_number_in_the_second_line_has_its_place_in_the_whole_text() -> None:
    text = f"第一行\n\n手机{NUMBER}\n又{NUMBER}"
    hits = checker("N2").hits("note", text)
    assert [text[hit.start : hit.end] for hit in hits] == [NUMBER, NUMBER]


def test_the_record_of_a_number_does_not_hold_it() -> None:
    (hit,) = checker("N2").hits("note", f"手机{NUMBER}")
    told = record(hit, "note", "kept", "误判")
    assert (told.phrase, told.category, told.where) == (MASKED, "private", "note")
    assert NUMBER not in repr(told)


def test_plain_you_is_marked_only_where_the_standard_wants_it() -> None:
    assert found("F6", "note", "已告知你明天到") == [("plain_you", "你")]
    assert found("N2", "note", "已告知你明天到") == []


def test_what_was_kept_is_marked_nowhere_again() -> None:
    (hit,) = checker("F6").hits("note", HIT)
    settled = frozenset({(hit.rule.rule, spoken_of(hit))})
    assert checker("F6").hits("note", HIT, settled) == ()
    assert checker("F6").hits("content", f"{HIT}。", settled) == ()
    assert len(checker("F6").hits("note", f"{HIT}，你好", settled)) == 1


def test_standing_names_each_wording_of_a_field_once() -> None:
    values = {
        "note": f"{HIT}。{HIT}。",
        "content": HIT,
        "surname": HIT,
        "phone": NUMBER,
        "category": "inquiry",
    }
    told = checker("F6").standing(values)
    assert [(item.where, item.phrase, item.outcome) for item in told] == [
        ("note", HIT, "unanswered"),
        ("content", HIT, "unanswered"),
    ]
    kept = frozenset({(told[0].rule, HIT)})
    assert checker("F6").standing(values, kept) == ()


PIECES = st.sampled_from(
    [
        "喂",
        HIT,
        "你",
        NUMBER,
        "，",
        "。",
        "\n",
        "客户说",
        "“",
        "”",
        "１３９",
        "x",
        " ",
        "\u200b",
        "不",
    ]
)
TEXTS = st.lists(PIECES | st.characters(), max_size=30).map("".join)


@given(TEXTS, st.sampled_from(shipped()), st.sampled_from(["note", "content", "proposal"]))
def test_marks_stand_where_they_say_and_apart(text: str, pack_id: str, key: str) -> None:
    reached = 0
    for hit in checker(pack_id).hits(key, text):
        assert reached <= hit.start < hit.end <= len(text)
        assert text[hit.start : hit.end] == hit.text
        assert hit.rule.rule.startswith(pack_id)
        reached = hit.end


@given(TEXTS, st.sampled_from(shipped()))
def test_what_stands_is_what_was_marked(text: str, pack_id: str) -> None:
    hits = checker(pack_id).hits("note", text)
    told = checker(pack_id).standing({"note": text})
    assert {(item.rule, item.phrase) for item in told} == {
        (hit.rule.rule, spoken_of(hit)) for hit in hits
    }
