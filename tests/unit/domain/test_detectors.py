"""Numbers of people: found in every disguise, and nothing else taken for one."""

from __future__ import annotations

import time

import pytest

from agentdesk.domain.pack import Pack
from agentdesk.domain.phrases.detectors import Secret, confidentiality_rule, detect
from agentdesk.domain.phrases.numerals import (
    CHINESE,
    fold_digits,
    is_bank_card,
    is_identity_card,
    is_old_identity_card,
)
from agentdesk.standards.loader import load_shipped

# Made up; the check digits are right.
CARD = "6222021234567000009"
VISA = "4000000000000002"
IDENTITY = "110101199003070003"
IDENTITY_X = "11010119900307002X"


def _with_check(body: str, check: int) -> str:
    return body + "10X98765432"[check % 11]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("请拨打13800138000。", "13800138000"),
        ("电话13800138000一直打不通", "13800138000"),
        ("１３８００１３８０００", "１３８００１３８０００"),
        ("①③⑧⓪⓪①③⑧⓪⓪⓪", "①③⑧⓪⓪①③⑧⓪⓪⓪"),
        ("138-0013-8000", "138-0013-8000"),
        ("138 0013 8000", "138 0013 8000"),
        ("138.0013.8000", "138.0013.8000"),
        ("138－0013－8000", "138－0013－8000"),
        ("1 3 8 0 0 1 3 8 0 0 0", "1 3 8 0 0 1 3 8 0 0 0"),
        ("1\u200b38\u20600013\ufeff8000", "1\u200b38\u20600013\ufeff8000"),
        (
            "1\ufe0f\u20e33\ufe0f\u20e38\ufe0f\u20e300138000",
            "1\ufe0f\u20e33\ufe0f\u20e38\ufe0f\u20e300138000",
        ),
        ("幺三八零零幺三八零零零", "幺三八零零幺三八零零零"),
        ("一三八〇〇一三八〇〇〇，一直忙", "一三八〇〇一三八〇〇〇"),
        ("138零零138零零零", "138零零138零零零"),
        ("+86 13800138000", "13800138000"),
        ("+8613800138000", "13800138000"),
        ("008613800138000", "13800138000"),
        ("(86)13800138000", "13800138000"),
        ("tel:13800138000", "13800138000"),
        ("Tel13800138000", "13800138000"),
        ("**13800138000**", "13800138000"),
        ("手机编号13800138000", "13800138000"),
        ("运单号查过了，电话13800138000", "13800138000"),
    ],
)
def test_mobile_numbers(text: str, number: str) -> None:
    found = detect(text)
    assert [(item.kind, item.text, item.masked) for item in found] == [
        (Secret.MOBILE, number, "138****8000")
    ]
    assert text[found[0].start : found[0].end] == number


@pytest.mark.parametrize(
    "text",
    [
        IDENTITY,
        IDENTITY_X,
        IDENTITY_X.lower(),
        f"证号{IDENTITY_X[:-1]}Ｘ",
        f"{IDENTITY[:6]} {IDENTITY[6:14]} {IDENTITY[14:]}",
        f"{IDENTITY_X[:6]}-{IDENTITY_X[6:14]}-{IDENTITY_X[14:]}",
        "身份证110101900307123",
        "身份证编号：110101900307123",
    ],
)
def test_identity_cards(text: str) -> None:
    (found,) = detect(text)
    assert found.kind is Secret.IDENTITY_CARD
    assert found.end == len(text)
    assert "1990" not in found.masked


@pytest.mark.parametrize(
    "text",
    [
        CARD,
        VISA,
        " ".join(CARD[at : at + 4] for at in range(0, 19, 4)),
        f"卡号{CARD[:6]} {CARD[6:]}",
    ],
)
def test_bank_cards(text: str) -> None:
    (found,) = detect(text)
    assert found.kind is Secret.BANK_CARD
    assert found.masked.count("*") == len(fold_digits(found.text)) - 8


def test_several_numbers_in_one_run() -> None:
    text = f"13800138000 13900139000/{VISA}"
    assert [item.text for item in detect(text)] == ["13800138000", "13900139000", VISA]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "138****8000",
        "138 **** 8000",
        "尾号8000",
        "SF13800138000",
        "ＳＦ13800138000",
        "13800138000abc",
        "abc_13800138000",
        "113800138000",
        "13800138000123",
        "12800138000",
        "运单号13800138000",
        f"运单号：{CARD}",
        "订单号是 13800138000",
        "waybill: 13800138000",
        "13800138000元",
        "¥13800138000",
        "13800138000.00",
        "3.13800138000",
        "978-7-302-51167-8",
        "ISBN 9787302511678",
        "https://a.cn/13800138000",
        "www.a.cn/?tel=13800138000",
        "192.168.10.101",
        "2024-01-15 13:45:10",
        "19951231 235959",
        "0571-88888888",
        "400-800-1234",
        "1 2 3 4 1 3 8 0 0 1 3 8 0 0 0 5 6",
        "一二三四五六七八九十",
        "一百三十八元零零一分",
        IDENTITY[:-1] + "8",
        "110101199013450003",
        "110101900307123",
        CARD[:-1] + "8",
        "7222021234567000009",
        "1³8⁰0138000",
    ],
)
def test_what_is_no_number_of_a_person(text: str) -> None:
    assert detect(text) == ()


@pytest.mark.parametrize("wrong", range(18))
def test_one_wrong_digit_is_no_identity_card(wrong: int) -> None:
    digit = "1" if IDENTITY[wrong] != "1" else "2"
    assert is_identity_card(IDENTITY)
    assert not is_identity_card(IDENTITY[:wrong] + digit + IDENTITY[wrong + 1 :])


def test_identity_cards_of_no_province_or_day() -> None:
    assert is_old_identity_card("110101900307123")
    assert not is_old_identity_card("160101900307123")
    assert not is_old_identity_card("110101900230123")
    assert not is_identity_card("")


def test_a_bank_card_needs_issuer_length_and_sum() -> None:
    assert is_bank_card(CARD)
    assert is_bank_card(VISA)
    assert not is_bank_card("0000000000000000")  # sum and length are right
    assert not is_bank_card("62000000000005")  # sum and issuer are right
    assert not is_bank_card(VISA[:-1] + "3")


def test_digits_of_every_style_are_folded() -> None:
    assert fold_digits("０1-③٤𝟓➅") == "013456"
    assert fold_digits(CHINESE) == "0012345678912123456789"


@pytest.mark.parametrize(
    "piece", ["1", "1 ", "138 ", "1380-", "13800138000 ", "一三", "1...", "6222 "]
)
def test_long_runs_take_linear_time(piece: str) -> None:
    def once(text: str) -> float:
        began = time.process_time()
        detect(text)
        return time.process_time() - began

    def seconds(count: int) -> float:
        return min(once(piece * count) for _ in range(3))

    seconds(100)
    assert seconds(16_000) < 40 * max(seconds(2_000), 0.002)


def test_only_packs_with_a_confidentiality_clause_ask() -> None:
    assert confidentiality_rule(load_shipped("N2")) == "N2-2.1-no-customer-data-leak"
    assert confidentiality_rule(load_shipped("F6")) is None


def test_a_report_of_a_leak_is_no_such_clause() -> None:
    pack = load_shipped("N2")
    empty = Pack(
        id="X1",
        title=pack.title,
        lines=(),
        phrases=(),
        requirements=(),
        clocks=(),
        fields=(),
        categories=(),
        levels=(),
        reasons=pack.reasons,
        dispositions=(),
        guards={},
        titles=(),
        callback_minutes=30,
    )
    assert any("leak" in reason.rule for reason in pack.reasons)
    assert confidentiality_rule(empty) is None
