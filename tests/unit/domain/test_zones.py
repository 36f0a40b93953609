"""Time zones with and without a database of them."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, datetime, timedelta

import pytest

from agentdesk.domain.sla import Calendar, due
from agentdesk.domain.sla.zones import Zone, zone
from agentdesk.domain.zones import has_zones, zone_of
from agentdesk.errors import SlaError
from agentdesk.strings import Strings


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without a time zone database."""

    def absent(key: str) -> zoneinfo.ZoneInfo:
        raise zoneinfo.ZoneInfoNotFoundError(f"No time zone found with key {key}")

    monkeypatch.setattr(zoneinfo, "ZoneInfo", absent)
    monkeypatch.setattr(zoneinfo, "available_timezones", set)
    zone.cache_clear()


@pytest.mark.usefixtures("bare")
def test_china_and_utc_need_no_database() -> None:
    assert not has_zones()
    assert zone_of("Asia/Shanghai").utcoffset(datetime(2026, 3, 10)) == timedelta(hours=8)
    assert zone_of("UTC").utcoffset(None) == timedelta(0)


def week(name: str) -> Calendar:
    return Calendar.from_dict({"timezone": name, "hours": {"tue": [["09:00", "12:00"]]}})


def test_clocks_run_the_same_without_a_database(request: pytest.FixtureRequest) -> None:
    start = datetime(2026, 3, 10, 0, 30, tzinfo=UTC)  # 08:30 in China, a Tuesday
    usual = due(week("Asia/Shanghai"), start, timedelta(hours=2), [])
    assert usual == datetime(2026, 3, 10, 3, 0, tzinfo=UTC)
    request.getfixturevalue("bare")
    assert due(week("Asia/Shanghai"), start, timedelta(hours=2), []) == usual


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_another_zone_without_a_database_says_what_is_missing(language: str) -> None:
    with pytest.raises(SlaError) as told:
        week("Europe/Berlin")
    title, body = Strings(language).error(told.value)
    assert "tzdata" in body and "Europe/Berlin" in body and title


def test_a_zone_that_does_not_exist_is_told_from_a_missing_database() -> None:
    with pytest.raises(SlaError) as told:
        Zone("Asia/Nowhere")
    assert told.value.code == "sla.zone"


@pytest.mark.parametrize("name", ["", "Asia", "../etc/passwd", "localtime", "x" * 5000, "\0"])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(SlaError):
        Zone(name)
