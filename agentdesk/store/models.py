"""The tables as SQLModel sees them, for reports and for whoever reads the schema.

The hot path writes plain SQL (an ORM is 35-60 times slower on batches) and
:mod:`agentdesk.store.migrations` builds the tables; a test holds the two descriptions
equal. Importing this loads SQLAlchemy, so nothing on the way to the first screen does.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, LargeBinary, Text, text
from sqlmodel import Field, SQLModel

_BEGAN = "coalesce(offered_at, answered_at, ended_at)"
_TICKET_FILTERS = (
    *("owner", "state", "id", "category", "tier", "zone", "department", "level", "priority"),
    *("number", "created_at", "changed_at", "form_sent_at", "followup_since", "correcting"),
    "search",
)
_TICKET_OPEN = "state NOT IN ('closed', 'cancelled')"


class EventModel(SQLModel, table=True):
    """The journal; see :class:`agentdesk.domain.events.Event` for the columns' meaning.

    ``lseq`` is the order of writing here, ``mine`` tells own events, ``prev`` is the seal
    of the event before; ``seq``, ``eff``, ``verdict``, ``role``, ``recv_at`` and ``scope`` come
    from a server, ``reason`` from it or from this seat (set aside, not to be sent again).
    """

    __tablename__ = "event"
    __table_args__ = (
        Index("event_id", "id", unique=True),
        Index("event_entity", "entity", "entity_id"),
        Index("event_outbox", "lseq", sqlite_where=text("seq IS NULL AND mine")),
        Index(
            "event_ticket_call",
            text("substr(body, -34, 32)"),
            sqlite_where=text("kind = 'ticket.linked'"),
        ),
        Index("event_scope", "scope", "seq", sqlite_where=text("seq IS NOT NULL")),
        Index("event_mine", "lseq", sqlite_where=text("mine = 1")),
        Index("event_refused", "lseq", sqlite_where=text("verdict <> 'ok'")),
        Index("event_own_txn", "txn", sqlite_where=text("mine")),
        {"sqlite_autoincrement": True},
    )

    lseq: int | None = Field(default=None, primary_key=True)
    id: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    mine: int
    scope: str | None = Field(default=None, sa_type=Text)
    actor: str = Field(sa_type=Text)
    install: str = Field(sa_type=Text)
    prev: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    txn: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    hlc: int
    kind: str = Field(sa_type=Text)
    v: int
    entity: str = Field(sa_type=Text)
    entity_id: str = Field(sa_type=Text)
    body: str = Field(sa_type=Text)
    seq: int | None = None
    eff: int | None = None
    verdict: str | None = Field(default=None, sa_type=Text)
    reason: str | None = Field(default=None, sa_type=Text)
    role: str | None = Field(default=None, sa_type=Text)
    recv_at: int | None = None


class CallModel(SQLModel, table=True):
    """One contact; times are milliseconds since 1970, ``missing`` a JSON list."""

    __tablename__ = "call"
    __table_args__ = (
        Index("call_began", text(_BEGAN)),
        Index("call_number", "number"),
        Index("call_tail", text("substr(number, -7)")),
        Index("call_open", "id", sqlite_where=text("phase NOT IN ('closed', 'missed')")),
    )

    id: str = Field(primary_key=True, sa_type=Text)
    phase: str | None = Field(default=None, sa_type=Text)
    direction: str | None = Field(default=None, sa_type=Text)
    number: str | None = Field(default=None, sa_type=Text)
    customer: str | None = Field(default=None, sa_type=Text)
    surname: str | None = Field(default=None, sa_type=Text)
    title: str | None = Field(default=None, sa_type=Text)
    category: str | None = Field(default=None, sa_type=Text)
    disposition: str | None = Field(default=None, sa_type=Text)
    offered_at: int | None = None
    answered_at: int | None = None
    ended_at: int | None = None
    closed_at: int | None = None
    ended_by: str | None = Field(default=None, sa_type=Text)
    source: str | None = Field(default=None, sa_type=Text)
    missing: str | None = Field(default=None, sa_type=Text)
    note: str | None = Field(default=None, sa_type=Text)
    install: str | None = Field(default=None, sa_type=Text)


class PromiseModel(SQLModel, table=True):
    """A callback promised to a customer."""

    __tablename__ = "promise"
    __table_args__ = (Index("promise_due", "state", "due_at"),)

    id: str = Field(primary_key=True, sa_type=Text)
    call_id: str | None = Field(default=None, sa_type=Text)
    text: str | None = Field(default=None, sa_type=Text)
    minutes: int | None = None
    made_at: int | None = None
    due_at: int | None = None
    state: str | None = Field(default=None, sa_type=Text)
    done_at: int | None = None
    install: str | None = Field(default=None, sa_type=Text)


class CallbackModel(SQLModel, table=True):
    """A missed call that must be called back."""

    __tablename__ = "callback"
    __table_args__ = (Index("callback_due", "state", "due_at"),)

    id: str = Field(primary_key=True, sa_type=Text)
    call_id: str | None = Field(default=None, sa_type=Text)
    number: str | None = Field(default=None, sa_type=Text)
    customer: str | None = Field(default=None, sa_type=Text)
    due_at: int | None = None
    state: str | None = Field(default=None, sa_type=Text)
    made_at: int | None = None
    install: str | None = Field(default=None, sa_type=Text)


class EscalationModel(SQLModel, table=True):
    """Help called in."""

    __tablename__ = "escalation"
    __table_args__ = (
        Index("escalation_call", "call_id"),
        Index("escalation_open", "raised_at", sqlite_where=text("state = 'sent'")),
    )

    id: str = Field(primary_key=True, sa_type=Text)
    call_id: str | None = Field(default=None, sa_type=Text)
    reason: str | None = Field(default=None, sa_type=Text)
    level: str | None = Field(default=None, sa_type=Text)
    proposal: str | None = Field(default=None, sa_type=Text)
    raised_at: int | None = None
    state: str | None = Field(default=None, sa_type=Text)
    taken_by: str | None = Field(default=None, sa_type=Text)
    taken_at: int | None = None
    emergency: int | None = None
    raised_by: str | None = Field(default=None, sa_type=Text)
    install: str | None = Field(default=None, sa_type=Text)


class SeatModel(SQLModel, table=True):
    """Who works here and by which standard."""

    __tablename__ = "seat"

    id: str = Field(primary_key=True, sa_type=Text)
    agent_no: str | None = Field(default=None, sa_type=Text)
    agent_name: str | None = Field(default=None, sa_type=Text)
    company: str | None = Field(default=None, sa_type=Text)
    pack: str | None = Field(default=None, sa_type=Text)
    language: str | None = Field(default=None, sa_type=Text)


class PersonModel(SQLModel, table=True):
    """Who may act; ``id`` is the work number."""

    __tablename__ = "person"

    id: str = Field(primary_key=True, sa_type=Text)
    name: str | None = Field(default=None, sa_type=Text)
    role: str | None = Field(default=None, sa_type=Text)
    team: str | None = Field(default=None, sa_type=Text)
    active: int | None = None


class TeamModel(SQLModel, table=True):
    """People who work together."""

    __tablename__ = "team"

    id: str = Field(primary_key=True, sa_type=Text)
    name: str | None = Field(default=None, sa_type=Text)


class CursorModel(SQLModel, table=True):
    """How far a scope of the server's journal was read."""

    __tablename__ = "cursor"

    scope: str = Field(primary_key=True, sa_type=Text)
    epoch: str = Field(sa_type=Text)
    seq: int
    event_id: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    at: int


class TicketModel(SQLModel, table=True):
    """One work order as lists show it; ``search`` is what searches look in."""

    __tablename__ = "ticket"
    __table_args__ = (
        Index("ticket_open", *_TICKET_FILTERS, sqlite_where=text(_TICKET_OPEN)),
        Index("ticket_found", "created_at", "search"),
        Index("ticket_state", "state", "created_at", "id"),
        Index("ticket_number", "number", "id"),
        Index("ticket_tail", text("substr(number, -7)")),
        Index("ticket_followup", "followup_since", sqlite_where=text("followup_since IS NOT NULL")),
        Index("ticket_form", "form_sent_at", sqlite_where=text("form_sent_at IS NOT NULL")),
    )

    id: str = Field(primary_key=True, sa_type=Text)
    state: str | None = Field(default=None, sa_type=Text)
    category: str | None = Field(default=None, sa_type=Text)
    type: str | None = Field(default=None, sa_type=Text)
    severity: str | None = Field(default=None, sa_type=Text)
    tier: str | None = Field(default=None, sa_type=Text)
    network: str | None = Field(default=None, sa_type=Text)
    area: str | None = Field(default=None, sa_type=Text)
    zone: str | None = Field(default=None, sa_type=Text)
    channel: str | None = Field(default=None, sa_type=Text)
    owner: str | None = Field(default=None, sa_type=Text)
    first_owner: str | None = Field(default=None, sa_type=Text)
    customer: str | None = Field(default=None, sa_type=Text)
    surname: str | None = Field(default=None, sa_type=Text)
    number: str | None = Field(default=None, sa_type=Text)
    summary: str | None = Field(default=None, sa_type=Text)
    search: str | None = Field(default=None, sa_type=Text)
    level: int | None = None
    priority: int | None = None
    call_id: str | None = Field(default=None, sa_type=Text)
    department: str | None = Field(default=None, sa_type=Text)
    form_sent_at: int | None = None
    followup_since: int | None = None
    correcting: int | None = None
    nudges: int | None = None
    breaches: int | None = None
    told: int | None = None
    created_at: int | None = None
    resolved_at: int | None = None
    closed_at: int | None = None
    changed_at: int | None = None
    missing: str | None = Field(default=None, sa_type=Text)
    stamp: int | None = None


class TicketDueModel(SQLModel, table=True):
    """When an open ticket is due by this seat's standard and calendar; never synchronised.

    ``sort_at`` is ``due_at`` or the end of time; ``next_at`` when its clocks change next;
    ``stamp`` and ``basis`` tell whether it is still right.
    """

    __tablename__ = "ticket_due"
    __table_args__ = (
        Index("ticket_due_sort", "sort_at"),
        Index("ticket_due_next", "next_at", sqlite_where=text("next_at IS NOT NULL")),
        {"sqlite_with_rowid": False},
    )

    id: str = Field(primary_key=True, sa_type=Text)
    sort_at: int
    due_at: int | None = None
    warn_at: int | None = None
    next_at: int | None = None
    clock: str = Field(sa_type=Text)
    paused: int
    stamp: int
    basis: str = Field(sa_type=Text)


class TypingModel(SQLModel, table=True):
    """Unfinished typing; ``values`` is a JSON object, local and never synchronised."""

    __tablename__ = "typing"

    call_id: str = Field(primary_key=True, sa_type=Text)
    values: str = Field(sa_type=Text)
    focus: str = Field(sa_type=Text)
    cursor_row: int
    cursor_column: int
    saved_at: int


class ParkedModel(SQLModel, table=True):
    """Events that could not be folded."""

    __tablename__ = "parked"

    event_id: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    reason: str = Field(sa_type=Text)


class MetaModel(SQLModel, table=True):
    """Facts about this store, such as its install id."""

    __tablename__ = "meta"

    name: str = Field(primary_key=True, sa_type=Text)
    value: str = Field(sa_type=Text)
