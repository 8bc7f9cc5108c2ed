"""BackgroundSync: when the screens exchange by themselves, and what came of it."""

from datetime import datetime

from fsmobile.errors import FsmobileError
from fsmobile.sync import pacing
from fsmobile.sync.progress import SyncReport
from fsmobile.usecases.desk import Desk


class BackgroundSync:
    """The pace of one run of the screens; the exchange itself runs in a thread of the app."""

    def __init__(self, desk: Desk, *, is_on: bool) -> None:
        self._desk = desk
        self._pace = pacing.first_pace(self._now(), desk.replica.chance)
        self.is_on = is_on

    @property
    def next_at(self) -> datetime | None:
        """When the next exchange goes by itself; None when it never does."""
        return self._desk.at(self._pace.next_ms) if self.is_on else None

    def is_due(self) -> bool:
        """Tell whether it is time."""
        return self.is_on and pacing.is_due(self._pace, self._now())

    def note_press(self) -> None:
        """Begin the backoff again: a person knows that there is a network now."""
        self._pace = pacing.pressed(self._pace)

    def note_departure(self) -> None:
        """Send soon what a stop recorded."""
        self._pace = pacing.passage_ended(self._pace, self._now(), self._desk.replica.chance)

    def note_end(self, outcome: SyncReport | FsmobileError) -> None:
        """Choose the next try, whatever came of this one and whoever asked for it."""
        now, chance = self._now(), self._desk.replica.chance
        if isinstance(outcome, FsmobileError):
            self._pace = pacing.failed(self._pace, outcome, now, chance)
            return
        desk = self._desk
        self._pace = pacing.gone_through(
            now,
            chance,
            evening_ms=pacing.evening_slot(desk.enrolment.device_id, desk.today(), desk.timezone),
            after_seconds=outcome.next_after,
            spread_seconds=outcome.next_spread,
        )

    def _now(self) -> int:
        return self._desk.replica.clock.now_ms()
