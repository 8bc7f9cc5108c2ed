"""Pace: how often one address may ask, so that nobody can keep the others from asking."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil

BURST = 60
"""Pages at once: a town hall's whole network may be behind one address."""
PER_SECOND = 2.0
ADDRESSES_MAX = 10_000
"""Kept in memory; the one that has not asked for longest is forgotten."""


@dataclass(slots=True)
class Pace:
    """A bucket of tokens for each address; asking takes one, time gives them back."""

    now: Callable[[], float]
    """Seconds of a clock that only goes forward."""
    _buckets: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)
    """Tokens left, and when they were counted."""

    def wait(self, address: str) -> int:
        """Take a token; return in how many seconds to come back, 0 when there was one."""
        now = self.now()
        tokens, counted_at = self._buckets.pop(address, (float(BURST), now))
        tokens = min(BURST, tokens + (now - counted_at) * PER_SECOND)
        is_served = tokens >= 1
        self._buckets[address] = (tokens - 1 if is_served else tokens, now)
        while len(self._buckets) > ADDRESSES_MAX:
            self._buckets.popitem(last=False)
        return 0 if is_served else ceil((1 - tokens) / PER_SECOND)
