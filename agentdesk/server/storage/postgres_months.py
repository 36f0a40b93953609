"""Partitions of the journal: ids begin with the time they were made at, so a month of them is a
range. A unique index must hold the partition key, which ids are and sequences are not.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any

from psycopg import Connection, errors
from psycopg.sql import SQL, Identifier, Literal

AHEAD = 3
"""Months made in advance."""

_MADE = SQL("CREATE TABLE IF NOT EXISTS {name} PARTITION OF event FOR VALUES FROM ({a}) TO ({b})")
_log = logging.getLogger("agentdesk.server")


def month_of(at: int) -> int:
    """Months since the year 0, of an instant in milliseconds since 1970."""
    moment = datetime.fromtimestamp(min(max(at, 0), 253_370_764_800_000) / 1000, UTC)
    return moment.year * 12 + moment.month - 1


def least_id(month: int) -> bytes:
    """The least id made in a month or later."""
    begins = datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC)
    return (int(begins.timestamp()) * 1000).to_bytes(6, "big") + bytes(10)


def make_months(db: Connection[Any], month: int) -> bool:
    """Make the partitions of a month, the one before and those to come, inside a transaction.

    Returns:
        False if one could not be made now. Ids of that time then go where all others are,
        which is slower to look through and loses nothing.
    """
    # Somebody who left a transaction open elsewhere may hold the table: nobody waits for them.
    db.execute("SET LOCAL lock_timeout = '200ms'")
    try:
        for each in range(month - 1, month + AHEAD + 1):
            name = f"event_{each // 12:04d}_{each % 12 + 1:02d}"
            statement = _MADE.format(
                name=Identifier(name), a=Literal(least_id(each)), b=Literal(least_id(each + 1))
            )
            with db.transaction():
                db.execute(statement)
    except (errors.InsufficientPrivilege, errors.CheckViolation, errors.LockNotAvailable) as no:
        # Not the owner; ids of that time are there already; held by somebody.
        _log.warning("no partition %s: %s", name, str(no).partition("\n")[0])
        return False
    finally:
        db.execute("SET LOCAL lock_timeout = '10s'")
    return True
