"""Everything a ticket can say has words in both languages, with the values it carries."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import agentdesk
from agentdesk.domain.events import KINDS
from agentdesk.domain.ticket.commands import PAUSE_REASONS, TicketGuard
from agentdesk.domain.ticket.state import TicketState
from agentdesk.domain.ticket.words import KINDS as MATTERS
from agentdesk.strings import LANGUAGES, table

SOURCE = Path(agentdesk.__file__).parent
REFUSAL = re.compile(r'Refused\(\s*"(refused\.[a-z_.]+)"')


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_guard_act_and_refusal_has_words(language: str) -> None:
    code = "".join(
        path.read_text(encoding="utf-8")
        for path in (*(SOURCE / "domain" / "ticket").glob("*.py"), SOURCE / "domain/followups.py")
    )
    refusals = set(REFUSAL.findall(code))
    assert len(refusals) > 20
    wanted = {
        *refusals,
        *(f"ticket.state.{state.value}" for state in TicketState),
        *(f"guard.{guard.value}" for guard in TicketGuard),
        *(f"ticket.pause.{reason}" for reason in PAUSE_REASONS),
        *(f"ticket.kind.{kind}" for kind in MATTERS),
        *(f"event.{kind}" for kind in KINDS if kind.startswith("ticket.")),
    }
    assert wanted - table(language).keys() == set()


def test_a_desk_that_nobody_asks_for_tickets_loads_nothing_of_them() -> None:
    code = (
        "import sys; import agentdesk.desk.desk, agentdesk.store.store;"
        "print([n for n in sys.modules if 'ticket' in n and n != 'agentdesk.desk.with_tickets'"
        " or '.sla' in n])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=SOURCE.parent
    )
    assert done.stdout.strip() == "[]"
