"""Every statement of the SQLite journal, put together once from constants, and its rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from msgspec import Raw
from msgspec.structs import astuple

from agentdesk.domain.events import EntityId
from agentdesk.server.storage import schema
from agentdesk.store.inserting import Insert
from agentdesk.store.project import GET, Key
from agentdesk.wire import Stored

_bytes = bytes.fromhex
AT_ONCE = 256  # one prepared statement serves batches of every size
MARKS = ", ".join("?" * AT_ONCE)
WIRE = ", ".join(f"e.{name}" for name in schema.EVENT[:-1])

INTO_EVENT = Insert("event", schema.EVENT)
INSERT = INTO_EVENT.one
LINK = "INSERT INTO link (n, seq, count, hash, at) VALUES (?, ?, ?, ?, ?)"
HEAD = "SELECT n, seq, count, hash, at FROM link ORDER BY n DESC LIMIT 1"
LINKS = "SELECT n, seq, count, hash, at FROM link WHERE n > ? ORDER BY n LIMIT ?"
KNOWN = f"SELECT {WIRE} FROM event AS e WHERE e.id IN ({MARKS})"
AMONG = "SELECT id FROM event INDEXED BY event_id WHERE id BETWEEN ? AND ? LIMIT ?"
GONE = f"SELECT id FROM purged WHERE id IN ({MARKS})"
AMONG_GONE = "SELECT id FROM purged INDEXED BY purged_id WHERE id BETWEEN ? AND ? LIMIT ?"
INSTALLS = f"SELECT id, seat, last_eff FROM install WHERE id IN ({MARKS})"
UNPARKED = "e.verdict = 'ok' AND e.id NOT IN (SELECT event_id FROM parked)"
ACCEPTED = f"""
SELECT {WIRE} FROM json_each(?) AS k CROSS JOIN event AS e
ON e.entity = k.value ->> 0 AND e.entity_id = k.value ->> 1
WHERE {UNPARKED} ORDER BY e.seq
"""
PAGE = f"""
SELECT {WIRE} FROM event AS e WHERE e.scope = ? AND e.seq > ? AND e.seq <= ?
ORDER BY e.seq LIMIT ?
"""
TAIL = f"SELECT {WIRE} FROM event AS e WHERE e.seq > ? ORDER BY e.seq LIMIT ?"
SEALED = f"SELECT {WIRE}, e.sha FROM event AS e WHERE e.seq > ? ORDER BY e.seq LIMIT ?"
SEALED_GONE = "SELECT seq, id, sha FROM purged WHERE seq > ? ORDER BY seq LIMIT ?"
PLACE = """
SELECT 1 FROM event WHERE id = ?1 AND seq = ?2 AND scope = ?3 AND ?4 IN (0, recv_at) UNION ALL
SELECT 1 FROM purged WHERE id = ?1 AND seq = ?2 AND scope = ?3
"""
NEWEST = "SELECT seq, id, recv_at FROM event WHERE scope = ? ORDER BY seq DESC LIMIT 1"
BEFORE = "SELECT seq FROM event WHERE scope = ? AND seq < ? ORDER BY seq DESC LIMIT 1"
FORKS = """
SELECT install, prev FROM event WHERE prev IS NOT NULL GROUP BY install, prev
HAVING count(*) > 1 ORDER BY install, prev
"""
BY_ENTITY = f"SELECT {WIRE} FROM event AS e WHERE {UNPARKED} ORDER BY e.entity, e.entity_id"
OF_KIND = f"SELECT {WIRE} FROM event AS e WHERE {UNPARKED} AND e.entity = ? ORDER BY e.entity_id"
STALE = """
SELECT entity, entity_id FROM event WHERE verdict = 'ok' AND entity = ?
GROUP BY entity, entity_id HAVING max(recv_at) < ? ORDER BY entity_id
"""
STALE_REFUSED = "SELECT seq FROM event WHERE verdict <> 'ok' AND recv_at < ? ORDER BY seq LIMIT ?"
SEQS_OF = """
SELECT e.seq FROM json_each(?) AS k CROSS JOIN event AS e
ON e.entity = k.value ->> 0 AND e.entity_id = k.value ->> 1
"""
COUNT = """
SELECT scope, count(*), max(seq) FROM event WHERE seq IN (SELECT value FROM json_each(?))
GROUP BY scope ORDER BY scope
"""
BURY = """
INSERT INTO purged (seq, scope, id, sha, at)
SELECT seq, scope, id, sha, ? FROM event WHERE seq IN (SELECT value FROM json_each(?))
"""
REMOVE = "DELETE FROM event WHERE seq IN (SELECT value FROM json_each(?))"
FORGET = "DELETE FROM parked WHERE event_id NOT IN (SELECT id FROM event)"
HORIZON = """
INSERT INTO horizon (scope, seq) VALUES (?, ?)
ON CONFLICT (scope) DO UPDATE SET seq = max(seq, excluded.seq)
"""
ROW = {table: f"{GET[table]} WHERE id = ?" for table in schema.TABLES}
ROWS = {table: f"{GET[table]} ORDER BY id" for table in schema.TABLES}
DROP_ROW = {table: f"DELETE FROM {table} WHERE id = ?" for table in schema.TABLES}
SWAP = "UPDATE kept SET value = ?4 WHERE kind = ?1 AND key = ?2 AND value = ?3"
TAKE = "DELETE FROM kept WHERE kind = ? AND key = ? AND value = ?"


def records(
    events: Sequence[Stored], texts: Sequence[str], shas: Sequence[bytes]
) -> list[tuple[Any, ...]]:
    """The rows of events, in the order of ``INSERT``; column by column, a third of the time."""
    if not events:
        return []
    (
        seq, scope, eff, verdict, id, txn, kind, v, entity, entity_id, hlc, actor, install,
        _, prev, reason, role, recv_at,
    ) = zip(*map(astuple, events), strict=True)  # fmt: skip
    seals = [None if seal is None else _bytes(seal) for seal in prev]
    return list(
        zip(
            seq, scope, eff, verdict, map(_bytes, id), map(_bytes, txn), kind, v, entity,
            entity_id, hlc, actor, install, texts, seals, reason, role, recv_at, shas,
            strict=True,
        )
    )  # fmt: skip


def stored(row: Any) -> Stored:
    """One row as it travels."""
    return page_of([row])[0]


def page_of(rows: Iterable[Any]) -> list[Stored]:
    """Rows as they travel; the body goes out as the text that came in."""
    return [
        Stored(
            seq, scope, eff, verdict, id.hex(), txn.hex(), kind, v, entity, entity_id, hlc, actor,
            install, Raw(body), None if prev is None else prev.hex(), reason, role, recv_at,
        )
        for (
            seq, scope, eff, verdict, id, txn, kind, v, entity, entity_id, hlc, actor, install,
            body, prev, reason, role, recv_at,
        ) in rows
    ]  # fmt: skip


def grouped(rows: Iterable[Any]) -> Iterator[tuple[Key, list[Stored]]]:
    """Rows that come entity by entity."""
    for key, group in groupby(rows, lambda row: (row[8], EntityId(row[9]))):
        yield key, page_of(group)
