"""Today's calls, one row each, and one call's timeline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from agentdesk.desk.snapshot import Moment
from agentdesk.domain.moments import from_ms
from agentdesk.domain.pack import Pack
from agentdesk.strings import Strings
from agentdesk.tui.cells import fit, pad, wrap
from agentdesk.tui.panels.common import View, minutes_words, span
from agentdesk.tui.panels.strip import category_name
from agentdesk.tui.widgets.lines import Line, line

if TYPE_CHECKING:
    from agentdesk.store.rows import CallRow

_PHASE = {
    "offered": ("◐", "warn"),
    "talking": ("●", "good"),
    "held": ("‖", "warn"),
    "wrap_up": ("◐", "accent"),
    "closed": ("✓", "quiet"),
    "missed": ("▲", "bad"),
}


def call_line(row: CallRow, view: View, pack: Pack, width: int, selected: bool) -> Line:
    """One call as a row of the list."""
    s = view.s
    glyph, role = _PHASE.get(row.phase or "", ("○", "quiet"))
    missing = len(row.missing)
    if row.phase == "closed" and missing:
        glyph, role = "○", "warn"
    fill = "on-selected" if selected else ""
    began = view.clock(from_ms(row.offered_at)) if row.offered_at is not None else "--:--"
    category = pack.category(row.category)
    kind = category.title.get(s.language) if category else ""
    state = s("call.incomplete.item", count=missing) if missing else s(f"phase.{row.phase}")
    wide = width >= 70
    pieces = [
        (f"{glyph} ", role),
        (f"{began}  ", "quiet"),
        (pad(row.customer or s("call.who.none"), 14 if wide else 10), "bright"),
        (pad(view.number(row.number or ""), 14), "text"),
        (pad(kind, 10), "text"),
        (pad(state, 10), role if missing or role == "bad" else "quiet"),
        (pad(_length(row), 7, right=True) + "  ", "quiet"),
    ]
    used = 2 + 7 + (14 if wide else 10) + 14 + 10 + 10 + 9
    note = " ".join((row.note or "").split())
    pieces.append((fit(note, max(0, width - used)), "text"))
    return line(*pieces, fill=fill)


def _length(row: CallRow) -> str:
    if row.answered_at is None or row.ended_at is None:
        return ""
    return span(from_ms(row.ended_at) - from_ms(row.answered_at))


def timeline_lines(moments: Sequence[Moment], view: View, pack: Pack, width: int) -> list[Line]:
    """A call's timeline, oldest first."""
    lines: list[Line] = []
    for moment in moments:
        clock = moment.at.astimezone(view.zone).strftime("%H:%M:%S")
        text = moment_text(moment, view, pack)
        for number, part in enumerate(wrap(text, max(10, width - 10))):
            stamp = f"{clock}  " if number == 0 else " " * 10
            lines.append(line((stamp, "quiet"), (part, "text" if number == 0 else "quiet")))
    return lines


def moment_text(moment: Moment, view: View, pack: Pack) -> str:
    """One entry in words; whatever the data lacks is left empty."""
    s = view.s
    p = moment.params
    key = f"event.{moment.kind}"
    if key not in s:
        return moment.kind
    level = next((x.title.get(s.language) for x in pack.levels if x.key == p.get("level")), "")
    known = {
        "number": view.number(str(p.get("number", ""))) if "number" in p else "",
        "name": str(p.get("name", "")),
        "to": str(p.get("to", "")),
        "by": _word(s, "by", p.get("by")) or str(p.get("by", "")),
        "text": str(p.get("text", "")),
        "requirement": _requirement(str(p.get("requirement", "")), view, pack),
        "kind": _kind(str(p.get("category", "")), s),
        "phrase": str(p.get("phrase", "")),
        "outcome": _word(s, "outcome", p.get("outcome")),
        "reason": str(p.get("reason", "")),
        "guard": _guard(str(p.get("guard", "")), view),
        "field": field_title(str(p.get("field", "")), view, pack),
        "disposition": _disposition(str(p.get("disposition", "")), view, pack),
        "fields": _fields(p.get("set"), p.get("from"), view, pack),
        "length": _minutes(p.get("minutes"), s),
        "state": _state(p.get("set"), view),
        "level": level or str(p.get("level", "")),
        "proposal": str(p.get("proposal", "")),
    }
    return s(key, **known)


def _minutes(value: object, s: Strings) -> str:
    return minutes_words(value, s) if isinstance(value, int) else str(value or "")


def _kind(category: str, s: Strings) -> str:
    return category_name(category, s) if category else s("call.phrase.any")


def _word(s: Strings, area: str, value: object) -> str:
    key = f"{area}.{value}"
    return s(key) if key in s else ""


def _requirement(key: str, view: View, pack: Pack) -> str:
    found = next((item for item in pack.requirements if item.id == key), None)
    return found.title.get(view.s.language) if found else key


def _guard(key: str, view: View) -> str:
    name = f"guard.{key}"
    return view.s(name, hung_up="", silent="") if name in view.s else key


def field_title(key: str, view: View, pack: Pack) -> str:
    """A field's name for people."""
    found = pack.form_field(key)
    if found is not None:
        return found.title.get(view.s.language)
    name = f"call.field.{key}"
    return view.s(name) if name in view.s else key


def _disposition(key: str, view: View, pack: Pack) -> str:
    found = next((item for item in pack.dispositions if item.key == key), None)
    return found.title.get(view.s.language) if found else key


def _fields(changes: object, source: object, view: View, pack: Pack) -> str:
    """Names of what was set; what was taken over from the caller's number says so."""
    if not isinstance(changes, dict):
        return ""
    taken = source if isinstance(source, dict) else {}
    names = ((key, field_title(str(key), view, pack)) for key in changes)
    return view.s("sla.list").join(
        view.s("call.taken.from", field=name) if key in taken else name for key, name in names
    )


def _state(changes: object, view: View) -> str:
    value = changes.get("state") if isinstance(changes, dict) else None
    return _word(view.s, "state", value)
