"""login, logout, sync, export and import, Chinese."""

from __future__ import annotations

TEXT: dict[str, str] = {
    "cli.login.help": "登录站点的服务器，本机的记录以后一起上传",
    "cli.login.url": "服务器地址，例如 https://desk.example.com",
    "cli.login.code": "管理员给的座席接入码；只写 --code 则另行输入",
    "cli.login.seat": "这个座席在站点里的名称",
    "cli.login.code.ask": "接入码：",
    "cli.login.pin.ask": "工号 {number} 的密码：",
    "cli.login.done": "已登录 {url}（站点 {site}，座席 {seat}）",
    "cli.login.who": "身份：{who}，{role}，班组 {team}",
    "cli.login.no_team": "无",
    "cli.login.as_agent": "这是座席自己的身份，只能做坐席的事；班长请再用工号和密码登录",
    "cli.login.other": "注意：控制台里的工号是 {number}，现在登录的是 {person}；"
    "{number} 的记录要等 {number} 登录后才上传",
    "cli.login.waiting": "本机有 {count} 条记录待传：控制台开着时自动上传，"
    "或运行 agentdesk sync --once",
    "cli.login.later": "正在运行的控制台没有回应，它会在几秒内自己发现这次登录",
    "cli.logout.help": "退出服务器登录；记录和待传内容都保留",
    "cli.logout.nobody": "没有人登录，或没有这个工号",
    "cli.logout.done": "{person} 已退出登录",
    "cli.logout.kept": "控制台开着，未能查看待传数；记录都保留在本机",
    "cli.logout.waiting": "还有 {count} 条记录没有上传，都保留在本机，重新登录后继续",
    "cli.sync.help": "与服务器交换一次，或查看传送情况",
    "cli.sync.once": "上传和接收一次，然后结束",
    "cli.sync.status": "查看传送情况，不联系服务器",
    "cli.sync.json": "以 JSON 输出",
    "cli.sync.done": "全部完成：上传 {sent}，收到 {received}，待传 {waiting}，未被接受 {refused}",
    "cli.sync.not_done": "没有全部完成：上传 {sent}，收到 {received}，待传 {waiting}，"
    "未被接受 {refused}",
    "cli.sync.console": "控制台正在运行，已请它马上传送：",
    "cli.export.help": "把全部记录导出为逐行 JSON 文件",
    "cli.export.file": "要写的文件；已有的文件不会被覆盖",
    "cli.export.done": "已导出 {count} 条记录到 {path}。文件含客户资料，只有您能读，请妥善保管",
    "cli.import.help": "导入 agentdesk export 导出的文件；重复导入没有影响",
    "cli.import.file": "要读的文件",
    "cli.import.skip": "略过损坏的行，其余照常导入",
    "cli.import.own": "文件出自本座席以前的数据库（换了机器或硬盘），记录仍算本座席的",
    "cli.import.done": "共 {total} 条：新增 {new}，已有 {known}",
    "cli.import.skipped": "略过 {count} 行：第 {lines} 行",
    "cli.import.foreign": "其中 {count} 条是另一个座席写的，按别人的记录导入；"
    "如果那是本座席以前的数据库，请另用空的数据库加 --own 导入",
    "error.login.no_url.title": "没有服务器地址",
    "error.login.no_url.body": "请写地址，例如 agentdesk login https://desk.example.com，"
    "或在 config.toml 的 [server] 里写 url。",
    "error.login.url.title": "服务器地址不能用",
    "error.login.url.body": "{value} 不是可用的地址。应为 https://主机[:端口]；"
    "只有本机可以用 http://127.0.0.1:端口。",
    "error.login.ca_file.title": "证书文件读不到",
    "error.login.ca_file.body": "{path} 不存在或不能读，请检查 config.toml 里的 [server] ca_file。",
    "error.login.no_code.title": "没有接入码",
    "error.login.no_code.body": "请输入管理员给的接入码，例如 agentdesk login 地址 --code 接入码。",
    "error.login.no_pin.title": "没有密码",
    "error.login.no_pin.body": "请在提示后输入密码，或用管道从标准输入传入。密码不写在命令行里。",
    "error.login.no_way.title": "不知道谁要登录",
    "error.login.no_way.body": "新座席用 --code 接入码；已接入的座席用 --agent-no 工号，"
    "再输入密码。",
    "error.login.not_joined.title": "这个座席还没有接入",
    "error.login.not_joined.body": "请先用管理员给的接入码：agentdesk login 地址 --code 接入码，"
    "再用工号登录。",
    "error.login.other_site.title": "这是另一个站点的服务器",
    "error.login.other_site.body": "{url} 属于站点 {site}，本机的记录属于站点 {ours}，"
    "不能混在一起。\n"
    "没有登录，也没有上传任何内容。请核对地址，或为新站点另用一个数据文件夹。",
    "error.login.refused.title": "服务器没有接受登录",
    "error.login.refused.body": "接入码或密码不对、已用过或已过期，或工号已停用。请向管理员核对。",
    "error.login.locked.title": "登录暂时被锁",
    "error.login.locked.body": "尝试次数太多，或服务器正忙。请过 {seconds} 秒再试。",
    "error.login.network.title": "连不上服务器",
    "error.login.network.body": "{reason}\n请检查网络和地址。控制台不受影响，记录都在本机。",
    "error.login.stranger.title": "回应的不是 agentdesk 服务器",
    "error.login.stranger.body": "{reason}\n可能是上网认证页、代理或别的服务。"
    "除接入码或密码外没有送出任何内容。",
    "error.login.untrusted.title": "服务器的证书不可信",
    "error.login.untrusted.body": "{reason}\n站点自己的证书请在 config.toml 的 [server] "
    "ca_file 里指定。",
    "error.login.problem.title": "服务器不能处理",
    "error.login.problem.body": "HTTP {status}：{reason}",
    "error.sync.what.title": "没有写要做什么",
    "error.sync.what.body": "用 agentdesk sync --once 交换一次，"
    "或 agentdesk sync status 查看情况。",
    "error.sync.signed_out.title": "还没有登录服务器",
    "error.sync.signed_out.body": "请先运行 agentdesk login。记录都在本机。",
    "error.sync.locked.title": "控制台正在使用数据库",
    "error.sync.locked.body": "进程 {pid} 正在使用 {path}，又没有回应。请关闭控制台后再运行，\n"
    "或在配置里打开 [push] enabled = true，就可以在控制台开着时使用。",
    "error.export.locked.title": "控制台正在使用数据库",
    "error.export.locked.body": "进程 {pid} 正在使用 {path}。导出和导入要先关闭控制台。",
    "error.export.nothing.title": "没有可导出的记录",
    "error.export.nothing.body": "这里还没有数据库。",
    "error.export.exists.title": "文件已经存在",
    "error.export.exists.body": "{path} 已存在，不会覆盖。请换一个名称。",
    "error.export.unwritable.title": "不能写文件",
    "error.export.unwritable.body": "{path}：{reason}",
    "error.import.unreadable.title": "不能读文件",
    "error.import.unreadable.body": "{path}：{reason}",
    "error.import.bad_line.title": "文件有损坏的行",
    "error.import.bad_line.body": "{path} 第 {line} 行不能用：{reason}\n"
    "没有导入任何内容。要略过损坏的行，请加 --skip-bad。",
    "error.import.cut.title": "文件不完整",
    "error.import.cut.body": "{path} 到第 {line} 行就断了，缺少结尾。没有导入任何内容。\n"
    "要导入已有的部分，请加 --skip-bad。",
    "error.import.sum.title": "文件被改动过",
    "error.import.sum.body": "{path} 第 {line} 行的校验与内容不符。没有导入任何内容。\n"
    "确认要导入，请加 --skip-bad。",
    "error.import.version.title": "文件的版本不同",
    "error.import.version.body": "{path} 由另一个版本的 agentdesk 导出，请先更新。"
    "没有导入任何内容。",
    "verdict.forbidden": "没有权限做这件事",
    "verdict.forbidden_now": "写的时候可以，传到时已没有权限",
    "verdict.invalid": "内容不合规定",
    "verdict.conflict": "与服务器上的记录矛盾",
    "verdict.altered": "服务器上有同一条记录，内容却不同",
    "verdict.too_large": "内容太长，服务器不收",
}
