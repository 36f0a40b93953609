"""What a server process is started with."""

from __future__ import annotations

import ipaddress
import ssl
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct

from agentdesk.errors import ConfigError
from agentdesk.wire import Limits

HOST = "127.0.0.1"
PORT = 8443
FILE = "server.sqlite3"
"""Name of the default database in the data folder."""


class Settings(Struct, frozen=True):
    """How a process listens and what it takes.

    Attributes:
        database: ``sqlite:///<path>`` or ``postgresql://…``.
        host, port: where it listens; port 0 for any free one.
        tls_cert, tls_key: PEM files, both or none.
        behind_proxy: whether something in front of it speaks TLS.
        limits: told to seats, and enforced.
        streams: most open streams.
        read_seconds: time a request may take to arrive.
        stop_seconds: time requests under way get when it ends.
    """

    database: str
    host: str = HOST
    port: int = PORT
    tls_cert: Path | None = None
    tls_key: Path | None = None
    behind_proxy: bool = False
    limits: Limits = Limits()
    streams: int = 15_000
    read_seconds: float = 15.0
    stop_seconds: float = 10.0

    @property
    def tls(self) -> bool:
        """Whether it speaks TLS itself."""
        return self.tls_cert is not None


def loopback(host: str) -> bool:
    """Whether an address or name is this machine's own."""
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def check(settings: Settings) -> None:
    """Refuse what would be unsafe or cannot work.

    Raises:
        ConfigError: ``server.plain`` (not loopback and no TLS), ``server.tls_pair``,
            ``server.tls_files`` (missing, unreadable, no pair), ``server.port``,
            ``server.database``.
    """
    if not 0 <= settings.port <= 65_535:
        raise ConfigError("server.port", value=settings.port)
    if (settings.tls_cert is None) != (settings.tls_key is None):
        raise ConfigError("server.tls_pair")
    if not (settings.tls or settings.behind_proxy or loopback(settings.host)):
        raise ConfigError("server.plain", host=settings.host)
    if settings.tls_cert is not None:
        try:
            tls_context(settings)
        except (OSError, ValueError) as error:
            raise ConfigError(
                "server.tls_files",
                cert=str(settings.tls_cert),
                key=str(settings.tls_key),
                reason=getattr(error, "strerror", None) or type(error).__name__,
            ) from error
    check_database(settings.database)


def tls_context(settings: Settings) -> ssl.SSLContext:
    """TLS 1.2 and newer with the server's certificate.

    Raises:
        OSError, ValueError: the files cannot be read or do not belong together.
    """
    if settings.tls_cert is None:
        raise ValueError("no certificate")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # Without a callback OpenSSL would ask the terminal for the words of a locked key.
    context.load_cert_chain(settings.tls_cert, settings.tls_key, password=lambda: "")
    return context


def check_database(url: str) -> None:
    """Whether an address names a database we can use.

    Raises:
        ConfigError: ``server.database``; the address is not repeated, it may hold a password.
    """
    kind = urlsplit(url).scheme.partition("+")[0]
    if kind not in ("sqlite", "postgresql", "postgres"):
        raise ConfigError("server.database", value=kind or "?")


def shown_database(url: str) -> str:
    """The address without user and password, for a log."""
    parts = urlsplit(url)
    if parts.scheme.startswith("sqlite"):
        return url
    host = parts.hostname or ""
    return f"{parts.scheme}://{host}{f':{parts.port}' if parts.port else ''}{parts.path}"
