"""The right column of the board: the order under the cursor, its gaps, its course, its links."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypeGuard

from msgspec import Struct

from agentdesk.desk.ticket_views import TicketCard, TicketMoment
from agentdesk.domain.pack import Pack
from agentdesk.domain.text import mask_phone
from agentdesk.domain.ticket.gaps import known
from agentdesk.domain.ticket.state import Ticket
from agentdesk.strings import Strings
from agentdesk.tui.cells import cell_len, fit, wrap
from agentdesk.tui.panels.board_clocks import clock_lines, why_lines
from agentdesk.tui.panels.board_items import CODE, Item, Kind, word_of
from agentdesk.tui.panels.common import BLANK, View, heading
from agentdesk.tui.widgets.clauses_sheet import SheetRow, SheetText
from agentdesk.tui.widgets.lines import Line, line, safe

CALL = "call:"
"""Begins the target of a row that leads to a call."""

_OWN = frozenset(
    {"summary", "surname", "title", "name", "number", "category", "severity", "tier", "priority"}
)
"""Fields that stand in the head already."""

HISTORY = 30
"""Moments that are shown, the latest first."""


class Detail(Struct, frozen=True):
    """What was read of one order."""

    card: TicketCard
    moments: tuple[TicketMoment, ...]

    @property
    def ticket(self) -> Ticket:
        """The order."""
        return self.card.ticket


ABOVE_CLOCKS = 5
"""Rows of an order's head above its clocks."""


def head_lines(item: Item, detail: Detail | None, view: View, width: int) -> list[Line]:
    """Who and what, in a few fixed rows, then the clocks."""
    s = view.s
    number = ""
    owner = s("board.owner", owner=item.owner) if item.owner else ""
    if detail is not None:
        ticket = detail.ticket
        number = view.number(ticket.number)
        owner = s("board.owner", owner=ticket.owner)
        if ticket.first_owner != ticket.owner:
            owner += "  " + s("board.owner.first", owner=ticket.first_owner)
    level = f"  P{item.level}" if item.level else ""
    rows = [
        line((item.code[-CODE:], "accent"), (f"  {safe(item.what)}{level}", "quiet")),
        line((fit(safe(item.who), width - 14), "bright bold"), (f"  {number}", "text")),
        line((fit(safe(owner), width), "quiet")),
    ]
    if item.kind is Kind.TICKET:
        rows += [BLANK, heading(s("board.clocks"))]
        rows += clock_lines(detail.card.clocks, view, width) if detail else []
    return rows


def ticked(lines: Sequence[Line], detail: Detail, view: View, width: int) -> list[Line]:
    """The head of the same order a moment later: only its clocks have gone on."""
    return [*lines[:ABOVE_CLOCKS], *clock_lines(detail.card.clocks, view, width)]


def sheet_rows(detail: Detail, view: View, width: int) -> list[SheetRow]:
    """Everything else, to be read."""
    text = SheetText(width)
    ticket, card, s = detail.ticket, detail.card, view.s
    for part in _paragraphs(ticket):
        text.ruled(part)
    _gaps(text, card, s)
    _why(text, card, view)
    _open_ends(text, ticket, view)
    _fields(text, ticket, card.pack, view)
    _links(text, ticket, s)
    _course(text, detail, view)
    return text.rows


def _paragraphs(ticket: Ticket) -> list[str]:
    names = ("summary", "content", "matter", "note")
    texts = dict.fromkeys(ticket.values.get(name, "").strip() for name in names)
    return [text for text in texts if text]


def _gaps(text: SheetText, card: TicketCard, s: Strings) -> None:
    if card.gaps:
        names = s("sla.list").join(field_name(card.pack, key, s) for key in card.gaps)
        text.gap()
        _hung(text, "▲ ", s("board.gaps", count=len(card.gaps), fields=names), "bad")
    if card.read_back:
        text.gap()
        _hung(text, "◐ ", s("board.read_back"), "warn")


def _hung(text: SheetText, glyph: str, words: str, role: str) -> None:
    for number, part in enumerate(wrap(safe(words), text.width - 2)):
        text.row((glyph if number == 0 else "  ", role), (part, role))


def field_name(pack: Pack, key: str, s: Strings) -> str:
    """What a field is called."""
    found = pack.form_field(key)
    if found is not None:
        return found.title.get(s.language)
    return word_of("board.field", key, s)


def _why(text: SheetText, card: TicketCard, view: View) -> None:
    first = [clock for clock in card.clocks if clock.running][:1]
    if not first:
        return
    text.heading(view.s("board.why"))
    for each in why_lines(first, view, text.width):
        text.row(*each.pieces)


def _open_ends(text: SheetText, ticket: Ticket, view: View) -> None:
    """What others or we ourselves still owe."""
    s = view.s
    rows: list[tuple[str, str, str]] = []
    for form in ticket.forms_out:
        sent = _moment(form.sent_at, view)
        rows.append(("◐ ", s("board.form.out", department=form.department, at=sent), "warn"))
    for owed in ticket.owed:
        rows.append(("◐ ", s("board.owes.call", rule=owed.rule), "warn"))
    for wrong in ticket.corrections_open:
        rows.append(("▲ ", s("board.owes.correction", wrong=wrong.wrong), "bad"))
    for pause in ticket.pauses:
        if pause.end is None:
            reason = word_of("ticket.pause", pause.reason, s)
            rows.append(
                (
                    "‖ ",
                    s("board.paused.since", reason=reason, at=_moment(pause.start, view)),
                    "quiet",
                )
            )
    if ticket.result:
        told = s("board.told" if ticket.told else "board.told.not")
        rows.append(("✓ " if ticket.told else "◐ ", f"{ticket.result}  {told}", "text"))
    if ticket.nudges:
        last = ticket.nudges[-1]
        words = s(
            "board.nudges", count=len(ticket.nudges), whom=last.whom, at=_moment(last.at, view)
        )
        rows.append(("· ", words, "text"))
    if rows:
        text.heading(s("board.ends"))
        for glyph, words, role in rows:
            _hung(text, glyph, words, role)


def _fields(text: SheetText, ticket: Ticket, pack: Pack, view: View) -> None:
    shown = {
        key: value
        for key, value in known(ticket).items()
        if key in ticket.values and key not in _OWN and key not in ("content", "matter", "note")
    }
    if not shown:
        return
    s = view.s
    text.heading(s("board.fields"))
    names = {key: fit(field_name(pack, key, s), 12) for key in shown}
    column = max(cell_len(name) for name in names.values()) + 2
    for key, value in shown.items():
        masked = mask_phone(value) if "phone" in key or "number" in key else value
        masked = word_of(f"board.{key}", masked, s) if key in ("network", "channel") else masked
        for number, part in enumerate(wrap(safe(masked), text.width - column)[:4]):
            lead = names[key] if number == 0 else ""
            text.row((lead + " " * (column - cell_len(lead)), "quiet"), (part, "text"))


def _links(text: SheetText, ticket: Ticket, s: Strings) -> None:
    if ticket.calls:
        text.heading(s("board.calls"), str(len(ticket.calls)))
        for call in ticket.calls:
            text.row(
                ("  → ", "accent"),
                (s("board.call", code=call[-CODE:]), "accent"),
                target=f"{CALL}{call}",
            )


def _course(text: SheetText, detail: Detail, view: View) -> None:
    text.heading(view.s("board.course"))
    pack = detail.card.pack
    for moment in reversed(detail.moments[-HISTORY:]):
        when = _moment(moment.at, view)
        words = moment_words(moment, pack, view.s)
        by = moment.actor
        lead = f"{when} {by}  " if by else f"{when}  "
        indent = min(cell_len(lead), 14)
        parts = wrap(safe(lead + words), text.width)
        rest = wrap(safe((lead + words)[len(parts[0]) :]), text.width - 2) if len(parts) > 1 else []
        head = parts[0]
        text.row((head[: len(lead)], "quiet"), (head[len(lead) :], "text"))
        for part in rest[:3]:
            text.row((" " * min(2, indent), "quiet"), (part.strip(), "text"))


def _moment(at: datetime, view: View) -> str:
    """``14:20`` today, ``03-09 14:20`` before."""
    local = at.astimezone(view.zone)
    today = view.now.astimezone(view.zone).date()
    return f"{local:%H:%M}" if local.date() == today else f"{local:%m-%d %H:%M}"


def moment_words(moment: TicketMoment, pack: Pack, s: Strings) -> str:
    """One entry of the course in words; an unknown kind is shown by its name."""
    key = f"event.{moment.kind}"
    if key not in s:
        return moment.kind
    params: Mapping[str, object] = moment.params
    values = {name: _text(params.get(name)) for name in _NAMED}
    changed = params.get("set")
    fields = changed if isinstance(changed, Mapping) else {}
    values["fields"] = s("sla.list").join(_changed(fields, pack, s))
    taken = params.get("taken")
    names = [field_name(pack, str(key), s) for key in taken] if isinstance(taken, Mapping) else []
    values["taken"] = s("board.taken", fields=s("sla.list").join(names)) if names else ""
    values["owner"] = _text(fields.get("owner")) or values["owner"]
    values["call"] = values["call"][-CODE:]
    values["mark"] = word_of("ticket.mark", values["mark"], s)
    values["how"] = word_of("board.told", values["how"], s)
    clock_id = values["key"].partition("/")[0]
    clock = next((item for item in pack.provisions if item.id == clock_id), None)
    values["key"] = clock.title.get(s.language) if clock is not None else clock_id
    if moment.kind == "ticket.paused":
        values["reason"] = word_of("ticket.pause", values["reason"], s)
    if moment.kind == "ticket.undone":
        values["acts"] = act_names(params.get("kinds"), s)
    if moment.kind == "ticket.guarded":
        values["guard"] = guard_words(values["guard"], params, pack, s)
    return " ".join(s(key, **values).split())


def _changed(fields: Mapping[object, object], pack: Pack, s: Strings) -> list[str]:
    """Names of the fields that were set; those that were emptied say so."""
    names = {str(key): value for key, value in fields.items() if not str(key).startswith("_")}
    return [
        s("board.emptied", field=field_name(pack, key, s)) if value == "" else found
        for key, value in names.items()
        if (found := field_name(pack, key, s))
    ]


def act_names(kinds: object, s: Strings) -> str:
    """What acts of some kinds are called."""
    names = kinds if isinstance(kinds, list) else []
    short = (str(kind).removeprefix("ticket.") for kind in names)
    return s("sla.list").join(word_of("ticket.act", kind, s) for kind in short)


def guard_words(guard: str, params: Mapping[str, object], pack: Pack, s: Strings) -> str:
    """What a guard advises."""
    key = f"guard.{guard}"
    if key not in s:
        return guard
    fields = params.get("fields")
    values = {name: _text(params.get(name)) for name in ("wrong", "count", "department")}
    names = (field_name(pack, str(each), s) for each in fields) if _is_list(fields) else ()
    return s(key, **values, fields=s("sla.list").join(names)).rstrip("：: ")


def _is_list(value: object) -> TypeGuard[list[object]]:
    return isinstance(value, list)


_NAMED: tuple[str, ...] = (
    "department",
    "name",
    "assignee",
    "result",
    "reason",
    "whom",
    "text",
    "key",
    "band",
)
_NAMED += ("wrong", "right", "guard", "mark", "owner", "from", "call", "how")


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def owed_rows(item: Item, view: View, width: int, keys: Sequence[str]) -> list[SheetRow]:
    """What there is to say of a promise, a callback or a reminder."""
    text = SheetText(width)
    if item.title:
        text.ruled(item.title)
    for part in item.script:
        text.gap()
        text.text(part)
    text.gap()
    for key in keys:
        text.text(key, "quiet")
    if item.call_id:
        text.heading(view.s("board.calls"))
        text.row(
            ("  → ", "accent"),
            (view.s("board.call", code=item.call_id[-CODE:]), "accent"),
            target=f"{CALL}{item.call_id}",
        )
    return text.rows
