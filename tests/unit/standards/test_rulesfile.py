"""Lists of one's own: what is read, and what is said about every mistake."""

from __future__ import annotations

import time
from itertools import islice, product
from pathlib import Path

import pytest

from agentdesk.domain.pack import Match, Severity
from agentdesk.domain.phrases import PhraseBook
from agentdesk.errors import PackError
from agentdesk.standards.rulesfile import (
    MATCHES,
    MAX_BYTES,
    MAX_LENGTH,
    MAX_PHRASES,
    load_rules,
    parse_rules,
)
from agentdesk.strings import LANGUAGES, Strings

FULL = """\
# 品牌
[[rule]]
id = "brand"
phrases = ["甲牌", "乙牌***手机", "甲牌"]
except = ["甲牌坊"]
category = "brand"
severity = "reason"
match = "partial"
suggestion = "该品牌"

[[rule]]
id = "然后"
phrases = ["然后"]
match = "frequency"
count = 2
"""


def _parse(text: str) -> PackError:
    with pytest.raises(PackError) as caught:
        parse_rules(text.encode(), "list.toml")
    return caught.value


def test_everything_a_rule_can_say() -> None:
    brand, often = parse_rules(FULL.encode(), "list.toml")
    assert brand.rule == "brand"
    assert brand.phrases == ("甲牌", "乙牌***手机")
    assert brand.allow == ("甲牌坊",)
    assert (brand.category, brand.severity) == ("brand", Severity.REASON)
    assert (brand.match, brand.replacement) == (Match.PARTIAL, "该品牌")
    assert (often.match, often.count) == (Match.FREQUENCY, 2)


def test_defaults() -> None:
    (rule,) = parse_rules('[[rule]]\nid = "a"\nphrases = ["甲牌"]'.encode(), "x")
    assert (rule.category, rule.severity, rule.match) == (
        "list",
        Severity.ADVISE,
        Match.ANYWHERE,
    )
    assert (rule.replacement, rule.allow, rule.count) == ("", (), 0)


def test_what_was_read_is_found() -> None:
    book = PhraseBook(parse_rules(FULL.encode(), "list.toml"))
    text = "甲牌坊里有甲牌，乙牌的新手机"
    assert [hit.text for hit in book.check(text)] == ["甲牌", "乙牌的新手机"]


def test_windows_files_are_read() -> None:
    data = b"\xef\xbb\xbf" + FULL.replace("\n", "\r\n").encode()
    assert len(parse_rules(data, "x")) == 2
    broken = data.replace(b'severity = "reason"', b'severity = "reasn"')
    with pytest.raises(PackError) as caught:
        parse_rules(broken, "x")
    assert caught.value.params["line"] == 7


RULE = '[[rule]]\nid = "a"\nphrases = ["甲牌"]\n'


@pytest.mark.parametrize(
    ("text", "code", "line", "key", "nearest"),
    [
        ("", "no_rules", 1, "", ""),
        ("rule = []", "no_rules", 1, "", ""),
        ("[[rule]\n", "syntax", 1, "", ""),
        (RULE + "id =\n", "syntax", 4, "", ""),
        ("x = [" * 5000, "syntax", 1, "", ""),
        (f"x = {'9' * 5000}", "syntax", 1, "", ""),
        (RULE + "\n[[rules]]\n", "unknown_table", 5, "rules", "rule"),
        ("rule = 1", "wrong_type", 1, "rule", ""),
        ("rule = [1]", "wrong_type", 1, "rule", ""),
        ('[[rule]]\nphrases = ["甲牌"]', "missing_key", 1, "rule[1].id", ""),
        ('[[rule]]\nid = "a"', "missing_key", 1, "rule[1].phrases", ""),
        (RULE + 'regex = "(a+)+$"', "unknown_key", 4, "rule[1].regex", ""),
        (RULE + 'excpet = ["甲牌坊"]', "unknown_key", 4, "rule[1].excpet", "except"),
        (RULE + 'match = "anywere"', "unknown_name", 4, "rule[1].match", "anywhere"),
        (RULE + 'match = "list_from_pack"', "unknown_name", 4, "rule[1].match", ""),
        (RULE + 'severity = "blck"', "unknown_name", 4, "rule[1].severity", "block"),
        (RULE + "severity = 1", "wrong_type", 4, "rule[1].severity", ""),
        (RULE + "\n" + RULE, "duplicate", 6, "rule[2].id", ""),
        (RULE.replace('"a"', '"a b"'), "bad_id", 2, "rule[1].id", ""),
        (RULE.replace('"a"', f'"{"a" * 65}"'), "bad_id", 2, "rule[1].id", ""),
        (RULE.replace('"a"', '"a\\u202e"'), "unsafe_character", 2, "rule[1].id", ""),
        (RULE.replace('"a"', '""'), "empty", 2, "rule[1].id", ""),
        (RULE + 'category = "类"', "bad_id", 4, "rule[1].category", ""),
        (RULE.replace('["甲牌"]', '"甲牌"'), "wrong_type", 3, "rule[1].phrases", ""),
        (RULE.replace('["甲牌"]', "[1]"), "wrong_type", 3, "rule[1].phrases", ""),
        (RULE.replace('["甲牌"]', "[]"), "empty", 3, "rule[1].phrases", ""),
        (
            '[[rule]]\nid = "a"\nphrases = [\n"甲牌",\n"。，",\n]',
            "nothing",
            5,
            "rule[1].phrases",
            "",
        ),
        (RULE + 'except = ["***"]', "nothing", 4, "rule[1].except", ""),
        (RULE.replace("甲牌", "\\u200b"), "nothing", 3, "rule[1].phrases", ""),
        (RULE.replace("甲牌", ""), "nothing", 3, "rule[1].phrases", ""),
        (RULE.replace("甲牌", "甲" * (MAX_LENGTH + 1)), "too_long", 3, "rule[1].phrases", ""),
        (RULE + "count = 2", "count_alone", 4, "rule[1].count", ""),
        (RULE + 'match = "frequency"', "missing_key", 1, "rule[1].count", ""),
        (RULE + 'match = "frequency"\ncount = true', "wrong_type", 5, "rule[1].count", ""),
        (RULE + f'match = "frequency"\ncount = {"9" * 4000}', "wrong_type", 5, "rule[1].count", ""),
        (RULE + "suggestion = 1979-05-27", "wrong_type", 4, "rule[1].suggestion", ""),
        (RULE + 'suggestion = "\\u001b[2J"', "unsafe_character", 4, "rule[1].suggestion", ""),
    ],
)
def test_mistakes(text: str, code: str, line: int, key: str, nearest: str) -> None:
    error = _parse(text)
    assert error.code == f"rules.{code}"
    assert (error.params["file"], error.params["line"]) == ("list.toml", line)
    assert error.params["key"] == key
    assert error.params["nearest"] == nearest
    for language in LANGUAGES:
        title, body = Strings(language).error(error)
        assert title != error.code
        assert "list.toml" in body
        assert "?" not in body.replace("？", "").removesuffix("right file?")


def test_a_wrong_encoding_names_the_line() -> None:
    with pytest.raises(PackError) as caught:
        parse_rules(RULE.encode("gb18030"), "list.toml")
    assert (caught.value.code, caught.value.params["line"]) == ("rules.encoding", 3)
    assert caught.value.params["value"] == "0xBC"


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    for path in (tmp_path / "none.toml", tmp_path, Path("a\0b")):
        with pytest.raises(PackError) as caught:
            load_rules(path)
        assert caught.value.code == "rules.unreadable"
        assert caught.value.exit_code == 2


def test_a_huge_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "huge.toml"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(PackError) as caught:
        load_rules(path)
    assert caught.value.code == "rules.too_large"


def _many(count: int) -> str:
    phrases = "".join(f'"测试词语{number}号",\n' for number in range(count))
    return f'[[rule]]\nid = "many"\nphrases = [\n{phrases}]\n'


def test_as_many_phrases_as_allowed_are_read_in_seconds(tmp_path: Path) -> None:
    path = tmp_path / "many.toml"
    path.write_text(_many(MAX_PHRASES), encoding="utf-8")
    began = time.process_time()
    (rule,) = load_rules(path)
    assert len(rule.phrases) == MAX_PHRASES
    assert time.process_time() - began < 10


def test_one_phrase_too_many() -> None:
    error = _parse(_many(MAX_PHRASES) + '[[rule]]\nid = "b"\nphrases = ["多一个"]\n')
    assert (error.code, error.params["key"]) == ("rules.too_many", "rule[2].phrases")


@pytest.mark.parametrize("match", MATCHES)
def test_every_way_of_matching_works(match: str) -> None:
    count = "count = 1\n" if match == "frequency" else ""
    text = f'[[rule]]\nid = "a"\nphrases = ["那个"]\nmatch = "{match}"\n{count}'
    book = PhraseBook(parse_rules(text.encode(), "x"))
    assert book.check("那个，那个。那个，您好。那个") != ()
    assert book.check("您好") == ()


MANY = ", ".join(f'"没***{chr(0x5000 + at)}"' for at in range(5_000))
ALIKE = ", ".join(f'"{"没" * size}"' for size in range(1, 100))


@pytest.mark.parametrize(
    ("text", "code", "line", "key", "count", "most"),
    [
        (RULE.replace("甲牌", "***".join("甲" * 10)), "wildcards", 3, "rule[1].phrases", 9, 8),
        (RULE + f'except = ["甲牌{"X甲XX" * 9}"]', "wildcards", 4, "rule[1].except", 9, 8),
        (RULE.replace('"甲牌"', ALIKE), "crowd", 3, "rule[1].phrases", 197, 32),
        (RULE + f"except = [{ALIKE}]", "crowd", 4, "rule[1].except", 197, 32),
        (
            "".join(RULE.replace('"a"', f'"a{at}"') for at in range(33)),
            "crowd",
            3,
            "rule[1].phrases",
            33,
            32,
        ),
        (
            RULE
            + RULE.replace('"a"', '"b"').replace(
                '"甲牌"', ", ".join(f'"没***没***{chr(0x5000 + at)}"' for at in range(17))
            ),
            "crowd",
            6,
            "rule[2].phrases",
            34,
            32,
        ),
        (
            RULE.replace(
                '"甲牌"',
                ", ".join(
                    f'"{"".join(chars)}"' for chars in islice(product("义亿忆艺议", repeat=5), 129)
                ),
            ),
            "crowd",
            3,
            "rule[1].phrases",
            129,
            128,
        ),
    ],
)
def test_what_would_be_slow_for_ever_is_refused_by_name(
    text: str, code: str, line: int, key: str, count: int, most: int
) -> None:
    error = _parse(text)
    assert error.code == f"rules.{code}"
    params = error.params
    assert (params["line"], params["key"], params["count"]) == (line, key, count)
    assert params["expected"] == str(most)
    for language in LANGUAGES:
        _, body = Strings(language).error(error)
        assert str(count) in body and str(most) in body


def test_a_great_many_with_one_beginning_are_no_crowd() -> None:
    (rule,) = parse_rules(RULE.replace('"甲牌"', MANY).encode(), "list.toml")
    assert len(rule.phrases) == 5_000
    book = PhraseBook([rule])
    assert [hit.text for hit in book.check(f"没没{chr(0x5000)}。没{chr(0x5001)}")] == [
        f"没没{chr(0x5000)}"
    ]
