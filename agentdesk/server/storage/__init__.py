"""Where a server keeps its journal: SQLite for a small site, PostgreSQL for a large one.

Both hold the same tables, give the same answers and are written by one writer at a time.
"""

from __future__ import annotations

from agentdesk.server.storage.base import Entry, Group, Link, Storage

__all__ = ["Entry", "Group", "Link", "Storage"]
