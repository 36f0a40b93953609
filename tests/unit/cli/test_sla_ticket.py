"""``agentdesk sla explain TICKET``, and what ``doctor`` says of queues and working hours."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from agentdesk.__main__ import main
from agentdesk.store import Store

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    for name in list(os.environ):
        if name.startswith(("AGENTDESK_", "XDG_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))

    def call(*argv: str, pack: str = "T0") -> tuple[int, str, str]:
        code = main(["--pack", pack, "--agent-no", "8012", *argv])
        return code, *capsys.readouterr()

    return call


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    path = tmp_path / ".config" / "agentdesk" / "config.toml"
    path.parent.mkdir(parents=True)
    return path


def opened(run: Run, *argv: str, pack: str = "T0") -> str:
    done = run("tickets", "new", "--json", *argv, pack=pack)
    assert done[0] == 0, done[2]
    return str(json.loads(done[1])["id"])


def test_each_clock_of_a_ticket_is_explained(run: Run) -> None:
    ticket = opened(run, "--category", "outage", "--summary", "小区断网")
    code, out, err = run("sla", "explain", ticket[-6:].upper())
    assert (code, err) == (0, "")
    head, standard, *_ = out.splitlines()
    assert head.startswith(f"{ticket[-6:]}\tP1\t")
    assert standard == "规范\tT0\t电信客服中心服务标准"
    assert "时限\t首次分派\tT0-2.1-dispatch-15min\n依据\t对所有工单" in out
    assert " + 15 分 = " in out
    assert "." not in out.split("算式\t")[1].split("\n")[0]  # no fractions of a second


def test_why_a_limit_holds_is_what_it_matched(run: Run) -> None:
    values = ("--set", "tier=金卡", "--set", "network=手机")
    ticket = opened(run, "--category", "complaint", "--summary", "多收费", *values, pack="C5")
    code, out, _ = run("sla", "explain", ticket, pack="F6")  # by the standard it was taken in by
    assert code == 0
    assert "规范\tC5\t" in out
    assert "依据\t类别 complaint、客户等级 diamond/gold/silver、网络 mobile\n" in out


def test_json_has_the_ticket_its_standard_and_every_sum(run: Run) -> None:
    ticket = opened(run, "--category", "outage", "--set", "number=13800138000")
    code, out, _ = run("sla", "explain", ticket, "--json")
    found = json.loads(out)
    assert (code, found["ticket"]["id"], found["pack"]) == (0, ticket, "T0")
    assert found["ticket"]["number"] == "138****8000"
    first = found["clocks"][0]
    assert (first["key"], first["clock"]["rule"]) == ("dispatch", "T0-2.1-dispatch-15min")
    assert (first["target_seconds"], first["clock"]["state"]) == (900, "running")


def test_the_hours_of_the_settings_are_in_the_sum(run: Run, settings: Path) -> None:
    settings.write_text('[hours]\nvisiting = ["00:00-00:01"]\n', encoding="utf-8")
    values = ("--category", "install", "--set", "network=fixed")
    ticket = opened(run, *values, pack="C5")
    assert json.loads(run("sla", "explain", ticket, "--json")[1])["clocks"] is not None
    settings.write_text('[hours]\nmon = ["18:00-09:00"]\n', encoding="utf-8")
    code, _, err = run("sla", "explain", ticket)
    assert (code, "hours.mon" in err, "第 2 行" in err) == (2, True, True)


def test_a_ticket_without_a_limit_says_so(run: Run) -> None:
    ticket = opened(run, "--category", "suggestion", "--summary", "建议", pack="F6")
    code, out, err = run("sla", "explain", ticket)
    assert (code, len(out.splitlines())) == (0, 2)
    assert err == "○ 这份规范没有用于这张工单的时限，或都还没有开始\n"
    assert json.loads(run("sla", "explain", ticket, "--json")[1])["clocks"] == []


@pytest.mark.parametrize("wanted", ["zz", "0" * 40, "[/red]", "%"])
def test_no_such_ticket(run: Run, wanted: str) -> None:
    assert run("sla", "explain", wanted)[0] == 2  # no database yet
    opened(run, "--summary", "甲")
    code, out, err = run("sla", "explain", wanted)
    assert (code, out) == (2, "")
    assert wanted in err


def test_an_end_that_fits_two_tickets_is_refused(run: Run) -> None:
    for _ in range(2):
        opened(run, "--summary", "甲")
    code, out, _ = run("sla", "explain", "")
    assert (code, out) == (2, "")


def test_either_a_ticket_or_a_case(run: Run) -> None:
    assert run("sla", "explain")[0] == 2
    assert run("sla", "explain", "abc", "--case", "x.json")[0] == 2


def test_a_console_that_is_open_is_named(run: Run, tmp_path: Path) -> None:
    from datetime import UTC, datetime

    opened(run, "--summary", "甲")
    path = next(tmp_path.rglob("*.sqlite3"))
    store = Store.open(path, clock=lambda: datetime(2026, 3, 2, 9, tzinfo=UTC))
    try:
        code, out, err = run("sla", "explain", "abc")
    finally:
        store.close()
    assert (code != 0, out) == (True, "")
    assert "控制台" in err


# ------------------------------------------------------------------------ doctor


def test_doctor_names_queues_whose_standard_cannot_be_had(run: Run, settings: Path) -> None:
    own = settings.parent / "packs"
    own.mkdir()
    (own / "SITE.toml").write_text('[pack]\nid = "SITE"\n[red]\n', encoding="utf-8")
    text = '[queues]\n"投诉" = "T9"\n"网点" = "SITE"\n"报修" = "N2"\n'
    settings.write_text(text, encoding="utf-8")
    code, out, _ = run("doctor")
    assert code == 1
    lines = out.splitlines()
    wrong = [at for at, line in enumerate(lines) if line.startswith("✗ 错误  队列")]
    assert ["第 2 行" in lines[wrong[0] + 1], "第 3 行" in lines[wrong[1] + 1]] == [True, True]
    assert "投诉" in lines[wrong[0] + 1] and "T9" in lines[wrong[0] + 1]
    assert "● 正常  队列  1 个队列各按自己的规范：报修 → N2" in lines


def test_doctor_shows_the_hours_that_count(run: Run, settings: Path) -> None:
    assert "工作时间  周一–周五 09:00–18:00；可上门 08:00–20:00；Asia/Shanghai" in run("doctor")[1]
    days = 'mon = ["08:00-12:00", "13:30-17:30"]\nwed = ["22:00-24:00"]\n'
    settings.write_text(f"[hours]\npublic_holidays = false\n{days}", encoding="utf-8")
    code, out, _ = run("doctor")
    assert code == 0
    assert "周一 08:00–12:00 13:30–17:30, 周三 22:00–24:00；" in out
    assert "不计节假日" in out
    assert "  队列  " not in out  # none are set


def test_doctor_names_wrong_hours_and_broken_notices(run: Run, settings: Path) -> None:
    settings.write_text('[hours]\nmon = ["25:00-26:00"]\n', encoding="utf-8")
    code, out, _ = run("doctor")
    assert (code, "hours.mon 不能是 25:00-26:00" in out) == (1, True)
    settings.write_text("", encoding="utf-8")
    folder = settings.parents[2] / ".local" / "share" / "agentdesk" / "calendars"
    folder.mkdir(parents=True)
    (folder / "cn-2026.json").write_text("{", encoding="utf-8")
    code, out, _ = run("doctor")
    assert code == 1
    assert "✗ 错误  工作时间" in out and "cn-2026.json" in out
