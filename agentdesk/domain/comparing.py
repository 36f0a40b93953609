"""What differs between two standards, item by item."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from msgspec import Struct, to_builtins

from agentdesk.domain.pack import Pack
from agentdesk.domain.provision import ProvisionKind

Values = Mapping[str, object]
"""An item as plain values: strings, numbers, lists; a title is ``{"zh": …, "en": …}``."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One item two packs do not share.

    Attributes:
        table: its table in a pack file; ``pack`` for the settings of the head.
        name: what tells it apart in that table.
        left, right: its values in either pack; None where it is missing.
    """

    table: str
    name: str
    left: Values | None
    right: Values | None

    @property
    def changed(self) -> tuple[str, ...]:
        """Keys that differ, where both packs have it; else ``()``."""
        if self.left is None or self.right is None:
            return ()
        keys = dict.fromkeys((*self.left, *self.right))
        return tuple(key for key in keys if self.left.get(key) != self.right.get(key))


def compare(left: Pack, right: Pack) -> tuple[Difference, ...]:
    """All differences, table by table; within a table those of ``left`` first."""
    here, there = tables_of(left), tables_of(right)
    return tuple(
        Difference(table, name, here[table].get(name), there[table].get(name))
        for table in here
        for name in dict.fromkeys((*here[table], *there[table]))
        if here[table].get(name) != there[table].get(name)
    )


def tables_of(pack: Pack) -> dict[str, dict[str, Values]]:
    """The items of a pack by table and name, both in the order of the file."""
    provisions: dict[str, list[Struct]] = {}
    for item in pack.provisions:
        provisions.setdefault(item.kind.value, []).append(item)
    head = {"titles": list(pack.titles), "callback_minutes": pack.callback_minutes}
    return {
        "pack": {"pack": head},
        "line": _named("id", pack.lines),
        "phrase": dict(_numbered(map(_values, pack.phrases))),
        "requirement": _named("id", pack.requirements),
        "clock": _named("id", pack.clocks),
        "field": _named("key", pack.fields),
        "category": _named("key", pack.categories),
        "level": _named("key", pack.levels),
        "reason": _named("key", pack.reasons),
        "disposition": _named("key", pack.dispositions),
        "guards": {guard.value: {"rule": rule} for guard, rule in pack.guards.items()},
        "guidance": dict(_numbered({"rule": rule, "text": text} for rule, text in pack.guidance)),
        **{kind.value: _named("id", provisions.get(kind.value, ())) for kind in ProvisionKind},
    }


def _named(key: str, items: Iterable[Struct]) -> dict[str, Values]:
    return {str(values[key]): values for values in map(_values, items)}


def _values(item: Struct) -> Values:
    values: dict[str, object] = to_builtins(item)
    if "flow" in values:
        del values["kind"]  # a provision's kind is its table
    return values


def _numbered(items: Iterable[Values]) -> Iterator[tuple[str, Values]]:
    """By rule; one may have several sentences or ways of matching: the second is ``rule#2``."""
    times: dict[str, int] = {}
    for values in items:
        rule = str(values["rule"])
        times[rule] = count = times.get(rule, 0) + 1
        yield rule if count == 1 else f"{rule}#{count}", values
