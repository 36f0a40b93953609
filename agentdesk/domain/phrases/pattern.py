"""From a phrase of the standard to what is searched.

A phrase becomes a regular expression over folded text that lets one skipped character slip
between its own, and a *probe*: the longest piece without a gap, whose absence from the
compacted line proves the phrase absent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from agentdesk.domain.pack import Match, PhraseRule
from agentdesk.domain.phrases.folding import PAUSE, SOFT, STOP, fold

_BEFORE = f"(?:^|{STOP})[{SOFT}{PAUSE}]*"
_AFTER = f"[{SOFT}{PAUSE}]*(?={STOP}|$)"

# A single character opens an utterance only when it stands apart (那，… but not 那么) ...
_APART = f"(?=[{SOFT}{PAUSE}{STOP}]|$)"
# ... or calls somebody: 喂您好 but not 喂养.
_CALLS = "喂嘿诶哎"
_CALLED = f"(?=[{SOFT}{PAUSE}{STOP}]|$|您|你|先生|小姐|女士|老师|有人)"

_SHORT = 4  # shorter phrases may not be split by a comma: 今天，啊 is not 天啊

_WILDCARD = re.compile(r"[*＊×]+|(?<![A-Za-z])[XxＸｘ]{2,}(?![A-Za-z])|\{[a-z_]*\}")
_ANY = f"[^{STOP}]{{1,8}}?"
_ANY_TO_END = f"[^{STOP}{PAUSE}{SOFT}]{{1,8}}"

_Piece = tuple[str, str]  # kind ("text", "mark" or "any") and the folded characters


@dataclass(frozen=True, slots=True)
class Pattern:
    """One phrase of a rule, ready to be searched.

    Attributes:
        order: place of the rule in its pack; settles ties.
        source: regular expression over folded text; group 1 is the hit.
        probe: found in the compacted line whenever ``source`` matches the line.
        anchor: ``""``, ``"start"`` (the probe opens an utterance) or ``"whole"`` (is one).
    """

    rule: PhraseRule
    order: int
    source: str
    probe: str
    anchor: str = ""

    @property
    def regex(self) -> re.Pattern[str]:
        """The expression, compiled at its first use: most are never used in a shift."""
        return _compiled(self.source)


@cache
def _compiled(source: str) -> re.Pattern[str]:
    return re.compile(source)


def patterns_of(rule: PhraseRule, order: int = 0) -> list[Pattern]:
    """What is searched for ``rule``; phrases of punctuation alone give nothing.

    ``PARTIAL`` looks for the cores and for the whole phrases, so that a phrase said in full
    is one hit and not one per core.
    """
    phrases: Iterable[str] = rule.phrases
    if rule.match is Match.PARTIAL:
        phrases = (*rule.cores, *rule.phrases)
    found: list[Pattern] = []
    for phrase in dict.fromkeys(phrases):
        if pieces := _pieces(phrase):
            found.append(_pattern(rule, order, pieces))
    return found


def allowed_of(rule: PhraseRule) -> list[re.Pattern[str]]:
    """Expressions inside which ``rule`` does not hold, over folded text; group 1 is the span."""
    return [
        re.compile(f"({_expression(pieces)})") for text in rule.allow if (pieces := _pieces(text))
    ]


def _pattern(rule: PhraseRule, order: int, pieces: list[_Piece]) -> Pattern:
    core = _expression(pieces)
    probe = max((text for kind, text in pieces if kind == "text"), key=len)
    first = next(text for kind, text in pieces if kind == "text")
    if rule.match is Match.UTTERANCE:
        anchor = "whole" if len(pieces) == 1 else "start"
        return Pattern(rule, order, f"{_BEFORE}({core}){_AFTER}", first, anchor)
    if rule.match is Match.UTTERANCE_START:
        if len(pieces) == 1 and len(first) == 1:
            # 嗯嗯， and 喂，喂， are the same habit said twice.
            core = f"{re.escape(first)}(?:[{SOFT}{PAUSE}]?{re.escape(first)})*"
            core += _CALLED if first in _CALLS else _APART
        return Pattern(rule, order, f"{_BEFORE}({core})", first, "start")
    return Pattern(rule, order, f"({core})", probe)


def _pieces(phrase: str) -> list[_Piece]:
    """``phrase`` cut at its wildcards and punctuation, none of either at its start.

    Punctuation at the end is dropped, a wildcard there stays. Empty without any text.
    """
    pieces: list[_Piece] = []
    at = 0
    for match in _WILDCARD.finditer(phrase):
        pieces += _text_pieces(phrase[at : match.start()])
        pieces.append(("any", ""))
        at = match.end()
    pieces += _text_pieces(phrase[at:])
    while pieces and pieces[0][0] != "text":
        del pieces[0]
    while pieces and pieces[-1][0] == "mark":
        del pieces[-1]
    return pieces


def _text_pieces(text: str) -> list[_Piece]:
    return [
        ("mark" if piece[0] in (SOFT, PAUSE, STOP) else "text", piece)
        for piece in re.findall(f"[{SOFT}{PAUSE}{STOP}]+|[^{SOFT}{PAUSE}{STOP}]+", fold(text))
    ]


def _expression(pieces: list[_Piece]) -> str:
    """Regular expression of the pieces, not anchored."""
    size = sum(len(text) for kind, text in pieces if kind == "text")
    gap = f"[{SOFT}]?" if size < _SHORT else f"[{SOFT}{PAUSE}]?"
    parts: list[str] = []
    for index, (kind, text) in enumerate(pieces):
        if kind == "any":
            parts.append(_ANY_TO_END if index == len(pieces) - 1 else _ANY)
        elif kind == "mark":
            parts.append(f"[{SOFT}{PAUSE}{STOP}]{{0,{max(3, len(text))}}}")
        else:
            parts.append(gap.join(re.escape(char) for char in text))
            follows = pieces[index + 1][0] if index + 1 < len(pieces) else "mark"
            parts.append(gap if follows == "text" else "")
    return (
        _edge(pieces[0][1][0], before=True)
        + "".join(parts)
        + _edge(pieces[-1][1][-1:], before=False)
    )


def _edge(char: str, *, before: bool) -> str:
    """Latin words and numbers are matched whole: OK not in BOOK."""
    if not (char.isascii() and char.isalnum()):
        return ""
    return "(?<![0-9a-z])" if before else "(?![0-9a-z])"


def trie_regex(words: Iterable[str]) -> re.Pattern[str] | None:
    """One expression that finds any of ``words``; ``None`` for no words.

    Shared beginnings are written once, which keeps the search fast for hundreds of words.
    """
    root: dict[str, dict[str, object]] = {}
    for word in words:
        node: dict[str, dict[str, object]] = root
        for char in word:
            node = node.setdefault(char, {})  # type: ignore[assignment]
        node[""] = {}
    return re.compile(_branch(root)) if root else None


def _branch(node: dict[str, dict[str, object]]) -> str:
    if "" in node:
        return ""  # a shorter word ends here, which is all that must be known
    ways = [
        re.escape(char) + _branch(below)  # type: ignore[arg-type]
        for char, below in sorted(node.items())
    ]
    return ways[0] if len(ways) == 1 else f"(?:{'|'.join(ways)})"
