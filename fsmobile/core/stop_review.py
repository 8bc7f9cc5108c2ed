"""Stop review: what each stop receives, season by season and hour by hour, against a threshold."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from enum import StrEnum

from msgspec import Struct

from fsmobile.core.ids import PassageId
from fsmobile.core.passage_reports import PassageOfReport, held_minutes
from fsmobile.core.reports import MASK_BELOW, MASKED, Count, mask_small

THRESHOLD = 31 / 24
"""Visits an open hour: half of the houses of public services had fewer than 31 a week of 24 h."""
PASSAGES_MIN = 4
"""Passages of a season below which its attendance says nothing."""


class Season(StrEnum):
    """Three months of the year, whole ones; French codes, as figures are broken down by."""

    WINTER = "hiver"
    """December to February."""
    SPRING = "printemps"
    SUMMER = "ete"
    AUTUMN = "automne"


class Verdict(StrEnum):
    """How a stop stands against the threshold."""

    ABOVE = "above"
    """In every season that can be judged."""
    SEASONAL = "seasonal"
    """In some seasons only."""
    BELOW = "below"
    UNTOLD = "untold"
    """Too few passages were held for a judgement."""


class Attendance(Struct, frozen=True, kw_only=True):
    """What some passages of one stop received."""

    passages: int = 0
    """Done: the door was opened, or somebody was received."""
    without_visit: int = 0
    visits: int = 0
    open_minutes: int = 0
    """As told, or as planned where nobody told when the door was closed."""

    @property
    def per_hour(self) -> float | None:
        """Return the visits of an open hour; None when no hour is known."""
        return 60 * self.visits / self.open_minutes if self.open_minutes else None

    @property
    def can_be_judged(self) -> bool:
        """Tell whether there are passages enough, and hours."""
        return self.passages >= PASSAGES_MIN and self.open_minutes > 0

    def plus(self, other: "Attendance") -> "Attendance":
        """Add two attendances."""
        return Attendance(
            passages=self.passages + other.passages,
            without_visit=self.without_visit + other.without_visit,
            visits=self.visits + other.visits,
            open_minutes=self.open_minutes + other.open_minutes,
        )


def season_of(day: date) -> Season:
    """Return the season of a day."""
    return tuple(Season)[day.month % 12 // 3]


def count_attendance(
    rows: Iterable[PassageOfReport], stop_of: Callable[[PassageId], str]
) -> dict[str, dict[Season, Attendance]]:
    """Count the passages that were held, by stop and season."""
    found: defaultdict[str, dict[Season, Attendance]] = defaultdict(dict)
    for row in rows:
        if row.passage.opened_at is None and not row.visits:
            continue
        told = held_minutes(row)
        season = season_of(row.service_date)
        one = Attendance(
            passages=1,
            without_visit=int(not row.visits),
            visits=row.visits,
            open_minutes=(row.planned_minutes or 0) if told is None else told,
        )
        seasons = found[stop_of(row.passage_id)]
        seasons[season] = seasons.get(season, Attendance()).plus(one)
    return dict(found)


def total_attendance(seasons: Mapping[Season, Attendance]) -> Attendance:
    """Add the seasons of a stop."""
    total = Attendance()
    for one in seasons.values():
        total = total.plus(one)
    return total


def judge(seasons: Mapping[Season, Attendance], threshold: float = THRESHOLD) -> Verdict:
    """Hold a stop against a threshold, season by season."""
    rates = [one.per_hour or 0.0 for one in seasons.values() if one.can_be_judged]
    if not rates:
        return Verdict.UNTOLD
    if min(rates) >= threshold:
        return Verdict.ABOVE
    return Verdict.SEASONAL if max(rates) >= threshold else Verdict.BELOW


def quiet_seasons(seasons: Mapping[Season, Attendance], threshold: float) -> list[Season]:
    """Return the seasons below the threshold, among those that can be judged."""
    return [
        season
        for season in Season
        if season in seasons
        and seasons[season].can_be_judged
        and (seasons[season].per_hour or 0.0) < threshold
    ]


def mask_visits(visits: Mapping[str, int]) -> dict[str, int]:
    """Hide small counts of one stop; what is hidden cannot be found from their sum."""
    masked = mask_small({code: Count(visits=value) for code, value in visits.items()})
    return {code: count.visits for code, count in masked.items()}


def mask_total(visits: int) -> int:
    """Hide a small count that stands alone."""
    return MASKED if 0 < visits < MASK_BELOW else visits
