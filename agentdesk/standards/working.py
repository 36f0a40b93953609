"""The centre's calendars: its hours from the settings, China's public days from the notices."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from agentdesk.config.model import Hours, Spans
from agentdesk.domain.sla.calendar import Calendar
from agentdesk.domain.sla.china import with_china
from agentdesk.domain.sla.clocks import Settings
from agentdesk.errors import AgentdeskError
from agentdesk.standards import holidays


def settings_of(
    hours: Hours, timezone: str, data_dir: Path, seconds_per_ring: int = 5
) -> tuple[Settings, tuple[AgentdeskError, ...]]:
    """What time limits are counted by, and imported notices that cannot be used.

    Args:
        timezone: IANA name of the zone the hours are in.
        data_dir: where imported notices are kept; they win over those that are shipped.

    Raises:
        SlaError: this machine does not know the zone (``sla.zone``).
    """
    data: Mapping[str, object] = {
        "timezone": timezone,
        "hours": {day: _pairs(spans) for day, spans in hours.week.items()},
    }
    problems: tuple[AgentdeskError, ...] = ()
    if hours.public_holidays:
        known, problems = holidays.china(data_dir)
        data = with_china(data, known)
    settings = Settings(
        Calendar.from_dict(data),
        visiting=Calendar.daily(timezone, _pairs(hours.visiting)),
        ring=timedelta(seconds=seconds_per_ring),
    )
    return settings, problems


def _pairs(spans: Spans) -> list[list[str]]:
    return [list(span) for span in spans]
