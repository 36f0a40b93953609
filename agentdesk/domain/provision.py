"""What a standard asks for beside the call itself: limits, targets, steps, duties.

A :class:`Provision` is one such item of a pack. All kinds share one shape, because what
differs between them is who uses them: limits drive the clocks of tickets, headings the
handover log, roster rules the swap form, targets the figures of a leader.
"""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from agentdesk.domain.title import Title


class ProvisionKind(Enum):
    """What a provision is; also the name of its table in a pack file."""

    LIMIT = "limit"  # a clock of a ticket, a promise, a chat or a shift
    TARGET = "target"  # a figure the centre must reach
    STEP = "step"  # a step of a procedure, in order
    HEADING = "heading"  # a heading of the handover log
    ROSTER = "roster"  # leave, swaps, attendance
    REPORT = "report"  # a report or meeting and when it is due
    DUTY = "duty"  # what a role does or guards against
    ENTITLEMENT = "entitlement"  # what a customer's tier is given
    GRADE = "grade"  # a grade, score or training requirement


OPERATORS = ("<=", ">=", ">", "=", "~", "same_day", "at_once", "by")
"""How a figure binds: at most, at least, more than, exactly, about; on the same day, at once,
or by a time of day (``at``)."""

UNITS = (
    "seconds",
    "minutes",
    "hours",
    "days",
    "working_days",
    "months",
    "rings",
    "percent",
    "times",
    "per_minute",  # characters typed
    "points",
)
"""What ``amount`` counts."""

PERIODS = ("day", "week", "month", "quarter", "half_year", "year")
"""How often, or over what span a figure is taken."""

ROLES = (
    "trainee",
    "agent",
    "inspector",
    "team_leader",
    "director",
    "back_office",
    "system",
    "customer",
)
"""Whom a provision concerns."""

TIERS = ("diamond", "gold", "silver", "ordinary")
"""Customer tiers."""

NETWORKS = ("mobile", "fixed", "cross_province", "roaming")
"""Networks a ticket may concern."""

CLOCK_MARKS = (
    "after_hours_end",
    "agent_away",
    "agent_back",
    "agent_hangup",
    "appointment_made",
    "call_answered",
    "call_ringing",
    "callback_made",
    "callback_promised",
    "certificate_handed_in",
    "chat_message_received",
    "chat_opened",
    "complaint_registered",
    "copy_received",
    "customer_contacted",
    "customer_hangup",
    "dispatched",
    "escalated_to_leader",
    "fault_registered",
    "feedback_form_sent",
    "first_greeting",
    "first_response",
    "followup_done",
    "form_returned",
    "formal_reply",
    "hold_return",
    "hold_start",
    "installed",
    "last_prompt_spoken",
    "leave_end",
    "leave_request",
    "order_accepted",
    "order_done",
    "pre_accepted",
    "queue_joined",
    "repair_accepted",
    "repair_started",
    "replaced",
    "reply_sent",
    "resolved",
    "served",
    "shift_start",
    "sign_in",
    "spare_phone_offered",
    "ticket_created",
)
"""Moments a limit may start or stop at."""


class Provision(Struct, frozen=True):
    """One item a standard asks for.

    Attributes:
        kind: who uses it.
        id: unique among the provisions of its kind.
        rule: the clause it comes from.
        flow: for a step the name of its procedure, for example ``order``.
        order: place in its procedure or list, lower first.
        start, stop: for a limit the ``CLOCK_MARKS`` it runs between.
        op: one of ``OPERATORS``, or empty without a figure.
        amount, amount_max: the figure, in ``unit``; both bounds allowed. A limit without an
            amount is one the standard names without a figure: the centre sets it.
        unit: one of ``UNITS``.
        at: for ``by`` the time of day, ``10:00``.
        period: one of ``PERIODS``.
        tiers, networks, categories, zones, channels: what it is limited to; empty is all.
        trigger: what brings it up, in the catalogue's vocabulary.
        fields: what is written down, in the words of the form.
        roles: whom it concerns, of ``ROLES``.
        required: whether it must be filled, for headings.
        pauses: what stops a limit, for example ``waiting_customer`` or ``outside_hours``.
    """

    kind: ProvisionKind
    id: str
    rule: str
    title: Title
    flow: str = ""
    order: int = 100
    start: str = ""
    stop: str = ""
    op: str = ""
    amount: int | None = None
    amount_max: int | None = None
    unit: str = ""
    at: str = ""
    period: str = ""
    tiers: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    severity: str = ""
    trigger: str = ""
    fields: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    required: bool = False
    pauses: tuple[str, ...] = ()
