"""Pace: how often an address or a laptop may ask, so that nobody keeps the others out."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address
from math import ceil
from threading import Lock

from starlette.requests import Request

BURST = 60
"""Pages at once: a town hall's whole network may be behind one address."""
PER_SECOND = 2.0
ADDRESSES_MAX = 10_000
"""Addresses kept in memory; the least recent is forgotten."""


@dataclass(slots=True)
class Pace:
    """A token bucket for each address."""

    now: Callable[[], float]
    """Seconds of a clock that only goes forward."""
    burst: int = BURST
    per_second: float = PER_SECOND
    _buckets: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)
    """Tokens left, and when they were counted."""
    _lock: Lock = field(default_factory=Lock)

    def wait(self, address: str, cost: int = 1) -> int:
        """Take a token; return 0, or in how many seconds to come back if there is none.

        A cost of 0 takes none.
        """
        with self._lock:
            return self._wait(address, cost)

    def _wait(self, address: str, cost: int) -> int:
        now = self.now()
        tokens, counted_at = self._buckets.pop(address, (float(self.burst), now))
        tokens = min(self.burst, tokens + (now - counted_at) * self.per_second)
        is_served = tokens >= 1
        self._buckets[address] = (tokens - cost if is_served else tokens, now)
        while len(self._buckets) > ADDRESSES_MAX:
            self._buckets.popitem(last=False)
        return 0 if is_served else ceil((1 - tokens) / self.per_second)


REFUSED = frozenset({"Malformed", "UnknownDevice", "CodeUnknown", "CodeUsed", "CodeExpired"})
"""Answers to callers without a known key, or with a broken signature."""


@dataclass(slots=True)
class LaptopPaces:
    """How often laptops may ask: enough for an office that sends a month, too little for a search.

    Refusals are counted by address, signed requests by laptop, so that known laptops behind one
    address do not slow each other. The registry's own machine is not counted: behind a proxy that
    does not say for whom it speaks, everybody would be that machine.
    """

    now: Callable[[], float]
    _refused: Pace = field(init=False)
    _exchanges: Pace = field(init=False)
    _files: Pace = field(init=False)

    def __post_init__(self) -> None:
        """Make the buckets."""
        self._refused = Pace(self.now, burst=60, per_second=0.5)
        self._exchanges = Pace(self.now, burst=600, per_second=10)
        self._files = Pace(self.now, burst=30, per_second=0.2)

    def wait_of_address(self, address: str) -> int:
        """Return for how long an address is blocked after its refusals; 0 if it is not."""
        return 0 if is_here(address) else self._refused.wait(house_of(address), cost=0)

    def note(self, address: str, answer: str) -> None:
        """Count an answer against its address if it is a refusal."""
        if answer in REFUSED and not is_here(address):
            self._refused.wait(house_of(address))

    def wait_of_exchange(self, address: str, device_id: bytes) -> int:
        """Take a token for the pair of an address and the laptop that it claims to be."""
        # A pair: whoever only claims to be a laptop must not spend that laptop's own tokens.
        if is_here(address):
            return 0
        return self._exchanges.wait(f"{house_of(address)} {device_id.hex()}")

    def wait_of_file(self, device_id: bytes) -> int:
        """Take a token for a laptop that has proved who it is and hands in a file."""
        return self._files.wait(device_id.hex())


def address_of(request: Request) -> str:
    """Return the address that a request comes from; uvicorn has seen through our own proxy."""
    return "" if request.client is None else request.client.host


def house_of(address: str) -> str:
    """Return the address or network of one household: with IPv6, a /64 network."""
    try:
        known = ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(known, IPv6Address):
        if known.ipv4_mapped is not None:
            return str(known.ipv4_mapped)
        return f"{int(known) >> 64:016x}"
    return str(known)


def is_here(address: str) -> bool:
    """Tell whether an address is this machine's own."""
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
