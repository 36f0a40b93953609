"""Packs kept in the cache: the same pack again, and never a wrong one."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

import agentdesk
from agentdesk.domain.pack import Pack
from agentdesk.errors import PackError
from agentdesk.standards.kept import has_own_files, kept_pack
from agentdesk.standards.loader import PackRegistry, load_shipped, shipped


class Reader:
    """Reads packs from their files and counts how often."""

    def __init__(self, centre: Path | None = None) -> None:
        self.asked: list[str] = []
        self._centre = centre

    def __call__(self, pack_id: str) -> Pack:
        self.asked.append(pack_id)
        return PackRegistry(self._centre).get(pack_id)


@pytest.mark.parametrize("pack_id", shipped())
def test_a_kept_pack_is_the_same_pack(tmp_path: Path, pack_id: str) -> None:
    read = Reader()
    first = kept_pack(pack_id, None, tmp_path, read)
    again = kept_pack(pack_id, None, tmp_path, read)
    assert first == again == load_shipped(pack_id)
    assert read.asked == [pack_id]


def test_a_file_of_the_centre_is_read_as_soon_as_it_changes(tmp_path: Path) -> None:
    own, cache = tmp_path / "packs", tmp_path / "cache"
    own.mkdir()
    read = Reader(own)
    assert not has_own_files(own)
    assert kept_pack("F6", own, cache, read).titles == load_shipped("F6").titles
    source = Path(agentdesk.__file__).parent / "standards" / "packs" / "F6.toml"
    text = source.read_text(encoding="utf-8")
    changed = text.replace('titles = ["先生", "女士"]', 'titles = ["先生", "女士", "老师"]')
    (own / "F6.toml").write_text(changed, encoding="utf-8")
    assert has_own_files(own)
    assert kept_pack("F6", own, cache, read).titles == ("先生", "女士", "老师")
    (own / "F6.toml").write_text(changed.replace("老师", "同学"), encoding="utf-8")
    os.utime(own / "F6.toml", ns=(1, 1))  # the same size: the time tells
    assert kept_pack("F6", own, cache, read).titles == ("先生", "女士", "同学")
    assert len(read.asked) == 3


@pytest.mark.parametrize(
    "damage", [b"", b"{", b'{"id": "F6"}', b"\xff\xfe", b"[" * 100_000, b'"\\ud800"', b"null"]
)
def test_a_damaged_kept_file_is_left_aside(tmp_path: Path, damage: bytes) -> None:
    read = Reader()
    kept_pack("F6", None, tmp_path, read)
    (file,) = (tmp_path / "packs").iterdir()
    file.write_bytes(damage)
    assert kept_pack("F6", None, tmp_path, read) == load_shipped("F6")
    assert read.asked == ["F6", "F6"]
    assert kept_pack("F6", None, tmp_path, read) == load_shipped("F6")
    assert read.asked == ["F6", "F6"], "it was mended"


def test_a_kept_file_of_another_pack_is_not_taken(tmp_path: Path) -> None:
    kept_pack("F6", None, tmp_path, Reader())
    (file,) = (tmp_path / "packs").iterdir()
    file.write_bytes(msgspec.json.encode(load_shipped("N2")))
    assert kept_pack("F6", None, tmp_path, Reader()).id == "F6"


def test_a_cache_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    wall = tmp_path / "cache"
    wall.write_text("a file where the folder should be", encoding="utf-8")
    assert kept_pack("F6", None, wall, Reader()).id == "F6"


def test_what_is_wrong_with_a_pack_is_told_as_without_a_cache(tmp_path: Path) -> None:
    with pytest.raises(PackError) as caught:
        kept_pack("../../F6", None, tmp_path, Reader())
    assert caught.value.code == "pack.not_found"
    assert not list(tmp_path.rglob("*.json"))


def test_old_kept_packs_are_swept_away(tmp_path: Path) -> None:
    folder = tmp_path / "packs"
    folder.mkdir()
    for number in range(30):
        (folder / f"{number:032x}.json").write_bytes(b"{}")
    kept_pack("F6", None, tmp_path, Reader())
    assert len(list(folder.iterdir())) <= 9
