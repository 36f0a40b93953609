"""What to say now: the one line the speak panel shows.

The playlist of a call follows the moments of the standard: greeting, surname, the matter,
read-back, anything else, closing. A line that was spoken or skipped leaves it; a line the
agent picked comes first; holding, returning and silence bring their own lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from agentdesk.domain.call.meters import met
from agentdesk.domain.call.state import Call, Phase
from agentdesk.domain.call.taken import taken_over
from agentdesk.domain.pack import Line, Mark, Pack
from agentdesk.domain.scripts import Situation, select, suggest


class Guide(Struct, frozen=True):
    """The line to say now.

    Attributes:
        line: None when the call needs no words (idle, wrap-up).
        index, total: its place in the playlist, from 1.
        coming: the lines after it.
        suggested: lines the customer's words in the note suggest.
    """

    line: Line | None
    index: int
    total: int
    coming: tuple[Line, ...]
    suggested: tuple[Line, ...]


NOTHING = Guide(None, 0, 0, (), ())


def guide(
    call: Call | None,
    pack: Pack,
    situation: Situation,
    *,
    note: str = "",
    picked: str = "",
    skipped: Iterable[str] = (),
) -> Guide:
    """The line to say now and those that follow.

    Args:
        note: the agent's note so far; customer's words in it suggest lines.
        picked: id of a line the agent chose.
        skipped: ids the agent passed over.
    """
    if call is None or call.phase not in (Phase.OFFERED, Phase.TALKING, Phase.HELD):
        return NOTHING
    gone = _spoken(call) | set(skipped)
    suggested = tuple(line for line in suggest(pack.lines, note) if line.id not in gone)
    chosen = pack.line(picked) if picked else None
    queue = _queue(call, pack, situation, suggested, gone)
    if chosen is not None:
        queue = [chosen, *_chain(pack, chosen, gone), *queue]
    lines = _once(queue)
    if not lines:
        return Guide(None, 0, 0, (), suggested)
    done = len(call.said)
    return Guide(lines[0], done + 1, done + len(lines), tuple(lines[1:]), suggested)


def _once(lines: Iterable[Line]) -> list[Line]:
    """Each line once, where it first stands."""
    kept: dict[str, Line] = {}
    for line in lines:
        kept.setdefault(line.id, line)
    return list(kept.values())


def _chain(pack: Pack, line: Line, gone: set[str]) -> list[Line]:
    """The fixed followers of a line."""
    found: list[Line] = []
    follower = pack.line(line.then) if line.then else None
    while follower is not None and follower not in found and follower.id not in gone:
        found.append(follower)
        follower = pack.line(follower.then) if follower.then else None
    return found


def _queue(
    call: Call, pack: Pack, situation: Situation, suggested: Sequence[Line], gone: set[str]
) -> list[Line]:
    def one(moment: str) -> list[Line]:
        fitting = select(pack.lines, moment, situation)
        return [line for line in fitting if line.id not in gone][:1]

    if call.phase is Phase.HELD:
        return one("return")
    if call.silent_since is not None:
        return [line for line in select(pack.lines, "silence", situation) if line.id not in gone]
    queue: list[Line] = []
    if call.last_hold is not None and not _returned(call):
        queue += one("return")
    queue += _follow_last(call, pack, gone)
    if not met(call, pack, Mark.GREETING):
        for line in one("opening"):
            queue += [line, *_chain(pack, line, gone)]
    if not call.customer and not met(call, pack, Mark.ASK_NAME):
        queue += one("identify")
    queue += suggested[:2]
    if not met(call, pack, Mark.ACKNOWLEDGEMENT) and not suggested:
        queue += one("handle")
    category = pack.category(call.values.get("category"))
    if category is not None and category.read_back and not met(call, pack, Mark.READ_BACK):
        queue += one("confirm")
    if not met(call, pack, Mark.ANYTHING_ELSE):
        queue += one("anything_else")
    if not met(call, pack, Mark.CLOSING):
        queue += one("closing")
    return queue


def _returned(call: Call) -> bool:
    """The words of return were spoken since the last hold, or the call is past them."""
    past = (Mark.HOLD_RETURN, Mark.ANYTHING_ELSE, Mark.CLOSING)
    return any(call.marked_since(mark, call.hold_began) for mark in past)


def _spoken(call: Call) -> set[str]:
    """Lines that were spoken; a return line only for its own hold, the next wants it again."""
    began = call.hold_began
    return {
        said.line_id
        for said in call.said
        if not (Mark.HOLD_RETURN in said.marks and began is not None and said.at < began)
    }


def _follow_last(call: Call, pack: Pack, gone: set[str]) -> list[Line]:
    last = pack.line(call.said[-1].line_id) if call.said else None
    return _chain(pack, last, gone) if last else []


def slots(
    call: Call | None, line: Line | None, given: Mapping[str, str], pack: Pack
) -> dict[str, str]:
    """Values for a line's slots.

    Args:
        given: values that are not the call's: company, agent_no, agent_name, daypart, holiday.
    """
    values = dict(given)
    if call is not None:
        values |= {name: text for name, text in call.values.items() if text}
        values |= taken_over(call.values, call.number, pack)
        if call.customer:
            values["customer"] = call.customer
    minutes = line.minutes if line and line.minutes else pack.callback_minutes
    values["minutes"] = str(minutes)
    return values
