"""Where in an utterance a phrase must stand to be a fault, for each way of matching.

Every function here looks at a few dozen characters around a hit, never at the whole line.
"""

from __future__ import annotations

import re
from functools import lru_cache

from agentdesk.domain.pack import Match
from agentdesk.domain.phrases.folding import HIDDEN, PAUSE, SEPARATORS, SOFT, STOP

Span = tuple[int, int]

_SKIPPED = SOFT + PAUSE + HIDDEN
_FAR = 64
_SEPARATED = re.compile(f"[{SEPARATORS}]")
_PAUSED = re.compile(f"[{SOFT}{HIDDEN}]{{0,{_FAR}}}{PAUSE}")

# A single character opens an utterance only when it stands apart (那，… but not 那么) or calls
# somebody: 喂您好 but not 喂养.
_CALLS = "喂嘿诶哎"
_APART = re.compile(f"[{SOFT}{PAUSE}{STOP}]|$")
_CALLED = re.compile(f"[{SOFT}{PAUSE}{STOP}]|$|您|你|先生|小姐|女士|老师|有人")

_ADDRESSED = re.compile(f"[{HIDDEN}]*(?:[{SOFT}{PAUSE}{STOP}]|$|您|你|请|先生|小姐|女士|老师|有人)")
_GREETED = re.compile(
    "(?:您好|你好|大家好|好的|好|谢谢|感谢|抱歉|不好意思|对不起|是的|再见|欢迎|嗯|哦|啊|那)$"
)

# 我不清楚, 这个我也不知道啊, 真的不明白 are answers; 线路不清楚, 您不知道 are none.
_ANSWERS = re.compile(
    "(?:(?:.*(?:(?:我们?|咱们?)(?:这边|这里|这儿)?|[答回]复|告知)(?:客户|对方)?说?)|(?:这|那)(?:个|事|件事|个事|个问题|些)?|具体(?:的|情况)?)?"
    "(?:也|真的?|都|并|还|实在|确实|暂时|现在|可|就|是|完全|根本|目前|有点|其实|更|一点|啊|哎|嗯|呃)*"
)
_NOT_AN_ANSWER = re.compile(
    "如果|要是|[假倘]|万一|只要|不是|并非|怕|以免|(?:[您你他她它谁]|(?<![答回]复)(?<!告知)客户|用户|对方)(?!.*[我咱])"
)
_NAMED = re.compile(
    f"(?:^|{STOP})[0-9{SOFT}{PAUSE}{HIDDEN}]*(?:坐席|座席|客服|接线员|话务员|值班员|工作人员|agent)"
    f"(?:人员|代表|专员)?[a-z0-9]{{0,6}}[{SOFT}]?{PAUSE}[{_SKIPPED}]*$"
)
_NAME = 24  # code points of a name and what is before it

# What need not be done is not asked for, and what another does is not what the agent does:
# 您不用自己想办法, 客户自己想办法 (but 让客户自己想办法).
_DENIED = re.compile(
    "(?:不用|不必|无需|无须|不需要|用不着|不会让)(?:您|你|客户|对方)?(?:再|亲自)?$"
    "|(?<![找系跟对向和与同替让叫请劝催使要到问复知诉醒示给])"
    "(?:客户|用户|顾客|对方|收件人|寄件人|来电人|业主)(?:已经?|都|也|又|就|曾)?$"
)
_SELF = re.compile("[我你您咱]")
# 帮你找, 给您找: the agent does it.
_FOR_YOU = re.compile("[帮替为给][你您]")

_PARTICLES = re.compile(
    f"(?:[{SOFT}{HIDDEN}]?[啊呢了哦喔呀吧的诶哈嘛啦耶唉])*[{SOFT}{HIDDEN}]*(?:[{PAUSE}{STOP}]|$)"
)
_CLAUSE = re.compile(f"[{PAUSE}{STOP}]")
_KNOWS = re.compile("(?:知道|清楚)$")
_OF_ONESELF = re.compile(
    "(?:我|咱)们?(?:这边|这里|这儿)?"
    "(?:也|真的?|都|并|还|实在|确实|暂时|现在|可|就|是|完全|根本|目前)*$"
)
# 我不知道您方便吗 asks, 我不清楚的地方 says something else.
_MATTER = re.compile(
    f"(?![的地得])(?:(?!吗|是否|[能可]否|合适|方便|可不可以|行不行|好不好)"
    f"[^您你他她{PAUSE}{STOP}]){{1,16}}(?:[{PAUSE}{STOP}]|$)"
)


def fits(match: Match, folded: str, start: int, end: int, size: int) -> Span | None:
    """The hit of a phrase that stands at ``start:end``; ``None`` if it is none there.

    Args:
        folded: the line, folded.
        size: characters of the phrase.
    """
    if match is Match.UTTERANCE:
        whole = _opens(folded, start) and _closes(folded, end)
        return (start, end) if whole else None
    if match is Match.UTTERANCE_START:
        return _opening(folded, start, end, size) if _opens(folded, start) else None
    if match is Match.VOCATIVE:
        return _calling(folded, start, end)
    if match is Match.FILLER:
        return _filling(folded, start, end)
    if match is Match.CONTEXT:
        return (start, end) if _answers(folded, start, end) else None
    return None if match is Match.PARTIAL and of_another(folded, start, end) else (start, end)


def of_another(folded: str, start: int, end: int) -> bool:
    """Whether the words before a part of a sentence say that it need not be done, or that
    somebody else does it."""
    if not start:
        return False
    if _FOR_YOU.match(folded, start - 1):
        return True
    if _SELF.search(folded, start, end):
        return False
    return _DENIED.search(folded, max(0, start - 12), start) is not None


def _opens(folded: str, start: int) -> bool:
    """Whether an utterance begins at ``start``."""
    at = start
    while at and start - at < _FAR and folded[at - 1] in _SKIPPED:
        at -= 1
    if not at or folded[at - 1] == STOP:
        return True
    # A transcript names who speaks: 坐席：什么？
    return (
        at < start and _NAMED.search(folded, max(0, at - _NAME), min(start, at + _NAME)) is not None
    )


def _closes(folded: str, end: int) -> bool:
    """Whether an utterance ends at ``end``."""
    rest = folded[end : end + _FAR].lstrip(_SKIPPED)
    return rest.startswith(STOP) or (not rest and end + _FAR >= len(folded))


def _opening(folded: str, start: int, end: int, size: int) -> Span | None:
    if size > 1:
        return start, end
    char = folded[start]
    # 嗯嗯， and 喂，喂， are the same habit said twice.
    end = _repeated(folded, char, end)
    after = _CALLED if char in _CALLS else _APART
    return (start, end) if after.match(folded, _seen(folded, end)) else None


def _repeated(folded: str, word: str, end: int) -> int:
    """Where the last of the words ends that follow ``end`` with at most a pause between."""
    if _SEPARATED.search(word) is None:
        match = _row(word).match(folded, end)
        return match.end() if match else end
    for _ in range(_FAR):
        at = _seen(folded, end)
        if folded[at : at + 1] in (SOFT, PAUSE):
            at = _seen(folded, at + 1)
        if not folded.startswith(word, at):
            break
        end = at + len(word)
    return end


@lru_cache(maxsize=256)
def _row(word: str) -> re.Pattern[str]:
    """What :func:`_repeated` steps over word by word, for a word without anything inside."""
    unseen = f"{HIDDEN}{{0,{_FAR}}}+"
    return re.compile(f"(?:{unseen}(?:[{SOFT}{PAUSE}]{unseen})?{re.escape(word)}){{1,{_FAR}}}+")


def _seen(folded: str, at: int) -> int:
    """The next place that is not invisible, if it is near."""
    last = at + _FAR
    while at < last and folded[at : at + 1] == HIDDEN:
        at += 1
    return at


def _begins_clause(folded: str, start: int) -> bool:
    at = start
    while at and start - at < _FAR and folded[at - 1] in SOFT + HIDDEN:
        at -= 1
    return not at or folded[at - 1] in PAUSE + STOP


def _calling(folded: str, start: int, end: int) -> Span | None:
    """Calling somebody: a clause of its own, before 您 or 请, or after a greeting."""
    if folded[max(0, 2 * start - end) : start] == folded[start:end]:
        return None  # the one before has this in its hit
    end = _repeated(folded, folded[start:end], end)
    if _begins_clause(folded, start):
        return (start, end) if _ADDRESSED.match(folded, end) else None
    greeted = _GREETED.search(folded[max(0, start - 8) : start].rstrip(SOFT + HIDDEN))
    return (start, end) if greeted and _APART.match(folded, _seen(folded, end)) else None


def _filling(folded: str, start: int, end: int) -> Span | None:
    """Filling a silence: at the start of a clause before a pause, or said twice."""
    if folded[max(0, 2 * start - end) : start] == folded[start:end]:
        return None  # the one before has this in its hit
    last = _repeated(folded, folded[start:end], end)
    if last > end:
        return start, last
    if not _begins_clause(folded, start):
        return None
    return (start, end) if _PAUSED.match(folded, end) else None


def _answers(folded: str, start: int, end: int) -> bool:
    """Whether a clause says no more than this, of oneself or of the matter asked.

    What oneself does not know may follow: 我也不知道什么时候到货.
    """
    before = folded[max(0, start - _FAR) : start]
    if not _PARTICLES.match(folded, end) and not (
        _KNOWS.search(folded, start, end)
        and _OF_ONESELF.search(before)
        and _MATTER.match(folded, end)
    ):
        return False
    clause = _CLAUSE.split(before)[-1].replace(SOFT, "").replace(HIDDEN, "")
    return not _NOT_AN_ANSWER.search(clause) and _ANSWERS.fullmatch(clause) is not None
