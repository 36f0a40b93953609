"""What nobody has to type again: a card's contact number is the caller's until another is given."""

from __future__ import annotations

from collections.abc import Mapping

from agentdesk.domain.pack import Pack

CONTACT = "phone"
"""Key of the contact number (联系电话) in every standard that asks for one."""

NUMBER = "number"
"""Key of the number a call came from; as the source of a field that was taken over."""


def taken_over(values: Mapping[str, str], number: str, pack: Pack) -> dict[str, str]:
    """Fields that were left empty and what stands for them.

    Args:
        values: the card's or the order's fields.
        number: the caller's; empty when nobody knows it.
    """
    category = pack.category(values.get("category"))
    if category is None or not number.strip() or values.get(CONTACT, "").strip():
        return {}
    wanted = CONTACT in (*category.required, *category.optional)
    return {CONTACT: number} if wanted else {}
