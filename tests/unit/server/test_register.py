"""Who works here: read once where nobody else writes, and true all the same."""

from __future__ import annotations

from collections.abc import Callable

from agentdesk.domain.people import Role, set_person
from agentdesk.server.register import RememberedRegister
from agentdesk.server.service import Service
from agentdesk.store.project import Cell
from tests.server_kit import HOUR, NOW, serve


class Tables:
    """The tables of a server; counts, and lets something happen after a row was read."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self.count = 0
        self.meanwhile: Callable[[], object] | None = None

    def row(self, table: str, id: str) -> tuple[Cell, ...] | None:
        self.count += 1
        found = self._service.storage.row(table, id)
        act, self.meanwhile = self.meanwhile, None
        if act is not None:
            act()
        return found

    def rows(self, table: str) -> list[tuple[Cell, ...]]:
        return self._service.storage.rows(table)


def role(register: RememberedRegister, number: str) -> Role | None:
    person = register.person(number)
    return None if person is None else person.role


def test_a_person_is_read_once_and_again_after_a_change() -> None:
    service = serve(people=True)
    tables = Tables(service)
    register = RememberedRegister(tables)
    service.on_commit(register.hear)
    assert [role(register, "8001") for _ in range(3)] == [Role.AGENT] * 3
    assert [role(register, "7777") for _ in range(3)] == [None] * 3
    assert tables.count == 2
    service.append([set_person("8001", {"role": "leader"}, NOW + HOUR)])
    service.append([set_person("7777", {"name": "新人", "role": "agent"}, NOW + HOUR)])
    assert role(register, "8001") is Role.LEADER
    assert role(register, "7777") is Role.AGENT
    assert [role(register, "8002") for _ in range(2)] == [Role.AGENT] * 2
    assert tables.count == 5


def test_what_was_read_before_a_change_is_not_kept_after_it() -> None:
    service = serve(people=True)
    tables = Tables(service)
    register = RememberedRegister(tables)
    service.on_commit(register.hear)
    tables.meanwhile = lambda: service.append([set_person("8001", {"role": "leader"}, NOW + HOUR)])
    assert role(register, "8001") is Role.AGENT  # as it was a moment ago
    assert role(register, "8001") is Role.LEADER
