"""How other programs of the same user find the running console, and the key to its door.

Two small files, both readable by their user only and written whole or not at all: the
control file (address, token, process; it goes when the console goes) and the token file
(it stays, because a phone system is set up with the token once).
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import stat
from pathlib import Path

from msgspec import Struct
from msgspec.structs import asdict

from agentdesk.errors import StoreReadOnly

TOKEN_FILE = "push-token"
"""Name of the token file in ``Locations.state_dir``."""

_TOKEN_BYTES = 32
_TOKEN_MIN = 16  # characters; shorter or odd contents are no token of ours
_READ_LIMIT = 4096


class Control(Struct, frozen=True):
    """Where the running console listens.

    Attributes:
        url: for example ``http://127.0.0.1:40123``.
        token: what a request must carry.
        pid: the console's process.
    """

    url: str
    token: str
    pid: int


def write_control(path: Path, control: Control) -> None:
    """Say where this console listens.

    Raises:
        StoreReadOnly: the folder cannot be written.
    """
    _write(path, json.dumps(asdict(control)))


def read_control(path: Path) -> Control | None:
    """The running console; None when there is none or its process is gone."""
    try:
        values = json.loads(_read(path))
        control = Control(str(values["url"]), str(values["token"]), int(values["pid"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None  # no console, or one that died while an older version wrote this
    return control if _alive(control.pid) else None


def remove_control(path: Path, pid: int) -> None:
    """Take the control file away, unless another console has written its own since."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        if int(json.loads(_read(path))["pid"]) == pid:
            path.unlink()


def push_token(path: Path) -> str:
    """The token of this seat; made on first use, and again if the file was emptied.

    Raises:
        StoreReadOnly: the file cannot be read or written.
    """
    try:
        held = _read(path).strip()
    except FileNotFoundError:
        held = ""
    except (OSError, ValueError) as error:
        raise _unwritable(path, error) from error
    if len(held) >= _TOKEN_MIN and held.isascii() and held.isprintable() and " " not in held:
        _close_to_others(path)
        return held
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    _write(path, token + "\n")
    return token


def _read(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(_READ_LIMIT).decode("utf-8")


def _write(path: Path, text: str) -> None:
    """Replace a file in one step; a reader sees the old one or the new one."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Closed to others from its first moment, whatever the umask says.
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            os.replace(fresh, path)
        except BaseException:
            fresh.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise _unwritable(path, error) from error


def _close_to_others(path: Path) -> None:
    """Somebody may have copied the file with wider rights."""
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        path.chmod(0o600)


def _unwritable(path: Path, error: Exception) -> StoreReadOnly:
    reason = getattr(error, "strerror", None) or str(error)
    return StoreReadOnly("folder.unwritable", path=str(path), reason=reason)


def _alive(pid: int) -> bool:
    """Whether a process exists; it may belong to somebody else."""
    if pid <= 0 or os.name != "posix":  # elsewhere signal 0 would end the process
        return pid > 0
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
