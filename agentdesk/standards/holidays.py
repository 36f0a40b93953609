"""Imported notices of China's public calendar: files in the data folder, one for each year."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import msgspec

from agentdesk.domain.calendar_cn import YEARS, China, Year
from agentdesk.domain.notice_cn import read_year, show_year
from agentdesk.errors import AgentdeskError, SlaError, StoreReadOnly

MAX_BYTES = 256 * 1024
"""A year has about 4 KB."""


_BYTE = re.compile(r"\(byte ([0-9]+)\)")


def folder(data_dir: Path) -> Path:
    """Where imported notices are kept."""
    return data_dir / "calendars"


def read_notice(path: Path) -> Year:
    """The notice in a file.

    Raises:
        SlaError: it cannot be read (``sla.file``) or is wrong; ``file`` and ``field`` say where.
    """
    data = read_json(path)
    try:
        return read_year(data)
    except SlaError as error:
        raise SlaError(error.code, **{"file": str(path), **error.params}) from error


def read_json(path: Path) -> object:
    """What a JSON file holds.

    Raises:
        SlaError: it cannot be read or is too large (``sla.file``), or is no JSON (``sla.json``).
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise ValueError(f"> {MAX_BYTES // 1024} KB")
        found: object = msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"))
        return found
    except msgspec.DecodeError as error:
        at = _BYTE.search(str(error))
        line = data[: int(at[1])].count(b"\n") + 1 if at else data.count(b"\n") + 1
        raise SlaError("sla.json", file=str(path), line=line) from error
    # ValueError: a NUL in the name.
    except (OSError, ValueError, RecursionError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SlaError("sla.file", file=str(path), reason=reason) from error


def china(data_dir: Path) -> tuple[China, tuple[AgentdeskError, ...]]:
    """The public calendar with what was imported, and what is wrong with imported files.

    An imported year takes the place of the one that comes with the program.
    """
    years, problems = dict(YEARS), []
    try:
        paths = sorted(folder(data_dir).glob("cn-*.json"))
    except OSError:
        paths = []
    for path in paths:
        try:
            year = read_notice(path)
        except SlaError as error:
            problems.append(error)
            continue
        years[year.year] = year
    return China(years), tuple(problems)


def keep(year: Year, data_dir: Path) -> Path:
    """Store a notice; the file it is in. All of it is written or nothing.

    Raises:
        StoreReadOnly: the folder cannot be written (``folder.unwritable``).
    """
    place = folder(data_dir) / f"cn-{year.year}.json"
    text = json.dumps(show_year(year), ensure_ascii=False, indent=1) + "\n"
    half = place.with_name(f".{place.name}.{os.getpid()}")
    try:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with half.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        half.replace(place)
    except OSError as error:
        half.unlink(missing_ok=True)
        reason = error.strerror or str(error)
        raise StoreReadOnly("folder.unwritable", path=str(place.parent), reason=reason) from error
    return place
