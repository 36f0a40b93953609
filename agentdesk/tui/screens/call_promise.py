"""Reading what was typed as the figure of a promise, with the desk's working hours."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from agentdesk.domain.sla.promised import read_promise
from agentdesk.errors import SlaError
from agentdesk.tui.panels.board_lists import working_hours

if TYPE_CHECKING:
    from agentdesk.desk.desk import Desk


def promise_reader(text: str, now: datetime) -> Callable[[Desk], int | SlaError | None]:
    """:func:`read_promise` by the centre's working hours; what is wrong is handed back."""

    def read(desk: Desk) -> int | SlaError | None:
        try:
            return read_promise(text, now, working_hours(desk))
        except SlaError as problem:
            return problem

    return read
