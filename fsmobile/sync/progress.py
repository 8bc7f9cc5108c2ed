"""Progress of a running sync, and its report; both are computed from receipts alone."""

from collections.abc import Callable
from dataclasses import dataclass, field

from fsmobile.protocol.records import VISIT_RECORD
from fsmobile.store.applied import Applied


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a sync is, in counts rather than percentages."""

    received: int
    """Own ops that the registry has signed for, in this sync."""
    to_send: int
    """Own ops without a receipt when the sync began."""
    pulled: int
    loading: tuple[str, int, int] | None = None
    """While a snapshot is loaded: (`bytes` or `ops`, so far, in all)."""


BY_HAND, BY_TIMER = "manual", "timer"
"""Why an exchange is made, as the request tells the registry."""

OnProgress = Callable[[Progress], None]


@dataclass(slots=True, kw_only=True)
class SyncReport:
    """What a sync did."""

    to_send: int = 0
    """Own ops without a receipt when it began."""
    to_send_visits: int = 0
    received: int = 0
    """Own ops covered by a receipt obtained in this sync."""
    received_visits: int = 0
    pulled: int = 0
    """Ops that were new here."""
    pulled_visits: int = 0
    loaded: int = 0
    """Ops of histories that were loaded as files."""
    refused: list[tuple[str, str]] = field(default_factory=list)
    """(op_id, outcome code) of own ops that the registry stored but refused."""
    healed: list[str] = field(default_factory=list)
    """What was put right on the way: `gap`, `fork`, `replay`."""
    requests: int = 0
    waiting: int = 0
    """Own ops still without a receipt at the end."""
    schedule_revision: int | None = None
    """Revision of the timetable, when this sync brought a new one."""
    published: bool = False
    """A timetable sent by this laptop was published in this sync."""
    moved_to: str | None = None
    """Unit that the registry gave this laptop to, in this sync."""
    next_after: int = 0
    """Seconds that the registry asked to be left alone after its last answer."""
    next_spread: int = 0
    """Seconds over which it wants laptops to spread after that."""

    @property
    def is_complete(self) -> bool:
        """Tell whether everything recorded here has a receipt."""
        return self.waiting == 0

    def add(self, applied: Applied) -> None:
        """Add what one answer changed here."""
        self.received += len(applied.received_kinds)
        self.received_visits += applied.received_kinds.count(VISIT_RECORD)
        self.pulled += len(applied.pulled_kinds)
        self.pulled_visits += applied.pulled_kinds.count(VISIT_RECORD)
        self.refused += applied.refused
        self.published |= applied.published


@dataclass(frozen=True, slots=True, kw_only=True)
class DayDifference:
    """A day that was not the same on both sides."""

    scope: str
    day: str
    here: int
    """Ops held on this laptop."""
    there: int
    """Ops held by the registry."""


@dataclass(slots=True, kw_only=True)
class Verification:
    """What was compared, what differed, what was mended."""

    is_whole: bool = False
    """The whole history, not only the last days."""
    first_day: str = ""
    ops: int = 0
    """Ops held here that were compared."""
    differed: list[DayDifference] = field(default_factory=list)
    given: int = 0
    """Ops that the registry had lost and took back."""
    aside: int = 0
    """Ops that the registry could not prove, and keeps apart for a person."""
    taken: int = 0
    """Ops that were lost here, and came back from the registry."""
    remaining: list[DayDifference] = field(default_factory=list)
    """Days that still differ after that."""
    requests: int = 0

    @property
    def is_same(self) -> bool:
        """Tell whether both sides now hold the same."""
        return not self.remaining
