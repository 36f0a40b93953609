"""What the writer remembers between groups, and one group while it is worked out.

There is one writer at a time, so what it remembers is true as long as the newest link of the
chain is the one it wrote itself. Where it is not (another process wrote, a backup was put
back), everything is forgotten and read anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct, field
from msgspec.structs import astuple

from agentdesk.domain.authority import FORGED, OK, Judgement
from agentdesk.domain.events import EntityId, Event, Stamp
from agentdesk.domain.fold import EntityState, fold, join
from agentdesk.domain.people import NOBODY, Change, History, Standing
from agentdesk.domain.scopes import LOCAL_KINDS, scope_of_new, seat_scope
from agentdesk.server import audit
from agentdesk.server.admission import (
    Authority,
    Candidate,
    Righting,
    crowded,
    guarded,
    held_back,
    invalid,
    same,
)
from agentdesk.server.caller import Caller
from agentdesk.server.problem import ServerProblem
from agentdesk.server.rows import Rows
from agentdesk.server.storage.base import Group, Install, Link, Storage
from agentdesk.store.project import Held, Key, Row
from agentdesk.wire import Pushed, Retry, Stored

CACHED = 262_144
"""Entities, and facts of entities, remembered; what was used longest ago goes first.

Everybody who is at work has to fit in, with the call they are in: one who does not is read and
folded anew with every push. A call has some fifteen facts in the end.
"""


class Known(Struct, frozen=True, gc=False):
    """An entity between groups; ``scope`` is empty while nothing of it was accepted."""

    state: EntityState
    row: Row | None
    scope: str


_NOTHING = Known(EntityState(), None, "")


class Memory:
    """True as long as ``head`` is the newest link."""

    def __init__(self) -> None:
        self.head = Link()
        self.installs: dict[str, Install] = {}
        self.people: dict[str, History] = {}
        self._entities: dict[Key, tuple[int, Known]] = {}
        self._weight = 0

    def forget(self, head: Link) -> None:
        """Begin anew from what the database says."""
        self.head = head
        self.installs.clear()
        self.people.clear()
        self._entities.clear()
        self._weight = 0

    def get(self, key: Key) -> Known | None:
        """An entity, which is thereby the one used last."""
        found = self._entities.pop(key, None)
        if found is None:
            return None
        self._entities[key] = found
        return found[1]

    def put(self, key: Key, known: Known) -> None:
        """Remember an entity."""
        self._drop(key)
        weight = 1 + len(known.state.items) + len(known.state.fields)
        self._entities[key] = weight, known
        self._weight += weight
        while self._weight > CACHED and len(self._entities) > 1:
            self._drop(next(iter(self._entities)))

    def _drop(self, key: Key) -> None:
        found = self._entities.pop(key, None)
        if found is not None:
            self._weight -= found[0]


class Work(Struct):
    """An entity a group touches; ``state`` is a copy nobody else sees."""

    known: Known
    state: EntityState
    scope: str
    events: list[Event] = field(default_factory=list)


class Member(Struct, frozen=True):
    """One push of a group."""

    who: Caller
    client_now: int
    candidates: list[Candidate]
    trusted: bool = False


class Store(Struct):
    """A seat's store that events of a group come from; the stamp grows with each of them."""

    seat: str
    last_eff: int


class Intake:
    """Works out one group inside a transaction; nothing is remembered before :meth:`settle`.

    Args:
        now: the server's time in milliseconds.
    """

    def __init__(
        self, storage: Storage, memory: Memory, authority: Authority, rows: Rows, now: int
    ) -> None:
        self._storage, self._memory, self._rows = storage, memory, rows
        self._authority, self._now = authority, now
        self._seq = memory.head.seq
        self._before: dict[str, Stored | None] = {}
        self._works: dict[Key, Work] = {}
        self._installs: dict[str, Install] = {}
        self._stores: dict[str, Store] = {}
        self._people: dict[str, History] = {}
        self._latest: dict[str, tuple[int, Standing]] = {}
        self._fresh: dict[str, Stored] = {}
        self._texts: list[str] = []
        self._group: Group | None = None
        self._settled: dict[Key, Known] = {}
        self._role = ""
        self.counts: dict[str, int] = {}

    # -- reading what is needed, in three questions for the whole group

    def load(self, members: Sequence[Member]) -> None:
        """Read everything the members touch that is not remembered."""
        ids = [each.event.id for member in members for each in member.candidates]
        self._before = dict(self._storage.known(ids))
        installs: set[str] = {member.who.install for member in members}
        keys: dict[Key, None] = {}
        for member in members:
            keys["person", EntityId(member.who.person)] = None
            for each in member.candidates:
                event = each.event
                if event.id not in self._before:
                    installs.add(event.install)
                    keys[event.entity, EntityId(event.entity_id)] = None
        unknown = sorted(installs - self._memory.installs.keys())
        self._installs = dict(self._storage.installs(unknown)) if unknown else {}
        self._load_entities(keys)

    def _load_entities(self, keys: Iterable[Key]) -> None:
        missing: list[Key] = []
        for key in keys:
            known = self._memory.get(key)
            if known is None or (key[0] == "person" and key[1] not in self._memory.people):
                missing.append(key)
            else:
                self._works[key] = Work(known, known.state, known.scope)
        found = self._storage.accepted(missing) if missing else {}
        for key in missing:
            stored = found.get(key, [])
            events = [each.event() for each in stored]
            if key[0] == "person":
                self._people[key[1]] = History.of(events)
            known = Known(fold(events), None, stored[0].scope) if events else _NOTHING
            self._works[key] = Work(known, known.state, known.scope)

    # -- working

    def check(self, member: Member) -> None:
        """See that no id comes with two contents.

        Raises:
            ServerProblem: 422 ``conflict`` naming the id; nothing of the push is taken in.
        """
        ids = {each.event.id for each in member.candidates}
        seen = self._before.keys() | self._fresh.keys() if self._before else self._fresh.keys()
        if len(ids) == len(member.candidates) and seen.isdisjoint(ids):
            return
        own: dict[str, Candidate] = {}
        for each in member.candidates:
            event = each.event
            if each.hold in ("too_large", "malformed"):
                if event.id in self._before or event.id in self._fresh:
                    raise self._twice(event.id)
                continue
            stored = self._before.get(event.id)
            if stored is None and event.id in self._fresh:
                stored = self._fresh[event.id]
            if stored is not None and not same(stored, event, each.text):
                raise self._twice(event.id)
            first = own.setdefault(event.id, each)
            if first is not each and (first.event, first.text) != (event, each.text):
                raise self._twice(event.id)

    def _twice(self, id: str) -> ServerProblem:
        self._count("conflicts")
        return ServerProblem(422, "conflict", f"{id} is known with another content")

    def take(self, member: Member) -> Pushed:
        """Judge and number every new event of a push."""
        held = held_back(member.candidates)
        self._role = member.who.role.value
        righting = Righting.of(self._now, member.client_now)
        stores: dict[str, Store | None] = {}
        before, fresh = self._before, self._fresh
        received: list[str] = []
        retry: list[Retry] = []
        for each in member.candidates:
            event = each.event
            id = event.id
            if id in before or id in fresh:
                self._count("duplicates")
            elif held and event.txn in held:
                retry.append(Retry(id, held[event.txn]))
                continue
            else:
                self._take(member, each, righting.stamp(event.hlc), stores)
            received.append(id)
        return Pushed(self._now, list(dict.fromkeys(received)), retry)

    def _take(
        self, member: Member, each: Candidate, eff: Stamp, stores: dict[str, Store | None]
    ) -> None:
        who = member.who
        # All of it as it came: nothing of it is called by another name here.
        (
            id, txn, kind, v, entity, entity_id, hlc, actor, install, sent, prev,
        ) = astuple(each.event)  # fmt: skip
        work = self._works[entity, entity_id]
        try:
            store = stores[install]
        except KeyError:
            store = stores[install] = self._store(who, install)
        if store is not None:
            if eff <= store.last_eff:
                eff = Stamp(store.last_eff + 1)
            store.last_eff = eff
        self._seq = seq = self._seq + 1
        event = Event(id, kind, v, entity, entity_id, each.body, eff, actor, install, txn, seq)
        scope = work.scope or scope_of_new(entity, who.team, who.person, who.seat)
        judged = self._judge(member, each, event, work.state, scope, store)
        verdict = judged.verdict
        if verdict == OK:
            if not work.events:
                work.state = work.state.copy()
            join(work.state, event)
            work.events.append(event)
            work.scope = scope
            if kind == "person.set":
                self._changed(event)
        else:
            scope = seat_scope(who.seat or who.install)
            self._count(f"refused.{verdict}")
        # By position, which takes a quarter of the time: seq to verdict, the event, the rest.
        self._fresh[id] = Stored(
            seq, scope, eff, verdict, id, txn, kind, v, entity, entity_id, hlc, actor,
            install, sent, prev, judged.reason, self._role, self._now,
        )  # fmt: skip
        self._texts.append(each.text)

    def _store(self, who: Caller, install: str) -> Store | None:
        """The store an event was written in, None when it belongs to another seat.

        Besides the one its token was given to, a seat may bring events of an earlier store of
        its own: saved from a broken file, perhaps never sent before.
        """
        found: Store | Install | None = self._stores.get(install)
        found = found or self._installs.get(install) or self._memory.installs.get(install)
        seat = who.seat or who.install
        if install != who.install and found is not None and found.seat != seat:
            return None
        made = self._stores[install] = Store(seat, found.last_eff if found else 0)
        return made

    def _judge(
        self,
        member: Member,
        each: Candidate,
        event: Event,
        state: EntityState,
        scope: str,
        store: Store | None,
    ) -> Judgement:
        who = member.who
        if event.actor != who.person:
            return Judgement(FORGED, "forged")
        if store is None:
            return Judgement(FORGED, "install")
        if each.fault:
            return invalid(each.fault)
        if event.kind in LOCAL_KINDS:
            return invalid("local")
        if crowded(state):
            return invalid("crowded")
        if member.trusted:
            return Judgement(OK)
        judged = self._authority(event, who, self._standing(who.person, event), state, scope)
        return judged if judged.verdict != OK else guarded(event, state) or judged

    def _standing(self, person: str, event: Event) -> Standing:
        """What its author was when it was written; mostly what they have been for long."""
        latest = self._latest.get(person)
        if latest is not None and event.stamp >= latest[0]:
            return latest[1]
        history = self._people.get(person) or self._memory.people.get(person)
        if not history or not history.changes:
            return NOBODY
        standing = history.at(event.stamp)
        last = history.changes[-1].stamp
        if event.stamp >= last:
            self._latest[person] = (last, standing)
        return standing

    def _changed(self, event: Event) -> None:
        """From here on somebody is something else."""
        person = event.entity_id
        known = self._people.get(person) or self._memory.people.get(person) or History()
        change = Change(event.stamp, event.id, event.body["set"])
        ordered = sorted((*known.changes, change), key=lambda each: (each.stamp, each.id))
        self._people[person] = History(tuple(ordered))
        self._latest.pop(person, None)

    def _count(self, name: str) -> None:
        self.counts[name] = self.counts.get(name, 0) + 1

    # -- ending

    def group(self) -> Group | None:
        """What has to be written, but for what :meth:`fold` adds; None when nothing was new."""
        if not self._fresh:
            return None
        refused = sum(n for name, n in self.counts.items() if name.startswith("refused."))
        self._count_many("accepted", len(self._fresh) - refused)
        events = list(self._fresh.values())
        shas = audit.digests(events)
        link = audit.link(self._memory.head, shas, self._now)
        self._group = Group(link, events, self._texts, shas, installs=self._changed_installs())
        return self._group

    def fold(self) -> None:
        """Add the computed rows to the group."""
        group = self._group
        if group is None:
            return
        for key, work in self._works.items():
            if work.events:
                known = work.known
                held, parked = self._rows.fold(
                    key, Held(known.state, known.row), work.state, work.events
                )
                group.parked += parked
                if held.row is not None and held.row != known.row:
                    group.rows.setdefault(key[0], []).append((key[1], *held.row))
                self._settled[key] = Known(held.state, held.row, work.scope)
            else:
                self._settled[key] = work.known
        self._count_many("parked", len(group.parked))

    def _changed_installs(self) -> dict[str, Install]:
        stores = sorted(self._stores.items())
        return {name: Install(store.seat, store.last_eff) for name, store in stores}

    def _count_many(self, name: str, count: int) -> None:
        if count:
            self.counts[name] = self.counts.get(name, 0) + count

    def settle(self) -> list[Stored]:
        """Remember what is now on disk; the new events by sequence."""
        if self._group is None:
            return []
        memory = self._memory
        memory.head = self._group.link
        memory.installs.update(self._installs)
        memory.installs.update(self._group.installs)
        memory.people.update(self._people)
        for key, known in self._settled.items():
            memory.put(key, known)
        return self._group.events
