"""XDG places."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from agentdesk.errors import StoreReadOnly
from agentdesk.locations import Locations


def test_defaults_lie_under_home() -> None:
    places = Locations.find({"HOME": "/home/li"})
    assert places.config_file == Path("/home/li/.config/agentdesk/config.toml")
    assert places.packs_dir == Path("/home/li/.config/agentdesk/packs")
    assert places.store_file.parent == Path("/home/li/.local/share/agentdesk")
    assert places.log_file.parent == Path("/home/li/.local/state/agentdesk")
    assert places.cache_dir == Path("/home/li/.cache/agentdesk")
    assert places.control_file.parent == Path("/home/li/.local/state/agentdesk/run")


def test_xdg_variables_count_when_absolute() -> None:
    env = {"HOME": "/h", "XDG_DATA_HOME": "/d", "XDG_CONFIG_HOME": "c", "XDG_RUNTIME_DIR": "/r"}
    places = Locations.find(env)
    assert places.data_dir == Path("/d/agentdesk")
    assert places.config_dir == Path("/h/.config/agentdesk")
    assert places.runtime_dir == Path("/r/agentdesk")


def test_a_chosen_config_brings_its_own_packs() -> None:
    places = Locations.find({"HOME": "/h", "AGENTDESK_CONFIG": "/site/desk.toml"})
    assert places.config_file == Path("/site/desk.toml")
    assert places.packs_dir == Path("/site/packs")


def test_folders_are_made_for_their_user_only(tmp_path: Path) -> None:
    places = Locations.under(tmp_path / "throw-away")
    places.prepare()
    places.prepare()
    for folder in (places.data_dir, places.state_dir, places.runtime_dir):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file in the way")
    with pytest.raises(StoreReadOnly) as caught:
        Locations.under(tmp_path).prepare()
    assert caught.value.code == "folder.unwritable"
    assert caught.value.params["path"] == str(tmp_path / "data")
