"""Copies of a PostgreSQL journal, made and put back by its own tools."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from agentdesk.__main__ import main
from agentdesk.domain.people import set_person, set_team
from agentdesk.errors import StoreError, StoreLocked, UsageError
from agentdesk.server.admin import Admin
from agentdesk.server.dumps import dump, load
from agentdesk.server.opening import now_ms, open_service
from agentdesk.wire import Enrol
from tests import postgres

pytestmark = pytest.mark.skipif(postgres.binaries() is None, reason="needs PostgreSQL")


@pytest.fixture(scope="module")
def cluster() -> Iterator[postgres.Server]:
    with postgres.server() as running:
        yield running


def url_of(cluster: postgres.Server) -> str:
    name = cluster.fresh().rpartition("dbname=")[2]
    return f"postgresql:///{name}?host={cluster.folder}&user=postgres"


@pytest.fixture
def url(cluster: postgres.Server) -> str:
    url = url_of(cluster)
    with closing(open_service(url)) as service:
        values = {"name": "李小雨", "role": "leader", "team": "A", "active": True}
        service.append([set_team("A", {"name": "早班"}, 1), set_person("1001", values, 1)])
    return url


def people(url: str) -> Sequence[tuple[object, ...]]:
    with closing(open_service(url)) as service:
        return service.storage.rows("person")


def test_a_copy_put_back_has_another_epoch_and_lets_no_more_people_in(
    url: str, tmp_path: Path
) -> None:
    with closing(open_service(url)) as service:
        keys = Admin(service).keys
        token = keys.enrol(Enrol(keys.new_code("1001", "台席3", now_ms()), "a" * 32), now_ms())
        before = service.epoch
    copy = tmp_path / "备份.dump"
    assert dump(url, copy)["bytes"] == copy.stat().st_size > 0
    with closing(open_service(url)) as service:
        Admin(service).keys.revoke(now_ms(), person="1001")
        service.append([set_person("1001", {"role": "agent"}, 2)])
        service.append([set_person("1002", {"name": "王丽", "role": "agent"}, 2)])
    staff = people(url)
    done = load(url, copy, tmp_path / "state")
    assert done["behind"] == 2 and done["people"] == 2
    assert Path(done["replaced"]).stat().st_mode & 0o777 == 0o600
    assert people(url) == staff
    with closing(open_service(url)) as service:
        assert service.epoch == done["epoch"] != before
        assert {epoch for epoch, _, _ in service.storage.epochs()} == {before, done["epoch"]}
        assert service.verify() == []
        with pytest.raises(Exception, match="revoked"):
            Admin(service).keys.authenticate(token.token, None, now_ms())


def test_nothing_is_put_back_under_a_server_that_runs(url: str, tmp_path: Path) -> None:
    copy = tmp_path / "备份.dump"
    dump(url, copy)
    staff = people(url)
    with closing(open_service(url)), pytest.raises(StoreLocked):
        load(url, copy, tmp_path)
    assert people(url) == staff


def test_another_sites_copy_and_no_copy_at_all_are_refused(
    cluster: postgres.Server, url: str, tmp_path: Path
) -> None:
    other = url_of(cluster)
    with closing(open_service(other)):
        pass
    copy, broken = tmp_path / "别的.dump", tmp_path / "坏.dump"
    dump(other, copy)
    broken.write_bytes(b"x" * 100)
    with pytest.raises(UsageError, match=r"restore\.site"):
        load(url, copy, tmp_path)
    with pytest.raises(StoreError, match=r"backup\.tool"):
        load(url, broken, tmp_path)
    with pytest.raises(UsageError, match=r"restore\.source"):
        load(url, tmp_path / "没有", tmp_path)
    with pytest.raises(UsageError, match=r"backup\.exists"):
        dump(url, copy)
    assert len(people(url)) == 1
    assert load(url, copy, tmp_path, force=True)["people"] == 0
    assert people(url) == []


def test_a_server_that_cannot_be_reached_leaves_no_copy(tmp_path: Path) -> None:
    copy = tmp_path / "备份.dump"
    with pytest.raises(StoreError, match=r"backup\.tool"):
        dump(f"postgresql:///none?host={tmp_path}&user=postgres", copy)
    assert list(tmp_path.iterdir()) == []


def test_the_commands_work_on_it(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [name for name in os.environ if name.startswith(("AGENTDESK_", "XDG_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    copy = tmp_path / "备份.dump"
    for argv in (
        ("server", "users", "list"),
        ("server", "backup", str(copy)),
        ("server", "restore", str(copy)),
        ("server", "retention", "--older-than", "180d", "--dry-run"),
        ("audit", "verify"),
    ):
        assert main([*argv, "--database", url]) == 0, capsys.readouterr().err
    assert "李小雨" in capsys.readouterr().out
