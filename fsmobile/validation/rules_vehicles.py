"""Rules of vehicles: one vehicle is in one place at a time, and able to go there."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

from fsmobile.core.ids import VehicleId
from fsmobile.core.overrides import OverrideAction
from fsmobile.core.planned_passages import PlannedPassage, PlannedStatus
from fsmobile.core.positions import Position
from fsmobile.core.spans import HalfDay
from fsmobile.errors import Severity
from fsmobile.validation.journeys import Journey
from fsmobile.validation.rule import Finding, found, rule
from fsmobile.validation.study import Study


@rule("vehicle_overlap", Severity.ERROR)
def check_vehicle_overlap(study: Study) -> Iterator[Finding]:
    """One vehicle is to be open in two places on the same day at the same hour.

    Example: a catch-up passage put on a Thursday, when the bus is at La Souterraine. It is a
    doubt when one of them is announced for a half-day, without hours.
    """
    for before, after in _told_once(_meetings(study)):
        half_day = _shared_half_day(before, after)
        if _overlap(before, after):
            yield _pair(study, before, after)
        elif half_day is not None:
            yield _pair(study, before, after, half_day=half_day)


@rule("vehicle_unreachable_next", Severity.ERROR)
def check_vehicle_unreachable_next(study: Study) -> Iterator[Finding]:
    """Two runs in a row, or an overlay, leave the vehicle no time to get there.

    Example: back at 13:00, and an added passage 40 minutes away at 13:15.
    """
    meetings = _meetings(study)
    for before, after in _told_once(pair for pair in meetings if all(one.timed for one in pair)):
        late = _lateness(study, before, after)
        if not _overlap(before, after) and late > 0:
            yield _pair(study, before, after, late)
    # A leg that is late in the timetable itself is told by `arrival_after_opening`.
    timetabled = {leg.key for journey in study.timetable for leg in journey.legs()}
    for journey in study.patterns:
        if not journey.is_changed:
            continue
        for leg in journey.legs():
            if leg.key in timetabled and (leg.gap < 0 or leg.drive_minutes is not None):
                continue
            least = leg.drive_minutes
            if least is None:
                least = study.drives.least_minutes(leg.origin, leg.target)
            if leg.leaves + least > leg.due:
                passage = leg.passage or journey.passages[-1]
                yield found(
                    f"{passage.tour_id}/{passage.stop_id}",
                    study.position_of(passage),
                    value=leg.leaves + least - leg.due,
                    vehicle=journey.vehicle_id,
                    stop=passage.stop_id,
                    date=journey.day.isoformat(),
                )


@rule("vehicle_unavailable", Severity.ERROR)
def check_vehicle_unavailable(study: Study) -> Iterator[Finding]:
    """A passage is added, moved or kept while its vehicle is off the road; or the MOT has expired.

    The plain passages of those days are cancelled by themselves, with the reason. Example: a
    catch-up passage in the week of the workshop; `controle = 2026-03-15` in November.
    """
    for passage in study.upcoming:
        vehicle = study.tree.vehicles.get(passage.vehicle_id) if passage.vehicle_id else None
        if vehicle and _is_asked_for(passage) and vehicle.is_off_the_road(passage.service_date):
            yield found(
                f"{passage.tour_id}/{passage.stop_id}",
                study.position_of(passage),
                value=vehicle.vehicle_id,
                date=passage.service_date.isoformat(),
            )
    in_use = {passage.vehicle_id for passage in study.upcoming}
    for vehicle in study.tree.vehicles.values():
        due = vehicle.inspection_on
        if due is not None and due < study.today and vehicle.vehicle_id in in_use:
            yield found(
                vehicle.vehicle_id,
                vehicle.position.of("controle"),
                value=vehicle.vehicle_id,
                date=due.isoformat(),
            )


def _meetings(study: Study) -> Iterator[tuple[Journey, Journey]]:
    """Yield each two journeys of one vehicle on one day, the earlier first."""
    by_day: defaultdict[tuple[VehicleId, date], list[Journey]] = defaultdict(list)
    for journey in study.journeys:
        if journey.vehicle_id is not None and not journey.under_partner:
            by_day[journey.vehicle_id, journey.day].append(journey)
    for journeys in by_day.values():
        for rank, before in enumerate(journeys):
            for after in journeys[rank + 1 :]:
                yield before, after


def _told_once(pairs: Iterator[tuple[Journey, Journey]]) -> Iterator[tuple[Journey, Journey]]:
    """Yield the first meeting of each two kinds of journeys."""
    told: set[object] = set()
    for before, after in pairs:
        key = (before.pattern, after.pattern)
        if key not in told:
            told.add(key)
            yield before, after


def _overlap(before: Journey, after: Journey) -> bool:
    return any(
        opening < other_closing and other_opening < closing and one.place_id != other.place_id
        for one, opening, closing in before.timed
        for other, other_opening, other_closing in after.timed
    )


def _shared_half_day(before: Journey, after: Journey) -> HalfDay | None:
    """Return the half-day in which both are in two places, when hours are not fixed."""
    for one in before.passages:
        for other in after.passages:
            is_vague = one.call.hours is None or other.call.hours is None
            if is_vague and one.period is other.period and one.place_id != other.place_id:
                return one.period
    return None


def _lateness(study: Study, before: Journey, after: Journey) -> int:
    """Return by how many minutes the vehicle misses the journey that comes after another."""
    return max(
        (_lateness_of(study, *pair) for pair in _changes_of_journey(before, after)), default=0
    )


def _changes_of_journey(before: Journey, after: Journey) -> Iterator[tuple[Journey, Journey]]:
    """Yield the journeys in the order in which they follow each other."""
    if before.timed[-1][2] <= after.timed[0][1]:
        yield before, after
    elif after.timed[-1][2] <= before.timed[0][1]:
        yield after, before


def _lateness_of(study: Study, before: Journey, after: Journey) -> int:
    last, _, closing = before.timed[-1]
    first, opening, _ = after.timed[0]
    free_at, free_in = closing, last.place_id
    due_at, due_in = opening, first.place_id
    if after.leaves is not None:
        due_at, due_in = after.leaves, after.base_id or first.place_id
    if before.returns is not None and before.base_id is not None and after.leaves is not None:
        free_at, free_in = before.returns, before.base_id
    declared = first.call.drive_minutes if after.leaves is None else None
    least = study.drives.least_minutes(free_in, due_in) if declared is None else declared
    if free_in == due_in:
        least = 0
    return free_at + least - due_at


def _pair(
    study: Study,
    before: Journey,
    after: Journey,
    late: int | None = None,
    half_day: HalfDay | None = None,
) -> Finding:
    """Point at what can be mended: the overlay if there is one, or else the later run."""
    culprit = before if before.is_changed and not after.is_changed else after
    other = after if culprit is before else before
    return found(
        culprit.subject,
        _position_of(study, culprit),
        severity=None if half_day is None else Severity.WARNING,
        value=late,
        half_day=half_day,
        vehicle=culprit.vehicle_id,
        stop=_stops(culprit.passages),
        other=_stops(other.passages),
        date=culprit.day.isoformat(),
    )


def _position_of(study: Study, journey: Journey) -> Position:
    if journey.is_changed or journey.run is None:
        return study.position_of(journey.passages[0])
    return journey.run.position


def _stops(passages: Sequence[PlannedPassage]) -> str:
    return ", ".join(dict.fromkeys(passage.stop_id for passage in passages))


def _is_asked_for(passage: PlannedPassage) -> bool:
    """Tell whether an overlay asks for the passage, so that it was not cancelled by itself."""
    asked = {PlannedStatus.ADDED, PlannedStatus.MOVED}
    return passage.change.status in asked or OverrideAction.KEEP in passage.change.changes


VEHICLE_RULES = (
    check_vehicle_overlap,
    check_vehicle_unreachable_next,
    check_vehicle_unavailable,
)
