"""README.md promises nothing the product does not have: commands, scripts, packs, switches."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from agentdesk.__main__ import main
from agentdesk.cli.dispatch import COMMANDS
from agentdesk.strings import LANGUAGES, Strings

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "README.md").read_text("utf-8")
HALVES = dict(zip(("en", "zh-CN"), TEXT.split("\n# 中文说明\n"), strict=True))
PACKS = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)


def test_every_command_it_names_exists() -> None:
    named = set(re.findall(r"(?:`|^)agentdesk ([a-z]+)", TEXT, re.MULTILINE))
    assert len(named) > 12
    assert named <= set(COMMANDS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_stands_in_the_table_of_both_languages(language: str) -> None:
    rows = "\n".join(row for row in HALVES[language].splitlines() if row.startswith("| `agentdesk"))
    words = set(re.findall(r"[a-z]+", rows))
    assert not set(COMMANDS) - words


def test_every_script_it_names_exists() -> None:
    named = set(re.findall(r"scripts/([a-z-]+)", TEXT)) - {"pictures"}
    assert len(named) > 5
    assert not [name for name in named if not (ROOT / "scripts" / name).is_file()]


def test_every_picture_and_file_it_shows_exists() -> None:
    shown = [link for link in re.findall(r"\]\(([^)#]+)\)", TEXT) if "://" not in link]
    assert len(shown) > 8
    assert not [link for link in shown if not (ROOT / link).exists()]


def test_its_packs_pass_lint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    first, second = PACKS
    for number, text in enumerate((first, first + second)):
        folder = tmp_path / str(number)
        folder.mkdir()
        path = folder / "F6.toml"
        path.write_text(text, encoding="utf-8")
        assert main(("packs", "lint", str(path))) == 0, capsys.readouterr().err


def test_the_columns_it_gives_are_those_the_import_knows() -> None:
    for language, columns in (("en", "number,name,role,team"), ("zh-CN", "工号,姓名,角色,班组")):
        assert f"`{columns}`" in HALVES[language]
        strings = Strings(language)
        keys = ("number", "name", "role", "team")
        given = columns.split(",")
        shown = [strings(f"people.column.{key}").lower() for key in keys]
        assert given in ([*keys], shown)


def test_the_exit_codes_are_told_in_both_languages() -> None:
    for language, words in (("en", "Exit codes: 0"), ("zh-CN", "退出码：0")):
        assert words in HALVES[language]
