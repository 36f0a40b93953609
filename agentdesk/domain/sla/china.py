"""The public holidays of China in a working calendar."""

from __future__ import annotations

from collections.abc import Mapping

from agentdesk.domain.calendar_cn import China
from agentdesk.domain.sla import reading
from agentdesk.errors import SlaError


def with_china(data: Mapping[str, object], china: China) -> dict[str, object]:
    """The mapping of a calendar with the public calendar filled in.

    Days off become holidays. Make-up days (补班) are worked as the weekday most like them: the
    hours of Monday, else of the first day that has any. What the mapping says of a date itself
    wins. ``published`` names the years that are known, so that ``Calendar.unpublished`` can
    warn of the others.

    Args:
        data: as for ``Calendar.from_dict``; only ``hours`` must make sense already.

    Raises:
        SlaError: ``hours``, ``holidays`` or ``extra_workdays`` is of another kind.
    """
    hours = data.get("hours") or {}
    own = data.get("extra_workdays") or {}
    closed = data.get("holidays") or []
    if not isinstance(hours, Mapping):
        raise SlaError(
            "sla.type", field="hours", value=reading.brief(hours), expected='{"mon": […]}'
        )
    if not isinstance(own, Mapping):
        raise SlaError("sla.type", field="extra_workdays", value=reading.brief(own), expected="{…}")
    if not isinstance(closed, (list, tuple)):
        raise SlaError("sla.type", field="holidays", value=reading.brief(closed), expected="[…]")
    usual: object = next((hours[day] for day in reading.DAYS if hours.get(day)), [])
    made_up: dict[object, object] = {}
    holidays: list[object] = list(closed)
    taken = {str(day) for day in closed}
    for day in china.days():
        if day.is_off_day:
            holidays.append(day.date.isoformat())
        elif day.date.isoformat() not in taken:
            made_up[day.date.isoformat()] = usual
    return {
        **data,
        "holidays": holidays,
        "extra_workdays": {**made_up, **own},
        "published": sorted(china.years),
    }
