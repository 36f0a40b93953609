"""login, logout and sync, against a whole server without a network."""

from __future__ import annotations

import json
import stat
from typing import Any

import pytest

from agentdesk.desk.seat import read_profile
from agentdesk.desk.snapshot import Profile
from agentdesk.locations import Locations
from agentdesk.server.storage.sqlite import MEMORY, SqliteStorage
from agentdesk.sync.credentials import FILE
from tests.cli_kit import CALL, Run, kept, store_of, write
from tests.seat_kit import Direct
from tests.server_kit import serve

URL = "https://desk.example.com"


# ------------------------------------------------------------------------- login


def test_a_seat_joins_with_a_code_and_hears_what_will_be_sent(
    run: Run, server: Direct, places: Locations
) -> None:
    write(places)
    done = run("login", URL + "/", "--code", "join-8001")
    assert done.code == 0
    assert server.urls == [URL]
    assert done.out.startswith("8001\t王小红\tagent\tA\ts1\t")
    assert "身份：8001 王小红，坐席，班组 A" in done.err
    assert "本机有 3 条记录待传" in done.err  # the profile itself never leaves the seat
    (token,) = kept(places).held.tokens
    assert (token.person, token.session, kept(places).held.url) == ("8001", False, URL)
    assert stat.S_IMODE((places.state_dir / FILE).stat().st_mode) == 0o600


def test_a_person_signs_in_with_a_pin_that_is_never_an_argument(
    run: Run, server: Direct, places: Locations
) -> None:
    run("login", URL, "--code", "join-8001")
    done = run("login", "--agent-no", "8009", typed="246801\n")
    assert done.code == 0
    assert "8009 赵一平，班长" in done.err
    assert {(t.person, t.session) for t in kept(places).held.tokens} == {
        ("8001", False),
        ("8009", True),
    }
    refused = run("login", "--agent-no", "8009", "--pin", "246801")
    assert refused.code == 2


def test_the_code_may_be_piped_in(run: Run, server: Direct, places: Locations) -> None:
    assert run("login", URL, "--code", typed="join-8001\n").code == 0
    assert kept(places).people() == ("8001",)


@pytest.mark.parametrize(
    ("argv", "typed", "code", "words"),
    [
        (("login", URL, "--code", "wrong"), "", 4, "服务器没有接受登录"),
        (("login", URL, "--agent-no", "8009"), "246801\n", 2, "还没有接入"),
        (("login", "--code", "join-8001"), "", 2, "没有服务器地址"),
        (("login", "http://desk.example.com", "--code", "x"), "", 2, "地址不能用"),
        (("login", URL), "", 2, "不知道谁要登录"),
        (("login", URL, "--code"), "\n", 2, "没有接入码"),
    ],
)
def test_what_does_not_let_in_is_said(
    run: Run, server: Direct, places: Locations, argv: tuple[str, ...], typed: str, code: int,
    words: str,
) -> None:  # fmt: skip
    done = run(*argv, typed=typed)
    assert (done.code, words in done.err) == (code, True), done.err
    assert kept(places).held.tokens == ()
    assert server.closed == len(server.urls)


def test_an_unreachable_server_is_said_and_nothing_changes(
    run: Run, server: Direct, places: Locations
) -> None:
    server.down = True
    done = run("login", URL, "--code", "join-8001")
    assert (done.code, "连不上服务器" in done.err) == (4, True)
    assert "join-8001" in server.codes


def test_another_sites_server_is_refused_before_anything_is_kept(
    run: Run, server: Direct, places: Locations
) -> None:
    write(places)
    run("login", URL, "--code", "join-8001")
    assert run("sync", "--once").code == 0
    run("logout")
    server.service.close()
    server.service = serve(SqliteStorage.open(MEMORY, "f" * 32), people=True)
    server.codes = {"join-8001": "8001"}
    done = run("login", URL, "--code", "join-8001")
    assert (done.code, "另一个站点" in done.err) == (4, True)
    assert kept(places).held.tokens == ()


def test_a_number_other_than_the_consoles_is_warned_of(
    run: Run, server: Direct, places: Locations
) -> None:
    write(places, actor="8002")
    done = run("login", URL, "--code", "join-8001")
    assert "8002 的记录要等 8002 登录后才上传" in done.err


def test_a_seat_nobody_has_sat_at_is_the_persons_who_joins(
    run: Run, server: Direct, places: Locations
) -> None:
    """What is written from the shell before the console was ever opened can be sent, too."""
    assert run("login", URL, "--code", "join-8001").code == 0
    assert run("tickets", "new", "--summary", "空调不制冷").code == 0
    done = run("sync", "--once")
    assert (done.code, done.figures["waiting"], done.figures["not_accepted"]) == (0, "0", "0")
    assert int(done.figures["sent"]) > 0
    store = store_of(places)
    profile = read_profile(store, Profile(), Profile())
    assert (profile.agent_no, profile.agent_name) == ("8001", "王小红")
    assert not profile.complete, "the first start still asks for the rest"
    store.close()


def test_joining_does_not_change_who_sits_here(run: Run, server: Direct, places: Locations) -> None:
    write(places, actor="8002")
    run("login", URL, "--code", "join-8001")
    store = store_of(places)
    assert read_profile(store, Profile(), Profile()).agent_no == "8002"
    store.close()


# ------------------------------------------------------------------------ logout


def test_signing_out_keeps_everything_and_says_what_waits(
    run: Run, server: Direct, places: Locations
) -> None:
    write(places)
    run("login", URL, "--code", "join-8001")
    run("login", "--agent-no", "8009", typed="246801\n")
    one = run("logout", "--agent-no", "8009")
    assert (one.code, one.out) == (0, "8009\n")
    assert kept(places).people() == ("8001",)
    done = run("logout")
    assert done.code == 0
    assert "还有 3 条记录没有上传" in done.err
    assert kept(places).held.tokens == ()
    assert run("logout").code == 1
    store = store_of(places)
    assert len(store.events_of("call", CALL)) == 3
    store.close()


# -------------------------------------------------------------------------- sync


def test_once_sends_and_reads_everything(run: Run, server: Direct, places: Locations) -> None:
    write(places, 5)
    run("login", URL, "--code", "join-8001")
    done = run("sync", "--once")
    assert done.code == 0, done.err
    assert done.figures | {"received": ""} == {
        "sent": "5",
        "received": "",
        "waiting": "0",
        "not_accepted": "0",
    }
    assert int(done.figures["received"]) > 0  # people and teams
    again = run("sync", "--once")
    assert (again.code, again.figures["sent"], again.figures["received"]) == (0, "0", "0")


def test_once_without_an_answer_is_4_with_the_reason(
    run: Run, server: Direct, places: Locations
) -> None:
    write(places)
    run("login", URL, "--code", "join-8001")
    server.down = True
    done = run("sync", "--once")
    assert done.code == 4
    assert done.figures["waiting"] == "3"
    assert "联系不上服务器" in done.err
    server.down = False
    server.callers.clear()
    done = run("sync", "--once")
    assert (done.code, done.figures["waiting"]) == (4, "3")
    assert "登录已失效" in done.err


def test_once_does_not_send_what_waits_for_somebody_else(
    run: Run, server: Direct, places: Locations
) -> None:
    write(places, actor="8002")
    run("login", URL, "--code", "join-8001")
    done = run("sync", "--once")
    assert (done.code, done.figures["waiting"], done.figures["sent"]) == (4, "3", "0")
    assert "8002 的 3 条记录要等 8002 登录后才传" in done.err


def test_sync_wants_to_know_what_to_do_and_whether_anybody_is_signed_in(run: Run) -> None:
    assert run("sync").code == 2
    done = run("sync", "--once")
    assert (done.code, "还没有登录" in done.err) == (2, True)


def test_status_asks_nobody(run: Run, server: Direct, places: Locations) -> None:
    write(places)
    assert json.loads(run("sync", "status", "--json").out)["state"] == "local"
    run("login", URL, "--code", "join-8001")
    asked = len(server.urls)
    found: dict[str, Any] = json.loads(run("sync", "status", "--json").out)
    assert (found["url"], found["waiting"], found["people"]) == (URL, 3, ["8001"])
    assert found["waiting_by"] == {"8001": 3}
    assert "token" not in run("sync", "status", "--json").out
    assert "waiting\t3" in run("sync", "status").out
    assert len(server.urls) == asked


def test_beside_a_console_that_does_not_answer_it_says_to_close_it(
    run: Run, server: Direct, places: Locations
) -> None:
    write(places)
    run("login", URL, "--code", "join-8001")
    store = store_of(places)
    for argv in (("sync", "--once"), ("sync", "status"), ("login", URL, "--code", "x")):
        done = run(*argv)
        assert (done.code, "请关闭控制台" in done.err) == (3, True), argv
    assert run("export", "all.ndjson").code == 3
    assert run("logout").code == 0  # tokens go whoever has the store
    store.close()
