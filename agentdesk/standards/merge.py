"""A pack that extends another: its own items over those it inherits.

Items with the same name replace each other in place, others are appended; ``remove`` drops
inherited ones; the tables that stand once are merged key by key. Every item keeps the file it
comes from, so a mistake is named where it was written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from agentdesk.standards.checks import Items, unique
from agentdesk.standards.packfile import shipped
from agentdesk.standards.reader import Item, check_needed
from agentdesk.standards.schema import SINGLE, TABLES

MAX_DEPTH = 4
"""How many packs may stand behind a pack."""

_OWN_KEYS = ("extends", "remove")
"""Keys of the head that speak of the file itself and are not inherited."""


class Library(Protocol):
    """Where the packs a file may extend are found."""

    def ids(self) -> tuple[str, ...]:
        """Ids of the packs that can be extended."""

    def tables(self, pack_id: str, *, original: bool = False) -> Items:
        """The tables of one of them.

        Args:
            original: the shipped pack, even where a centre's file replaces it.

        Raises:
            PackError: its file is wrong.
        """


def inherit(items: Items, library: Library) -> tuple[Items, tuple[str, ...]]:
    """The tables of a pack with all it inherits, and the ids of what it extends, nearest first.

    A file that extends its own id means the shipped pack it replaces.

    Raises:
        PackError: no such pack, a circle, too long a chain, something to remove that is not
            there, or a wrong file behind it.
    """
    layers = [items]
    ids: list[str] = []
    seen = {(items["pack"][0].text("id"), False)}
    while (head := layers[-1]["pack"][0]).has("extends"):
        wanted = head.text("extends")
        original = wanted == head.text("id")
        if (wanted, original) in seen or (original and wanted not in shipped()):
            raise head.source.error("extends_circle", head.place("extends"), value=wanted)
        if len(ids) == MAX_DEPTH:
            at, expected = head.place("extends"), str(MAX_DEPTH)
            raise head.source.error("extends_depth", at, value=wanted, expected=expected)
        if wanted not in (known := library.ids()):
            at, expected = head.place("extends"), " ".join(known)
            raise head.source.error(
                "unknown_name", at, value=wanted, expected=expected, among=known
            )
        seen.add((wanted, original))
        ids.append(wanted)
        layers.append(library.tables(wanted, original=original))
    merged = layers.pop()
    while layers:
        merged = _over(layers.pop(), merged)
    for problem in check_needed(merged):
        raise problem
    return merged, tuple(ids)


def _over(own: Items, parent: Items) -> dict[str, list[Item]]:
    for problem in unique(own):
        raise problem
    kept = _without(own["pack"][0], parent)
    return {
        table: [_keys_over(own[table][0], kept[table][0])]
        if table in SINGLE
        else _items_over(own[table], kept[table])
        for table in TABLES
    }


def _without(head: Item, parent: Items) -> Items:
    """The parent's tables without what the head of the child removes."""
    kept = {table: list(items) for table, items in parent.items()}
    for target in head.texts("remove"):
        table, _, name = target.partition(":")
        if table not in kept or table == "pack":
            raise head.source.error(
                "unknown_name",
                head.place("remove", target),
                value=target,
                expected="line:greeting-weekend",
                among=[f"{one}:{name}" for one in TABLES] if table != "pack" else (),
            )
        if table in SINGLE:
            values = dict(kept[table][0].values)
            found = values.pop(name, None) is not None
            kept[table] = [_with(kept[table][0], values)]
            known = [*kept[table][0].values]
        else:
            left = [item for item in kept[table] if item.name != name]
            found = len(left) < len(kept[table])
            known = [item.name for item in kept[table]]
            kept[table] = left
        if not found:
            at = head.place("remove", target)
            raise head.source.error(
                "unknown_removal",
                at,
                value=target,
                expected=head.text("extends"),
                among=[f"{table}:{one}" for one in known],
            )
    return kept


def _with(item: Item, values: Mapping[str, object]) -> Item:
    return Item(item.source, item.table, item.index, values)


def _keys_over(own: Item, parent: Item) -> Item:
    values = {key: value for key, value in parent.values.items() if key not in _OWN_KEYS}
    return _with(own, {**values, **own.values})


def _items_over(own: Sequence[Item], parent: Sequence[Item]) -> list[Item]:
    """Several items of one name (guidance) are replaced together, where the first stood."""
    by_name: dict[str, list[Item]] = {}
    for item in own:
        by_name.setdefault(item.name, []).append(item)
    merged: list[Item] = []
    replaced: set[str] = set()
    for item in parent:
        if item.name not in by_name:
            merged.append(item)
        elif item.name not in replaced:
            merged += by_name[item.name]
            replaced.add(item.name)
    return merged + [item for item in own if item.name not in replaced]
