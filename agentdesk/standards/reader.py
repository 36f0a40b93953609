"""From parsed TOML to checked items: names, types, choices, and clean text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from agentdesk.domain.scripts import CONDITIONS
from agentdesk.errors import PackError
from agentdesk.standards.schema import (
    CLOCK_TIME,
    HOLIDAYS,
    ITEM_ID,
    MAX_ITEMS,
    MAX_TEXT,
    NEEDED,
    PACK_ID,
    RULE_ID,
    SINGLE,
    TABLES,
    Key,
    Kind,
)
from agentdesk.standards.source import Place, Source

_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff"
    "\U000e0000-\U000e0fff]"
)
"""Control, direction and invisible characters: nothing a person wrote on purpose, and each
can make a sentence read differently from what it is."""

_FORM = {
    Kind.PACK_ID: (PACK_ID, "F6"),
    Kind.ITEM_ID: (ITEM_ID, "inbound-greeting"),
    Kind.RULE: (RULE_ID, "F6-4.1-inbound-greeting"),
    Kind.CLOCK_TIME: (CLOCK_TIME, "10:00"),
}

_TYPE = {
    Kind.TEXTS: '["…", "…"]',
    Kind.NUMBER: "30",
    Kind.FLAG: "true / false",
    Kind.WHEN: '{ direction = "inbound" }',
}


@dataclass(frozen=True, slots=True)
class Item:
    """One checked table of a pack file; the values have the types the schema names."""

    source: Source
    table: str
    index: int
    values: Mapping[str, object]

    def place(self, key: str = "", text: str = "") -> Place:
        """Where ``key`` of this item stands, or ``text`` in its value."""
        return Place(self.table, self.index, key, text)

    @property
    def name_key(self) -> str:
        """The key that tells the items of a table apart."""
        if "key" in self.values:
            return "key"
        return "rule" if self.table in ("phrase", "guidance") else "id"

    @property
    def name(self) -> str:
        """What tells it apart from the others of its table."""
        return self.text(self.name_key)

    def has(self, key: str) -> bool:
        """Whether the file gives ``key``."""
        return key in self.values

    def text(self, key: str, default: str = "") -> str:
        """A string."""
        value = self.values.get(key, default)
        return value if isinstance(value, str) else default

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of strings; empty if not given."""
        value = self.values.get(key)
        return tuple(map(str, value)) if isinstance(value, list) else ()

    def number(self, key: str) -> int | None:
        """A whole number, or None if not given."""
        value = self.values.get(key)
        return value if isinstance(value, int) else None

    def flag(self, key: str) -> bool:
        """True or false; false if not given."""
        return self.values.get(key) is True

    def conditions(self, key: str) -> dict[str, tuple[str, ...]]:
        """A ``when`` table with every value as a tuple."""
        value = self.values.get(key)
        if not isinstance(value, dict):
            return {}
        return {
            name: tuple(allowed) if isinstance(allowed, list) else (str(allowed),)
            for name, allowed in value.items()
        }


Report = Callable[[PackError], None]
"""Told of every mistake; it raises to end the reading."""


def read(
    document: Mapping[str, object], source: Source, report: Report | None = None
) -> dict[str, list[Item]]:
    """Every table of the file, checked against the schema.

    A file that extends another pack needs its id only; the rest is checked when both are one.

    Args:
        report: told of each mistake instead of ending at the first; what is wrong is left out.

    Raises:
        PackError: without ``report``: the first mistake, with its place.
    """
    report = report or _raise
    for name in document:
        if name not in TABLES:
            at = Place(table=name)
            expected = " ".join(TABLES)
            report(source.error("unknown_table", at, value=name, expected=expected, among=TABLES))
    head = document.get("pack")
    # A key of the head that is misspelt may be the one that says what it extends: that is the
    # mistake to name, not all that would then be lacking.
    extends = isinstance(head, dict) and (
        "extends" in head or not head.keys() <= TABLES["pack"].keys()
    )
    for name in ("pack",) if extends else NEEDED:
        if not document.get(name):
            report(source.error("missing_table", Place(table=name), expected=_header(name)))
    return {name: list(_items(document, name, source, report)) for name in TABLES}


def check_needed(items: Mapping[str, Sequence[Item]]) -> Iterator[PackError]:
    """Tables and keys of the head a pack lacks though it extends another."""
    head = items["pack"][0]
    for name in NEEDED:
        if not items[name]:
            at = Place(table=name)
            yield head.source.error("missing_table", at, expected=_header(name))
    for key, wanted in TABLES["pack"].items():
        if wanted.required and not head.has(key):
            yield head.source.error("missing_key", head.place(key), value=key)


def _raise(problem: PackError) -> None:
    raise problem


def _header(name: str) -> str:
    return f"[{name}]" if name in SINGLE else f"[[{name}]]"


def _items(
    document: Mapping[str, object], name: str, source: Source, report: Report
) -> Iterator[Item]:
    value = document.get(name, {} if name in SINGLE else [])
    tables = [value] if name in SINGLE else value
    if not isinstance(tables, list):
        report(source.error("wrong_type", Place(table=name), value=name, expected=_header(name)))
        return
    if len(tables) > MAX_ITEMS:
        report(source.error("too_many", Place(table=name), expected=str(MAX_ITEMS)))
        return
    for index, table in enumerate(tables):
        if not isinstance(table, dict):
            at = Place(name, index)
            report(source.error("wrong_type", at, value=name, expected=_header(name)))
            continue
        item = Item(source, name, index, table)
        try:
            _check(item)
        except PackError as problem:
            report(problem)
        else:
            yield item


def _check(item: Item) -> None:
    keys = TABLES[item.table]
    for key in item.values:
        if key not in keys:
            at, expected = item.place(key), " ".join(keys)
            raise item.source.error("unknown_key", at, value=key, expected=expected, among=keys)
    extends = item.table == "pack" and "extends" in item.values
    for key, wanted in keys.items():
        if key in item.values:
            _check_value(item, key, wanted, item.values[key])
        elif wanted.required and (key == "id" or not extends):
            raise item.source.error("missing_key", item.place(key), value=key)


def _check_value(item: Item, key: str, wanted: Key, value: object) -> None:
    if wanted.kind is Kind.TEXTS:
        _check_list(item, key, wanted, value)
    elif wanted.kind is Kind.NUMBER:
        _check_number(item, key, wanted, value)
    elif wanted.kind is Kind.WHEN:
        _check_when(item, key, value)
    elif wanted.kind is Kind.FLAG:
        if not isinstance(value, bool):
            raise _wrong_type(item, key, wanted.kind, value)
    else:
        _check_text(item, key, wanted, value)


def _wrong_type(item: Item, key: str, kind: Kind, value: object) -> PackError:
    expected = _TYPE.get(kind, '"…"')
    return item.source.error("wrong_type", item.place(key), value=value, expected=expected)


def _check_text(item: Item, key: str, wanted: Key, value: object) -> None:
    if not isinstance(value, str):
        raise _wrong_type(item, key, Kind.TEXT, value)
    if found := _UNSAFE.search(value):
        code = f"U+{ord(found.group()):04X}"
        raise item.source.error("unsafe_character", item.place(key), value=code)
    if not value or value.isspace():
        raise item.source.error("empty", item.place(key))
    if len(value) > MAX_TEXT:
        limit = str(MAX_TEXT)
        raise item.source.error("too_long", item.place(key), value=len(value), expected=limit)
    if wanted.choices and value not in wanted.choices:
        raise _unknown(item, key, value, wanted.choices)
    form = _FORM.get(wanted.kind)
    if form is not None and not form[0].fullmatch(value):
        code = "bad_rule" if wanted.kind is Kind.RULE else "bad_id"
        raise item.source.error(code, item.place(key), value=value, expected=form[1])


def _unknown(item: Item, key: str, value: str, among: Iterable[str]) -> PackError:
    names = tuple(among)
    return item.source.error(
        "unknown_name", item.place(key), value=value, expected=" ".join(names), among=names
    )


def _check_list(item: Item, key: str, wanted: Key, value: object) -> None:
    if not isinstance(value, list):
        raise _wrong_type(item, key, Kind.TEXTS, value)
    if len(value) > MAX_ITEMS:
        raise item.source.error("too_many", item.place(key), expected=str(MAX_ITEMS))
    for entry in value:
        if not isinstance(entry, str):
            raise _wrong_type(item, key, Kind.TEXTS, value)
        _check_text(item, key, wanted, entry)
    if len(set(value)) < len(value):
        twice = next(entry for entry in value if value.count(entry) > 1)
        raise item.source.error("duplicate", item.place(key), value=twice)
    if wanted.required and not value:
        raise item.source.error("empty", item.place(key))


def _check_number(item: Item, key: str, wanted: Key, value: object) -> None:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _wrong_type(item, key, Kind.NUMBER, value)
    if not wanted.low <= value <= wanted.high:
        # A number of thousands of digits cannot even be printed.
        shown = value if abs(value) < 10**18 else "…"
        expected = f"{wanted.low} … {wanted.high}"
        raise item.source.error("out_of_range", item.place(key), value=shown, expected=expected)


def _check_when(item: Item, key: str, value: object) -> None:
    if not isinstance(value, dict):
        raise _wrong_type(item, key, Kind.WHEN, value)
    for name, allowed in value.items():
        if name not in CONDITIONS:
            raise _unknown(item, key, name, CONDITIONS)
        names = HOLIDAYS if name == "holiday" else ()
        wanted = Key(Kind.TEXT, choices=(*CONDITIONS[name], *names))
        for entry in allowed if isinstance(allowed, list) else [allowed]:
            _check_text(item, key, wanted, entry)
