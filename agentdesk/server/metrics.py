"""Figures for Prometheus, in a registry of their own.

Labels are few and fixed: kinds of answers, never people, seats or scopes.
"""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable, Iterable

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)

from agentdesk.wire import VERDICTS, Stored

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

# When a counter was made is no figure anybody asks for.
disable_created_metrics()  # type: ignore[no-untyped-call]

_FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """What one server process counts; safe to use from any thread."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = self._counter("requests", "Requests answered", "path", "status")
        self._seconds = Histogram(
            "agentdesk_request_seconds",
            "Time from the first byte to the last",
            ("path",),
            registry=self.registry,
            buckets=_FAST,
        )
        self._answered: dict[tuple[str, int], tuple[Counter, Histogram]] = {}
        self._events = self._counter("events", "Events taken in, by verdict", "verdict")
        for verdict in VERDICTS:
            self._events.labels(verdict)
        self.pushes = self._counter("pushes", "Pushes answered by 200")
        self.pushed_events = self._counter("pushed_events", "Events in them, repeated ones too")
        self.conflicts = self._counter(
            "conflicts", "Ids that came again with another body: somebody's history was altered"
        )
        self.refused = self._counter("refused", "Requests refused, by code", "code")
        self.behind = self._counter("streams_behind", "Streams closed because they were too slow")
        self.replaced = self._counter(
            "journal_replaced",
            "Times another database answered which lacks commits seats were told of (a failover)",
        )
        self.commit = self._histogram("push_commit_seconds", "A push: queued, written, on disk")
        self.pull = self._histogram("pull_seconds", "A page: read and encoded")

    def observe(self, path: str, status: int, seconds: float) -> None:
        """A request is done; ``path`` is a template."""
        found = self._answered.get((path, status))
        if found is None:
            labelled = self._requests.labels(path, str(status)), self._seconds.labels(path)
            found = self._answered[path, status] = labelled
        found[0].inc()
        found[1].observe(seconds)

    def taken(self, events: Iterable[Stored]) -> None:
        """Events were committed."""
        verdicts = [event.verdict if event.verdict in VERDICTS else "other" for event in events]
        for verdict, count in Tally(verdicts).items():
            self._events.labels(verdict).inc(count)

    def watch(self, name: str, about: str, value: Callable[[], float]) -> None:
        """A gauge that is asked when somebody looks."""
        gauge = Gauge(f"agentdesk_{name}", about, registry=self.registry)
        gauge.set_function(value)

    def text(self) -> bytes:
        """Everything, in the text format of Prometheus."""
        return generate_latest(self.registry)

    def _counter(self, name: str, about: str, *labels: str) -> Counter:
        return Counter(f"agentdesk_{name}", about, labels, registry=self.registry)

    def _histogram(self, name: str, about: str) -> Histogram:
        return Histogram(f"agentdesk_{name}", about, registry=self.registry, buckets=_FAST)
