"""The centre's calendars: its hours, China's public days, and how they reach the clocks."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from agentdesk.config import Config
from agentdesk.config.model import Hours
from agentdesk.domain.sla import Calendar
from agentdesk.domain.sla.clocks import Clock, clocks
from agentdesk.domain.sla.engine import due
from agentdesk.domain.ticket import commands as c
from agentdesk.errors import SlaError
from agentdesk.locations import Locations
from agentdesk.standards import holidays, working
from agentdesk.standards.loader import PackRegistry, load_shipped
from agentdesk.standards.working import settings_of
from agentdesk.tui.main import open_desk

ZONE = "Asia/Shanghai"
HOUR = timedelta(hours=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONE))


def limit(pack: str, name: str, hours: Hours, data_dir: Path) -> Clock:
    settings, _ = settings_of(hours, ZONE, data_dir)
    return next(
        clock for clock in clocks(load_shipped(pack).provisions, settings) if clock.id == name
    )


def test_by_default_an_office_week_with_the_public_days_of_china(tmp_path: Path) -> None:
    made = settings_of(Hours(), ZONE, tmp_path)[0].working
    assert made.published == (2025, 2026)
    # Wednesday evening before the holidays of 1 to 7 October; Saturday the 10th is made up.
    assert due(made, at("2026-09-30 17:00"), 2 * HOUR) == at("2026-10-08 10:00")
    assert due(made, at("2026-10-09 17:00"), 2 * HOUR) == at("2026-10-10 10:00")


def test_without_public_days_the_week_alone_counts(tmp_path: Path) -> None:
    (tmp_path / "calendars").mkdir()
    (tmp_path / "calendars" / "cn-2026.json").write_text("{", encoding="utf-8")
    settings, problems = settings_of(Hours(public_holidays=False), ZONE, tmp_path)
    assert (problems, settings.working.published) == ((), ())
    assert due(settings.working, at("2026-09-30 17:00"), 2 * HOUR) == at("2026-10-01 10:00")


def test_an_imported_year_counts_and_a_broken_one_is_told(tmp_path: Path) -> None:
    folder = holidays.folder(tmp_path)
    folder.mkdir()
    day = {"name": "元旦", "date": "2027-01-04", "isOffDay": True}
    text = json.dumps({"year": 2027, "papers": [], "days": [day]}, ensure_ascii=False)
    (folder / "cn-2027.json").write_text(text, encoding="utf-8")
    (folder / "cn-2026.json").write_text("{", encoding="utf-8")
    settings, problems = settings_of(Hours(), ZONE, tmp_path)
    assert settings.working.published == (2025, 2026, 2027)
    assert due(settings.working, at("2027-01-01 17:00"), 2 * HOUR) == at("2027-01-05 10:00")
    assert [problem.code for problem in problems] == ["sla.json"]


def test_limits_in_hours_run_around_the_clock_whatever_the_hours(tmp_path: Path) -> None:
    small = Hours(week={"mon": (("09:00", "09:30"),)})
    clock = limit("T0", "dispatch", small, tmp_path)
    assert clock.calendar == Calendar.round_the_clock(ZONE)


def test_limits_in_working_days_follow_the_hours(tmp_path: Path) -> None:
    six = Hours(
        week=dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat"), (("08:00", "12:00"),))
    )
    settings, _ = settings_of(six, ZONE, tmp_path)
    found = [
        clock
        for pack in PackRegistry(None).ids()
        for clock in clocks(load_shipped(pack).provisions, settings)
        if clock.target.kind.value == "working_days" or clock.target.working
    ]
    assert found
    assert {clock.calendar for clock in found} == {settings.working}
    assert settings.working.hours_on(at("2026-03-07 00:00").date())


def test_visits_stand_still_at_night_and_holidays_do_not_matter(tmp_path: Path) -> None:
    clock = limit("C5", "install", Hours(), tmp_path)
    assert due(clock.calendar, at("2026-10-01 18:00"), 24 * HOUR) == at("2026-10-03 18:00")


def test_an_unknown_zone_is_named() -> None:
    with pytest.raises(SlaError) as caught:
        settings_of(Hours(), "Asia/Nowhere", Path("/nowhere"))
    assert caught.value.params["field"] == "timezone"


def test_a_desk_reads_them_when_the_first_order_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Hours] = []

    def recorded(hours: Hours, *rest: object) -> object:
        asked.append(hours)
        return settings_of(hours, ZONE, tmp_path)

    monkeypatch.setattr(working, "settings_of", recorded)
    config = Config(pack="C5", hours=Hours(visiting=(("10:00", "12:00"),)))
    now = at("2026-03-10 11:00")
    desk = open_desk(
        config, Locations.under(tmp_path), lambda: PackRegistry(None), clock=lambda: now
    )
    try:
        desk.snapshot()
        assert asked == []
        ticket_id = desk.tickets.new_id()
        values = {"category": "install", "network": "fixed"}
        desk.tickets.open(c.Open(ticket_id, values, "装宽带"))
        desk.tickets.act(ticket_id, c.Reach("appointment_made"))
        card = desk.tickets.card(ticket_id)
        assert card is not None
        found = {clock.choice.clock.id: clock for clock in card.clocks}
    finally:
        desk.close()
    assert asked == [config.hours]
    # An hour is left today, then two a day.
    assert found["install"].state.due == at("2026-03-22 11:00")
