"""The tables, built step by step; ``PRAGMA user_version`` counts the steps taken.

All steps a file lacks run in one transaction: after a crash it is the old file or the
new one, never something between. A step, once released, is never edited.
:mod:`agentdesk.store.models` describes the same tables to SQLModel; a test compares them.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

from agentdesk.errors import StoreTooNew

Migration = Callable[[sqlite3.Connection], None]

_V1 = (
    """
    CREATE TABLE event (
        lseq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        id BLOB NOT NULL,
        mine INTEGER NOT NULL,
        scope TEXT,
        actor TEXT NOT NULL,
        install TEXT NOT NULL,
        prev BLOB,
        txn BLOB NOT NULL,
        hlc INTEGER NOT NULL,
        kind TEXT NOT NULL,
        v INTEGER NOT NULL,
        entity TEXT NOT NULL,
        entity_id TEXT NOT NULL,
        body TEXT NOT NULL,
        seq INTEGER,
        eff INTEGER,
        verdict TEXT
    )
    """,
    "CREATE UNIQUE INDEX event_id ON event (id)",
    "CREATE INDEX event_entity ON event (entity, entity_id)",
    "CREATE INDEX event_outbox ON event (lseq) WHERE seq IS NULL AND mine",
    """
    CREATE TABLE call (
        id TEXT NOT NULL PRIMARY KEY,
        phase TEXT,
        direction TEXT,
        number TEXT,
        customer TEXT,
        surname TEXT,
        title TEXT,
        category TEXT,
        disposition TEXT,
        offered_at INTEGER,
        answered_at INTEGER,
        ended_at INTEGER,
        closed_at INTEGER,
        ended_by TEXT,
        source TEXT,
        missing TEXT,
        note TEXT
    )
    """,
    "CREATE INDEX call_began ON call (coalesce(offered_at, answered_at, ended_at))",
    "CREATE INDEX call_number ON call (number)",
    "CREATE INDEX call_tail ON call (substr(number, -7))",
    "CREATE INDEX call_open ON call (id) WHERE phase NOT IN ('closed', 'missed')",
    """
    CREATE TABLE promise (
        id TEXT NOT NULL PRIMARY KEY,
        call_id TEXT,
        text TEXT,
        minutes INTEGER,
        made_at INTEGER,
        due_at INTEGER,
        state TEXT,
        done_at INTEGER
    )
    """,
    "CREATE INDEX promise_due ON promise (state, due_at)",
    """
    CREATE TABLE callback (
        id TEXT NOT NULL PRIMARY KEY,
        call_id TEXT,
        number TEXT,
        customer TEXT,
        due_at INTEGER,
        state TEXT,
        made_at INTEGER
    )
    """,
    "CREATE INDEX callback_due ON callback (state, due_at)",
    """
    CREATE TABLE escalation (
        id TEXT NOT NULL PRIMARY KEY,
        call_id TEXT,
        reason TEXT,
        level TEXT,
        proposal TEXT,
        raised_at INTEGER,
        state TEXT,
        taken_by TEXT,
        taken_at INTEGER,
        emergency INTEGER
    )
    """,
    """
    CREATE TABLE seat (
        id TEXT NOT NULL PRIMARY KEY,
        agent_no TEXT,
        agent_name TEXT,
        company TEXT,
        pack TEXT,
        language TEXT
    )
    """,
    """
    CREATE TABLE typing (
        call_id TEXT NOT NULL PRIMARY KEY,
        "values" TEXT NOT NULL,
        focus TEXT NOT NULL,
        cursor_row INTEGER NOT NULL,
        cursor_column INTEGER NOT NULL,
        saved_at INTEGER NOT NULL
    )
    """,
    "CREATE TABLE parked (event_id BLOB NOT NULL PRIMARY KEY, reason TEXT NOT NULL)",
    "CREATE TABLE meta (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL)",
)


_V2 = (
    """
    CREATE TABLE ticket (
        id TEXT NOT NULL PRIMARY KEY,
        state TEXT,
        category TEXT,
        type TEXT,
        severity TEXT,
        tier TEXT,
        network TEXT,
        area TEXT,
        zone TEXT,
        channel TEXT,
        owner TEXT,
        first_owner TEXT,
        customer TEXT,
        surname TEXT,
        number TEXT,
        summary TEXT,
        search TEXT,
        level INTEGER,
        priority INTEGER,
        call_id TEXT,
        department TEXT,
        form_sent_at INTEGER,
        followup_since INTEGER,
        correcting INTEGER,
        nudges INTEGER,
        breaches INTEGER,
        told INTEGER,
        created_at INTEGER,
        resolved_at INTEGER,
        closed_at INTEGER,
        changed_at INTEGER,
        missing TEXT,
        stamp INTEGER
    )
    """,
    # Everything open tickets are filtered and sorted by, so that no row has to be read for it.
    "CREATE INDEX ticket_open ON ticket (owner, state, id, category, tier, zone, department, "
    "level, priority, number, created_at, changed_at, form_sent_at, followup_since, correcting, "
    "search) WHERE state NOT IN ('closed', 'cancelled')",
    "CREATE INDEX ticket_found ON ticket (created_at, search)",
    "CREATE INDEX ticket_state ON ticket (state, created_at, id)",
    "CREATE INDEX ticket_number ON ticket (number, id)",
    "CREATE INDEX ticket_tail ON ticket (substr(number, -7))",
    "CREATE INDEX ticket_followup ON ticket (followup_since) WHERE followup_since IS NOT NULL",
    "CREATE INDEX ticket_form ON ticket (form_sent_at) WHERE form_sent_at IS NOT NULL",
    # The body is canonical, {"at":…,"call":"<32 digits>"}: the id stands at a fixed place. JSON
    # functions are barred from indexes where the schema is not trusted.
    "CREATE INDEX event_ticket_call ON event (substr(body, -34, 32)) WHERE kind = 'ticket.linked'",
    """
    CREATE TABLE ticket_due (
        id TEXT NOT NULL PRIMARY KEY,
        sort_at INTEGER NOT NULL,
        due_at INTEGER,
        warn_at INTEGER,
        next_at INTEGER,
        clock TEXT NOT NULL,
        paused INTEGER NOT NULL,
        stamp INTEGER NOT NULL,
        basis TEXT NOT NULL
    ) WITHOUT ROWID
    """,
    "CREATE INDEX ticket_due_sort ON ticket_due (sort_at)",
    "CREATE INDEX ticket_due_next ON ticket_due (next_at) WHERE next_at IS NOT NULL",
    # What an earlier version put aside as unknown is folded when the tables are written anew.
    "DELETE FROM meta WHERE name = 'app' AND EXISTS (SELECT 1 FROM parked)",
)


_V3 = (
    # How far each scope of the server's journal was read, see store.replica.
    """
    CREATE TABLE cursor (
        scope TEXT NOT NULL PRIMARY KEY,
        epoch TEXT NOT NULL,
        seq INTEGER NOT NULL,
        event_id BLOB NOT NULL,
        at INTEGER NOT NULL
    )
    """,
    # Why an event was refused or set aside, and the role its author had when it arrived.
    "ALTER TABLE event ADD COLUMN reason TEXT",
    "ALTER TABLE event ADD COLUMN role TEXT",
    "ALTER TABLE event ADD COLUMN recv_at INTEGER",
    "CREATE INDEX event_scope ON event (scope, seq) WHERE seq IS NOT NULL",
    "CREATE INDEX event_mine ON event (lseq) WHERE mine = 1",
    "CREATE INDEX event_refused ON event (lseq) WHERE verdict <> 'ok'",
    # Which seat something began at: a desk works its own calls and only looks at others'.
    "ALTER TABLE call ADD COLUMN install TEXT",
    "ALTER TABLE promise ADD COLUMN install TEXT",
    "ALTER TABLE callback ADD COLUMN install TEXT",
    "ALTER TABLE escalation ADD COLUMN raised_by TEXT",
    "ALTER TABLE escalation ADD COLUMN install TEXT",
    "CREATE INDEX escalation_call ON escalation (call_id)",
    "CREATE INDEX escalation_open ON escalation (raised_at) WHERE state = 'sent'",
    """
    CREATE TABLE person (
        id TEXT NOT NULL PRIMARY KEY,
        name TEXT,
        role TEXT,
        team TEXT,
        active INTEGER
    )
    """,
    "CREATE TABLE team (id TEXT NOT NULL PRIMARY KEY, name TEXT)",
    # Events of earlier stores of this seat that were saved into this one are its own, too.
    """
    INSERT INTO meta SELECT 'installs', group_concat(install, ' ')
    FROM (SELECT DISTINCT install FROM event WHERE mine = 1) HAVING count(*)
    """,
    "DELETE FROM meta WHERE name = 'app'",
)

_V4 = ("CREATE INDEX event_own_txn ON event (txn) WHERE mine",)


def _v1(db: sqlite3.Connection) -> None:
    for statement in _V1:
        db.execute(statement)


def _v2(db: sqlite3.Connection) -> None:
    """Work orders and their due times."""
    for statement in _V2:
        db.execute(statement)


def _v3(db: sqlite3.Connection) -> None:
    """What a server says about events; people and teams."""
    for statement in _V3:
        db.execute(statement)


def _v4(db: sqlite3.Connection) -> None:
    """Own events by transaction: one is sent whole, whatever of it was confirmed."""
    for statement in _V4:
        db.execute(statement)


MIGRATIONS: tuple[Migration, ...] = (_v1, _v2, _v3, _v4)
"""Step ``n`` leads from version ``n`` to ``n + 1``."""


def version(db: sqlite3.Connection) -> int:
    """The version of the tables in a file; 0 for none."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def migrate(
    db: sqlite3.Connection, path: Path | None, steps: Sequence[Migration] = MIGRATIONS
) -> bool:
    """Bring the tables to the newest version.

    A file that already holds data is first copied, through SQLite's backup, to
    ``<name>.v<old>.bak`` beside it.

    Returns:
        True if something changed.

    Raises:
        StoreTooNew: the file was written by a newer agentdesk.
        sqlite3.Error: a step failed; the file is as it was.
    """
    found, known = version(db), len(steps)
    if found > known:
        raise StoreTooNew("store.too_new", path=str(path), found=found, known=known)
    if found == known:
        return False
    if found and path is not None:
        backup(db, path.with_name(f"{path.name}.v{found}.bak"))
    db.execute("BEGIN IMMEDIATE")
    try:
        for step in steps[found:]:
            step(db)
        # A pragma takes no parameters; the figure is our own count.
        db.execute(f"PRAGMA user_version = {known:d}")
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
    return True


def backup(db: sqlite3.Connection, target: Path) -> None:
    """Copy a live store to ``target`` (0600); a half copy never bears that name."""
    half = target.with_name(target.name + ".part")
    half.unlink(missing_ok=True)
    os.close(os.open(half, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    copy = sqlite3.connect(half)
    try:
        db.backup(copy)
    finally:
        copy.close()
    os.replace(half, target)
