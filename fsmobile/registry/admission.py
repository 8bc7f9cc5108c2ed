"""The door: which requests are admitted, and when the others should come back."""

from math import ceil, exp

WAIT_MAX_SECONDS = 1.25
"""An admitted request is answered within about this time."""
ALWAYS_ROOM = 64
"""As many as one commit can serve, so that a slow answer or two never shut the door."""
RETRY_SECONDS = 20
"""Used when the database is away, and nothing tells for how long."""
RETRY_SPREAD_SECONDS = 30
"""Spread, so that those who are sent away together do not come back together."""
MEMORY_SECONDS = 3.0
"""Seconds of work after which a measurement has lost most of its weight."""


class Door:
    """Counts the requests inside, and measures how many are answered per second of work.

    Used by one thread only, the one that accepts requests. Until it has measured, it assumes that
    the registry answers all within a second: a first answer is slow, and tells nothing.
    """

    def __init__(self, room: int) -> None:
        """Take how many requests may be inside at once, however quick the answers are."""
        self.inside = 0
        self._room = room
        self._answered = float(room)
        self._worked = 1.0
        self._since = 0.0

    def has_room(self) -> bool:
        """Tell whether one more request would be answered soon enough."""
        soon = int(self._rate * WAIT_MAX_SECONDS)
        return self.inside < min(self._room, max(ALWAYS_ROOM, soon))

    def enter(self, now: float) -> None:
        """Admit a request, at a time in seconds."""
        if not self.inside:
            self._since = now
        self.inside += 1

    def leave(self, now: float) -> None:
        """Note that a request was answered."""
        worked, self._since = now - self._since, now
        kept = exp(-worked / MEMORY_SECONDS)
        self._answered = self._answered * kept + 1
        self._worked = self._worked * kept + worked
        self.inside -= 1

    def come_back_after(self, chance: bytes) -> int:
        """Return in how many seconds there should be room, spread by a random byte."""
        return ceil(self.inside / self._rate) + chance[0] % RETRY_SPREAD_SECONDS

    @property
    def _rate(self) -> float:
        return self._answered / self._worked
