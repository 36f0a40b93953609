"""The exchange with a server: a plain object that does one thing at a time when asked to.

No thread, no sleep, no clock of its own: :meth:`Engine.step` does the next thing and answers how
long it would wait. :mod:`agentdesk.sync.runner` drives it in a console, simulations drive many.
Pushing and pulling fail and recover each for itself. Nothing here ever removes an event: a
refused token stops the exchange and leaves the outbox as it is.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from random import Random

from agentdesk.errors import StoreError
from agentdesk.store.outbox import Pending
from agentdesk.store.replica import Applied
from agentdesk.sync.backoff import Backoff, Pacer
from agentdesk.sync.clock import ServerClock
from agentdesk.sync.credentials import Credentials
from agentdesk.sync.pace import USUAL, Pace
from agentdesk.sync.port import Port
from agentdesk.sync.reading import Reading
from agentdesk.sync.sending import RELEASED, Sending
from agentdesk.sync.standing import Facts, Standing
from agentdesk.sync.status import Reason, Status
from agentdesk.sync.tokens import Tokens
from agentdesk.sync.transport import Failure, Frame, Requests, TransportError
from agentdesk.wire import (
    PROTOCOL,
    PROTOCOL_LEAST,
    Hello,
    Live,
    Token,
    Welcome,
)

CLOCK = "clock"
"""Name the anchor of the clock is kept under."""
_MOST_FRAMES = 20_000
"""More than that from a stream, not yet taken up, is pulled instead."""


class Engine:
    """Keeps one seat and its server in line.

    Args:
        port: the seat; used only inside :meth:`step`.
        transport: the server.
        credentials: the tokens; another object may change them at any time.
        clock: anchored by every answer that tells the time.
        monotonic: seconds that never go back.
        rng: randomness of the waiting times.
        app: version told to the server.
        actor: agent number of whoever sits here now.
        changed: told what every page changed, inside :meth:`step`.
    """

    def __init__(
        self,
        port: Port,
        transport: Requests,
        credentials: Credentials,
        clock: ServerClock,
        *,
        monotonic: Callable[[], float],
        rng: Random,
        app: str = "",
        actor: Callable[[], str] = lambda: "",
        changed: Callable[[Applied], None] = lambda applied: None,
        pace: Pace = USUAL,
    ) -> None:
        self._port, self._transport = port, transport
        self._tokens = Tokens(credentials, clock.now_ms)
        self._clock, self._monotonic, self._rng = clock, monotonic, rng
        self._app, self._actor, self._pace = app, actor, pace
        self.sending = Sending(port, transport, clock.now_ms)
        self.reading = Reading(port, transport, rng, page=pace.page, changed=changed)
        self._frames: deque[Frame] = deque(maxlen=_MOST_FRAMES)
        self._gathering: float | None = None
        self._pushed_at = 0.0
        self._pacer = Pacer(monotonic)
        self._reader: Token | None = None
        self._used: Token | None = None
        self._greeted = self._settling = False
        self._pushes_next = True
        self._again = Backoff(rng, *pace.retry)
        self._backoff = {lane: Backoff(rng) for lane in ("hello", "push", "pull")}
        self._due = dict.fromkeys(("hello", "push", "pull", "greet"), 0.0)
        self._retry_at = self._echo_at = float("inf")
        self._pending = Pending()
        self._standing = Standing()
        clock.restore(port.noted(CLOCK))

    # ------------------------------------------------------------------ outside

    @property
    def status(self) -> Status:
        """How things stand after the last step; safe to read from any thread."""
        return self._standing.status

    @property
    def listener(self) -> Token | None:
        """Whose token the stream may be opened with; None before the server has greeted us."""
        return self._reader if self._greeted else None

    def offer(self, frames: Sequence[Frame]) -> None:
        """Something the stream said; taken up by the next step. Any thread may call this."""
        self._frames.extend(frames)

    def hurry(self) -> None:
        """Somebody wants it now: waits after failures end."""
        for lane in self._due:
            self._due[lane] = 0.0
        self._greeted = False

    # -------------------------------------------------------------------- steps

    def step(self) -> float:
        """Do the next thing.

        Returns:
            Seconds after which to call again; earlier whenever something was written here or
            the stream said something. Never endless: no outside event is needed to go on.
        """
        now = self._monotonic()
        try:
            wait = self._step(now)
        except StoreError as error:
            # The disk is full or broken: what is in the store stays there, the server waits.
            self._standing.fault = Reason("store", {"detail": error.code})
            wait = self._backoff["pull"].fail()
            self._due["pull"] = self._due["push"] = now + wait
        self._standing.update(self._facts())
        return max(0.0, min(wait, 30.0))

    def _step(self, now: float) -> float:
        self._renew(now)
        if self._reader is None:
            self._frames.clear()
            self._standing.streaming = False  # a stream without a token is none
            self._pending = self._port.pending()
            return 30.0
        if not self._greeted or now >= self._due["greet"]:
            self._greeted = False
            if now < self._due["hello"]:
                self._pending = self._port.pending()
                return self._due["hello"] - now
            self._ask("hello", now, self._hello)
            return 0.0 if self._greeted else self._due["hello"] - now
        rest = self._listen(now)
        self._pending = self._port.pending()
        return 0.0 if rest else self._exchange(now)

    def _exchange(self, now: float) -> float:
        """Push or pull, in turns when both want to."""
        self._look_back(now)
        if (paused := self._pacer.wait()) > 0:
            return paused
        push_in = self._push_in(now)
        scope = self.reading.next()
        pull_in = max(scope.due, self._due["pull"]) - now if scope else float("inf")
        if push_in <= 0 and (self._pushes_next or pull_in > 0):
            self._pushes_next = False
            self._ask("push", now, self._push)
            return 0.0
        self._pushes_next = True
        if pull_in <= 0:
            self._ask("pull", now, self._pull)
            return 0.0
        waits = (push_in, pull_in, self._retry_at - now, self._echo_at - now)
        return min(*waits, self._due["greet"] - now)

    def _push_in(self, now: float) -> float:
        """Seconds until the next push; endless when there is nothing to send."""
        waiting = self.sending.next(self._pending, self._tokens.sender)
        if waiting is None:
            self._gathering = None
            if "push" in self._standing.failures:  # a pull has shown that it got there after all
                self._standing.clear("push")
                self._backoff["push"].succeed()
            return float("inf")
        if self._gathering is None:
            # A single act goes at once; those that follow quickly go together.
            self._gathering = max(now, self._pushed_at + self._pace.gather)
        if waiting.count >= self.sending.limits.batch:
            self._gathering = now
        return max(self._due["push"], self._gathering) - now

    def _look_back(self, now: float) -> None:
        """Own events that have not come back in time, or have to be sent again."""
        if self.reading.back:
            self.reading.back = False
            self.sending.again()
        if now >= self._retry_at:
            self._retry_at = float("inf")
            self.sending.again()
        if now >= self._echo_at:
            self._echo_at = float("inf")
            if self.sending.unconfirmed(self._pending):
                self.reading.hurry(now)
                self._settling = True
        if self._settling and self.reading.caught_up:
            self._settling = False
            if self.sending.settle():
                self._retry_at = now + self._again.fail()
            else:
                self._again.succeed()

    # ------------------------------------------------------------------- tokens

    def _renew(self, now: float) -> None:
        """Follow the credentials: somebody may have signed in or out."""
        if self._tokens.renewed():
            self._standing.refusal = None
            self._greeted = False
            self._due["hello"] = now
        reader = self._tokens.reader(self._actor())
        if reader != self._reader:
            self._reader, self._greeted = reader, False
            self._due["hello"] = min(self._due["hello"], now)

    # ----------------------------------------------------------------- requests

    def _ask(self, lane: str, now: float, work: Callable[[float], None]) -> None:
        """Do a request of a lane; what goes wrong is noted and waited for."""
        self._pacer.take()
        try:
            work(now)
        except TransportError as error:
            self._failed(lane, now, error)
        else:
            self._backoff[lane].succeed()
            self._standing.clear(lane)

    def _failed(self, lane: str, now: float, error: TransportError) -> None:
        scope = self.reading.next()
        if error.failure is Failure.REFUSED and error.status in (401, 403):
            self._refused(lane, now, error)
            return
        if error.status == 426:
            self._standing.refusal = Reason("unsupported", {"detail": error.problem.detail})
            self._greeted = False
            self._due["hello"] = now + self._pace.refused
            return
        if lane == "pull" and scope and error.failure is Failure.REFUSED and error.status < 429:
            self.reading.failed(scope, error, now)
            return
        self._standing.fail(lane, error)
        self._due[lane] = now + self._backoff[lane].fail(error.retry_after)

    def _refused(self, lane: str, now: float, error: TransportError) -> None:
        """A token does not hold any more, or not for this: the outbox stays as it is."""
        token = self._used if self._used is not None else self._reader
        if error.problem.code == "forbidden_scope":
            self._greeted = False  # the scopes have changed; ask which ones there are
            self._due["hello"] = now + self._backoff["hello"].fail(error.retry_after)
            return
        if token is not None:
            self._tokens.stop(token)
        reason = Reason("signed_out", {"actor": token.person if token else ""})
        if token is None or token is self._reader:
            self._greeted, self._reader = False, None
            self._standing.refusal = reason

    def _hello(self, now: float) -> None:
        token = self._used = self._reader
        assert token is not None
        sent = self._clock.passed()
        welcome = self._transport.hello(token.token, Hello(self._port.install, self._app))
        self._told(welcome.server_time, sent)
        if not self._fits(welcome, token):
            self._due["hello"] = now + self._pace.refused
            return
        self._standing.refusal = None
        self._port.note(CLOCK, self._clock.kept() or None)
        for reason in RELEASED:
            self._port.release(reason)
        self.sending.begin(welcome.limits)
        self._pacer.rate = max(1, welcome.limits.rps)
        self._gathering = now
        self.reading.allow(welcome.scopes, welcome.epoch, now)
        self._greeted = True
        self._settling, self._echo_at, self._retry_at = False, float("inf"), float("inf")
        self._due |= {"push": now, "pull": now, "greet": now + self._pace.greet}

    def _fits(self, welcome: Welcome, token: Token) -> bool:
        site = self._port.site()
        if not site and welcome.site and welcome.site == token.site:
            self._port.join_site(site := welcome.site)
        if not welcome.site or site != welcome.site or token.site != site:
            self._standing.refusal = Reason("wrong_site", {"site": welcome.site, "ours": site})
            return False
        if not PROTOCOL_LEAST <= welcome.protocol <= PROTOCOL:
            self._standing.refusal = Reason("unsupported", {"detail": str(welcome.protocol)})
            return False
        return True

    def _push(self, now: float) -> None:
        waiting = self.sending.next(self._pending, self._tokens.sender)
        token = self._tokens.sender(waiting.actor) if waiting else None
        if waiting is None or token is None:
            return
        if token.site != self._port.site():
            self._tokens.stop(token)
            return
        self._used, sent = token, self._clock.passed()
        answer = self.sending.push(waiting.actor, token)
        self._due["push"] = self._pushed_at = now
        if self.sending.next(self._pending, self._tokens.sender) is None:
            self._gathering = None
        if answer is not None:
            self._told(answer.server_time, sent)
            wait = self._pace.echo if self._standing.streaming else 0.0
            self._echo_at = min(self._echo_at, now + wait)

    def _pull(self, now: float) -> None:
        scope = self.reading.next()
        self._used = self._reader
        if scope is None or self._reader is None:
            return
        sent, self.reading.server_time = self._clock.passed(), 0
        self.reading.step(scope, self._reader.token, now, self._interval)
        if self.reading.server_time:
            self._told(self.reading.server_time, sent)

    @property
    def _interval(self) -> float:
        return self._pace.calm if self._standing.streaming else self._pace.poll

    def _told(self, server_time: int, sent: int) -> None:
        self._clock.anchor(server_time, sent, self._clock.passed())
        self._standing.contact = self._clock.now_ms()

    # ------------------------------------------------------------------- stream

    def _listen(self, now: float) -> bool:
        """Take up what the stream has said, so much that nobody has to wait for it.

        Returns:
            Whether there is more. The beginning of a transaction waits for its end.
        """
        lives: list[Live] = []
        epoch = ""
        while self._frames:
            live = self._frames[0].live
            if live is None:
                if lives:
                    break
                self._heard(self._frames.popleft(), now)
                continue
            full = len(lives) >= self._pace.page and lives[-1].event.txn != live.event.txn
            if lives and (full or self._frames[0].epoch != epoch):
                break
            epoch = self._frames.popleft().epoch
            lives.append(live)
        if held := bool(lives and lives[-1].more and not self._frames):
            txn = lives[-1].event.txn
            while lives and lives[-1].event.txn == txn:
                self._frames.appendleft(Frame("event", epoch, live=lives.pop()))
        if lives:
            self.reading.live(lives, epoch, now)
        return bool(self._frames) and not held

    def _heard(self, frame: Frame, now: float) -> None:
        if frame.name == "hello" and frame.alive is not None:
            self._standing.streaming = True
            if not self.reading.heads(frame.alive.heads, frame.epoch, now):
                self._due["greet"] = min(self._due["greet"], now + self._pace.poll)
        elif frame.name in ("behind", "closed"):
            self._standing.streaming = frame.name == "behind" and self._standing.streaming
            self.reading.soon(now, self._pace.poll)
        elif frame.name == "revoked" and self._reader is not None:
            self._tokens.stop(self._reader)

    def _facts(self) -> Facts:
        waits = {
            each.actor: each.count
            for each in self._pending.waiting
            if self._tokens.sender(each.actor) is None
        }
        return Facts(
            self._reader,
            self._tokens.enrolled,
            self._greeted,
            self._pending,
            waits,
            tuple(dict.fromkeys(self.sending.later.values())),
            tuple(dict.fromkeys(s.fault for s in self.reading.scopes.values() if s.fault)),
            self.reading.busy,
            self._clock.now_ms(),
            self._clock.offset_ms(),
        )
