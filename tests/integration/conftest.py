"""What tests of real files and processes share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.disk.replay import build


@pytest.fixture(scope="session")
def recorder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library that records what a process does to its disk, and lets calls fail."""
    built = build(tmp_path_factory.mktemp("recorder"))
    if built is None:
        pytest.skip("needs Linux and a C compiler")
    return built
