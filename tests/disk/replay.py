"""What a disk may hold after a power cut, from a record of everything that was asked of it.

Only what was waited for (``fsync``) is sure to be there. Of the rest nothing may have arrived,
all of it up to some moment, or any part of it in any order, writes torn in the middle. What an
``fsync`` failed for never arrives, however often it is waited for again: the system has given it
up and goes on reading it from memory.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from enum import Enum
from pathlib import Path

from msgspec import Struct, field

HERE = Path(__file__).parent
_SECTOR = 512


class Operation(Struct, frozen=True):
    """One record; see ``recorder.c``."""

    kind: str
    path: str = ""
    other: str = ""
    offset: int = 0
    data: bytes = b""


class Arrived(Enum):
    """What of the writes nobody waited for is on the disk."""

    NONE = "none"
    PREFIX = "prefix"
    RANDOM = "random"
    TORN = "torn"


def build(folder: Path) -> Path | None:
    """The recorder, compiled; None on a machine that cannot."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if not sys.platform.startswith("linux") or compiler is None:
        return None
    target = folder / "recorder.so"
    source = str(HERE / "recorder.c")
    command = [compiler, "-shared", "-fPIC", "-O1", "-o", str(target), source, "-lpthread"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    return target if done.returncode == 0 else None


def record(recorder: Path, root: Path, log: Path, command: Sequence[str]) -> list[Operation]:
    """Run ``command`` and note what it does below ``root``."""
    extra = {"LD_PRELOAD": str(recorder), "RECORD_ROOT": str(root), "RECORD_LOG": str(log)}
    done = subprocess.run(
        command, env={**os.environ, **extra}, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return list(read(log.read_bytes()))


def read(log: bytes) -> Iterator[Operation]:
    """The records of a log."""
    at = 0
    while at < len(log):
        end = log.index(b"\n", at)
        kind, _, rest = log[at:end].decode().partition(" ")
        words, at = rest.split("\t"), end + 1
        if kind in "WA":
            size = int(words[-1])
            data, at = log[at : at + size], at + size + 1
            path, offset = (words[0], int(words[1])) if kind == "W" else ("", 0)
            yield Operation(kind, path, offset=offset, data=data)
        elif kind == "T":
            yield Operation(kind, words[0], offset=int(words[1]))
        else:
            yield Operation(kind, words[0], words[1] if kind == "R" else "")


class _File(Struct):
    """Bytes sure to be there, and what was written since, with its place in the record."""

    sure: bytearray = field(default_factory=bytearray)
    since: list[tuple[int, Operation]] = field(default_factory=list)


class Disk(Struct):
    """The files of one folder at one moment of a record.

    Attributes:
        files: by the names programs see.
        sure: by the names a power cut leaves; ``named`` are the changes of names since.
        said: everything on stdout.
    """

    files: dict[str, _File] = field(default_factory=dict)
    sure: dict[str, _File] = field(default_factory=dict)
    named: list[tuple[int, Operation, _File | None]] = field(default_factory=list)
    said: bytearray = field(default_factory=bytearray)
    at: int = 0

    def do(self, operation: Operation) -> None:
        """The next record."""
        kind, path = operation.kind, operation.path
        if kind == "A":
            self.said += operation.data
        elif kind in "CRU":
            self._rename(operation)
        elif kind in "WT":
            self.files.setdefault(path, _File()).since.append((self.at, operation))
        elif kind == "F":
            given_up = self.files.get(path, _File())
            given_up.since[:] = [each for each in given_up.since if each[1].kind == "T"]
        elif path in self.files:
            file = self.files[path]
            _write(file.sure, [each for _, each in file.since])
            file.since.clear()
        else:  # a folder: its names are sure now
            _name(self.sure, self.named)
            self.named.clear()
        self.at += 1

    def _rename(self, operation: Operation) -> None:
        file: _File | None = None
        if operation.kind == "C":
            file = self.files[operation.path] = _File()
        elif operation.kind == "R":
            file = self.files[operation.other] = self.files.pop(operation.path)
        else:
            self.files.pop(operation.path, None)
        self.named.append((self.at, operation, file))

    def after_a_cut(self, arrived: Arrived, chance: random.Random) -> dict[str, bytes]:
        """What is on the disk when the power goes now, by path."""
        until = self.at
        if arrived is Arrived.NONE:
            until = 0
        elif arrived is Arrived.PREFIX:
            until = chance.randint(max(0, self.at - 40), self.at)
        names = dict(self.sure)
        _name(names, [each for each in self.named if each[0] < until])
        held: dict[str, bytes] = {}
        for path, file in names.items():
            data = bytearray(file.sure)
            kept = [each for at, each in file.since if at < until]
            if arrived in (Arrived.RANDOM, Arrived.TORN):
                kept = [each for each in kept if chance.random() < 0.5]
                chance.shuffle(kept)
            if arrived is Arrived.TORN:
                kept = [part for each in kept for part in _torn(each, chance)]
            _write(data, kept)
            held[path] = bytes(data)
        return held


def _name(names: dict[str, _File], changes: list[tuple[int, Operation, _File | None]]) -> None:
    for _, operation, file in changes:
        if operation.kind != "C":
            names.pop(operation.path, None)
        if file is not None:
            names[operation.other or operation.path] = file


def _write(data: bytearray, operations: list[Operation]) -> None:
    for operation in operations:
        if operation.kind == "T":
            del data[operation.offset :]
            data.extend(bytes(operation.offset - len(data)))
            continue
        end = operation.offset + len(operation.data)
        data.extend(bytes(max(0, end - len(data))))
        data[operation.offset : end] = operation.data


def _torn(operation: Operation, chance: random.Random) -> Iterator[Operation]:
    """Some of the sectors of a write."""
    if operation.kind == "T":
        yield operation
        return
    for start in range(0, len(operation.data), _SECTOR):
        if chance.random() < 0.7:
            part = operation.data[start : start + _SECTOR]
            yield Operation("W", operation.path, offset=operation.offset + start, data=part)
