"""export and import: the journal goes out whole, and comes in whole or not at all."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from agentdesk.locations import Locations
from tests.cli_kit import CALL, Run, store_of, write
from tests.seat_kit import Direct

URL = "https://desk.example.com"


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_the_journal_goes_out_whole_and_private(
    run: Run, server: Direct, places: Locations, tmp_path: Path
) -> None:
    write(places)
    run("login", URL, "--code", "join-8001")
    run("sync", "--once")
    path = tmp_path / "all.ndjson"
    done = run("export", str(path))
    assert done.code == 0, done.err
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    head, *events, tail = lines_of(path)
    assert head["agentdesk"] == 1
    assert tail["count"] == len(events) > 4
    own = [each for each in events if each["mine"] and each["kind"] != "seat.set"]
    assert [each["verdict"] for each in own] == ["ok"] * 3
    assert all(each["seq"] for each in own)
    assert own[0]["body"]["number"] == "138"
    before = path.read_bytes()
    refused = run("export", str(path))
    assert (refused.code, "已存在" in refused.err) == (2, True)
    assert path.read_bytes() == before


def test_an_export_of_nothing_makes_nothing(run: Run, places: Locations, tmp_path: Path) -> None:
    assert run("export", str(tmp_path / "x")).code == 2
    assert not (tmp_path / "x").exists()
    assert not places.store_file.exists()


def test_a_store_that_was_lost_comes_back_and_still_has_to_be_sent(
    run: Run, places: Locations, tmp_path: Path
) -> None:
    write(places)
    path = tmp_path / "all.ndjson"
    run("export", str(path))
    places.store_file.unlink()
    done = run("import", str(path), "--own")
    assert (done.code, done.figures) == (0, {"new": "4", "known": "0", "skipped": "0"})
    again = run("import", str(path), "--own")
    assert again.figures == {"new": "0", "known": "4", "skipped": "0"}
    assert json.loads(run("sync", "status", "--json").out)["waiting"] == 3
    store = store_of(places)
    assert store.refold() == []
    assert len(store.open_calls()) == 1
    store.close()


def test_a_colleagues_journal_stays_theirs(run: Run, places: Locations, tmp_path: Path) -> None:
    write(places)
    path = tmp_path / "all.ndjson"
    run("export", str(path))
    places.store_file.unlink()
    done = run("import", str(path))
    assert done.code == 0
    assert "另一个座席" in done.err
    assert json.loads(run("sync", "status", "--json").out)["waiting"] == 0
    store = store_of(places)
    assert (store.open_calls(), len(store.events_of("call", CALL))) == ([], 3)
    store.close()


def test_this_stores_own_events_come_back_after_a_rollback(
    run: Run, places: Locations, tmp_path: Path
) -> None:
    write(places, 1)
    early = places.store_file.read_bytes()
    write(places, 3)
    path = tmp_path / "all.ndjson"
    run("export", str(path))
    places.store_file.write_bytes(early)
    done = run("import", str(path))
    assert (done.code, int(done.figures["new"]) > 0, "另一个座席" in done.err) == (0, True, False)
    assert run("import", str(path)).figures["new"] == "0"
    store = store_of(places)
    assert store.refold() == []
    assert store.audit() == []
    store.close()


def spoil(path: Path, how: str) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    if how == "json":
        lines[2] = lines[2][:40] + b"\n"
    elif how == "id":
        lines[2] = lines[2].replace(b'"id":"0', b'"id":"x', 1)
    elif how == "body":
        lines[2] = lines[2].replace(b'"body":{', b'"body":{"x":1.5,', 1)
    elif how == "utf8":
        lines[2] = lines[2].replace(b'"kind":"', b'"kind":"\xff', 1)
    elif how == "long":
        lines[2] = b'{"id":"' + b"a" * 300_000 + b'"}\n'
    elif how == "deep":
        lines[2] = b"[" * 100_000 + b"\n"
    elif how == "cut":
        lines = lines[:-1]
    elif how == "changed":
        lines[3] = lines[3].replace("第".encode(), "弟".encode(), 1)
    path.write_bytes(b"".join(lines))


@pytest.mark.parametrize(
    ("how", "line"),
    [
        ("json", 3),
        ("id", 3),
        ("body", 3),
        ("utf8", 3),
        ("long", 3),
        ("deep", 3),
        ("cut", 6),
        ("changed", 6),
    ],
)
def test_a_damaged_line_is_named_and_nothing_is_stored(
    run: Run, places: Locations, tmp_path: Path, how: str, line: int
) -> None:
    write(places)
    path = tmp_path / "all.ndjson"
    run("export", str(path))
    places.store_file.unlink()
    spoil(path, how)
    done = run("import", str(path))
    assert done.code == 2
    assert f"第 {line} 行" in done.err or f"到第 {line} 行" in done.err
    assert not places.store_file.exists()
    done = run("import", str(path), "--skip-bad", "--own")
    whole = how in ("cut", "changed")
    assert done.code == (0 if whole else 1)
    assert done.figures["new"] == ("4" if whole else "3")
    assert whole or "第 3 行" in done.err
    store = store_of(places)
    assert store.refold() == []
    store.close()


def test_a_file_that_is_none_is_named(run: Run, places: Locations, tmp_path: Path) -> None:
    done = run("import", str(tmp_path / "none"))
    assert (done.code, "不能读文件" in done.err) == (2, True)
    (tmp_path / "x").write_text('{"agentdesk":99,"install":"x"}\n')
    assert run("import", str(tmp_path / "x")).code == 2


def test_what_was_refused_is_kept_as_refused(run: Run, places: Locations, tmp_path: Path) -> None:
    write(places)
    path = tmp_path / "all.ndjson"
    run("export", str(path))
    found = lines_of(path)
    found[-2] |= {"verdict": "forbidden", "reason": "trainee"}
    path.write_text("".join(json.dumps(each, ensure_ascii=False) + "\n" for each in found[1:-1]))
    places.store_file.unlink()
    assert run("import", str(path), "--own").code == 0
    status = json.loads(run("sync", "status", "--json").out)
    assert (status["waiting"], status["not_accepted"]) == (3, 1)
    store = store_of(places)
    assert store.state("call", CALL).value("note") == "第 0 句"
    store.close()


def test_an_open_console_is_to_be_closed_first(run: Run, places: Locations, tmp_path: Path) -> None:
    write(places)
    path = tmp_path / "all.ndjson"
    run("export", str(path))
    held = store_of(places)
    try:
        for line in (("export", str(tmp_path / "other")), ("import", str(path))):
            refused = run(*line)
            assert refused.code == 3
            assert "先关闭控制台" in refused.err
            assert "push" not in refused.err  # no setting lets it happen
    finally:
        held.close()
