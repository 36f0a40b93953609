"""Offsets of ``agentdesk check`` and the numbers it finds, on texts nobody thought of."""

from __future__ import annotations

import json

from hypothesis import assume, given
from hypothesis import strategies as st

from agentdesk.domain.phrases.detectors import Secret, detect
from agentdesk.domain.phrases.numerals import fold_digits
from agentdesk.domain.phrases.speech import Speaker
from agentdesk.domain.transcript import plain, transcript

AGENT = Speaker.AGENT
TEXT = st.text(st.characters(), max_size=40)
NASTY = st.text('没办法“”"\\/\n\r\t\0\u2028\u202e😀\ud83d\ude00a1 ', max_size=30)
STYLES = ("0123456789", "０１２３４５６７８９", "⓪①②③④⑤⑥⑦⑧⑨", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗")
WORDS = st.text("您好请问包裹到了吗，。！、（）", max_size=12)


@given(TEXT | NASTY, st.booleans(), st.data())
def test_spans_of_a_transcript_hold_the_source(
    text: str, ascii_only: bool, data: st.DataObject
) -> None:
    if not ascii_only:
        text = text.encode("utf-8", "replace").decode()  # a file holds no lone surrogates
    line = json.dumps({"speaker": "agent", "text": text}, ensure_ascii=ascii_only)
    source = f'\n{{"text": "x", "speaker": "note"}}\n{line}\n'
    _, said = transcript(source)
    assert (said.text, said.line) == (json.loads(line)["text"], 3)
    start = data.draw(st.integers(0, len(said.text)))
    end = data.draw(st.integers(start, len(said.text)))
    first, last = said.span(start, end)
    assert json.loads(f'"{source[first:last]}"') == said.text[start:end]


@given(NASTY, st.integers(0, 40))
def test_blocks_of_a_plain_text_are_its_lines(text: str, block: int) -> None:
    lines = [line for piece in plain(text, AGENT, block) for line in piece.text.split("\n")]
    assert lines == text.split("\n")
    for piece in plain(text, AGENT, block):
        assert text[slice(*piece.span(0, len(piece.text)))] == piece.text
        assert text.count("\n", 0, piece.start) + 1 == piece.line
        for start in piece.line_starts():
            assert start == 0 or text[start - 1] == "\n"


@given(st.text(st.sampled_from("0123456789一三八零幺１③ -.\u200bXx*号身份证abc元/\n"), max_size=80))
def test_numbers_are_in_order_tight_and_masked(text: str) -> None:
    reached = 0
    for item in detect(text):
        assert reached <= item.start < item.end <= len(text)
        reached = item.end
        assert item.text == text[item.start : item.end]
        assert fold_digits(item.text[0])
        assert fold_digits(item.text[-1]) or item.kind is Secret.IDENTITY_CARD
        assert "***" in item.masked
        assert detect(item.masked) == ()


@given(WORDS, WORDS, st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.sampled_from(STYLES))
def test_a_mobile_number_is_found_in_any_sentence(
    before: str, after: str, number: str, style: str
) -> None:
    typed = "".join(style[int(digit)] for digit in number)
    (found,) = detect(before + typed + after)
    assert (found.start, found.text, found.kind) == (len(before), typed, Secret.MOBILE)
    assert detect(before + found.masked + after) == ()


@given(st.from_regex(r"62[0-9]{16}", fullmatch=True))
def test_one_check_digit_in_ten_makes_a_card(body: str) -> None:
    found = [digit for digit in "0123456789" if detect(f"卡号{body}{digit}")]
    assert len(found) == 1


@given(
    st.from_regex(
        r"110101(19[5-9][0-9]|200[0-9])(0[1-9]|1[0-2])(0[1-9]|1[0-9]|2[0-8])[0-9]{3}",
        fullmatch=True,
    )
)
def test_one_check_digit_in_eleven_makes_an_identity_card(body: str) -> None:
    found = [
        digit
        for digit in "0123456789X"
        for item in detect(f"证件{body}{digit}。")
        if item.kind is Secret.IDENTITY_CARD
    ]
    assert len(found) == 1


@given(st.from_regex(r"[0-9]{1,40}", fullmatch=True))
def test_a_longer_number_hides_no_mobile_number(digits: str) -> None:
    assume(len(digits) != 11 and not digits.startswith("0086"))
    assert not any(item.kind is Secret.MOBILE for item in detect(f"编码{digits}，"))
