"""One form for text and rules, so that no disguise of a character hides a phrase.

Text, phrases and exceptions go through one table: compatibility forms (NFKC), case, width,
circled and styled letters and digits, accents, look-alike Cyrillic and Greek letters,
traditional characters. :func:`fold` replaces each code point by exactly one, hence offsets
in folded text are offsets in the text the agent typed; :func:`pack` leaves out whatever can
be typed in between, spells out what stands for several characters (⑩, ㎏), and keeps line
ends. The table is filled as characters are met: a start of the console costs nothing.

What is left out has a class: :data:`STOP` ends an utterance, :data:`PAUSE` is a comma's
worth, :data:`SOFT` is a space, symbol or emoji, :data:`HIDDEN` is not seen at all.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Sequence
from functools import cache

STOP = "。"
"""What every end of an utterance folds to."""
PAUSE = ","
"""What every pause inside an utterance folds to."""
SOFT = " "
"""What spaces, symbols, emoji and other marks fold to."""
HIDDEN = "\u200b"
"""What invisible characters, accents set on a base and damaged code points fold to."""

SEPARATORS = STOP + PAUSE + SOFT + HIDDEN

_STOPS = frozenset("。！？!?;；｡\n\u2028\u2029")
_PAUSES = frozenset("，,、､.．:：…—–~～⋯·")
_BLANK_CONTROLS = frozenset("\t\v\f\r\x1c\x1d\x1e\x1f\x85")

# Not one to one in Unicode, yet drawn alike or written for one another.
_ALIKE = (
    "аa вb еe кk мm нh оo рp сc тt уy хx іi јj ѕs ԁd ԛq ԝw гr һh ӏl "  # Cyrillic
    "αa βb γy εe ζz ηn ιi κk νv οo ρp τt υu χx ωw ϲc "  # Greek
    "ᴀa ʙb ᴄc ᴅd ᴇe ꜰf ɢg ʜh ɪi ᴊj ᴋk ʟl ᴍm ɴn ᴏo ᴘp ʀr ꜱs ᴛt ᴜu ᴠv ᴡw ʏy ᴢz ɑa ɡg ıi łl øo đd ħh "
    "妳你 著着 甚什"
)
_NO_FORM = ((0x1F150, "a"), (0x1F170, "a"))  # negative circled and squared letters, 26 each


def _plain(char: str) -> str:
    """The letters and digits ``char`` stands for; empty if it stands for none."""
    code = ord(char)
    for first, letter in _NO_FORM:
        if first <= code < first + 26:
            return chr(ord(letter) + code - first)
    text = unicodedata.normalize("NFKC", char).casefold()
    if not "\uac00" <= char <= "\ud7a3":  # Hangul syllables would fall apart
        text = unicodedata.normalize("NFD", text)
    twins = _twins()
    return "".join(
        _digits(twins.get(item, item)) for item in text if unicodedata.category(item)[0] in "LN"
    )


def _digits(char: str) -> str:
    """``char``, or the digits of a number in another script or style (Chinese ones stay)."""
    kind = unicodedata.category(char)
    if kind == "Nd":
        return str(unicodedata.decimal(char))
    if kind == "No":
        value = unicodedata.numeric(char, -1.0)
        return str(int(value)) if value >= 0 and value == int(value) else char
    return char


@cache
def _twins() -> dict[str, str]:
    """Simplified character of a traditional one, and the letter a look-alike poses as."""
    from agentdesk.domain.phrases._variants import SIMPLIFIED, TRADITIONAL

    twins = dict(zip(TRADITIONAL, SIMPLIFIED, strict=True))
    return twins | {pair[0]: pair[1] for pair in _ALIKE.split()}


def _class(char: str) -> str:
    """The class of a character that stands for no letter or digit."""
    if char in _STOPS:
        return STOP
    if char in _PAUSES:
        return PAUSE
    if char in _BLANK_CONTROLS:
        return SOFT
    kind = unicodedata.category(char)
    return HIDDEN if kind[0] == "M" or kind in ("Cf", "Cc", "Cs") else SOFT


class _Folding(dict[int, str]):
    """Code point to exactly one character, worked out when first met."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if char in _STOPS or char in _PAUSES:
            folded = _class(char)
        else:
            plain = _plain(char)
            folded = plain if len(plain) == 1 else char if plain else _class(char)
        self[code] = folded
        return folded


class _Packing(dict[int, str]):
    """Code point to the letters and digits it stands for, worked out when first met."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        self[code] = packed = char if char == "\n" else _plain(char)
        return packed


_FOLDING = _Folding()
_PACKING = _Packing()


# A translation looks at every character; most need none. Taking out the usual punctuation and
# looking for anything else that would change is many times as fast.
_USUAL = "，。？！、： "
_CHINESE = range(0x4E00, 0xA000)
_LONG = 2_000
# What looks for anything else takes 10 ms to make: not for the first texts of a process, which
# is all that many a process ever checks.
_first = iter(range(50))


@cache
def _changing() -> re.Pattern[str]:
    """What does not fold to itself: one class of everything, so one look is enough."""
    twins = _twins()
    edges = [code for code in _CHINESE if chr(code) in twins]
    stay, begin = "a-z0-9\n", _CHINESE.start
    for code in (*edges, _CHINESE.stop):
        if code > begin:
            stay += f"{chr(begin)}-{chr(code - 1)}"
        begin = code + 1
    return re.compile(f"[^{stay}]")


def fold(text: str) -> str:
    """``text`` folded, of the same length."""
    return text.translate(_FOLDING)


def pack(text: str) -> str:
    """What can be read of ``text``, folded; line ends stay."""
    packed = text
    for mark in _USUAL:
        if mark in packed:  # to look is a fraction of the time of replacing nothing
            packed = packed.replace(mark, "")
    if len(text) > _LONG:  # something unusual is somewhere, but not often
        return _changing().sub(_packed, packed)
    if next(_first, None) is not None or _changing().search(packed):
        return text.translate(_PACKING)
    return packed


def _packed(match: re.Match[str]) -> str:
    return _PACKING[ord(match[0])]


def origins(text: str, packed: str, folded: str) -> Sequence[int]:
    """Place in ``text`` of every character of ``pack(text)``."""
    if packed == folded:
        return range(len(text))
    kept = (at for at, char in enumerate(folded) if char not in SEPARATORS)
    places = list(kept) if len(text) <= _LONG else array("I", kept)  # in an eighth of the memory
    if len(places) == len(packed):
        return places
    packing = _PACKING
    places = array("I")
    for place, char in enumerate(text):
        for _ in packing[ord(char)]:
            places.append(place)
    return places


def compact(folded: str) -> str:
    """Folded text without what a reader skips; the ends of utterances stay."""
    return folded.replace(SOFT, "").replace(PAUSE, "").replace(HIDDEN, "")
