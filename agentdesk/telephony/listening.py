"""Open the door for a console: token, server and control file, and all of it closed again.

This module loads http.server: import it when the console is up.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from agentdesk.config.model import Push
from agentdesk.locations import Locations
from agentdesk.telephony.control import (
    TOKEN_FILE,
    Control,
    push_token,
    remove_control,
    write_control,
)
from agentdesk.telephony.handler import Ask, Deliver
from agentdesk.telephony.push import PushServer


class Listening:
    """A console that phones and ``agentdesk ring`` can reach, until it is closed.

    Args:
        push: where and how often; ``enabled`` is the caller's business.
        locations: the token lies in the state folder, the control file in the runtime one.
        deliver: takes an event, on a thread of the server; it returns when the event is
            stored and raises when it is not.
        on_failure: told, on a thread of the server, what ``deliver`` raised.
        ask: answers what sub-commands ask about the exchange with the site's server.

    Raises:
        ConfigError: ``push.not_loopback``.
        RemoteError: ``remote.port``, the port cannot be had.
        StoreReadOnly: token or control file cannot be written.
    """

    def __init__(
        self,
        push: Push,
        locations: Locations,
        deliver: Deliver,
        on_failure: Callable[[Exception], None] | None = None,
        ask: Ask | None = None,
    ) -> None:
        self._file = locations.control_file
        token = push_token(locations.state_dir / TOKEN_FILE)
        self._server = PushServer(
            push.host,
            push.port,
            token,
            push.rate_per_minute,
            deliver,
            on_failure=on_failure,
            ask=ask,
        )
        self.url = self._server.start()
        try:
            write_control(self._file, Control(self.url, token, os.getpid()))
        except BaseException:
            self._server.close()
            raise

    def close(self) -> None:
        """Take the address away, then stop listening; may be called twice."""
        remove_control(self._file, os.getpid())
        self._server.close()
