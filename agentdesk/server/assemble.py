"""A server process from its settings: journal, administrators, writer, streams."""

from __future__ import annotations

from agentdesk.server.admin import Admin
from agentdesk.server.opening import open_service, sqlite_path
from agentdesk.server.running import Running
from agentdesk.server.service import Service
from agentdesk.server.settings import Settings
from agentdesk.server.writer import Writer


def assemble(settings: Settings) -> tuple[Service, Admin, Running]:
    """Everything of a process but its socket; the service must be closed at the end.

    Raises:
        ConfigError, StoreError: see :func:`agentdesk.server.opening.open_service`.
    """
    service = open_service(settings.database)
    try:
        service.limits = settings.limits
        admin = Admin(service)
        # Only this process may have a SQLite file open; others may write a PostgreSQL journal.
        alone = sqlite_path(settings.database) is not None
        source = None if alone else service.storage
        running = Running(service, Writer(service), admin.keys, settings, source=source)
    except BaseException:
        service.close()
        raise
    return service, admin, running
