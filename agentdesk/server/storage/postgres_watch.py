"""What putting a copy back of a PostgreSQL journal needs to ask and say beside the tools."""

from __future__ import annotations

from collections.abc import Iterable

import psycopg
from psycopg.sql import SQL, Identifier

from agentdesk.errors import StoreError

_OTHERS = """
SELECT pid FROM pg_stat_activity
WHERE datname = current_database() AND application_name = 'agentdesk' AND pid <> pg_backend_pid()
LIMIT 1
"""


def others(dsn: str) -> int:
    """Process id of one connection of another agentdesk, 0 for none.

    Raises:
        StoreError: the database cannot be reached.
    """
    try:
        with psycopg.connect(dsn, application_name="agentdesk-admin") as db:
            row = db.execute(_OTHERS).fetchone()
    except psycopg.Error as error:
        raise StoreError("store.failed", path="postgresql", detail=type(error).__name__) from error
    return 0 if row is None else int(row[0])


def dropping(tables: Iterable[str]) -> str:
    """Statements that remove some tables, for ``psql``.

    ``pg_restore --clean`` cannot: it stumbles over the constraints that partitions inherit.
    """
    statement = SQL("DROP TABLE IF EXISTS public.{} CASCADE;")
    return "\n".join(statement.format(Identifier(table)).as_string(None) for table in tables) + "\n"
