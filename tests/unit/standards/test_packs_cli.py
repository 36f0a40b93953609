"""``agentdesk packs``: show, diff and lint as their users meet them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from agentdesk.__main__ import main
from agentdesk.domain.provision import ProvisionKind
from agentdesk.standards import loader
from agentdesk.standards.lint import MAX_PROBLEMS
from agentdesk.standards.loader import load_shipped, shipped

Run = Callable[..., tuple[int, str, str]]
PACKS = Path(loader.__file__).parent / "packs"
F6 = (PACKS / "F6.toml").read_text("utf-8")

HEAD = '[pack]\nid = "MY"\nextends = "F6"\n'
LINE = """
[[line]]
id = "parking"
rule = "{rule}"
moment = "handle"
title = "停车"
title_en = "Parking"
text = "{text}"
"""
BAN = """
[[phrase]]
rule = "F6-4.4-hold-2min"
category = "refusal"
match = "anywhere"
severity = "advise"
phrases = ["改天"]
replacement = "请您稍等。"
bad = [
    "您改天再来。",
    "{bad}",
]
good = ["{good}"]
"""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A centre's own folder of packs in an empty home."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "AGENTDESK_LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / ".config" / "agentdesk" / "packs"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def run(own: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run it; gives exit code, stdout, stderr."""

    def call(*argv: str) -> tuple[int, str, str]:
        code = main(("packs", *argv))
        out, err = capsys.readouterr()
        return code, out, err

    return call


def put(folder: Path, name: str, text: str) -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("pack_id", shipped())
def test_show_lists_every_item_with_its_rule(run: Run, pack_id: str) -> None:
    code, out, err = run("show", pack_id)

    assert (code, err) == (0, "")
    rows = [line.split("\t") for line in out.splitlines()]
    pack = load_shipped(pack_id)
    assert [pack.id, pack.title.zh] == rows[0]
    for line in pack.lines:
        assert [line.rule, line.id, line.title.zh, line.text] in rows
    for item in pack.provisions:
        assert [item.rule, item.id, item.title.zh] in [row[:3] for row in rows]


def test_show_speaks_english_and_keeps_what_is_spoken_chinese(run: Run) -> None:
    out = run("show", "F6", "--language", "en")[1]

    assert "# Lines (" in out
    line = load_shipped("F6").lines[0]
    assert f"{line.title.en}\t{line.text}" in out


def test_show_json_is_the_whole_pack(run: Run) -> None:
    record = json.loads(run("show", "F6", "--json")[1])

    pack = load_shipped("F6")
    assert (record["id"], record["callback_minutes"]) == ("F6", 30)
    assert [line["text"] for line in record["line"]] == [line.text for line in pack.lines]
    assert record["guards"] == {guard.value: rule for guard, rule in pack.guards.items()}
    assert record["line"][0]["title"] == {"zh": "接得慢，先致歉", "en": pack.lines[0].title.en}


@pytest.mark.parametrize("rule", ["F6-4.4-hold-return-ban", "4.4-hold-return-ban"])
def test_a_clause_is_shown_with_its_uses_and_conflicts(run: Run, rule: str) -> None:
    code, out, _ = run("show", "F6", rule)

    assert code == 0
    assert "回到通话不许说这句。" in out
    assert "控制台执行" in out
    assert "禁语\tF6-4.4-hold-return-ban" in out
    assert "等候后回到通话" in out
    assert "B3-2.3-hold-return" in out


def test_a_clause_as_json(run: Run) -> None:
    record = json.loads(run("show", "F6", "4.4-hold-return-ban", "--json")[1])

    assert (record["id"], record["way"]) == ("F6-4.4-hold-return-ban", "console")
    assert [use["kind"] for use in record["uses"]] == ["phrase"]
    assert record["facts"] == ["QZ-F6-005", "QZ-F6-060"]
    assert record["conflicts"][0]["matter"]["en"] == "Back from hold"


@pytest.mark.parametrize(
    ("args", "nearest"),
    [
        (("show", "F66"), "F6"),
        (("diff", "F6", "N22"), "N2"),
        (("show", "F6", "F6-4.4-hold-2mins"), "F6-4.4-hold-2min"),
    ],
)
def test_an_unknown_name_suggests_the_nearest(
    run: Run, args: tuple[str, ...], nearest: str
) -> None:
    code, out, err = run(*args)

    assert (code, out) == (2, "")
    assert f"是不是想写：{nearest}\n" in err


def test_diff_of_an_own_pack_is_what_it_changes(run: Run, own: Path) -> None:
    line = LINE.format(rule="F6-4.1-track", text="请您把车停在东门。")
    removed = 'remove = ["line:agent-number"]\ncallback_minutes = 20\n'
    put(own, "MY.toml", HEAD + removed + line)

    code, out, err = run("diff", "F6", "MY")

    assert (code, err) == (0, "")
    assert out.splitlines()[:5] == [
        "# 设置",
        "~\tpack\t\tcallback_minutes: 30 → 20",
        "# 话术",
        f"-\tagent-number\t{_title('agent-number')}\t{_text('agent-number')}",
        "+\tparking\t停车\t请您把车停在东门。",
    ]


def _text(line_id: str) -> str:
    line = load_shipped("F6").line(line_id)
    assert line is not None
    return line.text


def _title(line_id: str) -> str:
    line = load_shipped("F6").line(line_id)
    assert line is not None
    return line.title.zh


def test_diff_shows_the_conflicts_of_both(run: Run) -> None:
    out = run("diff", "F6", "B3")[1]

    assert "等候后回到通话" in out
    assert "F6-4.4-hold-return-ban" in out
    assert "B3-2.3-hold-return" in out
    assert "E4-1.4-apology" not in out  # neither of the two


def test_diff_as_json(run: Run) -> None:
    record = json.loads(run("diff", "F6", "N2", "--json")[1])

    assert (record["left"], record["right"]) == ("F6", "N2")
    changed = {item["name"] for item in record["differences"] if item["changed"]}
    assert {"pack", "inbound-greeting"} <= changed
    assert len(record["conflicts"]) == 2


def test_diff_of_a_pack_with_itself_is_nothing(run: Run) -> None:
    assert run("diff", "F6", "F6") == (0, "", "")


def test_lint_of_several_files_and_a_folder(run: Run, own: Path, tmp_path: Path) -> None:
    good, folder = put(own, "MY.toml", HEAD), tmp_path / "several"
    folder.mkdir()
    for name in ("N2.toml", "F6.toml"):
        put(folder, name, (PACKS / name).read_text("utf-8"))
    put(folder, "README.md", "不是规范")

    code, out, err = run("lint", good, str(folder))

    assert (code, err) == (0, "● 没有发现问题\n")
    assert [row.split("\t")[0] for row in out.splitlines()] == ["MY", "F6", "N2"]


def test_lint_lists_every_mistake_with_its_place(run: Run, own: Path) -> None:
    text = F6.replace("[[clock]]", "[[clok]]", 1).replace('moment = "closing"', 'moment = "x"', 1)
    path = put(own, "F6.toml", text.replace("limit_seconds = 120", 'limit_seconds = "120"'))
    lines = Path(path).read_text("utf-8").split("\n")

    code, out, err = run("lint", path)

    assert code == 1
    rows = [row.split("\t") for row in out.splitlines()]
    for part, key in (("[[clok]]", "clok"), ('moment = "x"', ".moment"), ('"120"', ".limit_")):
        place = f"{path}:{next(n for n, line in enumerate(lines, 1) if part in line)}"
        assert [row for row in rows if row[0] == place and key in row[1]], part
    assert "是不是想写：clock" in out
    assert f"{len(rows)} 处" in err


def test_lint_names_contradictions_all_at_once(run: Run, own: Path) -> None:
    text = HEAD + LINE.format(rule="F6-4.1-track", text="{compny}")
    text += LINE.format(rule="F6-4.1-track", text="您好{").replace("parking", "other")

    code, out, _ = run("lint", put(own, "MY.toml", text))

    assert code == 1
    assert [row.split("\t")[1] for row in out.splitlines()] == ["line[1].text", "line[2].text"]


def test_lint_runs_the_examples_and_says_where_they_stand(run: Run, own: Path) -> None:
    path = put(own, "MY.toml", HEAD + BAN.format(bad="您明天再来。", good="您改天来也可以。"))
    line = Path(path).read_text("utf-8").split("\n").index('    "您明天再来。",') + 1

    code, out, err = run("lint", path)

    assert code == 1
    rows = [row.split("\t") for row in out.splitlines()[1:]]
    assert rows[0][:2] == [f"{path}:{line}", "phrase.bad F6-4.4-hold-2min"]
    assert rows[1][:2] == [f"{path}:{line + 2}", "phrase.good F6-4.4-hold-2min"]
    assert "没有被查出：您明天再来。" in rows[0][2]
    assert "被误判：您改天来也可以。" in rows[1][2]
    assert "2 处" in err


def test_lint_reports_rules_nobody_wrote(run: Run, own: Path) -> None:
    path = put(own, "MY.toml", HEAD + LINE.format(rule="F6-4.1-trak", text="请您把车停在东门。"))

    code, out, _ = run("lint", path)

    assert code == 1
    assert out.splitlines()[1].startswith(f"{path}:7\tline.rule parking\t")
    assert "F6-4.1-trak" in out
    assert "是不是想写：F6-4.1-track" in out


def test_lint_knows_the_clauses_of_the_file_itself(run: Run, own: Path) -> None:
    clause = (
        '[[clause]]\nid = "M1-1-parking"\nsection = "1"\nkind = "other"\nway = "poster"\n'
        'title_en = "Parking"\ntext = "车停东门。"\nsee = ["{}"]\n'
    )
    text = HEAD + LINE.format(rule="M1-1-parking", text="请您把车停在东门。")

    assert run("lint", put(own, "MY.toml", text + clause.format("F6-4.1-track")))[0] == 0
    code, out, _ = run("lint", put(own, "MY.toml", text + clause.format("F6-9-none")))
    assert code == 1
    assert "clause.see M1-1-parking" in out


def test_lint_finds_the_packs_beside_a_file(run: Run, tmp_path: Path) -> None:
    put(tmp_path, "BASE.toml", HEAD.replace("MY", "BASE") + "callback_minutes = 20\n")
    path = put(tmp_path, "MY.toml", HEAD.replace("F6", "BASE"))

    assert run("lint", path)[0] == 0


@pytest.mark.parametrize("data", [None, "标准".encode("gbk"), b"#" * 600_000])
def test_lint_of_a_file_that_cannot_be_read_is_2_and_goes_on(
    run: Run, own: Path, data: bytes | None
) -> None:
    bad, good = own / "BAD.toml", put(own, "MY.toml", HEAD)
    if data is not None:
        bad.write_bytes(data)

    code, out, err = run("lint", str(bad), good)

    assert code == 2
    assert out.startswith("MY\t")
    assert "BAD.toml" in err


def test_lint_of_a_folder_without_packs_is_2(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    assert run("lint", str(tmp_path / "empty"))[0] == 2


def test_lint_of_thousands_of_mistakes_ends_with_the_first(run: Run, own: Path) -> None:
    text = "".join(f"[t{number}]\n" for number in range(5_000))

    code, out, _ = run("lint", put(own, "MY.toml", text))

    assert code == 1
    assert len(out.splitlines()) == MAX_PROBLEMS


def test_list_names_a_broken_pack_and_what_stands_in(run: Run, own: Path) -> None:
    put(own, "MY.toml", HEAD + "titles = 3\n")

    code, out, err = run("list")

    assert code == 1
    assert f"MY\t{load_shipped('F6').title.zh}" in out
    assert "MY.toml" in err


def test_a_misspelt_extends_is_the_only_mistake_named(run: Run, own: Path) -> None:
    path = put(own, "MY.toml", '[pack]\nid = "MY"\nextend = "F6"\n')
    code, out, _ = run("lint", path)
    assert code == 1
    assert "第 3 行" in out and "extends" in out
    assert "不能接电话" not in out


def test_list_counts_call_timers_and_limits_apart(run: Run) -> None:
    rows = {line.split("\t")[0]: line for line in run("list")[1].splitlines()}
    limits = len(load_shipped("C5").provisions_of(ProvisionKind.LIMIT))
    assert limits > 20
    assert rows["C5"].endswith(f"通话计时 0，时限 {limits}")
