"""Which clocks of a standard hold for an item."""

from __future__ import annotations

from datetime import timedelta

import pytest

from agentdesk.domain.pack import Pack
from agentdesk.domain.provision import Provision, ProvisionKind
from agentdesk.domain.sla import Calendar
from agentdesk.domain.sla.clocks import (
    Band,
    Binding,
    Choice,
    Facts,
    Settings,
    check_bands,
    choose,
    clocks,
)
from agentdesk.domain.sla.target import Kind, Target
from agentdesk.domain.title import Title
from agentdesk.errors import SlaError
from agentdesk.standards.loader import load_shipped

PACKS = ("B3", "C5", "E4", "F6", "L7", "M2", "N2", "P1", "T0", "T1", "V8")
WORKING = Calendar.from_dict(
    {
        "timezone": "Asia/Shanghai",
        "hours": {day: [["09:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")},
    }
)
VISITING = Calendar.daily("Asia/Shanghai", [["08:00", "20:00"]])
SETTINGS = Settings(WORKING, VISITING)


def chosen(pack: Pack, facts: Facts, settings: Settings = SETTINGS) -> dict[str, Choice]:
    found = choose(clocks(pack.provisions, settings), facts)
    return {choice.clock.id: choice for choice in found}


def limit(name: str, **more: object) -> Provision:
    given: dict[str, object] = {
        "start": "ticket_created",
        "stop": "resolved",
        "op": "<=",
        "amount": 1,
        "unit": "hours",
        **more,
    }
    return Provision(ProvisionKind.LIMIT, name, "T0-1", Title(name, name), **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", PACKS)
def test_every_limit_of_every_standard_is_a_clock(name: str) -> None:
    pack = load_shipped(name)
    limits = [item for item in pack.provisions if item.kind is ProvisionKind.LIMIT]
    known = clocks(pack.provisions, SETTINGS)
    assert [clock.id for clock in known] == [item.id for item in limits]
    for item, clock in zip(limits, known, strict=True):
        figure = bool(item.amount or item.at or item.op in ("same_day", "at_once"))
        assert (clock.target.kind is not Kind.NONE) is figure, item.id


def test_tier_and_network_choose_the_formal_reply() -> None:
    pack = load_shipped("C5")
    gold = chosen(pack, Facts(category="complaint", tier="gold", network="mobile"))
    assert set(gold) == {"first-response", "mobile-vip"}
    assert gold["mobile-vip"].clock.target.length == timedelta(hours=24)
    assert gold["mobile-vip"].matched == ("category", "tier", "network")
    assert [clock.rule for clock in gold["mobile-vip"].beaten] == ["C5-Q4-mobile-24h"]
    abroad = chosen(pack, Facts(category="complaint", tier="ordinary", network="roaming"))
    assert "roaming-tiers" in abroad and abroad["roaming-tiers"].clock.target.count == 5
    assert set(chosen(pack, Facts(category="complaint"))) == {"first-response"}


def test_severity_goes_before_everything() -> None:
    pack = load_shipped("T1")
    urgent = chosen(pack, Facts(category="fault", severity="urgent_fault"))
    assert urgent["urgent-fault"].clock.target.length == timedelta(hours=1)
    assert [clock.id for clock in urgent["urgent-fault"].beaten] == ["response"]
    assert "response" in chosen(pack, Facts(category="fault"))


def test_most_specific_wins_then_the_order_of_dimensions_then_figures_then_the_pack() -> None:
    two = [limit("zone", zones=("北区",)), limit("tier", tiers=("gold",)), limit("all")]
    known = clocks(two, SETTINGS)
    both = choose(known, Facts(tier="gold", zone="北区"))
    assert [choice.clock.id for choice in both] == ["tier"]
    assert [clock.id for clock in both[0].beaten] == ["zone", "all"]
    narrow = [limit("wide", tiers=("gold", "silver")), limit("one", tiers=("gold",))]
    assert choose(clocks(narrow, SETTINGS), Facts(tier="gold"))[0].clock.id == "one"
    figures = [limit("none", amount=None), limit("some"), limit("later")]
    assert choose(clocks(figures, SETTINGS), Facts())[0].clock.id == "some"
    assert choose(clocks(figures, SETTINGS), Facts()) == choose(
        tuple(reversed(clocks(figures, SETTINGS))), Facts()
    )


def test_a_role_leaves_out_clocks_of_others() -> None:
    pack = load_shipped("N2")
    assert "rollcall" in chosen(pack, Facts(role="team_leader"))
    assert "early" in chosen(pack, Facts(role="agent"))


def test_the_hours_that_count() -> None:
    pack = load_shipped("C5")
    known = {clock.id: clock for clock in clocks(pack.provisions, SETTINGS)}
    assert known["install"].calendar is VISITING
    assert known["order-4008"].calendar is WORKING
    assert known["mobile-vip"].calendar.week[6] == ((0, 86_400_000_000),)
    tight = Settings(WORKING, pauses={"mobile-vip": ("outside_hours",)})
    known = {clock.id: clock for clock in clocks(pack.provisions, tight)}
    assert known["mobile-vip"].calendar is WORKING
    assert known["install"].calendar is WORKING  # nothing is said of visits


def test_rings_at_once_and_the_centres_own_figures() -> None:
    known = {clock.id: clock for clock in clocks(load_shipped("B3").provisions, SETTINGS)}
    rings = known["answer-rings"].target
    assert (rings.count, rings.length, rings.least) == (
        3,
        timedelta(seconds=15),
        timedelta(seconds=5),
    )
    assert known["silent-wait"].binding is Binding.THRESHOLD
    grace = Settings(
        WORKING,
        at_once=timedelta(minutes=3),
        figures={"respond": Target(Kind.DURATION, timedelta(minutes=30))},
    )
    now = {clock.id: clock for clock in clocks(load_shipped("F6").provisions, grace)}
    assert now["manager-contact"].target.at_once
    assert now["manager-contact"].target.length == timedelta(minutes=3)
    own = {clock.id: clock for clock in clocks(load_shipped("T0").provisions, grace)}
    assert own["respond"].target.length == timedelta(minutes=30)


@pytest.mark.parametrize(
    "band",
    [
        Band("warn"),
        Band("warn", share=100),
        Band("warn", share=-1),
        Band("warn", share=50, left=timedelta(minutes=5)),
        Band("warn", left=timedelta(0)),
        Band("", share=50),
    ],
)
def test_a_band_that_means_nothing_is_refused(band: Band) -> None:
    with pytest.raises(SlaError) as caught:
        check_bands([Band("first", share=10), band])
    assert caught.value.params["field"] == "bands[1]"


def test_a_band_may_not_be_given_twice() -> None:
    with pytest.raises(SlaError, match=r"sla\.band"):
        check_bands([Band("warn", share=10), Band("warn", share=20)])
