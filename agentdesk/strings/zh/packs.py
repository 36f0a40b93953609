"""Standards packs: names of their parts; what is wrong in which line, and what to do."""

from __future__ import annotations

TEXT: dict[str, str] = {
    "error.pack.not_found.title": "没有这个服务标准",
    "error.pack.not_found.body": "没有叫“{value}”的服务标准。可用：{expected}",
    "error.pack.unreadable.title": "无法读取服务标准文件",
    "error.pack.unreadable.body": "{file}：{value}\n"
    "请检查文件是否存在、是不是普通文件、有没有读取权限。",
    "error.pack.too_large.title": "服务标准文件太大",
    "error.pack.too_large.body": "{file} 超过 {expected} 字节。请检查是不是放错了文件。",
    "error.pack.misnamed.title": "服务标准的文件名与编号不一致",
    "error.pack.misnamed.body": "{file}：[pack] 的 id 或文件名是“{value}”。"
    "文件名要与编号相同，例如 {expected}。",
    "error.pack.encoding.title": "服务标准文件不是 UTF-8 编码",
    "error.pack.encoding.body": "{file} 第 {line} 行含有不是 {expected} 的内容（{value}）。"
    "请另存为 UTF-8。",
    "error.pack.syntax.title": "服务标准文件格式有误",
    "error.pack.syntax.body": "{file} 第 {line} 行不是正确的 {expected}：{value}\n"
    "文字要加引号，列表要加方括号，每项之间用逗号。",
    "error.pack.unknown_key.title": "服务标准中有不认识的项",
    "error.pack.unknown_key.body": "{file} 第 {line} 行："
    "{key} 里的“{value}”不认识。可用：{expected}",
    "error.pack.unknown_table.title": "服务标准中有不认识的部分",
    "error.pack.unknown_table.body": "{file} 第 {line} 行：没有叫“{value}”的部分。可用：{expected}",
    "error.pack.missing_table.title": "服务标准缺少必需的部分",
    "error.pack.missing_table.body": "{file} 里没有 {expected}，没有它就不能接电话。",
    "error.pack.missing_key.title": "服务标准缺少必填项",
    "error.pack.missing_key.body": "{file} 第 {line} 行起的这一段缺少“{value}”（{key}）。",
    "error.pack.wrong_type.title": "服务标准中的值写法不对",
    "error.pack.wrong_type.body": "{file} 第 {line} 行：{key} 现在是“{value}”，应写成 {expected}",
    "error.pack.unknown_name.title": "服务标准中有不认识的名称",
    "error.pack.unknown_name.body": "{file} 第 {line} 行：{key} 不能是“{value}”。可用：{expected}",
    "error.pack.unknown_reference.title": "服务标准引用了不存在的内容",
    "error.pack.unknown_reference.body": "{file} 第 {line} 行：{key} 指向“{value}”，"
    "但没有这样的 {expected}。",
    "error.pack.duplicate.title": "服务标准中有重复",
    "error.pack.duplicate.body": "{file} 第 {line} 行："
    "{key} 的“{value}”已经用过，请改名或删去一个。",
    "error.pack.bad_id.title": "服务标准中的编号写法不对",
    "error.pack.bad_id.body": "{file} 第 {line} 行：{key} 的“{value}”只能用英文字母、数字、- 和 _，"
    "例如 {expected}",
    "error.pack.bad_rule.title": "服务标准中的条款号写法不对",
    "error.pack.bad_rule.body": "{file} 第 {line} 行："
    "{key} 的“{value}”不是条款号，应类似 {expected}",
    "error.pack.out_of_range.title": "服务标准中的数字超出范围",
    "error.pack.out_of_range.body": "{file} 第 {line} 行："
    "{key} 不能是 {value}，应在 {expected} 之间。",
    "error.pack.too_many.title": "服务标准中的项目太多",
    "error.pack.too_many.body": "{file} 第 {line} 行：{key} 最多 {expected} 项。",
    "error.pack.too_long.title": "服务标准中的文字太长",
    "error.pack.too_long.body": "{file} 第 {line} 行：{key} 有 {value} 个字，最多 {expected} 个。",
    "error.pack.empty.title": "服务标准中有空白项",
    "error.pack.empty.body": "{file} 第 {line} 行：{key} 是空的，请填写。",
    "error.pack.unsafe_character.title": "服务标准中有看不见的字符",
    "error.pack.unsafe_character.body": "{file} 第 {line} 行："
    "{key} 含有控制字符或隐形字符 {value}。"
    "请删掉后重新输入这一行。",
    "error.pack.braces.title": "用语中的花括号不成对",
    "error.pack.braces.body": "{file} 第 {line} 行：{key} 里的花括号没有成对：{value}",
    "error.pack.unknown_slot.title": "用语中有不认识的空格名",
    "error.pack.unknown_slot.body": "{file} 第 {line} 行："
    "{key} 里不能填“{value}”。可用：{expected}",
    "error.pack.endless_chain.title": "用语的先后顺序绕成了圈",
    "error.pack.endless_chain.body": "{file} 第 {line} 行："
    "{key} 又回到了“{value}”，请断开其中一处。",
    "error.pack.uses_ni.title": "用语里用了“你”",
    "error.pack.uses_ni.body": "{file} 第 {line} 行：{key} 应称“{expected}”：{value}",
    "error.pack.own_ban.title": "用语里有本标准的忌语",
    "error.pack.own_ban.body": "{file} 第 {line} 行：{key} 违反 {expected}，请换一种说法：{value}",
    "error.pack.extends_circle.title": "服务标准的沿用关系绕成了圈",
    "error.pack.extends_circle.body": "{file} 第 {line} 行："
    "{key} 又回到了“{value}”，请断开其中一处。",
    "error.pack.extends_depth.title": "服务标准沿用的层数太多",
    "error.pack.extends_depth.body": "{file} 第 {line} 行："
    "{key} 的“{value}”已超过 {expected} 层，请减少层数。",
    "error.pack.unknown_removal.title": "要去掉的内容不存在",
    "error.pack.unknown_removal.body": "{file} 第 {line} 行："
    "{key} 里的“{value}”在 {expected} 中没有。",
    "error.pack.removed_reference.title": "去掉的内容还在使用",
    "error.pack.removed_reference.body": "{file} 第 {line} 行："
    "{key} 去掉了“{value}”，但 {expected} 还在用它，请一并改掉或去掉。",
    "error.pack.inherited_ban.title": "新的禁语与沿用的用语冲突",
    "error.pack.inherited_ban.body": "{file} 第 {line} 行："
    "{key} 禁止了沿用的 {expected}，请一并改写或去掉：{value}",
    "error.pack.no_clause.title": "没有这一条款",
    "error.pack.no_clause.body": "没有条款“{value}”。",
    "packs.table.pack": "设置",
    "packs.table.line": "话术",
    "packs.table.phrase": "禁语",
    "packs.table.requirement": "要求",
    "packs.table.clock": "通话时限",
    "packs.table.field": "登记项",
    "packs.table.category": "来电类别",
    "packs.table.level": "上报层级",
    "packs.table.reason": "上报原因",
    "packs.table.disposition": "处理结果",
    "packs.table.guard": "操作提醒",
    "packs.table.guards": "操作提醒",
    "packs.table.guidance": "提示",
    "packs.table.clause": "条款",
    "packs.table.limit": "时限",
    "packs.table.target": "指标",
    "packs.table.step": "流程步骤",
    "packs.table.heading": "交接项目",
    "packs.table.roster": "排班考勤",
    "packs.table.report": "报表会议",
    "packs.table.duty": "职责",
    "packs.table.entitlement": "客户等级权益",
    "packs.table.grade": "等级与培训",
    "packs.table.conflict": "矛盾与差异",
    "packs.way.console": "控制台执行",
    "packs.way.record": "记录与统计",
    "packs.way.poster": "张贴展示",
}
