"""The settings, typed. What each key means stands here, once.

Keys the first start asks for (and a few a seat may set later on screen) are ``None`` when
neither file, environment nor flag sets them: then what the store remembers counts. See
:meth:`Config.with_stored`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time, tzinfo
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from agentdesk.config.remote import Server
from agentdesk.domain.zones import zone_of

LANGUAGE_DEFAULT = "zh-CN"
THEME_DEFAULT = "dark"
PACK_DEFAULT = "F6"
TIMEZONE_DEFAULT = "Asia/Shanghai"


class Agent(Struct, frozen=True):
    """``[agent]``: who sits at this seat."""

    no: str | None = None
    """Work number, spoken in greetings; kept as text because leading zeros count."""
    name: str | None = None
    """Name, for packs whose greeting says it."""


class Shift(Struct, frozen=True):
    """``[shift]``: the shift of this seat, local time. An end before the start is next day."""

    start: time | None = None
    """First minute of the shift, ``"08:00"``."""
    end: time | None = None
    """End of the shift, ``"17:00"``."""


class Ring(Struct, frozen=True):
    """``[ring]``: how the phone rings."""

    seconds_per_ring: int = 5
    """Seconds one ring lasts, for standards that count rings."""


class Typing(Struct, frozen=True):
    """``[typing]``: how text is kept."""

    save_after_ms: int = 300
    """Milliseconds without a key after which what was typed is saved."""


class Push(Struct, frozen=True):
    """``[push]``: the door a phone system knocks at, on this machine only."""

    enabled: bool = True
    """Whether calls may be pushed to the running console."""
    host: str = "127.0.0.1"
    """Address to listen on; only a loopback address is accepted."""
    port: int = 0
    """Port to listen on; 0 takes any free one (``agentdesk ring`` finds it by itself)."""
    rate_per_minute: int = 120
    """Requests accepted in a minute."""


Spans = tuple[tuple[str, str], ...]
"""Intervals of a day: opens and closes, ``("09:00", "18:00")``; 24:00 closes a day."""


class Hours(Struct, frozen=True):
    """``[hours]``: when the centre works, for time limits that depend on it.

    Limits in minutes and hours run around the clock unless their standard says otherwise.
    """

    week: Mapping[str, Spans] = field(
        default_factory=lambda: dict.fromkeys(
            ("mon", "tue", "wed", "thu", "fri"), (("09:00", "18:00"),)
        )
    )
    """Weekday -> its working hours, for limits in working days; what is missing is free."""
    visiting: Spans = (("08:00", "20:00"),)
    """When customers may be visited, every day (C5-F22-install-24h)."""
    public_holidays: bool = True
    """Whether China's public calendar counts: days off are free, make-up days are worked."""


class Config(Struct, frozen=True):
    """All settings of one run."""

    language: str | None = None
    """Interface language: ``"zh-CN"`` or ``"en"``."""
    theme: str | None = None
    """Colours: ``"dark"``, ``"light"`` or ``"contrast"``."""
    pack: str | None = None
    """Id of the service standard, for example ``"F6"``; own packs lie in ``packs/``."""
    company: str | None = None
    """Name the greeting says."""
    timezone: str = TIMEZONE_DEFAULT
    """IANA name of the time zone of shifts, greetings and clocks."""
    mouse: bool = True
    """Whether the mouse works."""
    agent: Agent = Agent()
    shift: Shift = Shift()
    ring: Ring = Ring()
    typing: Typing = Typing()
    push: Push = Push()
    server: Server = Server()
    hours: Hours = Hours()
    queues: Mapping[str, str] = field(default_factory=dict)
    """``[queues]``: queue name -> id of the standard its calls are answered by."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """``[keys]``: command id -> keys, comma-separated; ``agentdesk keys`` prints both."""
    source: Path | None = None
    """The file that was read, if there was one."""
    lines: Mapping[str, int] = field(default_factory=dict)
    """Dotted key -> line in ``source``, for errors found later (unknown command ids)."""

    def zone(self) -> tzinfo:
        """The time zone. China's works without a time zone database too: it has no DST."""
        return zone_of(self.timezone)

    def with_stored(self, stored: Mapping[str, object]) -> Config:
        """Fill what is unset from what the store remembers, then language, theme and pack
        from their defaults.

        Args:
            stored: of ``language``, ``theme``, ``pack``, ``company``, ``agent_no``,
                ``agent_name``, ``shift_start`` and ``shift_end`` (``"08:00"``) those known.
        """

        def known(name: str) -> str | None:
            value = stored.get(name)
            return value if isinstance(value, str) and value else None

        def at(name: str) -> time | None:
            value = known(name)
            return time.fromisoformat(value) if value else None

        return replace(
            self,
            language=self.language or known("language") or LANGUAGE_DEFAULT,
            theme=self.theme or known("theme") or THEME_DEFAULT,
            pack=self.pack or known("pack") or PACK_DEFAULT,
            company=self.company or known("company"),
            agent=Agent(
                no=self.agent.no or known("agent_no"),
                name=self.agent.name or known("agent_name"),
            ),
            shift=Shift(
                start=at("shift_start") if self.shift.start is None else self.shift.start,
                end=at("shift_end") if self.shift.end is None else self.shift.end,
            ),
        )
