"""From checked items to a :class:`~agentdesk.domain.pack.Pack`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agentdesk.domain.pack import (
    CallClock,
    Category,
    Disposition,
    FormField,
    Guard,
    Level,
    Line,
    Mark,
    Match,
    Need,
    Pack,
    PhraseRule,
    Reason,
    Requirement,
    Severity,
    Title,
)
from agentdesk.domain.provision import Provision, ProvisionKind
from agentdesk.standards.reader import Item

BANS = (Need.NIN, Need.BANNED)
"""Requirements that are met by never doing something."""


def build(items: Mapping[str, Sequence[Item]], extends: tuple[str, ...] = ()) -> Pack:
    """The pack of a file whose items were read; references are checked afterwards.

    Args:
        extends: ids of the packs whose items are among them, the nearest first.
    """
    head = items["pack"][0]
    guards = items["guards"][0]
    return Pack(
        id=head.text("id"),
        title=_title(head),
        lines=tuple(map(_line, items["line"])),
        phrases=tuple(map(_phrase, items["phrase"])),
        requirements=tuple(map(_requirement, items["requirement"])),
        clocks=tuple(map(_clock, items["clock"])),
        fields=tuple(map(_field, items["field"])),
        categories=tuple(map(_category, items["category"])),
        levels=tuple(
            Level(item.text("key"), _title(item), item.text("rule")) for item in items["level"]
        ),
        reasons=tuple(map(_reason, items["reason"])),
        dispositions=tuple(
            Disposition(item.text("key"), _title(item), item.text("rule"))
            for item in items["disposition"]
        ),
        guards={guard: guards.text(guard.value) for guard in Guard if guards.has(guard.value)},
        titles=head.texts("titles"),
        callback_minutes=head.number("callback_minutes") or 0,
        guidance=tuple((item.text("rule"), item.text("text")) for item in items["guidance"]),
        provisions=tuple(
            _provision(kind, item) for kind in ProvisionKind for item in items[kind.value]
        ),
        extends=extends,
    )


def _title(item: Item) -> Title:
    return Title(item.text("title"), item.text("title_en"))


def _line(item: Item) -> Line:
    order = item.number("order")
    return Line(
        id=item.text("id"),
        rule=item.text("rule"),
        moment=item.text("moment"),
        title=_title(item),
        text=item.text("text"),
        marks=tuple(map(Mark, item.texts("marks"))),
        when=item.conditions("when"),
        hears=item.texts("hears"),
        minutes=item.number("minutes"),
        order=100 if order is None else order,
        then=item.text("then") or None,
        trigger=item.text("trigger"),
    )


def _phrase(item: Item) -> PhraseRule:
    return PhraseRule(
        rule=item.text("rule"),
        category=item.text("category"),
        match=Match(item.text("match")),
        severity=Severity(item.text("severity")),
        phrases=item.texts("phrases"),
        cores=item.texts("cores"),
        replacement=item.text("replacement"),
        count=item.number("count") or 0,
        classes=item.texts("classes"),
        allow=item.texts("allow"),
        bad=item.texts("bad"),
        good=item.texts("good"),
    )


def _requirement(item: Item) -> Requirement:
    need = Need(item.text("need"))
    target = item.number("target")
    return Requirement(
        id=item.text("id"),
        rule=item.text("rule"),
        title=_title(item),
        need=need,
        mark=Mark(item.text("mark")) if item.has("mark") else None,
        target=0 if need in BANS else 1 if target is None else target,
        words=item.texts("words"),
    )


def _clock(item: Item) -> CallClock:
    return CallClock(
        id=item.text("id"),
        rule=item.text("rule"),
        title=_title(item),
        limit_seconds=item.number("limit_seconds") or 0,
        warn_seconds=item.number("warn_seconds") or 0,
        line=item.text("line") or None,
        rings=item.number("rings"),
    )


def _field(item: Item) -> FormField:
    return FormField(
        key=item.text("key"),
        title=_title(item),
        kind=item.text("kind", "text"),
        sensitive=item.flag("sensitive"),
        rule=item.text("rule"),
    )


def _category(item: Item) -> Category:
    return Category(
        key=item.text("key"),
        title=_title(item),
        rule=item.text("rule"),
        required=item.texts("required"),
        optional=item.texts("optional"),
        lines=item.texts("lines"),
        read_back=item.flag("read_back"),
    )


def _reason(item: Item) -> Reason:
    return Reason(
        key=item.text("key"),
        title=_title(item),
        rule=item.text("rule"),
        level=item.text("level"),
        emergency=item.flag("emergency"),
        proposal=item.text("proposal"),
    )


def _provision(kind: ProvisionKind, item: Item) -> Provision:
    order = item.number("order")
    return Provision(
        kind=kind,
        id=item.text("id"),
        rule=item.text("rule"),
        title=_title(item),
        flow=item.text("flow"),
        order=100 if order is None else order,
        start=item.text("start"),
        stop=item.text("stop"),
        op=item.text("op"),
        amount=item.number("amount"),
        amount_max=item.number("amount_max"),
        unit=item.text("unit"),
        at=item.text("at"),
        period=item.text("period"),
        tiers=item.texts("tiers"),
        networks=item.texts("networks"),
        categories=item.texts("categories"),
        zones=item.texts("zones"),
        channels=item.texts("channels"),
        severity=item.text("severity"),
        trigger=item.text("trigger"),
        fields=item.texts("fields"),
        roles=item.texts("roles"),
        required=item.flag("required"),
        pauses=item.texts("pauses"),
    )
