"""Every mistake in a pack file is named with file, line, key, and the nearest right name."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentdesk.domain.comparing import tables_of
from agentdesk.errors import PackError
from agentdesk.standards.loader import load_pack
from agentdesk.standards.schema import MAX_DISPOSITIONS, MAX_FILE_BYTES, MAX_TEXT
from agentdesk.strings import LANGUAGES, Strings

GOOD = """\
[pack]
id = "M1"
title = "示例标准"
title_en = "Sample"
titles = ["先生", "女士"]
callback_minutes = 30

[[line]]
id = "hello"
rule = "M1-1-hello"
moment = "opening"
title = "问候"
title_en = "Greeting"
text = "您好，{company}为您服务。"
marks = ["greeting"]
when = { direction = "inbound", daypart = ["morning", "noon"] }
then = "bye"

[[line]]
id = "bye"
rule = "M1-1-bye"
moment = "closing"
title = "道别"
title_en = "Closing"
text = "谢谢您，再见！"

[[phrase]]
rule = "M1-5-no"
category = "refusal"
match = "partial"
severity = "advise"
phrases = ["没办法,不行"]
cores = ["没办法"]
replacement = "请您稍等，我来想想。"
allow = ["有没办法"]
bad = ["这事没办法。"]
good = ["看看有没办法。"]

[[requirement]]
id = "nin"
rule = "M1-2-nin"
title = "您"
title_en = "Polite you"
need = "nin"

[[clock]]
id = "hold"
rule = "M1-3-hold"
title = "等候"
title_en = "Hold"
limit_seconds = 120
warn_seconds = 90
line = "bye"

[[field]]
key = "content"
rule = "M1-4-record"
title = "情况"
title_en = "Details"

[[category]]
key = "inquiry"
rule = "M1-4-record"
title = "咨询"
title_en = "Inquiry"
required = ["content"]

[[level]]
key = "team_leader"
rule = "M1-6-up"
title = "班长"
title_en = "Team leader"

[[reason]]
key = "hard"
rule = "M1-6-up"
title = "疑难"
title_en = "Hard"
level = "team_leader"

[[disposition]]
key = "done"
title = "已解决"
title_en = "Done"

[guards]
anything_else_first = "M1-7-else"

[[guidance]]
rule = "M1-8-smile"
text = "微笑着说话。"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "M1.toml"


def mistake(file: Path, text: str) -> PackError:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(PackError) as caught:
        load_pack(file)
    return caught.value


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_the_sample_is_sound(file: Path) -> None:
    file.write_text(GOOD, encoding="utf-8")

    pack = load_pack(file)

    assert pack.lines[0].when == {"direction": ("inbound",), "daypart": ("morning", "noon")}
    assert pack.lines[0].then == "bye"


CASES = [
    # old text, new text, code, key, nearest, the changed part that marks the line
    ('text = "谢谢您', 'txt = "谢谢您', "unknown_key", "line[2].txt", "text", "txt ="),
    ("[[clock]]", "[[clok]]", "unknown_table", "clok", "clock", "[[clok]]"),
    ("anything_else_first", "anything_else", "unknown_key", "guards.anything_else",
     "anything_else_first", "anything_else ="),
    ('moment = "closing"\n', "", "missing_key", "line[2].moment", "",
     '[[line]]\nid = "bye"'),
    ('moment = "closing"', 'moment = "closng"', "unknown_name", "line[2].moment", "closing",
     "closng"),
    ('marks = ["greeting"]', 'marks = ["greting"]', "unknown_name", "line[1].marks", "greeting",
     "greting"),
    ('direction = "inbound"', 'direction = "inbond"', "unknown_name", "line[1].when", "inbound",
     "inbond"),
    ('{ direction', "{ direktion", "unknown_name", "line[1].when", "direction", "direktion"),
    ('match = "partial"', 'match = "partal"', "unknown_name", "phrase[1].match", "partial",
     "partal"),
    ("limit_seconds = 120", 'limit_seconds = "120"', "wrong_type", "clock[1].limit_seconds", "",
     'limit_seconds = "120"'),
    ('cores = ["没办法"]', 'cores = "没办法"', "wrong_type", "phrase[1].cores", "", "cores ="),
    ('required = ["content"]', "required = [1]", "wrong_type", "category[1].required", "",
     "required ="),
    ('title = "班长"', "title = 3", "wrong_type", "level[1].title", "", "title = 3"),
    ("limit_seconds = 120", "limit_seconds = 0", "out_of_range", "clock[1].limit_seconds", "",
     "limit_seconds"),
    ("warn_seconds = 90", "warn_seconds = 121", "out_of_range", "clock[1].warn_seconds", "",
     "warn_seconds"),
    ('id = "bye"', 'id = "hello"', "duplicate", "line[2].id", "", 'id = "hello"\nrule = "M1-1-bye'),
    ('["先生", "女士"]', '["先生", "先生"]', "duplicate", "pack.titles", "", "titles ="),
    ('required = ["content"]', 'required = ["content"]\noptional = ["content"]', "duplicate",
     "category[1].optional", "", "optional ="),
    ('then = "bye"', 'then = "bey"', "unknown_reference", "line[1].then", "bye", "bey"),
    ('line = "bye"', 'line = "by"', "unknown_reference", "clock[1].line", "bye", 'line = "by"'),
    ('required = ["content"]', 'required = ["contents"]', "unknown_reference",
     "category[1].required", "content", "contents"),
    ('level = "team_leader"', 'level = "teamleader"', "unknown_reference", "reason[1].level",
     "team_leader", "teamleader"),
    ('title = "道别"', 'title = "道别"\nthen = "hello"', "endless_chain", "line[1].then", "",
     'then = "bye"'),
    ('rule = "M1-1-bye"', 'rule = "再见"', "bad_rule", "line[2].rule", "", "再见\"\nmoment"),
    ('id = "bye"', 'id = "再见"', "bad_id", "line[2].id", "", 'id = "再见"'),
    ("{company}", "{compny}", "unknown_slot", "line[1].text", "company", "{compny}"),
    ("{company}", "{company", "braces", "line[1].text", "", "{company"),
    ("{company}", "company}", "braces", "line[1].text", "", "company}"),
    ("谢谢您，再见！", "谢谢你，再见！", "uses_ni", "line[2].text", "", "谢谢你"),
    ("谢谢您，再见！", "对不起，没办法，再见！", "own_ban", "line[2].text", "", "对不起，没办法"),
    ("谢谢您，再见！", "没、办 法。", "own_ban", "line[2].text", "", "没、办 法"),
    ("我来想想", "我没办法", "own_ban", "phrase[1].replacement", "", "我没办法"),
    ('need = "nin"', 'need = "mark"', "missing_key", "requirement[1].mark", "", "[[requirement]]"),
    ('need = "nin"', 'need = "polite_count"', "missing_key", "requirement[1].words", "",
     "[[requirement]]"),
    ('title = "道别"', 'title = "道\u202e别"', "unsafe_character", "line[2].title", "", "道\u202e"),
    ('title = "道别"', 'title = "道\\u200b别"', "unsafe_character", "line[2].title", "", "道\\u"),
    ('title = "道别"', 'title = "道\\n别"', "unsafe_character", "line[2].title", "", "道\\n"),
    ('title = "道别"', 'title = " "', "empty", "line[2].title", "", 'title = " "'),
    ('bad = ["这事没办法。"]', "bad = []", "empty", "phrase[1].bad", "", "bad = []"),
    ("谢谢您，再见！", "好" * (MAX_TEXT + 1), "too_long", "line[2].text", "", "好好"),
    ('id = "M1"', 'id = "../M1"', "bad_id", "pack.id", "", "../M1"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "code", "key", "nearest", "part"), CASES, ids=[f"{c[2]}-{c[3]}" for c in CASES]
)
def test_mistake_is_named_with_its_place(
    file: Path, old: str, new: str, code: str, key: str, nearest: str, part: str
) -> None:
    assert old in GOOD
    text = GOOD.replace(old, new, 1)

    error = mistake(file, text)

    assert error.code == f"pack.{code}"
    assert error.params["file"] == str(file)
    assert error.params["key"] == key
    assert error.params["line"] == line_of(text, part)
    assert error.params["nearest"] == nearest


def test_an_allowed_expression_is_no_ban(file: Path) -> None:
    file.write_text(GOOD.replace("谢谢您，再见！", "看有没办法，再见！"), encoding="utf-8")

    assert load_pack(file).lines[1].text == "看有没办法，再见！"


@pytest.mark.parametrize(
    ("match", "text", "banned"),
    [
        ("utterance", "什么？好的。", True),
        ("utterance", "您要什么？", False),
        ("utterance_start", "好的。什么事？", True),
        ("utterance_start", "您有什么事？", False),
        ("anywhere", "您有什么事？", True),
    ],
)
def test_own_ban_knows_the_ways_of_matching(
    file: Path, match: str, text: str, banned: bool
) -> None:
    changed = (
        GOOD.replace('match = "partial"', f'match = "{match}"')
        .replace('phrases = ["没办法,不行"]', 'phrases = ["什么"]')
        .replace("谢谢您，再见！", text)
    )
    file.write_text(changed, encoding="utf-8")

    if banned:
        assert mistake(file, changed).code == "pack.own_ban"
    else:
        assert load_pack(file).lines[1].text == text


LISTED = """
[[phrase]]
rule = "M1-5-all"
category = "shirking"
match = "list_from_pack"
severity = "advise"
classes = ["refusal"]
"""


TWICE = """
[[phrase]]
rule = "M1-5-no"
category = "filler"
match = "{match}"
severity = "advise"
phrases = ["嗯"]
replacement = "请您稍等。"
bad = ["嗯，我看看。"]
good = ["请稍等。"]
"""


def test_a_clause_may_forbid_words_in_several_ways_each_once(file: Path) -> None:
    file.write_text(GOOD + TWICE.format(match="utterance_start"), encoding="utf-8")
    first, second = load_pack(file).phrases
    assert (first.rule, second.rule) == ("M1-5-no", "M1-5-no")
    assert {"M1-5-no", "M1-5-no#2"} <= set(tables_of(load_pack(file))["phrase"])

    error = mistake(file, GOOD + TWICE.format(match="partial"))
    assert (error.code, error.params["key"]) == ("pack.duplicate", "phrase[2].rule")


def test_a_list_names_categories_that_other_phrases_have(file: Path) -> None:
    file.write_text(GOOD + LISTED, encoding="utf-8")
    assert load_pack(file).phrases[1].classes == ("refusal",)

    for wrong in ("refusl", "shirking"):  # its own category is none: it has no words
        error = mistake(file, GOOD + LISTED.replace('["refusal"]', f'["refusal", "{wrong}"]'))

        assert error.code == "pack.unknown_reference"
        assert (error.params["key"], error.params["value"]) == ("phrase[2].classes", wrong)
        assert error.params["expected"] == "[[phrase]] category"
        assert error.params["nearest"] == ("refusal" if wrong == "refusl" else "")


def test_a_missing_table_is_named(file: Path) -> None:
    text = GOOD.replace("[[disposition]]", "[[level]]").replace('key = "done"', 'key = "d"')
    text = text.replace('title = "已解决"', 'rule = "M1-9-x"\ntitle = "已解决"')

    error = mistake(file, text)

    assert error.code == "pack.missing_table"
    assert error.params["expected"] == "[[disposition]]"


@pytest.mark.parametrize("text", ["pack = 3\n", "line = 3\n" + GOOD.replace("[[line]]", "[[x]]")])
def test_a_value_where_a_table_belongs(file: Path, text: str) -> None:
    error = mistake(file, text)

    assert error.code in {"pack.wrong_type", "pack.missing_table", "pack.unknown_table"}
    assert error.params["line"] >= 1  # type: ignore[operator]


def test_ten_dispositions_are_too_many_for_one_digit(file: Path) -> None:
    more = "".join(
        f'[[disposition]]\nkey = "d{n}"\ntitle = "结果"\ntitle_en = "R"\n'
        for n in range(MAX_DISPOSITIONS)
    )

    error = mistake(file, GOOD + more)

    assert error.code == "pack.too_many"
    assert error.params["key"] == "disposition[10]"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('[pack]\nid = "M1\n', 2),
        ("[pack]\nid = M1\n", 2),
        ("[pack]\n[pack]\n", 2),
        ("a = " + "[" * 100_000, 1),
        ("a = " + "9" * 5_000, 2),
        ("a = 2026-02-31", 1),
    ],
    ids=["quote", "bare", "twice", "deep", "digits", "date"],
)
def test_broken_toml_is_a_syntax_error(file: Path, text: str, line: int) -> None:
    error = mistake(file, text)

    assert error.code == "pack.syntax"
    assert abs(int(str(error.params["line"])) - line) <= 1


def test_not_utf8_is_named_with_its_line(file: Path) -> None:
    file.write_bytes(b'[pack]\nid = "M1"\ntitle = "' + "示例".encode("gbk") + b'"\n')

    with pytest.raises(PackError) as caught:
        load_pack(file)

    assert caught.value.code == "pack.encoding"
    assert caught.value.params["line"] == 3


def test_windows_editors_are_welcome(file: Path) -> None:
    file.write_bytes(GOOD.replace("\n", "\r\n").encode("utf-8-sig"))

    assert load_pack(file).id == "M1"


def test_a_huge_file_is_refused(file: Path) -> None:
    file.write_bytes(b"#" * (MAX_FILE_BYTES + 1))

    with pytest.raises(PackError) as caught:
        load_pack(file)

    assert caught.value.code == "pack.too_large"


@pytest.mark.parametrize("what", ["missing", "folder"])
def test_what_is_no_file_is_unreadable(tmp_path: Path, what: str) -> None:
    path = tmp_path / "M1.toml"
    if what == "folder":
        path.mkdir()

    with pytest.raises(PackError) as caught:
        load_pack(path)

    assert caught.value.code == "pack.unreadable"
    assert caught.value.params["file"] == str(path)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_mistake_has_its_words(file: Path, language: str) -> None:
    strings = Strings(language)
    for old, new, code, *_ in CASES:
        error = mistake(file, GOOD.replace(old, new, 1))
        assert f"error.pack.{code}.title" in strings
        _, body = strings.error(error)
        assert str(file) in body
        assert "?" not in body.replace(str(error.params["value"]), "")
