"""``agentdesk serve`` and what may stand against it, Chinese."""

from __future__ import annotations

TEXT: dict[str, str] = {
    "cli.serve.help": "运行供多个坐席共用的服务器",
    "cli.serve.database": "sqlite:////文件路径 或 postgresql://用户@主机/库名；"
    "不写则用数据文件夹里的 SQLite 文件",
    "cli.serve.host": "监听的地址；不是本机地址就必须有 TLS",
    "cli.serve.port": "端口；0 表示任选一个空闲的并打印出来",
    "cli.serve.cert": "证书（含证书链），PEM",
    "cli.serve.key": "证书的私钥，PEM",
    "cli.serve.proxy": "前面有代理负责 TLS，本服务器只用明文 HTTP",
    "cli.serve.rate": "一个令牌每秒最多几次请求（10）",
    "cli.serve.database_is": "数据库：{database}",
    "cli.serve.site_is": "站点 {site}，纪元 {epoch}",
    "cli.serve.first": "还没有登记任何人。保持它运行，在另一个终端里：\n"
    "  agentdesk server users --help    登记人员\n"
    "  agentdesk server enrol --help    为坐席发放接入码\n"
    "然后在坐席上：agentdesk login --help",
    "error.server.plain.title": "别人能连到的服务器必须有 TLS",
    "error.server.plain.body": "{host} 不是本机地址。请给出 --tls-cert 和 --tls-key；"
    "如果前面有代理负责 TLS，请加 --insecure-behind-proxy。",
    "error.server.tls_pair.title": "证书和私钥要一起给",
    "error.server.tls_pair.body": "--tls-cert 和 --tls-key 要么都写，要么都不写。",
    "error.server.tls_files.title": "证书不能使用",
    "error.server.tls_files.body": "{cert} 与 {key}：{reason}\n"
    "两个都要是能读取、互相对应的 PEM 文件，私钥不能有密码。",
    "error.server.port.title": "没有这样的端口",
    "error.server.port.body": "--port 不能是 {value}，应为 0 到 65535。",
    "error.server.rate.title": "没有这样的频率",
    "error.server.rate.body": "--rate 不能是 {value}，应为 1 到 100000。",
    "error.server.address.title": "地址不能使用",
    "error.server.address.body": "{host} 端口 {port}：{reason}\n"
    "可能有别的程序在用；--port 0 会任选一个空闲的。",
    "error.server.database.title": "数据库地址有误",
    "error.server.database.body": "{value} 不是数据库地址，"
    "应为 sqlite:////文件路径 或 postgresql://用户@主机/库名。",
    "error.server.postgres.title": "不能使用 PostgreSQL",
    "error.server.postgres.body": "驱动程序加载失败：{reason}\n"
    "请安装服务器部分：pip install 'agentdesk[server]'。",
    "error.server.missing.title": "没有安装服务器部分",
    "error.server.missing.body": "{reason}\n请安装：pip install 'agentdesk[server]'。",
    "error.server.bad_request.title": "请求有误",
    "error.server.bad_request.body": "{reason}",
    "error.server.unauthorised.title": "没有登录",
    "error.server.unauthorised.body": "{reason}",
    "error.server.revoked.title": "权限已收回",
    "error.server.revoked.body": "{reason}",
    "error.server.expired.title": "已经失效",
    "error.server.expired.body": "{reason}",
    "error.server.forbidden_scope.title": "无权查看",
    "error.server.forbidden_scope.body": "{reason}",
    "error.server.too_large.title": "一次太多",
    "error.server.too_large.body": "{reason}",
    "error.server.conflict.title": "与已有的内容冲突",
    "error.server.conflict.body": "{reason}",
    "error.server.busy.title": "服务器繁忙",
    "error.server.busy.body": "{reason}\n请稍后再试。",
    "error.server.unsupported.title": "双方版本不合",
    "error.server.unsupported.body": "{reason}",
    "error.server.locked.title": "已锁定",
    "error.server.locked.body": "{reason}",
    "error.server.not_found.title": "没有找到",
    "error.server.not_found.body": "{reason}",
    "error.server.internal.title": "服务器内部错误",
    "error.server.internal.body": "{reason}",
}
