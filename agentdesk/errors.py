"""Every error agentdesk raises on purpose.

::

    AgentdeskError                 code + parameters; the words come from the string tables
    ├── ConfigError                config.toml is wrong            (exit 2)
    ├── PackError                  a standards pack is wrong       (exit 2)
    ├── UsageError                 a command line is wrong         (exit 2)
    ├── TerminalError              this terminal cannot show it    (exit 2)
    ├── SlaError                   a calendar, target or time is wrong (exit 2)
    ├── StoreError                 the database cannot be used     (exit 3)
    │   ├── StoreLocked            another console holds the store
    │   ├── StoreCorrupt           the file fails its own check
    │   ├── StoreReadOnly          the file or folder cannot be written
    │   ├── StoreFull              the disk is full
    │   └── StoreTooNew            written by a newer agentdesk
    └── RemoteError                a running console did not answer (exit 4)

An error carries a string-table key (``error.<code>``) and parameters, so the same error
is shown in Chinese or English at the edge that shows it. ``title`` keys are
``error.<code>.title``, bodies ``error.<code>.body``. Parameters are plain strings or
numbers; whoever shows them treats them as untrusted text.
"""

from __future__ import annotations


class AgentdeskError(Exception):
    """Base of every expected failure.

    Args:
        code: key below ``error.`` in the string tables, for example ``config.unknown_key``.
        params: values for the placeholders of that string.
    """

    exit_code = 1

    def __init__(self, code: str, /, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params

    def __str__(self) -> str:
        details = ", ".join(f"{name}={value}" for name, value in self.params.items())
        return f"{self.code} ({details})" if details else self.code


class ConfigError(AgentdeskError):
    """``config.toml`` cannot be read or says something we do not know."""

    exit_code = 2


class PackError(AgentdeskError):
    """A standards pack cannot be read or contradicts itself."""

    exit_code = 2


class UsageError(AgentdeskError):
    """A command line that cannot be carried out as written."""

    exit_code = 2


class TerminalError(AgentdeskError):
    """The terminal (or lack of one) cannot show the console."""

    exit_code = 2


class SlaError(AgentdeskError, ValueError):
    """A calendar, a target, an instant or a typed time that means nothing; ``field`` names it.

    Also a ``ValueError``: the SLA engine is a public API, and that is what its callers expect.
    """

    exit_code = 2


class StoreError(AgentdeskError):
    """The local database cannot be opened, read or written."""

    exit_code = 3


class StoreLocked(StoreError):
    """Another process holds this store."""


class StoreCorrupt(StoreError):
    """The database file fails SQLite's own check."""


class StoreReadOnly(StoreError):
    """The database or its folder cannot be written."""


class StoreFull(StoreError):
    """The disk has no room; nothing was stored."""


class StoreTooNew(StoreError):
    """The database was written by a newer agentdesk."""


class RemoteError(AgentdeskError):
    """A running console could not be reached or refused the request."""

    exit_code = 4
