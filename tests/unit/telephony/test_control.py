"""Control file and token file."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from agentdesk.errors import RemoteError, StoreReadOnly
from agentdesk.telephony.client import send
from agentdesk.telephony.control import (
    Control,
    push_token,
    read_control,
    remove_control,
    write_control,
)
from agentdesk.telephony.loopback import is_loopback

HERE = Control("http://127.0.0.1:40123", "t" * 43, os.getpid())


def _dead_pid() -> int:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_written_read_and_removed(tmp_path: Path) -> None:
    path = tmp_path / "run" / "control.json"
    write_control(path, HERE)
    assert _mode(path) == 0o600
    assert _mode(path.parent) == 0o700
    assert read_control(path) == HERE
    assert [item.name for item in path.parent.iterdir()] == ["control.json"]
    remove_control(path, HERE.pid)
    assert not path.exists()
    remove_control(path, HERE.pid)


def test_another_consoles_file_is_left(tmp_path: Path) -> None:
    path = tmp_path / "control.json"
    write_control(path, HERE)
    remove_control(path, HERE.pid + 1)
    assert read_control(path) == HERE


@pytest.mark.parametrize("text", [None, "", "{", "[]", '{"url": "x"}', '{"pid": []}', "\udcff"])
def test_no_usable_file_is_no_console(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "control.json"
    if text is not None:
        path.write_text(text, encoding="utf-8", errors="surrogateescape")
    assert read_control(path) is None
    with pytest.raises(RemoteError) as caught:
        send(path, {})
    assert caught.value.code == "remote.not_running"


def test_a_dead_console_is_not_running(tmp_path: Path) -> None:
    path = tmp_path / "control.json"
    write_control(path, Control(HERE.url, HERE.token, _dead_pid()))
    assert read_control(path) is None


@pytest.mark.parametrize("url", ["http://192.0.2.1:80", "http://example.com", "https://127.0.0.1"])
def test_the_token_never_leaves_the_machine(tmp_path: Path, url: str) -> None:
    path = tmp_path / "control.json"
    write_control(path, Control(url, HERE.token, os.getpid()))
    with pytest.raises(RemoteError) as caught:
        send(path, {})
    assert caught.value.code == "remote.unreachable"


def test_token_is_made_once_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "state" / "push-token"
    token = push_token(path)
    assert len(token) >= 43
    assert _mode(path) == 0o600
    assert push_token(path) == token


def test_token_file_is_closed_to_others(tmp_path: Path) -> None:
    path = tmp_path / "push-token"
    path.write_text("chosen-by-the-centre-1\n")
    path.chmod(0o644)
    assert push_token(path) == "chosen-by-the-centre-1"
    assert _mode(path) == 0o600


@pytest.mark.parametrize(
    "text", ["", "\n", "short", "two words of a kind", "令牌令牌令牌令牌令牌令牌"]
)
def test_what_is_no_token_is_replaced(tmp_path: Path, text: str) -> None:
    path = tmp_path / "push-token"
    path.write_text(text, encoding="utf-8")
    token = push_token(path)
    assert token != text.strip()
    assert push_token(path) == token


def test_a_folder_in_the_way_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "push-token").mkdir()
    with pytest.raises(StoreReadOnly):
        push_token(tmp_path / "push-token")


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost", True),
        ("LOCALHOST", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.5", False),
        ("localhost.evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("", False),
    ],
)
def test_loopback(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback
