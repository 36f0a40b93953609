"""What phone systems may send and the event it becomes."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest

from agentdesk.telephony.wire import WireError, parse

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
RING = {"event": "newCall", "callId": "a1", "from": "+86 138-0013-8000", "name": "张伟"}


def test_form_and_json_mean_the_same() -> None:
    by_form = parse(urlencode(RING).encode(), FORM)
    by_json = parse(json.dumps(RING).encode(), "application/json; charset=utf-8")
    assert by_form == by_json
    assert (by_form.kind, by_form.external_id) == ("offered", "a1")
    assert (by_form.number, by_form.name) == ("13800138000", "张伟")
    assert (by_form.direction, by_form.by, by_form.source) == ("inbound", "unknown", "push")


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("newCall", "offered"),
        ("NEWCALL", "offered"),
        ("answer", "answered"),
        ("hangup", "ended"),
        ("hold", "held"),
        ("unhold", "resumed"),
        ("offered", "offered"),
        ("answered", "answered"),
        ("ended", "ended"),
        ("held", "held"),
        ("resumed", "resumed"),
    ],
)
def test_event_words(word: str, kind: str) -> None:
    assert parse(json.dumps({**RING, "event": word}).encode(), JSON).kind == kind


@pytest.mark.parametrize(
    ("direction", "number"),
    [("in", "13800138000"), ("inbound", "13800138000"), ("out", "10086"), ("outbound", "10086")],
)
def test_the_other_party_is_the_customer(direction: str, number: str) -> None:
    event = parse(json.dumps({**RING, "to": "10086", "direction": direction}).encode(), JSON)
    assert event.number == number


@pytest.mark.parametrize(
    ("caller", "number"),
    [
        ("anonymous", ""),
        ("", ""),
        (None, ""),
        (13800138000, "13800138000"),
        ('"张伟" <sip:13800138000@10.0.0.7:5060>', "13800138000"),
        ("13800138000@10.0.0.7", "13800138000"),
        ("tel:+86-21-66208888;ext=1", "02166208888"),
        ("１３８００１３８０００", "13800138000"),
    ],
)
def test_caller_ids(caller: object, number: str) -> None:
    assert parse(json.dumps({**RING, "from": caller}).encode(), JSON).number == number


def test_hostile_name_is_cleaned() -> None:
    name = "\x1b]0;x\x07张\u202e伟\u200b\x1b[31m\ud800"
    event = parse(json.dumps({**RING, "name": name, "queue": "\x9b售后\n"}).encode(), JSON)
    assert event.name == "]0;x张伟[31m"
    assert event.queue == "售后"


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        ({"event": "dial"}, "event", "unknown"),
        ({"event": None}, "event", "missing"),
        ({"event": ["newCall"]}, "event", "not_text"),
        ({"callId": ""}, "callId", "missing"),
        ({"callId": None}, "callId", "missing"),
        ({"callId": "x" * 129}, "callId", "format"),
        ({"callId": "a\u200b1"}, "callId", "format"),
        ({"callId": "../../etc/passwd\n"}, "callId", "format"),
        ({"callId": True}, "callId", "not_text"),
        ({"callId": 1.5}, "callId", "not_text"),
        ({"direction": "sideways"}, "direction", "unknown"),
        ({"by": "robot"}, "by", "unknown"),
        ({"name": "名" * 65}, "name", "too_long"),
        ({"from": "1" * 129}, "from", "too_long"),
        ({"name": {"first": "伟"}}, "name", "not_text"),
    ],
)
def test_a_wrong_field_is_named(change: dict[str, object], field: str, reason: str) -> None:
    with pytest.raises(WireError) as caught:
        parse(json.dumps({**RING, **change}).encode(), JSON)
    assert (caught.value.status, caught.value.field, caught.value.reason) == (422, field, reason)
    assert caught.value.expected


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'"newCall"',
        b"{",
        b'{"event": "newCall", "event": "hangup", "callId": "1"}',
        b'{"event": "newCall", "callId": "1", "cost": NaN}',
        b'{"event": "newCall", "callId": "1", "cost": -Infinity}',
        b'{"a": ' + b"[" * 8000 + b"]" * 8000 + b"}",
        b'{"event": "newCall", "callId": "1", "n": ' + b"9" * 5000 + b"}",
        '{"event": "newCall", "callId": "1", "name": "张伟"}'.encode("gbk"),
        b'\xef\xbb\xbf{"event": "newCall", "callId": "1"}',
    ],
)
def test_what_is_no_json_object(body: bytes) -> None:
    with pytest.raises(WireError) as caught:
        parse(body, JSON)
    assert (caught.value.status, caught.value.field) == (400, "")


@pytest.mark.parametrize(
    "body",
    [
        b"event",
        b"event=newCall&callId=1&callId=2",
        b"event=newCall&callId=1&name=%D5%C5",
        b"event=newCall&callId=1&name=\xd5\xc5",
        b"&".join(b"f%d=1" % i for i in range(65)),
    ],
)
def test_what_is_no_form(body: bytes) -> None:
    with pytest.raises(WireError) as caught:
        parse(body, FORM)
    assert caught.value.status == 400


def test_brackets_in_a_name_are_not_depth() -> None:
    event = parse(json.dumps({**RING, "name": '[[[[["{{{{{'}).encode(), JSON)
    assert event.name == '[[[[["{{{{{'


def test_fields_of_other_exchanges_are_left_alone() -> None:
    body = b"event=newCall&callId=1&user[]=a&user[]=b&xcid=9&diversion=%2B86"
    assert parse(body, FORM).external_id == "1"


@pytest.mark.parametrize(
    "content_type",
    ["", "text/plain", "multipart/form-data; boundary=x", "application/json; charset=gbk"],
)
def test_other_media_types(content_type: str) -> None:
    with pytest.raises(WireError) as caught:
        parse(json.dumps(RING).encode(), content_type)
    assert caught.value.status == 415
