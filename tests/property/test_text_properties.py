"""Whatever text comes in, none of it steers the terminal, and no number leaves whole."""

from __future__ import annotations

import unicodedata
from itertools import groupby

from hypothesis import example, given, settings
from hypothesis import strategies as st

from agentdesk.domain.text import MAX_MARKS, clean, mask_phone, normalise_phone, visible

UNSAFE = [
    *range(0x00, 0x0A),
    *range(0x0B, 0x20),
    *range(0x7F, 0xA0),
    0x061C,
    0x180E,
    *range(0x200B, 0x2010),
    *range(0x2028, 0x202F),
    *range(0x2060, 0x2070),
    *range(0xFE00, 0xFE10),
    0xFEFF,
    *range(0xFFF9, 0xFFFC),
    *range(0x1F3FB, 0x1F400),
    *range(0xE0000, 0xE0080),
    *range(0xE0100, 0xE01F0),
    *range(0xD800, 0xE000),
]
FORBIDDEN = frozenset(map(chr, UNSAFE))

any_text = st.text(st.characters(exclude_categories=())) | st.text(
    st.sampled_from([*"您好 a\n\r\t，", *map(chr, UNSAFE), "\u0301", "\u0316", "\u1100", "\u1161"])
)


def longest_pile(text: str) -> int:
    runs = groupby(text, key=lambda char: unicodedata.category(char)[0] == "M")
    return max((len(list(run)) for marked, run in runs if marked), default=0)


@settings(max_examples=200)
@given(any_text, st.booleans())
@example("a" + "\u0301" * 30, False)
@example("\u0958" * 12, True)
def test_clean_is_safe_and_idempotent(text: str, multiline: bool) -> None:
    cleaned = clean(text, multiline=multiline)
    assert not FORBIDDEN.intersection(cleaned)
    assert multiline or "\n" not in cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    assert longest_pile(cleaned) <= MAX_MARKS
    assert clean(cleaned, multiline=multiline) == cleaned
    assert visible(cleaned) == cleaned
    cleaned.encode("utf-8")


def test_clean_and_visible_over_every_code_point() -> None:
    every = "".join(map(chr, range(0x110000)))
    cleaned = clean(every, multiline=True)
    assert not FORBIDDEN.intersection(cleaned)
    assert clean(cleaned, multiline=True) == cleaned
    assert not FORBIDDEN.intersection(visible(every))
    # One by one too: the fast path sees only short texts.
    assert not FORBIDDEN.intersection(*(visible(chr(code)) for code in UNSAFE))
    assert {clean(chr(code)) for code in UNSAFE} == {"", " "}


@settings(max_examples=200)
@given(any_text)
def test_visible_passes_nothing_on_and_keeps_lines(text: str) -> None:
    shown = visible(text)
    assert not FORBIDDEN.intersection(shown)
    assert shown.count("\n") == text.count("\n")


phone_like = st.text(st.sampled_from("0123456789１８+-() 转")) | st.from_regex(
    r"(\+86|0086|86|0)?1[3-9][0-9]{9}", fullmatch=True
)


@settings(max_examples=200)
@given(phone_like)
def test_phone_numbers_are_digits_and_never_shown_whole(raw: str) -> None:
    digits = normalise_phone(raw)
    assert digits == "" or (digits.isascii() and digits.isdigit())
    assert len(digits) <= 20
    assert normalise_phone(digits) == digits
    masked = mask_phone(raw)
    shown = sum(char.isdigit() for char in masked)
    assert not digits or (shown < len(digits) and "*" in masked)
