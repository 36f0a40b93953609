"""The made-up day of ``agentdesk demo``: people, parcels and words that do not exist.

Numbers begin with 1400000, a block no customer has. Times are minutes before now.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct, field

from agentdesk.domain.call.commands import Direction


class Story(Struct, frozen=True):
    """One call of the day.

    Attributes:
        ago: minutes before now at which it begins.
        who: label of the customer; the same label has the same number.
        lines: ids of lines said between greeting and closing.
        fields: the card, besides name, title, category and note.
        seconds: how long they talk.
        ring: seconds until it is answered.
        promise: minutes of a promised callback.
        settles: kind of follow-up this call keeps, the oldest one of ``who``.
        escalate: reason and proposal.
        missed: nobody answered.
        hidden: the call shows no number.
    """

    ago: float
    who: str
    category: str = ""
    note: str = ""
    disposition: str = ""
    lines: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    seconds: int = 150
    ring: int = 6
    direction: Direction = "inbound"
    hold: bool = False
    promise: int | None = None
    settles: Literal["", "promise", "callback"] = ""
    escalate: tuple[str, str] | None = None
    missed: bool = False
    hidden: bool = False


_ASKED = {"value_proof": "1", "id_copy": "1", "waybill_copy": "1"}

DAY: tuple[Story, ...] = (
    Story(
        232,
        "王先生",
        "tracking",
        "客户查件，快件今早到城南网点，下午派送，已告知。",
        "resolved",
        ("track-query", "state-out-for-delivery"),
        {"waybill": "SL202600010342", "branch": "城南网点"},
    ),
    Story(
        223,
        "李女士",
        "inquiry",
        "咨询寄冰箱的包装要求，已说明要打木架，提前一天预约上门。",
        "informed",
        (),
        {"content": "大件包装要求"},
        seconds=210,
    ),
    Story(
        213,
        "赵先生",
        "delay",
        "快件晚到两天，客户着急用，已致歉，答应核实后回电。",
        "callback",
        ("state-delay", "promise-confirm"),
        {"waybill": "SL202600009918", "branch": "江北分拨"},
        promise=30,
    ),
    Story(
        203,
        "陈女士",
        "tracking",
        "快件在派送途中，请客户留意电话。",
        "informed",
        ("track-query", "state-out-for-delivery"),
        {"waybill": "SL202600010077"},
        seconds=95,
    ),
    Story(
        193,
        "赵先生",
        "delay",
        "回电告知：快件已到江北分拨，今天十八点前送到，客户同意。",
        "resolved",
        (),
        {"waybill": "SL202600009918", "branch": "江北分拨"},
        direction="outbound",
        settles="promise",
    ),
    Story(
        184,
        "刘女士",
        "damage",
        "外箱压坏一角，内件是衣服，客户同意继续派送。",
        "resolved",
        ("state-light-damage", "state-light-damage-agree"),
        {"waybill": "SL202600010120", "content": "外箱压坏一角", "branch": "东湖网点"},
        hold=True,
        seconds=260,
    ),
    Story(174, "周先生", missed=True, ring=24),
    Story(
        170,
        "周先生",
        "inquiry",
        "回拨未接来电：客户问寄到县城要几天，已答复三到四天。",
        "informed",
        (),
        {"content": "时效咨询"},
        direction="outbound",
        settles="callback",
        seconds=110,
    ),
    Story(
        161,
        "孙先生",
        "suggestion",
        "建议晚上增加自提时段，已登记并转给网点。",
        "informed",
        ("suggestion",),
        {"content": "晚间自提"},
    ),
    Story(
        151,
        "吴女士",
        "lost",
        "快件遗失，内件为两本书，已请客户备材料，转理赔同事跟进。",
        "transferred",
        ("state-lost", "read-back-waybill"),
        {"waybill": "SL202600008803", "item": "书两本", **_ASKED},
        hold=True,
        seconds=330,
    ),
    Story(
        140,
        "钱女士",
        "inquiry",
        "打错电话，要找的是水务热线。",
        "wrong_number",
        (),
        {"content": "误拨"},
        seconds=35,
    ),
    Story(
        131,
        "郑先生",
        "tracking",
        "快件停在中转站，正在装车，今晚发出。",
        "informed",
        ("track-query",),
        {"waybill": "SL202600010511", "branch": "江北分拨"},
        ring=17,
    ),
    Story(
        121,
        "冯女士",
        "complaint",
        "客户称派送员没打电话就放在门口，东西被淋湿。已安抚，请班长协助。",
        "escalated",
        ("angry-customer", "complaint-error", "read-back"),
        {"content": "未联系就放门口，物品淋湿", "upset": "1"},
        seconds=380,
        escalate=("hostile", "请与我一起安抚客户，核实派送员后今天答复。"),
    ),
    Story(
        110,
        "何先生",
        "stopped",
        "停派因为地址少门牌号，已补全，明天上午再派。",
        "resolved",
        ("state-bad-address", "read-back-waybill"),
        {"waybill": "SL202600010066", "branch": "西山网点"},
    ),
    Story(
        100,
        "吕女士",
        "inquiry",
        "问能不能开电子发票。",
        "informed",
        seconds=80,
    ),
    Story(
        91,
        "王先生",
        "tracking",
        "再次来电：还没收到。派送员十五分钟内到，已告知。",
        "informed",
        ("track-query", "state-out-for-delivery"),
        {"waybill": "SL202600010342", "branch": "城南网点"},
    ),
    Story(
        82,
        "许先生",
        "complaint",
        "投诉上次答复前后不一致，已致歉并登记，客户挂机前没留电话。",
        "complaint_logged",
        ("complaint-error",),
        {"content": "两次答复不一致"},
        seconds=290,
        hidden=True,
    ),
    Story(
        72,
        "曹女士",
        "delay",
        "受大雾影响晚到一天，已致歉，到站优先派送。",
        "resolved",
        ("state-delay",),
        {"waybill": "SL202600009654"},
    ),
    Story(63, "姚女士", missed=True, ring=31),
    Story(
        58,
        "姚女士",
        "tracking",
        "回拨未接来电：查件，快件已由物业代收。",
        "resolved",
        (),
        {"waybill": "SL202600010213"},
        direction="outbound",
        settles="callback",
        seconds=105,
    ),
    Story(
        50,
        "韩先生",
        "complaint",
        "投诉网点报错价，客户不接受解释，要主管回话。",
        "escalated",
        ("complaint-error", "complaint-manager", "read-back"),
        {"content": "网点报价与实收不符", "upset": "1"},
        seconds=360,
        escalate=("complaint_manager", "请主管立即联系客户，致歉并说明核实结果。"),
    ),
    Story(
        40,
        "邓女士",
        "delay",
        "运单三天没有更新，要向江北分拨核实，答应三十分钟内回电。",
        "callback",
        ("state-stopped", "promise-confirm"),
        {"waybill": "SL202600009387", "branch": "江北分拨"},
        promise=30,
        seconds=100,
    ),
    Story(
        35,
        "彭先生",
        "damage_heavy",
        "花瓶碎了，由公司退回处理，已请客户备好三样材料。",
        "transferred",
        ("state-heavy-damage", "read-back-waybill"),
        {
            "waybill": "SL202600010008",
            "item": "花瓶",
            "branch": "东湖网点",
            **_ASKED,
        },
        seconds=270,
    ),
    Story(
        28,
        "沈女士",
        "stopped",
        "停在西山网点，没有留言，正在核实原因，三十分钟内回电。",
        "callback",
        ("state-stopped", "read-back-waybill", "promise-confirm"),
        {"waybill": "SL202600010432", "branch": "西山网点"},
        promise=30,
        seconds=120,
    ),
    Story(21, "袁先生", missed=True, ring=27),
    Story(
        18,
        "唐先生",
        "",
        "客户说要改地址，话没说完线路断了。",
        "informed",
        (),
        seconds=45,
    ),
    Story(
        11,
        "叶女士",
        "inquiry",
        "咨询寄往海岛的附加费，要查价目，答应三十分钟内回电。",
        "callback",
        ("cannot-answer", "promise-confirm"),
        {"content": "海岛附加费"},
        promise=30,
        seconds=160,
    ),
)
"""What is over by now, oldest first; no two of them overlap."""

NOW = Story(
    3.5,
    "邓女士",
    "delay",
    "客户来电催：答应的回电没有等到，运单仍然没有更新。\n"
    "查到快件还在江北分拨，昨晚漏扫一次。\n"
    "这事不归我管，请客户等网点通知。",
    lines=("apology", "state-delay"),
    fields={"waybill": "SL202600009387", "branch": "江北分拨", "upset": "1"},
)
"""The call on the card; its note still says what an agent should not say."""

RINGING = Story(8 / 60, "韩先生")
"""The call that rings meanwhile."""
