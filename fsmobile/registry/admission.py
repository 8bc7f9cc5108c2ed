"""The door: who comes in now, and when the others should come back."""

from math import ceil

WAIT_MAX_SECONDS = 1.0
"""Who is let in has an answer about that soon; more would wait than are served."""
ALWAYS_ROOM = 64
"""One commit serves as many, so that a slow answer or two never shut the door."""
RETRY_SECONDS = 20
"""Until a rate was measured."""
RETRY_SPREAD_SECONDS = 30
"""Those who are sent away together do not come back together."""
WEIGHT = 0.05
"""Of the newest measure."""


class Door:
    """Counts who is inside and measures how many are answered a second.

    Used by one thread only, the one that accepts requests.
    """

    def __init__(self, room: int) -> None:
        """Take how many may be inside at once, however quick the answers are."""
        self.inside = 0
        self._room = room
        self._rate: float | None = None

    def has_room(self) -> bool:
        """Tell whether one more would have its answer soon."""
        soon = self._room if self._rate is None else int(self._rate * WAIT_MAX_SECONDS)
        return self.inside < min(self._room, max(ALWAYS_ROOM, soon))

    def enter(self) -> int:
        """Let one in; return how many are inside now."""
        self.inside += 1
        return self.inside

    def leave(self, were_inside: int, seconds: float) -> None:
        """Let one out, who found so many inside and waited so long: that is a rate."""
        self.inside -= 1
        rate = were_inside / max(seconds, 0.001)
        self._rate = rate if self._rate is None else self._rate + WEIGHT * (rate - self._rate)

    def come_back_after(self, chance: bytes) -> int:
        """Return in how many seconds there should be room, spread by a byte of chance."""
        wait = RETRY_SECONDS if self._rate is None else ceil(self.inside / self._rate)
        return wait + chance[0] % RETRY_SPREAD_SECONDS
