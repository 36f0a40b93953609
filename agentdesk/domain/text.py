"""Text that strangers wrote: cleaned when it comes in, made visible when it goes out, masked.

A terminal obeys what it is sent, so no character that steers it (C0, C1, DEL, bidirectional
controls, joiners, selectors, tags) may reach a widget. :func:`clean` removes them on ingest,
:func:`visible` shows them as glyphs on render; both run on everything, since neither side
knows what the other has seen.
"""

from __future__ import annotations

import re
import unicodedata

from msgspec import Struct

MAX_MARKS = 8
"""Combining marks kept on one character; a longer pile paints over its neighbours."""

PHONE_DIGITS = 20
"""Longest telephone number kept, in digits (E.164 allows 15, plus prefixes people type)."""

# What an agent types in Chinese all day. Nothing in it is unsafe, composes with a neighbour
# or changes under NFC, so a text made of it is already clean.
_PLAIN = (
    " -~\u00b7\u2014\u2018\u2019\u201c\u201d\u2026\u3000-\u3029\u3041-\u3096\u30a1-\u30fa"
    "\u3400-\u4dbf\u4e00-\u9fff\uff01-\uff5e\uffe5"
)
_PLAIN_LINE = re.compile(f"[{_PLAIN}]*")
_PLAIN_TEXT = re.compile(f"[{_PLAIN}\n]*")

# Order matters: a CR LF pair is one line end.
_LINE_END = re.compile("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")

# C0 and DEL without newline, C1, soft hyphen, letter mark, Hangul fillers, Mongolian
# selectors, zero-width and bidi controls, selectors, BOM, annotation, skin tones, tags,
# lone surrogates.
_UNSAFE = (
    "\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180b-\u180f\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb"
    "\U0001d173-\U0001d17a\U0001f3fb-\U0001f3ff\U000e0000-\U000e0fff\ud800-\udfff"
)
_UNSAFE_ONE = re.compile(f"[{_UNSAFE}]")

_CONTROL_PICTURES = 0x2400  # U+241B is the picture of U+001B
_UNKNOWN = "\ufffd"


def clean(text: str, *, multiline: bool = False) -> str:
    """``text`` in NFC without anything that steers a terminal or hides from the eye.

    Tabs become a space. Line ends of every kind become ``\\n``, or a space unless
    ``multiline``. At most :data:`MAX_MARKS` combining marks stay on one character.
    Idempotent; never raises.
    """
    if (_PLAIN_TEXT if multiline else _PLAIN_LINE).fullmatch(text):
        return text
    text = _LINE_END.sub("\n" if multiline else " ", text).replace("\t", " ")
    return _cut_marks(unicodedata.normalize("NFC", _UNSAFE_ONE.sub("", text)))


def visible(text: str) -> str:
    """``text`` for the screen: unsafe characters as glyphs (``␛`` or ``�``), newlines kept.

    A tab becomes a space. What :func:`clean` returned comes back unchanged. Never raises.
    """
    if _PLAIN_TEXT.fullmatch(text):
        return text
    return _cut_marks(_UNSAFE_ONE.sub(_glyph, text))


def _glyph(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code == 0x09:
        return " "
    if code == 0x7F:
        return "\u2421"
    return chr(_CONTROL_PICTURES + code) if code < 0x20 else _UNKNOWN


def _cut_marks(text: str) -> str:
    """``text`` with every run of combining marks cut to :data:`MAX_MARKS`."""
    if len(text) <= MAX_MARKS or text.isascii():
        return text
    kept: list[str] = []
    run = 0
    for char in text:
        run = run + 1 if char > "\u02ff" and unicodedata.category(char)[0] == "M" else 0
        if run <= MAX_MARKS:
            kept.append(char)
    return text if len(kept) == len(text) else "".join(kept)


def mask(text: str) -> str:
    """A sensitive value with only its first and last character: ``张*丰``.

    Two characters keep the first, one keeps none; the result is never the value itself.
    """
    shown = clean(text).strip()
    if len(shown) <= 2:
        return shown[: len(shown) - 1] + "*" if shown else ""
    return f"{shown[0]}{'*' * min(len(shown) - 2, 8)}{shown[-1]}"


def mask_phone(number: str) -> str:
    """A telephone number that cannot be dialled from: ``138****8000``.

    Ten digits and more keep three and four, seven to nine keep two and two, shorter ones
    their ends. The whole number is never returned; text without digits is masked as text.
    """
    digits = normalise_phone(number)
    if not digits:
        return mask(number)
    if len(digits) >= 10:
        return f"{digits[:3]}****{digits[-4:]}"
    if len(digits) >= 7:
        return f"{digits[:2]}{'*' * (len(digits) - 4)}{digits[-2:]}"
    if len(digits) >= 3:
        return f"{digits[0]}{'*' * (len(digits) - 2)}{digits[-1]}"
    return "*" * len(digits)


_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_NATIONAL = re.compile(r"0[1-9][0-9]{8,10}|[1-9][0-9]{8,10}")
_URI = re.compile(r"\s*(?:sips?|tel):", re.IGNORECASE)


def normalise_phone(raw: str) -> str:
    """The digits of a telephone number as it is dialled inside mainland China.

    Full-width digits, spaces, dashes and brackets are understood; ``sip:`` and ``tel:``
    addresses give their user part. ``+86``, ``0086`` and (before a mobile number) ``86`` are
    dropped, an area code then gets its trunk ``0`` back; other countries keep ``00``. An
    extension stays appended, so nothing is lost. ``''`` without a digit; at most
    :data:`PHONE_DIGITS` digits; idempotent.
    """
    if uri := _URI.match(raw):
        raw = re.split("[@;]", raw[uri.end() :], maxsplit=1)[0]
    text = unicodedata.normalize("NFKC", raw).strip()
    digits = "".join(str(unicodedata.decimal(char)) for char in text if char.isdecimal())
    if text.lstrip("(").startswith("+") and digits:
        digits = f"00{digits}"
    if digits.startswith("0086"):
        digits = _domestic(digits)
    elif digits.startswith("86") and _MOBILE.fullmatch(digits[2:]):
        digits = digits[2:]
    return digits[:PHONE_DIGITS]


def _domestic(digits: str) -> str:
    """A number with the ``0086`` prefix as it is dialled at home."""
    rest = digits[4:]
    if _MOBILE.fullmatch(rest):
        return rest
    if not _NATIONAL.fullmatch(rest):
        return digits
    return rest if rest.startswith(("0", "400", "800")) else f"0{rest}"


class Untrusted(Struct, frozen=True):
    """Text from outside, in a type a widget does not take by accident.

    Attributes:
        raw: as it arrived; for storage and comparison only.
    """

    raw: str

    @property
    def shown(self) -> str:
        """The text as it may be painted."""
        return visible(self.raw)

    def __str__(self) -> str:
        return self.shown
