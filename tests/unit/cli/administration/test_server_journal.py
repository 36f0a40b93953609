"""``agentdesk server backup|restore|epoch|retention``, ``audit``, and the door of a server."""

from __future__ import annotations

import json
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from agentdesk.domain.events import Draft, EntityId
from agentdesk.server.admin import Admin
from agentdesk.server.door import AdminDoor, door_file, knock
from agentdesk.server.opening import now_ms, open_service
from agentdesk.server.service import Service
from agentdesk.telephony.control import read_control
from agentdesk.wire import Enrol

DAY_MS = 24 * 60 * 60 * 1000

Run = Callable[..., Any]
"""Runs a command; its ``code``, ``out``, ``err`` and ``rows`` (the columns of every line)."""


@pytest.fixture
def live(database: Path, staffed: Run) -> Iterator[Service]:
    """A server that holds the file, with its door open."""
    service = open_service(f"sqlite:///{database}")
    try:
        with AdminDoor(door_file(database), Admin(service).call):
            yield service
    finally:
        service.close()


# The journal.


def test_a_copy_is_private_and_overwrites_nothing(staffed: Run, tmp_path: Path) -> None:
    target = tmp_path / "备份.sqlite3"
    done = staffed("server", "backup", str(target))
    assert done.rows == [[str(target), str(target.stat().st_size)]]
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert staffed("server", "backup", str(target)).code == 2
    assert staffed("server", "backup", str(tmp_path / "没有" / "x")).code == 2


def epochs(administer: Run) -> list[str]:
    return [row[0] for row in administer("server", "epoch").rows[1:]]


def test_an_epoch_is_shown_and_begun(staffed: Run) -> None:
    first = epochs(staffed)
    assert staffed("server", "epoch", "--new", "--note", "换了机器").code == 0
    rows = staffed("server", "epoch").rows
    assert len(first) == 1 and len(epochs(staffed)) == 2
    now = [row for row in rows if row[-1] == "当前纪元"]
    assert [row[2] for row in now] == ["换了机器"]


def test_a_copy_put_back_has_another_epoch_and_lets_no_more_people_in(
    staffed: Run, tmp_path: Path, database: Path
) -> None:
    code = staffed("server", "enrol", "--person", "1001", "--seat", "台席3").out.strip()
    with closing(open_service(f"sqlite:///{database}")) as service:
        Admin(service).keys.enrol(Enrol(code, "a" * 32), now_ms())
    target = tmp_path / "备份.sqlite3"
    staffed("server", "backup", str(target))
    before = epochs(staffed)
    staffed("server", "revoke", "--seat", "台席3")
    staffed("server", "users", "set", "2001", "--role", "agent")
    staffed("server", "users", "add", "1002", "--name", "欧阳若兰", "--team", "A")
    people = staffed("server", "users", "list").out
    done = staffed("server", "restore", str(target))
    assert done.code == 0, done.err
    after = epochs(staffed)
    assert len(after) == 2 and set(before) < set(after)
    # What was revoked stays so, who was demoted too, and who came since is there.
    assert staffed("server", "tokens").rows[0][-1] == "已收回"
    assert staffed("server", "users", "list").out == people
    replaced = Path(done.rows[1][1])
    assert replaced.name.startswith("server.sqlite3.replaced-")
    with closing(sqlite3.connect(replaced)) as db:
        assert db.execute("SELECT count(*) FROM event").fetchone()[0] > 0
    assert staffed("audit", "verify").code == 0
    assert not list(tmp_path.glob("*.restoring*"))


def test_a_damaged_journal_is_replaced_and_kept(
    staffed: Run, tmp_path: Path, database: Path
) -> None:
    target = tmp_path / "备份.sqlite3"
    staffed("server", "backup", str(target))
    database.write_bytes(b"\0" * 4096)
    assert staffed("server", "users", "list").code == 3
    done = staffed("server", "restore", str(target))
    assert done.code == 0, done.err
    assert Path(done.rows[1][1]).read_bytes() == b"\0" * 4096
    assert len(staffed("server", "users", "list").rows) == 3


def test_what_is_no_copy_of_this_site_is_not_put_back(
    staffed: Run, administer: Run, tmp_path: Path, database: Path
) -> None:
    before = database.read_bytes()
    broken = tmp_path / "坏.sqlite3"
    broken.write_bytes(b"x" * 4096)
    refused = staffed("server", "restore", str(broken))
    assert refused.code == 3 and "这不是完好的备份" in refused.err
    assert "rescue" not in refused.err  # that is for the store of a seat
    assert staffed("server", "restore", str(tmp_path / "没有")).code == 2
    other = tmp_path / "other.sqlite3"
    administer("server", "teams", "set", "A", "别的站点", url=f"sqlite:///{other}")
    done = staffed("server", "restore", str(other))
    assert done.code == 2 and "--force" in done.err
    assert database.read_bytes() == before
    assert staffed("server", "restore", str(other), "--force").code == 0
    assert staffed("server", "teams", "list").rows == [["A", "别的站点"]]


def test_a_damaged_journal_sends_its_keeper_to_the_last_copy(staffed: Run, database: Path) -> None:
    database.write_bytes(b"x" * 4096)
    refused = staffed("server", "users", "list")
    assert refused.code == 3
    assert "agentdesk server restore" in refused.err and "rescue" not in refused.err


def finished(service: Service, id: str) -> None:
    at = now_ms()
    body: dict[str, Any] = {"at": at, "number": "13800138000", "direction": "inbound"}
    service.append([Draft("call.offered", "call", EntityId(id), body)])
    service.append([Draft("call.missed", "call", EntityId(id), {"at": at, "cause": "abandoned"})])


def test_retention_says_what_it_would_purge_and_then_does(
    staffed: Run, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(open_service(f"sqlite:///{database}")) as service:
        finished(service, "c" * 32)
    later = now_ms() + 200 * DAY_MS
    monkeypatch.setattr("agentdesk.server.opening.now_ms", lambda: later)
    assert staffed("server", "retention", "--older-than", "201d").out == ""
    tried = staffed("server", "retention", "--older-than", "180d", "--dry-run")
    assert tried.rows == [["通话", "1"]]
    done = staffed("server", "retention", "--older-than", "180d")
    assert done.rows[0] == ["通话", "1"]
    assert staffed("server", "retention", "--older-than", "180d").out == ""
    assert len(staffed("server", "users", "list").rows) == 3  # people stay
    assert staffed("audit", "verify").code == 0


def test_the_audit_tells_an_altered_entry(staffed: Run, database: Path) -> None:
    sound = staffed("audit", "verify")
    assert sound.code == 0 and len(sound.rows[-1][1]) == 64
    with closing(sqlite3.connect(database)) as db, db:
        db.execute("UPDATE event SET body = replace(body, '李小雨', '李大雨') WHERE seq = 2")
    done = staffed("audit", "verify")
    assert done.code == 1
    assert done.rows[0][:2] == ["✗ 内容被改动", "2"]
    assert json.loads(staffed("audit", "verify", "--json").out)["findings"][0]["seq"] == 2


# While a server has the file.


def test_a_running_server_does_it_itself(live: Service, staffed: Run, tmp_path: Path) -> None:
    assert len(staffed("server", "users", "list").rows) == 3
    assert staffed("server", "users", "add", "1002", "--name", "欧阳若兰").code == 0
    assert live.storage.row("person", "1002") is not None
    weak = staffed("server", "users", "add", "1003", "--name", "周", "--role", "皇帝")
    assert weak.code == 2 and "皇帝" in weak.err
    unknown = staffed("server", "users", "off", "1009")
    assert unknown.code == 2 and "1009" in unknown.err
    target = tmp_path / "备份.sqlite3"
    assert staffed("server", "backup", str(target)).code == 0
    assert staffed("audit", "verify").code == 0
    done = staffed("server", "restore", str(target))
    assert done.code == 3 and "停" in done.err


def test_a_lock_without_a_door_says_so(staffed: Run, database: Path) -> None:
    with closing(open_service(f"sqlite:///{database}")):
        done = staffed("server", "users", "list")
    assert done.code == 4 and "server.sqlite3.admin" in done.err


def test_the_door_opens_only_to_its_key(live: Service, database: Path) -> None:
    file = door_file(database)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    control = read_control(file)
    assert control is not None
    assert knock(file, "people", {})["people"]

    def status(path: str, body: bytes, **headers: str) -> int:
        parts = urlsplit(control.url)
        with closing(HTTPConnection(parts.hostname or "", parts.port, timeout=10)) as connection:
            connection.request("POST", path, body, headers)
            return connection.getresponse().status

    key = f"Bearer {control.token}"
    assert status("/v1/admin/people", b"{}", Authorization=key) == 200
    assert status("/v1/admin/people", b"{}") == 401
    assert status("/v1/admin/people", b"{}", Authorization="Bearer x") == 401
    assert status("/v1/admin/people", b"{}", Authorization=key, Host="evil.example") == 403
    assert status("/v1/admin/people", b"[", Authorization=key) == 400
    assert status("/v1/admin/people", b"[" * 100_000, Authorization=key) == 400
    assert status("/v1/admin/people", b"[]", Authorization=key) == 404
    assert status("/v1/admin/nothing", b"{}", Authorization=key) == 422
    assert status("/v1/admin/enrol", b"{}", Authorization=key) == 422
    assert status("/v1/push", b"{}", Authorization=key) == 404


def test_a_door_that_was_closed_leaves_no_key(database: Path, staffed: Run) -> None:
    with closing(open_service(f"sqlite:///{database}")) as service:
        with AdminDoor(door_file(database), Admin(service).call):
            assert door_file(database).exists()
        assert not door_file(database).exists()
