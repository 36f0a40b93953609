"""What may be asked of a call: one frozen dataclass per act of a person or a phone.

``because`` on a guarded command is the agent's reason for going on all the same; with it
the guard is recorded instead of advising again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from agentdesk.domain.events import EntityId
from agentdesk.domain.pack import Guard

Direction = Literal["inbound", "outbound"]
EndedBy = Literal["customer", "agent", "unknown"]


@dataclass(frozen=True, slots=True)
class Offer:
    """A call rings (or, with ``source='manual'``, the agent opens a card by hand).

    Attributes:
        call_id: id of the new call.
        external_id: the phone system's own id, if any.
    """

    call_id: EntityId
    number: str = ""
    name: str = ""
    direction: Direction = "inbound"
    queue: str = ""
    source: str = "manual"
    external_id: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """The agent takes the ringing call."""


@dataclass(frozen=True, slots=True)
class Miss:
    """The call ended, or went stale, before anyone answered."""

    cause: str = "abandoned"


@dataclass(frozen=True, slots=True)
class Hold:
    """Put the customer on hold; the standard wants the customer's consent first."""

    because: str = ""


@dataclass(frozen=True, slots=True)
class Resume:
    """Back from hold."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """Hand the call to ``to``; ``warm`` when the colleague was told what it is about."""

    to: str
    warm: bool = True
    because: str = ""


@dataclass(frozen=True, slots=True)
class Say:
    """A line was spoken.

    Attributes:
        line_id: the template, or empty for free speech.
        text: the sentence as spoken, slots filled in.
        names: how often the customer's name stands in it.
        polite: how many polite words stand in it.
    """

    line_id: str
    text: str
    names: int = 0
    polite: int = 0


@dataclass(frozen=True, slots=True)
class Tick:
    """The agent did by free speech what a requirement asks; ``undo`` takes one back."""

    requirement: str
    undo: bool = False


@dataclass(frozen=True, slots=True)
class Silent:
    """The line is silent or the customer idles: the last words were spoken now."""


@dataclass(frozen=True, slots=True)
class SetFields:
    """Form fields, name, title, category, note … as they stand now."""

    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RecordPhrase:
    """A banned phrase was kept or replaced.

    Attributes:
        outcome: ``replaced`` or ``kept``.
        reason: why it was kept.
    """

    rule: str
    phrase: str
    outcome: Literal["replaced", "kept"]
    reason: str = ""
    where: str = "note"


@dataclass(frozen=True, slots=True)
class Promise:
    """A callback promised; needs a figure (``minutes`` > 0)."""

    promise_id: EntityId
    minutes: int | None
    text: str = ""
    because: str = ""


@dataclass(frozen=True, slots=True)
class Escalate:
    """Call in help, one level up (an emergency may skip one and owes a report)."""

    escalation_id: EntityId
    reason: str
    level: str
    proposal: str


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Take an escalation back within ``UNDO_SECONDS``."""

    escalation_id: EntityId


@dataclass(frozen=True, slots=True)
class Reveal:
    """Show a masked value for ten seconds; the reason is kept."""

    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class End:
    """The line is down, ``by`` whom."""

    by: EndedBy
    cause: str = ""
    because: str = ""


@dataclass(frozen=True, slots=True)
class Close:
    """Wrap-up is finished; what is still missing goes to the 待补录 list."""

    disposition: str
    because: str = ""


Command = (
    Offer
    | Answer
    | Miss
    | Hold
    | Resume
    | Transfer
    | Say
    | Tick
    | Silent
    | SetFields
    | RecordPhrase
    | Promise
    | Escalate
    | Withdraw
    | Reveal
    | End
    | Close
)

UNDO_SECONDS = 5
"""How long an escalation can be taken back (console.md, principle 3)."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The command makes no sense now; ``key`` names the sentence in the string tables."""

    key: str
    params: Mapping[str, object] = field(default_factory=dict)
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Advised:
    """A guard advises against it; sending the command again with a reason goes on."""

    guard: Guard
    rule: str
