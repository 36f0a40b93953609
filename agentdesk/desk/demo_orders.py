"""Made-up orders of a telecom seat, told to the desk as if they had happened.

All names and numbers are invented; the numbers begin with 140 and 000, which nobody has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from agentdesk.desk import demo
from agentdesk.desk.demo import MovingClock
from agentdesk.desk.desk import Desk
from agentdesk.desk.snapshot import Profile
from agentdesk.desk.ticket_views import TicketOutcome
from agentdesk.domain.events import EntityId
from agentdesk.domain.ticket import commands as c

PACK = "C5"
HOUR = 60

Step = tuple[int, Callable[[Desk], c.Command]]
"""Minutes before now, and what is done then."""


@dataclass(frozen=True)
class Matter:
    """One order: when it was taken in (minutes before now), of whom, and what became of it."""

    ago: int
    surname: str
    title: str
    number: str
    category: str
    summary: str
    values: Mapping[str, str] = field(default_factory=dict)
    owner: str = ""
    steps: Sequence[Step] = ()


def _does(command: c.Command) -> Callable[[Desk], c.Command]:
    return lambda _: command


def _sent(department: str) -> Callable[[Desk], c.Command]:
    return lambda desk: c.Dispatch(desk.tickets.new_id(), department, because="客户着急")


def _paused(reason: str) -> Callable[[Desk], c.Command]:
    return lambda desk: c.Pause(desk.tickets.new_id(), reason)


def values(tier: str, network: str, **more: str) -> dict[str, str]:
    """What chooses the clocks."""
    return {"tier": tier, "network": network, **more}


MATTERS: tuple[Matter, ...] = (
    Matter(
        52 * HOUR,
        "王",
        "女士",
        "14000000021",
        "complaint",
        "充值未到账，第 2 次来电",
        values("ordinary", "mobile", severity="major", phone="14000000021", reply_by="今天"),
        steps=(
            (51 * HOUR, _does(c.Respond("已电话说明处理进度"))),
            (50 * HOUR, _sent("充值中心")),
            (90, _does(c.Nudge("充值中心", "客户第二次来电"))),
        ),
    ),
    Matter(
        25 * HOUR,
        "陈",
        "先生",
        "14000003310",
        "fault",
        "宽带夜间掉线，已换过光猫",
        values("gold", "fixed", account="00057123"),
        steps=((24 * HOUR, _does(c.Respond("已短信告知受理"))), (24 * HOUR, _sent("装维班 赵工"))),
    ),
    Matter(
        22 * HOUR,
        "刘",
        "女士",
        "14000006642",
        "complaint",
        "国内流量多计费，要求退费并说明",
        values("diamond", "mobile"),
        steps=((21 * HOUR, _does(c.Respond("已电话说明处理进度"))),),
    ),
    Matter(
        110,
        "周",
        "先生",
        "14000001208",
        "fault",
        "固话无拨号音，家中有老人",
        values("ordinary", "fixed", urgency="urgent"),
    ),
    Matter(
        40,
        "吴",
        "女士",
        "14000009915",
        "complaint",
        "营业厅排队过久，态度不好",
        values("silver", "fixed"),
    ),
    Matter(
        30,
        "郑",
        "先生",
        "14000004471",
        "fault",
        "小区整栋断网",
        values("ordinary", "fixed", severity="urgent"),
        steps=((20, _does(c.Respond("已报障"))),),
    ),
    Matter(
        9 * HOUR,
        "孙",
        "女士",
        "14000007750",
        "complaint",
        "等客户补交充值凭证",
        values("silver", "mobile"),
        steps=((8 * HOUR, _does(c.Respond("已说明"))), (7 * HOUR, _paused("waiting_customer"))),
    ),
    Matter(
        30 * HOUR,
        "马",
        "先生",
        "14000002286",
        "order_4008",
        "4008 业务变更资料",
        values("ordinary", "cross_province", business="4008 变更"),
    ),
    Matter(
        3 * HOUR,
        "韩",
        "女士",
        "14000008832",
        "complaint",
        "国际漫游无法上网",
        values("gold", "roaming"),
        owner="8015",
        steps=((2 * HOUR, _does(c.Respond("已说明"))),),
    ),
    Matter(
        6 * HOUR,
        "高",
        "先生",
        "14000005527",
        "inquiry",
        "国际漫游开通条件和资费",
        values("silver", "roaming"),
    ),
    Matter(
        20 * HOUR,
        "林",
        "女士",
        "14000000904",
        "fault",
        "上网卡顿，测速不达标",
        values("silver", "fixed"),
        steps=(
            (19 * HOUR, _does(c.Respond("已说明"))),
            (2 * HOUR, _does(c.Resolve("更换分光器后恢复"))),
        ),
    ),
    Matter(
        70 * HOUR,
        "何",
        "先生",
        "14000006018",
        "complaint",
        "套餐到期未提醒",
        values("ordinary", "mobile"),
        steps=(
            (69 * HOUR, _does(c.Respond("已说明"))),
            (60 * HOUR, _does(c.Reply("已退还差额"))),
            (50 * HOUR, _does(c.Resolve("已退还差额", told=True))),
            (49 * HOUR, _does(c.Close("资料后补"))),
        ),
    ),
)
"""In the order they are told."""


def profile(language: str = "zh-CN", theme: str = "") -> Profile:
    """Who sits at this seat."""
    return replace(demo.profile(language, theme), pack=PACK)


def tell(desk: Desk, clock: MovingClock, matters: Sequence[Matter] = MATTERS) -> list[EntityId]:
    """Live through the orders; afterwards the clock stands where it stood. Ids in their order."""
    now = clock()
    told: dict[int, EntityId] = {}
    moments = [(matter.ago, place, None) for place, matter in enumerate(matters)]
    todo: list[tuple[int, int, Step | None]] = [*moments]
    todo += [(step[0], n, step) for n, matter in enumerate(matters) for step in matter.steps]
    for ago, place, step in sorted(todo, key=lambda each: (-each[0], each[2] is not None)):
        clock.to(now)
        clock.after(-60 * ago)
        if step is None:
            told[place] = _open(desk, matters[place])
        else:
            _done(desk.tickets.act(told[place], step[1](desk)))
    clock.to(now)
    return [told[place] for place in range(len(matters))]


def noticed(desk: Desk, clock: MovingClock) -> None:
    """Record what is late or nearly late, as a console would have; it then tells only news."""
    next_at = desk.tickets.tick().next_at
    while next_at is not None and next_at <= clock():
        before, next_at = next_at, desk.tickets.tick().next_at
        if next_at == before:
            raise RuntimeError(f"the clocks stand at {before}")


def _open(desk: Desk, matter: Matter) -> EntityId:
    known = {"surname": matter.surname, "title": matter.title, "number": matter.number}
    known |= {"category": matter.category, "content": matter.summary, **matter.values}
    ticket_id = desk.tickets.new_id()
    _done(desk.tickets.open(c.Open(ticket_id, known, matter.summary, owner=matter.owner)))
    return ticket_id


def _done(outcome: TicketOutcome) -> None:
    if outcome.problem is not None:
        raise RuntimeError(f"the orders cannot do this: {outcome.problem}")
