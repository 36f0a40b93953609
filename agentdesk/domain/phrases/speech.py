"""Whose words they are: a note quotes the customer, a rule mentions what it forbids.

What a customer said, what stands in quotation marks and what is named as forbidden is no
utterance of the agent; the checker leaves it alone.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from enum import Enum
from functools import lru_cache
from heapq import merge

Span = tuple[int, int]
"""First offset and the one after the last, in code points."""


class Speaker(Enum):
    """Whose words a text is."""

    AGENT = "agent"  # what the agent says; quotations in it are still somebody else's
    CUSTOMER = "customer"  # never checked
    NOTE = "note"  # what the agent writes down, reports of the customer among it


_END = "。！？!?;；\n"
_FAR = 400  # code points a quotation may go on behind the end of its first sentence

_OPENING = {"“": "”", "「": "」", "『": "』", "《": "》", "‘": "’"}
_STRAIGHT = '"＂'
_QUOTES = re.compile(f"[{''.join(_OPENING)}{_STRAIGHT}]")
_SENTENCE_END = re.compile(f"[{_END}]")

# 对客户说 is the agent speaking, hence the look-behinds (three, for names before 先生); 我 您 的
# 请 between the person and the verb change who speaks, or make the verb a noun (客户的问题).
_TOWARDS = "[跟对向和给与同替让叫请按据]"
_PERSON = "客户|用户|顾客|对方|来电人|业主|会员|收件人|寄件人"
_NAMED = (
    f"(?<!{_TOWARDS}.)(?<!{_TOWARDS}..)"
    rf"(?:(?!{_TOWARDS}|[我您你问])[\u4e00-\u9fff]){{1,3}}(?:先生|女士|小姐|太太)"
)
_VERB = (
    "说(?!话|法|明书)|(?<![名昵职])称(?!呼|赞)|(?<![知报渠街味])道(?!歉|谢|路)|"
    "(?<![访顾慰])问(?!题|候|卷)|表示|反映|反应|抱怨|质问|要求|认为|提出|强调|骂|讲|喊|吼|"
    "(?<!我)(?:回复|答复|声称|诉称|坚称|自述|怒斥|指责|投诉(?:称|说))"
)
# Where the agent's own words begin again: 客户问原因，答复说 … (the agent did).
_OWN = (
    "(?:我方?|我司|本人|坐席|客服)?(?:已经?|再|又|当即|便|就)?(?:回复|答复|告知|回答|解释|告诉|承诺|答应|保证)"
    "|我(?:说|讲|问)"
)
_SAID = f"[^{_END}，,]*(?:[，,](?!{_OWN})[^{_END}，,]*)*"
_OTHERS = "网点|仓库|物流方?|前台|派送员|快递员|配送员|司机|站点|厂家|商家|卖家|施工方|物业"
_ANSWERED = "(?<!答复)(?<!回复)(?<!告知)(?<!告诉)"
_REPORTED = re.compile(
    rf"(?<!{_TOWARDS})(?:{_PERSON}|{_NAMED})[^{_END}，,、我您你咱的请]{{0,8}}?(?:{_VERB}){_SAID}"
    rf"|(?<!{_TOWARDS})(?:{_OTHERS})(?:方|人员)?[也又已]?(?:说(?!话|法|明)|称|表示|回复|答复|告知|反馈){_SAID}"
    rf"|(?<!{_TOWARDS}){_ANSWERED}(?:{_PERSON}) ?[：:]{_SAID}"
)

_MENTIONED = re.compile(
    rf"(?:禁止|严禁|不许|不得(?!不)|不准)[^{_END}，,]{{0,4}}?(?:说|讲|使用|出现|回答)(?!话|明)[^{_END}]*"
    rf"|(?:(?<![特分区个级类])别|不要|不能|不可以)再?(?:[对跟向](?:{_PERSON}))?(?:说|讲)(?!了|话|明)[^{_END}，,]*"
    rf"|(?:禁用语|服务忌语|忌语|禁语)[^{_END}，,]{{0,6}}?[：:][^{_END}]*"
)

# An address of a page goes on over Chinese that stands right behind one of its marks:
# https://example.com/wiki/神经病?page=2, but not http://t.cn/a1我不清楚.
_ADDRESS = re.compile(r"(?:[A-Za-z]{2,8}://|www\.)(?:[!-~]|(?<=[/=#&?_-])[\u4e00-\u9fff]++)++")

# One of these is in every stretch the patterns above find. Alternatives of plain text, which
# a search skips to.
_PERSONS = re.compile(f"{_PERSON}|{_OTHERS.replace('?', '')}|先生|女士|小姐|太太")
_MENTIONS = re.compile("说|讲|使用|出现|回答|禁用语|忌语|禁语")

_CACHED = 4_000  # code points; longer lines are looked at again


def not_own_words(line: str) -> Sequence[int]:
    """Where stretches of ``line`` (no line ends) that are quoted, reported, only mentioned or
    the address of a page begin and end: the first and the last place of each in turn, in order.

    They are apart from each other. Time is linear in the length of ``line``.
    """
    if len(line) > _CACHED:
        return _exempt(line)
    return _exempt_cached(line)


def _exempt(line: str) -> Sequence[int]:
    found = [_quoted(line)] if _QUOTES.search(line) else []
    if "://" in line or "www." in line:
        found.append(_spans(_ADDRESS, line))
    for mark, pattern in ((_PERSONS, _REPORTED), (_MENTIONS, _MENTIONED)):
        if mark.search(line):
            found.append(_spans(pattern, line))
    if not found:
        return ()
    edges = array("I")  # of a line of megabytes there are a million
    for start, end in merge(*found):
        if not edges or start > edges[-1]:
            edges.append(start)
            edges.append(end)
        elif end > edges[-1]:
            edges[-1] = end
    return edges


def _spans(pattern: re.Pattern[str], line: str) -> Iterator[Span]:
    return (match.span() for match in pattern.finditer(line))


_exempt_cached = lru_cache(maxsize=512)(_exempt)


def _quoted(line: str) -> Iterator[Span]:
    """What stands in quotation marks.

    An opening mark without its twin holds until the sentence ends: it is still being typed.
    A straight mark without its twin is none.
    """
    at, sentence = 0, -1
    while match := _QUOTES.search(line, at):
        start, mark = match.start(), match[0]
        if mark in _STRAIGHT:
            end = line.find(mark, start + 1, start + 1 + _FAR)
            at = start + 1 if end < 0 else end + 1
            if end >= 0:
                yield start, at
            continue
        if sentence < start:  # looked for once a sentence, not once a mark
            stop = _SENTENCE_END.search(line, start)
            sentence = stop.start() if stop else len(line)
        end = line.find(_OPENING[mark], start, sentence + _FAR)
        at = sentence if end < 0 else end + 1
        yield start, at


def begins_in(start: int, edges: Sequence[int]) -> bool:
    """Whether what begins at ``start`` begins in one of the stretches with these ``edges``."""
    return bisect_right(edges, start) % 2 == 1
