"""The messages a seat may send, with what every field must look like.

Each is the message of the same name in :mod:`agentdesk.wire`, read more strictly: what
passes can be stored in any database and named in any answer. The description of the server is
made from these, so it cannot drift from what is refused.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from agentdesk import wire

LONGEST = 2**63 - 1
TEXT = 200
"""Most characters of a short text: kinds, names, versions, ids of stores."""

Id = Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
Name = Annotated[str, Meta(min_length=1, max_length=TEXT)]
Short = Annotated[str, Meta(max_length=TEXT)]
Seal = Annotated[str, Meta(pattern="^[0-9a-f]{2,128}$")]
Whole = Annotated[int, Meta(ge=0, le=LONGEST)]
Small = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Version = Annotated[int, Meta(ge=1, le=2**31 - 1)]


class Cursor(wire.Cursor, frozen=True):
    """A place in a scope."""

    seq: Whole = 0
    id: Short = ""
    at: Whole = 0


class Enrol(wire.Enrol, frozen=True):
    """A code."""

    code: Name
    install: Name
    seat: Short = ""


class SignIn(wire.SignIn, frozen=True):
    """A work number and a PIN."""

    agent_no: Name
    pin: Name
    install: Name


class Range(wire.Range, frozen=True):
    """Protocols."""

    min: Small = wire.PROTOCOL_LEAST
    max: Small = wire.PROTOCOL


class Hello(wire.Hello, frozen=True):
    """The first words of a seat."""

    install: Name
    app: Short
    protocol: Range = Range()
    kinds: Short = ""


class WireEvent(wire.WireEvent, frozen=True):
    """An event; what its body must hold is the journal's business, and answered by a verdict."""

    id: Id
    txn: Id
    kind: Name
    v: Version
    entity: Name
    entity_id: Name
    hlc: Whole
    actor: Name
    install: Name
    prev: Seal | None = None


class Push(wire.Push, frozen=True):
    """Events."""

    client_now: Whole
    events: list[WireEvent]  # type: ignore[assignment] # frozen: nobody appends to it


class Checkpoints(wire.Checkpoints, frozen=True):
    """Places."""

    scope: Name
    known: Annotated[list[Cursor], Meta(max_length=wire.CHECKPOINTS)]  # type: ignore[assignment] # frozen


class Health(Struct, frozen=True):
    """Whether all is well."""

    ok: bool = True
