"""What the operating system, the network and a command line say, in the user's words."""

from __future__ import annotations

TEXT: dict[str, str] = {
    "reason.os.ENOENT": "没有这个文件或文件夹",
    "reason.os.EACCES": "没有权限",
    "reason.os.EPERM": "没有权限",
    "reason.os.EISDIR": "这是文件夹，不是文件",
    "reason.os.ENOTDIR": "路径中间有一段不是文件夹",
    "reason.os.EEXIST": "已经存在",
    "reason.os.ENOSPC": "磁盘已满",
    "reason.os.EROFS": "只读，不能写入",
    "reason.os.EIO": "磁盘读写出错",
    "reason.os.ENAMETOOLONG": "名称太长",
    "reason.os.EADDRINUSE": "已被别的程序使用",
    "reason.os.EADDRNOTAVAIL": "本机没有这个地址",
    "reason.os.ECONNREFUSED": "对方拒绝连接",
    "reason.net.ConnectError": "连接不上：地址、端口不对，或服务器没有运行",
    "reason.net.ConnectTimeout": "连接超时",
    "reason.net.ReadTimeout": "等待回应超时",
    "reason.net.ReadError": "连接中断",
    "reason.net.WriteError": "连接中断",
    "reason.net.RemoteProtocolError": "连接中断，或对方说的不是 HTTP",
    "reason.usage.required": "还缺：{what}",
    "reason.usage.unknown": "不认识：{what}",
    "reason.usage.choice": "{option} 不能是 {value}，应为 {choices}",
    "reason.usage.word": "没有 {value}，应为 {choices}",
    "reason.usage.number": "{option} 要写整数，不能是 {value}",
    "reason.usage.value": "{option} 后面要写一个值",
    "reason.usage.no_value": "{option} 后面不写值（多了 {value}）",
    "reason.usage.together": "{option} 和 {other} 不能同时用",
    "reason.usage.one_of": "{what} 要写其中一个",
}
