"""From what the engine knows to the status people see."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from agentdesk.store.outbox import ELSEWHERE, Pending
from agentdesk.sync.status import Reason, State, Status
from agentdesk.sync.transport import Failure, TransportError
from agentdesk.wire import Token


class Facts(Struct, frozen=True):
    """What the engine knows after a step.

    Attributes:
        enrolled: whether there is any token.
        signed_out: events of people nobody's token is here for, by agent number.
        later: codes of events the server could not take now.
        faults: what keeps single scopes from being read.
        resetting: something is being taken back or exchanged.
    """

    reader: Token | None
    enrolled: bool
    greeted: bool
    pending: Pending
    signed_out: Mapping[str, int]
    later: tuple[str, ...]
    faults: tuple[str, ...]
    resetting: bool
    now_ms: int
    offset_ms: int


class Standing(Struct):
    """What lasts between two steps.

    Attributes:
        failures: per lane (hello, push, pull) why it does not get through.
        refusal: why the server, or this seat, does not want to.
        fault: the store failed.
    """

    status: Status = Status()
    failures: dict[str, Reason] = field(default_factory=dict)
    refusal: Reason | None = None
    fault: Reason | None = None
    contact: int = 0
    streaming: bool = False

    def fail(self, lane: str, error: TransportError) -> None:
        """A lane has failed."""
        code = error.failure.value
        if error.failure is Failure.REFUSED:
            code = "busy" if error.status in (429, 502, 503, 504) else "refused"
        detail = error.problem.code or str(error.params.get("detail", ""))
        self.failures[lane] = Reason(code, {"status": error.status, "detail": detail})

    def clear(self, lane: str) -> None:
        """A lane has got through."""
        self.failures.pop(lane, None)
        self.fault = None

    def update(self, facts: Facts) -> None:
        """Work the status out."""
        state = self._state(facts)
        since = self.status.since if state is self.status.state else facts.now_ms
        self.status = Status(
            state,
            since,
            facts.pending.count,
            self.contact,
            facts.offset_ms,
            tuple(self._reasons(facts)),
            facts.pending.not_accepted,
            self.streaming,
            facts.reader.person if facts.reader else "",
        )

    def _state(self, facts: Facts) -> State:
        if self.refusal is not None or (facts.enrolled and facts.reader is None):
            return State.REFUSED
        if facts.reader is None:
            return State.LOCAL
        if not facts.greeted or {"hello", "pull"} & self.failures.keys():
            return State.OFFLINE
        if facts.resetting or "loop" in facts.faults:
            return State.RESET
        if facts.pending.count or self.failures or self.fault:
            return State.SENDING
        return State.SYNCED

    def _reasons(self, facts: Facts) -> list[Reason]:
        found = [self.refusal] if self.refusal else []
        if self.fault is not None:
            found.append(self.fault)
        found += [reason for reason in self.failures.values() if reason not in found]
        found += [Reason(fault) for fault in facts.faults]
        found += [
            Reason("waits_for", {"actor": actor, "count": count})
            for actor, count in facts.signed_out.items()
            if facts.enrolled
        ]
        found += [Reason(code) for code in facts.later if code == "unknown_kind"]
        for reason, count in facts.pending.aside.items():
            code = "elsewhere" if reason == ELSEWHERE else "set_aside"
            found.append(Reason(code, {"count": count, "why": reason}))
        return found
