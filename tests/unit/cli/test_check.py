"""``agentdesk check``: what it prints, in which format, and how it ends."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

BY_RULES = ("--rules", "rules.toml")
KEYS = [
    "file",
    "line",
    "start",
    "end",
    "text",
    "phrase",
    "rule",
    "category",
    "severity",
    "suggestion",
]
STEERING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")

Check = Callable[..., Any]


@pytest.fixture
def note(tmp_path: Path) -> Path:
    path = tmp_path / "通话.txt"
    path.write_text("您好，\n这事没办法，甲牌😀都没办法。\n有没有办法？\n", encoding="utf-8")
    return path


def test_json_has_the_promised_shape(check: Check, note: Path) -> None:
    done = check(*BY_RULES, "--format", "json", note.name)
    assert done.code == 1
    assert [list(hit) for hit in done.hits] == [KEYS] * 3
    assert done.hits[0] == {
        "file": "通话.txt",
        "line": 2,
        "start": 6,
        "end": 9,
        "text": "没办法",
        "phrase": "没办法",
        "rule": "shirk",
        "category": "shirking",
        "severity": "reason",
        "suggestion": "我来帮您想办法",
    }
    whole = note.read_text(encoding="utf-8")
    assert [whole[hit["start"] : hit["end"]] for hit in done.hits] == ["没办法", "甲牌", "没办法"]
    assert [hit["severity"] for hit in done.hits] == ["reason", "advise", "reason"]


def test_text_is_a_line_a_hit(check: Check, note: Path) -> None:
    done = check(*BY_RULES, note.name)
    assert done.out.splitlines()[0] == (
        "通话.txt:2:3: 需说明  shirk  推诿  “没办法” → 我来帮您想办法"
    )
    assert done.out.count("\n") == 3
    assert done.err == "共 3 处（按 rules.toml 检查）  需说明 2  建议改 1\n"
    english = check(*BY_RULES, "--language", "en", note.name)
    assert english.out.startswith("通话.txt:2:3: reason  shirk")


def test_narration_goes_to_stderr_only(check: Check) -> None:
    done = check(*BY_RULES, "--format", "json", stdin="您好".encode())
    assert (done.code, done.out) == (0, "[]\n")
    assert done.err == "● 没有发现问题（按 rules.toml 检查）\n"


@pytest.mark.parametrize(
    ("severity", "code", "rules"),
    [("advise", 1, ["shirk", "brand"]), ("reason", 1, ["shirk"]), ("block", 0, [])],
)
def test_min_severity(check: Check, severity: str, code: int, rules: list[str]) -> None:
    text = "没办法，甲牌".encode()
    done = check(*BY_RULES, "--format", "json", "--min-severity", severity, stdin=text)
    assert (done.code, [hit["rule"] for hit in done.hits]) == (code, rules)


def test_speakers(check: Check) -> None:
    def rules(speaker: str, text: str) -> list[str]:
        done = check(*BY_RULES, "--format", "json", "--speaker", speaker, stdin=text.encode())
        return [hit["rule"] for hit in done.hits]

    assert rules("agent", "没办法") == ["shirk"]
    assert rules("note", "没办法") == ["shirk"]
    assert rules("note", "客户说没办法") == []
    assert rules("customer", "没办法，笨蛋") == []


def test_several_files_and_stdin(check: Check, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("甲牌", encoding="utf-8")
    (tmp_path / "b.txt").write_text("\n\n甲牌", encoding="utf-8")
    done = check(*BY_RULES, "--format", "json", "a.txt", "-", "b.txt", stdin="甲牌".encode())
    places = [(hit["file"], hit["line"], hit["start"]) for hit in done.hits]
    assert places == [("a.txt", 1, 0), ("-", 1, 0), ("b.txt", 3, 2)]


def test_the_configured_standard_is_used(check: Check, tmp_path: Path) -> None:
    config = tmp_path / ".config" / "agentdesk" / "config.toml"
    config.parent.mkdir(parents=True)
    assert "按 F6 检查" in check(stdin=b"").err
    config.write_text('pack = "N2"\n', encoding="utf-8")
    assert "按 N2 检查" in check(stdin=b"").err
    assert "按 F6 检查" in check("--pack", "F6", stdin=b"").err


def test_unknown_standard_and_options(check: Check) -> None:
    done = check("--pack", "F7", stdin=b"")
    assert (done.code, done.out) == (2, "")
    assert "F7" in done.err
    for argv in (["--format", "xml"], ["--speaker", "boss"], ["--min-severity", "x"], ["--foo"]):
        assert check(*argv, stdin=b"").code == 2
    assert check("--encoding", "utf-16", stdin=b"").code == 2


def test_a_broken_file_of_the_centre_is_a_warning(check: Check, tmp_path: Path) -> None:
    own = tmp_path / ".config" / "agentdesk" / "packs"
    own.mkdir(parents=True)
    (own / "N2.toml").write_text("broken", encoding="utf-8")
    done = check("--pack", "N2", stdin="您好".encode())
    assert done.code == 0
    assert "N2.toml" in done.err


def test_numbers_of_customers_are_found_and_not_repeated(check: Check) -> None:
    text = "您可以打13800138000。".encode()
    (hit,) = check("--pack", "N2", "--format", "json", stdin=text).hits
    assert (hit["start"], hit["end"], hit["text"]) == (4, 15, "13800138000")
    assert (hit["rule"], hit["severity"]) == ("N2-2.1-no-customer-data-leak", "reason")
    assert (hit["phrase"], hit["category"]) == ("mobile", "confidentiality")
    assert hit["suggestion"] == "138****8000"
    for name in ("text", "sarif"):
        done = check("--pack", "N2", "--format", name, stdin=text)
        assert done.code == 1
        assert "13800138000" not in done.out
        assert "138****8000" in done.out
    assert check("--pack", "N2", "--speaker", "customer", stdin=text).code == 0
    assert check("--pack", "F6", stdin=text).code == 0


def test_numbers_are_looked_for_without_a_clause_when_asked(check: Check) -> None:
    text = "没办法，您可以打13800138000，不知道。".encode()
    (hit,) = (
        hit
        for hit in check("--pack", "F6", "--numbers", "--format", "json", stdin=text).hits
        if hit["category"] == "confidentiality"
    )
    assert (hit["text"], hit["rule"], hit["severity"]) == (
        "13800138000",
        "confidentiality",
        "reason",
    )
    (known,) = check("--pack", "N2", "--numbers", "--format", "json", stdin=text).hits
    assert known["rule"] == "N2-2.1-no-customer-data-leak"


def test_sarif(check: Check, tmp_path: Path) -> None:
    (tmp_path / "记 录:1.txt").write_text("甲牌\n笨蛋，没办法", encoding="utf-8")
    done = check(*BY_RULES, "--format", "sarif", "记 录:1.txt")
    log = json.loads(done.out)
    assert (done.code, log["version"]) == (1, "2.1.0")
    assert log["$schema"].endswith("sarif-2.1.0.json")
    (run,) = log["runs"]
    assert run["columnKind"] == "unicodeCodePoints"
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["brand", "rude", "shirk"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"]
    assert [result["level"] for result in run["results"]] == ["note", "error", "warning"]
    place = run["results"][2]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "%E8%AE%B0%20%E5%BD%95%3A1.txt"
    assert place["region"] == {
        "startLine": 2,
        "startColumn": 4,
        "endLine": 2,
        "endColumn": 7,
        "charOffset": 6,
        "charLength": 3,
    }


def test_sarif_without_hits(check: Check) -> None:
    (run,) = json.loads(check(*BY_RULES, "--format", "sarif", stdin=b"").out)["runs"]
    assert (run["results"], run["tool"]["driver"]["rules"]) == ([], [])


@pytest.mark.parametrize("name", ["text", "json", "sarif"])
def test_nothing_steers_the_terminal(check: Check, tmp_path: Path, name: str) -> None:
    text = "\x1b[2J没\u202e办\u200b法\x9b31m 笨\u2066蛋 \U000e0041"
    (tmp_path / "a\x1b]0;x\x07.txt").write_text(text, encoding="utf-8")
    done = check(*BY_RULES, "--format", name, "a\x1b]0;x\x07.txt", "no\x1b[2Jne")
    assert done.code == 2
    assert STEERING.search(done.out) is None
    assert STEERING.search(done.err) is None
    if name == "json":
        assert [text[hit["start"] : hit["end"]] for hit in done.hits] == [
            "没\u202e办\u200b法",
            "笨\u2066蛋",
        ]
        assert done.hits[0]["text"] == "没\u202e办\u200b法"


def test_required_elements(check: Check, tmp_path: Path) -> None:
    said = [
        ("agent", "您好，示例快运。"),
        ("customer", "包裹没到"),
        ("agent", "我稍后给您回电话。"),
    ]
    lines = [json.dumps({"speaker": who, "at": "1", "text": text}) for who, text in said]
    (tmp_path / "call.jsonl").write_text("\n".join(lines), encoding="utf-8")
    done = check("--required", "--format", "json", "call.jsonl")
    found = json.loads(done.out)
    assert done.code == 1
    assert list(found) == ["hits", "missing"]
    elements = {item["element"]: item for item in found["missing"]}
    assert "greeting" not in elements
    assert elements["closing"] == {
        "file": "call.jsonl",
        "element": "closing",
        "rule": "F6-4.5-closing",
        "value": 0,
        "target": 1,
    }
    assert elements["promise_needs_figure"]["value"] == 1
    text = check("--required", "call.jsonl").out
    assert "call.jsonl: 缺少  F6-4.5-closing  结束语（0/1）" in text
    assert json.loads(check("--format", "json", "call.jsonl").out) == found["hits"]
    sarif = json.loads(check("--required", "--format", "sarif", "call.jsonl").out)
    assert len(sarif["runs"][0]["results"]) == len(found["hits"]) + len(found["missing"])


def test_each_file_is_a_call_of_its_own(check: Check, tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("您好\n感谢您的来电，再见", encoding="utf-8")
    found = json.loads(check("--required", "--format", "json", "a.txt", "b.txt").out)["missing"]
    missing = [[item["element"] for item in found if item["file"] == f] for f in ("a.txt", "b.txt")]
    assert missing[0] == missing[1]
    assert "greeting" not in missing[0]


def test_required_needs_a_standard(check: Check) -> None:
    done = check(*BY_RULES, "--required", stdin=b"")
    assert (done.code, done.out) == (2, "")
    assert "--required" in done.err


def test_a_broken_list_of_rules(check: Check, tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text('[[rule]]\nid = "a"\nregex = "(a+)+$"', encoding="utf-8")
    done = check("--rules", "bad.toml", stdin=b"")
    assert (done.code, done.out) == (2, "")
    assert "bad.toml 第 3 行" in done.err
    assert check("--rules", "none.toml", stdin=b"").code == 2


def test_in_a_process_of_its_own(tmp_path: Path, check: Check) -> None:
    command = [sys.executable, "-m", "agentdesk", "check", *BY_RULES, "--format", "json"]
    done = subprocess.run(
        command,
        input="😀没办法".encode(),
        capture_output=True,
        cwd=tmp_path,
        env={"HOME": str(tmp_path), "PYTHONPATH": ":".join(sys.path), "PYTHONUTF8": "1"},
        timeout=60,
    )
    assert done.returncode == 1
    assert json.loads(done.stdout)[0]["start"] == 1


def test_a_long_list_is_kept_for_next_time(
    check: Check, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from agentdesk.standards import rulesfile

    phrases = "".join(f'"测试词语{number}号",\n' for number in range(5000))
    (tmp_path / "long.toml").write_text(
        f'[[rule]]\nid = "long"\nphrases = [\n{phrases}]\nexcept = ["测试词语44号楼"]\n',
        encoding="utf-8",
    )
    argv = ("--rules", "long.toml", "--format", "json")
    text = "这是测试词语4321号，测试词语44号楼".encode()
    first = check(*argv, stdin=text)
    assert [hit["text"] for hit in first.hits] == ["测试词语4321号"]
    (kept,) = (tmp_path / ".cache" / "agentdesk" / "phrases").iterdir()
    with monkeypatch.context() as patch:
        patch.setattr(rulesfile, "parse_rules", None)
        assert check(*argv, stdin=text) == first
    kept.write_bytes(b"\0" * 1000)
    assert check(*argv, stdin=text) == first
    with (tmp_path / "long.toml").open("a", encoding="utf-8") as file:
        file.write('[[rule]]\nid = "more"\nphrases = ["这是"]\n')
    assert [hit["rule"] for hit in check(*argv, stdin=text).hits] == ["more", "long"]
    with (tmp_path / "long.toml").open("a", encoding="utf-8") as file:
        file.write('[[rule]]\nid = "more"\nphrases = ["这是"]\n')
    assert check(*argv, stdin=text).code == 2


def test_short_lists_leave_nothing_behind(check: Check, tmp_path: Path) -> None:
    check(*BY_RULES, stdin=b"")
    assert not (tmp_path / ".cache").exists()
