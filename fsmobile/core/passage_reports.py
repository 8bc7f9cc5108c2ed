"""Figures of passages: planned against done, hours open, nobody came, turned away."""

from collections.abc import Iterable
from datetime import date

from msgspec import Struct, field

from fsmobile.core.ids import PassageId
from fsmobile.core.passages import Passage, PassageStatus, Tally
from fsmobile.core.spans import minutes_of

LABEL_WEEKLY_MINUTES = 24 * 60
"""Hours that the label asks of a week, over five days at least."""


class PassageOfReport(Struct, frozen=True, kw_only=True):
    """One passage of the days of a report: the plan beside the facts."""

    passage_id: PassageId
    service_date: date
    """The day on which the bus comes, after moves."""
    is_planned: bool
    is_called_off: bool = False
    """The schedule itself cancels it."""
    planned_minutes: int | None = None
    """None when only a half-day is announced, or nothing is planned."""
    passage: Passage
    visits: int = 0


class PassageFigures(Struct, frozen=True, kw_only=True):
    """What the passages of some days add up to."""

    planned: int = 0
    """In the timetable, those that it cancels included."""
    done: int = 0
    """The door was opened, or a visit was recorded there; planned or not."""
    cut_short: int = 0
    """Done, but closed early for a reason."""
    cancelled: int = 0
    """By the timetable or by the crew, and nobody was received."""
    unplanned: int = 0
    """Done, though no timetable plans them."""
    untold: int = 0
    """Planned, over, and nobody has said what became of them."""
    without_visit: int = 0
    """Done, and nobody came."""
    planned_minutes: int = 0
    open_minutes: int = 0
    """From the first opening to the last closing, as told."""
    unclosed: int = 0
    """Done, but nobody told when the door was closed: their hours are not counted."""
    tally: Tally = field(default_factory=Tally)


def count_passages(rows: Iterable[PassageOfReport], today: date) -> PassageFigures:
    """Count the passages of a report; what is still to come is only planned."""
    counts = dict.fromkeys(PassageFigures.__struct_fields__[:-1], 0)
    tally = Tally()
    for row in rows:
        facts = row.passage
        is_done = facts.opened_at is not None or row.visits > 0
        is_off = facts.status is PassageStatus.CANCELLED or row.is_called_off
        minutes = _open_minutes(facts)
        tally = tally.plus(facts.tally)
        counts["planned"] += row.is_planned
        counts["planned_minutes"] += 0 if row.is_called_off else row.planned_minutes or 0
        counts["done"] += is_done
        counts["cut_short"] += facts.status is PassageStatus.CUT_SHORT
        counts["cancelled"] += is_off and not is_done
        counts["unplanned"] += is_done and not row.is_planned
        counts["untold"] += not is_done and not is_off and row.service_date < today
        counts["without_visit"] += is_done and row.visits == 0
        counts["open_minutes"] += minutes or 0
        counts["unclosed"] += is_done and minutes is None
    return PassageFigures(**counts, tally=tally)


def weekly_minutes(figures: PassageFigures, days: int) -> float:
    """Return the minutes open in a mean week of so many days."""
    return figures.open_minutes * 7 / days if days > 0 else 0.0


def _open_minutes(facts: Passage) -> int | None:
    if facts.opened_at is None or facts.closed_at is None:
        return None
    return max(0, minutes_of(facts.closed_at) - minutes_of(facts.opened_at))
