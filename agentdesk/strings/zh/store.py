"""数据文件的错误。"""

from __future__ import annotations

TEXT: dict[str, str] = {
    "error.store.locked.title": "数据文件正在使用",
    "error.store.locked.body": (
        "{path} 已由另一个 agentdesk 打开（进程号 {pid}）。请回到那个窗口，或先把它关闭。"
    ),
    "error.store.corrupt.title": "数据文件已损坏",
    "error.store.corrupt.body": (
        "{path} 没有通过检查：{detail}。文件保持原样，没有新建空文件。\n"
        "运行 agentdesk rescue：把它移到一边，新建数据文件并救回还能读出的本机记录。"
    ),
    "error.store.read_only.title": "数据文件不能写入",
    "error.store.read_only.body": "{path} 不能写入：{detail}。请检查文件夹权限。",
    "error.store.full.title": "磁盘已满",
    "error.store.full.body": "{path} 所在磁盘已满，刚才的内容没有保存。请腾出空间后再试。",
    "error.store.too_new.title": "数据文件版本较新",
    "error.store.too_new.body": (
        "{path} 由较新的 agentdesk 写成（版本 {found}，本机认识 {known}）。请升级后再打开。"
    ),
    "error.store.event_too_large.title": "内容过长",
    "error.store.event_too_large.body": (
        "这一条有 {size} 字节，最多 {limit} 字节，没有保存。请缩短或分成几条。"
    ),
    "error.store.unreadable.title": "磁盘读不出来",
    "error.store.unreadable.body": (
        "{path}：{detail}。问题在磁盘，不在文件：没有改动、也没有移走任何东西。\n"
        "请再试一次；若仍然如此，先把整个文件夹复制到别的磁盘，再请人检查这块磁盘。"
    ),
    "error.store.failed.title": "数据文件读写失败",
    "error.store.failed.body": "{path}：{detail}。刚才的内容没有保存。",
}
