"""What may be asked of a call: one frozen dataclass per act of a person or a phone.

``because`` on a guarded command is the agent's reason for going on all the same; with it
the guard is recorded instead of advising again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct, field

from agentdesk.domain.events import EntityId
from agentdesk.domain.pack import Guard

Direction = Literal["inbound", "outbound"]
EndedBy = Literal["customer", "agent", "unknown"]
PhraseOutcome = Literal["replaced", "kept", "unanswered"]


class Offer(Struct, frozen=True):
    """A call rings (or, with ``source='manual'``, the agent opens a card by hand).

    Attributes:
        call_id: id of the new call.
        external_id: the phone system's own id, if any.
        about: id of the call this one comes back to.
        owed: what it keeps: ``promise`` or ``callback`` (of a missed call).
    """

    call_id: EntityId
    number: str = ""
    name: str = ""
    direction: Direction = "inbound"
    queue: str = ""
    source: str = "manual"
    external_id: str = ""
    about: str = ""
    owed: str = ""


class Answer(Struct, frozen=True):
    """The agent takes the ringing call."""


class Miss(Struct, frozen=True):
    """The call ended, or went stale, before anyone answered."""

    cause: str = "abandoned"


class Hold(Struct, frozen=True):
    """Put the customer on hold; the standard wants the customer's consent first."""

    because: str = ""


class Resume(Struct, frozen=True):
    """Back from hold."""


class Transfer(Struct, frozen=True):
    """Hand the call to ``to``; ``warm`` when the colleague was told what it is about."""

    to: str
    warm: bool = True
    because: str = ""


class Say(Struct, frozen=True):
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


class Tick(Struct, frozen=True):
    """The agent did by free speech what a requirement asks; ``undo`` takes one back."""

    requirement: str
    undo: bool = False


class Silent(Struct, frozen=True):
    """The line is silent or the customer idles: the last words were spoken now."""


class SetFields(Struct, frozen=True):
    """Form fields, name, title, category, note … as they stand now."""

    values: Mapping[str, str] = field(default_factory=dict)


class RecordPhrase(Struct, frozen=True):
    """What became of a banned phrase, or of a number that must not be written down.

    Attributes:
        phrase: as it stood in the text; a number only masked.
        outcome: ``replaced`` by the better wording, ``kept`` with a reason, or
            ``unanswered``: it still stood there when the text was given away.
        reason: why it was kept.
        where: field it stood in: ``note``, a field of the form, ``proposal``, ``reason``.
        category: class of words, for example ``shirking``.
    """

    rule: str
    phrase: str
    outcome: PhraseOutcome
    reason: str = ""
    where: str = "note"
    category: str = ""


class Promise(Struct, frozen=True):
    """A callback promised; needs a figure (``minutes`` > 0)."""

    promise_id: EntityId
    minutes: int | None
    text: str = ""
    because: str = ""


class Escalate(Struct, frozen=True):
    """Call in help, one level up (an emergency may skip one and owes a report)."""

    escalation_id: EntityId
    reason: str
    level: str
    proposal: str


class Withdraw(Struct, frozen=True):
    """Take an escalation back within ``UNDO_SECONDS``."""

    escalation_id: EntityId


class Reveal(Struct, frozen=True):
    """Show a masked value for ten seconds; the reason is kept."""

    field: str
    reason: str


class End(Struct, frozen=True):
    """The line is down, ``by`` whom."""

    by: EndedBy
    cause: str = ""
    because: str = ""


class Close(Struct, frozen=True):
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


class Refused(Struct, frozen=True):
    """The command makes no sense now; ``key`` names the sentence in the string tables."""

    key: str
    params: Mapping[str, object] = field(default_factory=dict)
    rule: str = ""


class Advised(Struct, frozen=True):
    """A guard advises against it; sending the command again with a reason goes on."""

    guard: Guard
    rule: str
