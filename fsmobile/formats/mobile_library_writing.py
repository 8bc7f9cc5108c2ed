"""The mobile-library CSV of a timetable: weekly or monthly rules and the dates they get wrong.

The rows of a stop give back exactly its passages of the window that are not cancelled: its days
are fitted with the fewest rules and exceptions, whatever rule of ours they come from.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, time, timedelta
from itertools import pairwise
from math import gcd

from msgspec import Struct

from fsmobile.core.ids import PlaceId, StopId, TourId, VehicleId
from fsmobile.core.places import Place
from fsmobile.core.planned_passages import PlannedPassage
from fsmobile.core.publications import Publication
from fsmobile.core.tours import Access
from fsmobile.formats.mobile_library_schema import COLUMNS, WEEKDAYS, StopType
from fsmobile.formats.opening_hours_rules import HALF_DAYS

ROW_COST = 3
"""A row more is worth three dates taken out."""
_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_TYPES = {
    Access.FREE: StopType.PUBLIC,
    Access.APPOINTMENT: StopType.DYNAMIC,
    Access.ON_REQUEST: StopType.DYNAMIC,
    Access.PRIVATE: StopType.PRIVATE,
}


class Fitted(Struct, frozen=True, kw_only=True):
    """A rule with its ends, and the days on which it does not hold."""

    frequency: str
    """An RRULE; the first day is its start."""
    first: date
    last: date
    exceptions: tuple[date, ...]


class _Slot(Struct, frozen=True, kw_only=True):
    """What the rows of a stop may not mix."""

    tour_id: TourId
    stop_id: StopId
    place_id: PlaceId
    vehicle_id: VehicleId | None
    starts: time
    ends: time
    access: Access
    weekday: int


def write_mobile_library_csv(publication: Publication) -> str:
    """Write the rows of the passages of a publication."""
    days: defaultdict[_Slot, set[date]] = defaultdict(set)
    for passage in publication.passages:
        if not passage.is_cancelled:
            days[_slot_of(passage)].add(passage.service_date)
    written = io.StringIO()
    writer = csv.DictWriter(written, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for slot, own in sorted(days.items(), key=lambda item: (min(item[1]), item[0].starts)):
        for fitted in fit_days(sorted(own)):
            writer.writerow(_row(publication, slot, fitted))
    return written.getvalue()


def fit_days(days: Sequence[date]) -> list[Fitted]:
    """Say days of one weekday, in order, with the fewest rules and exceptions.

    Each stretch is a rule of every N weeks, or of some weekdays of the month.
    """
    best: list[tuple[int, tuple[Fitted, ...]]] = [(0, ())]
    for end in range(1, len(days) + 1):
        choices = []
        for begin in range(end):
            cost, before = best[begin]
            for fitted in _candidates(days[begin:end]):
                choices.append((cost + ROW_COST + len(fitted.exceptions), (*before, fitted)))
        best.append(min(choices, key=lambda choice: (choice[0], len(choice[1]))))
    return list(best[-1][1])


def _candidates(days: Sequence[date]) -> Iterator[Fitted]:
    first, last = days[0], days[-1]
    weeks = gcd(*((after - before).days // 7 for before, after in pairwise(days))) or 1
    step = timedelta(weeks=weeks)
    count = (last - first) // step + 1
    if count <= len(days) * 2:
        weekly = (first + step * rank for rank in range(count))
        yield _fitted(f"FREQ=WEEKLY;INTERVAL={weeks}", days, weekly)
    if len(days) > 1:
        ranks = sorted({_rank(day) for day in days})
        told = ",".join(f"{rank}{_CODES[first.weekday()]}" for rank in ranks)
        every = (first + timedelta(weeks=rank) for rank in range((last - first).days // 7 + 1))
        monthly = (day for day in every if _rank(day) in ranks)
        yield _fitted(f"FREQ=MONTHLY;BYDAY={told}", days, monthly)


def _fitted(frequency: str, days: Sequence[date], given: Iterable[date]) -> Fitted:
    exceptions = tuple(sorted(set(given) - set(days)))
    return Fitted(frequency=frequency, first=days[0], last=days[-1], exceptions=exceptions)


def _rank(day: date) -> int:
    return (day.day + 6) // 7


def _slot_of(passage: PlannedPassage) -> _Slot:
    hours = passage.call.hours or HALF_DAYS[passage.period]
    return _Slot(
        tour_id=passage.tour_id,
        stop_id=passage.stop_id,
        place_id=passage.place_id,
        vehicle_id=passage.vehicle_id,
        starts=hours.starts,
        ends=hours.ends,
        access=passage.access,
        weekday=passage.service_date.weekday(),
    )


def _row(publication: Publication, slot: _Slot, fitted: Fitted) -> dict[str, str]:
    tree = publication.tree
    place = tree.places.get(slot.place_id) or Place(place_id=slot.place_id, name=slot.place_id)
    vehicle = None if slot.vehicle_id is None else tree.vehicles.get(slot.vehicle_id)
    tour = tree.tours.get(slot.tour_id)
    version = None if tour is None else tour.version_on(fitted.first) or tour.versions[-1]
    return {
        "organisation": tree.agency.name,
        "mobile": vehicle.name if vehicle else slot.vehicle_id or tree.agency.name,
        "route": version.name if version else slot.tour_id,
        "community": place.commune,
        "stop": place.name,
        "address": ", ".join(filter(None, (place.spot, place.address))),
        # The column is for British postcodes; the commune tells where we are.
        "postcode": "",
        "geox": "" if place.longitude is None else f"{place.longitude}",
        "geoy": "" if place.latitude is None else f"{place.latitude}",
        "day": WEEKDAYS[slot.weekday],
        "type": _TYPES[slot.access],
        "arrival": f"{slot.starts:%H:%M}",
        "departure": f"{slot.ends:%H:%M}",
        "frequency": fitted.frequency,
        "start": fitted.first.isoformat(),
        "end": fitted.last.isoformat(),
        "exceptions": ",".join(day.isoformat() for day in fitted.exceptions),
        "timetable": publication.page_of(),
    }
