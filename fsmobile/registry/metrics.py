"""Figures of a running registry, in the text form that Prometheus reads."""

from collections import Counter
from collections.abc import Iterator
from threading import Lock

from fsmobile.registry.confirmations import count_late, list_unconfirmed
from fsmobile.registry.storage import Storage

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0)
"""Upper ends in seconds."""


class Metrics:
    """Counts requests by answer, and how long they took; nothing of what they carried."""

    def __init__(self) -> None:
        """Start at zero."""
        self._lock = Lock()
        self._answers: Counter[tuple[str, str]] = Counter()
        self._buckets = [0] * len(BUCKETS)
        self._seconds = 0.0
        self._count = 0

    def note(self, path: str, answer: str, seconds: float) -> None:
        """Count one request."""
        with self._lock:
            self._answers[path, answer] += 1
            self._seconds += seconds
            self._count += 1
            for place, limit in enumerate(BUCKETS):
                self._buckets[place] += seconds <= limit

    def lines(self, storage: Storage, in_flight: int, now: int) -> Iterator[str]:
        """Yield the page, line by line."""
        unconfirmed = list_unconfirmed(storage)
        with storage.reading() as transaction:
            ops, devices = transaction.last_gsn(), transaction.count_devices()
            events = transaction.count_events()
            quarantined = sum(transaction.list_quarantined().values())
        with self._lock:
            answers, buckets = dict(self._answers), list(self._buckets)
            seconds, count = self._seconds, self._count
        yield "# TYPE fsmobile_requests_total counter"
        for (path, answer), number in sorted(answers.items()):
            yield f'fsmobile_requests_total{{path="{path}",answer="{answer}"}} {number}'
        yield "# TYPE fsmobile_request_seconds histogram"
        for limit, number in zip(BUCKETS, buckets, strict=True):
            yield f'fsmobile_request_seconds_bucket{{le="{limit}"}} {number}'
        yield f'fsmobile_request_seconds_bucket{{le="+Inf"}} {count}'
        yield f"fsmobile_request_seconds_sum {seconds:.6f}"
        yield f"fsmobile_request_seconds_count {count}"
        yield from _gauge("fsmobile_requests_in_flight", in_flight)
        yield from _gauge("fsmobile_requests_waiting_for_a_commit", storage.waiting)
        yield from _gauge("fsmobile_ops_held", ops)
        yield from _gauge("fsmobile_ops_quarantined", quarantined)
        yield from _gauge("fsmobile_devices", devices)
        yield "# TYPE fsmobile_erasures_unconfirmed gauge"
        for days, number in count_late(unconfirmed, now).items():
            yield f'fsmobile_erasures_unconfirmed{{days="{days}"}} {number}'
        yield "# TYPE fsmobile_events gauge"
        for kind, number in sorted(events.items()):
            yield f'fsmobile_events{{kind="{kind}"}} {number}'


def _gauge(name: str, value: int) -> Iterator[str]:
    yield f"# TYPE {name} gauge"
    yield f"{name} {value}"
