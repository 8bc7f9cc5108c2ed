"""The differences between two plans, passage by passage, gathered by village."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum

from msgspec import Struct

from fsmobile.core.agenda import expand_agenda
from fsmobile.core.folding import fold
from fsmobile.core.holidays import SchoolCalendar
from fsmobile.core.ids import PassageId, PlaceId
from fsmobile.core.planned_passages import PlannedPassage
from fsmobile.core.schedules import ScheduleTree
from fsmobile.core.spans import DateSpan

MOVED_DAYS_MAX = 62
"""How far outside the compared days a moved passage is still recognised."""
_NO_SLUG = re.compile(r"[^a-z0-9]+")

Openings = tuple[PlannedPassage, ...]
"""The openings of one passage, by hour; empty: there is no such passage."""


class Difference(StrEnum):
    """One thing that differs between two plans of a passage."""

    GONE = "gone"
    NEW = "new"
    CANCELLED = "cancelled"
    RESTORED = "restored"
    DAY = "day"
    PLACE = "place"
    HOURS = "hours"
    ACCESS = "access"
    """By appointment, on demand, or subject to the weather."""
    VEHICLE = "vehicle"
    CREW = "crew"


INTERNAL = frozenset((Difference.VEHICLE, Difference.CREW))
"""Differences that a village need not know."""


class Village(Struct, frozen=True, kw_only=True, order=True):
    """A commune that the plan serves."""

    name: str
    code: str
    """INSEE code; made of the name when the files do not say one."""


class PassageChange(Struct, frozen=True, kw_only=True):
    """One passage in two plans."""

    before: Openings
    after: Openings
    differences: frozenset[Difference]

    @property
    def day(self) -> date:
        """Return the day that people know: that of the earlier plan, if it had the passage."""
        return (self.before or self.after)[0].service_date

    @property
    def is_public(self) -> bool:
        """Tell whether a village has to know."""
        return not self.differences <= INTERNAL


class VillageChange(Struct, frozen=True, kw_only=True):
    """What changes for one village."""

    village: Village
    before: int
    """Passages that were to be held."""
    after: int
    changes: tuple[PassageChange, ...]
    """By day, at least one."""

    @property
    def public(self) -> tuple[PassageChange, ...]:
        """Return the changes that the village has to know."""
        return tuple(one for one in self.changes if one.is_public)


def compare_plans(
    old: ScheduleTree | None, new: ScheduleTree, days: DateSpan, bundled: SchoolCalendar
) -> tuple[VillageChange, ...]:
    """Say what changes for each village within some days, those that lose passages first."""
    before = {} if old is None else _plan(old, days, bundled)
    after = _plan(new, days, bundled)
    found: defaultdict[str, list[PassageChange]] = defaultdict(list)
    villages: dict[str, Village] = {}
    for passage_id in before.keys() | after.keys():
        was, now = before.get(passage_id, ()), after.get(passage_id, ())
        differences = _differences(was, now, is_first=old is None)
        if not differences or not any(one[0].service_date in days for one in (was, now) if one):
            continue
        change = PassageChange(before=was, after=now, differences=differences)
        theirs = [village_of(old, one.place_id) for one in was if old is not None]
        theirs += [village_of(new, one.place_id) for one in now]
        # A commune whose spelling changed is the same one, under its new name.
        villages |= {village.code: village for village in theirs}
        for code in {village.code for village in theirs}:
            found[code].append(change)
    held_before = {} if old is None else _count_held(old, before.values(), days)
    held_after = _count_held(new, after.values(), days)
    changes = [
        VillageChange(
            village=villages[code],
            before=held_before.get(code, 0),
            after=held_after.get(code, 0),
            changes=tuple(sorted(passages, key=_rank)),
        )
        for code, passages in found.items()
    ]
    return tuple(sorted(changes, key=lambda one: (one.after - one.before, one.village)))


def village_of(tree: ScheduleTree, place_id: PlaceId) -> Village:
    """Return the commune of a place; the place itself when the files name no commune."""
    place = tree.places.get(place_id)
    if place is None:
        return Village(name=place_id, code=place_id)
    name = place.commune or place.name
    return Village(name=name, code=place.insee_code or _NO_SLUG.sub("-", fold(name))[:40])


def passages_in(
    tree: ScheduleTree, village: Village, days: DateSpan, bundled: SchoolCalendar
) -> tuple[Openings, ...]:
    """Return the passages held in a village, by day."""
    held = [
        one
        for one in _plan(tree, days, bundled).values()
        if one[0].service_date in days
        and not one[0].is_cancelled
        and village_of(tree, one[0].place_id).code == village.code
    ]
    return tuple(sorted(held, key=lambda one: (one[0].service_date, one[0].call.order)))


def _plan(
    tree: ScheduleTree, days: DateSpan, bundled: SchoolCalendar
) -> Mapping[PassageId, Openings]:
    """Return the passages around some days: one that is moved out of them is not lost."""
    around = timedelta(days=MOVED_DAYS_MAX)
    agenda = expand_agenda(tree, days.first - around, days.last + around, bundled=bundled)
    plan: defaultdict[PassageId, list[PlannedPassage]] = defaultdict(list)
    for one in agenda.passages:
        plan[one.passage_id].append(one)
    return {
        passage_id: tuple(sorted(openings, key=lambda one: one.span))
        for passage_id, openings in plan.items()
    }


def _differences(was: Openings, now: Openings, *, is_first: bool) -> frozenset[Difference]:
    if not was or not now:
        return _arrival(was, now, is_first=is_first)
    one, other = was[0], now[0]
    if one.is_cancelled and other.is_cancelled:
        return frozenset()
    if other.is_cancelled:
        return frozenset((Difference.CANCELLED,))
    pairs = {
        Difference.RESTORED: (one.is_cancelled, False),
        Difference.DAY: (one.service_date, other.service_date),
        Difference.PLACE: (one.place_id, other.place_id),
        Difference.HOURS: (_hours(was), _hours(now)),
        Difference.ACCESS: (_access(one), _access(other)),
        Difference.VEHICLE: (one.vehicle_id, other.vehicle_id),
        Difference.CREW: (one.crew, other.crew),
    }
    return frozenset(name for name, (mine, theirs) in pairs.items() if mine != theirs)


def _arrival(was: Openings, now: Openings, *, is_first: bool) -> frozenset[Difference]:
    """Classify a passage that only one plan has; return nothing if nobody expects it."""
    if was:
        return frozenset(() if was[0].is_cancelled else (Difference.GONE,))
    if not now[0].is_cancelled:
        return frozenset((Difference.NEW,))
    return frozenset((Difference.CANCELLED,) if is_first else ())


def _hours(openings: Openings) -> list[object]:
    return [one.call.hours or one.period for one in openings]


def _access(one: PlannedPassage) -> tuple[object, ...]:
    return (one.call.access, one.call.is_tentative)


def _count_held(
    tree: ScheduleTree, passages: Iterable[Openings], days: DateSpan
) -> Mapping[str, int]:
    counts: defaultdict[str, int] = defaultdict(int)
    for one in passages:
        if not one[0].is_cancelled and one[0].service_date in days:
            counts[village_of(tree, one[0].place_id).code] += 1
    return counts


def _rank(change: PassageChange) -> tuple[date, Sequence[object]]:
    return (change.day, (change.before or change.after)[0].call.order)
