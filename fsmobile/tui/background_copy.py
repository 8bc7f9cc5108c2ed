"""BackgroundCopy: keeps the second copy of what has no receipt up to date, beside the work."""

from collections.abc import Callable
from threading import Thread

from fsmobile.usecases.copies import lacks_copy
from fsmobile.usecases.desk import Desk

WAIT_MS = 10_000
"""Between two copies: a queue at the door makes one file, not one for each visit."""
AFTER_FAILURE_MS = 120_000
"""The stick is not in, or is full; the evening check says so."""


class BackgroundCopy:
    """When a copy is made; the writing itself runs in a thread, on a connection of its own."""

    def __init__(self, desk: Desk, make: Callable[[], bool]) -> None:
        """Take what makes the copy and tells whether it could."""
        self._desk = desk
        self._make = make
        self._next_ms = 0
        self._thread: Thread | None = None

    def tick(self) -> None:
        """Make a copy if it lacks something and it is time."""
        is_running = self._thread is not None and self._thread.is_alive()
        now = self._desk.replica.clock.now_ms()
        if is_running or now < self._next_ms:
            return
        self._next_ms = now + WAIT_MS
        if lacks_copy(self._desk):
            self._thread = Thread(target=self._run, name="copy", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        if not self._make():
            self._next_ms = self._desk.replica.clock.now_ms() + AFTER_FAILURE_MS
