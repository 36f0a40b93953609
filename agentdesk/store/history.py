"""Free searches over past calls, by SQLModel on the store's own connection.

A second connection to a live store is ruled out (see ``files.Lock``), so SQLAlchemy is
lent the one there is: it opens no transaction of its own (autocommit), resets nothing
when it gives the connection back, and never closes it.
"""

from __future__ import annotations

import re
import sqlite3
from datetime import date, datetime, time, timedelta, tzinfo

from sqlalchemy import Engine, func
from sqlalchemy.pool import StaticPool
from sqlmodel import Session, col, create_engine, or_, select

from agentdesk.domain.events import EntityId
from agentdesk.store.failures import mapped
from agentdesk.store.models import CallModel
from agentdesk.store.project import COLUMNS
from agentdesk.store.rows import CallRow, call_row, milliseconds
from agentdesk.store.store import Store

_SEARCHED = (
    CallModel.number,
    CallModel.customer,
    CallModel.surname,
    CallModel.category,
    CallModel.disposition,
    CallModel.note,
)


class History:
    """Searches of one open store; used from the store's thread, for as long as it is open.

    Args:
        store: an open store.
        zone: whose days ``day`` means; the seat's own if not given.
    """

    def __init__(self, store: Store, *, zone: tzinfo | None = None) -> None:
        self._path = store.path
        self._zone = zone
        self._engine = engine(store.connection)

    def search_calls(
        self,
        *,
        text: str | None = None,
        day: date | None = None,
        number_suffix: str | None = None,
        limit: int = 100,
    ) -> list[CallRow]:
        """Calls that fit every condition given, newest first.

        Args:
            text: words, all of which must stand somewhere in number, customer, category,
                disposition or note; Latin letters in either case.
            day: the local day the call began on.
            number_suffix: last digits of the number.
            limit: at most so many.

        Raises:
            StoreError: the file cannot be read.
        """
        began = func.coalesce(CallModel.offered_at, CallModel.answered_at, CallModel.ended_at)
        query = select(CallModel).order_by(began.desc(), col(CallModel.id).desc()).limit(limit)
        for word in (text or "").split():
            query = query.where(
                or_(*(col(column).contains(word, autoescape=True) for column in _SEARCHED))
            )
        if day is not None:
            start, end = self._span(day)
            query = query.where(began >= start, began < end)
        if digits := re.sub(r"\D", "", number_suffix or ""):
            query = query.where(col(CallModel.number).endswith(digits))
            if len(digits) >= 7:
                query = query.where(func.substr(CallModel.number, -7) == digits[-7:])
        with mapped(self._path), Session(self._engine) as session:
            return [_row(model) for model in session.exec(query)]

    def _span(self, day: date) -> tuple[int, int]:
        start = datetime.combine(day, time())
        end = start + timedelta(days=1)
        if self._zone is None:
            return milliseconds(start.astimezone()), milliseconds(end.astimezone())
        zone = self._zone
        return milliseconds(start.replace(tzinfo=zone)), milliseconds(end.replace(tzinfo=zone))


def engine(connection: sqlite3.Connection) -> Engine:
    """An engine that borrows ``connection`` and leaves it as it was.

    Never ``dispose`` of it: that would close the connection.
    """
    return create_engine(
        "sqlite://",
        creator=lambda: connection,
        poolclass=StaticPool,
        pool_reset_on_return=None,
        isolation_level="AUTOCOMMIT",
    )


def _row(model: CallModel) -> CallRow:
    cells = [getattr(model, name) for name in COLUMNS["call"]]
    return call_row((EntityId(model.id), *cells))
