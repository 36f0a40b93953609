"""Work orders in the words of a pack and a language, for ``agentdesk tickets``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any

from agentdesk.desk.ticket_views import TicketCard, TicketMoment
from agentdesk.desk.tickets import TicketDesk
from agentdesk.domain.moments import from_ms, to_ms
from agentdesk.domain.pack import Pack
from agentdesk.domain.text import mask_phone
from agentdesk.domain.ticket.clocks import TicketClock
from agentdesk.domain.ticket.commands import Advised, Refused
from agentdesk.store.rows import TicketRow
from agentdesk.strings import Strings, placeholders, table

SHORT_ID = 6
"""Digits of an id that are shown; its end, because its beginning is the time."""

_NUMBER = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|0\d{9,11})(?!\d)")


class Words:
    """Rows, clocks and moments for people and for programs."""

    def __init__(self, tickets: TicketDesk, strings: Strings, zone: tzinfo) -> None:
        self._tickets, self._strings, self._zone = tickets, strings, zone
        self._titles: dict[tuple[str, str], dict[str, str]] = {}

    @staticmethod
    def now_ms() -> int:
        """The present instant."""
        return to_ms(datetime.now(UTC))

    def at(self, moment: datetime) -> str:
        """Local time to the minute."""
        return f"{moment.astimezone(self._zone):%Y-%m-%d %H:%M}"

    def _iso(self, value: int | datetime | None) -> str | None:
        if value is None:
            return None
        moment = from_ms(value) if isinstance(value, int) else value
        return moment.astimezone(self._zone).isoformat(timespec="seconds")

    def _title(self, pack: Pack, kind: str, key: str) -> str:
        known = self._titles.get((pack.id, kind))
        if known is None:
            items = pack.categories if kind == "category" else pack.fields
            known = {item.key: item.title.get(self._strings.language) for item in items}
            self._titles[pack.id, kind] = known
        call_field = f"call.field.{key}"
        if key not in known and kind == "field" and call_field in self._strings:
            return self._strings(call_field)
        return known.get(key, key)

    def _pack_of(self, row: TicketRow) -> Pack:
        return self._tickets.pack_of(self._tickets.get(row.id))

    def record(self, row: TicketRow) -> dict[str, object]:
        """A row for programs: keys, not titles; the number masked."""
        times = ("created_at", "due_at", "resolved_at", "closed_at", "changed_at")
        plain = ("state", "category", "type", "severity", "tier", "network", "zone", "channel")
        return {
            "id": row.id,
            **{name: getattr(row, name) for name in plain},
            "level": row.level,
            "owner": row.owner,
            "first_owner": row.first_owner,
            "customer": row.customer,
            "number": mask_phone(row.number),
            "summary": self._masked(row.summary),
            "department": row.department,
            **{name: self._iso(getattr(row, name)) for name in times},
            "clock": row.clock,
            "paused": bool(row.paused),
            "breaches": row.breaches,
            "nudges": row.nudges,
            "told": bool(row.told),
            "missing": list(row.missing),
        }

    def row(self, row: TicketRow) -> tuple[str, ...]:
        """A row for people: id, level, state, category, customer, summary, due, owner."""
        strings = self._strings
        due = strings("cli.tickets.no_due")
        if row.paused:
            due = strings("cli.tickets.paused")
        elif row.due_at is not None:
            due = strings("cli.tickets.due", at=self.at(from_ms(row.due_at)))
        return (
            row.id[-SHORT_ID:],
            f"P{row.level}",
            strings(f"ticket.state.{row.state}"),
            # A ticket keeps the standard it was taken in by.
            self._title(self._pack_of(row), "category", row.category),
            row.customer or strings("call.customer.unknown"),
            self._masked(row.summary),
            due,
            row.owner,
        )

    def clocks(self, card: TicketCard) -> Iterable[tuple[str, ...]]:
        """One line a clock: what, clause, state, due."""
        for clock in card.clocks:
            due = clock.state.due
            yield (
                clock.choice.clock.title.get(self._strings.language),
                clock.choice.clock.rule,
                self._clock_state(clock),
                self.at(due) if due else self._strings("cli.tickets.no_due"),
            )

    def _clock_state(self, clock: TicketClock) -> str:
        key = f"sla.state.{clock.state.state.value}"
        return self._strings(key) if key in self._strings else clock.state.state.value

    def missing(self, card: TicketCard) -> str:
        """What the record still lacks."""
        titles = (self._title(card.pack, "field", key) for key in card.gaps)
        return self._strings("cli.tickets.missing", items=", ".join(titles))

    def detail(self, card: TicketCard, moments: Iterable[TicketMoment]) -> dict[str, object]:
        """Clocks, gaps and course for programs."""
        clocks = [
            {
                "key": clock.key,
                "rule": clock.choice.clock.rule,
                "state": clock.state.state.value,
                "level": clock.state.level.value,
                "due_at": self._iso(clock.state.due),
                "missed_at": self._iso(clock.state.missed_at),
            }
            for clock in card.clocks
        ]
        course = [
            {
                "at": self._iso(moment.at),
                "kind": moment.kind,
                "actor": moment.actor,
                "seat": moment.seat,
                "text": self.sentence(moment, card.pack),
            }
            for moment in moments
        ]
        return {
            "clocks": clocks,
            "gaps": list(card.gaps),
            "read_back": card.read_back,
            "priority": card.priority.rank,
            "course": course,
        }

    def sentence(self, moment: TicketMoment, pack: Pack) -> str:
        """What happened, in words; an event we have no words for is named.

        Args:
            pack: the standard of the ticket, for the names of its fields.
        """
        key = f"event.{moment.kind}"
        if key not in self._strings:
            return moment.kind
        params = self._params(moment.params, pack)
        wanted = placeholders(table(self._strings.language)[key])
        filled = {name: params.get(name, "") for name in wanted}
        return " ".join(self._strings(key, **filled).split())

    def _set(self, pack: Pack, name: str, value: object) -> str:
        """A field that was set; one that was emptied says so."""
        title = self._title(pack, "field", name)
        return self._strings("board.emptied", field=title) if value == "" else title

    def _params(self, given: Mapping[str, Any], pack: Pack) -> dict[str, str]:
        params = {
            name: self._masked(value) for name, value in given.items() if isinstance(value, str)
        }
        changed = given.get("set")
        if isinstance(changed, Mapping):
            # Names only: the values may be what the screen masks.
            names = (name for name in changed if not name.startswith("_"))
            params["fields"] = ", ".join(self._set(pack, name, changed[name]) for name in names)
            params.setdefault("owner", str(changed.get("owner", "")))
            params.setdefault("reason", self._masked(str(changed.get("_void_reason", ""))))
        for name, prefix in (("guard", "guard."), ("reason", "ticket.pause.")):
            key = f"{prefix}{params.get(name, '')}"
            if key in self._strings and not placeholders(table(self._strings.language)[key]):
                params[name] = self._strings(key)
        return params

    def problem(self, problem: Refused | Advised | None) -> str:
        """Why it was not done."""
        if isinstance(problem, Advised):
            return self._filled(f"guard.{problem.guard.value}", problem.params)
        return self._filled(problem.key, problem.params) if problem else ""

    def _filled(self, key: str, params: Mapping[str, object]) -> str:
        return self._strings(key, **params) if key in self._strings else key

    def _masked(self, text: str) -> str:
        return _NUMBER.sub(lambda match: mask_phone(match[0]), text)
