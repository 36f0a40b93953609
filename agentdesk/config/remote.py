"""``[server]``: the site's server this seat works with, if there is one.

A seat needs none. With one, what was written here is sent up and what concerns this seat comes
down; see :mod:`agentdesk.sync`. Tokens are no setting: ``agentdesk login`` keeps them in a file
of their own.
"""

from __future__ import annotations

from msgspec import Struct

URL_LIMIT = 200
"""Longest address, in characters."""

EXAMPLE = '"https://desk.example.com" | "http://127.0.0.1:8700"'
"""What a right address looks like, in TOML."""


class Server(Struct, frozen=True):
    """``[server]``: where the server is, and whether it is used."""

    enabled: bool = True
    """Whether the console works with the server it was signed in to."""
    url: str | None = None
    """Address of the server, for ``agentdesk login`` without one; https unless on this machine."""
    ca_file: str | None = None
    """Certificates (PEM) to trust instead of the system's, for a server with its own authority."""


def server_url(text: object) -> str:
    """An address as it is kept: no stroke at its end, the host in lower case.

    Raises:
        ValueError: not an address of a server, or tokens would travel in the clear: plain http
            is for this machine only.
    """
    if not isinstance(text, str) or not 0 < len(text.strip()) <= URL_LIMIT:
        raise ValueError("url")
    text = text.strip()
    if not text.isascii() or not text.isprintable() or any(char in text for char in ' \\"<>'):
        raise ValueError("url")
    from urllib.parse import urlsplit  # most seats have no server

    parts = urlsplit(text)
    host, port = parts.hostname or "", parts.port  # a port out of range raises ValueError
    if not host or parts.username is not None or parts.query or parts.fragment or port == 0:
        raise ValueError("url")
    if parts.scheme.lower() not in ("http", "https"):
        raise ValueError("scheme")
    if parts.scheme.lower() == "http" and not is_loopback(host):
        raise ValueError("https")
    shown = f"[{host}]" if ":" in host else host
    where = f"{shown}:{port}" if port is not None else shown
    return f"{parts.scheme.lower()}://{where}{parts.path.rstrip('/')}"


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine."""
    if host == "localhost":
        return True
    from ipaddress import ip_address

    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
