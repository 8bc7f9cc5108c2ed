"""Passage: the bus at a stop on a day, folded from its facts; the tally at the door."""

from collections.abc import Iterable
from datetime import time
from enum import StrEnum

from msgspec import Struct, field
from msgspec.structs import replace

from fsmobile.core.facts import Fact, FactUndone, standing_facts
from fsmobile.core.ids import PassageId


class PassageStatus(StrEnum):
    """What really happened at a planned stop."""

    EXPECTED = "expected"
    OPEN = "open"
    CLOSED = "closed"
    CUT_SHORT = "cut_short"
    CANCELLED = "cancelled"


class PassageReason(StrEnum):
    """Why a passage was cancelled or cut short; French codes, as in the overlays."""

    BREAKDOWN = "panne"
    WEATHER = "meteo"
    STRIKE = "greve"
    ABSENCE = "absence"
    WORKS = "travaux"
    FESTIVITIES = "fetes"
    PUBLIC_HOLIDAY = "ferie"
    NETWORK = "reseau"
    ROAD = "route"
    OTHER = "autre"


class PassageOpened(Fact, frozen=True, kw_only=True):
    """Fact: the door was opened to the public."""

    at: time


class PassageClosed(Fact, frozen=True, kw_only=True):
    """Fact: the door was closed; with a reason, it was cut short."""

    at: time
    reason: PassageReason | None = None


class PassageArrived(Fact, frozen=True, kw_only=True):
    """Fact: the bus is parked; the door is still shut."""

    at: time


class PassageLeft(Fact, frozen=True, kw_only=True):
    """Fact: the bus drove away."""

    at: time


class PassageDelayed(Fact, frozen=True, kw_only=True):
    """Fact: why it opened late; how late, the timetable and the opening say."""

    reason: PassageReason


class PassageCancelled(Fact, frozen=True, kw_only=True):
    """Fact: the bus does not come."""

    reason: PassageReason


class PassageNoted(Fact, frozen=True, kw_only=True):
    """Fact: something to remember about the passage."""

    text: str


class Tally(Struct, frozen=True, kw_only=True):
    """People counted at the door without a visit being recorded for each."""

    met: int = 0
    """Came to the bus."""
    sent_elsewhere: int = 0
    turned_away: int = 0
    """Could not be received."""

    def plus(self, other: "Tally") -> "Tally":
        """Add two tallies."""
        return Tally(
            met=self.met + other.met,
            sent_elsewhere=self.sent_elsewhere + other.sent_elsewhere,
            turned_away=self.turned_away + other.turned_away,
        )

    def greatest(self, other: "Tally") -> "Tally":
        """Keep the greater of each count: tallies of one writer are cumulative."""
        return Tally(
            met=max(self.met, other.met),
            sent_elsewhere=max(self.sent_elsewhere, other.sent_elsewhere),
            turned_away=max(self.turned_away, other.turned_away),
        )


class PassageTallied(Fact, frozen=True, kw_only=True):
    """Fact: the counts of one writer for the passage so far, cumulative."""

    counter: str
    """Who counts: one counter per laptop installation."""
    tally: Tally


class PassageFactUndone(FactUndone, frozen=True, kw_only=True):
    """Fact: an earlier fact of the passage is withdrawn by the person who wrote it."""


PassageFact = (
    PassageOpened
    | PassageClosed
    | PassageArrived
    | PassageLeft
    | PassageDelayed
    | PassageCancelled
    | PassageNoted
    | PassageTallied
    | PassageFactUndone
)


class Passage(Struct, frozen=True, kw_only=True):
    """A passage as all its known facts leave it."""

    passage_id: PassageId
    status: PassageStatus = PassageStatus.EXPECTED
    opened_at: time | None = None
    """Local wall time of the first opening."""
    closed_at: time | None = None
    reason: PassageReason | None = None
    arrived_at: time | None = None
    """Parked, the first time that was told."""
    left_at: time | None = None
    delay_reason: PassageReason | None = None
    openings: int = 0
    """More than one: two laptops opened it; shown, never dropped."""
    tally: Tally = field(default_factory=Tally)
    notes: tuple[str, ...] = ()


def fold_passage(passage_id: PassageId, facts: Iterable[PassageFact]) -> Passage:
    """Fold the facts of one passage, in (hlc, op_id) order whatever order they came in.

    The last word decides the status: a passage cancelled and then opened is open.
    """
    standing = standing_facts(facts)
    passage = Passage(passage_id=passage_id, tally=_sum_tallies(standing))
    for fact in standing:
        passage = _after(passage, fact)
    return passage


def _after(passage: Passage, fact: PassageFact) -> Passage:
    """Return a passage as one more fact leaves it."""
    match fact:
        case PassageOpened():
            return replace(
                passage,
                status=PassageStatus.OPEN,
                opened_at=_earlier(passage.opened_at, fact.at),
                closed_at=None,
                reason=None,
                openings=passage.openings + 1,
            )
        case PassageClosed():
            return replace(
                passage,
                status=PassageStatus.CUT_SHORT if fact.reason else PassageStatus.CLOSED,
                closed_at=fact.at,
                reason=fact.reason,
            )
        case PassageArrived():
            return replace(passage, arrived_at=_earlier(passage.arrived_at, fact.at), left_at=None)
        case PassageLeft():
            return replace(passage, left_at=fact.at)
        case PassageDelayed():
            return replace(passage, delay_reason=fact.reason)
        case PassageCancelled():
            return replace(passage, status=PassageStatus.CANCELLED, reason=fact.reason)
        case PassageNoted():
            return replace(passage, notes=(*passage.notes, fact.text))
        case PassageTallied() | PassageFactUndone():
            return passage


def _earlier(known: time | None, at: time) -> time:
    return at if known is None else min(known, at)


def _sum_tallies(facts: Iterable[PassageFact]) -> Tally:
    """Add the tallies of all counters; those of one counter are cumulative."""
    tallies: dict[str, Tally] = {}
    for fact in facts:
        if isinstance(fact, PassageTallied):
            known = tallies.get(fact.counter, Tally())
            tallies[fact.counter] = known.greatest(fact.tally)
    total = Tally()
    for tally in tallies.values():
        total = total.plus(tally)
    return total
