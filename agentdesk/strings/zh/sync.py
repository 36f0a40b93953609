"""与服务器交换的状态和原因。"""

from __future__ import annotations

TEXT: dict[str, str] = {
    "sync.state.local": "只在本机",
    "sync.state.synced": "已同步",
    "sync.state.sending": "待传",
    "sync.state.offline": "离线",
    "sync.state.refused": "传送停住",
    "sync.state.reset": "正在核对",
    "sync.reason.network": "联系不上服务器，会自动再试",
    "sync.reason.stranger": "回答的不是 agentdesk 服务器（可能要先在网页上登录网络），会自动再试",
    "sync.reason.untrusted": "服务器的证书不可信，或地址不是 https；为保密没有发送任何内容",
    "sync.reason.refused": "服务器不接受请求（HTTP {status}，{detail}），会自动再试",
    "sync.reason.busy": "服务器正忙，会自动再试",
    "sync.reason.signed_out": "{actor} 的登录已失效，请运行 agentdesk login；待传内容都在本机",
    "sync.reason.wrong_site": "这台服务器属于另一个站点（{site}），什么都没有传；内容都在本机",
    "sync.reason.unsupported": "服务器与本程序的版本不能互通（{detail}），请升级；内容都在本机",
    "sync.reason.waits_for": "{actor} 的 {count} 条记录要等 {actor} 登录后才传",
    "sync.reason.set_aside": "{count} 条记录服务器不收，已搁置，其余照常传送",
    "sync.reason.elsewhere": "{count} 条记录服务器已收到，但归别的班组，本座席看不到回音",
    "sync.reason.unknown_kind": "有记录要等服务器升级后才能收，会自动再试",
    "sync.reason.loop": "服务器多次要求从头核对，已放慢；内容都在本机，请告知管理员",
    "sync.reason.garbage": "服务器发来的一部分内容无法理解，已略过该部分，会自动再试",
    "sync.reason.store": "本机数据库暂时不能写入（{detail}），收到的内容留待以后",
    "error.sync.network.title": "联系不上服务器",
    "error.sync.network.body": "服务器没有回应，或连接中断（{detail}）。请检查网络后再试。",
    "error.sync.stranger.title": "回答的不是 agentdesk 服务器",
    "error.sync.stranger.body": "收到的不是约定的内容（{detail}）。"
    "可能要先在网页上登录网络，或地址写错了。",
    "error.sync.untrusted.title": "服务器不可信",
    "error.sync.untrusted.body": "除本机外只能用 https，证书也必须可信（{detail}）。\n"
    "没有发送任何内容。",
    "error.sync.refused.title": "服务器不接受",
    "error.sync.refused.body": "服务器拒绝了请求（HTTP {status}，{reason}）。",
    "error.sync.credentials.title": "登录资料不能使用",
    "error.sync.credentials.body": "无法读写 {path}。请检查权限；\n"
    "文件损坏时可删除后重新登录，记录不受影响。",
}
