"""Errors of settings, folders, terminal and command line: what is wrong and what to do."""

from __future__ import annotations

TEXT: dict[str, str] = {
    "error.file": "文件：{file}",
    "error.nearest": "是不是想写：{nearest}",
    "error.unexpected.title": "程序出错",
    "error.unexpected.body": "{reason}\n已保存的内容不会丢失。详细记录在 {log}，请交给维护人员。",
    "error.config.missing.title": "找不到配置文件",
    "error.config.missing.body": "{file} 不存在。请检查 --config 或 AGENTDESK_CONFIG 的路径，"
    "或去掉它以使用默认配置。",
    "error.config.unreadable.title": "无法读取配置文件",
    "error.config.unreadable.body": "{file}：{reason}",
    "error.config.encoding.title": "配置文件不是 UTF-8 编码",
    "error.config.encoding.body": "{file} 第 {line} 行含有不是 UTF-8 的内容。请另存为 UTF-8。",
    "error.config.syntax.title": "配置文件格式有误",
    "error.config.syntax.body": "{file} 第 {line} 行第 {column} 列不是正确的 TOML：{reason}\n"
    '文字要加引号，例如 company = "示例快运"。',
    "error.config.unknown_key.title": "配置文件中有不认识的项",
    "error.config.unknown_key.body": "{file} 第 {line} 行：没有名为 {key} 的配置项。",
    "error.config.value.title": "配置项的值不能用",
    "error.config.value.body": "{file} 第 {line} 行：{key} 不能是 {value}，应为 {expected}",
    "error.config.hours.backwards.title": "时段的结束不晚于开始",
    "error.config.hours.backwards.body": "{file} 第 {line} 行：{key} 中的 {value} 不对。"
    "跨夜的时段请写成两段：到 24:00，以及次日 00:00 起。",
    "error.config.hours.overlap.title": "时段重叠",
    "error.config.hours.overlap.body": "{file} 第 {line} 行：{key} 中的 {value} 与前面的时段重叠。",
    "error.config.hours.empty.title": "没有工作时间",
    "error.config.hours.empty.body": "{file} 第 {line} 行：{key} 里一个时段也没有，"
    "时限永远不会到期。\n请至少写一段，或去掉这一项以使用默认时间。",
    "error.config.variable.title": "环境变量的值不能用",
    "error.config.variable.body": "{key} 不能是 {value}，应为 {expected}",
    "error.config.flag.title": "命令行选项的值不能用",
    "error.config.flag.body": "{key} 不能是 {value}，应为 {expected}",
    "error.config.unknown_command.title": "按键设置中有不认识的命令",
    "error.config.unknown_command.body": "{file} 第 {line} 行：没有名为 {key} 的命令。"
    "运行 agentdesk keys 查看全部命令。",
    "error.config.key_clash.title": "按键冲突",
    "error.config.key_clash.body": "{file} 第 {line} 行：按键 {key} 同时给了 {first} "
    "和 {second}。\n"
    "请改掉其中一个；现在使用默认按键。",
    "error.config.key_fixed.title": "这个按键不能改",
    "error.config.key_fixed.body": "{file} 第 {line} 行：{key} 的按键是固定的，请删去这一行。",
    "error.config.key_forbidden.title": "这个按键不能用",
    "error.config.key_forbidden.body": "{file} 第 {line} 行：{key} 不能用 {value}，"
    "终端收不到它，或它另有用途。\n"
    "请换成 F 键或 ctrl+字母。",
    "error.folder.unwritable.title": "无法写入文件夹",
    "error.folder.unwritable.body": "{path}：{reason}\n请检查权限和磁盘，"
    "或用 XDG_DATA_HOME 等变量换一个位置。",
    "error.terminal.not_a_terminal.title": "这里不是终端",
    "error.terminal.not_a_terminal.body": "控制台要在终端窗口中打开，输入和显示不能被重定向。\n"
    "脚本可用子命令，见 agentdesk --help。",
    "error.terminal.dumb.title": "终端功能不足",
    "error.terminal.dumb.body": "TERM={term} 的终端不能移动光标。请换一个终端窗口，"
    "或设置 TERM=xterm-256color 后再试。",
    "error.terminal.encoding.title": "终端不是 UTF-8",
    "error.terminal.encoding.body": "当前编码是 {encoding}，中文会显示成乱码。\n"
    "请先执行 export LC_ALL=C.UTF-8（或 zh_CN.UTF-8），再重新打开。",
    "error.usage.command.title": "没有这个子命令",
    "error.usage.command.body": "{value} 不是 agentdesk 的子命令。用 agentdesk --help 查看全部。",
    "error.usage.arguments.title": "命令行写法有误",
    "error.usage.arguments.body": "{reason}\n用 {prog} --help 查看写法。",
    "error.usage.unavailable.title": "这个功能缺少部件",
    "error.usage.unavailable.body": "{value} 无法载入：{reason}。请重新安装 agentdesk。",
}
