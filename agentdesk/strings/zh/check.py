"""``agentdesk check``: forbidden phrases and customers' numbers in files."""

from __future__ import annotations

TEXT: dict[str, str] = {
    "category.confidentiality": "客户隐私",
    "cli.check.help": "检查文件里的忌语和客户号码",
    "cli.check.files": "要检查的文件；不写或写 - 表示标准输入",
    "cli.check.rules": "不用服务标准，改用自己的词表（TOML）",
    "cli.check.speaker": "是谁的话：agent（默认）、customer（不检查）或 note（工单备注）",
    "cli.check.format": "输出格式：text（默认）、json 或 sarif",
    "cli.check.min_severity": "只报这一级及以上：advise（默认）、reason 或 block",
    "cli.check.encoding": "文件编码：utf-8（默认）或 gb18030",
    "cli.check.transcript": "按 JSON Lines 通话记录读取（.jsonl 文件自动识别）："
    '每行 {{"speaker", "at", "text"}}',
    "cli.check.required": "同时列出标准要求、记录里却没有的内容（问候、称呼、结束语等）",
    "cli.check.numbers": "标准没有保密条款时，或使用 --rules 时，也查找手机号、身份证号和银行卡号",
    "cli.check.severity.advise": "建议改",
    "cli.check.severity.reason": "需说明",
    "cli.check.severity.block": "禁止",
    "cli.check.hit": "{place}: {severity}  {rule}  {category}  “{text}”",
    "cli.check.better": " → {suggestion}",
    "cli.check.missing": "{file}: 缺少  {rule}  {title}（{value}/{target}）",
    "cli.check.broken": "{file}: 违反  {rule}  {title}（{value} 次）",
    "cli.check.sarif": "“{text}”不符合 {rule}",
    "cli.check.clean": "● 没有发现问题（按 {name} 检查）",
    "cli.check.unread": "有文件没有检查到，请看上面的说明。",
    "cli.check.summary": "共 {count} 处（按 {name} 检查）  {each}",
    "cli.check.gaps": "缺少或违反 {count} 项要求",
    "error.check.unreadable.title": "读不了要检查的文件",
    "error.check.unreadable.body": "{file}：{reason}",
    "error.check.too_large.title": "要检查的文件太大",
    "error.check.too_large.body": "{file} 超过 {limit} MB，请拆开再检查。",
    "error.check.encoding.title": "文件编码不对",
    "error.check.encoding.body": "{file}：第 {offset} 个字节（从 0 数起，{byte}）不是 {encoding}。"
    "请核对文件，或用 --encoding 指定编码。",
    "error.check.is_gb18030.title": "文件编码不对",
    "error.check.is_gb18030.body": "{file}：第 {offset} 个字节（从 0 数起，{byte}）不是 "
    "{encoding}。看起来是 GB18030，请加上 --encoding gb18030。",
    "error.check.is_utf8.title": "文件编码不对",
    "error.check.is_utf8.body": "{file}：从第 {offset} 个字节（从 0 数起）看，这是 UTF-8，"
    "不是 gb18030。请去掉 --encoding gb18030。",
    "error.check.transcript.title": "通话记录有一行不是 JSON 对象",
    "error.check.transcript.body": "{file} 第 {line} 行第 {column} 列看不懂。每行应是一个对象，"
    '例如 {{"speaker": "agent", "at": "09:30:05", "text": "您好"}}',
    "error.check.member.title": "通话记录有一项不对",
    "error.check.member.body": "{file} 第 {line} 行第 {column} 列："
    "{key} 不能是 {value}，应为 {expected}",
    "error.check.member_missing.title": "通话记录缺一项",
    "error.check.member_missing.body": "{file} 第 {line} 行没有 {key}，应为 {expected}",
    "error.check.required_needs_pack.title": "词表里没有必说内容",
    "error.check.required_needs_pack.body": "--required 要按服务标准检查，不能和 --rules 一起用。",
    "error.rules.unreadable.title": "读不了词表",
    "error.rules.unreadable.body": "{file}：{value}\n请确认文件存在、是普通文件、可以读取。",
    "error.rules.too_large.title": "词表文件太大",
    "error.rules.too_large.body": "{file} 超过 {expected} 字节，请确认没有选错文件。",
    "error.rules.encoding.title": "词表不是 UTF-8 编码",
    "error.rules.encoding.body": "{file} 第 {line} 行：这里不是 {expected}（{value}）。"
    "请把文件存成 UTF-8。",
    "error.rules.syntax.title": "词表写法不对",
    "error.rules.syntax.body": "{file} 第 {line} 行不是 {expected}：{value}\n"
    "文字要加引号，列表要有方括号和逗号。",
    "error.rules.no_rules.title": "词表是空的",
    "error.rules.no_rules.body": "{file} 里没有 {expected}。",
    "error.rules.unknown_table.title": "词表中有不认识的部分",
    "error.rules.unknown_table.body": "{file} 第 {line} 行：没有名为“{value}”的部分，"
    "只有 {expected}",
    "error.rules.unknown_key.title": "词表中有不认识的项",
    "error.rules.unknown_key.body": "{file} 第 {line} 行：{key} 不认识“{value}”。可用：{expected}",
    "error.rules.missing_key.title": "词表缺少必填项",
    "error.rules.missing_key.body": "{file} 第 {line} 行起的规则缺少“{value}”（{key}）。",
    "error.rules.wrong_type.title": "词表中的值类型不对",
    "error.rules.wrong_type.body": "{file} 第 {line} 行：{key} 是“{value}”，应写成 {expected}",
    "error.rules.unknown_name.title": "词表中有不认识的名称",
    "error.rules.unknown_name.body": "{file} 第 {line} 行：{key} 不能是“{value}”。可用：{expected}",
    "error.rules.duplicate.title": "词表中有重复的编号",
    "error.rules.duplicate.body": "{file} 第 {line} 行：{key} 的“{value}”前面已经用过。",
    "error.rules.bad_id.title": "词表中的编号写法不对",
    "error.rules.bad_id.body": "{file} 第 {line} 行：{key} 不能是“{value}”，应类似 {expected}",
    "error.rules.too_many.title": "词表太长",
    "error.rules.too_many.body": "{file} 第 {line} 行（{key}）：一个文件最多 {expected} 条词语。",
    "error.rules.too_long.title": "词表中的词语太长",
    "error.rules.too_long.body": "{file} 第 {line} 行：{key} 有 {value} 个字，最多 {expected} 个。",
    "error.rules.empty.title": "词表中有空白项",
    "error.rules.empty.body": "{file} 第 {line} 行：{key} 是空的，请填写。",
    "error.rules.nothing.title": "词表中有查不了的词语",
    "error.rules.nothing.body": "{file} 第 {line} 行：{key} 的“{value}”去掉标点、空格和通配符后"
    "什么都不剩。",
    "error.rules.wildcards.title": "词语里的通配符太多",
    "error.rules.wildcards.body": "{file} 第 {line} 行：{key} 的“{value}”有 {count} 处通配符，"
    "最多 {expected} 处。请拆成几条短的词语。",
    "error.rules.crowd.title": "词表里太多词语写法相近",
    "error.rules.crowd.body": "{file} 第 {line} 行（{key}）：写着“{value}”的一处"
    "会有 {count} 条词语要比较，最多 {expected} 条。"
    "请合并写法相同的词语，或把通配符前后的字写长一些。",
    "error.rules.unsafe_character.title": "词表中有看不见的字符",
    "error.rules.unsafe_character.body": "{file} 第 {line} 行："
    "{key} 含有控制字符或隐形字符 {value}。请删掉后重新输入。",
    "error.rules.count_alone.title": "count 用错了地方",
    "error.rules.count_alone.body": "{file} 第 {line} 行：{key} 只能和 {expected} 一起用。",
}
