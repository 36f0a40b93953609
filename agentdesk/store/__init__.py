"""The seat's memory: an append-only journal and the tables that follow from it.

Only this package speaks SQL. The console uses :class:`Store`; free searches and the
SQLModel description of the tables are in ``history`` and ``models``, which are imported
by those who need them and never at start-up. What comes from a server is the business of
:class:`agentdesk.store.replica.Replica`, which is imported once there is one.
"""

from __future__ import annotations

from agentdesk.store.files import quarantine
from agentdesk.store.rescue import salvage
from agentdesk.store.rows import CallRow, Typing
from agentdesk.store.store import Store

__all__ = ["CallRow", "Store", "Typing", "quarantine", "salvage"]
