"""Large lists of phrases: a compiled matcher if there is one, and a copy ready for next time.

::

    key = digest(path.read_bytes(), homophones=True, shortest=5)
    book = kept_book(key, folder) or new_book(rules, key, folder)

A list of a hundred thousand phrases takes a second to prepare and some milliseconds to read
back. The copy is named for what it was made from, so a changed list, another version of the
tables or other settings find none. It holds numbers, JSON and the automaton's own checked
form, nothing that runs when it is read; one that is damaged is made again.

``daachorse`` (extra ``fast``) is used when it is installed and the list is long; without it
everything works with the standard library, more slowly.
"""

from __future__ import annotations

import contextlib
import os
import sys
import unicodedata
import zlib
from array import array
from collections.abc import Iterator, Sequence
from functools import partial, reduce
from pathlib import Path
from typing import BinaryIO, Literal, overload

import msgspec

from agentdesk.domain.pack import PhraseRule
from agentdesk.domain.phrases.book import PhraseBook
from agentdesk.domain.phrases.index import Index, Keys, Plan, build, plan
from agentdesk.domain.phrases.matching import Builder, Found, HashMatcher, Matcher
from agentdesk.domain.phrases.pattern import SHORTEST_BY_SOUND

_VERSION = b"agentdesk phrases 3 " + unicodedata.unidata_version.encode() + b"\n"
_FEW = 500
"""Strings up to which the standard library's matcher is as fast."""
_KEPT = 8
"""Copies in a folder; the ones not used for longest go."""


class Automaton:
    """A compiled matcher.

    Args:
        keys: what to find, all different and not empty.
        kept: an automaton made earlier from the same keys, instead of making it.

    Raises:
        ImportError: ``daachorse`` is not installed.
        ValueError: ``kept`` is damaged.
    """

    def __init__(self, keys: Sequence[str], kept: bytes | None = None) -> None:
        from daachorse import CharwiseDoubleArrayAhoCorasick

        maker = CharwiseDoubleArrayAhoCorasick
        self._automaton = maker(list(keys)) if kept is None else maker.deserialize(kept)

    def find(self, text: str) -> list[Found]:
        """Every occurrence of every string, overlapping ones too."""
        return self._automaton.find_overlapping(text)

    def kept(self) -> bytes:
        """What ``kept`` takes."""
        return self._automaton.serialize()


def matcher(keys: Sequence[str]) -> Matcher:
    """The best matcher there is for these strings."""
    if len(keys) > _FEW:
        with contextlib.suppress(ImportError):
            return Automaton(keys)
    return HashMatcher(keys)


def digest(data: bytes, *, homophones: bool = True, shortest: int = SHORTEST_BY_SOUND) -> str:
    """The name of a list and its settings; another for other tables of characters."""
    from hashlib import sha256

    from agentdesk.domain.phrases import _sounds, _variants

    seen = sha256(_VERSION)
    for part in (_sounds.SYLLABLES, _variants.TRADITIONAL, _variants.SIMPLIFIED):
        seen.update(part.encode())
    seen.update(f"{homophones} {shortest} {_compiled()} {sys.byteorder}\n".encode())
    seen.update(data)
    return seen.hexdigest()[:32]


def _compiled() -> bool:
    from importlib.util import find_spec

    return find_spec("daachorse") is not None


def new_book(
    rules: Sequence[PhraseRule],
    key: str = "",
    folder: Path | None = None,
    *,
    homophones: bool = True,
    shortest: int = SHORTEST_BY_SOUND,
    builder: Builder = matcher,
) -> PhraseBook:
    """A book of a list of rules, made now and kept for next time if a folder is given.

    A folder that cannot be written is no error; the book is only made again next time.
    """
    made = plan(rules, homophones=homophones, shortest=shortest)
    index = build(made, builder)
    if key and folder is not None:
        with contextlib.suppress(OSError):
            _write(folder / f"{key}.phrases", _parts(rules, made, index, homophones))
            _tidy(folder)
    return PhraseBook(rules, homophones=homophones, shortest=shortest, index=lambda: index)


def kept_book(key: str, folder: Path) -> PhraseBook | None:
    """The book kept under that name; ``None`` if there is none or it is damaged."""
    path = folder / f"{key}.phrases"
    try:
        with path.open("rb") as file:
            book = _read(file)
    except (OSError, ValueError, ImportError, KeyError, TypeError, msgspec.MsgspecError):
        return None
    with contextlib.suppress(OSError):
        os.utime(path)
    return book


# ---------------------------------------------------------------------- the file

_NAMES = ("head", "rule_ends", "rules", "rule_of", "word_of", "written", "written_first",
          "written_owners", "spoken", "spoken_first", "spoken_owners")  # fmt: skip


def _parts(
    rules: Sequence[PhraseRule], made: Plan, index: Index, homophones: bool
) -> Iterator[bytes]:
    lines = [_line(rule) for rule in rules]
    ends = array("I", [0])
    for line in lines:
        ends.append(ends[-1] + len(line))
    forms, longest, sections = [], [], []
    for keys, strings in ((index.written, made.written), (index.spoken, made.spoken)):
        if keys is None:
            forms.append("none")
            longest.append(0)
            sections += [b"", b"", b""]
            continue
        if isinstance(keys.matcher, Automaton):
            forms.append("automaton")
            sections.append(keys.matcher.kept())
        else:
            forms.append("strings")
            sections.append("\n".join(strings).encode())
        longest.append(keys.longest)
        sections += [keys.first.tobytes(), keys.owners.tobytes()]
    head = {"forms": forms, "longest": longest, "homophones": homophones, "rules": len(lines)}
    yield msgspec.json.encode(head)
    yield ends.tobytes()
    yield b"".join(lines)
    yield index.rules.tobytes()
    yield index.words.tobytes()
    yield from sections


def _write(path: Path, parts: Iterator[bytes]) -> None:
    body = list(parts)
    sizes = array("Q", map(len, body)).tobytes()
    sum_of_all = zlib.crc32(sizes)
    for part in body:
        sum_of_all = zlib.crc32(part, sum_of_all)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(f".{os.getpid()}")
    try:
        with beside.open("wb") as file:
            file.write(_VERSION + sum_of_all.to_bytes(4, "little") + sizes)
            file.writelines(body)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _read(file: BinaryIO) -> PhraseBook:
    """Raises ValueError for anything that was not written by :func:`_write`."""
    if file.read(len(_VERSION)) != _VERSION:
        raise ValueError("another version")
    wanted = int.from_bytes(file.read(4), "little")
    table = file.read(8 * len(_NAMES))
    sizes = _numbers(table, "Q")
    if sum(sizes) != os.fstat(file.fileno()).st_size - file.tell():
        raise ValueError("cut short")
    # Each part once into memory, and none of them copied: they are most of the time.
    found = [file.read(size) for size in sizes]
    if reduce(lambda total, part: zlib.crc32(part, total), found, zlib.crc32(table)) != wanted:
        raise ValueError("damaged")
    parts = dict(zip(_NAMES, found, strict=True))
    head = msgspec.json.decode(parts["head"])
    rules = KeptRules(parts["rules"], _numbers(parts["rule_ends"]))
    written, spoken = (
        _keys(form, parts, name, longest)
        for form, longest, name in zip(
            head["forms"], head["longest"], ("written", "spoken"), strict=True
        )
    )
    if written is None:
        raise ValueError("no strings")
    index = Index(written, spoken, _numbers(parts["rule_of"]), _numbers(parts["word_of"]))
    return PhraseBook(rules, homophones=head["homophones"], index=partial(_same, index))


def _same(index: Index) -> Index:
    return index


def _keys(form: str, parts: dict[str, bytes], name: str, longest: int) -> Keys | None:
    if form == "none":
        return None
    data = parts[name]
    found: Matcher = (
        Automaton((), data)
        if form == "automaton"
        else HashMatcher(data.decode().split("\n") if data else ())
    )
    first, owners = _numbers(parts[f"{name}_first"]), _numbers(parts[f"{name}_owners"])
    return Keys(found, first, owners, longest)


def _numbers(data: bytes, kind: Literal["I", "Q"] = "I") -> array[int]:
    numbers = array(kind)
    numbers.frombytes(data)
    return numbers


def _tidy(folder: Path) -> None:
    kept = sorted(folder.glob("*.phrases"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in kept[_KEPT:]:
        path.unlink(missing_ok=True)


# ---------------------------------------------------------------------- the rules

_NEEDED = 5  # fields of a rule; the others have a default


class _Kept(PhraseRule, frozen=True, array_like=True):
    """A rule as it is written to the file: its fields one behind the other."""


def _line(rule: PhraseRule) -> bytes:
    """A rule as JSON, without the empty fields behind the last that is not."""
    values = list(msgspec.structs.astuple(rule))
    while len(values) > _NEEDED and not values[-1]:
        values.pop()
    return msgspec.json.encode(values)


def _rule(line: bytes) -> PhraseRule:
    return PhraseRule(*msgspec.structs.astuple(msgspec.json.decode(line, type=_Kept)))


class KeptRules(Sequence[PhraseRule]):
    """Rules read one at a time, when something of theirs was found.

    Args:
        lines: JSON, one rule behind the other.
        ends: where each begins, and the end last.
    """

    def __init__(self, lines: bytes, ends: array[int]) -> None:
        self._lines = lines
        self._ends = ends
        self._known: dict[int, PhraseRule] = {}

    def __len__(self) -> int:
        return len(self._ends) - 1

    @overload
    def __getitem__(self, at: int) -> PhraseRule: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[PhraseRule]: ...
    def __getitem__(self, at: int | slice) -> PhraseRule | Sequence[PhraseRule]:
        if isinstance(at, slice):
            return [self[place] for place in range(*at.indices(len(self)))]
        place = range(len(self))[at]  # IndexError for places beyond the ends
        rule = self._known.get(place)
        if rule is None:
            first, last = self._ends[place], self._ends[place + 1]
            rule = self._known[place] = _rule(self._lines[first:last])
        return rule
