"""Numbers that must not leave the house: mobile, identity card and bank card numbers.

They belong to the confidentiality clauses (N2-2.1-no-customer-data-leak, N2-4.6-owner-data,
M2-6.13-no-data-leak); :func:`confidentiality_rule` says which clause of a pack asks for
them, and a pack without such a clause does not look for them.

A number is found in any style of digits (full width, circled, Chinese numerals) and however
its groups are set apart; a masked one (138****8000) is not a number any more. Amounts,
waybills, ISBNs, addresses of pages and identifiers with letters are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from itertools import islice

from msgspec import Struct

from agentdesk.domain.pack import Pack
from agentdesk.domain.phrases.numerals import (
    CHINESE,
    DIGITS,
    HIDDEN,
    fold_digits,
    is_bank_card,
    is_identity_card,
    is_mobile,
    is_old_identity_card,
)
from agentdesk.domain.provision import ProvisionKind


class Secret(Enum):
    """What kind of number it is."""

    MOBILE = "mobile"
    IDENTITY_CARD = "identity_card"
    BANK_CARD = "bank_card"


class Found(Struct, frozen=True):
    """A number that belongs to somebody.

    Attributes:
        start, end: code points of the text as typed, tight around the number.
        text: ``text[start:end]``.
        masked: the number as it may be written.
    """

    start: int
    end: int
    text: str
    kind: Secret
    masked: str


_GAP = rf"[ \t\u00a0\u2000-\u200a\u202f\u3000.\u00b7\-\u2010-\u2015\u2212\uff0d\uff0e{HIDDEN}]"
_RUN = re.compile(rf"[{DIGITS}](?:{_GAP}{{0,3}}+[{DIGITS}]){{10,}}+(?:{_GAP}?[XxＸｘⅩⅹΧХ×✕])?")
# 一 before one of these is a word (一直打不通), not the last digit of a number.
_SPOKEN = rf"(?:[{DIGITS}]|(?!一[直下个定起样些般次])[{CHINESE}])"
_RUN_SPOKEN = re.compile(rf"{_SPOKEN}(?:{_GAP}{{0,3}}+{_SPOKEN}){{10,}}+")
_HAS_SPOKEN = re.compile(f"[{CHINESE}]")
_GROUP = re.compile(rf"[{DIGITS}{CHINESE}](?:[{HIDDEN}]{{0,3}}+[{DIGITS}{CHINESE}])*+")

_LONGEST = 19
"""Digits of the longest number, a bank card."""

_SHORTEST = 11

# Ways people set the groups of a number apart, beside groups of four and one by one.
_MOBILE_GROUPS = frozenset(
    ((11,), (3, 4, 4), (4, 4, 3), (3, 8), (7, 4), (3, 3, 5), (4, 3, 4), (3, 5, 3), (5, 6), (6, 5))
)
_CARD_GROUPS = frozenset(((6, 8, 4), (6, 4, 4, 4), (6, 8, 3), (6, 12), (6, 6, 3), (14, 4)))
_BANK_GROUPS = frozenset((6, size - 6) for size in range(13, _LONGEST + 1))
_FOURS = frozenset((*(4,) * count, last) for count in range(2, 5) for last in range(1, 5))
_BEGINNINGS = frozenset(
    sizes[:count]
    for sizes in (*_MOBILE_GROUPS, *_CARD_GROUPS, *_BANK_GROUPS, *_FOURS)
    for count in range(len(sizes) + 1)
)

_LETTER = "A-Za-z_\uff21-\uff3a\uff41-\uff5a"
_NOT_A_LETTER = rf"(?<![{_LETTER}])"
_OTHERS = re.compile(
    r"(?:(?:运单|快递单?|订单|工单|流水|物流|包裹|取件|受理|单)号?码?|编号|序列号|条码|票号)"
    r"[是为：:\s#＃]{0,4}$"
    rf"|{_NOT_A_LETTER}(?:waybill|order|tracking|isbn|sn|no|id)\s?[.:：#＃]?\s?$",
    re.IGNORECASE,
)
_OWNED = re.compile(r"身份证|证件|证号|银行卡|卡号|手机|电话")
_PAPERS = re.compile(r"身份证|证件|证号")
_CALLED = re.compile(rf"{_NOT_A_LETTER}(?:tel|phone|mobile|mob|call)$", re.IGNORECASE)
_IN_WORD = re.compile(rf"[{_LETTER}]$")
_WORD = re.compile(rf"[{_LETTER}]")
_MONEY = re.compile(r"(?:[¥￥$€£]|RMB|CNY|人民币)\s?$|[0-9][.．]$", re.IGNORECASE)
_AMOUNT = re.compile(r"[.．][0-9]|\s?(?:元|圆|块钱|万|亿|美元|人民币)")
_PAGE = re.compile(r"[a-z]+://|www\.", re.IGNORECASE)
_BEHIND = 24
"""How far before a number its label may begin, in characters."""
_ADDRESS = 200
"""How far before a number the address of a page may begin."""


def detect(text: str) -> tuple[Found, ...]:
    """The numbers of people in ``text``, in order and without overlaps.

    Time is linear in the length of ``text``. Never raises.
    """
    found = [item for match in _RUN.finditer(text) for item in _in_run(text, match)]
    if _HAS_SPOKEN.search(text):
        for match in _RUN_SPOKEN.finditer(text):
            if _HAS_SPOKEN.search(match[0]):
                found += _in_run(text, match)
        found.sort(key=lambda item: (item.start, -item.end))
    kept: list[Found] = []
    for item in found:
        if not kept or item.start >= kept[-1].end:
            kept.append(item)
    return tuple(kept)


class _Group(Struct, frozen=True):
    """Digits without a gap: where they stand, and what they are."""

    start: int
    end: int
    digits: str


def _in_run(text: str, run: re.Match[str]) -> Iterator[Found]:
    """The numbers in a stretch of digits and what may stand between them."""
    spans = (match.span() for match in _GROUP.finditer(text, *run.span()))
    rest = (_Group(start, end, fold_digits(text[start:end])) for start, end in spans)
    groups: list[_Group] = []
    at, begins = 0, True
    while True:
        if at + _LONGEST >= len(groups):  # a run may be megabytes long
            groups = groups[at:] + list(islice(rest, 1000))
            at = 0
            if not groups:
                return
        found, used = _at(text, groups, at, run.end(), begins=begins)
        at, begins = at + used, False
        if found is not None:
            yield found


def _at(
    text: str, groups: list[_Group], at: int, run_end: int, *, begins: bool
) -> tuple[Found | None, int]:
    """The longest number that begins with the group ``at``, and how many groups it takes.

    Args:
        groups: at least as many of the run from ``at`` on as a number may have.
        run_end: where the run ends; behind the last group if the X of a card follows.
        begins: whether ``at`` is the first of the run.
    """
    first, ahead = groups[at], len(groups) - at
    size = len(first.digits)
    alone = begins and ahead <= _LONGEST
    if size < 3 and not alone:
        return None, 1  # digits one by one are a number only if nothing else is in the run
    best: tuple[Found | None, int] = None, 1
    if size in (_SHORTEST + 2, _SHORTEST + 4):
        best = _abroad(text, first), 1
    digits = ""
    sizes: tuple[int, ...] = ()
    for used in range(1, min(ahead, _LONGEST) + 1):
        group = groups[at + used - 1]
        digits, sizes = digits + group.digits, (*sizes, len(group.digits))
        end = group.end
        last = used == ahead
        if last and len(digits) == 17 and end < run_end:
            digits, end, sizes = f"{digits}X", run_end, (*sizes[:-1], sizes[-1] + 1)
        if len(digits) > _LONGEST or not (used == 1 or alone or sizes in _BEGINNINGS):
            break
        if len(digits) < _SHORTEST:
            continue
        number, single = text[first.start : end], used == 1 or (alone and last and _alike(sizes))
        if kind := _kind(number, digits, sizes, single):
            found = Found(first.start, end, number, kind, _mask(digits))
            if not _exempt(text, found, digits):
                best = found, used
    return best


def _abroad(text: str, group: _Group) -> Found | None:
    """A mobile number with +86 or 0086 before it, in one group."""
    known = group.digits.startswith("0086") or (
        group.digits.startswith("86") and text[group.start - 1 : group.start] in ("+", "＋")
    )
    digits = group.digits[-_SHORTEST:]
    if not known or not is_mobile(digits) or group.end - group.start != len(group.digits):
        return None
    start = group.end - _SHORTEST
    return Found(start, group.end, text[start : group.end], Secret.MOBILE, _mask(digits))


def _kind(number: str, digits: str, sizes: tuple[int, ...], single: bool) -> Secret | None:
    """What kind of number these digits are, by their own checks and their groups.

    Args:
        single: the grouping says nothing, any kind is possible.
    """
    size = len(digits)
    if size == _SHORTEST:
        usual = single or sizes in _MOBILE_GROUPS
        if len(sizes) > 1 and any(mark in number for mark in ".．·"):
            usual = sizes == (3, 4, 4)  # 192.168.10.101 has eleven digits too
        return Secret.MOBILE if usual and is_mobile(digits) else None
    single = single or sizes in _FOURS
    card = is_identity_card(digits) or is_old_identity_card(digits)
    if card and (single or sizes in _CARD_GROUPS):
        return Secret.IDENTITY_CARD
    if (single or sizes in _BANK_GROUPS) and is_bank_card(digits):
        return Secret.BANK_CARD
    return None


def _alike(sizes: tuple[int, ...]) -> bool:
    """One by one or in pairs, the last one perhaps alone."""
    return sizes[0] < 3 and set(sizes[:-1]) == {sizes[0]} and sizes[-1] <= sizes[0]


def _exempt(text: str, found: Found, digits: str) -> bool:
    """Whether it is part of something else: a word, an amount, a page, a waybill."""
    before = text[max(0, found.start - _BEHIND) : found.start].rpartition("\n")[2]
    if found.kind is Secret.IDENTITY_CARD and len(digits) == 15 and not _PAPERS.search(before):
        return True  # without a check digit only a label makes it a card
    if _WORD.match(text, found.end) or (_IN_WORD.search(before) and not _CALLED.search(before)):
        return True
    if _MONEY.search(before) or _AMOUNT.match(text, found.end):
        return True
    if _OTHERS.search(before) and not _OWNED.search(before):
        return True
    return _in_page(text, found.start)


def _in_page(text: str, start: int) -> bool:
    """Whether ``start`` lies in the address of a page or the path of a file."""
    first = start
    while first and start - first < _ADDRESS and "!" <= text[first - 1] <= "~":
        first -= 1
    word = text[first:start]
    folder, slash, _ = word.rpartition("/")
    if slash and any(char.isalpha() for char in folder):
        return True
    return _PAGE.search(word) is not None


def _mask(digits: str) -> str:
    """Enough to tell numbers apart, too little to use: three or four at either end."""
    ends = 3 if len(digits) == 11 else 4
    return f"{digits[:ends]}{'*' * (len(digits) - ends - 4)}{digits[-4:]}"


_CONFIDENTIAL = ("data-leak", "owner-data", "confidential", "data-intact")
"""What the id of a confidentiality clause holds; the first found decides."""


def confidentiality_rule(pack: Pack) -> str | None:
    """The clause for which the numbers of customers are looked for; None: the pack has none.

    A pack asks by citing, anywhere, a clause whose id holds ``data-leak``, ``owner-data``,
    ``confidential`` or ``data-intact``; of several the earliest of these words decides, and
    of those with the same word a duty, then a guard, then anything else.
    """
    cited = [
        *(item.rule for item in pack.provisions_of(ProvisionKind.DUTY)),
        *pack.guards.values(),
        *(item.rule for item in pack.phrases),
        *(item.rule for item in pack.provisions),
        *(item.rule for item in pack.requirements),
        *(item.rule for item in pack.fields),
        *(item.rule for item in pack.lines),
        *(item.rule for item in pack.reasons),
        *(rule for rule, _ in pack.guidance),
    ]
    for word in _CONFIDENTIAL:
        for rule in cited:
            if word in rule:
                return rule
    return None
