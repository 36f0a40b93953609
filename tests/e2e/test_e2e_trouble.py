"""Bad input and bad surroundings: a clear message that says what to do, and no loss."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import ROOT, Seat

pytestmark = pytest.mark.e2e

IDLE = "没有通话"


def test_a_second_console_on_the_same_store(seat: Seat) -> None:
    seat.ready()
    first = seat.open()
    first.see("8012", IDLE)
    second = seat.open()
    assert second.ended() == 3
    shown = second.output()
    assert "数据文件正在使用" in shown
    assert str(seat.pid) in shown
    first.press("F2")
    first.see("通话中")


def test_a_terminal_that_is_too_small(seat: Seat) -> None:
    seat.ready()
    pane = seat.open(size=(60, 20))
    pane.see("窗口太小", "60 列 × 20 行", "80 列 × 24 行")
    pane.resize(80, 24)
    pane.see("8012", IDLE)
    pane.press("F2")
    pane.see("通话中")
    pane.resize(60, 20)
    pane.see("窗口太小", "内容都在")
    pane.resize(120, 36)
    pane.see("通话中")
    pane.gone("窗口太小")


@pytest.mark.parametrize(
    ("env", "says"),
    [
        pytest.param({"LC_ALL": "POSIX"}, "terminal is not UTF-8", id="posix"),
        pytest.param({"LC_ALL": "en_US.ISO-8859-1"}, "LC_ALL=C.UTF-8", id="latin-1"),
        pytest.param({"PYTHONIOENCODING": "gbk"}, "gbk", id="gbk"),
        pytest.param({"TERM": "dumb"}, "TERM=xterm-256color", id="dumb"),
        pytest.param({"TERM": ""}, "TERM=xterm-256color", id="no-term"),
    ],
)
def test_a_terminal_that_cannot_show_it(seat: Seat, env: dict[str, str], says: str) -> None:
    pane = seat.open(env={"AGENTDESK_LANGUAGE": "en", **env})
    assert pane.ended() == 2
    assert says in pane.output()
    assert not seat.places.data_dir.exists()


def test_not_a_terminal(seat: Seat) -> None:
    done = seat.run()
    assert (done.returncode, done.stdout) == (2, "")
    assert "这里不是终端" in done.stderr
    assert not seat.places.data_dir.exists()


def test_a_misspelt_setting(seat: Seat) -> None:
    seat.configure('language = "zh-CN"\n\n[agent]\nnumbr = "8012"\n')
    pane = seat.open()
    assert pane.ended() == 2
    shown = pane.output()
    assert str(seat.places.config_file) in shown
    assert "第 4 行" in shown
    assert "agent.numbr" in shown
    assert "是不是想写：agent.n" in shown
    assert not seat.places.store_file.exists()


def test_a_misspelt_key_setting_is_said_and_the_console_works(seat: Seat) -> None:
    seat.ready()
    with seat.places.config_file.open("a", encoding="utf-8") as file:
        file.write('[keys]\nescalte = "f8"\n')
    pane = seat.open()
    pane.see(IDLE, "escalte", "escalate")
    pane.press("F2")
    pane.see("通话中")


def test_a_damaged_store_is_left_as_it_is(seat: Seat) -> None:
    seat.ready()
    first = seat.open()
    first.see(IDLE)
    first.press("F2")
    first.see("通话中")
    first.press("C-q")
    first.see("仍要退出")
    first.press("Enter")
    assert first.ended() == 0
    store = seat.places.store_file
    damaged = b"not a database" + store.read_bytes()[14:]
    store.write_bytes(damaged)

    pane = seat.open()
    assert pane.ended() == 3
    shown = pane.output()
    assert "数据文件已损坏" in shown
    assert "保持原样" in shown
    assert store.read_bytes() == damaged


def test_a_broken_pack_of_the_centre_is_said_and_another_serves(seat: Seat) -> None:
    seat.ready()
    seat.places.packs_dir.mkdir(parents=True)
    (seat.places.packs_dir / "Z9.toml").write_text("[pack]\nid = 'Z9'\ntitel = 1\n", "utf-8")
    pane = seat.open()
    pane.see(IDLE, "Z9.toml")
    pane.press("F2")
    pane.see("通话中", "您好")


def test_a_pack_that_is_gone_can_be_replaced_by_a_flag(seat: Seat) -> None:
    seat.configure('pack = "Z9"\nlanguage = "zh-CN"\n[agent]\nno = "8012"\n')
    pane = seat.open()
    assert pane.ended() == 2
    assert "Z9" in pane.output()
    assert "F6" in pane.output()
    other = seat.open("--pack", "F6")
    other.see("8012", IDLE)


def test_a_data_folder_that_cannot_be_written(seat: Seat, tmp_path: Path) -> None:
    seat.ready()
    blocked = tmp_path / "file"
    blocked.write_text("a file where a folder is wanted", "utf-8")
    pane = seat.open(env={"XDG_DATA_HOME": str(blocked)})
    assert pane.ended() == 3
    shown = pane.output()
    assert str(blocked) in shown
    assert "XDG_DATA_HOME" in shown


def test_the_demo_leaves_nothing_behind(seat: Seat) -> None:
    pane = seat.open("demo")
    pane.see("8012", "通话中", "▌ 来电")
    made = list((seat.home / "tmp").iterdir())
    assert [path.name.startswith("agentdesk-demo-") for path in made] == [True]
    pane.press("C-q")
    pane.see("仍要退出")
    pane.press("Enter")
    assert pane.ended() == 0
    left = [path.name for path in seat.home.rglob("*") if path.is_file()]
    assert [name for name in left if not name.endswith(".code")] == []


def test_reading_no_more_than_asked(seat: Seat) -> None:
    """``agentdesk keys | head -1``: the reader goes away in the middle."""
    done = subprocess.run(
        f"{sys.executable} -m agentdesk keys | head -1",
        shell=True,
        env={**seat.env, "PYTHONUNBUFFERED": "1"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""
    assert done.stdout.startswith("new-call\t")
