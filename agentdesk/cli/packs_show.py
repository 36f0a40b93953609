"""``agentdesk packs show`` and ``diff``: a standard, a clause, or two standards side by side."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from msgspec import to_builtins

from agentdesk.cli.context import Context
from agentdesk.domain.comparing import Difference, Values, compare, tables_of
from agentdesk.domain.conflicts import Conflict, about_rule, between
from agentdesk.domain.uses import Use, uses_of
from agentdesk.errors import PackError
from agentdesk.standards.conflicts import load_conflicts
from agentdesk.standards.facts import load_facts
from agentdesk.standards.source import nearest

if TYPE_CHECKING:
    from agentdesk.domain.clause import Clause
    from agentdesk.domain.pack import Pack
    from agentdesk.standards.loader import PackRegistry
    from agentdesk.strings import Strings


def show(
    registry: PackRegistry, pack_id: str, rule: str | None, context: Context, *, as_json: bool
) -> None:
    """Print a standard by its tables, or one of its clauses and where it is used.

    Raises:
        PackError: there is no such standard, or no such clause in it.
    """
    pack = registry.get(pack_id)
    if rule is not None:
        _show_clause(registry, pack, pack_id, rule, context, as_json=as_json)
    elif as_json:
        _put_json(_record(pack, tables_of(pack)), context)
    else:
        _show_pack(pack, context)


def diff(registry: PackRegistry, left: str, right: str, context: Context, *, as_json: bool) -> None:
    """Print what two standards do not share, and the known conflicts between them.

    Raises:
        PackError: there is no such standard.
    """
    here, there = registry.get(left), registry.get(right)
    differences = compare(here, there)
    conflicts = between(load_conflicts(), (here.id, *here.extends), (there.id, *there.extends))
    if as_json:
        record = {
            "left": left,
            "right": right,
            "differences": [_difference(item) for item in differences],
            "conflicts": [_conflict(item) for item in conflicts],
        }
        _put_json(record, context)
        return
    table = ""
    for item in differences:
        if item.table != table:
            table = item.table
            context.put(_heading(table, context.strings))
        context.put(*_difference_row(item, context.strings))
    if conflicts:
        context.put(_heading("conflict", context.strings, len(conflicts)))
    for conflict in conflicts:
        _put_conflict(conflict, (here.id, there.id), registry, context)


def _show_pack(pack: Pack, context: Context) -> None:
    strings = context.strings
    context.put(pack.id, pack.title.get(strings.language), *pack.extends)
    for table, items in tables_of(pack).items():
        if not items:
            continue
        context.put(_heading(table, strings, len(items)))
        for name, values in items.items():
            row = (str(values.get("rule", "")), name, _title(values, strings), _gist(values))
            context.put(*row)


def _show_clause(
    registry: PackRegistry,
    pack: Pack,
    pack_id: str,
    rule: str,
    context: Context,
    *,
    as_json: bool,
) -> None:
    clauses = {clause.id: clause for clause in registry.clauses(pack_id)}
    # The number alone will do: 4.4-hold-2min for F6-4.4-hold-2min.
    clause = clauses.get(rule) or clauses.get(f"{pack.id}-{rule}")
    if clause is None:
        raise _no_clause(rule, clauses)
    uses = uses_of(pack).get(clause.id, ())
    conflicts = about_rule(load_conflicts(), clause.id)
    questions = [fact.id for fact in load_facts(clause.pack) if clause.id in fact.rules]
    if as_json:
        record = {
            **to_builtins(clause),
            "uses": [to_builtins(use) for use in uses],
            "facts": questions,
            "conflicts": [_conflict(item) for item in conflicts],
        }
        _put_json(record, context)
        return
    _put_clause(clause, uses, questions, context)
    for conflict in conflicts:
        _put_conflict(conflict, conflict.packs, registry, context)


def _put_clause(
    clause: Clause, uses: tuple[Use, ...], questions: list[str], context: Context
) -> None:
    strings = context.strings
    context.put(clause.id, clause.section, strings(f"packs.way.{clause.way.value}"))
    context.put(clause.text)
    context.put(clause.title_en)
    if clause.note:
        context.put(clause.note)
    if clause.see:
        context.put(strings("cli.packs.see"), *clause.see)
    for use in uses:
        title = use.title.get(strings.language)
        context.put(strings(f"packs.table.{use.kind}"), use.id, title)
    if questions:
        context.put(strings("cli.packs.facts"), *questions)


def _no_clause(rule: str, clauses: Mapping[str, Clause]) -> PackError:
    return PackError(
        "pack.no_clause",
        file="",
        line=0,
        key="rule",
        value=rule[:120],
        expected="",
        nearest=nearest(rule[:120], clauses),
    )


def _heading(table: str, strings: Strings, count: int | None = None) -> str:
    title = strings(f"packs.table.{table}")
    return f"# {title}" if count is None else f"# {title} ({count})"


def _title(values: Values, strings: Strings) -> str:
    title = values.get("title")
    if not isinstance(title, dict):
        return ""
    return str(title["en" if strings.language == "en" else "zh"])


def _gist(values: Values) -> str:
    """What an item says, in one cell."""
    parts = []
    for key in _GIST:
        value = values.get(key)
        if isinstance(value, list | tuple):
            value = "、".join(map(str, value))
        if value not in (None, "", False):
            parts.append(f"{key}={value}" if key in _NAMED else str(value))
    return " ".join(parts)


_GIST = (
    "text", "titles", "callback_minutes", "match", "classes", "phrases", "replacement", "need",
    "target", "limit_seconds", "rings", "required", "level", "start", "stop", "op", "amount",
    "amount_max", "unit", "at", "period", "flow", "fields", "tiers", "networks", "roles",
)  # fmt: skip
_NAMED = frozenset(
    ("titles", "callback_minutes", "match", "classes", "need", "target", "limit_seconds", "rings",
     "required", "level", "start", "stop", "period", "flow", "roles")
)  # fmt: skip


def _difference_row(item: Difference, strings: Strings) -> tuple[str, ...]:
    values = item.left if item.left is not None else item.right
    title = _title(values or {}, strings)
    if item.left is None:
        return "+", item.name, title, _gist(item.right or {})
    if item.right is None:
        return "-", item.name, title, _gist(item.left)
    changes = (
        f"{key}: {_plain(item.left.get(key))} → {_plain(item.right.get(key))}"
        for key in item.changed
    )
    return "~", item.name, title, *changes


def _plain(value: object) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _put_conflict(
    conflict: Conflict, pack_ids: tuple[str, ...], registry: PackRegistry, context: Context
) -> None:
    """The matter, what each of the packs says, and what the console does."""
    language = context.strings.language
    context.put("!", conflict.matter.get(language), conflict.need.get(language))
    for rule, text in _positions(conflict, pack_ids):
        context.put("", rule, text)


def _positions(conflict: Conflict, pack_ids: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    from agentdesk.standards.clauses import find_clause

    for rule in conflict.rules:
        clause = find_clause(rule)
        if clause is not None and clause.pack in pack_ids:
            yield rule, clause.text


def _record(pack: Pack, tables: Mapping[str, Mapping[str, Values]]) -> dict[str, object]:
    items = {table: list(entries.values()) for table, entries in tables.items() if table != "pack"}
    return {
        "id": pack.id,
        "title": to_builtins(pack.title),
        "extends": pack.extends,
        **tables["pack"]["pack"],
        **items,
        "guards": {guard.value: rule for guard, rule in pack.guards.items()},
    }


def _difference(item: Difference) -> dict[str, object]:
    return {
        "table": item.table,
        "name": item.name,
        "changed": item.changed,
        "left": item.left,
        "right": item.right,
    }


def _conflict(item: Conflict) -> dict[str, object]:
    return {
        "matter": to_builtins(item.matter),
        "need": to_builtins(item.need),
        "sides": item.sides,
    }


def _put_json(record: object, context: Context) -> None:
    context.put(json.dumps(record, ensure_ascii=False))
