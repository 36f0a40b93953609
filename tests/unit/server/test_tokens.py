"""Codes, tokens and PINs: what opens the server, for whom, and for how long."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentdesk.domain.people import Person, Role
from agentdesk.errors import UsageError
from agentdesk.server.codes import CODE_SYMBOLS, digest, new_code, new_token, plain_code
from agentdesk.server.pins import LOCK_MOST_MS, LOCK_MS, TRIES, Pins, weakness
from agentdesk.server.problem import ServerProblem
from agentdesk.server.tokens import AGAIN_MS, CODE_MS, KNOWN_MS, SEEN_MS, SESSION_MS, Keys
from agentdesk.strings import LANGUAGES, Strings
from agentdesk.wire import Enrol, SignIn, Token

NOW = 1_800_000_000_000
PIN = "海棠花开2026"
INSTALL = "a1" * 16


class Memory:
    """The small records of a server, without a server."""

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], str] = {}
        self.writes = self.reads = 0

    def keep(self, kind: str, key: str, value: str | None) -> None:
        self.writes += 1
        if value is None:
            self.held.pop((kind, key), None)
        else:
            self.held[kind, key] = value

    def kept(self, kind: str, key: str) -> str | None:
        self.reads += 1
        return self.held.get((kind, key))

    def all_kept(self, kind: str) -> dict[str, str]:
        return {key: value for (each, key), value in self.held.items() if each == kind}

    def swap(self, kind: str, key: str, old: str, new: str | None) -> bool:
        if self.held.get((kind, key)) != old:
            return False
        self.keep(kind, key, new)
        return True


class People:
    """A register that can be changed."""

    def __init__(self) -> None:
        self.people = {
            "1001": Person("1001", "李小雨", Role.AGENT, "A", True),
            "2001": Person("2001", "王建国", Role.LEADER, "A", True),
            "3001": Person("3001", "赵敏", Role.DIRECTOR, "", True),
        }

    def person(self, number: str) -> Person | None:
        return self.people.get(number)

    def teams(self) -> Iterable[str]:
        return ("A", "B")


@pytest.fixture
def storage() -> Memory:
    return Memory()


@pytest.fixture
def people() -> People:
    return People()


@pytest.fixture
def keys(storage: Memory, people: People) -> Keys:
    return Keys(storage, people, "site-1")


def seat(keys: Keys, person: str = "1001", where: str = "台席3", now: int = NOW) -> Token:
    return keys.enrol(Enrol(keys.new_code(person, where, now), INSTALL), now)


def signed_in(keys: Keys, person: str, now: int = NOW) -> Token:
    keys.set_pin(person, PIN, now)
    caller = keys.authenticate(seat(keys).token, None, now)
    return keys.sign_in(caller, SignIn(person, PIN, INSTALL), now)


def refused(act: Callable[[], object]) -> tuple[int, str]:
    with pytest.raises(ServerProblem) as caught:
        act()
    return caught.value.status, caught.value.problem.code


# Codes.


def test_a_code_can_be_read_out() -> None:
    code = new_code(random.Random(7).randbytes)
    assert [len(group) for group in code.split("-")] == [4, 4, 4]
    assert len(plain_code(code)) == CODE_SYMBOLS
    assert not set(code) & set("OIL")


@pytest.mark.parametrize(
    "typed",
    ["7k3m-q2zv-0x1t", " 7K3MQ2ZVOXlT ", "7K3M Q2ZV OXIT", "７Ｋ３Ｍ－Ｑ２ＺＶ－０Ｘ１Ｔ"],
)
def test_a_code_is_understood_however_it_is_typed(typed: str) -> None:
    assert plain_code(typed) == "7K3MQ2ZV0X1T"


@given(st.text(max_size=200))
def test_whatever_is_typed_is_a_code_or_nothing(typed: str) -> None:
    assert len(plain_code(typed)) in (0, CODE_SYMBOLS)


def test_tokens_have_256_bits_and_are_kept_as_digests(keys: Keys, storage: Memory) -> None:
    assert len(bytes.fromhex(new_token())) == 32
    code = keys.new_code("1001", "台席3", NOW)
    token = keys.enrol(Enrol(code, INSTALL), NOW)
    kept = " ".join(f"{key} {value}" for key, value in storage.held.items())
    assert token.token not in kept and plain_code(code) not in kept and code not in kept
    assert digest(token.token) in kept


def test_a_code_gives_one_seat_its_token(keys: Keys) -> None:
    token = seat(keys)
    assert (token.person, token.name, token.seat) == ("1001", "李小雨", "台席3")
    assert (token.role, token.team, token.session) == ("agent", "A", False)
    assert token.site == "site-1" and token.expires == 0
    caller = keys.authenticate(token.token, None, NOW)
    assert (caller.person, caller.seat, caller.install) == ("1001", "台席3", INSTALL)
    assert caller.scopes == ("site", "seat:台席3", "person:1001", "team:A")


def test_a_code_is_used_once(keys: Keys) -> None:
    code = keys.new_code("1001", "台席3", NOW)
    keys.enrol(Enrol(code, INSTALL), NOW)
    assert refused(lambda: keys.enrol(Enrol(code, "b2" * 16), NOW + 1)) == (409, "conflict")


def test_a_lost_answer_can_be_asked_for_again(keys: Keys) -> None:
    code = keys.new_code("1001", "台席3", NOW)
    first = keys.enrol(Enrol(code, INSTALL), NOW)
    second = keys.enrol(Enrol(code, INSTALL), NOW + AGAIN_MS)
    assert refused(lambda: keys.authenticate(first.token, None, NOW + AGAIN_MS)) == (
        401,
        "revoked",
    )
    assert keys.authenticate(second.token, None, NOW + AGAIN_MS).person == "1001"
    late = NOW + AGAIN_MS + 1
    assert refused(lambda: keys.enrol(Enrol(code, INSTALL), late)) == (409, "conflict")


def test_two_at_once_with_one_code_get_one_token(people: People) -> None:
    storage, barrier = Memory(), Barrier(2)
    keys = Keys(storage, people, "site-1")
    code = keys.new_code("1001", "台席3", NOW)
    read = storage.kept

    def together(kind: str, key: str) -> str | None:
        found = read(kind, key)
        if kind == "code":
            barrier.wait(timeout=10)
        return found

    storage.kept = together  # type: ignore[method-assign]

    def enrol(install: str) -> str:
        try:
            return keys.enrol(Enrol(code, install), NOW).token
        except ServerProblem as problem:
            return problem.problem.code

    with ThreadPoolExecutor(2) as pool:
        got = list(pool.map(enrol, ("a1" * 16, "b2" * 16)))
    assert got.count("conflict") == 1
    assert len(list(keys.tokens())) == 1


def test_a_code_lasts_a_day(keys: Keys) -> None:
    code = keys.new_code("1001", "台席3", NOW)
    assert refused(lambda: keys.enrol(Enrol(code, INSTALL), NOW + CODE_MS)) == (401, "expired")
    assert keys.enrol(Enrol(code, INSTALL), NOW + CODE_MS - 1).person == "1001"


@pytest.mark.parametrize("code", ["", "AAAA-AAAA-AAAA", "王王王王", "x" * 100_000])
def test_no_other_code_is_taken(keys: Keys, code: str) -> None:
    keys.new_code("1001", "台席3", NOW)
    assert refused(lambda: keys.enrol(Enrol(code, INSTALL), NOW)) == (401, "unauthorised")


# Tokens.


@pytest.mark.parametrize("token", ["", "0" * 64, "ÿ", "\ud800", "x" * 1_000_000])
def test_no_other_token_is_taken(keys: Keys, token: str) -> None:
    seat(keys)
    assert refused(lambda: keys.authenticate(token, None, NOW)) == (401, "unauthorised")


def test_a_seats_token_makes_nobody_more_than_an_agent(keys: Keys) -> None:
    caller = keys.authenticate(seat(keys, "3001").token, None, NOW)
    assert not caller.session
    assert caller.scopes == ("site", "seat:台席3", "person:3001")


def test_a_session_has_the_whole_role_for_twelve_hours(keys: Keys) -> None:
    token = signed_in(keys, "3001")
    assert token.session and token.expires == NOW + SESSION_MS
    caller = keys.authenticate(token.token, None, NOW + SESSION_MS - 1)
    assert caller.session and caller.role is Role.DIRECTOR
    assert caller.scopes[-2:] == ("team:A", "team:B")
    assert refused(lambda: keys.authenticate(token.token, None, NOW + SESSION_MS)) == (
        401,
        "expired",
    )


def test_what_was_revoked_opens_nothing(keys: Keys) -> None:
    own, other = seat(keys, "1001", "台席3"), seat(keys, "2001", "台席4")
    keys.new_code("1001", "台席3", NOW)
    assert keys.revoke(NOW + 1, seat="台席3", codes=True) == 2
    assert refused(lambda: keys.authenticate(own.token, None, NOW + 2)) == (401, "revoked")
    assert keys.authenticate(other.token, None, NOW + 2).person == "2001"
    assert keys.revoke(NOW + 3, seat="台席3") == 0


def test_a_seat_that_is_revoked_takes_its_sessions_with_it(keys: Keys) -> None:
    token = signed_in(keys, "2001")
    keys.revoke(NOW + 1, seat="台席3")
    assert refused(lambda: keys.authenticate(token.token, None, NOW + 2)) == (401, "revoked")


def test_another_process_hears_of_a_revocation_soon(
    keys: Keys, storage: Memory, people: People
) -> None:
    token = seat(keys)
    Keys(storage, people, "site-1").revoke(NOW, person="1001")
    later = NOW + KNOWN_MS
    assert refused(lambda: keys.authenticate(token.token, None, later)) == (401, "revoked")


def test_who_left_is_let_in_no_more(keys: Keys, people: People) -> None:
    token = seat(keys)
    people.people["1001"] = Person("1001", "李小雨", Role.AGENT, "A", False)
    assert refused(lambda: keys.authenticate(token.token, None, NOW)) == (401, "revoked")
    people.people.clear()
    assert refused(lambda: keys.authenticate(token.token, None, NOW)) == (401, "revoked")


def test_a_role_counts_as_it_is_now(keys: Keys, people: People) -> None:
    token = signed_in(keys, "2001")
    people.people["2001"] = Person("2001", "王建国", Role.AGENT, "B", True)
    caller = keys.authenticate(token.token, None, NOW)
    assert caller.role is Role.AGENT and caller.team == "B"


def test_the_time_of_use_is_written_now_and_then_only(keys: Keys, storage: Memory) -> None:
    token, before = seat(keys), storage.writes
    for second in range(0, SEEN_MS, SEEN_MS // 20):
        keys.authenticate(token.token, None, NOW + second)
    assert storage.writes == before
    keys.authenticate(token.token, None, NOW + SEEN_MS)
    assert storage.writes == before + 1
    assert [held.seen for _, held in keys.tokens()] == [NOW + SEEN_MS]


def test_what_has_been_over_for_a_month_is_swept_away(keys: Keys) -> None:
    signed_in(keys, "2001")
    kept = seat(keys, "1001")
    month = 31 * CODE_MS + 1
    assert keys.sweep(NOW + SESSION_MS) == 0
    assert keys.sweep(NOW + month) == 3  # the session and both codes
    assert keys.authenticate(kept.token, None, NOW + month).person == "1001"


# PINs.


@pytest.mark.parametrize(
    ("pin", "reason"),
    [
        ("1234", "length"),
        ("12345", "length"),
        ("1" * 65, "length"),
        ("123456", "common"),
        ("654321", "common"),
        ("890123", "common"),
        ("qwertyuiop", "common"),
        ("１２３４５６", "common"),
        ("111111", "repeated"),
        ("520520", "repeated"),
        ("121212", "repeated"),
        ("好好好好好好", "repeated"),
        ("200100", "own"),
        ("002001", "own"),
        ("20 2\n1", "characters"),
        (" 20261", "characters"),
        (PIN, ""),
        ("802417", ""),
    ],
)
def test_pins_anybody_would_try_are_refused(pin: str, reason: str) -> None:
    assert weakness(pin, "2001") == reason


def test_a_weak_pin_changes_nothing(keys: Keys) -> None:
    keys.set_pin("2001", PIN, NOW)
    with pytest.raises(UsageError) as caught:
        keys.set_pin("2001", "123456", NOW)
    for language in LANGUAGES:
        assert "?" not in Strings(language).error(caught.value)[1]
    assert keys.pins.check("2001", PIN, NOW)


def test_a_pin_is_not_kept(keys: Keys, storage: Memory) -> None:
    keys.set_pin("2001", PIN, NOW)
    keys.set_pin("3001", PIN, NOW)
    assert PIN not in repr(storage.held)
    salted = storage.all_kept("pin")
    assert salted["2001"] != salted["3001"]


def test_signing_in_takes_number_and_pin(keys: Keys) -> None:
    caller = keys.authenticate(seat(keys).token, None, NOW)
    keys.set_pin("2001", PIN, NOW)
    for number, pin in [("2001", "x"), ("1001", PIN), ("9999", PIN), ("", ""), ("2" * 999, PIN)]:
        message = SignIn(number, pin, INSTALL)
        assert refused(lambda message=message: keys.sign_in(caller, message, NOW)) == (  # type: ignore[misc]
            401,
            "unauthorised",
        )


def test_a_new_pin_ends_the_sessions_of_the_old_one(keys: Keys) -> None:
    token = signed_in(keys, "2001")
    keys.set_pin("2001", "新的密码802417", NOW + 1)
    assert refused(lambda: keys.authenticate(token.token, None, NOW + 2)) == (401, "revoked")


def test_five_wrong_pins_lock_one_person_for_five_minutes(storage: Memory) -> None:
    pins = Pins(storage)
    pins.set("2001", PIN)
    pins.set("1001", PIN)
    assert [pins.check("2001", "猜的密码", NOW) for _ in range(TRIES)] == [False] * TRIES
    assert not pins.check("2001", PIN, NOW)  # even the right one
    assert pins.wait_ms("2001", NOW) == LOCK_MS
    assert pins.check("1001", PIN, NOW)
    assert pins.wait_ms("2001", NOW + LOCK_MS) == 0
    assert pins.check("2001", PIN, NOW + LOCK_MS)


def test_each_lock_lasts_longer_until_the_right_pin(storage: Memory) -> None:
    pins, now, waits = Pins(storage), NOW, []
    pins.set("2001", PIN)
    for _ in range(6):
        for _ in range(TRIES):
            pins.check("2001", "猜的密码", now)
        waits.append(pins.wait_ms("2001", now))
        now += waits[-1]
    assert waits == [LOCK_MS, 2 * LOCK_MS, 4 * LOCK_MS, 8 * LOCK_MS, LOCK_MOST_MS, LOCK_MOST_MS]
    assert pins.check("2001", PIN, now)
    for _ in range(TRIES):
        pins.check("2001", "猜的密码", now)
    assert pins.wait_ms("2001", now) == LOCK_MS


def test_a_lock_is_answered_with_the_seconds_to_wait(keys: Keys) -> None:
    caller = keys.authenticate(seat(keys).token, None, NOW)
    keys.set_pin("2001", PIN, NOW)
    for _ in range(TRIES):
        refused(lambda: keys.sign_in(caller, SignIn("2001", "x", INSTALL), NOW))
    with pytest.raises(ServerProblem) as caught:
        keys.sign_in(caller, SignIn("2001", PIN, INSTALL), NOW + 500)
    assert caught.value.status == 423
    assert caught.value.problem.retry_after == LOCK_MS // 1000


def test_many_guesses_at_once_are_many_tries(storage: Memory) -> None:
    pins = Pins(storage)
    pins.set("2001", PIN)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda at: pins.check("2001", f"猜的密码{at}", NOW), range(3 * TRIES)))
    assert pins.wait_ms("2001", NOW) > 0
    assert pins.wait_ms("2001", NOW + LOCK_MS) == 0
