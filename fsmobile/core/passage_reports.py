"""Figures of passages: planned against done, hours open, nobody came, turned away."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from itertools import pairwise

from msgspec import Struct, field

from fsmobile.core.ids import PassageId, parse_passage_id
from fsmobile.core.passages import Passage, PassageStatus, Tally
from fsmobile.core.periods import Period
from fsmobile.core.planned_passages import PlannedPassage
from fsmobile.core.reports import Count
from fsmobile.core.spans import TimeSpan, minutes_of

MOVES_DAYS = 62
"""How far from its original day a passage is looked for."""


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
    hours: TimeSpan | None = None
    """From the first announced opening to the last closing; None without hours."""
    pauses: tuple[TimeSpan, ...] = ()
    """Between two openings of the timetable: the door is shut, or nobody is received."""
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


def days_around(period: Period) -> tuple[date, date]:
    """Return the days among which the passages of a period are looked for: some were moved."""
    return _shifted(period.first, -MOVES_DAYS), _shifted(period.last, MOVES_DAYS)


def gather_passages(
    period: Period,
    openings: Iterable[PlannedPassage],
    facts: Mapping[PassageId, Passage],
    visits: Mapping[str, Count],
) -> list[PassageOfReport]:
    """Return the passages whose final day is in the period, planned or only told.

    Args:
        openings: what the timetable plans around the period (`days_around`).
        visits: counts by passage; what is under the empty code was at none.
    """
    planned: dict[PassageId, list[PlannedPassage]] = {}
    for one in openings:
        planned.setdefault(one.passage_id, []).append(one)
    rows = []
    for passage_id in {*planned, *facts, *(PassageId(code) for code in visits if code)}:
        of_plan = planned.get(passage_id, [])
        day = of_plan[0].service_date if of_plan else parse_passage_id(passage_id).service_date
        if period.first <= day <= period.last:
            rows.append(
                PassageOfReport(
                    passage_id=passage_id,
                    service_date=day,
                    is_planned=bool(of_plan),
                    is_called_off=bool(of_plan) and all(one.is_cancelled for one in of_plan),
                    planned_minutes=_planned_minutes(of_plan),
                    hours=_hours(of_plan),
                    pauses=_pauses(of_plan),
                    passage=facts.get(passage_id) or Passage(passage_id=passage_id),
                    visits=visits.get(passage_id, Count()).visits,
                )
            )
    return rows


def count_passages(rows: Iterable[PassageOfReport], today: date) -> PassageFigures:
    """Count the passages of a report; what is still to come is only planned."""
    counts = dict.fromkeys(PassageFigures.__struct_fields__[:-1], 0)
    tally = Tally()
    for row in rows:
        tally = tally.plus(row.passage.tally)
        for code, amount in _parts(row, today).items():
            counts[code] += amount
    return PassageFigures(**counts, tally=tally)


def part_of(row: PassageOfReport, code: str, today: date) -> int:
    """Return what one passage adds to a figure: a list of those that add something is its proof."""
    if code in Tally.__struct_fields__:
        return int(getattr(row.passage.tally, code))
    return _parts(row, today)[code]


def _parts(row: PassageOfReport, today: date) -> dict[str, int]:
    facts = row.passage
    is_done = facts.opened_at is not None or row.visits > 0
    is_off = facts.status is PassageStatus.CANCELLED or row.is_called_off
    minutes = held_minutes(row)
    return {
        "planned": row.is_planned,
        "planned_minutes": 0 if row.is_called_off else row.planned_minutes or 0,
        "done": is_done,
        "cut_short": facts.status is PassageStatus.CUT_SHORT,
        "cancelled": is_off and not is_done,
        "unplanned": is_done and not row.is_planned,
        "untold": row.is_planned and not is_done and not is_off and row.service_date < today,
        "without_visit": is_done and row.visits == 0,
        "open_minutes": minutes or 0,
        "unclosed": is_done and minutes is None,
    }


def add_passages(parts: Iterable[PassageFigures]) -> PassageFigures:
    """Add the figures of the passages of different structures."""
    counts = dict.fromkeys(PassageFigures.__struct_fields__[:-1], 0)
    tally = Tally()
    for part in parts:
        tally = tally.plus(part.tally)
        for name in counts:
            counts[name] += getattr(part, name)
    return PassageFigures(**counts, tally=tally)


def weekly_minutes(figures: PassageFigures, days: int) -> float:
    """Return the minutes open in a mean week of so many days."""
    return figures.open_minutes * 7 / days if days > 0 else 0.0


def held_minutes(row: PassageOfReport) -> int | None:
    """Return how long the door was open, as told, without the pauses of the timetable.

    None when one of the two hours is missing.
    """
    opened, closed = row.passage.opened_at, row.passage.closed_at
    if opened is None or closed is None:
        return None
    first, last = minutes_of(opened), minutes_of(closed)
    paused = sum(
        max(0, min(last, minutes_of(one.ends)) - max(first, minutes_of(one.starts)))
        for one in row.pauses
    )
    return max(0, last - first - paused)


def _planned_minutes(openings: list[PlannedPassage]) -> int | None:
    spans = [
        minutes_of(one.ends) - minutes_of(one.starts)
        for one in openings
        if one.starts is not None and one.ends is not None and not one.is_cancelled
    ]
    return sum(spans) if spans else None


def _hours(openings: list[PlannedPassage]) -> TimeSpan | None:
    spans = [
        (one.starts, one.ends)
        for one in openings
        if one.starts is not None and one.ends is not None and not one.is_cancelled
    ]
    if not spans:
        return None
    return TimeSpan(starts=min(spans)[0], ends=max(ends for _starts, ends in spans))


def _pauses(openings: list[PlannedPassage]) -> tuple[TimeSpan, ...]:
    spans = sorted(
        (one.starts, one.ends)
        for one in openings
        if one.starts is not None and one.ends is not None and not one.is_cancelled
    )
    return tuple(
        TimeSpan(starts=ended, ends=begins)
        for (_starts, ended), (begins, _ends) in pairwise(spans)
        if begins > ended
    )


def _shifted(day: date, days: int) -> date:
    """Return a day some days away, or the end of the calendar."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.min if days < 0 else date.max
