"""Reading ``people.csv``: one person a line, as spreadsheets write it.

The first line names the columns: ``number name role team`` (and ``active``), in English or
Chinese, in any order. UTF-8 or GB18030. Every mistake names its line and field.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

from agentdesk.domain.people import wrong_change
from agentdesk.domain.text import clean
from agentdesk.errors import UsageError
from agentdesk.strings import LANGUAGES, table

BYTES_MOST = 8 * 1024 * 1024
ROWS_MOST = 20_000
COLUMNS = ("number", "name", "role", "team", "active")
_NEEDED = ("number", "name")
_SHOWN = 40


def read_people(file: str, teams: set[str]) -> list[dict[str, Any]]:
    """The changes a file asks for, as ``people.set`` takes them.

    Args:
        file: path.
        teams: ids of the teams there are.

    Raises:
        UsageError: ``people.file`` (cannot be read), ``people.columns``, ``people.lacks``,
            ``people.csv`` (naming line, field and value), ``people.csv_twice``,
            ``people.encoding``.
    """
    lines = _lines(file)
    names = _header(next(lines, (1, []))[1], file)
    changes: list[dict[str, Any]] = []
    seen: dict[str, int] = {}
    for number, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(names):
            raise _wrong(file, number, "", cells[len(names)], " ".join(names))
        row = dict(zip(names, (clean(cell).strip() for cell in cells), strict=False))
        change = _change(row, teams, file, number)
        if change["id"] in seen:
            first = seen[change["id"]]
            raise UsageError(
                "people.csv_twice", file=file, line=number, value=change["id"], first=first
            )
        seen[change["id"]] = number
        changes.append(change)
        if len(changes) > ROWS_MOST:
            raise UsageError("people.file", file=file, reason=f"> {ROWS_MOST}")
    return changes


def _lines(file: str) -> Iterator[tuple[int, list[str]]]:
    """Line numbers and cells."""
    try:
        with Path(file).open("rb") as opened:
            data = opened.read(BYTES_MOST + 1)
    except OSError as error:
        raise UsageError("people.file", file=file, reason=error.strerror or str(error)) from error
    if len(data) > BYTES_MOST:
        raise UsageError("people.file", file=file, reason=f"> {BYTES_MOST // 1024 // 1024} MiB")
    reader = csv.reader(StringIO(_decoded(data, file), newline=""), strict=True)
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise _wrong(file, reader.line_num, "", str(error), "CSV") from error
        if cells is None:
            return
        yield reader.line_num, cells


def _decoded(data: bytes, file: str) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError as error:
            place = error.start
            continue
        if "\0" not in text:
            return text
        place = data.find(b"\0")
        break
    raise UsageError("people.encoding", file=file, line=data[:place].count(b"\n") + 1)


def _header(cells: list[str], file: str) -> list[str]:
    words = {
        table(language)[f"people.column.{name}"].lower(): name
        for language in LANGUAGES
        for name in COLUMNS
    } | {name: name for name in COLUMNS}
    names = [words.get(clean(cell).strip().lower(), "") for cell in cells]
    unknown = [cell for cell, name in zip(cells, names, strict=True) if not name]
    lacking = [name for name in _NEEDED if name not in names]
    if lacking and not unknown:
        raise UsageError("people.lacks", file=file, lacking=lacking[0], expected=" ".join(COLUMNS))
    if unknown or len(set(names)) < len(names):
        shown = clean(", ".join(unknown or cells))[:_SHOWN]
        raise UsageError("people.columns", file=file, value=shown, expected=" ".join(COLUMNS))
    return names


def _change(row: dict[str, str], teams: set[str], file: str, line: int) -> dict[str, Any]:
    id = row.pop("number", "")
    values: dict[str, Any] = {name: text for name, text in row.items() if name != "active"}
    if "role" in values:
        values["role"] = _role(values["role"], file, line)
    if "active" in row:
        values["active"] = _active(row["active"], file, line)
    wrong = wrong_change("person.set", id, {"set": values})
    if wrong is not None:
        field = "number" if wrong.field == "id" else wrong.field
        shown = id if wrong.field == "id" else values.get(wrong.field, "")
        raise _wrong(file, line, field, str(shown), "", wrong.reason)
    if values.get("team") and values["team"] not in teams:
        raise _wrong(file, line, "team", values["team"], " ".join(sorted(teams)))
    return {"id": id, "values": values, "fresh": None}


def _role(text: str, file: str, line: int) -> str:
    from agentdesk.cli.server_users import role_key

    try:
        return role_key(text)
    except UsageError as error:
        raise _wrong(file, line, "role", text, str(error.params["expected"])) from error


def _active(text: str, file: str, line: int) -> bool:
    words = {"1": True, "yes": True, "true": True, "": True, "0": False, "no": False}
    words["false"] = False
    for language in LANGUAGES:
        words[table(language)["people.yes"]] = True
        words[table(language)["people.no"]] = False
    if text.lower() not in words:
        raise _wrong(file, line, "active", text, "1 0")
    return words[text.lower()]


def _wrong(
    file: str, line: int, field: str, value: str, expected: str, reason: str = ""
) -> UsageError:
    """The mistake; ``reason`` names the words for values that no list of values explains."""
    return UsageError(
        f"people.csv.{reason}" if reason in ("id", "name", "team") else "people.csv",
        file=file,
        line=line,
        field=field or "-",
        value=clean(value)[:_SHOWN],
        expected=clean(expected)[:200] or "-",
    )
