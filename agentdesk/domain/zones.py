"""Time zones by name, also on a machine that has no time zone database.

Python reads zones from the system or from the ``tzdata`` package; a bare Windows or a small
container has neither. China has had one offset without summer time since 1991, so its zone
can be had without, and so can UTC.
"""

from __future__ import annotations

from datetime import UTC, timedelta, timezone, tzinfo

CHINA = "Asia/Shanghai"
_KNOWN: dict[str, tzinfo] = {CHINA: timezone(timedelta(hours=8), CHINA), "UTC": UTC}


def zone_of(name: str) -> tzinfo:
    """The zone of an IANA name.

    Raises:
        KeyError: there is no such zone, or no database to look it up in (see :func:`has_zones`).
        ValueError: the name is none at all (a path).
    """
    # It looks through the interpreter's configuration, which takes milliseconds.
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except OSError as error:  # a folder of the database
        raise KeyError(name) from error
    except KeyError:
        found = _KNOWN.get(name)
        if found is None:
            raise
        return found


def has_zones() -> bool:
    """Whether this machine has a time zone database."""
    from zoneinfo import available_timezones

    return bool(available_timezones())
