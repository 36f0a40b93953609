"""A server process from its settings: journal, administrators, writer, streams."""

from __future__ import annotations

from agentdesk.server.admin import Admin
from agentdesk.server.opening import open_service, sqlite_path
from agentdesk.server.register import RememberedRegister
from agentdesk.server.running import Running
from agentdesk.server.service import Service
from agentdesk.server.settings import Settings
from agentdesk.server.tokens import Keys
from agentdesk.server.writer import Writer


def assemble(settings: Settings) -> tuple[Service, Admin, Running]:
    """Everything of a process but its socket; the service must be closed at the end.

    Raises:
        ConfigError, StoreError: see :func:`agentdesk.server.opening.open_service`.
    """
    service = open_service(settings.database)
    try:
        service.limits = settings.limits
        # Only this process may have a SQLite file open; others may write a PostgreSQL journal.
        alone = sqlite_path(settings.database) is not None
        admin = Admin(service, _alone(service) if alone else None)
        source = None if alone else service.storage
        running = Running(service, Writer(service), admin.keys, settings, source=source)
    except BaseException:
        service.close()
        raise
    return service, admin, running


def _alone(service: Service) -> Keys:
    """Keys that are read once, because nobody but this process changes them."""
    register = RememberedRegister(service.storage)
    service.on_commit(register.hear)  # before whoever asks for people when it hears of them
    return Keys(service.storage, register, service.site, alone=True)
