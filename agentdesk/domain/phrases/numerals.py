"""Digits in every style, and the arithmetic that tells a card number from any number."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

DIGITS = (
    "0-9\u0660-\u0669\u06f0-\u06f9\u07c0-\u07c9\u0966-\u096f\u09e6-\u09ef\u0a66-\u0a6f"
    "\u0ae6-\u0aef\u0b66-\u0b6f\u0be6-\u0bef\u0c66-\u0c6f\u0ce6-\u0cef\u0d66-\u0d6f"
    "\u0de6-\u0def\u0e50-\u0e59\u0ed0-\u0ed9\u0f20-\u0f29\u1040-\u1049\u1090-\u1099"
    "\u1369-\u1371\u17e0-\u17e9\u1810-\u1819\u1946-\u194f\u19d0-\u19da\u1a80-\u1a89"
    "\u1a90-\u1a99\u1b50-\u1b59\u1bb0-\u1bb9\u1c40-\u1c49\u1c50-\u1c59\u2460-\u2468"
    "\u2474-\u247c\u2488-\u2490\u24ea\u24f5-\u24fd\u24ff\u2776-\u277e\u2780-\u2788"
    "\u278a-\u2792\ua620-\ua629\ua8d0-\ua8d9\ua900-\ua909\ua9d0-\ua9d9\ua9f0-\ua9f9"
    "\uaa50-\uaa59\uabf0-\uabf9\uff10-\uff19\U000104a0-\U000104a9\U00010a40-\U00010a43"
    "\U00010d30-\U00010d39\U00010e60-\U00010e68\U00011052-\U0001105a\U00011066-\U0001106f"
    "\U000110f0-\U000110f9\U00011136-\U0001113f\U000111d0-\U000111d9\U000112f0-\U000112f9"
    "\U00011450-\U00011459\U000114d0-\U000114d9\U00011650-\U00011659\U000116c0-\U000116c9"
    "\U00011730-\U00011739\U000118e0-\U000118e9\U00011950-\U00011959\U00011c50-\U00011c59"
    "\U00011d50-\U00011d59\U00011da0-\U00011da9\U00016a60-\U00016a69\U00016ac0-\U00016ac9"
    "\U00016b50-\U00016b59\U0001d7ce-\U0001d7ff\U0001e140-\U0001e149\U0001e2f0-\U0001e2f9"
    "\U0001e950-\U0001e959\U0001f100-\U0001f10a\U0001fbf0-\U0001fbf9"
)
"""Inside of a regular expression class: every digit of Unicode but the Chinese numerals and
the superscripts, which number footnotes."""

CHINESE = "〇零一二三四五六七八九幺两壹贰叁肆伍陆柒捌玖"
"""Chinese numerals as they are read out digit by digit; 幺 is 1 on the telephone."""

_CHINESE_DIGITS = dict(zip(CHINESE, "0012345678912123456789", strict=True))

HIDDEN = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff\u20e3"
"""Inside of a regular expression class: what may stand between digits and is not seen."""


def fold_digits(text: str) -> str:
    """The digits of ``text`` as 0 to 9, everything else left out."""
    if text.isascii():
        return text if text.isdigit() else "".join(filter(str.isdigit, text))
    values = (_CHINESE_DIGITS.get(char) or _digit(char) for char in text)
    return "".join(values)


def _digit(char: str) -> str:
    value = unicodedata.digit(char, None)
    return "" if value is None else str(value)


_MOBILE = re.compile(r"1[3-9][0-9]{9}")


def is_mobile(digits: str) -> bool:
    """Whether 11 digits are a mobile number of mainland China."""
    return _MOBILE.fullmatch(digits) is not None


# First two digits of an identity number: the provinces (GB/T 2260), and 9 for residents
# from abroad.
_PROVINCE = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|9[1-9]")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


def is_identity_card(number: str) -> bool:
    """Whether 17 digits and a check digit or ``X`` are an identity number (GB 11643-1999).

    Province, date of birth (1900 to 2099) and the check digit of ISO 7064 must be right.
    """
    if len(number) != 18 or not _PROVINCE.match(number) or not _is_day(number[6:14]):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return number[17] == _CHECKS[total % 11]


def is_old_identity_card(digits: str) -> bool:
    """Whether 15 digits may be an identity number of before 1999, which has no check digit."""
    return len(digits) == 15 and bool(_PROVINCE.match(digits)) and _is_day(f"19{digits[6:12]}")


def _is_day(digits: str) -> bool:
    """Whether ``YYYYMMDD`` is a day of the calendar in 1900 to 2099."""
    try:
        return 1900 <= date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).year <= 2099
    except ValueError:
        return False


# Issuers whose cards are used in China, with the lengths they give out (ISO/IEC 7812).
_ISSUERS = (
    (re.compile("62|81"), range(16, 20)),  # UnionPay
    (re.compile("4"), (13, 16, 19)),  # Visa
    (re.compile("5[1-5]|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720)"), (16,)),  # Mastercard
    (re.compile("3[47]"), (15,)),  # American Express
    (re.compile("35(?:2[89]|[3-8])"), (16,)),  # JCB
    (re.compile("3(?:0[0-5]|[68])"), (14,)),  # Diners Club
    (re.compile("6(?:011|4[4-9]|5)"), (16,)),  # Discover
    (re.compile("9(?:558|559|400)|60(?:1|3)|6[89]"), range(16, 20)),  # older cards of banks here
)


def is_bank_card(digits: str) -> bool:
    """Whether 13 to 19 digits are a card number: a known issuer, its length, and Luhn's sum."""
    size = len(digits)
    if not 13 <= size <= 19 or not digits.isdigit():
        return False
    if not any(size in sizes and issuer.match(digits) for issuer, sizes in _ISSUERS):
        return False
    doubled = (int(digit) * (1 + index % 2) for index, digit in enumerate(reversed(digits)))
    return sum(value - 9 * (value > 9) for value in doubled) % 10 == 0
