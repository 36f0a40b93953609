"""Reading what ``agentdesk check`` goes through: bytes, encodings, utterances."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from agentdesk.domain.phrases.speech import Speaker
from agentdesk.domain.transcript import Utterance, plain, transcript
from agentdesk.errors import UsageError

STDIN = "-"
"""The name of the standard input."""

ENCODINGS = ("utf-8", "gb18030")

MAX_BYTES = 512 * 1024 * 1024
"""Largest input; the whole of it is held in memory."""

_BLOCK = 256 * 1024
_BOM = "\ufeff"
_HAN = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
_SURELY = 3  # Chinese characters that GB18030 bytes do not happen to spell in UTF-8


def read_text(file: str, encoding: str) -> str:
    """The text of a file without its byte order mark.

    Raises:
        UsageError: it cannot be read, is too large, or has another encoding (with the
            offset of the byte that shows it, from 0).
    """
    data = _read(file)
    if encoding == "gb18030" and (offset := _is_utf8(data)) is not None:
        raise UsageError("check.is_utf8", file=file, offset=offset)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        byte = f"0x{data[error.start]:02X}"
        known = {"file": file, "offset": error.start, "byte": byte, "encoding": encoding}
        if encoding == "utf-8" and _is_gb18030(data, error.start):
            raise UsageError("check.is_gb18030", **known) from error
        raise UsageError("check.encoding", **known) from error
    return text.removeprefix(_BOM)


def utterances(
    file: str, text: str, speaker: Speaker | None, *, lines: bool, one_by_one: bool
) -> list[Utterance]:
    """What is said in a text.

    Args:
        speaker: whose words a plain text holds, and those of an entry without a speaker;
            None is the agent, and an entry must name its speaker.
        lines: it is a transcript in JSON Lines.
        one_by_one: every line of a plain text is an utterance of its own; else as many
            lines as are checked fastest are taken together.

    Raises:
        UsageError: a line of the transcript is wrong; with ``file``, ``line``, ``column``.
    """
    if not lines:
        block = 0 if one_by_one else _BLOCK
        return list(plain(text, speaker or Speaker.AGENT, block))
    try:
        return list(transcript(text, speaker))
    except UsageError as error:
        raise UsageError(error.code, file=file, **error.params) from error


def is_transcript(file: str, asked: bool) -> bool:
    """Whether a file is read as a transcript: because it was asked for, or by its name."""
    return asked or Path(file).suffix.lower() == ".jsonl"


def _read(file: str) -> bytes:
    try:
        if file == STDIN:
            data = _limited(sys.stdin.buffer)
        else:
            with open(file, "rb") as stream:
                data = _limited(stream)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError("check.unreadable", file=file, reason=reason) from error
    if len(data) > MAX_BYTES:
        raise UsageError("check.too_large", file=file, limit=MAX_BYTES // 1024**2)
    return data


def _limited(stream: BinaryIO) -> bytes:
    return stream.read(MAX_BYTES + 1)


def _is_gb18030(data: bytes, wrong: int) -> bool:
    """Whether the bytes read as Chinese in the other encoding, so that it can be proposed.

    Chinese before the byte that is no UTF-8 shows UTF-8 with a damaged place.
    """
    if _HAN.search(data[:wrong].decode("utf-8")):
        return False
    try:
        return _HAN.search(data.decode("gb18030")) is not None
    except UnicodeDecodeError:
        return False


def _is_utf8(data: bytes) -> int | None:
    """Offset of the first byte that shows UTF-8; None when the bytes may be GB18030.

    Most UTF-8 text can be read as GB18030 without an error, as nonsense. The other way round
    it hardly ever happens, so text that is Chinese in UTF-8 is UTF-8.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if not text.startswith(_BOM) and not _at_least(_SURELY, _HAN.finditer(text)):
        return None
    return next(offset for offset, byte in enumerate(data) if byte > 0x7F)


def _at_least(count: int, found: Iterable[object]) -> bool:
    return sum(1 for _, _ in zip(range(count), found, strict=False)) == count
