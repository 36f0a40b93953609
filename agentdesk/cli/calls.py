"""``agentdesk calls [show ID]``: calls line by line, for screen readers and scripts.

Numbers are masked and notes left out. The database takes one program at a time: while the
console is open this says so instead of reading beside it.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING, Any

from agentdesk.cli.context import Context
from agentdesk.errors import PackError, StoreLocked, UsageError
from agentdesk.strings import Strings

if TYPE_CHECKING:
    from agentdesk.desk.snapshot import Moment
    from agentdesk.domain.pack import Pack
    from agentdesk.store.rows import CallRow
    from agentdesk.store.store import Store

SHORT_ID = 6
"""Digits of an id that are shown; its end, because its beginning is the time."""

_WHOLE_ID = 32
_NUMBER = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|0\d{9,11})(?!\d)")


def add_arguments(parser: argparse.ArgumentParser, strings: Strings) -> None:
    """``--day``, ``--json`` and ``show ID``."""
    parser.add_argument("--day", metavar="YYYY-MM-DD", help=strings("cli.calls.day"))
    parser.add_argument("--json", action="store_true", help=strings("cli.calls.json"))
    actions = parser.add_subparsers(dest="action", metavar="show")
    about = strings("cli.calls.show")
    show = actions.add_parser(
        "show", prog="agentdesk calls show", strings=strings, about=about, help=about
    )
    show.add_argument("id", metavar="ID", help=strings("cli.calls.show.id"))


def run(args: argparse.Namespace, context: Context) -> int:
    """Print the calls of a day, or the course of one.

    Raises:
        UsageError: no such day or call.
        StoreLocked: the console has the database open.
    """
    zone = context.config.zone()
    day = _day(args.day, zone)
    path = context.locations.store_file
    if not path.exists():  # opening would make an empty one
        if args.action == "show":
            raise UsageError("calls.unknown", value=args.id)
        context.say(context.strings("cli.calls.none", day=day.isoformat()))
        return 0

    from agentdesk.store.store import Store

    try:
        store = Store.open(path, clock=lambda: datetime.now(UTC))
    except StoreLocked as error:
        raise StoreLocked("calls.locked", **error.params) from error
    try:
        words = _Words(_pack(context, store), context.strings, zone)
        rows = _rows(store, day, zone)
        if args.action == "show":
            _show(store, rows, args.id, words, context, as_json=args.json)
        else:
            _list(rows, day, words, context, as_json=args.json)
    finally:
        store.close()
    return 0


def _day(text: str | None, zone: tzinfo) -> date:
    if text is None:
        return datetime.now(zone).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError("usage.day", value=text) from None


def _rows(store: Store, day: date, zone: tzinfo) -> list[CallRow]:
    """Calls that began on a day of the centre, oldest first."""
    start = datetime.combine(day, time(), zone)
    end = datetime.combine(day + timedelta(days=1), time(), zone)
    return store.calls_between(start, end)[::-1]


def _pack(context: Context, store: Store) -> Pack | None:
    """The seat's pack, for titles; without it keys are shown."""
    from agentdesk.desk.seat import SEAT
    from agentdesk.standards.loader import PackRegistry

    config = context.config.with_stored(store.state("seat", SEAT).values())
    try:
        return PackRegistry(context.locations.packs_dir).get(config.pack or "")
    except PackError:
        return None


def _list(
    rows: list[CallRow], day: date, words: _Words, context: Context, *, as_json: bool
) -> None:
    for row in rows:
        context.put(
            json.dumps(words.record(row), ensure_ascii=False) if as_json else words.row(row)
        )
    key = "cli.calls.count" if rows else "cli.calls.none"
    context.say(context.strings(key, day=day.isoformat(), count=len(rows)))


def _show(
    store: Store,
    rows: list[CallRow],
    wanted: str,
    words: _Words,
    context: Context,
    *,
    as_json: bool,
) -> None:
    from agentdesk.desk.timeline import timeline
    from agentdesk.domain.events import EntityId

    found = [row.id for row in rows if row.id.endswith(wanted.lower())]
    if not found and len(wanted) == _WHOLE_ID:
        found = [EntityId(wanted.lower())]
    if len(found) > 1:
        raise UsageError("calls.ambiguous", value=wanted, count=len(found))
    moments = timeline(store, found[0]) if found else ()
    if not moments:
        raise UsageError("calls.unknown", value=wanted)
    for moment in moments:
        text = words.sentence(moment)
        if as_json:
            entry = {"at": words.iso(moment.at), "kind": moment.kind, "actor": moment.actor}
            context.put(json.dumps({**entry, "text": text}, ensure_ascii=False))
        else:
            context.put(f"{moment.at.astimezone(words.zone):%H:%M:%S}  {text}")


class _Words:
    """Rows and moments in the words of a pack and a language."""

    def __init__(self, pack: Pack | None, strings: Strings, zone: tzinfo) -> None:
        self._strings, self.zone = strings, zone
        self._titles: dict[str, dict[str, str]] = {}
        if pack is not None:
            self._titles = {
                "category": self._of(pack.categories),
                "disposition": self._of(pack.dispositions),
                "level": self._of(pack.levels),
                "field": self._of(pack.fields),
                "requirement": {
                    item.id: item.title.get(strings.language) for item in pack.requirements
                },
            }

    def _of(self, items: Iterable[Any]) -> dict[str, str]:
        return {item.key: item.title.get(self._strings.language) for item in items}

    def title(self, kind: str, key: str) -> str:
        """The pack's name for a key, else that of the string tables, else the key."""
        named = self._titles.get(kind, {}).get(key)
        if named is None and kind == "field":
            named = self._string(f"call.field.{key}")
        return named or key

    def _string(self, key: str) -> str | None:
        return self._strings(key) if key in self._strings else None

    def iso(self, at: datetime) -> str:
        """Local time with its offset, to the second."""
        return at.astimezone(self.zone).isoformat(timespec="seconds")

    def record(self, row: CallRow) -> dict[str, object]:
        """A call for programs: keys, not titles."""
        from agentdesk.domain.moments import from_ms
        from agentdesk.domain.text import mask_phone

        def at(value: int | None) -> str | None:
            return None if value is None else self.iso(from_ms(value))

        return {
            "id": row.id,
            "phase": row.phase,
            "direction": row.direction,
            "number": mask_phone(row.number or ""),
            "customer": row.customer,
            "category": row.category,
            "disposition": row.disposition,
            "offered_at": at(row.offered_at),
            "answered_at": at(row.answered_at),
            "ended_at": at(row.ended_at),
            "closed_at": at(row.closed_at),
            "ended_by": row.ended_by,
            "missing": list(row.missing),
        }

    def row(self, row: CallRow) -> str:
        """A call for people: what is known of it on one line."""
        from agentdesk.domain.moments import from_ms
        from agentdesk.domain.text import mask_phone

        strings = self._strings
        began = f"{from_ms(row.began_at).astimezone(self.zone):%H:%M}" if row.began_at else ""
        missing = ", ".join(self.title("field", key) for key in row.missing)
        parts = (
            began,
            self._string(f"phase.{row.phase}"),
            self._string(f"call.direction.{row.direction}"),
            mask_phone(row.number or "") or strings("call.number.none"),
            row.customer or strings("call.customer.unknown"),
            self.title("category", row.category or ""),
            self.title("disposition", row.disposition or ""),
            strings("cli.calls.missing", items=missing) if missing else "",
            row.id[-SHORT_ID:],
        )
        return "  ".join(part for part in parts if part)

    def sentence(self, moment: Moment) -> str:
        """What happened, in words; an event we have no words for is named."""
        key = f"event.{moment.kind}"
        if key not in self._strings:
            return moment.kind
        return self._strings(key, **self._params(moment.params)).strip()

    def _params(self, given: Mapping[str, Any]) -> dict[str, str]:
        from agentdesk.domain.text import mask_phone

        params = {name: "" for name in _PARAMS}
        params |= {name: self._param(name, str(value)) for name, value in given.items()}
        params["number"] = mask_phone(params["number"])
        changed = given.get("set")
        if isinstance(changed, Mapping):
            # Names only: the values may be what the screen masks.
            params["fields"] = ", ".join(self.title("field", name) for name in changed)
            params["state"] = self._string(f"state.{changed.get('state')}") or ""
        return params

    def _param(self, name: str, value: str) -> str:
        from agentdesk.domain.text import mask_phone

        if name in ("by", "outcome", "guard", "reason"):
            return self._string(f"{name}.{value}") or self._masked(value)
        if name in ("level", "disposition", "requirement", "field"):
            return self.title(name, value)
        return mask_phone(value) if name == "number" else self._masked(value)

    def _masked(self, text: str) -> str:
        from agentdesk.domain.text import mask_phone

        return _NUMBER.sub(lambda match: mask_phone(match[0]), text)


_PARAMS = (
    *("number", "name", "to", "by", "text", "requirement", "phrase", "outcome", "reason"),
    *("guard", "field", "fields", "disposition", "minutes", "state", "level", "proposal"),
)
"""Everything a sentence of an event may ask for; what the event lacks is said as nothing."""
