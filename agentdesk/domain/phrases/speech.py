"""Whose words they are: a note quotes the customer, a rule mentions what it forbids.

What a customer said, what stands in quotation marks and what is named as forbidden is no
utterance of the agent; the checker leaves it alone.
"""

from __future__ import annotations

import re
from functools import lru_cache

Span = tuple[int, int]
"""First offset and the one after the last, in code points."""

_END = "。！？!?;；\n"

# An opening mark without its twin holds until the sentence ends: it is still being typed.
_QUOTED = re.compile(
    rf"“[^”{_END}]*(?:[^”]*”)?|「[^」{_END}]*(?:[^」]*」)?|『[^』{_END}]*(?:[^』]*』)?"
    r"|\"[^\"]*\"|＂[^＂]*＂"
)

# 对客户说 is the agent speaking, hence the look-behinds (three, for names before 先生); 我 您 的
# 请 between the person and the verb change who speaks, or make the verb a noun (客户的问题).
_TOWARDS = "[跟对向和给与同替让叫请按据]"
_PERSON = "客户|用户|顾客|对方|来电人|业主"
_NAMED = (
    f"(?<!{_TOWARDS}.)(?<!{_TOWARDS}..)"
    rf"(?:(?!{_TOWARDS}|[我您你问])[\u4e00-\u9fff]){{1,3}}(?:先生|女士|小姐|太太)"
)
_VERB = (
    "说(?!话|法)|(?<![名昵职])称(?!呼|赞)|(?<![知报渠街味])道(?!歉|谢|路)|"
    "(?<![访顾慰])问(?!题|候|卷)|表示|反映|反应|抱怨|质问|要求|认为|提出|强调|骂|讲|喊|吼"
)
_REPORTED = re.compile(
    rf"(?<!{_TOWARDS})(?:{_PERSON}|{_NAMED})[^{_END}，,、我您你咱的请]{{0,8}}?(?:{_VERB})[^{_END}]*"
    rf"|(?:{_PERSON}) ?[：:][^{_END}]*"
)

_MENTIONED = re.compile(
    rf"(?:禁止|严禁|不许|不得(?!不)|不准)[^{_END}，,]{{0,4}}?(?:说|讲|使用|出现|回答)(?!话|明)[^{_END}]*"
    rf"|(?:(?<![特分区个级类])别|不要|不能|不可以)再?(?:说|讲)(?!了|话|明)[^{_END}，,]*"
)

# One of these is in every stretch the patterns above find.
_MARKS = re.compile(f'[“「『"＂禁严不别]|{_PERSON}|先生|女士|小姐|太太')


@lru_cache(maxsize=512)
def not_own_words(line: str) -> tuple[Span, ...]:
    """Stretches of ``line`` (no line ends) that are quoted, reported or only mentioned."""
    if not _MARKS.search(line):
        return ()
    return tuple(
        match.span()
        for pattern in (_QUOTED, _REPORTED, _MENTIONED)
        for match in pattern.finditer(line)
    )


def begins_in(start: int, spans: tuple[Span, ...]) -> bool:
    """Whether what begins at ``start`` begins in one of ``spans``, with somebody else's words."""
    return any(first <= start < last for first, last in spans)
