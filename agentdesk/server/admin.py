"""What an administrator does to a server: people, teams, codes, tokens, epochs, copies, audit.

Every act takes and gives plain JSON, so it is the same whether it is done in this process
(:class:`Admin`) or through the door of a running server (:mod:`agentdesk.server.door`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from agentdesk.domain.events import Draft
from agentdesk.domain.people import (
    Person,
    Role,
    set_person,
    set_team,
    wrong_change,
)
from agentdesk.domain.text import clean
from agentdesk.errors import AgentdeskError, UsageError
from agentdesk.server.copies import back_up
from agentdesk.server.register import StoredRegister
from agentdesk.server.retention import ENTITIES
from agentdesk.server.service import Service
from agentdesk.server.tokens import NAME_MOST, Keys

DAY_MS = 24 * 60 * 60 * 1000
_ALL = (1 << 31) - 1

Params = Mapping[str, Any]
Result = dict[str, Any]


class Admin:
    """Acts of administrators upon one server.

    Args:
        service: the server.
        keys: its tokens, codes and PINs.
    """

    def __init__(self, service: Service, keys: Keys | None = None) -> None:
        self._service = service
        self._register = StoredRegister(service.storage)
        self.keys = keys or Keys(service.storage, self._register, service.site)
        self._acts: Mapping[str, Callable[[Params], Result]] = {
            "people": self._people,
            "people.set": self._set_people,
            "teams": self._teams,
            "teams.set": self._set_team,
            "pin": self._pin,
            "enrol": self._enrol,
            "revoke": self._revoke,
            "tokens": self._tokens,
            "epochs": self._epochs,
            "epoch": self._epoch,
            "backup": self._backup,
            "retention": self._retention,
            "verify": self._verify,
        }

    def call(self, act: str, params: Params) -> Result:
        """Do an act.

        Raises:
            AgentdeskError: what stands against it; nothing was changed.
        """
        handler = self._acts.get(act)
        if handler is None:
            raise UsageError("admin.act", value=clean(act)[:NAME_MOST])
        try:
            return handler(params)
        except (KeyError, TypeError, ValueError) as error:
            if isinstance(error, AgentdeskError):
                raise
            raise UsageError("admin.params", act=act, reason=str(error)) from error

    # -- people and teams

    def _people(self, params: Params) -> Result:
        return {"people": [_shown(person) for person in self._register.people()]}

    def _set_people(self, params: Params) -> Result:
        """``changes``: ``{id, values, fresh}``; all of them or none. ``fresh`` True for somebody
        who must not be there yet, False for somebody who must, None for either.
        """
        drafts: list[Draft] = []
        named: set[str] = set()
        teams = set(self._register.teams())
        now = self._service.now()
        added = 0
        for change in params["changes"]:
            number, values = str(change["id"]), dict(change["values"])
            known = self._register.person(number)
            self._expected(number, known, change.get("fresh"))
            _refuse("person.set", number, values)
            if number in named:
                raise UsageError("people.twice", value=number)
            named.add(number)
            if known is None:
                added += 1
                values = {"name": number, "role": "agent", "team": "", "active": True} | values
            if values.get("team") and values["team"] not in teams:
                raise UsageError("people.team", value=values["team"], person=number)
            if known is not None:
                held = _shown(known)
                values = {name: value for name, value in values.items() if held[name] != value}
            if values:
                drafts.append(set_person(number, values, now))
        self._service.append(drafts)
        self.keys.forget()
        return {"added": added, "changed": len(drafts) - added}

    def _expected(self, number: str, known: Person | None, fresh: object) -> None:
        if fresh is True and known is not None:
            raise UsageError("people.known", value=number)
        if fresh is False and known is None:
            raise UsageError("people.unknown", value=number)

    def _teams(self, params: Params) -> Result:
        teams = self._register.named_teams()
        return {"teams": [{"id": team.id, "name": team.name} for team in teams]}

    def _set_team(self, params: Params) -> Result:
        team, values = str(params["id"]), {"name": str(params["name"])}
        _refuse("team.set", team, values)
        if {"id": team, **values} not in self._teams({})["teams"]:
            self._service.append([set_team(team, values, self._service.now())])
        return {}

    # -- keys

    def _known(self, number: str) -> Person:
        person = self._register.person(number)
        if person is None:
            raise UsageError("people.unknown", value=clean(number)[:NAME_MOST])
        return person

    def _pin(self, params: Params) -> Result:
        person = self._known(str(params["person"]))
        self.keys.set_pin(person.id, str(params["pin"]), self._service.now())
        return {}

    def _enrol(self, params: Params) -> Result:
        person = self._known(str(params["person"]))
        if not person.active:
            raise UsageError("people.left", value=person.id)
        seat = str(params["seat"])
        if not seat or len(seat) > NAME_MOST or clean(seat).strip() != seat:
            raise UsageError("people.seat", value=clean(seat)[:NAME_MOST], most=NAME_MOST)
        code = self.keys.new_code(person.id, seat, self._service.now())
        return {"code": code, "person": person.id, "name": person.name, "seat": seat}

    def _revoke(self, params: Params) -> Result:
        person, seat = str(params.get("person", "")), str(params.get("seat", ""))
        if not person and not seat:
            raise UsageError("people.whom")
        kind = str(params.get("kind", ""))
        count = self.keys.revoke(
            self._service.now(), person=person, seat=seat, kind=kind, codes=not kind
        )
        return {"count": count}

    def _tokens(self, params: Params) -> Result:
        self.keys.sweep(self._service.now())
        return {
            "now": self._service.now(),
            "tokens": [
                {
                    "kind": held.kind,
                    "person": held.person,
                    "seat": held.seat,
                    "created": held.created,
                    "expires": held.expires,
                    "seen": held.seen,
                    "revoked": held.revoked,
                }
                for _, held in self.keys.tokens()
            ],
        }

    # -- the journal

    def _epochs(self, params: Params) -> Result:
        found = [
            {"id": epoch, "created": at, "note": note}
            for epoch, at, note in self._service.storage.epochs()
        ]
        return {"site": self._service.site, "epoch": self._service.epoch, "epochs": found}

    def _epoch(self, params: Params) -> Result:
        epoch = self._service.new_epoch(clean(str(params.get("note", "")))[:200])
        return {"epoch": epoch}

    def _backup(self, params: Params) -> Result:
        path = Path(str(params["path"]))
        if not path.is_absolute():
            raise UsageError("admin.params", act="backup", reason="path")
        return back_up(self._service.storage, path)

    def _retention(self, params: Params) -> Result:
        """``older_than`` in milliseconds; at least a day, or the day's own work would go."""
        age = params["older_than"]
        if type(age) is not int or age < DAY_MS:
            raise UsageError("retention.age")
        before = self._service.now() - age
        if params.get("dry_run") is True:
            storage = self._service.storage
            counts = Counter(key[0] for key in storage.stale(before, ENTITIES, _ALL))
            refused = len(storage.stale_refused(before, _ALL))
            return {"before": before, "entities": dict(sorted(counts.items())), "refused": refused}
        report = self._service.purge(before)
        self.keys.sweep(self._service.now())
        return {"before": before, "entities": report.entities, "events": report.events}

    def _verify(self, params: Params) -> Result:
        findings = self._service.verify()
        head = self._service.storage.head()
        return {
            "groups": head.n,
            "seq": head.seq,
            "hash": head.hash.hex(),
            "findings": [{"what": f.what, "seq": f.seq, "id": f.id} for f in findings],
        }


def _shown(person: Person) -> Result:
    return {
        "id": person.id,
        "name": person.name,
        "role": person.role.value,
        "team": person.team,
        "active": person.active,
    }


def _refuse(kind: str, id: str, values: Mapping[str, Any]) -> None:
    wrong = wrong_change(kind, id, {"set": values})
    if wrong is not None:
        value = id if wrong.field == "id" else values.get(wrong.field, "")
        shown = clean(str(value))[:NAME_MOST]
        expected = " ".join(role.value for role in Role)
        raise UsageError(
            f"people.wrong.{wrong.reason}", field=wrong.field, value=shown, expected=expected
        )
