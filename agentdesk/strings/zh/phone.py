"""Telephony and the sub-commands ring, calls and demo, Chinese."""

from __future__ import annotations

TEXT: dict[str, str] = {
    "error.remote.not_running.title": "控制台没有在运行",
    "error.remote.not_running.body": "没有找到正在运行的控制台（{path}）。\n"
    "请先在另一个终端窗口打开 agentdesk，并确认配置里 [push] enabled = true。",
    "error.remote.unreachable.title": "连不上控制台",
    "error.remote.unreachable.body": "{url} 没有回应：{reason}\n"
    "请看控制台是否还开着；刚打开时等一两秒再试。",
    "cli.ring.unknown": "控制台没有编号为 {id} 的通话，什么也没有改动。",
    "error.remote.refused.title": "控制台没有接受",
    "error.remote.refused.body": "HTTP {status}：{reason}",
    "error.remote.port.title": "电话接口打不开",
    "error.remote.port.body": "{host} 的端口 {port} 不能使用：{reason}\n"
    "请在配置里把 [push] port 改成 0 或别的端口。来电可按 F2 手工建卡。",
    "error.push.not_loopback.title": "电话接口只能在本机",
    "error.push.not_loopback.body": "[push] host 不能是 {host}，"
    "只接受 127.0.0.1、::1 或 localhost。",
    "error.calls.unknown.title": "没有这通电话",
    "error.calls.unknown.body": "找不到编号以 {value} 结尾的通话。用 agentdesk calls 查看编号，\n"
    "别的日子要加 --day 或写全 32 位。",
    "error.calls.ambiguous.title": "编号不够长",
    "error.calls.ambiguous.body": "有 {count} 通电话的编号以 {value} 结尾，请多写几位。",
    "error.calls.locked.title": "控制台正在使用数据库",
    "error.calls.locked.body": "进程 {pid} 正在使用 {path}。请在控制台里查看通话，"
    "或关闭控制台后再运行。\n数据库只允许一个程序打开，只读也不行："
    "旧版 SQLite 同时有两个连接时可能损坏文件。",
    "error.usage.ring_from.title": "没有来电号码",
    "error.usage.ring_from.body": "{event} 需要 {option}，例如 {option} 13800138000。",
    "error.usage.ring_id.title": "没有通话编号",
    "error.usage.ring_id.body": "{event} 需要 --id，写上次 agentdesk ring 打印的编号。",
    "error.usage.day.title": "日期写法有误",
    "error.usage.day.body": "{value} 不是日期，应为 YYYY-MM-DD，例如 2026-03-07。",
    "cli.ring.help": "让正在运行的控制台振铃，或报告通话的变化",
    "cli.ring.from": "主叫号码",
    "cli.ring.to": "被叫号码",
    "cli.ring.name": "对方姓名",
    "cli.ring.queue": "队列",
    "cli.ring.id": "通话编号；不写则新编一个并打印出来",
    "cli.ring.event": "事件：offered 振铃、answered 接听、ended 挂机、held 保持、resumed 恢复",
    "cli.ring.outbound": "这是呼出的电话",
    "cli.calls.help": "逐行列出一天的通话（读屏软件和脚本可用）",
    "cli.calls.day": "哪一天，YYYY-MM-DD；不写是今天",
    "cli.calls.json": "每行一个 JSON 对象",
    "cli.calls.show": "列出一通电话的经过",
    "cli.calls.show.id": "通话编号，写末尾几位即可",
    "cli.calls.none": "{day} 没有通话",
    "cli.calls.count": "{day} 共 {count} 通",
    "cli.calls.missing": "缺 {items}",
    "cli.demo.help": "用编造的数据打开一个临时的控制台，退出后不留下任何东西",
    "cli.demo.seed": "换一组编造的数据",
    "cli.demo.ready": "演示数据已备好（{count} 通），打开控制台…",
}
