"""A centre's pack over a shipped one: override, add, remove; and what goes wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentdesk.domain.clause import Way
from agentdesk.domain.pack import Guard, Pack
from agentdesk.errors import PackError
from agentdesk.standards.loader import PackRegistry, load_pack, load_shipped
from agentdesk.strings import LANGUAGES, Strings

GREETING = """
[[line]]
id = "inbound-greeting"
rule = "F6-4.1-inbound-greeting"
moment = "opening"
title = "本中心问候"
title_en = "Our greeting"
text = "您好，{company}华东中心很高兴为您服务，请问有什么可以帮您？"
marks = ["greeting"]
when = { direction = "inbound" }
"""

PARKING = """
[[line]]
id = "parking"
rule = "M1-1-parking"
moment = "handle"
title = "停车"
title_en = "Parking"
text = "请您把车停在东门。"
"""

BAN = """
[[phrase]]
rule = "M1-2-nothing"
category = "refusal"
match = "anywhere"
severity = "advise"
phrases = ["很高兴为您服务"]
replacement = "请您稍等。"
bad = ["很高兴为您服务。"]
good = ["您好。"]
"""


def head(pack_id: str, parent: str, more: str = "") -> str:
    return f'[pack]\nid = "{pack_id}"\nextends = "{parent}"\n{more}\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def put(folder: Path, pack_id: str, text: str) -> None:
    (folder / f"{pack_id}.toml").write_text(text, encoding="utf-8")


def get(folder: Path, pack_id: str) -> Pack:
    registry = PackRegistry(folder)
    pack = registry.get(pack_id)
    assert registry.problems == []
    return pack


def mistake(folder: Path, pack_id: str = "MY") -> PackError:
    with pytest.raises(PackError) as caught:
        load_pack(folder / f"{pack_id}.toml", library=PackRegistry(folder))
    for language in LANGUAGES:
        title, body = Strings(language).error(caught.value)
        assert title != caught.value.code
        assert "?" not in body.replace(str(caught.value.params["value"]), "")
    return caught.value


def test_a_few_lines_change_a_shipped_pack(folder: Path) -> None:
    put(folder, "F6", head("F6", "F6", "callback_minutes = 20") + GREETING + PARKING)
    shipped, own = load_shipped("F6"), get(folder, "F6")

    assert own.extends == ("F6",)
    assert (own.callback_minutes, own.titles, own.title) == (20, shipped.titles, shipped.title)
    assert [line.id for line in own.lines] == [*(line.id for line in shipped.lines), "parking"]
    changed = own.line("inbound-greeting")
    assert changed is not None
    assert changed.title.zh == "本中心问候"
    assert own.phrases == shipped.phrases
    assert own.provisions == shipped.provisions


def test_inherited_items_can_be_removed(folder: Path) -> None:
    gone = "F6-4.4-hold-return-ban"
    removed = f'remove = ["line:agent-number", "phrase:{gone}", "guards:anything_else_first"]'
    put(folder, "MY", head("MY", "F6", removed))
    shipped, own = load_shipped("F6"), get(folder, "MY")

    assert {line.id for line in shipped.lines} - {line.id for line in own.lines} == {"agent-number"}
    assert own.phrases == tuple(rule for rule in shipped.phrases if rule.rule != gone)
    assert len(own.phrases) == len(shipped.phrases) - 1
    assert set(shipped.guards) - set(own.guards) == {Guard.ANYTHING_ELSE_FIRST}


def test_guards_are_merged_one_by_one(folder: Path) -> None:
    put(folder, "MY", head("MY", "F6") + '[guards]\nanything_else_first = "M1-9-else"\n')

    own = get(folder, "MY")

    assert own.guards[Guard.ANYTHING_ELSE_FIRST] == "M1-9-else"
    assert {**own.guards, Guard.ANYTHING_ELSE_FIRST: ""} == {
        **load_shipped("F6").guards,
        Guard.ANYTHING_ELSE_FIRST: "",
    }


def test_guidance_of_one_rule_is_replaced_together(folder: Path) -> None:
    shipped = load_shipped("F6").guidance
    rule = shipped[0][0]
    item = '[[guidance]]\nrule = "{}"\ntext = "{}"\n'
    put(folder, "MY", head("MY", "F6") + item.format(rule, "甲。") + item.format(rule, "乙。"))

    own = get(folder, "MY").guidance

    assert own[:2] == ((rule, "甲。"), (rule, "乙。"))
    assert own[2:] == tuple(entry for entry in shipped if entry[0] != rule)


def test_a_pack_may_extend_another_of_the_centre(folder: Path) -> None:
    put(folder, "F6", head("F6", "F6", "callback_minutes = 20"))
    put(folder, "BASE", head("BASE", "F6", 'remove = ["line:agent-number"]') + PARKING)
    put(folder, "MY", head("MY", "BASE", 'titles = ["先生"]'))

    own = get(folder, "MY")

    assert own.extends == ("BASE", "F6", "F6")
    assert (own.id, own.callback_minutes, own.titles) == ("MY", 20, ("先生",))
    assert own.line("parking") is not None
    assert own.line("agent-number") is None


def test_without_extends_a_file_stands_alone(folder: Path) -> None:
    put(folder, "F6", '[pack]\nid = "F6"\ntitle = "空"\n')
    registry = PackRegistry(folder)

    assert registry.get("F6") == load_shipped("F6")
    assert [problem.code for problem in registry.problems] == ["pack.missing_table"]


@pytest.mark.parametrize(
    ("text", "code", "key", "nearest", "line"),
    [
        (head("MY", "F66"), "unknown_name", "pack.extends", "F6", 3),
        (head("MY", "MY"), "extends_circle", "pack.extends", "", 3),
        (head("MY", "F6", 'remove = [\n"line:closing",\n"line:agent-numbr"]'), "unknown_removal",
         "pack.remove", "line:agent-number", 6),
        (head("MY", "F6", 'remove = ["lines:agent-number"]'), "unknown_name", "pack.remove",
         "line:agent-number", 4),
        (head("MY", "F6", 'remove = ["agent-number"]'), "unknown_name", "pack.remove", "", 4),
        (head("MY", "F6", 'remove = ["pack:id"]'), "unknown_name", "pack.remove", "", 4),
        (head("MY", "F6", 'remove = ["guards:anything"]'), "unknown_removal", "pack.remove",
         "guards:anything_else_first", 4),
        (head("MY", "F6", 'remove = ["field:waybill"]'), "removed_reference", "pack.remove", "", 4),
        (head("MY", "F6", 'remove = ["phrase:F6-5.3.10-website"]'), "removed_reference",
         "pack.remove", "", 4),
        (head("MY", "F6", 'remove = "line:closing"'), "wrong_type", "pack.remove", "", 4),
        (head("MY", "F6") + PARKING + PARKING, "duplicate", "line[2].id", "", 15),
        (head("MY", "F6") + BAN, "inherited_ban", "phrase[1].rule", "", 7),
        (head("MY", "F6") + PARKING.replace("请您把", "你把"), "uses_ni", "line[1].text", "", 12),
        ('[pack]\nextends = "F6"\n', "missing_key", "pack.id", "", 1),
        (head("MY", "F6", 'tite = "X"'), "unknown_key", "pack.tite", "title", 4),
        (head("MY", "../F6"), "bad_id", "pack.extends", "", 3),
    ],
)  # fmt: skip
def test_a_mistake_is_named_in_the_file_that_made_it(
    folder: Path, text: str, code: str, key: str, nearest: str, line: int
) -> None:
    put(folder, "MY", text)

    error = mistake(folder)

    assert error.code == f"pack.{code}"
    assert error.params["file"] == str(folder / "MY.toml")
    assert (error.params["key"], error.params["line"]) == (key, line)
    assert error.params["nearest"] == nearest


def test_a_circle_through_several_files_ends(folder: Path) -> None:
    put(folder, "MY", head("MY", "B1"))
    put(folder, "B1", head("B1", "N2"))
    put(folder, "N2", head("N2", "MY"))

    error = mistake(folder)

    assert error.code == "pack.extends_circle"
    assert error.params["file"] == str(folder / "N2.toml")


def test_four_packs_may_stand_behind_one_and_no_more(folder: Path) -> None:
    for number in range(1, 6):
        put(folder, f"P{number}x", head(f"P{number}x", f"P{number + 1}x" if number < 5 else "F6"))

    assert get(folder, "P2x").extends == ("P3x", "P4x", "P5x", "F6")
    assert mistake(folder, "P1x").code == "pack.extends_depth"


@pytest.mark.parametrize("broken", ["[pack", '[pack]\nid = "B1"\nextends = "F6"\ntitles = 3\n'])
def test_a_broken_parent_leaves_the_shipped_pack_behind_it(folder: Path, broken: str) -> None:
    put(folder, "MY", head("MY", "B1"))
    put(folder, "B1", broken)
    registry = PackRegistry(folder)

    if broken == "[pack":  # nothing says what it would have extended
        with pytest.raises(PackError):
            registry.get("MY")
        return
    assert registry.get("MY") == load_shipped("F6")
    assert [problem.params["file"] for problem in registry.problems] == [str(folder / "B1.toml")]


@pytest.mark.parametrize(
    "text",
    [head("MY", "N2", "titles = 3"), head("MY", "N2") + "[[line", head("MY", "N2") + BAN * 2],
)
def test_a_broken_pack_of_the_centres_own_leaves_the_one_it_extends(
    folder: Path, text: str
) -> None:
    put(folder, "MY", text)
    registry = PackRegistry(folder)

    assert registry.get("MY") == load_shipped("N2")
    assert len(registry.problems) == 1


def test_broken_packs_in_a_circle_are_an_error_not_a_hang(folder: Path) -> None:
    put(folder, "MY", head("MY", "B1"))
    put(folder, "B1", head("B1", "MY"))

    with pytest.raises(PackError) as caught:
        PackRegistry(folder).get("MY")
    assert caught.value.code == "pack.extends_circle"


def test_a_parent_under_another_name_is_refused(folder: Path) -> None:
    put(folder, "MY", head("MY", "B1"))
    put(folder, "B1", head("B2", "F6"))

    assert mistake(folder).code == "pack.misnamed"


def test_clauses_of_the_centre_stand_after_those_it_builds_on(folder: Path) -> None:
    clause = (
        '[[clause]]\nid = "{}"\nsection = "1"\nkind = "other"\nway = "poster"\n'
        'title_en = "Own"\ntext = "{}"\n'
    )
    own = clause.format("F6-4.4-hold-2min", "等候不超过一分钟。")
    put(folder, "MY", head("MY", "F6") + own + clause.format("M1-1-parking", "车停东门。"))
    registry = PackRegistry(folder)

    clauses = {item.id: item for item in registry.clauses("MY")}

    assert len(clauses) == len(registry.clauses("F6")) + 1 == 113
    assert clauses["F6-4.4-hold-2min"].text == "等候不超过一分钟。"
    assert clauses["M1-1-parking"].way is Way.POSTER
    assert registry.clauses("F6")[0].pack == "F6"
