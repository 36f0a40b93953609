"""Choosing packs: a centre's own file first; a broken one never costs a call."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from agentdesk.errors import PackError
from agentdesk.standards import loader
from agentdesk.standards.loader import PackRegistry, load_shipped, shipped

F6 = Path(__file__).parents[3] / "agentdesk" / "standards" / "packs" / "F6.toml"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A centre's folder with an F6 of its own."""
    text = F6.read_text(encoding="utf-8").replace("callback_minutes = 30", "callback_minutes = 20")
    (tmp_path / "F6.toml").write_text(text, encoding="utf-8")
    return tmp_path


def test_own_file_replaces_the_shipped_pack(own: Path) -> None:
    registry = PackRegistry(own)

    assert registry.get("F6").callback_minutes == 20
    assert registry.get("N2") == load_shipped("N2")
    assert registry.problems == []


def test_a_pack_is_loaded_once(own: Path) -> None:
    registry = PackRegistry(own)
    first = registry.get("F6")
    (own / "F6.toml").unlink()

    assert registry.get("F6") is first


def test_a_title_needs_no_loading(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = PackRegistry()
    titles = {pack_id: loaded.get(pack_id).title for pack_id in loaded.ids()}
    own_title = 'title = "本中心标准"'
    text = (own / "F6.toml").read_text(encoding="utf-8")
    (own / "F6.toml").write_text(text.replace("title = ", f"{own_title} #", 1), encoding="utf-8")

    def refuse(pack_id: str) -> None:
        raise AssertionError(pack_id)

    monkeypatch.setattr(loader, "load_shipped", refuse)
    registry = PackRegistry()
    assert {pack_id: registry.title(pack_id) for pack_id in registry.ids()} == titles
    assert PackRegistry(own).title("F6").zh == "本中心标准"
    with pytest.raises(PackError) as caught:
        registry.title("../F6")
    assert caught.value.code == "pack.not_found"


def test_a_broken_own_file_leaves_the_shipped_pack(own: Path) -> None:
    text = (own / "F6.toml").read_text(encoding="utf-8")
    (own / "F6.toml").write_text(text.replace("[[clock]]", "[[clok]]", 1), encoding="utf-8")
    registry = PackRegistry(own)

    assert registry.get("F6") == load_shipped("F6")
    assert [problem.code for problem in registry.problems] == ["pack.unknown_table"]
    assert registry.problems[0].params["nearest"] == "clock"


def test_an_additional_pack_has_its_file_name(own: Path) -> None:
    text = (own / "F6.toml").read_text(encoding="utf-8")
    (own / "MY.toml").write_text(text.replace('id = "F6"', 'id = "MY"', 1), encoding="utf-8")
    registry = PackRegistry(own)

    assert set(registry.ids()) == {*shipped(), "MY"}
    assert list(registry.ids()) == sorted(registry.ids())
    assert registry.get("MY").id == "MY"


def test_a_broken_additional_pack_is_an_error_when_asked_for(own: Path) -> None:
    (own / "MY.toml").write_text("[pack", encoding="utf-8")
    registry = PackRegistry(own)

    with pytest.raises(PackError) as caught:
        registry.get("MY")
    assert caught.value.code == "pack.syntax"
    assert [problem.code for problem in registry.check()] == ["pack.syntax"]
    assert len(registry.check()) == 1  # asked twice, noted once


def test_lower_case_file_name_means_the_shipped_pack(own: Path) -> None:
    (own / "F6.toml").rename(own / "f6.toml")

    assert PackRegistry(own).get("F6").callback_minutes == 20


def test_a_file_named_for_another_pack_is_left_aside(own: Path) -> None:
    (own / "F6.toml").rename(own / "N2.toml")
    registry = PackRegistry(own)

    assert registry.get("N2") == load_shipped("N2")
    assert [problem.code for problem in registry.problems] == ["pack.misnamed"]


@pytest.mark.parametrize("name", ["我的.toml", "a b.toml", "-x.toml", ".toml.toml"])
def test_a_file_name_that_is_no_id_is_noted(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("", encoding="utf-8")

    assert [problem.code for problem in PackRegistry(tmp_path).problems] == ["pack.misnamed"]


@pytest.mark.parametrize("asked", ["../F6", "/etc/passwd", "F6.toml", "packs/F6", "", "\0", "f 6"])
def test_an_id_never_leads_to_another_file(own: Path, asked: str) -> None:
    (own.parent / "F6.toml").write_text("[pack", encoding="utf-8")

    with pytest.raises(PackError) as caught:
        PackRegistry(own).get(asked)
    assert caught.value.code == "pack.not_found"


def test_an_unknown_id_suggests_the_nearest() -> None:
    with pytest.raises(PackError) as caught:
        PackRegistry().get("F66")

    assert caught.value.params["nearest"] == "F6"
    with pytest.raises(PackError):
        load_shipped("F66")


def test_no_folder_is_no_problem(tmp_path: Path) -> None:
    registry = PackRegistry(tmp_path / "none")

    assert registry.ids() == shipped()
    assert registry.problems == []


def test_a_file_for_a_folder_is_noted(own: Path) -> None:
    registry = PackRegistry(own / "F6.toml")

    assert [problem.code for problem in registry.problems] == ["pack.unreadable"]
    assert registry.get("F6") == load_shipped("F6")


def test_a_pipe_cannot_keep_the_console_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "F6.toml")
    registry = PackRegistry(tmp_path)

    assert registry.get("F6") == load_shipped("F6")
    assert [problem.code for problem in registry.problems] == ["pack.unreadable"]
