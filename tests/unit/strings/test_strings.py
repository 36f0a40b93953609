"""The string tables: complete, equal in both languages, and safe to fill."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import agentdesk
from agentdesk import errors
from agentdesk.domain.provision import CLOCK_MARKS
from agentdesk.errors import AgentdeskError, ConfigError
from agentdesk.strings import LANGUAGES, Strings, placeholders, table

SOURCE = Path(agentdesk.__file__).parent
CALLERS = {"s", "t", "strings", "_s", "_t", "_strings", "text"}
CHINESE = re.compile(r"[\u3400-\u9fff]")


def test_both_languages_have_the_same_keys() -> None:
    assert table("zh-CN").keys() ^ table("en").keys() == set()


def test_both_languages_have_the_same_placeholders() -> None:
    english = table("en")
    different = {
        key: (placeholders(text), placeholders(english[key]))
        for key, text in table("zh-CN").items()
        if key in english and placeholders(text) != placeholders(english[key])
    }
    assert different == {}


def test_braces_are_placeholders_or_doubled() -> None:
    stray = [
        (language, key)
        for language in LANGUAGES
        for key, text in table(language).items()
        if set(re.sub(r"\{\{|\}\}|\{[A-Za-z_]\w*\}", "", text)) & set("{}")
    ]
    assert stray == []


def test_values_are_put_in_once_and_never_read_as_templates() -> None:
    strings = Strings("zh-CN")
    shown = strings("error.nearest", nearest="{nearest} {0.__class__} {{x}}")
    assert shown == "是不是想写：{nearest} {0.__class__} {{x}}"


def test_a_mistake_in_the_code_is_not_papered_over() -> None:
    strings = Strings()
    with pytest.raises(KeyError):
        strings("no.such.key")
    with pytest.raises(KeyError):
        strings("error.nearest")
    with pytest.raises(ValueError, match="unknown language"):
        Strings("fr")


def test_an_error_is_shown_with_its_nearest_match() -> None:
    error = ConfigError("config.unknown_key", file="c.toml", line=3, key="agnet", nearest="agent")
    title, body = Strings("en").error(error)
    assert title == "Unknown key in the settings file"
    assert body.splitlines() == [
        "c.toml, line 3: there is no setting called agnet.",
        "Did you mean: agent",
    ]
    bare = ConfigError("config.unknown_key", key="agnet", nearest="")
    assert Strings("en").error(bare)[1] == "?, line ?: there is no setting called agnet."


def test_showing_an_error_without_texts_does_not_fail() -> None:
    assert Strings().error(ConfigError("no.such", key="k")) == ("no.such", "no.such (key=k)")


def _trees() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(SOURCE.rglob("*.py")):
        yield str(path.relative_to(SOURCE)), ast.parse(path.read_text(encoding="utf-8"))


def _calls() -> Iterator[tuple[str, str, ast.Call]]:
    """File, last name of the callee, call."""
    for name, tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                callee = node.func
                if isinstance(callee, ast.Name):
                    yield name, callee.id, node
                elif isinstance(callee, ast.Attribute):
                    yield name, callee.attr, node


def _literals(node: ast.expr) -> Iterator[str]:
    """Every literal an expression can be: both sides of ``"a" if x else "b"``."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _literals(node.body)
        yield from _literals(node.orelse)


def test_every_key_the_code_asks_for_exists() -> None:
    keys = table("zh-CN").keys()
    missing = {
        (name, literal)
        for name, callee, call in _calls()
        if callee in CALLERS and call.args
        for literal in _literals(call.args[0])
        if re.fullmatch(r"[a-z_]+(\.[a-z0-9_-]+)+", literal) and literal not in keys
    }
    assert missing == set()


def test_a_prefix_of_a_computed_key_exists() -> None:
    """``strings(f"cmd.{x}.label")``: at least one key has that beginning and end."""
    keys = table("zh-CN").keys()
    missing = set()
    for name, callee, call in _calls():
        if callee not in CALLERS or not call.args or not isinstance(call.args[0], ast.JoinedStr):
            continue
        parts = [
            re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".+"
            for part in call.args[0].values
        ]
        pattern = re.compile("".join(parts))
        if not any(pattern.fullmatch(key) for key in keys):
            missing.add((name, pattern.pattern))
    assert missing == set()


def test_every_error_the_code_raises_has_title_and_body() -> None:
    classes = {
        name
        for name, item in vars(errors).items()
        if isinstance(item, type) and issubclass(item, AgentdeskError)
    }
    keys = table("zh-CN").keys()
    codes = {
        literal
        for _, callee, call in _calls()
        if callee in classes and call.args
        for literal in _literals(call.args[0])
    }
    assert "config.unknown_key" in codes
    wanted = {f"error.{code}.{part}" for code in codes for part in ("title", "body")}
    assert wanted - keys == set()


def test_no_text_for_people_in_the_code() -> None:
    """Chinese in the source stands only in string tables, word lists, examples and made-up data."""
    allowed = ("strings/", "domain/", "standards/", "desk/demo", "config/schema.py")
    found = {
        (name, node.value)
        for name, tree in _trees()
        if not name.startswith(allowed)
        for node in _strings_outside_docstrings(tree)
        if isinstance(node.value, str) and CHINESE.search(node.value)
    }
    assert found == set()


def _strings_outside_docstrings(tree: ast.Module) -> Iterator[ast.Constant]:
    """Constants that are not statements of their own."""
    documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in documentation:
            yield node


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_moment_a_limit_starts_or_stops_at_has_words(language: str) -> None:
    strings = Strings(language)
    assert [mark for mark in CLOCK_MARKS if f"ticket.mark.{mark}" not in strings] == []
