"""The Standards screen while standards are still read, cannot be read, or are broken."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING, cast

from agentdesk.standards.loader import PackRegistry
from agentdesk.tui.widgets.clauses import Heading
from agentdesk.tui.widgets.clauses_library import Registry
from agentdesk.tui.widgets.picker import Picker
from tests.tui.pilot.test_standards import listed, reading, sheet, standards

if TYPE_CHECKING:
    from tests.tui.conftest import Seat


class Slow:
    """A registry whose packs come when the test says so."""

    def __init__(self) -> None:
        self.go = Event()
        self.real = PackRegistry(None)
        self.problems = self.real.problems
        self.ids = self.real.ids
        self.clauses = self.real.clauses

    def get(self, pack_id: str) -> object:
        assert self.go.wait(20)
        return self.real.get(pack_id)


async def test_keys_work_while_the_standards_are_read(seat: Seat) -> None:
    slow = Slow()
    async with seat.open() as user:
        user.app._pack_registry = lambda: cast(Registry, slow)
        await user.until(lambda: bool(user.app.snapshot.pack.id))
        await user.keys("8")
        await user.until(lambda: bool(standards(user).library.ids))
        screen = standards(user)
        assert not screen.library.complete
        assert user.sees("正在读取标准 0/11")
        assert [type(row) for row in screen.clauses.rows] == [Heading]
        await user.keys("slash")
        await user.types("等候")
        assert screen.search_field.value == "等候"
        slow.go.set()
        await user.until(lambda: screen.library.complete)
        assert listed(user)
        assert screen.search_field.value == "等候"
        assert not user.sees("正在读取")


async def test_a_failure_is_told_and_what_was_read_stays(seat: Seat) -> None:
    real = PackRegistry(None)

    class Failing:
        problems = real.problems
        ids = staticmethod(real.ids)
        clauses = staticmethod(real.clauses)

        def get(self, pack_id: str) -> object:
            if pack_id == "N2":
                raise RuntimeError("[/red] 坏了")
            return real.get(pack_id)

    async with seat.open() as user:
        user.app._pack_registry = lambda: cast(Registry, Failing())
        await user.until(lambda: bool(user.app.snapshot.pack.id))
        await user.keys("8")
        await user.until(lambda: bool(standards(user).failed))
        assert user.sees("▲ 标准没有读完：[/red] 坏了")
        assert listed(user)
        assert "N2" not in standards(user).library.entries


async def test_a_broken_file_of_the_centre_is_named_and_the_shipped_one_shown(seat: Seat) -> None:
    seat.places.packs_dir.mkdir(parents=True)
    (seat.places.packs_dir / "F6.toml").write_text("[pack]\nid = \n", "utf-8")
    async with reading(seat) as user:
        assert user.sees("▲ F6")
        assert user.sees("文件有误，暂用自带的标准")
        assert len(listed(user)) > 100
        standards(user).packs.focus()
        await user.settle()
        assert "F6.toml" in sheet(user).replace("\n", "")


async def test_a_file_that_only_the_centre_has_and_is_broken(seat: Seat) -> None:
    seat.places.packs_dir.mkdir(parents=True)
    (seat.places.packs_dir / "SITE.toml").write_text('[pack]\nid = "SITE"\n[red]\n', "utf-8")
    async with reading(seat) as user:
        screen = standards(user)
        screen.packs.focus()
        screen.packs.move_to(next(i for i, r in enumerate(screen.packs.rows) if r.id == "SITE"))
        await user.settle()
        assert screen.spot.pack == "SITE"
        assert user.sees("文件有误，读不出标准")
        assert "▲" in sheet(user)
        await user.keys("v")
        assert user.app.screen is screen or isinstance(user.app.screen, Picker)
