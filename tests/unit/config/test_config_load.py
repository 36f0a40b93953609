"""Reading config.toml: what is accepted, and how exactly a mistake is named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta
from pathlib import Path

import pytest
from msgspec import Struct

from agentdesk.config import Agent, Config, Push, Server, Shift, load, located, unknown_variables
from agentdesk.config.model import Hours
from agentdesk.config.schema import KEYS
from agentdesk.errors import ConfigError

EXAMPLE = Path(__file__).parents[3] / "config.toml"
EXPECTED_URL = '"https://desk.example.com" | "http://127.0.0.1:8700"'
EXPECTED_FILE = '"/etc/agentdesk/ca.pem" | "~/ca.pem"'

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def to_file(text: str) -> Path:
        path = tmp_path / "config.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return to_file


def refused(path: Path | None, **env: str) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        load(path, env)
    return caught.value


def test_no_file_gives_the_defaults_and_leaves_open_what_the_first_start_asks() -> None:
    config = load(None, {})
    assert config == Config()
    assert (config.language, config.pack, config.agent.no) == (None, None, None)


def test_every_key_is_read(write: Write) -> None:
    config = load(
        write(
            """\
language = "en"
theme = "light"
pack = "N2"
company = "示例快运"
timezone = "Asia/Urumqi"
mouse = false
agent = { no = "0081", name = "李华" }
ring.seconds_per_ring = 4
typing.save_after_ms = 200
[shift]
start = "20:00"
end = 08:00:00
[push]
enabled = false
host = "::1"
port = 8790
rate_per_minute = 60
[server]
enabled = false
url = "HTTPS://Desk.Example.com:8443/tel/"
ca_file = "~/ca.pem"
[queues]
"投诉 热线" = "T0"
repairs = " N2 "
[keys]
escalate = "f8, ctrl+e"
finish = ["f9"]
"""
        ),
        {},
    )
    assert (config.language, config.theme, config.pack) == ("en", "light", "N2")
    assert (config.company, config.timezone, config.mouse) == ("示例快运", "Asia/Urumqi", False)
    assert config.agent == Agent("0081", "李华")
    assert config.shift == Shift(time(20), time(8))
    assert (config.ring.seconds_per_ring, config.typing.save_after_ms) == (4, 200)
    assert config.push == Push(enabled=False, host="::1", port=8790, rate_per_minute=60)
    where = "https://desk.example.com:8443/tel"
    assert config.server == Server(enabled=False, url=where, ca_file="~/ca.pem")
    assert config.queues == {"投诉 热线": "T0", "repairs": "N2"}
    assert config.keys == {"escalate": "f8,ctrl+e", "finish": "f9"}


def test_file_then_environment_then_flag(write: Write) -> None:
    path = write('language = "en"\ntheme = "light"\npack = "F6"\n')
    env = {"AGENTDESK_THEME": "contrast", "AGENTDESK_PACK": "N2", "AGENTDESK_COMPANY": ""}
    config = load(path, env, {"pack": "S1", "agent.no": None})
    assert (config.language, config.theme, config.pack) == ("en", "contrast", "S1")
    assert (config.company, config.agent.no) == (None, None)


def test_environment_values_are_typed() -> None:
    env = {"AGENTDESK_PUSH_PORT": "8790", "AGENTDESK_MOUSE": "off", "AGENTDESK_AGENT_NO": "0081"}
    config = load(None, env)
    assert (config.push.port, config.mouse, config.agent.no) == (8790, False, "0081")


@pytest.mark.parametrize(
    ("text", "line", "key", "expected", "nearest"),
    [
        ('\n\ntheme = "drak"', 3, "theme", '"dark" | "light" | "contrast"', "dark"),
        ('language = "zh"', 1, "language", '"zh-CN" | "en"', "zh-CN"),
        ("[agent]\nno = 8001", 2, "agent.no", '"8001" (1 … 64)', ""),
        ("agent = 8001", 1, "agent", "[agent]", ""),
        ('company = ""', 1, "company", '"示例快运" (1 … 64)', ""),
        ('company = "a\\u001Bb"', 1, "company", '"示例快运" (1 … 64)', ""),
        ("mouse = 1", 1, "mouse", "true | false", ""),
        ("[push]\n# note\nport = 65536", 3, "push.port", "0 … 65535", ""),
        ("push.port = true", 1, "push.port", "0 … 65535", ""),
        ('[push]\nhost = "0.0.0.0"', 2, "push.host", '"127.0.0.1" | "::1"', ""),
        ('push.host = "example.com"', 1, "push.host", '"127.0.0.1" | "::1"', ""),
        ("ring.seconds_per_ring = 0", 1, "ring.seconds_per_ring", "1 … 60", ""),
        ("typing.save_after_ms = 5000", 1, "typing.save_after_ms", "50 … 900", ""),
        ('[shift]\nstart = "8:00"', 2, "shift.start", '"08:00"', ""),
        ('shift.end = "24:30"', 1, "shift.end", '"17:00"', ""),
        ('timezone = "Asia/Shangai"', 1, "timezone", '"Asia/Shanghai"', "Asia/Shanghai"),
        ('timezone = "../etc"', 1, "timezone", '"Asia/Shanghai"', ""),
        ('queues = "N2"', 1, "queues", "[queues]", ""),
        ('[queues]\n"投诉" = 3', 2, "queues.投诉", '"F6" (1 … 64)', ""),
        ('[queues]\n\n"报 修" = ""', 3, "queues.报 修", '"F6" (1 … 64)', ""),
        ('[queues]\nvip.a = "N2"', 2, "queues.vip", '"F6" (1 … 64)', ""),
        ('[queues]\n"" = "N2"', 2, "queues.", '"…" (1 … 64)', ""),
        ("keys = 3", 1, "keys", '"f2,ctrl+n" | ["f2", "ctrl+n"]', ""),
        ('[server]\nca_file = "ca.pem"', 2, "server.ca_file", EXPECTED_FILE, ""),
        ("[keys]\nescalate = 8", 2, "keys.escalate", '"f2,ctrl+n" | ["f2", "ctrl+n"]', ""),
        ('[keys]\nescalate = ","', 2, "keys.escalate", '"f2,ctrl+n" | ["f2", "ctrl+n"]', ""),
    ],
)
def test_a_wrong_value_is_named_with_line_and_what_was_expected(
    write: Write, text: str, line: int, key: str, expected: str, nearest: str
) -> None:
    path = write(text)
    error = refused(path)
    assert error.code == "config.value"
    found = {name: error.params[name] for name in ("file", "line", "key", "expected", "nearest")}
    assert found == {
        "file": str(path),
        "line": line,
        "key": key,
        "expected": expected,
        "nearest": nearest,
    }


@pytest.mark.parametrize(
    "url",
    [
        "http://desk.example.com",  # tokens would travel in the clear
        "desk.example.com",
        "ftp://desk.example.com",
        "https://",
        "https://李:1234@desk.example.com",
        "https://a:b@desk.example.com",
        "https://desk.example.com/?scope=1",
        "https://desk.example.com:99999",
        "https://desk.example.com:0",
        "https://desk.example.com/#x",
        "https://desk example.com",
        "https://desk.example.com/\\u202e",
        "https://" + "a" * 200,
        "https://[::1",
    ],
)
def test_an_address_that_is_none_or_not_safe_is_refused(write: Write, url: str) -> None:
    error = refused(write(f'[server]\nurl = "{url}"'))
    assert (error.code, error.params["key"], error.params["line"]) == (
        "config.value",
        "server.url",
        2,
    )
    assert error.params["expected"] == EXPECTED_URL


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("http://127.0.0.1:8700", "http://127.0.0.1:8700"),
        ("http://localhost", "http://localhost"),
        ("http://[::1]:8700/", "http://[::1]:8700"),
        ("https://desk.example.com/", "https://desk.example.com"),
    ],
)
def test_an_address_is_kept_in_one_form(write: Write, url: str, kept: str) -> None:
    assert load(write(f'[server]\nurl = "{url}"'), {}).server.url == kept
    assert load(None, {"AGENTDESK_SERVER_URL": url}).server.url == kept


@pytest.mark.parametrize(
    ("text", "line", "key", "nearest"),
    [
        ('langauge = "en"', 1, "langauge", "language"),
        ('[agnet]\nno = "1"', 1, "agnet", "agent"),
        ('[agent]\nname = "李"\nnr = "1"', 3, "agent.nr", "agent.no"),
        ("[push]\nmouse = false", 2, "push.mouse", "mouse"),
        ('seconds_per_ring = 3\n[agent]\nno = "1"', 1, "seconds_per_ring", "ring.seconds_per_ring"),
        ("zzz = 1", 1, "zzz", ""),
        ('[queue]\n"投诉" = "T0"', 1, "queue", "queues"),
        ('[server]\nhost = "x"', 2, "server.host", "push.host"),
    ],
)
def test_an_unknown_key_is_named_with_line_and_nearest(
    write: Write, text: str, line: int, key: str, nearest: str
) -> None:
    error = refused(write(text))
    assert error.code == "config.unknown_key"
    found = (error.params["line"], error.params["key"], error.params["nearest"])
    assert found == (line, key, nearest)


def test_a_wrong_variable_is_named(write: Write) -> None:
    error = refused(None, AGENTDESK_PUSH_PORT="8790x")
    assert (error.code, error.params["key"]) == ("config.variable", "AGENTDESK_PUSH_PORT")
    with pytest.raises(ConfigError) as caught:
        load(None, {}, {"theme": "drak"})
    assert (caught.value.code, caught.value.params["key"]) == ("config.flag", "--theme")
    assert caught.value.params["nearest"] == "dark"


def test_bad_toml_gives_line_and_column(write: Write) -> None:
    error = refused(write('mouse = true\ncompany = 示例\n[agent]\nno = "1"\n'))
    assert (error.code, error.params["line"], error.params["column"]) == ("config.syntax", 2, 11)
    assert refused(write('mouse = true\ncompany = "示例')).params["line"] == 2


def test_a_file_in_another_encoding_gives_the_line(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"mouse = true\n" + 'company = "示例"\n'.encode("gb18030"))
    error = refused(path)
    assert (error.code, error.params["line"]) == ("config.encoding", 2)


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xef\xbb\xbfmouse = false\n")
    assert load(path, {}).mouse is False


def test_a_missing_file_counts_only_when_it_was_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    assert load(path, {}).source is None
    with pytest.raises(ConfigError) as caught:
        load(path, {}, required=True)
    assert caught.value.code == "config.missing"
    assert refused(tmp_path).code == "config.unreadable"


def test_a_problem_of_the_keymap_gets_its_line(write: Write) -> None:
    path = write('[keys]\nescalate = "f8"\nfinish = "f8"\n')
    config = load(path, {})
    clash = ConfigError("config.key_clash", key="f8", first="escalate", second="finish")
    assert located(config, clash).params["line"] == 3
    unknown = ConfigError("config.unknown_command", key="escalate", nearest="")
    assert located(config, unknown).params == {
        "key": "escalate",
        "nearest": "",
        "file": str(path),
        "line": 2,
    }


def test_the_store_fills_only_what_is_not_set(write: Write) -> None:
    config = load(write('pack = "N2"\n[shift]\nstart = "00:00"\n'), {})
    stored = {"language": "en", "pack": "F6", "agent_no": "8001", "shift_start": "08:00"}
    filled = config.with_stored(stored | {"shift_end": "17:00"})
    assert (filled.language, filled.pack, filled.theme) == ("en", "N2", "dark")
    assert (filled.agent.no, filled.agent.name) == ("8001", None)
    # Midnight is falsy to the eye only.
    assert filled.shift == Shift(time(0), time(17))


def test_china_time_needs_no_time_zone_database(monkeypatch: pytest.MonkeyPatch) -> None:
    import zoneinfo

    def absent(key: str) -> zoneinfo.ZoneInfo:
        raise zoneinfo.ZoneInfoNotFoundError(key)

    monkeypatch.setattr(zoneinfo, "ZoneInfo", absent)
    assert Config().zone().utcoffset(None) == timedelta(hours=8)
    with pytest.raises(zoneinfo.ZoneInfoNotFoundError):
        Config(timezone="Europe/Berlin").zone()


def test_variables_that_do_nothing_are_found() -> None:
    env = {"AGENTDESK_CONFIG": "x", "AGENTDESK_AGENT_NR": "1", "AGENTDESK_THEME": "", "HOME": "/"}
    assert unknown_variables(env) == ("AGENTDESK_AGENT_NR",)


def _leaves(item: object, prefix: str = "") -> dict[str, object]:
    assert isinstance(item, Struct)
    found: dict[str, object] = {}
    for name in item.__struct_fields__:
        value = getattr(item, name)
        if isinstance(value, Hours):
            continue  # a table with names of its own; see test_config_hours
        if isinstance(value, Struct):
            found |= _leaves(value, f"{prefix}{name}.")
        elif prefix + name not in ("queues", "keys", "source", "lines"):
            found[prefix + name] = value
    return found


def test_every_setting_has_a_key_and_every_key_a_setting() -> None:
    assert set(_leaves(Config())) == {key.name for key in KEYS}


def test_the_example_file_shows_every_key_with_its_default(write: Write) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    assert load(EXAMPLE, {}).with_stored({}) == Config(
        source=EXAMPLE, lines=load(EXAMPLE, {}).lines
    ).with_stored({})
    active = "\n".join(
        line.removeprefix("# ") if " = " in line and '"zh-CN" (' not in line else line
        for line in text.splitlines()
    )
    config = load(write(active), {})
    shown = _leaves(config)
    assert None not in shown.values()
    examples = {"company", "agent.no", "agent.name", "shift.start", "shift.end"}
    examples |= {"server.url", "server.ca_file"}
    defaults = _leaves(Config().with_stored({}))
    for name in defaults.keys() - examples:
        assert shown[name] == defaults[name], name
    assert config.keys
    assert config.queues == {"投诉": "T0", "repairs": "N2"}
