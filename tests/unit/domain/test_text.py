"""Cleaning, showing and masking text from outside."""

from __future__ import annotations

import pytest

from agentdesk.domain.text import (
    MAX_MARKS,
    Untrusted,
    clean,
    mask,
    mask_phone,
    normalise_phone,
    visible,
)

ORDINARY = "您好，请问有什么可以帮您？运单 SF-1024（急）“已签收”……"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (ORDINARY, ORDINARY),
        ("\x1b[31m红\x1b]52;c;aGk=\x07", "[31m红]52;c;aGk="),
        ("\x9b31m", "31m"),
        ("abc\u202etxt.exe", "abctxt.exe"),
        ("张\u200b三\ufeff", "张三"),
        ("a\tb\r\nc\u2028d", "a b c d"),
        ("e\u0301", "é"),
        ("👍🏽 👨\u200d👩\u200d👧 ❤\ufe0f", "👍 👨👩👧 ❤"),
        ("x\ud800y", "xy"),
        ("旗\U000e0067\U000e007f", "旗"),
        ("㎏①Ａ　", "㎏①Ａ　"),
    ],
)
def test_clean_takes_out_what_steers_a_terminal(raw: str, expected: str) -> None:
    assert clean(raw) == expected


def test_clean_keeps_line_ends_only_when_asked() -> None:
    assert clean("一\r\n二\r三\n四\u2029五\x85六", multiline=True) == "一\n二\n三\n四\n五\n六"
    assert clean("一\n二") == "一 二"


def test_clean_cuts_piles_of_marks_but_not_the_text_after_them() -> None:
    cleaned = clean("我" + "\u0316" * 10_000 + "说")
    assert cleaned == "我" + "\u0316" * MAX_MARKS + "说"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (ORDINARY, ORDINARY),
        ("\x1b[2J", "␛[2J"),
        ("a\x7f\x00b", "a␡␀b"),
        ("\x9b\u202e\u200d\ud800", "����"),
        ("一\n二\t三", "一\n二 三"),
        ("[/] [@click=app.quit]", "[/] [@click=app.quit]"),
    ],
)
def test_visible_shows_what_it_will_not_pass_on(raw: str, expected: str) -> None:
    assert visible(raw) == expected
    assert Untrusted(raw).shown == expected
    assert f"{Untrusted(raw)}" == expected


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("13800138000", "138****8000"),
        ("+86 138-0013-8000", "138****8000"),
        ("010-12345678", "010****5678"),
        ("0571-87654321", "057****4321"),
        ("4008001234", "400****1234"),
        ("12345678", "12****78"),
        ("1234567", "12***67"),
        ("95338", "9***8"),
        ("110", "1*0"),
        ("12", "**"),
        ("7", "*"),
        ("", ""),
        ("匿名", "匿*"),
    ],
)
def test_mask_phone(number: str, expected: str) -> None:
    assert mask_phone(number) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("张三丰", "张*丰"), ("王五", "王*"), ("李", "*"), (" ", ""), ("1101011990", "1********0")],
)
def test_mask(value: str, expected: str) -> None:
    assert mask(value) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("13800138000", "13800138000"),
        ("１３８ ００１３ ８０００", "13800138000"),
        ("+8613800138000", "13800138000"),
        ("＋86 (138) 0013-8000", "13800138000"),
        ("0086-13800138000", "13800138000"),
        ("8613800138000", "13800138000"),
        ("861012345678", "861012345678"),  # no sign of a country code: left alone
        ("+86 10 1234 5678", "01012345678"),
        ("+86 (0)571 8765 4321", "057187654321"),
        ("+86 400 800 1234", "4008001234"),
        ("+1 (415) 555-0100", "0014155550100"),
        ("(010) 1234 5678", "01012345678"),
        ("sip:13800138000@10.0.0.1:5060", "13800138000"),
        ("tel:+86-10-12345678;ext=12", "01012345678"),
        ("010-12345678转801", "01012345678801"),
        ("9" * 40, "9" * 20),
        ("匿名来电", ""),
        ("+", ""),
    ],
)
def test_normalise_phone(raw: str, expected: str) -> None:
    assert normalise_phone(raw) == expected
