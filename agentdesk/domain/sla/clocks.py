"""The clocks of a standard, and which of them hold for an item.

A pack's limits become :class:`Clock` objects. Several may run between the same two marks
(complaints of gold customers, complaints of all): the one that matches the item most closely
holds for it, see :func:`choose`. An item's category, tier or severity may change at any time;
choosing again with the new facts is all there is to do, since starts and pauses are the item's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from enum import Enum

from msgspec import Struct

from agentdesk.domain.provision import Provision, ProvisionKind
from agentdesk.domain.sla import reading
from agentdesk.domain.sla.calendar import Calendar
from agentdesk.domain.sla.target import NO_TARGET, Kind, Target, lasting
from agentdesk.domain.title import Title
from agentdesk.errors import SlaError

DIMENSIONS = ("severity", "category", "tier", "network", "channel", "zone")
"""What a clock may depend on. The order settles ties between clocks that match equally many."""

OUTSIDE_HOURS = "outside_hours"
"""Pause of a limit that counts working hours only."""

OUTSIDE_VISITS = "outside_visit_hours"
"""Pause of a limit that counts only while customers may be visited: the nightly window."""

_SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600}


class Binding(Enum):
    """What it means that the figure is reached."""

    LIMIT = "limit"  # too late: it had to be done before
    THRESHOLD = "threshold"  # from now on it may, or must, happen (at least, more than)


class Band(Struct, frozen=True):
    """When a clock begins to warn; exactly one of ``share`` and ``left`` is meant.

    Attributes:
        id: name of the band in warnings, unique among a clock's bands.
        share: from this percentage of the target on.
        left: from when this much working time is left.
    """

    id: str
    share: int = 0
    left: timedelta | None = None


BANDS = (Band("warn", share=80),)
"""Bands of a clock that has none of its own."""


class Clock(Struct, frozen=True):
    """A time limit between two marks.

    Attributes:
        id: unique in the pack.
        rule: the clause it comes from.
        start, stop: marks it runs between; see ``provision.CLOCK_MARKS``.
        calendar: the hours that count.
        every_hour: the same zone around the clock, for targets in days.
        pauses: reasons of pauses that stop it.
        bands: when it warns, in any order.
        needs: dimension -> values it holds for; a dimension that is missing does not matter.
        roles: whom it binds.
        order: place in the pack; settles what nothing else does.
    """

    id: str
    rule: str
    title: Title
    start: str
    stop: str
    target: Target
    calendar: Calendar
    every_hour: Calendar
    binding: Binding = Binding.LIMIT
    pauses: tuple[str, ...] = ()
    bands: tuple[Band, ...] = BANDS
    needs: Mapping[str, tuple[str, ...]] = {}
    roles: tuple[str, ...] = ()
    order: int = 0


class Settings(Struct, frozen=True):
    """What the standards leave to the centre.

    Attributes:
        working: working hours, for working days and limits that pause outside them.
        visiting: hours in which customers may be visited; None is ``working``.
        ring: from one ring to the next.
        at_once: grace of a limit that says "at once".
        bands: when clocks warn.
        figures: clock id -> target, for limits a standard names without a figure and for
            those the centre sets tighter.
        pauses: clock id -> reasons that pause it, instead of the pack's.
    """

    working: Calendar
    visiting: Calendar | None = None
    ring: timedelta = timedelta(seconds=5)
    at_once: timedelta = timedelta(minutes=1)
    bands: tuple[Band, ...] = BANDS
    figures: Mapping[str, Target] = {}
    pauses: Mapping[str, tuple[str, ...]] = {}


class Facts(Struct, frozen=True):
    """What clocks may depend on, of one item; empty is not known, and matches no condition."""

    category: str = ""
    severity: str = ""
    tier: str = ""
    network: str = ""
    channel: str = ""
    zone: str = ""
    role: str = ""


class Choice(Struct, frozen=True):
    """A clock that holds for an item, and why.

    Attributes:
        matched: the dimensions it matched the item in.
        beaten: clocks between the same marks that also fit, but less closely.
    """

    clock: Clock
    matched: tuple[str, ...]
    beaten: tuple[Clock, ...] = ()


def check_bands(bands: Iterable[Band]) -> tuple[Band, ...]:
    """The bands, if they mean something.

    Raises:
        SlaError: a share outside 1-99, a negative rest, both, neither, or an id used twice
            (``sla.band``); ``field`` names it.
    """
    found = tuple(bands)
    for at, band in enumerate(found):
        by_share = 1 <= band.share <= 99 and band.left is None
        by_rest = band.share == 0 and band.left is not None and band.left > timedelta(0)
        twice = sum(other.id == band.id for other in found) > 1
        if by_share == by_rest or twice or not band.id:
            raise SlaError("sla.band", field=f"bands[{at}]", value=band.id)
    return found


def clocks(provisions: Iterable[Provision], settings: Settings) -> tuple[Clock, ...]:
    """The clocks among a pack's provisions, in its order.

    A limit without a figure is a clock without a deadline until ``settings.figures`` has one.

    Raises:
        SlaError: a zone or a figure means nothing.
    """
    limits = [
        item for item in provisions if item.kind is ProvisionKind.LIMIT and item.start and item.stop
    ]
    every_hour = Calendar.round_the_clock(settings.working.timezone)
    bands = check_bands(settings.bands)
    return tuple(_clock(item, at, settings, every_hour, bands) for at, item in enumerate(limits))


def target_of(item: Provision, settings: Settings) -> Target:
    """The figure of a limit.

    Raises:
        SlaError: its time of day is wrong.
    """
    if item.op == "at_once":
        return Target(Kind.DURATION, settings.at_once, at_once=True)
    if item.op == "same_day":
        return Target(Kind.SAME_DAY)
    if item.op == "by":
        at = reading.clock(item.at, f"limit.{item.id}.at", closing=True)
        working = item.unit == "working_days"
        return Target(Kind.BY, at=at, count=item.amount or 0, working=working)
    amount = item.amount if item.amount_max is None else item.amount_max
    if not amount:
        return NO_TARGET
    if item.unit in _SECONDS or item.unit == "rings":
        one = settings.ring if item.unit == "rings" else timedelta(seconds=_SECONDS[item.unit])
        target = lasting(one * amount)
        least = one * (item.amount or 0) if item.amount_max is not None else timedelta(0)
        # The second ring begins one ring length after the first: answering on it is 2 rings.
        return Target(
            target.kind,
            target.length,
            count=amount if item.unit == "rings" else 0,
            least=max(least - one, timedelta(0)) if item.unit == "rings" else least,
        )
    kinds = {"days": Kind.DAYS, "months": Kind.MONTHS, "working_days": Kind.WORKING_DAYS}
    kind = kinds.get(item.unit)
    return Target(kind, count=amount) if kind is not None else NO_TARGET


def choose(known: Iterable[Clock], facts: Facts) -> tuple[Choice, ...]:
    """The clocks that hold for an item, one for each pair of marks.

    A clock fits if each of its conditions names the item's value. Of those that fit between
    the same marks the most specific holds: the one with the most conditions; among equals the
    one whose conditions stand first in ``DIMENSIONS``, then the one that names fewer values,
    then one that has a figure, then the first of the pack.
    """
    pairs: dict[tuple[str, str], list[Clock]] = {}
    for clock in known:
        if _fits(clock, facts):
            pairs.setdefault((clock.start, clock.stop), []).append(clock)
    found = []
    for fitting in pairs.values():
        best, *others = sorted(fitting, key=_rank)
        matched = tuple(name for name in DIMENSIONS if name in best.needs)
        found.append(Choice(best, matched, tuple(others)))
    return tuple(found)


def _fits(clock: Clock, facts: Facts) -> bool:
    if facts.role and clock.roles and facts.role not in clock.roles:
        return False
    return all(getattr(facts, name) in values for name, values in clock.needs.items())


def _rank(clock: Clock) -> tuple[int, tuple[int, ...], int, bool, int]:
    needs = clock.needs
    places = tuple(at for at, name in enumerate(DIMENSIONS) if name in needs)
    values = sum(map(len, needs.values()))
    return -len(needs), places, values, clock.target.kind is Kind.NONE, clock.order


def _clock(
    item: Provision, order: int, settings: Settings, every_hour: Calendar, bands: tuple[Band, ...]
) -> Clock:
    target = settings.figures.get(item.id) or target_of(item, settings)
    pauses = settings.pauses.get(item.id, item.pauses)
    if OUTSIDE_VISITS in pauses:
        calendar = settings.visiting or settings.working
    elif OUTSIDE_HOURS in pauses or target.kind is Kind.WORKING_DAYS or target.working:
        calendar = settings.working
    else:
        calendar = every_hour
    needs = {
        "severity": (item.severity,) if item.severity else (),
        "category": item.categories,
        "tier": item.tiers,
        "network": item.networks,
        "channel": item.channels,
        "zone": item.zones,
    }
    return Clock(
        id=item.id,
        rule=item.rule,
        title=item.title,
        start=item.start,
        stop=item.stop,
        target=target,
        calendar=calendar,
        every_hour=every_hour,
        binding=Binding.THRESHOLD if item.op in (">=", ">") else Binding.LIMIT,
        pauses=pauses,
        bands=bands,
        needs={name: values for name, values in needs.items() if values},
        roles=item.roles,
        order=order,
    )
