"""One line of text in the forms it is searched in, with the way back to what was typed.

A line is searched as written (packed), with every character said once in a row (没没没办法)
and by sound. What is found in one of them is a stretch of a :class:`View`, which knows where
each of its characters stands in the line.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from agentdesk.domain.phrases.folding import HIDDEN, PAUSE, SEPARATORS, SOFT, STOP, fold, origins
from agentdesk.domain.phrases.pattern import DENIALS, Pattern, Piece, runs_of, squeeze
from agentdesk.domain.phrases.sounds import LATIN, has_latin, sound, spelled
from agentdesk.domain.phrases.speech import begins_in, not_own_words


class Way(Enum):
    """How a line is searched."""

    WRITTEN = "written"
    ONCE = "once"
    SPOKEN = "spoken"


@dataclass(frozen=True, slots=True)
class View:
    """A form of a line.

    Attributes:
        plain: its characters as written, a Latin syllable as one.
        first, last: place in the line where each begins, and of its last code point.
        sizes: how often each is said in a row; empty for once.
    """

    plain: str
    first: Sequence[int]
    last: Sequence[int]
    sizes: Sequence[int] = ()

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Start and end in the line of a stretch of the view."""
        return self.first[start], self.last[end - 1] + 1


_LONG = 1_000
_DOUBLE = re.compile(r"(.)\1", re.DOTALL)
_SEPARATOR = re.compile(f"[{SEPARATORS}]+")


class Sheet:
    """A line under examination; the way back is worked out when something was found.

    Attributes:
        passed: for the place of a rule how often its words were let pass in this line so far.
        reached: where the last of the hits ends that are found in its parts so far.
        exempt: how far the farthest exception of a rule reaches that begins at a place.
    """

    def __init__(self, line: str, packed: str) -> None:
        self.line = line
        self.packed = packed
        self.doubled = _DOUBLE.search(packed) is not None
        self._others: Sequence[int] | None = None
        self.passed: dict[int, int] = {}
        self.reached = 0
        self.exempt: dict[tuple[int, int], int] = {}

    @cached_property
    def once(self) -> str:
        """The packed line with every character said once in a row."""
        return squeeze(self.packed) if self.doubled else self.packed

    def spoken(self) -> str:
        """The line by sound."""
        return self._spelled[0] if self._spelled else sound(self.once)

    @cached_property
    def _spelled(self) -> tuple[str, str, Sequence[int]] | None:
        return spelled(self.once) if has_latin(self.once) else None

    @cached_property
    def folded(self) -> str:
        """The line folded, of the same length."""
        return fold(self.line)

    def is_own(self, place: int) -> bool:
        """Whether what begins at a place of the line is the speaker's own words."""
        if self._others is None:
            self._others = not_own_words(self.line)
        return not begins_in(place, self._others)

    def form(self, way: Way) -> str:
        """What is searched that way."""
        if way is Way.SPOKEN:
            return self.spoken()
        return self.packed if way is Way.WRITTEN else self.once

    def plain(self, way: Way) -> str:
        """The characters of :meth:`view`, for less."""
        if way is Way.WRITTEN:
            return self.packed
        return self._spelled[1] if way is Way.SPOKEN and self._spelled else self.once

    def only(self, text: str) -> int | None:
        """Where ``text`` stands in the line as it is, if it does once and nowhere disguised."""
        line, packed = self.line, self.packed
        if len(line) > _LONG:
            return None  # looking through all of it for every candidate would take for ever
        at = line.find(text)
        if at < 0 or line.find(text, at + 1) >= 0:
            return None
        return at if packed.find(text, packed.find(text) + 1) < 0 else None

    def as_it_is(self, start: int, end: int) -> int | None:
        """Where a stretch of the packed line stands, if nothing stands inside it."""
        places = self._written.first
        first = places[start]
        return first if places[end - 1] - first == end - 1 - start else None

    def packed_place(self, place: int) -> int:
        """Where in the packed line what stands at a place of the line, or after it, begins."""
        places = self._written.first
        return place if places.__class__ is range else bisect_left(places, place)

    def goes_on(self, start: int, end: int) -> bool:
        """Whether a stretch of the packed line clearly follows a word without a pause."""
        return self.only(self.packed[start - 1 : end]) is not None

    def place(self, found: tuple[Way, tuple[int, int, int]]) -> int:
        """Where in the line something begins that was found in one of its forms."""
        way, (start, _, _) = found
        if way is Way.WRITTEN:
            return self._written.first[start]
        return self.view(way).first[start]

    def view(self, way: Way) -> View:
        """The form of that way."""
        if way is Way.WRITTEN:
            return self._written
        return self._once if way is Way.ONCE else self._by_sound

    @cached_property
    def _written(self) -> View:
        places = origins(self.line, self.packed, self.folded)
        return View(self.packed, places, places)

    @cached_property
    def _once(self) -> View:
        if not self.doubled:
            return self._written
        places = self._written.first
        first, last, sizes = array("I"), array("I"), array("I")
        for at, size in runs_of(self.packed):
            first.append(places[at])
            last.append(places[at + size - 1])
            sizes.append(size)
        return View(self.once, first, last, sizes)

    @cached_property
    def _by_sound(self) -> View:
        once = self._once
        if self._spelled is None:
            return once
        _, plain, places = self._spelled
        begins, ends = places[:-1], places[1:]
        return View(
            plain,
            array("I", (once.first[at] for at in begins)),
            array("I", (once.last[at - 1] for at in ends)),
            array("I", (once.sizes[at] for at in begins)) if once.sizes else (),
        )


_WIDEST = 64  # code points between two characters, most of them invisible
_SYMBOLS = 3  # that are seen
_SHORT = 4  # a comma inside shorter phrases is a comma: 今天，啊 is not 天啊


def holds_together(folded: str, view: View, start: int, end: int, piece: Piece) -> bool:
    """Whether what stands between the characters of a stretch may stand inside a phrase.

    Invisible characters may, a few spaces or symbols too; a comma only inside a phrase long
    enough not to be met by chance; an end of an utterance only when it is one of the same
    between any two, which nobody writes. Where the phrase has punctuation any may stand.
    """
    first, last = view.first, view.last
    if last[end - 1] - first[start] == end - 1 - start:
        return True
    gaps: list[tuple[int, str]] = []
    for place in range(start, end):
        low, high = (last[place - 1] + 1, first[place]) if place > start else (0, 0)
        if low < high:
            if high - low > _WIDEST:
                return False
            gap = folded[low:high].replace(HIDDEN, "")
            if place - start in piece.joints:
                if len(gap) > max(_SYMBOLS, piece.joints[place - start]):
                    return False
            elif gap:
                gaps.append((place, gap))
        if view.sizes and view.sizes[place] > 1:
            run = folded[first[place] : last[place] + 1]
            if len(run) > _WIDEST * 4:
                return False
            gaps += (
                (place, gap)
                for mark in _SEPARATOR.findall(run)
                if (gap := mark.replace(HIDDEN, ""))
            )
    return not gaps or _may_stand(gaps, view.plain, piece.text, end - start - 1 - len(piece.joints))


def _may_stand(gaps: list[tuple[int, str]], plain: str, text: str, joints: int) -> bool:
    size = len(text)
    marks = {gap for _, gap in gaps}
    everywhere = size > 2 and len(gaps) >= joints and len(marks) == 1 and len(min(marks)) <= 2
    for place, _ in gaps:
        before, after = plain[place - 1 : place], plain[place : place + 1]
        # Words and numbers are written apart from each other: 1-10 is not 110.
        tells = text.isdigit() or not everywhere
        if tells and _is_latin(before) and _is_latin(after):
            return False
    if everywhere:
        return True
    if any(STOP in gap or len(gap) > _SYMBOLS for gap in marks):
        return False
    return all(PAUSE not in gap or (size >= _SHORT and gap.count(PAUSE) == 1) for gap in marks)


def whole_end(line: str, end: int) -> int:
    """Where a hit ends with the accents that are set on its last character."""
    last = min(len(line), end + _WIDEST)
    while end < last and unicodedata.category(line[end])[0] == "M":
        end += 1
    return end


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalnum()


_IDENTIFIER = re.compile(r"[!-~]+")
_LINKS = re.compile(r"://|^www\.|@|[0-9A-Za-z][./_\\-]+[0-9A-Za-z]|[A-Za-z]\d|\d[A-Za-z]", re.I)
_AROUND = 200


def stands_alone(sheet: Sheet, start: int, end: int) -> bool:
    """Whether a hit is not a part of a longer Latin word, number, address or identifier."""
    folded = sheet.folded
    if start and _is_latin(folded[start]) and _is_latin(folded[start - 1]):
        return False
    if end < len(folded) and _is_latin(folded[end - 1]) and _is_latin(folded[end]):
        return False
    text = sheet.line[start:end]
    if not text.isascii() or " " in text:
        return True
    low = max(0, start - _AROUND)
    for token in _IDENTIFIER.finditer(sheet.line[low : end + _AROUND]):
        if token.start() <= start - low and end - low <= token.end():
            return len(token[0]) == end - start or not _LINKS.search(token[0])
    return True


# Said twice these are words, or one of two words that meet: 想想办法, 天天, 好好说.
_NATURAL = frozenset(
    "看想说问试听谢天人个常刚慢好多大小快早明白清楚干净爸妈哥姐弟妹爷奶叔婆宝星往渐偏仅等查讲谈走"
    "坐聊念写找算用花年月日处事句件份次种家户条样点些层本真偷悄默深轻高长远久满重细急匆忙纷频屡"
    "阵张片面行了是的一二三四五六七八九十〇零两百千万"
)


def may_hide(packed: str, at: int) -> bool:
    """Whether the row of one character at a place of packed text may hide a phrase.

    It may not where :func:`said_often` says no to every phrase.
    """
    char = packed[at]
    if char.isdigit():
        return False
    return char not in _NATURAL or packed.startswith(char * 3, at)


def said_often(pattern: Pattern, view: View, start: int, end: int) -> bool | None:
    """Whether characters of a stretch are said more often than in the phrase, to hide it.

    Returns:
        ``None`` if the stretch is not the phrase: it says one too seldom, or twice where
        that makes another word.
    """
    often = False
    if not view.sizes:
        return None if any(size > 1 for size in pattern.runs) else False
    for size, wanted, char in zip(
        view.sizes[start:end], pattern.runs, view.plain[start:end], strict=True
    ):
        if size < wanted:
            return None
        if size > wanted:
            if char.isdigit() or (size < 3 and (char in _NATURAL or wanted > 1)):
                return None
            often = True
    return often


# So common that they are where they belong, not in the place of another: 这事规定 ≠ 这是规定.
_COMMON = frozenset("的地得是事在再有又和他她它那哪这做作到为位未时十一以已向像您")


def sounds_as(pattern: Pattern, plain: str) -> bool:
    """Whether what sounds like the phrase is written otherwise, but not too much.

    One character in four may differ, one always.
    """
    differing = [
        char for char, wanted in zip(plain, pattern.squeezed, strict=True) if char != wanted
    ]
    if not 1 <= len(differing) <= max(1, len(pattern.key) // 4):
        return False
    return all(char == LATIN or (char not in _COMMON and not char.isascii()) for char in differing)


_PARTICLES = "了啊吧呢的吗呀哦嘛哈啦"


def ends_there(pattern: Pattern, last: str, folded: str, end: int) -> bool:
    """Whether a phrase found by sound ends where its last character does.

    One that differs and is followed by more is the beginning of another word: 没办发票.
    """
    if last == pattern.squeezed[-1]:
        return True
    after = folded[end : end + 1]
    return not after or after in SEPARATORS or after in _PARTICLES


def asks_whether(key: str, folded: str, start: int) -> bool:
    """Whether the words before make a question of a denial: 是不是我办的, 有没办法."""
    if len(key) < 2 or key[0] not in DENIALS or not start:
        return False
    at = start - 1
    while at > max(0, start - 4) and folded[at] in SOFT + PAUSE + HIDDEN:
        at -= 1
    return folded[at] == key[1] or (key[0] == "没" and folded[at] == "有")
