"""Where a server keeps its journal: SQLite for a small site, PostgreSQL for a large one.

Both hold the same tables, give the same answers and are written by one writer at a time.
"""

from __future__ import annotations

from agentdesk.server.storage.base import Group, Link, Storage

__all__ = ["Group", "Link", "Storage"]
