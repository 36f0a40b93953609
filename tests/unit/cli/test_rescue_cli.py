"""rescue: a damaged database is put aside, and what can be read of it goes on living."""

from __future__ import annotations

from pathlib import Path

from agentdesk.locations import Locations
from tests.cli_kit import Run, store_of, write


def damage(path: Path) -> None:
    """The first bytes are gone; the pages behind them are not."""
    with path.open("r+b") as file:
        file.write(b"not a database!!")


def ids(places: Locations) -> set[str]:
    store = store_of(places)
    try:
        rows = store.connection.execute("SELECT id FROM event WHERE mine")
        return {row[0].hex() for row in rows}
    finally:
        store.close()


def test_a_sound_store_is_left_alone(run: Run, places: Locations) -> None:
    assert "没有要救的" in run("rescue").err
    write(places)
    before = places.store_file.read_bytes()
    done = run("rescue")
    assert (done.code, done.out) == (0, "") and "完好" in done.err
    assert places.store_file.read_bytes() == before


def test_own_records_of_a_damaged_store_are_saved_and_the_file_is_kept(
    run: Run, places: Locations
) -> None:
    write(places)
    held = ids(places)
    damage(places.store_file)
    refused = run("export", str(places.store_file.with_name("all.ndjson")))
    assert refused.code == 3 and "agentdesk rescue" in refused.err
    done = run("rescue")
    assert done.code == 0, done.err
    aside = Path(done.out.strip())
    assert aside.read_bytes().startswith(b"not a database!!")
    assert f"救回 {len(held)} 条" in done.err
    assert ids(places) == held
    assert "完好" in run("rescue").err


def test_a_store_in_use_is_not_touched(run: Run, places: Locations) -> None:
    write(places)
    store = store_of(places)
    try:
        done = run("rescue")
        assert done.code == 3 and "正在使用" in done.err
    finally:
        store.close()
