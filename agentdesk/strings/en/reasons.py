"""What the operating system, the network and a command line say, in the user's words."""

from __future__ import annotations

TEXT: dict[str, str] = {
    "reason.os.ENOENT": "No such file or directory",
    "reason.os.EACCES": "Permission denied",
    "reason.os.EPERM": "Permission denied",
    "reason.os.EISDIR": "It is a directory, not a file",
    "reason.os.ENOTDIR": "A part of the path is not a directory",
    "reason.os.EEXIST": "It exists already",
    "reason.os.ENOSPC": "The disk is full",
    "reason.os.EROFS": "It can only be read",
    "reason.os.EIO": "The disk failed",
    "reason.os.ENAMETOOLONG": "The name is too long",
    "reason.os.EADDRINUSE": "Another program uses it",
    "reason.os.EADDRNOTAVAIL": "This machine has no such address",
    "reason.os.ECONNREFUSED": "Connection refused",
    "reason.net.ConnectError": "No connection: the address or port is wrong, "
    "or the server is not running",
    "reason.net.ConnectTimeout": "The connection took too long",
    "reason.net.ReadTimeout": "The answer took too long",
    "reason.net.ReadError": "The connection broke",
    "reason.net.WriteError": "The connection broke",
    "reason.net.RemoteProtocolError": "The connection broke, or the other end speaks no HTTP",
    "reason.usage.required": "missing: {what}",
    "reason.usage.unknown": "not known: {what}",
    "reason.usage.choice": "{option} cannot be {value}, it must be {choices}",
    "reason.usage.word": "there is no {value}, it must be {choices}",
    "reason.usage.number": "{option} takes a whole number, not {value}",
    "reason.usage.value": "{option} needs a value",
    "reason.usage.no_value": "{option} takes no value ({value} is too much)",
    "reason.usage.together": "{option} and {other} cannot be used together",
    "reason.usage.one_of": "one of {what} is needed",
}
