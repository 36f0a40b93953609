"""Every statement of the PostgreSQL journal, put together once from constants."""

from __future__ import annotations

from functools import cache

from agentdesk.server.storage import schema
from agentdesk.store.project import COLUMNS

LOCK_KEY = 0x61676E746465736B  # "agntdesk"; advisory locks are per database
CHANNEL = "agentdesk"

WIRE = ", ".join(f"e.{name}" for name in schema.EVENT[:-1])

TABLES = (
    """
    CREATE TABLE event (
        seq bigint NOT NULL,
        scope text NOT NULL,
        eff bigint NOT NULL,
        verdict text NOT NULL,
        id bytea NOT NULL PRIMARY KEY,
        txn bytea NOT NULL,
        kind text NOT NULL,
        v integer NOT NULL,
        entity text NOT NULL,
        entity_id text NOT NULL,
        hlc bigint NOT NULL,
        actor text NOT NULL,
        install text NOT NULL,
        body text NOT NULL,
        prev bytea,
        reason text NOT NULL,
        role text NOT NULL,
        recv_at bigint NOT NULL,
        sha bytea NOT NULL
    ) PARTITION BY RANGE (id)
    """,
    # Seats with wrong clocks make ids of any time.
    "CREATE TABLE event_other PARTITION OF event DEFAULT",
    "CREATE INDEX event_scope ON event (scope, seq)",
    "CREATE INDEX event_entity ON event (entity, entity_id)",
    # Rows come in the order of their sequence; a sketch of each block finds them.
    "CREATE INDEX event_seq ON event USING brin (seq) WITH (autosummarize = on)",
    """
    CREATE TABLE link (
        n bigint NOT NULL PRIMARY KEY, seq bigint NOT NULL, count integer NOT NULL,
        hash bytea NOT NULL, at bigint NOT NULL
    )
    """,
    """
    CREATE TABLE purged (
        seq bigint NOT NULL PRIMARY KEY, scope text NOT NULL, id bytea NOT NULL UNIQUE,
        sha bytea NOT NULL, at bigint NOT NULL
    )
    """,
    "CREATE TABLE install (id text NOT NULL PRIMARY KEY, seat text NOT NULL, last_eff bigint NOT "
    "NULL)",
    "CREATE TABLE epoch (id text NOT NULL PRIMARY KEY, created bigint NOT NULL, note text NOT "
    "NULL)",
    "CREATE TABLE horizon (scope text NOT NULL PRIMARY KEY, seq bigint NOT NULL)",
    "CREATE TABLE parked (event_id bytea NOT NULL PRIMARY KEY, reason text NOT NULL)",
    "CREATE TABLE meta (name text NOT NULL PRIMARY KEY, value text NOT NULL)",
    "CREATE TABLE kept (kind text NOT NULL, key text NOT NULL, value text NOT NULL, "
    "PRIMARY KEY (kind, key))",
)
"""Version 1 of the journal."""

COPY = f"COPY event ({', '.join(schema.EVENT)}) FROM STDIN (FORMAT BINARY)"
TYPES = (
    "int8",
    "text",
    "int8",
    "text",
    "bytea",
    "bytea",
    "text",
    "int4",
    "text",
    "text",
    "int8",
    "text",
    "text",
    "text",
    "bytea",
    "text",
    "text",
    "int8",
    "bytea",
)
LINK = "INSERT INTO link (n, seq, count, hash, at) VALUES (%s, %s, %s, %s, %s)"
HEAD = "SELECT n, seq, count, hash, at FROM link ORDER BY n DESC LIMIT 1"
LINKS = "SELECT n, seq, count, hash, at FROM link WHERE n > %s ORDER BY n LIMIT %s"
# Lists travel as JSON, which takes a tenth of the time of an array. Each of them is looked up
# through the index, whatever the planner thinks of it (OFFSET 0): joined freely, a plan kept from
# when the journal was small reads the whole of it for every group.
KNOWN = f"""
SELECT {WIRE} FROM json_array_elements_text(%s::json) AS k(id)
CROSS JOIN LATERAL (SELECT * FROM event AS one WHERE one.id = decode(k.id, 'hex') OFFSET 0) AS e
"""
AMONG = "SELECT id FROM event WHERE id BETWEEN %s AND %s ORDER BY id LIMIT %s"
GONE = """
SELECT p.id FROM json_array_elements_text(%s::json) AS k(id) JOIN purged AS p
ON p.id = decode(k.id, 'hex')
"""
AMONG_GONE = "SELECT id FROM purged WHERE id BETWEEN %s AND %s ORDER BY id LIMIT %s"
INSTALLS = """
SELECT i.id, i.seat, i.last_eff FROM json_array_elements_text(%s::json) AS k(id)
JOIN install AS i ON i.id = k.id
"""
PUT_INSTALLS = """
INSERT INTO install (id, seat, last_eff)
SELECT r.id, r.seat, r.last_eff FROM json_to_recordset(%s::json)
AS r(id text, seat text, last_eff bigint)
ON CONFLICT (id) DO UPDATE SET seat = excluded.seat, last_eff = excluded.last_eff
"""
PARK = """
INSERT INTO parked (event_id, reason) VALUES (%s, %s)
ON CONFLICT (event_id) DO UPDATE SET reason = excluded.reason
"""
SET_META = """
INSERT INTO meta (name, value) VALUES (%s, %s)
ON CONFLICT (name) DO UPDATE SET value = excluded.value
"""
UNPARKED = "e.verdict = 'ok' AND NOT EXISTS (SELECT 1 FROM parked AS p WHERE p.event_id = e.id)"
ACCEPTED = f"""
SELECT {WIRE} FROM json_to_recordset(%s::json) AS k(entity text, entity_id text)
CROSS JOIN LATERAL (
SELECT * FROM event AS one
WHERE one.entity = k.entity AND one.entity_id = k.entity_id OFFSET 0) AS e
WHERE {UNPARKED} ORDER BY e.seq
"""
PAGE = f"""
SELECT {WIRE} FROM event AS e WHERE e.scope = %s AND e.seq > %s AND e.seq <= %s
ORDER BY e.seq LIMIT %s
"""
TAIL = f"SELECT {WIRE} FROM event AS e WHERE e.seq > %s AND e.seq <= %s ORDER BY e.seq"
SEALED = f"SELECT {WIRE}, e.sha FROM event AS e WHERE e.seq > %s AND e.seq <= %s ORDER BY e.seq"
SEALED_GONE = "SELECT seq, id, sha FROM purged WHERE seq > %s AND seq <= %s ORDER BY seq"
PLACE = """
SELECT 1 FROM event WHERE id = %(id)s AND seq = %(seq)s AND scope = %(scope)s
    AND %(at)s::bigint IN (0, recv_at) UNION ALL
SELECT 1 FROM purged WHERE id = %(id)s AND seq = %(seq)s AND scope = %(scope)s
"""
NEWEST = "SELECT seq, id, recv_at FROM event WHERE scope = %s ORDER BY seq DESC LIMIT 1"
BEFORE = "SELECT seq FROM event WHERE scope = %s AND seq < %s ORDER BY seq DESC LIMIT 1"
FORKS = """
SELECT install, prev FROM event WHERE prev IS NOT NULL GROUP BY install, prev
HAVING count(*) > 1 ORDER BY install, prev
"""
BY_ENTITY = f"SELECT {WIRE} FROM event AS e WHERE {UNPARKED} ORDER BY e.entity, e.entity_id"
OF_KIND = (
    f"SELECT {WIRE} FROM event AS e WHERE {UNPARKED} AND e.entity = %s "
    'ORDER BY e.entity_id COLLATE "C"'
)
STALE = {
    entity: f"""
SELECT e.entity_id FROM event AS e JOIN {entity} AS t ON t.id = e.entity_id
WHERE e.entity = %s AND e.verdict = 'ok' AND t.{column} = ANY(%s)
GROUP BY e.entity_id HAVING max(e.recv_at) < %s ORDER BY e.entity_id COLLATE "C" LIMIT %s
"""
    for entity, (column, _) in schema.FINISHED.items()
}
STALE_REFUSED = "SELECT seq FROM event WHERE verdict <> 'ok' AND recv_at < %s ORDER BY seq LIMIT %s"
DOOMED = """
SELECT e.seq, e.scope, e.id FROM json_to_recordset(%s::json) AS k(entity text, entity_id text)
JOIN event AS e ON e.entity = k.entity AND e.entity_id = k.entity_id
UNION SELECT e.seq, e.scope, e.id FROM event AS e WHERE e.seq = ANY(%s) AND e.verdict <> 'ok'
"""
BURY = """
INSERT INTO purged (seq, scope, id, sha, at)
SELECT seq, scope, id, sha, %s FROM event WHERE id = ANY(%s)
"""
REMOVE = "DELETE FROM event WHERE id = ANY(%s)"
FORGET = "DELETE FROM parked WHERE event_id = ANY(%s)"
HORIZON = """
INSERT INTO horizon (scope, seq) VALUES (%s, %s)
ON CONFLICT (scope) DO UPDATE SET seq = greatest(horizon.seq, excluded.seq)
"""
KEEP = """
INSERT INTO kept (kind, key, value) VALUES (%s, %s, %s)
ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value
"""


def _quoted(table: str) -> str:
    return ", ".join(f'"{name}"' for name in COLUMNS[table])


SELECT = {table: f"SELECT id, {_quoted(table)} FROM {table}" for table in schema.TABLES}
ROW = {table: f"{SELECT[table]} WHERE id = %s" for table in schema.TABLES}
ROWS = {table: f'{SELECT[table]} ORDER BY id COLLATE "C"' for table in schema.TABLES}
CLEAR = {table: f"DELETE FROM {table}" for table in schema.TABLES}
DROP_ROWS = {table: f"DELETE FROM {table} WHERE id = ANY(%s)" for table in schema.TABLES}


@cache
def put(table: str) -> str:
    """The statement that writes rows given as a JSON list of objects."""
    whole = schema.integers(table)
    names = COLUMNS[table]
    types = ", ".join(f'"{name}" {"bigint" if name in whole else "text"}' for name in names)
    sets = ", ".join(f'"{name}" = excluded."{name}"' for name in names)
    return _create_put(table, _quoted(table), types, sets)


# Of constants of this house only, as in the schema.
def _create_put(table: str, names: str, types: str, sets: str) -> str:
    return (
        f"INSERT INTO {table} (id, {names}) SELECT id, {names} "
        f"FROM json_to_recordset(%s::json) AS r(id text, {types}) "
        f"ON CONFLICT (id) DO UPDATE SET {sets}"
    )


APP = tuple(
    f"GRANT {rights} ON {tables} TO {{role}}"
    for rights, tables in (
        ("SELECT, INSERT", "event, link, epoch, purged"),
        ("SELECT, INSERT, UPDATE", "install, meta, horizon"),
        ("SELECT, INSERT, UPDATE, DELETE", ", ".join(("kept", "parked", *schema.TABLES))),
    )
)
"""What the process that takes events in may do: it can change none and remove none."""
READER = tuple(
    f"GRANT SELECT ON {tables} TO {{role}}" for tables in ("event", ", ".join(schema.TABLES))
)
"""What a reporting role may do."""
