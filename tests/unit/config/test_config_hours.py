"""``[hours]``: working hours from config.toml, and how exactly a mistake is named."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from agentdesk.config import load
from agentdesk.config.model import Hours
from agentdesk.errors import ConfigError
from agentdesk.strings import LANGUAGES, Strings

ROOT = Path(__file__).parents[3]
OFFICE = (("09:00", "18:00"),)


def hours(path: Path, text: str) -> Hours:
    path.write_text(text, encoding="utf-8")
    return load(path, {}).hours


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def test_without_the_table_the_defaults_hold(file: Path) -> None:
    found = hours(file, 'theme = "dark"\n')
    assert found == Hours() == hours(file, "[hours]\n")
    assert found.week == dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), OFFICE)
    assert (found.visiting, found.public_holidays) == ((("08:00", "20:00"),), True)


def test_one_day_named_makes_the_others_free(file: Path) -> None:
    found = hours(file, '[hours]\nmon = ["08:00-12:00", " 13:30 – 17:30 "]\nsun = []\n')
    assert found.week == {"mon": (("08:00", "12:00"), ("13:30", "17:30")), "sun": ()}
    assert found.visiting == Hours().visiting


def test_over_midnight_is_two_intervals(file: Path) -> None:
    text = 'hours.fri = ["22:00-24:00"]\nhours.sat = ["00:00-06:00"]\n'
    assert hours(file, text).week == {"fri": (("22:00", "24:00"),), "sat": (("00:00", "06:00"),)}


def test_visits_and_public_days_leave_the_week_alone(file: Path) -> None:
    found = hours(file, '[hours]\nvisiting = ["07:00-24:00"]\npublic_holidays = false\n')
    assert (found.visiting, found.public_holidays) == ((("07:00", "24:00"),), False)
    assert found.week == Hours().week


@pytest.mark.parametrize(
    ("text", "code", "line", "key", "value"),
    [
        ('hours = "全天"', "config.value", 1, "hours", "全天"),
        ('[hours]\n\nmon = "09:00-18:00"', "config.value", 3, "hours.mon", "09:00-18:00"),
        ('[hours]\nmon = ["25:00-26:00"]', "config.value", 2, "hours.mon", "25:00-26:00"),
        ('[hours]\nmon = ["9-18"]', "config.value", 2, "hours.mon", "9-18"),
        ('[hours]\nmon = ["24:00-24:00"]', "config.value", 2, "hours.mon", "24:00-24:00"),
        ("[hours]\nmon = [9]", "config.value", 2, "hours.mon", "9"),
        ('[hours]\nmon = ["上午"]', "config.value", 2, "hours.mon", "上午"),
        ("[hours]\nmon = {}", "config.value", 2, "hours.mon", "{}"),
        ("[hours]\npublic_holidays = 1", "config.value", 2, "hours.public_holidays", "1"),
        ('[hours]\nfri = ["22:00-06:00"]', "config.hours.backwards", 2, "hours.fri", "22:00-06:00"),
        ('[hours]\nfri = ["09:00-09:00"]', "config.hours.backwards", 2, "hours.fri", "09:00-09:00"),
        (
            '[hours]\nfri = ["08:00-12:00", "11:59-13:00"]',
            "config.hours.overlap",
            2,
            "hours.fri",
            "11:59-13:00",
        ),
        ("[hours]\nmon = []\ntue = []", "config.hours.empty", 1, "hours", None),
        ("[hours]\nvisiting = []", "config.hours.empty", 2, "hours.visiting", None),
    ],
)
def test_a_mistake_is_named_with_key_and_line(
    file: Path, text: str, code: str, line: int, key: str, value: str | None
) -> None:
    with pytest.raises(ConfigError) as caught:
        hours(file, text)
    error = caught.value
    assert (error.code, error.params["line"], error.params["key"]) == (code, line, key)
    assert (error.params["file"], error.params.get("value")) == (str(file), value)
    for language in LANGUAGES:
        body = Strings(language).error(error)[1]
        assert key in body and str(line) in body and "{" not in body.replace("{}", "")


@pytest.mark.parametrize(
    ("name", "nearest"), [("mom", "hours.mon"), ("visitng", "hours.visiting"), ("周一", "")]
)
def test_an_unknown_day_is_refused(file: Path, name: str, nearest: str) -> None:
    with pytest.raises(ConfigError) as caught:
        hours(file, f'[hours]\n"{name}" = ["09:00-18:00"]')
    error = caught.value
    assert (error.code, error.params["nearest"]) == ("config.unknown_key", nearest)
    assert (error.params["line"], error.params["key"]) == (2, f"hours.{name}")


def test_the_example_in_the_settings_file_is_right(file: Path) -> None:
    lines = (ROOT / "config.toml").read_text(encoding="utf-8").split("\n")
    begin, end = lines.index("[hours]"), lines.index("[queues]")
    names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun", "visiting", "public_holidays")
    shown = [line[2:] for line in lines[begin:end] if line[2:].split(" ")[0] in names]
    found = hours(file, "\n".join(["[hours]", *shown]))
    assert len(shown) == len(names) and found.week["sun"] == ()
    assert (found.visiting, found.public_holidays) == (Hours().visiting, Hours().public_holidays)


def test_the_reader_is_loaded_only_when_the_table_is_there() -> None:
    code = (
        "import sys; from agentdesk.config import load; load(None, {});"
        "print(*[m for m in sys.modules if 'hours' in m or 'domain.sla' in m])"
    )
    done = subprocess.run([sys.executable, "-B", "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stdout.split()) == (0, []), done.stderr
