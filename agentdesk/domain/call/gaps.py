"""What a call's record still lacks: must-fill fields and the disposition."""

from __future__ import annotations

from agentdesk.domain.call.state import Call
from agentdesk.domain.call.taken import taken_over
from agentdesk.domain.pack import Pack


def category_gaps(call: Call, pack: Pack) -> tuple[str, ...]:
    """Field keys the call's category demands and the card does not have.

    Without a category the gap is ``category`` itself. The caller's number is the contact
    number until another is given.
    """
    category = pack.category(call.values.get("category"))
    if category is None:
        return ("category",) if pack.categories else ()
    known = {**call.values, **taken_over(call.values, call.number, pack)}
    return tuple(key for key in category.required if not known.get(key, "").strip())


def gaps(call: Call, pack: Pack, disposition: str = "") -> tuple[str, ...]:
    """All gaps that wrap-up lists once, the disposition last."""
    found = category_gaps(call, pack)
    if pack.dispositions and not (disposition or call.disposition):
        found = (*found, "disposition")
    return found
