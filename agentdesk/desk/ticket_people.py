"""To whom an order can be given: colleagues with their load, departments that were used."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from agentdesk.domain.people import Role, read_person
from agentdesk.store.store import Store
from agentdesk.store.ticket_people import dispatches, holders, owners

WORKING = frozenset({Role.AGENT, Role.LEADER, Role.DIRECTOR})
"""Roles that have orders of their own."""


class Colleague(Struct, frozen=True):
    """Somebody who can have an order.

    Attributes:
        id: work number.
        name: empty where no server told it.
        open: how many orders they follow now.
    """

    id: str
    name: str
    open: int


class Receiver(Struct, frozen=True):
    """A department, or somebody in it, orders were sent to.

    Attributes:
        assignee: who took the order there; empty for the department alone.
        out: open orders whose form the department has now.
    """

    department: str
    assignee: str
    out: int


def colleagues(store: Store, own: Mapping[str, str]) -> tuple[Colleague, ...]:
    """Everybody known here who can have an order, by work number.

    Those the server told of, and whoever follows an order now; who left is not offered.

    Args:
        own: work number and name of who sits here.
    """
    load = owners(store)
    names, gone = {each: "" for each in load} | dict(own), set()
    for person_id, state in store.entities("person"):
        person = read_person(person_id, state)
        if person is None:
            continue
        if person.active and person.role in WORKING:
            names[person.id] = person.name
        else:
            gone.add(person.id)
    return tuple(
        Colleague(each, name, load.get(each, 0))
        for each, name in sorted(names.items())
        if each and each not in gone
    )


def receivers(store: Store) -> tuple[Receiver, ...]:
    """Departments that have a form now or were sent one lately, the latest used first.

    After them whoever took an order there.
    """
    out, lately = holders(store), dispatches(store)
    departments = dict.fromkeys([*(department for department, _ in lately), *sorted(out)])
    found = [Receiver(each, "", out.get(each, 0)) for each in departments]
    people = dict.fromkeys(each for each in lately if each[1])
    return (*found, *(Receiver(*each, out.get(each[0], 0)) for each in people))
