"""Everything somebody wrote in an event, by the names of its fields: what was not accepted is
kept, and can be read and written again. Codes and ids are left out, customers' numbers masked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from agentdesk.desk.remote_views import Held
from agentdesk.domain.pack import Pack
from agentdesk.domain.text import mask_phone
from agentdesk.tui.panels.common import View
from agentdesk.tui.panels.today import field_title

# fmt: off
_CODES = frozenset({
    "at", "band", "by", "call", "cause", "correction", "direction", "disposition",
    "external_id", "form", "guard", "how", "key", "language", "level", "line", "mark",
    "network", "outcome", "pack", "pause", "promise", "requirement", "role", "rule", "severity",
    "source", "state", "team", "tier", "upset", "where",
})
# fmt: on
"""Names of values that are ids and codes, not words of a person; the sentence over them says what
they mean."""
_CODES_OF = {
    "escalation.raised": frozenset({"reason"}),
    "ticket.paused": frozenset({"reason"}),
    "ticket.followup": frozenset({"result"}),
}
"""Names that are words elsewhere and codes in these kinds of events."""
_NUMBERS = frozenset({"number", "phone"})


def kept_texts(held: Held, view: View, pack: Pack) -> list[tuple[str, str]]:
    """What a person wrote in an event: title of the field, text. A name nobody knows, of an
    event from a newer console, is shown as it came.
    """
    codes = _CODES | _CODES_OF.get(held.kind, frozenset())
    return [
        (_title(name, view, pack), _shown(name, text, pack, view))
        for name, text in _texts(held.body)
        if name not in codes and not _is_flag(name, pack)
    ]


def _texts(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in body.items():
        if name in ("set", "values") and isinstance(value, Mapping):
            yield from _texts(value)
        elif isinstance(value, str) and value.strip():
            yield str(name), value


def _is_flag(name: str, pack: Pack) -> bool:
    field = pack.form_field(name)
    return field is not None and field.kind == "flag"


def _shown(name: str, text: str, pack: Pack, view: View) -> str:
    field = pack.form_field(name)
    if name in _NUMBERS or (field is not None and (field.sensitive or field.kind == "phone")):
        return mask_phone(text)
    if name == "category" and (found := pack.category(text)) is not None:
        return found.title.get(view.s.language)
    return text


def _title(name: str, view: View, pack: Pack) -> str:
    key = f"kept.{name}"
    return view.s(key) if key in view.s else field_title(name, view, pack)
