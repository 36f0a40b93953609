"""Which addresses mean this machine."""

from __future__ import annotations

from ipaddress import ip_address


def is_loopback(host: str) -> bool:
    """Whether ``host`` is a loopback address or the name ``localhost``.

    No name is looked up: what a name server says is not to be believed here (a page in a
    browser could name a host that resolves to 127.0.0.1).
    """
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
