"""The words people type for a tier, a network, a severity, and the keys the rules use.

A form field holds what was typed (钻石卡, 固话); limits are chosen by keys (``diamond``,
``fixed``). What is not known stays as it is, so that packs of one's own may use other words.
"""

from __future__ import annotations

from collections.abc import Mapping

TIER: Mapping[str, tuple[str, ...]] = {
    "diamond": ("钻石级", "钻石卡", "钻石"),
    "gold": ("金卡级", "金卡", "金"),
    "silver": ("银卡级", "银卡", "银"),
    "ordinary": ("普通会员", "普通客户", "普通卡", "普通", "normal"),
}
NETWORK: Mapping[str, tuple[str, ...]] = {
    "mobile": ("移动", "手机", "移动业务"),
    "fixed": ("固话", "宽带", "固网", "固话宽带", "固定电话", "broadband"),
    "cross_province": ("跨省", "跨省业务"),
    "roaming": ("漫游", "国际漫游"),
}
SEVERITY: Mapping[str, tuple[str, ...]] = {
    "accident": ("事故", "重大事故"),
    "urgent_fault": ("紧急故障",),
    "major_fault": ("重大故障",),
    "major": ("重大", "重大投诉", "重大问题"),
    "urgent": ("紧急", "特急"),
    "general": ("一般", "普通", "普通问题"),
}
URGENCY: Mapping[str, tuple[str, ...]] = {
    "urgent": ("紧急", "特急", "加急", "急", "非常紧急", "emergency"),
    "high": ("较急", "重要", "优先", "major"),
    "normal": ("一般", "普通", "正常"),
    "low": ("不急", "低"),
}
ZONE: Mapping[str, tuple[str, ...]] = {
    "office": ("办公楼", "写字楼", "办公"),
    "apartment": ("公寓", "住宅"),
    "mall": ("商场", "商铺"),
}

CHANNEL: Mapping[str, tuple[str, ...]] = {
    "phone": ("电话", "来电", "热线"),
    "hall": ("营业厅", "柜台", "窗口"),
    "online_message": ("在线留言", "网上留言", "留言"),
    "chat": ("在线客服", "在线咨询", "聊天"),
    "visit": ("来访", "面谈"),
}

VOCABULARY: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "tier": TIER,
    "network": NETWORK,
    "severity": SEVERITY,
    "urgency": URGENCY,
    "zone": ZONE,
}
"""Field of a ticket -> its keys and what people type for them."""

_KEYS: Mapping[str, Mapping[str, str]] = {
    field: {word: key for key, words in table.items() for word in (key, *words)}
    for field, table in {**VOCABULARY, "channel": CHANNEL}.items()
}
"""A channel becomes its key when it is written; what was read as text before stays that."""

KINDS: Mapping[str, tuple[str, ...]] = {
    "outage": ("outage",),
    "payment": ("payment",),
    "fault": ("fault",),
    "repair": ("repair", "handset"),
    "complaint": ("complaint",),
    "inquiry": ("inquiry", "advice", "detail", "tracking", "points"),
    "assistance": ("assistance", "assist", "help", "crowd", "emergency"),
    "order": ("order", "install", "application", "request", "registration", "membership"),
    "suggestion": ("suggestion", "opinion", "feedback", "praise"),
}
"""Kind of matter -> first words of the category keys that are of that kind."""

_KIND_OF = {word: kind for kind, words in KINDS.items() for word in words}


def canonical(field: str, value: str) -> str:
    """The key for what was typed in ``field``: 钻石卡 is ``diamond``; else the text itself."""
    text = value.strip()
    return _KEYS.get(field, {}).get(text.lower(), text)


def kind_of(category: str) -> str:
    """The kind of matter a category key stands for: ``order_4008`` is ``order``.

    ``other`` for a key that says nothing, empty for none.
    """
    if not category:
        return ""
    return _KIND_OF.get(category.partition("_")[0], "other")
