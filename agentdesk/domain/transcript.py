"""Who said what, and where it stands in the file: what ``agentdesk check`` goes through.

Plain text is one speaker's, a line an utterance. A transcript is JSON Lines, one object an
utterance: ``{"speaker": "agent", "at": "…", "text": "…"}``. Offsets are code points of the
whole input, for a transcript too: there they cover what stands in the JSON source between the
quotes, escapes (``\\n``, ``\\u4e0d``) with their full length.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from agentdesk.domain.phrases.speech import Speaker
from agentdesk.errors import UsageError

SPEAKERS = tuple(speaker.value for speaker in Speaker)

_BLANK = " \t\r"
_LINE_END = re.compile("\n")
_DECODER = json.JSONDecoder()


class Utterance(Struct, frozen=True):
    """One thing said, or of plain text some lines of it.

    Attributes:
        line: its first line in the input, from 1.
        line_start: offset of that line in the input.
        start: offset of its first character in the input.
        places: offset in the input of every character of ``text`` and of its end, when the
            source is escaped; None when ``text`` stands there as it is.
    """

    speaker: Speaker
    text: str
    line: int
    line_start: int
    start: int
    places: Sequence[int] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where ``text[start:end]`` stands in the input."""
        if self.places is None:
            return self.start + start, self.start + end
        return self.places[start], self.places[end]

    def line_starts(self) -> list[int]:
        """Offset in the input of each of its lines; the first is ``line_start``."""
        if self.places is not None:  # what is escaped ends no line of the input
            return [self.line_start]
        ends = (match.end() for match in _LINE_END.finditer(self.text))
        return [self.line_start, *(self.start + end for end in ends)]


def plain(text: str, speaker: Speaker, block: int = 0) -> Iterator[Utterance]:
    """The lines of a plain text; only ``\\n`` ends one, and a ``\\r`` before it stays.

    Args:
        block: so many characters at least are given in one piece, up to the end of a line.
    """
    offset, number = 0, 1
    while offset <= len(text):
        end = text.find("\n", offset + block) if offset + block < len(text) else -1
        end = len(text) if end < 0 else end
        piece = text[offset:end]
        yield Utterance(speaker, piece, number, offset, offset)
        number += piece.count("\n") + 1
        offset = end + 1


def transcript(text: str, default: Speaker | None = None) -> Iterator[Utterance]:
    """The utterances of a transcript; blank lines are left out.

    Args:
        default: who speaks where ``speaker`` is missing; None: it must be there.

    Raises:
        UsageError: a line is no such object; ``line`` and ``column`` (from 1) say where.
    """
    offset = 0
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip(_BLANK):
            yield _utterance(line, number, offset, default)
        offset += len(line) + 1


def _utterance(line: str, number: int, offset: int, default: Speaker | None) -> Utterance:
    values = _members(line, number)
    at, text = values.get("text", (0, None))
    if not isinstance(text, str):
        raise _wrong("text", number, at, text, '"…"')
    speaker = _speaker(values, number, default)
    quoted = at + 1  # behind the opening quote
    if line.startswith(text, quoted) and line[quoted + len(text) : quoted + len(text) + 1] == '"':
        return Utterance(speaker, text, number, offset, offset + quoted)
    places = [offset + place for place in _places(line, quoted)]
    return Utterance(speaker, text, number, offset, places[0], places)


def _speaker(
    values: dict[str, tuple[int, object]], number: int, default: Speaker | None
) -> Speaker:
    at, value = values.get("speaker", (0, None))
    if "speaker" not in values and default is not None:
        return default
    if value not in SPEAKERS:
        raise _wrong("speaker", number, at, value, " ".join(SPEAKERS))
    return Speaker(value)


def _members(line: str, number: int) -> dict[str, tuple[int, object]]:
    """The members of the object on a line: where each value begins, and the value."""
    at = _skip(line, 0)
    if line[at : at + 1] != "{":
        raise _malformed(number, at)
    members: dict[str, tuple[int, object]] = {}
    at = _skip(line, at + 1)
    while line[at : at + 1] != "}":
        if members:
            at = _expect(line, at, ",", number)
        if line[at : at + 1] != '"':
            raise _malformed(number, at)
        try:
            name, at = _DECODER.raw_decode(line, at)
            first = at = _expect(line, _skip(line, at), ":", number)
            value, at = _DECODER.raw_decode(line, at)
        except json.JSONDecodeError as error:
            raise _malformed(number, error.pos) from error
        except (ValueError, RecursionError) as error:  # a number of 5,000 digits, 5,000 brackets
            raise _malformed(number, at) from error
        members[name] = (first, value)
        at = _skip(line, at)
    at = _skip(line, at + 1)
    if at < len(line):
        raise _malformed(number, at)
    return members


def _skip(line: str, at: int) -> int:
    while line[at : at + 1] in (" ", "\t", "\r"):
        at += 1
    return at


def _expect(line: str, at: int, sign: str, number: int) -> int:
    """Behind ``sign``, and behind the blanks after it."""
    if line[at : at + 1] != sign:
        raise _malformed(number, at)
    return _skip(line, at + 1)


def _places(line: str, at: int) -> list[int]:
    """Where every character of the string literal whose first character is at ``at`` begins,
    and where the last ends. The literal has been read before, so it is well formed."""
    places: list[int] = []
    while line[at] != '"':
        places.append(at)
        at += _width(line, at)
    return [*places, at]


def _width(line: str, at: int) -> int:
    """How much source one character takes; a surrogate pair of escapes is one character."""
    if line[at] != "\\":
        return 1
    if line[at + 1] != "u":
        return 2
    high = 0xD800 <= int(line[at + 2 : at + 6], 16) < 0xDC00
    if high and line[at + 6 : at + 8] == "\\u":
        return 12 if 0xDC00 <= int(line[at + 8 : at + 12], 16) < 0xE000 else 6
    return 6


def _malformed(number: int, at: int) -> UsageError:
    return UsageError("check.transcript", line=number, column=at + 1)


def _wrong(key: str, number: int, at: int, value: object, expected: str) -> UsageError:
    import difflib  # only when something is wrong

    near = difflib.get_close_matches(value, SPEAKERS, n=1) if isinstance(value, str) else []
    code = "check.member" if value is not None else "check.member_missing"
    return UsageError(
        code,
        line=number,
        column=at + 1,
        key=key,
        value=str(value)[:120] if not isinstance(value, int) else "1",
        expected=expected,
        nearest=near[0] if near else "",
    )
