"""How eager a seat is."""

from __future__ import annotations

from msgspec import Struct


class Pace(Struct, frozen=True):
    """Waiting times in seconds, unless said otherwise.

    Attributes:
        page: events of one pull.
        gather: at most one push in that time; what was written meanwhile goes together.
        poll: between looks at a scope without a stream; ``calm`` with one.
        echo: how long a stream may take to bring own events back before they are pulled.
        greet: a new beginning at the latest after.
        retry: first and longest wait before events the server could not take are sent again.
        refused: between attempts after a refusal time alone may mend.
    """

    page: int = 100
    gather: float = 1.0
    poll: float = 5.0
    calm: float = 300.0
    echo: float = 5.0
    greet: float = 3600.0
    retry: tuple[float, float] = (5.0, 300.0)
    refused: float = 300.0


USUAL = Pace()
