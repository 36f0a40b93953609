"""The work orders of ``agentdesk demo``: a courier's hotline with matters in every state.

All people, parcels and branches are invented; the numbers begin with 1400001, which nobody
has. Minutes count back from the demo's now, where thirty is the standard's limit for a promised
call (F6-4.2-cannot-answer-30min).
"""

from __future__ import annotations

from random import Random

from agentdesk.desk.demo_orders import Matter, Step
from agentdesk.desk.desk import Desk
from agentdesk.domain.ticket import commands as c

_JITTER = 45
"""Orders older than this many minutes are some minutes older still, as the seed has it."""

_READ = "复述时客户挂断"
_LATER = "客户着急，资料后补"


def _promised(ago: int, text: str = "") -> Step:
    return ago, lambda _: c.Reach("callback_promised", text or "已答应 30 分钟内回电")


def _called(ago: int, text: str) -> Step:
    return ago, lambda _: c.Reach("callback_made", text)


def _escalated(ago: int) -> Step:
    return ago, lambda _: c.Reach("escalated_to_leader", "客户要求主管联系")


def _sent(ago: int, department: str, form: str = "查件单") -> Step:
    def act(desk: Desk) -> c.Command:
        return c.Dispatch(desk.tickets.new_id(), department, form, because=_READ)

    return ago, act


def _paused(ago: int, reason: str, text: str = "") -> Step:
    return ago, lambda desk: c.Pause(desk.tickets.new_id(), reason, text)


def _nudged(ago: int, whom: str) -> Step:
    return ago, lambda _: c.Nudge(whom, "客户再次来电催问")


def _settled(ago: int, result: str, *, told: bool = False) -> Step:
    return ago, lambda _: c.Resolve(result, told=told)


def _closed(ago: int) -> Step:
    return ago, lambda _: c.Close(_LATER)


def _mistaken(ago: int, wrong: str, right: str) -> Step:
    return ago, lambda desk: c.Correct(desk.tickets.new_id(), wrong, right)


_Row = tuple[int, str, str, str, str, tuple[Step, ...]]

_ROWS: tuple[_Row, ...] = (
    # Late: nobody has called back within half an hour.
    (
        96,
        "赵先生",
        "delay",
        "快件晚到两天，两次答应回电",
        "",
        (_promised(95), _nudged(12, "江北分拨")),
    ),
    (71, "许女士", "stopped", "停派没有留言，等我们回电", "", (_promised(70),)),
    (58, "罗先生", "tracking", "查件三天没有更新", "8015", (_promised(57), _sent(50, "城南网点"))),
    (44, "曹女士", "complaint", "派件员未联系就放驿站", "", (_escalated(6), _promised(40))),
    # Nearly late.
    (31, "冯先生", "damage", "纸箱破损，内件完好，要求说明", "", (_promised(28),)),
    (29, "董女士", "stopped", "改址后停派，问何时派送", "", (_promised(27),)),
    (28, "萧先生", "delay", "生鲜晚点，怕变质", "8020", (_promised(26), _sent(25, "江北分拨"))),
    # Running.
    (
        24,
        "程女士",
        "tracking",
        "显示签收，本人没有收到",
        "",
        (_promised(21), _sent(20, "城西网点")),
    ),
    (22, "邓女士", "damage_heavy", "瓷器碎裂，已留照片", "", (_promised(19),)),
    (17, "沈先生", "inquiry", "寄锂电池的要求", "", (_promised(15),)),
    (
        14,
        "韩先生",
        "lost",
        "高价快件五天无踪迹",
        "8015",
        (_promised(13), _sent(10, "理赔组", "理赔单")),
    ),
    (11, "彭女士", "complaint", "电话一直占线，派件电话打不通", "", (_promised(9),)),
    (8, "苏先生", "delay", "会议资料今天要到", "", (_promised(6), _sent(5, "城南网点"))),
    (4, "吕女士", "tracking", "改派到单位，问何时到", "", (_promised(3),)),
    (2, "蒋先生", "inquiry", "到付件能否改寄付", "", ()),
    # The clocks stand still: something is waited for.
    (
        63,
        "蔡女士",
        "lost",
        "等客户补交价值证明",
        "",
        (_promised(60), _paused(48, "waiting_customer")),
    ),
    (
        52,
        "余先生",
        "damage_heavy",
        "等客户寄回受损照片",
        "",
        (_promised(50), _paused(31, "waiting_customer")),
    ),
    (
        39,
        "叶女士",
        "stopped",
        "客户明天才在家，约好再派",
        "8020",
        (_promised(36), _paused(20, "waiting_visit")),
    ),
    # Sent out; a form has to come back.
    (
        205,
        "潘先生",
        "lost",
        "整批三件少一件",
        "",
        (_called(180, "已说明查找进度"), _sent(170, "江北分拨")),
    ),
    (
        180,
        "杜女士",
        "delay",
        "干线车辆晚点，问到达时间",
        "",
        (_sent(170, "干线调度"), _nudged(35, "干线调度")),
    ),
    (150, "戴先生", "complaint", "要求网点负责人说明", "8015", (_sent(140, "城西网点", "投诉单"),)),
    (132, "夏女士", "damage", "外箱受潮，要求核实", "", (_sent(125, "仓储组"),)),
    # Settled: the customer has to be told, or the order closed.
    (
        190,
        "钟先生",
        "tracking",
        "快件已找到，今天派送",
        "",
        (_settled(9, "在城南网点找到，下午派送"),),
    ),
    (160, "田女士", "delay", "延误原因已查明", "", (_settled(14, "航班取消，改明早到"),)),
    (
        148,
        "任先生",
        "complaint",
        "派件态度，网点已致歉",
        "",
        (_settled(22, "网点已上门致歉", told=True),),
    ),
    (
        120,
        "姜女士",
        "inquiry",
        "答复有误，已更正资费",
        "",
        (
            _settled(100, "已答复资费", told=True),
            _mistaken(30, "首重按 1 公斤计", "首重按 0.5 公斤计"),
        ),
    ),
    # Over.
    (
        230,
        "范先生",
        "tracking",
        "查件，下午派送",
        "",
        (_settled(226, "已告知", told=True), _closed(225)),
    ),
    (
        222,
        "方女士",
        "inquiry",
        "寄冰箱的包装要求",
        "",
        (_settled(219, "已说明", told=True), _closed(218)),
    ),
    (
        211,
        "石先生",
        "suggestion",
        "建议增加夜间派送",
        "8020",
        (_settled(207, "已记录", told=True), _closed(206)),
    ),
    (
        175,
        "姚女士",
        "stopped",
        "改址完成",
        "",
        (_called(160, "已确认新址"), _settled(90, "已改派", told=True), _closed(88)),
    ),
    (
        140,
        "廖先生",
        "damage",
        "外箱压痕，内件完好",
        "8015",
        (_settled(80, "客户接受说明", told=True), _closed(79)),
    ),
)
"""Minutes ago, customer, category, what about, owner if it is somebody else, and its course."""


def matters(seed: int) -> tuple[Matter, ...]:
    """The orders with the figures of ``seed``: numbers, waybills, a few minutes."""
    random = Random(seed)
    numbers = random.sample(range(1000, 10000), len(_ROWS))
    return tuple(_matter(row, number, random) for row, number in zip(_ROWS, numbers, strict=True))


def _matter(row: _Row, number: int, random: Random) -> Matter:
    ago, who, category, summary, owner, steps = row
    older = random.randrange(1, 5) if ago > _JITTER else 0
    phone = f"1400001{number}"
    values = {"waybill": f"SL2026{random.randrange(10**8):08}", "phone": phone}
    if category in ("inquiry", "suggestion"):
        values.pop("waybill")
    return Matter(ago + older, who[0], who[1:], phone, category, summary, values, owner, steps)
