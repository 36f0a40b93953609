"""The command line as its user meets it: output, errors, exit codes."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Callable, Iterator
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from agentdesk import __version__
from agentdesk.__main__ import main
from agentdesk.cli import doctor
from agentdesk.cli.console import check_kind
from agentdesk.cli.context import show_error, write
from agentdesk.errors import ConfigError, TerminalError, UsageError
from agentdesk.strings import Strings

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Run]:
    """Run in an empty home; gives exit code, stdout, stderr."""
    for name in list(os.environ):
        if name.startswith(("AGENTDESK_", "XDG_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))

    def call(*argv: str) -> tuple[int, str, str]:
        try:
            code = main(argv)
        except SystemExit as end:  # argparse ends --help and --version this way
            code = int(end.code or 0)
        out, err = capsys.readouterr()
        return code, out, err

    yield call


@pytest.fixture
def config_file(tmp_path: Path) -> Path:
    path = tmp_path / ".config" / "agentdesk" / "config.toml"
    path.parent.mkdir(parents=True)
    return path


def test_version(run: Run) -> None:
    assert run("--version") == (0, f"agentdesk {__version__}\n", "")


def test_help_speaks_the_language_asked_for(run: Run) -> None:
    code, out, _ = run("--help")
    assert code == 0
    assert "用法：agentdesk" in out
    assert re.search("doctor +检查运行环境、配置、规范和数据库", out)
    assert "Usage: agentdesk" in run("--language", "en", "--help")[1]
    assert "Usage: agentdesk paths" in run("paths", "-h", "--language=en")[1]


def test_help_and_version_work_with_broken_settings(run: Run, config_file: Path) -> None:
    config_file.write_text("theme = ", encoding="utf-8")
    assert run("--version")[0] == 0
    assert run("--help")[0] == 0
    assert run("paths")[0] == 0


def test_an_unknown_sub_command_names_the_nearest(run: Run) -> None:
    code, out, err = run("docter")
    assert (code, out) == (2, "")
    assert "没有这个子命令" in err
    assert "是不是想写：doctor" in err


def test_a_wrong_option_is_a_usage_error(run: Run) -> None:
    code, out, err = run("paths", "--frm", "1", "--language", "en")
    assert (code, out) == (2, "")
    assert "The command line is wrong" in err
    assert "--frm" in err
    assert "agentdesk paths --help" in err


def test_broken_settings_are_explained(run: Run, config_file: Path) -> None:
    config_file.write_text('[agnet]\nno = "1"\n', encoding="utf-8")
    code, out, err = run("keys")
    assert (code, out) == (2, "")
    assert err.splitlines() == [
        "agentdesk: 配置文件中有不认识的项",
        f"  {config_file} 第 1 行：没有名为 agnet 的配置项。",
        "  是不是想写：agent",
    ]


def test_the_settings_choose_the_language(run: Run, config_file: Path) -> None:
    config_file.write_text('language = "en"\n', encoding="utf-8")
    assert run("paths")[1].startswith(f"Settings\t{config_file}\n")


def test_a_config_that_was_named_must_exist(run: Run, tmp_path: Path) -> None:
    code, _, err = run("keys", "--config", str(tmp_path / "none.toml"))
    assert (code, err.splitlines()[0]) == (2, "agentdesk: 找不到配置文件")


def test_paths_are_data(run: Run, tmp_path: Path) -> None:
    code, out, err = run("paths")
    assert (code, err) == (0, "")
    rows = [line.split("\t") for line in out.splitlines()]
    assert [row[0] for row in rows] == [
        "配置文件",
        "自有规范",
        "数据库",
        "日志",
        "运行信息",
        "缓存",
    ]
    assert all(row[1].startswith(str(tmp_path)) for row in rows)
    assert not (tmp_path / ".local").exists()


def test_keys_lists_every_command_with_the_keys_of_the_settings(
    run: Run, config_file: Path
) -> None:
    from agentdesk.tui.commands import all_commands

    config_file.write_text('[keys]\nescalate = "ctrl+f12"\n', encoding="utf-8")
    code, out, err = run("keys")
    assert (code, err) == (0, "")
    rows = {line.split("\t")[0]: line.split("\t")[1] for line in out.splitlines()}
    assert rows.keys() == {command.id() for command in all_commands()}
    assert rows["escalate"] == "^F12"


def test_keys_names_file_and_line_of_an_unknown_command(run: Run, config_file: Path) -> None:
    config_file.write_text('[keys]\n\nescalat = "f12"\n', encoding="utf-8")
    code, out, err = run("keys", "--language", "en")
    assert code == 1
    assert "escalate\tF8" in out
    assert f"{config_file}, line 3: there is no command called escalat." in err
    assert "Did you mean: escalate" in err


def test_the_console_refuses_what_is_no_terminal(run: Run) -> None:
    code, out, err = run()
    assert (code, out) == (2, "")
    assert "这里不是终端" in err


@pytest.mark.parametrize(
    ("env", "encoding", "code"),
    [
        ({"TERM": "dumb"}, "utf-8", "terminal.dumb"),
        ({}, "utf-8", "terminal.dumb"),
        ({"TERM": "xterm-256color"}, "gb18030", "terminal.encoding"),
        ({"TERM": "xterm-256color"}, "ascii", "terminal.encoding"),
        ({"TERM": "xterm", "LC_ALL": "C"}, "utf-8", "terminal.encoding"),
    ],
)
def test_terminals_that_cannot_show_it(env: dict[str, str], encoding: str, code: str) -> None:
    with pytest.raises(TerminalError) as caught:
        check_kind(env, encoding)
    assert caught.value.code == code


@pytest.mark.parametrize("locale", ["", "C.UTF-8", "zh_CN.utf8"])
def test_terminals_that_can(locale: str) -> None:
    check_kind({"TERM": "tmux-256color", "LC_ALL": locale}, "UTF-8")


def _stream(encoding: str) -> tuple[TextIOWrapper, BytesIO]:
    buffer = BytesIO()
    return TextIOWrapper(buffer, encoding=encoding, write_through=True), buffer


def test_an_error_is_english_where_chinese_cannot_be_shown() -> None:
    stream, buffer = _stream("ascii")
    show_error(TerminalError("terminal.encoding", encoding="ascii"), Strings("zh-CN"), stream)
    assert b"This terminal is not UTF-8" in buffer.getvalue()


def test_a_hostile_value_cannot_steer_the_terminal() -> None:
    stream, buffer = _stream("utf-8")
    error = ConfigError("config.unknown_key", file="c", line=1, key="\x1b]52;c;eA==\x07\u202e")
    show_error(error, Strings("en"), stream)
    assert not {"\x1b", "\x07", "\u202e"} & set(buffer.getvalue().decode())


def test_what_a_stream_cannot_encode_is_escaped() -> None:
    stream, buffer = _stream("latin-1")
    write("王", stream)
    assert buffer.getvalue() == b"\\u738b\n"


def test_doctor_is_content_with_an_empty_home(run: Run, tmp_path: Path) -> None:
    code, out, err = run("doctor")
    assert (code, err) == (0, "可以使用。\n")
    for topic in ("Python", "SQLite", "终端", "配置", "文件夹", "规范", "数据库"):
        assert topic in out
    assert "还没有，首次打开时建立" in out
    assert not (tmp_path / ".local").exists()


def test_doctor_finds_what_is_wrong(run: Run, config_file: Path) -> None:
    config_file.write_text('theme = "drak"\n', encoding="utf-8")
    own = config_file.parent / "packs"
    own.mkdir()
    (own / "F6.toml").write_text("broken", encoding="utf-8")
    code, out, err = run("doctor")
    assert code == 1
    assert "✗ 错误  配置  配置项的值不能用" in out
    assert "F6.toml" in out
    assert err == "有 2 处错误，请按上面的说明处理。\n"


def test_doctor_reads_the_store(run: Run, tmp_path: Path) -> None:
    from datetime import UTC, datetime

    from agentdesk.store import Store

    path = tmp_path / ".local" / "share" / "agentdesk" / "agentdesk.sqlite3"
    store = Store.open(path, clock=lambda: datetime(2026, 3, 2, 9, tzinfo=UTC))
    try:
        code, out, _ = run("doctor")
        assert (code, "控制台正在使用，未检查" in out) == (0, True)
    finally:
        store.close()
    code, out, _ = run("doctor")
    assert (code, f"{path} 完好" in out) == (0, True)
    path.write_bytes(b"\x00" * 4096)
    assert run("doctor")[0] == 1


@pytest.mark.parametrize(
    ("version", "level"),
    [((3, 40, 1), "warn"), ((3, 51, 2), "warn"), ((3, 51, 3), "good"), ((4, 0, 0), "good")],
)
def test_doctor_says_what_the_sqlite_version_means(version: tuple[int, ...], level: str) -> None:
    assert doctor.sqlite_finding(version, Strings("en")).level == level


def test_packs_list(run: Run) -> None:
    code, out, err = run("packs", "list")
    assert (code, err) == (0, "")
    assert {"F6", "N2"} <= {line.split("\t")[0] for line in out.splitlines()}


def test_packs_lint_of_a_shipped_pack_finds_nothing(run: Run) -> None:
    from agentdesk.standards import loader

    for pack_id in loader.shipped():
        folder = Path(loader.__file__).parent / "packs"
        code, _, err = run("packs", "lint", str(folder / f"{pack_id}.toml"))
        assert (pack_id, code, err) == (pack_id, 0, "● 没有发现问题\n")


def test_packs_lint_of_a_missing_file(run: Run, tmp_path: Path) -> None:
    code, out, err = run("packs", "lint", str(tmp_path / "none.toml"))
    assert (code, out) == (2, "")
    assert "none.toml" in err


def test_packs_needs_an_action(run: Run) -> None:
    assert run("packs")[0] == 2


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("packs diff F6", "还缺：B"),
        ("check --formt json x", "不认识：--formt"),
        ("check --formt json x", "是不是想写：--format"),
        ("check --format jso x", "--format 不能是 jso，应为 text, json, sarif"),
        ("check --format jso x", "是不是想写：json"),
        ("serve --port many", "--port 要写整数，不能是 many"),
        ("ring --event", "--event 后面要写一个值"),
        ("check --transcript=1 x", "--transcript 后面不写值（多了 1）"),
        ("server revke", "没有 revke，应为 users, teams"),
        ("server revke", "是不是想写：revoke"),
    ],
)
def test_what_is_wrong_with_a_line_is_said_in_the_users_language(
    run: Run, line: str, said: str
) -> None:
    code, out, err = run(*line.split())
    assert (code, out) == (2, "")
    assert said in err


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOENT, "没有这个文件或文件夹"),
        (errno.EACCES, "没有权限"),
        (errno.EISDIR, "这是文件夹，不是文件"),
        (errno.EADDRINUSE, "已被别的程序使用"),
    ],
)
def test_the_systems_words_are_put_into_the_users(number: int, said: str) -> None:
    error = UsageError("export.unwritable", path="/a", reason=os.strerror(number))
    assert f"/a：{said}" in Strings("zh-CN").error(error)[1]
