"""Printing the sum of a clock: for people line by line, for programs as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from agentdesk.cli.context import Context, write
from agentdesk.domain.sla.sums import Explanation, Segment, moment, span, sum_line, whole
from agentdesk.strings import Strings

if TYPE_CHECKING:
    from agentdesk.cli.ticket_words import Words
    from agentdesk.domain.pack import Pack
    from agentdesk.domain.ticket.clocks import TicketClock
    from agentdesk.store.rows import TicketRow


def put(found: Sequence[Explanation], context: Context, *, as_json: bool) -> None:
    """Print explanations on stdout; an empty list as a sentence on stderr."""
    if as_json:
        shown = [as_data(one, context.strings) for one in found]
        write(json.dumps(shown[0] if len(shown) == 1 else shown, ensure_ascii=False), sys.stdout)
        return
    if not found:
        context.say(context.strings("sla.none_started"))
    for number, one in enumerate(found):
        if number:
            context.put("")
        for line in lines(one, context.strings):
            context.put(*line)


def put_ticket(
    row: TicketRow,
    pack: Pack,
    found: Sequence[tuple[TicketClock, Explanation]],
    words: Words,
    context: Context,
    *,
    as_json: bool,
) -> None:
    """Print a work order and the sum of each of its clocks."""
    strings = context.strings
    if as_json:
        clocks = [{"key": clock.key, **as_data(one, strings)} for clock, one in found]
        shown = {"ticket": words.record(row), "pack": pack.id, "clocks": clocks}
        write(json.dumps(shown, ensure_ascii=False), sys.stdout)
        return
    context.put(*words.row(row))
    context.put(strings("cli.sla.pack"), pack.id, pack.title.get(strings.language))
    if not found:
        context.say(strings("cli.sla.no_limits"))
    for _, one in found:
        context.put("")
        for line in lines(whole(one), strings):
            context.put(*line)


def lines(shown: Explanation, strings: Strings) -> list[tuple[str, ...]]:
    """What is told of a clock, one tuple of columns for a line."""
    zone = shown.calendar.zone
    found: list[tuple[str, ...]] = []
    if shown.choice is not None:
        found += _policy(shown, strings)
    if shown.due is None:
        due = strings("sla.sum.paused") if shown.target else strings("sla.sum.none")
    else:
        due = f"{moment(shown.due.astimezone(zone.info))} ({shown.calendar.timezone})"
    found.append((strings("sla.due"), due))
    found.append((strings("sla.sum"), sum_line(shown, strings)))
    for segment in shown.segments:
        begin, end = (at.astimezone(zone.info) for at in (segment.begin, segment.end))
        found.append(
            (
                f"  {moment(begin)} – {moment(end, begin)}",
                strings(f"sla.segment.{segment.kind.value}"),
                span(segment.end - segment.begin, strings),
            )
        )
    years = shown.calendar.unpublished(
        shown.start.astimezone(zone.info).date(), (shown.due or shown.start).date()
    )
    if years:
        names = ", ".join(map(str, years))
        found.append((strings("sla.unpublished"), strings("sla.unpublished_years", years=names)))
    return found


def _policy(shown: Explanation, strings: Strings) -> list[tuple[str, ...]]:
    """Which clock holds, and why."""
    choice = shown.choice
    assert choice is not None
    clock = choice.clock
    matched = strings("sla.list").join(
        f"{strings(f'sla.dimension.{name}')} {'/'.join(clock.needs[name])}"
        for name in choice.matched
    )
    found = [
        (strings("sla.clock"), clock.title.get(strings.language), clock.rule),
        (strings("sla.matched"), matched or strings("sla.matches_all")),
    ]
    if choice.beaten:
        others = strings("sla.list").join(other.rule for other in choice.beaten)
        found.append((strings("sla.beaten"), others))
    state = strings(f"sla.state.{shown.state.state.value}")
    left = shown.state.remaining
    if left is not None:
        left -= timedelta(microseconds=left.microseconds)  # seconds will do for people
    if left is None:
        found.append((strings("sla.state"), state))
    else:
        found.append((strings("sla.state"), state, strings("sla.left", length=span(left, strings))))
    return found


def as_data(shown: Explanation, strings: Strings) -> dict[str, object]:
    """An explanation as JSON holds it; instants in UTC, lengths in seconds."""
    data: dict[str, object] = {
        "start": _iso(shown.start),
        "due": None if shown.due is None else _iso(shown.due),
        "due_local": (
            None
            if shown.due is None
            else shown.due.astimezone(shown.calendar.zone.info).isoformat()
        ),
        "timezone": shown.calendar.timezone,
        "target_seconds": _seconds(shown.target),
        "worked_seconds": _seconds(shown.worked),
        "paused_seconds": _seconds(shown.paused),
        "sum": sum_line(shown, strings),
        "segments": [_segment(segment) for segment in shown.segments],
    }
    if shown.choice is not None:
        clock, left = shown.choice.clock, shown.state.remaining
        data["clock"] = {
            "id": clock.id,
            "rule": clock.rule,
            "title": clock.title.get(strings.language),
            "matched": {name: list(clock.needs[name]) for name in shown.choice.matched},
            "beaten": [other.rule for other in shown.choice.beaten],
            "state": shown.state.state.value,
            "level": shown.state.level.value,
            "remaining_seconds": None if left is None else _seconds(left),
        }
    return data


def _segment(segment: Segment) -> dict[str, object]:
    return {
        "kind": segment.kind.value,
        "begin": _iso(segment.begin),
        "end": _iso(segment.end),
        "seconds": _seconds(segment.length),
    }


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _seconds(length: timedelta) -> float | int:
    """Seconds; a whole number if it is one."""
    whole, rest = divmod(length, timedelta(seconds=1))
    return whole + rest.microseconds / 1e6 if rest else whole
