"""``agentdesk sla`` and ``agentdesk calendar`` as their users meet them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from agentdesk.__main__ import main

Run = Callable[..., tuple[int, str, str]]

OFFICE = {
    "timezone": "Asia/Shanghai",
    "hours": {
        day: [["09:00", "12:00"], ["13:30", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")
    },
}
START = "2026-03-10T11:30:00+08:00"


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Run]:
    for name in list(os.environ):
        if name.startswith(("AGENTDESK_", "XDG_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))

    def call(*argv: str) -> tuple[int, str, str]:
        code = main(argv)
        out, err = capsys.readouterr()
        return code, out, err

    yield call


@pytest.fixture
def office(tmp_path: Path) -> str:
    return write(tmp_path / "日历.json", OFFICE)


def write(path: Path, data: object) -> str:
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    return str(path)


def test_due_prints_the_time_and_the_sum(run: Run, office: str) -> None:
    pause = "2026-03-10T11:40:00+08:00..2026-03-10T11:52:00+08:00"
    given = ("--calendar", office, "--start", START, "--target", "60m", "--pause", pause)
    code, out, err = run("sla", "due", *given)
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "到期\t2026-03-10 14:12 (Asia/Shanghai)",
        "算式\t2026-03-10 11:30 + 60 分 + 暂停 12 分 + 午休 90 分 = 14:12",
        "  2026-03-10 11:30 – 11:40\t计时\t10 分",
        "  2026-03-10 11:40 – 11:52\t暂停\t12 分",
        "  2026-03-10 11:52 – 12:00\t计时\t8 分",
        "  2026-03-10 12:00 – 13:30\t午休\t90 分",
        "  2026-03-10 13:30 – 14:12\t计时\t42 分",
    ]


def test_due_as_json(run: Run, office: str) -> None:
    given = ("--calendar", office, "--start", START, "--target", "3wd", "--json")
    data = json.loads(run("sla", "due", *given)[1])
    assert (data["due"], data["due_local"]) == ("2026-03-13T10:00:00Z", "2026-03-13T18:00:00+08:00")
    assert data["target_seconds"] == data["worked_seconds"] == (30 + 270 + 3 * 450) * 60
    assert data["segments"][1]["kind"] == "break"
    open_pause = ("--pause", "2026-03-10T11:40:00+08:00..")
    assert json.loads(run("sla", "due", *given, *open_pause)[1])["due"] is None


def test_china_fills_in_holidays_and_warns_of_years_to_come(run: Run, office: str) -> None:
    given = ("sla", "due", "--calendar", office, "--target", "2h", "--start")
    assert "2026-10-08 10:00" in run(*given, "2026-09-30T17:00:00+08:00", "--china")[1]
    assert "2026-10-01 10:00" in run(*given, "2026-09-30T17:00:00+08:00")[1]
    assert "未公布" in run(*given, "2026-12-31T17:00:00+08:00", "--china")[1]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (("--start", "2026-03-10T09:00:00"), "start"),
        (("--start", "昨天"), "start"),
        (("--target=-4h",), "target"),
        (("--target", "很快"), "target"),
        (("--pause", "2026-03-10T11:40:00+08:00"), "pause[0]"),
        (("--pause", "2026-03-10T11:40:00..2026-03-10T11:50:00"), "pause[0]"),
        (("--pause", "2026-03-10T11:40:00+08:00..2026-03-10T11:30:00+08:00"), "pause[0]"),
    ],
)
def test_a_mistake_names_its_field(
    run: Run, office: str, change: tuple[str, ...], field: str
) -> None:
    code, out, err = run(
        "sla", "due", "--calendar", office, "--start", START, "--target", "4h", *change
    )
    assert (code, out) == (2, "")
    assert field in err


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '"日历"', "[" * 100_000, '{"timezone": "UTC"}', "\x00\xff"]
)
def test_a_calendar_file_that_is_none(run: Run, tmp_path: Path, text: str) -> None:
    path = tmp_path / "c.json"
    path.write_bytes(text.encode("latin-1", "replace"))
    code, out, err = run("sla", "due", "--calendar", str(path), "--start", START, "--target", "4h")
    assert (code, out) == (2, "")
    assert "Traceback" not in err


def test_explain_a_bare_case(run: Run, tmp_path: Path) -> None:
    case: dict[str, Any] = {"calendar": OFFICE, "start": START, "target_minutes": 60}
    case["pauses"] = [["2026-03-10T11:40:00+08:00", "2026-03-10T11:52:00+08:00"]]
    path = write(tmp_path / "case.json", case)
    assert "= 14:12" in run("sla", "explain", "--case", path)[1]


def test_explain_says_which_clock_holds_and_why(run: Run, tmp_path: Path) -> None:
    case = {
        "calendar": OFFICE,
        "pack": "C5",
        "facts": {"category": "complaint", "tier": "gold", "network": "mobile"},
        "marks": {"complaint_registered": START, "first_response": "2026-03-10T11:40:00+08:00"},
        "now": "2026-03-10T20:00:00+08:00",
    }
    path = write(tmp_path / "case.json", case)
    code, out, _ = run("sla", "explain", "--case", path)
    assert code == 0
    assert "C5-F11-mobile-vip-24h" in out
    assert "类别 complaint、客户等级 diamond/gold/silver、网络 mobile" in out
    assert "让位的条款\tC5-Q4-mobile-24h" in out
    assert "状态\t已按时完成" in out
    data = json.loads(run("sla", "explain", "--case", path, "--json", "--language", "en")[1])
    assert [one["clock"]["state"] for one in data] == ["met", "running"]
    case["marks"] = {}
    path = write(tmp_path / "case.json", case)
    assert run("sla", "explain", "--case", path)[2] == "○ 没有已经开始的时限\n"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"calendar": None}, "calendar"),
        ({"facts": {"colour": "红"}}, "facts.colour"),
        ({"facts": {"tier": 1}}, "facts.tier"),
        ({"marks": {"resolved": "2026-03-10"}}, "marks.resolved"),
        ({"now": 12}, "now"),
        ({"pauses": {"a": 1}}, "pauses"),
        ({"pauses": [["2026-03-10T11:40:00+08:00"]]}, "pauses[0]"),
    ],
)
def test_a_mistake_in_a_case_names_its_field(
    run: Run, tmp_path: Path, change: dict[str, object], field: str
) -> None:
    case = {"calendar": OFFICE, "pack": "T0", "facts": {}, "marks": {"ticket_created": START}}
    code, out, err = run("sla", "explain", "--case", write(tmp_path / "c.json", {**case, **change}))
    assert (code, out) == (2, "")
    assert field in err


def test_calendar_show(run: Run) -> None:
    code, out, _ = run("calendar", "show", "2026")
    assert code == 0
    assert "2026-02-14\t周六\t补班\t春节" in out
    assert "来源\thttps://www.gov.cn/" in out
    assert run("calendar", "show", "2026-10-01")[1] == "2026-10-01\t周四\t法定\t国庆节\n"
    assert json.loads(run("calendar", "show", "2026-10-10", "--json")[1]) == {
        "date": "2026-10-10",
        "kind": "make_up",
        "name": "国庆节",
        "workday": True,
    }
    assert run("calendar", "show", "2031")[1] == "2031\t未公布\n"
    assert json.loads(run("calendar", "show", "2031-10-01", "--json")[1])["workday"] is None
    assert run("calendar", "show", "国庆")[0] == 2


def test_calendar_import_and_check(run: Run, tmp_path: Path) -> None:
    days = [
        {"name": "元旦", "date": "2027-01-01", "isOffDay": True},
        {"name": "春节", "date": "2027-02-20", "isOffDay": False},
    ]
    path = write(tmp_path / "2027.json", {"year": 2027, "papers": [], "days": days})
    assert run("calendar", "check", path)[:2] == (0, "2027\t放假 1 天，补班 1 天\n")
    assert "未公布" in run("calendar", "show", "2027-01-01")[1]
    assert run("calendar", "import", path)[0] == 0
    assert run("calendar", "show", "2027-02-20")[1] == "2027-02-20\t周六\t补班\t春节\n"
    days[0]["isOffDay"], days[0]["date"] = False, "2027-01-02"
    path = write(tmp_path / "2027.json", {"year": 2027, "papers": [], "days": days})
    assert "与现有安排不同的日期：2" in run("calendar", "check", path)[1]


def test_nothing_is_stored_of_a_wrong_notice(run: Run, tmp_path: Path) -> None:
    path = write(tmp_path / "2027.json", {"papers": [], "days": []})
    code, out, err = run("calendar", "import", path)
    assert (code, out) == (2, "")
    assert "year" in err
    assert not list(tmp_path.rglob("cn-*.json"))


def test_a_damaged_import_is_reported_and_the_shipped_calendar_is_used(
    run: Run, tmp_path: Path
) -> None:
    folder = tmp_path / ".local" / "share" / "agentdesk" / "calendars"
    folder.mkdir(parents=True)
    (folder / "cn-2026.json").write_text("{", encoding="utf-8")
    code, out, err = run("calendar", "show", "2026-10-01")
    assert (code, out) == (1, "2026-10-01\t周四\t法定\t国庆节\n")
    assert "cn-2026.json" in err


def test_a_sheet_instead_of_json_and_a_wrong_key_are_named_with_their_file(
    run: Run, tmp_path: Path
) -> None:
    sheet = tmp_path / "假日.csv"
    sheet.write_text("日期,名称\n2027-01-01,元旦\n", encoding="utf-8")
    code, out, err = run("calendar", "import", str(sheet))
    assert (code, out) == (2, "")
    assert f"{sheet} 第 1 行看不懂" in err and "malformed" not in err
    broken = tmp_path / "坏.json"
    broken.write_text('{"year": 2027,\n"papers": [],\n"days": [}\n', encoding="utf-8")
    assert "坏.json 第 3 行" in run("calendar", "check", str(broken))[2]
    wrong = write(tmp_path / "错.json", {"timezone": "Asia/Shanghai"})
    code, out, err = run("calendar", "check", wrong)
    assert code == 2
    assert "timezone" in err and f"文件：{wrong}" in err
