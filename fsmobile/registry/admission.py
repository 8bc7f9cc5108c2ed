"""The door: who comes in now, and when the others should come back."""

from math import ceil, exp

WAIT_MAX_SECONDS = 1.25
"""Who is let in has an answer about that soon; the last of a busy hour, in less than two."""
ALWAYS_ROOM = 64
"""One commit serves as many, so that a slow answer or two never shut the door."""
RETRY_SECONDS = 20
"""When the database is away, and nothing tells for how long."""
RETRY_SPREAD_SECONDS = 30
"""Those who are sent away together do not come back together."""
MEMORY_SECONDS = 3.0
"""Of work; what was measured before counts less and less."""


class Door:
    """Counts who is inside and measures how many are answered in a second of work.

    Used by one thread only, the one that accepts requests. It trusts the registry to empty the
    room in a second until it has seen otherwise: a first answer is slow, and tells nothing.
    """

    def __init__(self, room: int) -> None:
        """Take how many may be inside at once, however quick the answers are."""
        self.inside = 0
        self._room = room
        self._answered = float(room)
        self._worked = 1.0
        self._since = 0.0

    def has_room(self) -> bool:
        """Tell whether one more would have its answer soon."""
        soon = int(self._rate * WAIT_MAX_SECONDS)
        return self.inside < min(self._room, max(ALWAYS_ROOM, soon))

    def enter(self, now: float) -> None:
        """Let one in, at a time in seconds."""
        if not self.inside:
            self._since = now
        self.inside += 1

    def leave(self, now: float) -> None:
        """Let one out, who has its answer."""
        worked, self._since = now - self._since, now
        kept = exp(-worked / MEMORY_SECONDS)
        self._answered = self._answered * kept + 1
        self._worked = self._worked * kept + worked
        self.inside -= 1

    def come_back_after(self, chance: bytes) -> int:
        """Return in how many seconds there should be room, spread by a byte of chance."""
        return ceil(self.inside / self._rate) + chance[0] % RETRY_SPREAD_SECONDS

    @property
    def _rate(self) -> float:
        return self._answered / self._worked
