"""The real clock and the real chance: the one place where both enter the program."""

import os
import time
from dataclasses import dataclass

from msgspec import Struct


class SystemClock(Struct, frozen=True, kw_only=True):
    """The machine's clock, shifted for the demo and for tests."""

    offset_seconds: int = 0

    def now_ms(self) -> int:
        """Return the time in milliseconds since 1970-01-01 UTC."""
        return time.time_ns() // 1_000_000 + self.offset_seconds * 1000


@dataclass(frozen=True, slots=True)
class SystemChance:
    """The system's own random source."""

    def token(self, size: int) -> bytes:
        """Return `size` unpredictable bytes."""
        return os.urandom(size)
