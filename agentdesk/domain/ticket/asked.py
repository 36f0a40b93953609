"""Which of the choices of an order its standard has any use for.

Severity, tier, network and channel choose clocks, priority and what must be filled, in standards
that know them. A centre whose standard does not is not asked for them.
"""

from __future__ import annotations

from agentdesk.domain.pack import Pack
from agentdesk.domain.provision import Provision, ProvisionKind
from agentdesk.domain.ticket.citing import cites
from agentdesk.domain.ticket.priority import RULE_FACTORS, RULE_KIND
from agentdesk.domain.ticket.words import SEVERITY

CHOICES = ("severity", "tier", "network", "channel")
"""In the order a form asks for them."""

_PRIORITY = frozenset({"severity", "tier"})
_BINDING = frozenset({ProvisionKind.LIMIT, ProvisionKind.STEP})


def asked(pack: Pack, category: str = "") -> frozenset[str]:
    """The choices that some clock, priority or field of an order depends on.

    Args:
        category: of the order; empty while it is not known, then of any.
    """
    found = {
        name
        for kind in pack.categories
        if category in ("", kind.key)
        for name in (*kind.required, *kind.optional)
        if name in CHOICES
    }
    if cites(pack, RULE_FACTORS) or cites(pack, RULE_KIND):
        found |= _PRIORITY
    for item in pack.provisions:
        if item.kind in _BINDING and (not category or category in (item.categories or (category,))):
            found |= _of(item)
    return frozenset(found)


def _of(item: Provision) -> set[str]:
    """What one limit or step depends on."""
    found = {
        "severity": item.severity or _by_severity(item.trigger),
        "tier": item.tiers,
        "network": item.networks,
        "channel": item.channels,
    }
    return {name for name, values in found.items() if values}


def _by_severity(trigger: str) -> bool:
    """``severity_urgent_fault``, ``category_complaint_major``: a severity brings it up."""
    if trigger.startswith("severity_"):
        return True
    return trigger.startswith("category_") and any(trigger.endswith(f"_{key}") for key in SEVERITY)
