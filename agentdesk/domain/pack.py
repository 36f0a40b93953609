"""A standards pack: one centre's written service standard, as the console uses it.

Everything a pack holds cites the clause it comes from (``rule``), an id of the rule
catalogue such as ``F6-4.1-inbound-greeting``. Packs are read from TOML by
:mod:`agentdesk.standards`; here is only their shape.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from msgspec import Struct, field

from agentdesk.domain.provision import Provision, ProvisionKind
from agentdesk.domain.title import Title as Title


class Mark(Enum):
    """What speaking a line does for the requirements of a call."""

    GREETING = "greeting"
    ACKNOWLEDGEMENT = "acknowledgement"
    CLOSING = "closing"
    ASK_NAME = "ask_name"
    ANYTHING_ELSE = "anything_else"
    READ_BACK = "read_back"
    HOLD_CONSENT = "hold_consent"
    HOLD_RETURN = "hold_return"
    TRANSFER_NOTICE = "transfer_notice"
    LAST_PROMPT = "last_prompt"


class Line(Struct, frozen=True):
    """One sentence to say.

    Attributes:
        id: unique in the pack, for example ``inbound-greeting``.
        rule: the clause it satisfies.
        moment: group in the picker and place in the call, one of ``MOMENTS``.
        title: short name.
        text: what is said, with ``{slot}`` placeholders of ``SLOTS``.
        marks: requirements it fulfils when spoken.
        when: conditions, each ``name -> allowed values``; see ``scripts.Situation``.
        hears: customer's words in a note that suggest this line.
        minutes: figure a line promises (fills ``{minutes}`` and the promise box).
        order: place among the lines of its moment; lower first.
        then: id of the line that follows, if it is a fixed chain.
        trigger: what brings it up, in the catalogue's vocabulary; empty for ordinary lines.
    """

    id: str
    rule: str
    moment: str
    title: Title
    text: str
    marks: tuple[Mark, ...] = ()
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    hears: tuple[str, ...] = ()
    minutes: int | None = None
    order: int = 100
    then: str | None = None
    trigger: str = ""


MOMENTS = (
    "opening",  # greeting
    "identify",  # surname, number, details
    "handle",  # business scenarios (parcel states, fault reports)
    "emotion",  # complaint, abuse, thanks, apology
    "promise",  # cannot answer now, call back
    "hold",
    "return",  # back from hold
    "transfer",
    "silence",
    "confirm",  # read-back
    "anything_else",
    "closing",
)
"""Moments of a call, in the order the picker shows them."""

SLOTS = (
    "company",
    "agent_no",
    "agent_name",
    "surname",
    "title",
    "customer",  # surname + title, 王先生
    "daypart",  # 早上好 / 下午好 …
    "holiday",  # 周末, 国庆节 …
    "minutes",
    "branch",
    "branch_phone",
    "waybill",
    "matter",
    "address",
    "phone",
)
"""Slots a line may use."""


class Match(Enum):
    """How a banned phrase is looked for."""

    ANYWHERE = "anywhere"
    PARTIAL = "partial"  # any of the cores
    UTTERANCE = "utterance"  # the whole utterance
    UTTERANCE_START = "utterance_start"
    VOCATIVE = "vocative"  # calling somebody with it
    FILLER = "filler"  # opening a clause before a pause, or doubled
    CONTEXT = "context"  # only as an answer about the matter asked
    FREQUENCY = "frequency"  # more than `count` times in one utterance
    LIST = "list_from_pack"  # no words of its own: those of `classes` in the same pack


class Severity(Enum):
    """What a hit asks of the agent. Nothing is ever blocked on a live call."""

    ADVISE = "advise"
    REASON = "reason"
    BLOCK = "block"


class PhraseRule(Struct, frozen=True):
    """A forbidden phrase rule.

    Attributes:
        rule: clause id.
        category: class of words, for example ``shirking``.
        match: way of matching.
        phrases: exact phrases of the standard.
        cores: what ``PARTIAL`` looks for; empty means the phrases.
        replacement: a better wording, ready to be said or written.
        count: for ``FREQUENCY`` how often is still allowed in one utterance.
        classes: for ``LIST`` the categories whose rules serve this clause.
        allow: longer expressions inside which the ban does not hold.
        bad, good: examples ``packs lint`` runs.
    """

    rule: str
    category: str
    match: Match
    severity: Severity
    phrases: tuple[str, ...]
    cores: tuple[str, ...] = ()
    replacement: str = ""
    allow: tuple[str, ...] = ()
    bad: tuple[str, ...] = ()
    good: tuple[str, ...] = ()
    count: int = 0
    classes: tuple[str, ...] = ()


class Need(Enum):
    """Kind of requirement."""

    MARK = "mark"  # a line with that mark was spoken, or ticked by hand
    NAME_COUNT = "name_count"  # customer's surname + title spoken n times
    POLITE_COUNT = "polite_count"  # polite words spoken n times
    NIN = "nin"  # 您, never 你
    BANNED = "banned"  # no banned phrase kept


class Requirement(Struct, frozen=True):
    """What the standard wants of every call.

    Attributes:
        id: unique in the pack.
        need: kind.
        mark: for ``Need.MARK`` the mark that fulfils it.
        target: how often (1 for marks, 0 for bans).
        words: for ``POLITE_COUNT`` the words that count.
    """

    id: str
    rule: str
    title: Title
    need: Need
    mark: Mark | None = None
    target: int = 1
    words: tuple[str, ...] = ()


class CallClock(Struct, frozen=True):
    """A timer of the call itself.

    Attributes:
        id: one of ``CLOCK_IDS``.
        limit_seconds: when it runs out.
        warn_seconds: from when on it shows as nearly out; at most ``limit_seconds``.
        line: id of the line it brings when it has run out.
        rings: the limit counted in rings, when the standard counts rings.
    """

    id: str
    rule: str
    title: Title
    limit_seconds: int
    warn_seconds: int
    line: str | None = None
    rings: int | None = None


CLOCK_IDS = ("ring", "hold", "silence", "promise", "talk", "wrap_up")


class FormField(Struct, frozen=True):
    """A field of the contact form.

    Attributes:
        key: name in the event, for example ``waybill``.
        kind: ``text``, ``phone``, ``time`` or ``flag``; drives checks and masking.
        sensitive: masked unless revealed.
    """

    key: str
    title: Title
    kind: str = "text"
    sensitive: bool = False
    rule: str = ""


class Category(Struct, frozen=True):
    """A kind of contact and the fields it must have.

    Attributes:
        key: for example ``complaint``.
        required: field keys that must be filled.
        optional: field keys that are offered.
        lines: ids of the lines this category calls for, in order.
        read_back: whether the record is read back to the customer before saving.
    """

    key: str
    title: Title
    rule: str
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    read_back: bool = False


class Level(Struct, frozen=True):
    """A step of the escalation ladder, lowest first."""

    key: str
    title: Title
    rule: str


class Reason(Struct, frozen=True):
    """Why a call is escalated; ``emergency`` may skip a level and owes a report."""

    key: str
    title: Title
    rule: str
    level: str
    emergency: bool = False
    proposal: str = ""


class Disposition(Struct, frozen=True):
    """How a call ended, chosen by a digit in wrap-up; ``rule`` is empty where the
    standard is silent and the choice is the console's own."""

    key: str
    title: Title
    rule: str = ""


class Guard(Enum):
    """Moments the console advises before acting."""

    HANG_UP_BEFORE_CLOSING = "hang_up_before_closing"
    ANYTHING_ELSE_FIRST = "anything_else_first"
    CUSTOMER_HANGS_UP_FIRST = "customer_hangs_up_first"
    CONSENT_BEFORE_HOLD = "consent_before_hold"
    NO_COLD_TRANSFER_UPSET = "no_cold_transfer_upset"
    PROMISE_NEEDS_FIGURE = "promise_needs_figure"
    READ_BACK_BEFORE_SAVE = "read_back_before_save"


class Pack(Struct, frozen=True):
    """One service standard, ready to use on a call."""

    id: str
    title: Title
    lines: tuple[Line, ...]
    phrases: tuple[PhraseRule, ...]
    requirements: tuple[Requirement, ...]
    clocks: tuple[CallClock, ...]
    fields: tuple[FormField, ...]
    categories: tuple[Category, ...]
    levels: tuple[Level, ...]
    reasons: tuple[Reason, ...]
    dispositions: tuple[Disposition, ...]
    guards: Mapping[Guard, str]
    """Guard -> rule id that asks for it; a guard the pack does not list is off."""
    titles: tuple[str, ...]
    """Forms of address the picker offers, for example 先生 女士."""
    callback_minutes: int
    """Default figure of a promised callback."""
    guidance: tuple[tuple[str, str], ...] = ()
    """Poster rules as (rule id, sentence), one shown at a time."""
    provisions: tuple[Provision, ...] = ()
    """What it asks for beside the call: limits, targets, steps, duties."""
    extends: tuple[str, ...] = ()
    """Ids of the packs it builds on, the nearest first; empty for a pack of its own."""

    def line(self, line_id: str) -> Line | None:
        """The line with that id."""
        return next((line for line in self.lines if line.id == line_id), None)

    def clock(self, clock_id: str) -> CallClock | None:
        """The clock with that id, if this standard has one."""
        return next((clock for clock in self.clocks if clock.id == clock_id), None)

    def category(self, key: str | None) -> Category | None:
        """The category with that key."""
        return next((item for item in self.categories if item.key == key), None)

    def provisions_of(self, kind: ProvisionKind) -> tuple[Provision, ...]:
        """The provisions of one kind, in order."""
        found = [item for item in self.provisions if item.kind is kind]
        return tuple(sorted(found, key=lambda item: (item.flow, item.order)))

    def form_field(self, key: str) -> FormField | None:
        """The form field with that key."""
        return next((item for item in self.fields if item.key == key), None)
