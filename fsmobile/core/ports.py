"""Clock and Chance: the two things that the pure floors must be given."""

from typing import Protocol


class Clock(Protocol):
    """Where the program gets the time; the simulator and the demo have their own."""

    def now_ms(self) -> int:
        """Return the time in milliseconds since 1970-01-01 UTC, as this machine believes it."""
        ...


class Chance(Protocol):
    """Where the program gets random bytes; the simulator replays them from a seed."""

    def token(self, size: int) -> bytes:
        """Return `size` unpredictable bytes."""
        ...
