"""``agentdesk check`` and hostile input: encodings, transcripts, sizes."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agentdesk.cli import check_input

BY_RULES = ("--rules", "rules.toml", "--format", "json")
Check = Callable[..., Any]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_utf8_with_and_without_mark(check: Check, mark: bytes) -> None:
    (hit,) = check(*BY_RULES, stdin=mark + "😀没办法".encode()).hits
    assert (hit["start"], hit["end"]) == (1, 4)


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_gb18030(check: Check, mark: str) -> None:
    data = f"{mark}这事没办法㐀😀甲牌".encode("gb18030")
    hits = check(*BY_RULES, "--encoding", "gb18030", stdin=data).hits
    assert [(hit["start"], hit["end"]) for hit in hits] == [(2, 5), (7, 9)]
    assert check(*BY_RULES, "--encoding", "GB18030", stdin=data).code == 1


@pytest.mark.parametrize(
    ("data", "encoding", "offset", "hint"),
    [
        ("您好，没办法".encode("gb18030"), "utf-8", 0, "--encoding gb18030"),
        (b"abc\xff\xfe", "utf-8", 3, None),
        ("好".encode() + b"\xed\xa0\x80", "utf-8", 3, None),
        (b"\xef\xbb\xbfab\x80", "utf-8", 5, None),
        ("没办法".encode("utf-16"), "utf-8", 0, None),
        ("ab没办法".encode(), "gb18030", 2, "UTF-8"),
        (b"ab\xff", "gb18030", 2, None),
        (b"\xef\xbb\xbfa", "gb18030", 0, "UTF-8"),
    ],
)
def test_a_wrong_encoding_names_the_byte(
    check: Check, data: bytes, encoding: str, offset: int, hint: str | None
) -> None:
    done = check(*BY_RULES, "--encoding", encoding, stdin=data)
    assert (done.code, done.out) == (2, "[]\n")
    assert f"第 {offset} 个字节" in done.err
    if hint is not None:
        assert hint in done.err


def test_ascii_is_either_encoding(check: Check) -> None:
    for encoding in ("utf-8", "gb18030"):
        assert check(*BY_RULES, "--encoding", encoding, stdin=b"abc").code == 0


def test_files_that_cannot_be_read_do_not_hide_the_others(check: Check, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("甲牌", encoding="utf-8")
    done = check(*BY_RULES, "none.txt", "a.txt", str(tmp_path), "a\0b")
    assert done.code == 2
    assert [hit["file"] for hit in done.hits] == ["a.txt"]
    assert "none.txt" in done.err
    assert str(tmp_path) in done.err


def test_a_file_too_large_is_refused(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_input, "MAX_BYTES", 10)
    assert check(*BY_RULES, stdin=b"0123456789").code == 0
    assert check(*BY_RULES, stdin=b"0123456789x").code == 2


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "\n" * 1000,
        "\0",
        "\r\r\r",
        "".join(map(chr, range(0x20))),
        "\u202e" * 500 + "\u2067",
        "e" + "\u0301" * 5000,
        "مرحبا 甲 שלום 乙 สวัสดี 丙",
        "“" * 3000,
        "“”" * 3000,
        "*" * 5000,
        "没" * 5000,
        "𝕬🏳️‍🌈👨‍👩‍👧‍👦①㍿㎏" * 100,
        "\U0010ffff\ufffe\uffff",
    ],
)
def test_strange_texts_are_clean(check: Check, text: str) -> None:
    data = text.encode()
    for argv in (BY_RULES, ("--pack", "N2"), ("--required",)):
        done = check(*argv, stdin=data)
        assert done.code in (0, 1), done.err
        assert "Traceback" not in done.err
    assert check(*BY_RULES, stdin=data).code == 0


def test_line_ends(check: Check) -> None:
    hits = check(*BY_RULES, stdin="甲牌\r\n甲牌\u2028甲牌\x0b甲牌\n\n甲牌".encode()).hits
    assert [(hit["line"], hit["start"]) for hit in hits] == [
        (1, 0),
        (2, 4),
        (2, 7),
        (2, 10),
        (4, 14),
    ]


def test_lines_are_right_in_every_block(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "\n".join(f"第{number}行没办法。" if number % 3 else "" for number in range(1, 200))
    whole = check(*BY_RULES, stdin=text.encode()).hits
    for block in (0, 1, 7, 50):
        monkeypatch.setattr(check_input, "_BLOCK", block)
        assert check(*BY_RULES, stdin=text.encode()).hits == whole
    for hit in whole:
        assert text[hit["start"] : hit["end"]] == "没办法"
        assert text.count("\n", 0, hit["start"]) + 1 == hit["line"]


@pytest.mark.parametrize("kind", ["lines", "line", "hits", "quotes", "digits", "phones"])
def test_ten_megabytes_take_bounded_time(check: Check, tmp_path: Path, kind: str) -> None:
    # A tenth of it here; the full size is measured by hand.
    size = 333_000
    text = {
        "lines": "您好，请问有什么可以帮您？\n" * (size // 14),
        "line": "您好，请问有什么可以帮您？" * (size // 13),
        "hits": "这事没办法，" * (size // 60),
        "quotes": "“他说，" * (size // 4),
        "digits": "1" * size,
        "phones": "138 0013 8000 " * (size // 140),
    }[kind]
    (tmp_path / "big.txt").write_text(text, encoding="utf-8")
    began = time.process_time()
    done = check("--pack", "N2", "--format", "json", "big.txt")
    done_rules = check(*BY_RULES, "big.txt")
    assert time.process_time() - began < 20
    assert done.code == (1 if kind == "phones" else 0)
    assert len(done_rules.hits) == (size // 60 if kind == "hits" else 0)


# ── transcripts ──


def _transcript(*lines: str) -> bytes:
    return "\n".join(lines).encode()


def test_the_speaker_decides(check: Check, tmp_path: Path) -> None:
    data = _transcript(
        '{"speaker": "agent", "at": "09:30:05", "text": "没办法"}',
        "",
        '{"speaker":"customer","at":1,"text":"没办法"}',
        '  {"text": "没办法", "extra": {"a": [1, null]}, "speaker": "note"}  \r',
    )
    (tmp_path / "call.JSONL").write_bytes(data)
    hits = check(*BY_RULES, "call.JSONL").hits
    assert [hit["line"] for hit in hits] == [1, 4]
    whole = data.decode()
    assert [whole[hit["start"] : hit["end"]] for hit in hits] == ["没办法"] * 2
    piped = check(*BY_RULES, "--transcript", stdin=data).hits
    assert [hit["start"] for hit in piped] == [hit["start"] for hit in hits]
    assert check(*BY_RULES, stdin=data).hits == []  # plain text: all of it stands in quotes


def test_offsets_cover_the_source_of_what_is_escaped(check: Check) -> None:
    text = '第"一"行\n😀没办\u200b法\\甲牌'
    source = json.dumps({"speaker": "agent", "text": text})
    data = _transcript('{"speaker":"note","text":"甲牌"}', source)
    first, second, third = check(*BY_RULES, "--transcript", stdin=data).hits
    whole = data.decode()
    assert whole[first["start"] : first["end"]] == "甲牌"
    assert second["text"] == "没办\u200b法"
    assert whole[second["start"] : second["end"]] == "\\u6ca1\\u529e\\u200b\\u6cd5"
    assert whole[third["start"] : third["end"]] == "\\u7532\\u724c"
    assert {second["line"], third["line"]} == {2}


def test_lone_surrogates_in_escapes(check: Check) -> None:
    source = r'{"speaker":"agent","text":"\ud83d没办法\ude00\ud83d\ude00甲牌\uD800"}'
    done = check(*BY_RULES, "--transcript", stdin=source.encode())
    assert [source[hit["start"] : hit["end"]] for hit in done.hits] == ["没办法", "甲牌"]
    split = r'{"speaker":"agent","text":"没\ud83d办法"}'
    for hit in check(*BY_RULES, "--transcript", stdin=split.encode()).hits:
        assert hit["text"] == "没\ud83d办法"


def test_a_missing_speaker_is_the_one_asked_for(check: Check) -> None:
    data = _transcript('{"text": "没办法"}')
    assert check(*BY_RULES, "--transcript", stdin=data).code == 2
    assert check(*BY_RULES, "--transcript", "--speaker", "agent", stdin=data).code == 1
    assert check(*BY_RULES, "--transcript", "--speaker", "customer", stdin=data).code == 0


GOOD = '{"speaker":"agent","text":"您好"}'


@pytest.mark.parametrize(
    ("line", "column", "words"),
    [
        ("not json", 1, "JSON"),
        ("[]", 1, "JSON"),
        ('"text"', 1, "JSON"),
        ('{"speaker":"agent","text":"没办法"', 32, "JSON"),
        ('{"speaker":"agent","text":"没办法"} x', 34, "JSON"),
        ('{"speaker":"agent" "text":"没办法"}', 20, "JSON"),
        ('{"speaker":"agent","text":"没\t"}', 29, "JSON"),
        ('{"speaker":"agent","text":"\\x"}', 28, "JSON"),
        ('{"speaker":"agent","text":"\\ud83"}', None, "JSON"),
        ('{"a":' + "[" * 100_000, None, "JSON"),
        ('{"a":' + "9" * 5000 + ',"speaker":"agent","text":"x"}', None, "JSON"),
        ('{"speaker":"agent","text":1}', 27, "text"),
        ('{"speaker":"agent","text":null}', None, "text"),
        ('{"speaker":"agent"}', None, "text"),
        ('{"speaker":"agnet","text":"没办法"}', 12, "是不是想写：agent"),
        ('{"speaker":["agent"],"text":"没办法"}', 12, "speaker"),
        ('{"text":"没办法"}', None, "speaker"),
    ],
)
def test_mistakes_name_line_and_column(
    check: Check, line: str, column: int | None, words: str
) -> None:
    done = check(*BY_RULES, "--transcript", stdin=_transcript(GOOD, line, GOOD))
    assert (done.code, done.out) == (2, "[]\n")
    assert "- 第 2 行" in done.err
    assert "没有发现问题" not in done.err
    assert words in done.err
    if column is not None:
        assert re.search(rf"第 {column} 列", done.err), done.err


def test_an_empty_transcript_is_clean(check: Check) -> None:
    assert check(*BY_RULES, "--transcript", stdin=b" \r\n\n").code == 0
