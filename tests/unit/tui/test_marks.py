"""Putting the better wording into a field: one step, the caret right after it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from agentdesk.domain.pack import Match, PhraseRule, Severity
from agentdesk.domain.phrases import Hit, PhraseBook
from agentdesk.tui.marks import Highlight, Marks, put_better

RULE = PhraseRule("X-1", "shirking", Match.ANYWHERE, Severity.REASON, ("不知道",))


class Field:
    """A checked field that remembers what was put."""

    def __init__(self, words: str, room: int = 200) -> None:
        self.words, self.room, self.caret = words, room, 0
        self.steps: list[tuple[str, int, int]] = []

    def move_caret(self, offset: int) -> None:
        self.caret = offset

    def set_highlights(self, highlights: Sequence[Highlight]) -> None:
        raise AssertionError("not asked for")

    def put(self, text: str, start: int, end: int) -> None:
        self.steps.append((self.words[start:end], start, start + len(text)))
        self.words = self.words[:start] + text + self.words[end:]

    def undo(self) -> None:
        text, start, end = self.steps.pop()
        self.words = self.words[:start] + text + self.words[end:]


def hit_at(text: str, start: int, better: str, phrase: str = "不知道") -> Hit:
    found = text[start : start + len(phrase)]
    return Hit(start, start + len(phrase), found, replace(RULE, replacement=better))


@given(
    st.text(alphabet="不知道，。我ab\n", max_size=12),
    st.text(alphabet="不知道，。我ab\n", max_size=12),
    st.text(alphabet="不知道我帮您查，。", min_size=1, max_size=12),
)
def test_one_step_does_what_the_book_says_and_one_undo_takes_it_back(
    before: str, after: str, better: str
) -> None:
    text = f"{before}不知道{after}"
    hit = hit_at(text, len(before), better)
    field = Field(text)
    assert put_better(field, hit, PhraseBook(())) == ""
    wanted, caret = PhraseBook(()).replace(text, hit)
    assert (field.words, field.caret, len(field.steps)) == (wanted, caret, 1)
    field.undo()
    assert field.words == text


@pytest.mark.parametrize(
    ("text", "better", "room", "why"),
    [
        ("我不知道", "", 99, "warn.no_better"),
        ("我不知道", "我帮您查一下", 6, "warn.no_room"),
        ("我不晓得", "我帮您查", 99, "warn.no_hit"),  # changed under the mark
        ("我", "我帮您查", 99, "warn.no_hit"),
    ],
)
def test_what_cannot_be_put_changes_nothing(text: str, better: str, room: int, why: str) -> None:
    field = Field(text, room)
    assert put_better(field, hit_at("我不知道", 1, better), PhraseBook(())) == why
    assert (field.words, field.steps) == (text, [])


def test_the_mark_at_the_caret_comes_first_then_the_first_that_is_worse_than_plain_you() -> None:
    you = Hit(0, 1, "你", replace(RULE, category="plain_you"))
    one, two = hit_at("你不知道，不知道", 1, "好"), hit_at("你不知道，不知道", 5, "好")
    marks = Marks((you, one, two))
    assert marks.near(6) is two
    assert marks.near(0) is you
    assert marks.near(99) is one
    assert Marks((you,)).near(99) is you
    assert Marks().near(0) is None
    assert (marks.banned, marks.ni) == (2, 1)
